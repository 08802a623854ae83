"""Click means press and release on the same thing with the left button, in every picture."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.widgets.painting.figure import Figure
from tests.gui.widgets.painting.pictures import PICTURES, Pictured

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier


class Clicked:
    """A picture on the screen, with a mouse on it, and what it told of clicks."""

    def __init__(self, pictured: Pictured, qtbot: QtBot) -> None:
        self.widget, self.target = pictured.widget, pictured.target
        qtbot.addWidget(pictured.widget)
        pictured.widget.resize(520, max(pictured.widget.height(), 320))
        with qtbot.waitExposed(pictured.widget):
            pictured.widget.show()
        self.one, self.other = pictured.places()
        self.told: list[tuple[object, ...]] = []
        pictured.signal.connect(lambda *what: self.told.append(what))

    def press(self, place: QPoint, button: Qt.MouseButton = LEFT) -> None:
        QTest.mousePress(self.target, button, NONE, place)

    def release(self, place: QPoint, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseRelease(self.target, button, NONE, place)

    def drag_to(self, place: QPoint) -> None:
        there = QPointF(self.target.mapToGlobal(place))
        move = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(place), there, Qt.MouseButton.NoButton, LEFT, NONE
        )
        QApplication.sendEvent(self.target, move)


@pytest.fixture
def clicked(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[Clicked]:
    clicked = Clicked(request.param(), qtbot)
    yield clicked
    vars(clicked).clear()


every_picture = pytest.mark.parametrize(
    "clicked", PICTURES, indirect=True, ids=lambda made: made.__name__
)


@every_picture
def test_only_a_press_and_a_release_of_the_left_button_on_the_same_thing_are_a_click(
    clicked: Clicked,
) -> None:
    clicked.release(clicked.one)
    assert clicked.told == [], "a release without a press"

    clicked.press(clicked.one)
    assert clicked.told == [], "pressed and not released"
    clicked.release(clicked.one)
    assert len(clicked.told) == 1, "pressed and released on the same thing"

    clicked.told.clear()
    clicked.press(clicked.one, RIGHT)
    clicked.release(clicked.one, RIGHT)
    assert clicked.told == [], "another button"

    clicked.press(clicked.one)
    clicked.release(clicked.one, RIGHT)
    clicked.press(clicked.one, RIGHT)
    assert clicked.told == [], "another button before the left one is released"
    clicked.release(clicked.one)
    assert len(clicked.told) == 1, "the left button is released after another one"

    clicked.told.clear()
    clicked.press(clicked.one)
    clicked.drag_to(clicked.other)
    clicked.release(clicked.other)
    assert clicked.told == [], "pressed on one thing and released on another"


@every_picture
def test_the_second_of_two_presses_on_different_things_is_no_double_click(
    clicked: Clicked,
) -> None:
    clicked.press(clicked.other)
    clicked.release(clicked.other)
    # Qt takes what comes soon and near enough for the second press of a double click.
    QTest.mouseDClick(clicked.target, LEFT, NONE, clicked.one)
    clicked.release(clicked.one)

    assert len(clicked.told) == 2
    assert clicked.told[0] != clicked.told[1]


@pytest.mark.parametrize("clicked", PICTURES[:-1], indirect=True, ids=lambda made: made.__name__)
def test_escape_lets_go_of_what_is_pressed_and_is_then_the_windows_again(clicked: Clicked) -> None:
    clicked.press(clicked.one)
    held, free = (QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, NONE) for _ in "ab")
    for event in (held, free):
        event.ignore()
    QApplication.sendEvent(clicked.target, held)
    QTest.keyClick(clicked.target, Qt.Key.Key_Escape)
    QApplication.sendEvent(clicked.target, free)
    clicked.release(clicked.one)

    assert held.isAccepted()
    assert not free.isAccepted()
    assert clicked.told == []


def figures(kind: type[Figure[Any]] = Figure) -> Iterator[type[Figure[Any]]]:
    for each in kind.__subclasses__():
        yield each
        yield from figures(each)


def test_every_picture_that_can_be_clicked_is_tried_here(qtbot: QtBot) -> None:
    made = [make() for make in PICTURES]
    for pictured in made:
        qtbot.addWidget(pictured.widget)

    clickable = {
        kind.__name__
        for kind in figures()
        if kind.__module__.startswith("roberta_gui") and kind.click is not Figure.click
    }

    assert PANELS  # which load all of them
    assert clickable - {type(each.widget).__name__ for each in made} <= {
        "HeadCells",
        "CellMap",
        "Items",
        "Plot",
        "PointPlot",
    }  # bases
