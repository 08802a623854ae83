"""Deal with open menus, lists and dialogs: choose something in them, and close them at last."""

from random import Random

import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

_MOST = 10
"""Turns in one popup before it is closed."""

_NONE = Qt.KeyboardModifier.NoModifier
_KEYS = (
    Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Left,
    Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_A,
)  # fmt: skip


class Popups:
    """Plays with whatever stands in front of the window."""

    def __init__(self) -> None:
        self._turns = 0

    @staticmethod
    def front() -> QWidget | None:
        """Return the popup or dialog that all input goes to, if there is one."""
        return QApplication.activePopupWidget() or QApplication.activeModalWidget()

    def play(self, rng: Random) -> str:
        """Do one thing in what is in front; return what was done, "" if nothing is there."""
        front = self.front()
        if front is None:
            self._turns = 0
            return ""
        self._turns += 1
        if self._turns > _MOST:
            front.close()
            return f"close {type(front).__name__}"
        handle: object = front.windowHandle()
        if not isinstance(handle, QWindow) or rng.random() < 0.6:
            key = rng.choice(_KEYS)
            if isinstance(handle, QWindow):
                QTest.keyClick(handle, key)
            return f"{key.name} in {type(front).__name__}"
        place = _place(front, rng)
        for act in (QTest.mousePress, QTest.mouseRelease):
            if shiboken6.isValid(handle):  # a dialog closes at a press, a menu at a release
                act(handle, Qt.MouseButton.LeftButton, _NONE, place)
        return f"click {type(front).__name__} at {place.x()}, {place.y()}"


def _place(front: QWidget, rng: Random) -> QPoint:
    if isinstance(front, QMenu) and front.actions() and rng.random() < 0.9:
        return front.actionGeometry(rng.choice(front.actions())).center()
    return QPoint(rng.randrange(-5, front.width() + 5), rng.randrange(-5, front.height() + 5))
