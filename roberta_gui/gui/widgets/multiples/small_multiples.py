"""SmallMultiples: the same tokens in many small pictures, with pointer, lasso and keys."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter

from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.widgets.charts.lasso import Lasso
from roberta_gui.gui.widgets.controls.tool_tip import show_tip
from roberta_gui.gui.widgets.multiples.token_cells import TokenCells

_REACH = 10  # how near, in pixels, the pointer must come to a point
_DRAG = 4  # how far it may move and still click
_EXTENDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_STEPS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class SmallMultiples(TokenCells):
    """Cells in rows and columns; a token that is hovered or locked lights up in all of them.

    Dragging draws a lasso, which Esc ends. The arrow keys travel from cell to cell.

    Signals
    -------
    point_hovered(index), point_left()
        The pointer is near a point, or near none any more.
    point_clicked(index, extend), point_double_clicked(index)
        A point was clicked, ``extend`` with Ctrl or Shift, or clicked twice.
    lassoed(indexes, extend)
        A loop was drawn around these points, a tuple of int; it may be empty.
    cell_chosen(cell)
        A cell was chosen: its name clicked, its ground clicked twice, or by a key.
    """

    point_hovered = Signal(int)
    point_left = Signal()
    point_clicked = Signal(int, bool)
    point_double_clicked = Signal(int)
    lassoed = Signal(object, bool)
    cell_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._pressed: QPointF | None = None
        self._lasso: tuple[int, Lasso] | None = None

    def point_at(self, position: QPointF) -> int | None:
        """Return the token under a point of the widget."""
        cell = self.cell_at(position)
        if cell is None or not len(self.spots(cell)):
            return None
        away = self.spots(cell) - (position.x(), position.y())
        distance = np.hypot(away[:, 0], away[:, 1])
        # Locked tokens lie on top of others, so they are found first.
        for token in reversed(self.locked()):
            if distance[token] <= self.dot_size / 2:
                return token
        nearest = int(distance.argmin())
        return nearest if distance[nearest] <= _REACH else None

    def paint_highlights(self, painter: QPainter) -> None:
        """Draw what the pointer and the selection add, and the lasso."""
        super().paint_highlights(painter)
        if self._lasso is not None:
            cell, loop = self._lasso
            painter.save()
            painter.setClipRect(self.frame(cell))
            loop.paint(painter, self.theme)
            painter.restore()

    # --- pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which point the pointer is near; dragging draws the lasso."""
        position = event.position()
        if self._pressed is not None:
            self._drag(position)
            return
        cell, token = self.cell_at(position), self.point_at(position)
        self.set_pointed(cell)
        if token is None or cell is None:
            self.point_left.emit()
            return
        self.point_hovered.emit(token)
        around = QRect(0, 0, 2 * _REACH, 2 * _REACH)
        around.moveCenter(self.spot(cell, token).toPoint())
        text = self.tip_of(cell, token)
        show_tip(event.globalPosition().toPoint(), text, self, around)

    def _drag(self, position: QPointF) -> None:
        start = self._pressed
        if start is None:
            return
        if self._lasso is None:
            started = self.cell_at(start)
            moved = (position - start).manhattanLength()
            if started is None or moved <= _DRAG or not self.frame(started).contains(start):
                return
            self.point_left.emit()
            self._lasso = (started, Lasso(start))
        self._lasso[1].draw_to(position)
        self.update(self.cell_rect(self._lasso[0]).toAlignedRect())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a click or a drag began."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position()
        event.accept()  # what it does here is no business of the dock around it

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell what was clicked, or what the lasso holds."""
        pressed, self._pressed = self._pressed, None
        extend = bool(event.modifiers() & _EXTENDING)
        event.accept()
        if self._lasso is not None:
            within, loop = self._lasso
            self.end_lasso()
            held = np.flatnonzero(loop.holds(self.spots(within)))
            self.lassoed.emit(tuple(held.tolist()), extend)
            return
        if pressed is None or (event.position() - pressed).manhattanLength() > _DRAG:
            return
        cell, token = self.cell_at(event.position()), self.point_at(event.position())
        if token is not None:
            self.point_clicked.emit(token, extend)
        elif cell is not None and not self.frame(cell).contains(event.position()):
            self.cell_chosen.emit(cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell which point was clicked twice; beside the points the cell is chosen."""
        cell, token = self.cell_at(event.position()), self.point_at(event.position())
        if token is not None:
            self.point_double_clicked.emit(token)
        elif cell is not None:
            self.cell_chosen.emit(cell)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer left."""
        self.set_pointed(None)
        self.point_left.emit()

    # --- keys and tips

    def end_lasso(self) -> None:
        """Let the lasso go without a choice."""
        self._pressed = self._lasso = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Travel from cell to cell with the arrow keys; Esc ends the lasso."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        step = _STEPS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self._lasso is not None:
            self.end_lasso()
        elif step is not None and not modifiers and self.n_cells:
            self.cell_chosen.emit(self.neighbour(*step))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the window while a lasso is drawn; tell about a cell after a rest."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Escape
            and self._lasso is not None
        ):
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            if cell is not None and self.point_at(QPointF(event.pos())) is None:
                room = self.cell_rect(cell).toAlignedRect()
                show_tip(event.globalPos(), self.cell_tip(cell), self, room)
            return True
        return super().event(event)
