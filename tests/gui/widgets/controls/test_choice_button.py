"""A choice in a menu: what is marked, what the button says in how much room."""

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.controls.control_row import ControlRow
from roberta_gui.gui.widgets.controls.segments import Segments

LONG = "a-very-long-name-of-a-file-that-somebody-has.txt"


def made_button() -> ChoiceButton:
    button = ChoiceButton("Compared with", "against", ("Open folder…", "Load…"), "A tip")
    button.set_choices({"": "same model", "mini": "mini · built in"}, "mini")
    return button


@pytest.fixture
def button(qtbot: QtBot) -> ChoiceButton:
    button = made_button()
    qtbot.addWidget(button)
    return button


def test_a_menu_lists_the_choices_marks_one_and_tells_of_others(
    button: ChoiceButton, qtbot: QtBot
) -> None:
    same, mini, _, folder, load = button.menu().actions()

    assert (same.isChecked(), mini.isChecked()) == (False, True)
    assert button.text() == "against mini · built in ▾"
    assert button.accessibleName() == "Compared with: mini · built in"
    assert button.toolTip() == "A tip: mini · built in"
    with qtbot.waitSignal(button.chosen, check_params_cb=lambda value: value == ""):
        same.trigger()
    for action in (folder, load):
        text = action.text()
        with qtbot.waitSignal(button.other_wanted, check_params_cb=lambda how, t=text: how == t):
            action.trigger()


def test_a_long_name_is_shortened_on_the_button_only(button: ChoiceButton) -> None:
    button.set_choices({LONG: LONG}, LONG)

    assert "…" in button.text()
    assert button.menu().actions()[0].text() == LONG


def test_a_button_with_less_room_than_it_asks_for_shortens_the_name(button: ChoiceButton) -> None:
    hint = button.sizeHint()
    button.resize(hint)
    whole = button.written()
    button.resize(hint.width() - 25, hint.height())
    less = button.written()

    assert whole == "against mini · built in ▾"
    assert "…" in less
    assert less.endswith("▾")
    metrics = button.fontMetrics()
    assert metrics.horizontalAdvance(whole) - metrics.horizontalAdvance(less) >= 25
    button.grab()


def test_no_choice_makes_a_row_wider_than_the_shortest_names_need(qtbot: QtBot) -> None:
    button = made_button()
    row = ControlRow(Segments({"a": ("One", ""), "b": ("Two", "")}, "Which"), button)
    qtbot.addWidget(row)
    before = row.minimumSizeHint().width()

    button.set_choices({LONG: LONG}, LONG)

    assert row.minimumSizeHint().width() <= before + 8
    assert row.minimumSizeHint().width() < button.sizeHint().width()


def test_a_name_that_is_longer_than_a_row_is_shortened_to_it(qtbot: QtBot) -> None:
    button = made_button()
    row = ControlRow(Segments({"a": ("One", ""), "b": ("Two", "")}, "Which"), button)
    qtbot.addWidget(row)
    row.resize(button.minimumSizeHint().width() + 10, 90)
    with qtbot.waitExposed(row):
        row.show()

    qtbot.waitUntil(lambda: "…" in button.written())
    assert button.geometry().right() <= row.rect().right()
    row.resize(600, 90)
    qtbot.waitUntil(lambda: button.written() == "against mini · built in ▾")


def test_a_long_name_leaves_the_menu_narrow_and_one_with_a_line_break_its_line(
    button: ChoiceButton,
) -> None:
    button.set_choices({"": 10 * LONG, "two": "two\nlines"}, "two")

    first, second, *_ = button.menu().actions()
    assert first.text().startswith("a-very-long")
    assert first.text().endswith("somebody-has.txt")
    assert len(first.text()) < 2 * len(LONG)
    assert "".join(first.toolTip().split()) == 10 * LONG
    assert second.text() == "two�lines"
