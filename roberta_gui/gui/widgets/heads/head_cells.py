"""HeadCells: one cell for every head, to point at, to choose and to switch off."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen

from roberta_gui.findings.notation.names import place_name
from roberta_gui.gui.widgets.heads.head_layout import HeadLayout
from roberta_gui.gui.widgets.painting.drawing import letters, outline, write
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.gui.widgets.painting.spoken import Parts
from roberta_gui.records import Head

Heads: TypeAlias = tuple[Head, ...]
"""A head, or all heads of the layer or column whose number is pointed at."""

_ALONE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SWITCH = (Qt.Key.Key_O, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_VEIL = 0.62
_INNER = 1.5
_SWITCHES_LINE = "Shift-click switches all of these heads off, or on again"


class HeadCells(Figure[Heads]):
    """Base of the pictures that have a cell for every head; heads that are off are crossed out.

    A click chooses a head; with Shift it switches the head off, or on again, and so do O and
    Delete. Shift and dragging switches all heads on the way, Shift and a click on the number of a
    layer or a head (or Shift+O) the whole line. Subclasses write ``arrange`` and ``paint_cells``.

    Painted by hand: pyqtgraph has images and axes, but no table of pictures, numbers and crosses.
    """

    head_hovered = Signal(int, int)  # layer and head, both from 0
    head_left = Signal()
    head_clicked = Signal(int, int)  # by mouse or arrow keys
    head_double_clicked = Signal(int, int)
    heads_toggled = Signal(object)  # to be switched off, or those that are off on again

    def __init__(self, name: str, *, narrowest: int, wanted: tuple[int, int]) -> None:
        super().__init__(name, narrowest=narrowest, wanted=wanted)
        self._layout: HeadLayout | None = None
        self._selected: Head | None = None
        self._hovered: Head | None = None
        self._off: frozenset[Head] = frozenset()
        self._run: tuple[Head, Head] | None = None
        self._tip: Callable[[int, int], str] = place_name

    @abstractmethod
    def arrange(self) -> HeadLayout:
        """Decide where the cells are, for the present size, theme and data."""

    @abstractmethod
    def paint_cells(self, painter: QPainter, layout: HeadLayout) -> None:
        """Draw what is in the cells."""

    def set_tips(self, tip: Callable[[int, int], str]) -> None:
        """Say what hovering a (layer, head) tells."""
        self._tip = tip

    def set_selected(self, layer: int, head: int) -> None:
        """Outline the chosen head."""
        if (layer, head) != self._selected:
            self._selected = (layer, head)
            self._update()

    def set_hovered(self, head: Head | None) -> None:
        """Outline the head under the pointer."""
        if head != self._hovered:
            self._hovered = head
            self.update()

    def set_switched_off(self, heads: Iterable[Head]) -> None:
        """Cross these heads out."""
        if (off := frozenset(heads)) != self._off:
            self._off = off
            self._update()

    def _update(self) -> None:
        """Draw anew, and tell a screen reader which head is chosen."""
        self.update()
        if self._selected is not None:
            layer, head = self._selected
            off = ", switched off" if self._selected in self._off else ""
            self.setAccessibleDescription(f"Layer {layer + 1}, head {head + 1}{off}")

    # --- geometry

    def layout_now(self) -> HeadLayout:
        """Return where everything is; arranged anew only after a change."""
        if self._layout is None:
            self._layout = self.arrange()
        return self._layout

    def cell_rect(self, layer: int, head: int) -> QRectF:
        """Return where a head's cell is."""
        return self.layout_now().rect((layer, head))

    def head_at(self, point: QPointF) -> Head | None:
        """Return the (layer, head) under a point."""
        return self.layout_now().head_at(point)

    def repaint_picture(self) -> None:
        """Arrange and draw anew, because data, size or theme changed."""
        self._layout = None
        super().repaint_picture()

    # --- painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the cells, and in a grid the numbers of layers and heads."""
        layout = self.layout_now()
        if layout.heads:
            self.paint_cells(painter, layout)
            if layout.is_grid:
                self._paint_numbers(painter, layout)

    def _paint_numbers(self, painter: QPainter, layout: HeadLayout) -> None:
        height = letters(painter, "small_number", "muted").height()
        n_layers, n_heads = layout.heads[0][0] + 1, layout.heads[-1][1] + 1
        for layer in range(0, n_layers, max(1, int(height / layout.pitch.height() + 0.99))):
            place = layout.rect((layer, 0))
            room = QRectF(0, place.center().y() - height / 2, place.left() - 6, height)
            write(painter, room, str(layer + 1), "right")
        for head in range(0, n_heads, max(1, int(22 / layout.pitch.width() + 0.99))):
            place = layout.rect((n_layers - 1, head))
            room = QRectF(place.center().x() - 20, place.top() - height - 2, 40, height)
            write(painter, room, str(head + 1), "middle")

    def paint_highlights(self, painter: QPainter) -> None:
        """Cross out what is off or about to be, and outline the chosen and the hovered head."""
        layout = self.layout_now()
        for head in self._off ^ {*self._running()}:
            if head in layout.places:
                self.cross_out(painter, layout.rect(head))
        for chosen, role, width in ((self._hovered, "hover", 1.5), (self._selected, "accent", 2.0)):
            if chosen is not None and chosen in layout.places:
                edge, inset = self.outline(layout.rect(chosen)), (width + _INNER) / 2
                # A strong weight has nearly the outline's colour: this line parts the two.
                inside = edge.adjusted(inset, inset, -inset, -inset)
                outline(painter, inside, "card", _INNER, radius=3)
                outline(painter, edge, role, width, radius=4)

    def outline(self, rect: QRectF) -> QRectF:
        """Return where the outline of a cell is drawn."""
        return rect.adjusted(-3, -3, 3, 3)

    def cross_out(self, painter: QPainter, rect: QRectF) -> None:
        """Draw what says that a cell's head is off."""
        painter.fillRect(rect, self.theme.color("card", _VEIL))
        painter.setPen(QPen(self.theme.color("danger"), 1.5))
        inside = rect.adjusted(1, 1, -1, -1)
        painter.drawLine(inside.topLeft(), inside.bottomRight())
        painter.drawLine(inside.bottomLeft(), inside.topRight())

    def _running(self) -> Heads:
        """Return the heads that letting the button go would toggle: all get the first one's way."""
        if self._run is None:
            return ()
        switch_off = self._run[0] not in self._off
        heads = self.layout_now().between(*self._run)
        return tuple(head for head in heads if (head in self._off) is not switch_off)

    # --- pointer and keys

    def parts(self) -> Parts[Heads]:
        """Return every head."""
        layout = self.layout_now()
        return [(head,) for head in layout.heads], lambda heads: layout.rect(heads[0])

    def spot_at(self, point: QPointF) -> Heads | None:
        """Return the head under a point, or those of the layer or column whose number is there."""
        head = self.head_at(point)
        return (head,) if head is not None else self.layout_now().line_at(point) or None

    def hover(self, spot: Heads | None) -> None:
        """Preview the head under the pointer."""
        if spot is not None and len(spot) == 1:
            self.head_hovered.emit(*spot[0])
        else:
            self.head_left.emit()

    def describe(self, spot: Heads) -> str:
        """Return what hovering says."""
        return self._tip(*spot[0]) if len(spot) == 1 else _SWITCHES_LINE

    def say(self, spot: Heads) -> str:
        """Return what is known of a head, and whether it is off."""
        return super().say(spot) + (", switched off" if spot[0] in self._off else "")

    def click(self, spot: Heads, keys: Qt.KeyboardModifier) -> None:
        """Choose a head; with Shift switch it, or the whole line."""
        self.let_go()
        if keys & _SHIFT:
            self._toggle(spot)
        elif len(spot) == 1:
            self.head_clicked.emit(*spot[0])

    def double_click(self, spot: Heads | None, keys: Qt.KeyboardModifier) -> bool:
        """Show a head alone; with Shift it is one more click."""
        if spot is None or len(spot) > 1 or keys & _SHIFT:
            return False
        self.head_double_clicked.emit(*spot[0])
        return True

    def press(self, spot: Heads | None, keys: Qt.KeyboardModifier) -> None:
        """Begin a run of heads to switch, with Shift."""
        if keys & _SHIFT and spot is not None and len(spot) == 1:
            self._run = (spot[0], spot[0])
            self.update()

    def drag(self, start: QPointF, at: QPointF, by: QPointF) -> bool:
        """Take the head under the pointer along into the run."""
        head = self.head_at(at)
        if self._run is not None and head is not None:
            self._run = (self._run[0], head)
            self.update()
        return self._run is not None

    def drop(self, keys: Qt.KeyboardModifier) -> None:
        """Switch the heads of the run."""
        heads = self._running()
        self.let_go()
        if heads:
            self.heads_toggled.emit(heads)

    def let_go(self) -> None:
        """Forget the run."""
        super().let_go()
        self._run = None
        self.update()

    def step(self, up: int, right: int) -> bool:
        """Choose the next head."""
        layout = self.layout_now()
        if self._selected is None or not layout.heads:
            return False
        self.head_clicked.emit(*layout.stepped(self._selected, -up, right))
        return True

    def act(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        """Show a head alone with Enter, switch it with O or Delete, with Shift its layer."""
        heads = self.layout_now().heads
        if self._selected is None or not heads or held & ~_SHIFT:
            return False
        if key in _SWITCH:
            layer = tuple(head for head in heads if head[0] == self._selected[0])
            self._toggle(layer if held else (self._selected,))
        elif key in _ALONE and not held:
            self.head_double_clicked.emit(*self._selected)
        else:
            return False
        return True

    def _toggle(self, heads: Heads) -> None:
        """Ask to switch these heads off; if all of them are off already, on again."""
        self.heads_toggled.emit(tuple(head for head in heads if head not in self._off) or heads)
