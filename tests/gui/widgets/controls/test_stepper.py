"""A number with arrows: buttons, wheel and keys move it, within its ends."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.controls.stepper import Stepper


@pytest.fixture
def stepper(qtbot: QtBot) -> Stepper:
    widget = Stepper("Layer", "Which layer")
    qtbot.addWidget(widget)
    widget.show_value(3, 6)
    return widget


def moves(stepper: Stepper) -> list[int]:
    told: list[int] = []
    stepper.moved.connect(told.append)
    return told


def arrows(stepper: Stepper) -> tuple[QToolButton, QToolButton]:
    less, more = stepper.findChildren(QToolButton)
    return less, more


def turn_wheel(stepper: Stepper, notches: int) -> None:
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(stepper, event)


def test_it_says_where_it_stands(stepper: Stepper) -> None:
    (label,) = stepper.findChildren(QLabel)

    assert label.text() == "Layer 3 of 6"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Qt.Key.Key_Left, 2),
        (Qt.Key.Key_Down, 2),
        (Qt.Key.Key_Right, 4),
        (Qt.Key.Key_Up, 4),
    ],
)
def test_arrow_keys_ask_for_the_neighbour(stepper: Stepper, key: Qt.Key, value: int) -> None:
    told = moves(stepper)

    QTest.keyClick(stepper, key)

    assert told == [value]


def test_buttons_ask_for_the_neighbour(stepper: Stepper) -> None:
    told = moves(stepper)

    for arrow in arrows(stepper):
        QTest.mouseClick(arrow, Qt.MouseButton.LeftButton)

    assert told == [2, 4]


def test_the_wheel_asks_for_the_neighbour(stepper: Stepper) -> None:
    told = moves(stepper)

    turn_wheel(stepper, 1)
    turn_wheel(stepper, -1)

    assert told == [2, 4]


@pytest.mark.parametrize(("value", "usable"), [(1, (False, True)), (6, (True, False))])
def test_at_the_ends_there_is_no_further(
    stepper: Stepper, value: int, usable: tuple[bool, bool]
) -> None:
    stepper.show_value(value, 6)
    told = moves(stepper)

    QTest.keyClick(stepper, Qt.Key.Key_Left if value == 1 else Qt.Key.Key_Right)

    assert told == []
    assert tuple(arrow.isEnabled() for arrow in arrows(stepper)) == usable


def test_showing_a_value_tells_nobody(stepper: Stepper) -> None:
    told = moves(stepper)

    stepper.show_value(5, 6)

    assert told == []


def test_the_keyboard_on_it_is_seen(stepper: Stepper, qtbot: QtBot) -> None:
    wear(LIGHT)
    with qtbot.waitExposed(stepper):
        stepper.show()
    stepper.clearFocus()
    edge = QPoint(stepper.width() // 2, 0)
    without = QColor(stepper.grab().toImage().pixel(edge)).name()

    stepper.setFocus(Qt.FocusReason.TabFocusReason)

    assert without == LIGHT.color("line").name()
    assert QColor(stepper.grab().toImage().pixel(edge)).name() == LIGHT.color("accent").name()
