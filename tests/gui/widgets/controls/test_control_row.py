"""Controls go on in a next line where a row has no room left, and behind a button after two."""

from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.controls.control_row import ControlRow
from roberta_gui.gui.widgets.controls.segments import Labelled, Segments
from tests.gui.shown_panel import settle_layout
from tests.gui.widgets.in_sight import in_sight


def test_controls_wrap_where_there_is_no_room_and_keep_their_order(qtbot: QtBot) -> None:
    buttons = [QPushButton(text) for text in ("one", "two", "three")]
    for button in buttons:
        button.setFixedSize(100, 20)
    row = ControlRow(*buttons[:2])
    qtbot.addWidget(row)
    row.add(buttons[2])
    row.resize(215, 100)
    with qtbot.waitExposed(row):
        row.show()

    assert [(b.x(), b.y()) for b in buttons] == [(0, 0), (110, 0), (0, 26)]
    assert row.heightForWidth(400) == 20
    assert row.heightForWidth(215) == 46


def test_what_is_left_out_leaves_no_gap_and_comes_back_to_its_place(qtbot: QtBot) -> None:
    buttons = [QPushButton(text) for text in ("one", "two", "three")]
    for button in buttons:
        button.setFixedSize(100, 20)
    row = in_sight(qtbot, ControlRow(*buttons), 400, 60)

    row.show_control(buttons[1], False)
    settle_layout()
    without = [button.x() for button in buttons if button.isVisible()]
    row.show_control(buttons[1], True)
    settle_layout()

    assert without == [0, 110]
    assert [button.x() for button in buttons if button.isVisible()] == [0, 110, 220]


def test_a_row_that_was_never_shown_needs_no_more_than_its_folded_choice(qtbot: QtBot) -> None:
    names = ("one", "two", "three", "four")
    choice = Segments({name: (name, name) for name in names}, "Number")
    row = ControlRow(choice)
    qtbot.addWidget(row)

    assert row.minimumSizeHint().width() < choice.full_width


@pytest.fixture
def folded(qtbot: QtBot) -> ControlRow:
    """A row of five buttons with room for two in a line."""
    buttons = [QPushButton(f"choice {nth}") for nth in range(5)]
    for button in buttons:
        button.setFixedSize(100, 20)
    return in_sight(qtbot, ControlRow(*buttons), 215, 60)


def in_row(row: ControlRow) -> list[str]:
    """Return what the controls in the row say, behind an open button not counted."""
    shown = [b for b in row.findChildren(QAbstractButton) if b.isVisible() and b.window() is row]
    return [b.text() for b in sorted(shown, key=lambda b: (b.y() // 15, b.x()))]


def called(row: ControlRow, text: str) -> QAbstractButton:
    return next(b for b in row.findChildren(QAbstractButton) if b.text() == text)


def test_what_does_not_fit_into_two_lines_goes_behind_a_button(folded: ControlRow) -> None:
    settle_layout()

    assert in_row(folded) == ["choice 0", "choice 1", "choice 2", "More ▾"]
    assert folded.heightForWidth(215) <= 2 * 30


def test_a_choice_behind_the_button_can_still_be_made(folded: ControlRow, qtbot: QtBot) -> None:
    settle_layout()
    more, last = called(folded, "More ▾"), called(folded, "choice 4")
    assert not last.isVisible()

    QTest.mouseClick(more, Qt.MouseButton.LeftButton)

    assert last.isVisible()
    assert last.window() is not folded
    with qtbot.waitSignal(last.clicked):
        QTest.mouseClick(last, Qt.MouseButton.LeftButton)
    last.window().close()


def test_with_more_room_all_controls_are_in_the_row_again_in_their_order(
    folded: ControlRow,
) -> None:
    settle_layout()
    folded.resize(600, 60)
    settle_layout()

    assert in_row(folded) == [f"choice {nth}" for nth in range(5)]


def test_a_control_that_is_left_out_makes_room_for_one_behind_the_button(
    folded: ControlRow,
) -> None:
    settle_layout()
    first = called(folded, "choice 0")

    folded.show_control(first, False)
    settle_layout()
    assert in_row(folded) == ["choice 1", "choice 2", "choice 3", "choice 4"]

    folded.show_control(first, True)
    settle_layout()
    assert in_row(folded) == ["choice 0", "choice 1", "choice 2", "More ▾"]


def test_what_comes_back_while_there_is_no_room_comes_back_behind_the_button(
    folded: ControlRow,
) -> None:
    last = called(folded, "choice 4")
    folded.resize(600, 60)
    settle_layout()
    folded.show_control(last, False)
    folded.resize(105, 60)
    settle_layout()

    folded.show_control(last, True)
    settle_layout()

    assert in_row(folded) == ["choice 0", "More ▾"]
    assert last.window() is not folded


@pytest.mark.parametrize("zoom", [0.8, 1.0, 2.0])
def test_at_every_width_all_controls_are_whole_in_two_lines_or_behind_the_button(
    qtbot: QtBot, zoom: float
) -> None:
    three = {"a": ("One of them", ""), "b": ("Another", ""), "c": ("The third", "")}
    choice = ChoiceButton("Task", "Task:", ["Another…"], "What is learnt")
    choice.set_choices({"long": "what has a long name"}, "long")
    controls = [
        Labelled("First", Segments(three, "First")),
        choice,
        QPushButton("Start"),
        Labelled("Second", Segments(three, "Second")),
        QPushButton("Open beside its start"),
    ]
    row = ControlRow(*controls)
    qtbot.addWidget(row)
    with qtbot.waitExposed(row):
        row.show()
    wear(replace(LIGHT, zoom=zoom))
    more = next(b for b in row.findChildren(QToolButton) if b.accessibleName() == "More choices")

    for nth, width in enumerate((*range(1200, 150, -13), *range(150, 1200, 13))):
        row.show_control(controls[nth % 5], nth % 3 > 0)
        row.resize(width, 400)
        settle_layout()

        shown = [one for one in (*controls, more) if one.isVisible()]
        places = [one.geometry() for one in shown]
        assert shown
        assert not any(a.intersects(b) for a, b in combinations(places, 2)), width
        assert len({place.y() for place in places}) <= 2, width
        assert all(QRect(0, 0, width, 400).contains(place) for place in places if place.x()), width
        assert max(place.bottom() + 1 for place in places) == row.heightForWidth(width)


class Asked(QPushButton):
    """Counts how often it is asked for its size."""

    def __init__(self) -> None:
        super().__init__("some")
        self.count = 0

    def sizeHint(self) -> QSize:
        self.count += 1
        return super().sizeHint()


def test_a_row_asks_its_controls_once_however_often_layouts_ask_it(qtbot: QtBot) -> None:
    buttons = [Asked() for _ in range(6)]
    row = in_sight(qtbot, ControlRow(*buttons), 250, 100)
    settle_layout()
    high = row.heightForWidth(250)
    before = [button.count for button in buttons]

    assert {row.heightForWidth(250) for _ in range(50)} == {high}
    assert [button.count for button in buttons] == before

    buttons[0].setText("something much longer than before")
    settle_layout()
    assert buttons[0].count > before[0]
    assert row.heightForWidth(1000) < high


def test_controls_of_one_row_are_of_one_height(qtbot: QtBot) -> None:
    field, button = QLineEdit(), QPushButton("low")
    field.setMinimumHeight(40)
    _held = in_sight(qtbot, ControlRow(field, button), 400, 60)

    assert field.geometry().height() == button.geometry().height() == 40
