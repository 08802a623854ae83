"""What a click is: press and release on the same item with the left button."""

from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeAlias, TypeVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

Spot = TypeVar("Spot")
"""What a picture has under the pointer: a cell, a bar, a token. Equal ones are the same item."""

Item = TypeVar("Item")

Drag: TypeAlias = Callable[[QPointF, QPointF, QPointF], bool]
"""Takes where the button went down, where the pointer is, and how far it came since last time.

Returns whether the picture does anything with it.
"""

REACH: Final = 4.0
"""Pixels that a hand may move and still click."""

_LEFT: Final = Qt.MouseButton.LeftButton
_EXTENDING: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def extends(keys: Qt.KeyboardModifier) -> bool:
    """Tell whether a click adds to what is chosen: with Ctrl or Shift."""
    return bool(keys & _EXTENDING)


def item_at(items: Sequence[Item], place: int) -> Item | None:
    """Return what is at a place; None where nothing is: what was pointed at may be gone by now."""
    return items[place] if 0 <= place < len(items) else None


class Presses(Generic[Spot]):
    """Follows the left button and tells clicks from drags; other buttons mean nothing to it."""

    def __init__(self) -> None:
        self._start: QPointF | None = None
        self._last = QPointF()
        self._spot: Spot | None = None
        self.is_drag = False
        """Whether what was pressed has become a drag."""
        self.is_gone = False
        """Whether what was pressed last is there no more: a second click of it means nothing."""

    @property
    def is_held(self) -> bool:
        """Whether the button is down."""
        return self._start is not None

    def press(self, event: QMouseEvent, spot: Spot | None) -> bool:
        """Begin a click or a drag; False for another button."""
        if event.button() is not _LEFT:
            return False
        self._start = self._last = event.position()
        self._spot, self.is_drag, self.is_gone = spot, False, False
        return True

    def is_second(self, event: QMouseEvent, spot: Spot | None) -> bool:
        """Tell whether what Qt takes for a double click is one: on the same item again."""
        return event.button() is _LEFT and not self.is_held and spot == self._spot

    def move(self, event: QMouseEvent, drag: Drag) -> bool:
        """Tell whether a movement is part of a drag, which ``drag`` then has taken."""
        if self._start is None:
            return False
        at = event.position()
        by = at - self._last
        if self.is_drag or by.manhattanLength() > REACH:
            self.is_drag = drag(self._start, at, by) or self.is_drag
            if self.is_drag:
                self._last = at
        return self.is_drag

    def release(self, event: QMouseEvent, spot: Spot | None) -> bool:
        """Tell whether letting the button go over ``spot`` makes a click."""
        if event.button() is not _LEFT:
            return False
        is_click = self.is_held and not self.is_drag and spot is not None and spot == self._spot
        self._start = None
        return is_click

    def cancel(self) -> None:
        """Forget that the button is down."""
        self._start, self.is_drag = None, False

    def lose(self, is_same: Callable[[Spot], bool] = lambda _spot: False) -> None:
        """Forget what was pressed, where something else stands in its place by now."""
        if self._spot is not None and not is_same(self._spot):
            self.cancel()
            self._spot, self.is_gone = None, True
