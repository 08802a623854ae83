"""The keys that move about in a picture, the same in all of them."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


@dataclass(frozen=True, slots=True)
class Navigation:
    """What a key asks for: see everything, some notches nearer, or a step up or to the right."""

    home: bool = False
    zoom: int = 0
    up: int = 0
    right: int = 0


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


def navigation(event: QKeyEvent) -> Navigation | None:
    """Read a pressed key; None for keys that mean nothing here, plain arrows among them."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if modifiers == Qt.KeyboardModifier.NoModifier:
        return _PLAIN.get(Qt.Key(event.key()))
    if modifiers == Qt.KeyboardModifier.ShiftModifier:
        return _SHIFTED.get(Qt.Key(event.key()))
    return None
