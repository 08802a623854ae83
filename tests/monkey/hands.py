"""Hands: mouse and keyboard as the desktop would send them, one event at a time."""

from collections.abc import Iterator
from random import Random

import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QInputMethodEvent, QKeyEvent, QKeySequence, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.monkey.stage import Stage

Steps = Iterator[None]
"""An action, one event a step: between two of them the event loop turns."""

_MODIFIERS = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip
_BUTTONS = (
    Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton,
)  # fmt: skip


def any_modifiers(rng: Random) -> Qt.KeyboardModifier:
    return rng.choice(_MODIFIERS)


def any_button(rng: Random) -> Qt.MouseButton:
    return rng.choice(_BUTTONS)


class Place:
    """A point of a window, with the name of what is there."""

    def __init__(self, widget: QWidget, point: QPoint) -> None:
        self._top = widget.window()
        self.point = widget.mapTo(self._top, point)
        self.name = f"{type(widget).__name__} {widget.objectName()}".strip()

    @property
    def window(self) -> QWindow | None:
        """The window it is in, as long as that is there: a floating panel may be docked."""
        return self._top.windowHandle() if shiboken6.isValid(self._top) else None

    def __repr__(self) -> str:
        return f"{self.name} at {self.point.x()}, {self.point.y()}"


class Hands:
    """What an action has at its disposal: the stage, the dice, and a note of what it does."""

    def __init__(self, stage: Stage, rng: Random) -> None:
        self.stage, self.rng = stage, rng
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Say in the journal what is done."""
        self.notes.append(text)

    def chance(self, probability: float) -> bool:
        """Throw the dice."""
        return self.rng.random() < probability

    # --- places

    def any_widget(self) -> QWidget:
        """Pick a visible widget: every class of them is as likely as any other."""
        tops = self.stage.windows()
        window = self.stage.window
        top = self.rng.choices(tops, [5 if top is window else 1 for top in tops])[0]
        by_class: dict[str, list[QWidget]] = {}
        for widget in (top, *top.findChildren(QWidget)):
            if widget.window() is top and not widget.visibleRegion().isEmpty():
                by_class.setdefault(type(widget).__name__, []).append(widget)
        return self.rng.choice(by_class[self.rng.choice(sorted(by_class))])

    def any_place(self) -> Place:
        """Pick a point: half of the time anywhere in a window, else on a widget picked by class."""
        widget = self.any_widget()
        if self.chance(0.4):
            widget = widget.window()
        return self.place_in(widget)

    def place_in(self, widget: QWidget) -> Place:
        """Pick a point in a widget, a little more often near its edges."""
        x, y = (self._coordinate(length) for length in (widget.width(), widget.height()))
        return Place(widget, QPoint(x, y))

    def _coordinate(self, length: int) -> int:
        if self.chance(0.1):
            return self.rng.choice((0, max(length - 1, 0), length // 2))
        return self.rng.randrange(max(length, 1))

    # --- mouse

    def press(self, place: Place, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        if (window := place.window) is not None:
            QTest.mousePress(window, button, modifiers, place.point)

    def release(self, place: Place, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        if (window := place.window or self.stage.window.windowHandle()) is not None:
            QTest.mouseRelease(window, button, modifiers, place.point)

    def double_click(self, place: Place, button: Qt.MouseButton, mod: Qt.KeyboardModifier) -> None:
        if (window := place.window) is not None:
            QTest.mouseDClick(window, button, mod, place.point)

    def move(self, place: Place) -> None:
        if (window := place.window) is not None:
            QTest.mouseMove(window, place.point)

    def click(self, place: Place, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> Steps:
        """Move there, press and release."""
        none = Qt.KeyboardModifier.NoModifier
        self.note(f"click {button.name} {place}")
        self.move(place)
        yield
        self.press(place, button, none)
        yield
        self.release(place, button, none)

    def turn_wheel(self, place: Place, modifiers: Qt.KeyboardModifier, by: QPoint) -> None:
        if (window := place.window) is not None:
            QTest.wheelEvent(window, QPointF(place.point), by, QPoint(), modifiers)

    def under(self, place: Place) -> tuple[QWidget | None, QPoint]:
        """Return the widget that lies at a place, and where that is on the screen."""
        window = place.window
        where = window.mapToGlobal(place.point) if window is not None else QPoint(-1, -1)
        return QApplication.widgetAt(where), where

    def ask_for_tip(self, place: Place) -> None:
        """Let the widget under the pointer show its tip now, not after 0.7 seconds of rest."""
        widget, where = self.under(place)
        if widget is not None:
            event = QHelpEvent(QEvent.Type.ToolTip, widget.mapFromGlobal(where), where)
            QApplication.sendEvent(widget, event)

    # --- keyboard

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        """Press and release a key, wherever the keyboard is."""
        top = QApplication.activeWindow() or self.stage.window
        # A window that was never shown, or is closed, has none: QTest would crash on that.
        if (window := top.windowHandle()) is not None:
            QTest.keyClick(window, key, modifiers)

    def command(self, keys: QKeySequence | QKeySequence.StandardKey) -> None:
        """Press the keys of a command of the main window."""
        if (window := self.stage.window.windowHandle()) is not None:
            QTest.keySequence(window, keys)

    def type(self, text: str) -> Steps:
        """Type character by character into what has the keyboard."""
        for character in text:
            target = QApplication.focusWidget()
            if target is None:
                return
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(
                    target, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character)
                )
            yield

    def compose(self, preedit: str, commit: str) -> None:
        """Compose as an input method does."""
        target = QApplication.focusWidget()
        if target is not None:
            event = QInputMethodEvent(preedit, [])
            event.setCommitString(commit)
            QApplication.sendEvent(target, event)
