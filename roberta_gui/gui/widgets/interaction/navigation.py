"""The keys that move about in a picture, and when the wheel does: the same in all of them."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QScrollArea, QWidget


@dataclass(frozen=True, slots=True)
class Navigation:
    """What a key asks for: see everything, some notches nearer, or a part up or to the right."""

    home: bool = False
    zoom: int = 0
    up: int = 0
    right: int = 0


NOTCH: Final = 0.8
"""What a notch nearer leaves of what is in sight."""

_PLAIN = {
    Qt.Key.Key_Plus: Navigation(zoom=1),
    Qt.Key.Key_Equal: Navigation(zoom=1),  # where + needs Shift
    Qt.Key.Key_Minus: Navigation(zoom=-1),
    Qt.Key.Key_0: Navigation(home=True),
}
_SHIFTED = {
    Qt.Key.Key_Up: Navigation(up=1),
    Qt.Key.Key_Down: Navigation(up=-1),
    Qt.Key.Key_Right: Navigation(right=1),
    Qt.Key.Key_Left: Navigation(right=-1),
    Qt.Key.Key_Plus: Navigation(zoom=1),
}
STEPS: Final = {
    Qt.Key.Key_Up: (1, 0),
    Qt.Key.Key_Down: (-1, 0),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Left: (0, -1),
}
"""How far up and to the right each arrow key leads: layers grow upwards."""


def modifiers(event: QKeyEvent) -> Qt.KeyboardModifier:
    """Return what is held down with a key; the number pad is no modifier."""
    return event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier


def navigation(event: QKeyEvent) -> Navigation | None:
    """Read a pressed key; None for keys that mean nothing here, plain arrows among them."""
    held = modifiers(event)
    if held == Qt.KeyboardModifier.NoModifier:
        return _PLAIN.get(Qt.Key(event.key()))
    if held == Qt.KeyboardModifier.ShiftModifier:
        return _SHIFTED.get(Qt.Key(event.key()))
    return None


def wheel_is_for(widget: QWidget, event: QWheelEvent) -> bool:
    """Tell whether the wheel is a widget's own, or is to scroll what scrolls around it.

    Else whoever scrolls a page would change what comes to lie under the pointer. With Ctrl it is
    the widget's own everywhere.
    """
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea) and around.verticalScrollBar().maximum():
            return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        around = around.parentWidget()
    return True


def notches(event: QWheelEvent) -> float:
    """Return by how many notches the wheel was turned, away from the hand: nearer."""
    return event.angleDelta().y() / 120


class Navigable(QWidget):
    """A widget whose picture is walked through with plain arrows and moved with `navigation`.

    Subclasses write what they understand; each returns whether the key meant something. The other
    keys are left to the widgets around.
    """

    def step(self, up: int, right: int) -> bool:
        """Go on to the next thing: one of both is 1 or -1, the other 0."""
        return False

    def navigate(self, way: Navigation) -> bool:
        """Show another part of the picture."""
        return False

    def act(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        """Do what any other key means here."""
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Find out what the key means."""
        key, held, way = Qt.Key(event.key()), modifiers(event), navigation(event)
        taken = (
            (key in STEPS and not held and self.step(*STEPS[key]))
            or (way is not None and self.navigate(way))
            or self.act(key, held)
        )
        event.setAccepted(taken)
