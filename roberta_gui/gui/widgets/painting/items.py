"""Items: the base of figures of things that are counted from 0: bars, points, layers, words."""

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QMetaMethod, QRectF, Qt, Signal, SignalInstance

from roberta_gui.gui.widgets.interaction.clicks import extends
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.gui.widgets.painting.spoken import Parts


class Items(Figure[int]):
    """One item is hovered, some are chosen.

    Subclasses set ``_tips``, what hovering each says, and write ``item_rect`` and ``spot_at``.
    Where nobody listens to it, a double click is one more click, and a step is left to the
    widgets around.
    """

    item_hovered = Signal(int)
    hover_left = Signal()
    item_clicked = Signal(int, bool)  # True with Ctrl or Shift
    item_double_clicked = Signal(int)
    stepped = Signal(int)  # to the item before (-1) or after (1)

    _tips: Sequence[str] = ()
    _selected: tuple[int, ...] = ()
    _hovered: int | None = None

    @property
    def n_items(self) -> int:
        """How many there are."""
        return len(self._tips)

    def item_rect(self, item: int) -> QRectF:
        """Return where one is."""
        return QRectF()

    def set_selected(self, items: Iterable[int]) -> None:
        """Choose these, first to last."""
        if (chosen := tuple(items)) != self._selected:
            self._selected = chosen
            self._tell()
            self.update()

    def set_hovered(self, item: int | None) -> None:
        """Light one up."""
        if item != self._hovered:
            self._hovered = item
            self._tell()
            self.update()

    def repaint_picture(self) -> None:
        """Forget the kept picture; what is chosen may tell something else now."""
        super().repaint_picture()
        self._tell()

    def spoken(self) -> str:
        """Return what screen readers are told: of the item that was chosen last."""
        known = self._there(self._selected)
        return self.describe(known[-1]) if known else ""

    def _tell(self) -> None:
        self.setAccessibleDescription(self.spoken())

    def _there(self, items: Iterable[int | None]) -> list[int]:
        """Return those that are items of what is shown now."""
        return [item for item in items if item is not None and 0 <= item < self.n_items]

    def outlined(self) -> Iterator[tuple[int, str, float]]:
        """Give the chosen items and the hovered one, each with role and width of its outline."""
        for item in (chosen := self._there(self._selected)):
            yield item, "accent", 2.0
        for item in self._there([self._hovered]):
            if item not in chosen:
                yield item, "hover", 1.5

    # --- pointer and keys

    def describe(self, spot: int) -> str:
        """Return what hovering an item says."""
        return self._tips[spot]

    def parts(self) -> Parts[int]:
        """Return every item."""
        return range(self.n_items), self.item_rect

    def hover(self, spot: int | None) -> None:
        """Tell which item the pointer is on."""
        if spot is None:
            self.hover_left.emit()
        else:
            self.item_hovered.emit(spot)

    def click(self, spot: int, keys: Qt.KeyboardModifier) -> None:
        """Tell of a click."""
        self.item_clicked.emit(spot, extends(keys))

    def double_click(self, spot: int | None, keys: Qt.KeyboardModifier) -> bool:
        """Tell of a second click."""
        if spot is None or not self._is_heard(self.item_double_clicked):
            return False
        self.item_double_clicked.emit(spot)
        return True

    def step(self, up: int, right: int) -> bool:
        """Ask for the item to the left or to the right."""
        if not (right and self.n_items and self._is_heard(self.stepped)):
            return False
        self.stepped.emit(right)
        return True

    def _is_heard(self, signal: SignalInstance) -> bool:
        return self.isSignalConnected(QMetaMethod.fromSignal(signal))
