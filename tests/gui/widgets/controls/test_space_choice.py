"""The one switch for spaces: three in sight, all of them in its menu."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.analysis.axes.modes import SPACES, Space
from roberta_gui.gui.widgets.controls.space_choice import SpaceChoice


@pytest.fixture
def choice(qtbot: QtBot) -> SpaceChoice:
    widget = SpaceChoice("Space")
    qtbot.addWidget(widget)
    return widget


def buttons(choice: SpaceChoice) -> dict[str, QToolButton]:
    return {button.text(): button for button in choice.findChildren(QToolButton)}


def checked(choice: SpaceChoice) -> list[str]:
    return [text for text, button in buttons(choice).items() if button.isChecked()]


def test_a_click_on_a_segment_chooses_that_space(qtbot: QtBot, choice: SpaceChoice) -> None:
    with qtbot.waitSignal(choice.chosen) as heard:
        QTest.mouseClick(buttons(choice)["Raw"], Qt.MouseButton.LeftButton)

    assert heard.args == [Space("raw")]
    assert checked(choice) == ["Raw"]


@pytest.mark.parametrize("space", SPACES, ids=str)
def test_the_menu_offers_every_space(qtbot: QtBot, choice: SpaceChoice, space: Space) -> None:
    menu = buttons(choice)["More ▾"].menu()
    action = next(action for action in menu.actions() if action.text() == space.label)

    with qtbot.waitSignal(choice.chosen) as heard:
        action.trigger()

    assert heard.args == [space]
    assert [action.text() for action in menu.actions() if action.isChecked()] == [space.label]


def test_a_space_of_the_menu_is_named_in_short_on_its_button(choice: SpaceChoice) -> None:
    choice.set_choice(Space("drop_top", 3))
    assert checked(choice) == ["−3 dim ▾"]
    choice.set_choice(Space("all_but_the_top", 10))
    assert checked(choice) == ["−10 PCs ▾"]

    choice.set_choice(Space("centred"))
    assert checked(choice) == ["Centred"]
    assert "More ▾" in buttons(choice)


def test_where_there_is_no_room_its_menu_is_all_there_is(choice: SpaceChoice) -> None:
    choice.set_choice(Space("centred"))
    wide = choice.sizeHint().width()
    choice.fold(True)
    assert [t for t, b in buttons(choice).items() if not b.isHidden()] == ["Centred ▾"]
    assert checked(choice) == ["Centred ▾"]
    choice.set_choice(Space("drop_top", 3))
    assert checked(choice) == ["−3 dim ▾"]
    assert choice.sizeHint().width() < wide == choice.full_width

    choice.set_choice(Space("centred"))
    choice.fold(False)
    assert checked(choice) == ["Centred"]
    assert "More ▾" in buttons(choice)


def test_showing_a_space_tells_nobody(qtbot: QtBot, choice: SpaceChoice) -> None:
    with qtbot.assertNotEmitted(choice.chosen):
        for space in SPACES:
            choice.set_choice(space)


def test_no_choice_makes_it_wider(choice: SpaceChoice) -> None:
    widths = set()
    for space in SPACES:
        choice.set_choice(space)
        widths.add((choice.sizeHint().width(), choice.minimumSizeHint().width()))

    assert len(widths) == 1
