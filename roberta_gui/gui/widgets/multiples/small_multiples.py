"""SmallMultiples: the same tokens in many small pictures, with pointer, lasso and keys."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPen, QPolygonF, QResizeEvent

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.controls.tall_area import TallArea
from roberta_gui.gui.widgets.controls.tool_tip import show_tip
from roberta_gui.gui.widgets.interaction.clicks import extends
from roberta_gui.gui.widgets.multiples.token_cells import CellSpot, TokenCells
from roberta_gui.gui.widgets.painting.drawing import saved
from roberta_gui.gui.widgets.painting.spoken import Parts
from roberta_gui.records import FloatArray

_REACH = 10  # how near, in pixels, the pointer must come to a point
_STEP = 3.0  # pixels between corners: a hand is not steadier, and fewer corners are faster


class Lasso:
    """A loop that follows the pointer and closes itself by a straight line."""

    def __init__(self, start: QPointF) -> None:
        self._loop, self._last = QPolygonF([start]), start

    def draw_to(self, point: QPointF) -> None:
        """Go on to where the pointer is."""
        if (point - self._last).manhattanLength() >= _STEP:
            self._loop.append(point)
            self._last = point

    def holds(self, spots: FloatArray) -> NDArray[np.bool_]:
        """Tell which of float (point, 2) lie inside, by the even-odd rule."""
        rule = Qt.FillRule.OddEvenFill
        inside = [self._loop.containsPoint(QPointF(x, y), rule) for x, y in spots.tolist()]
        return np.array(inside, dtype=bool)

    def paint(self, painter: QPainter) -> None:
        """Draw the loop and what it holds, faintly filled."""
        theme = themes.current()
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.setBrush(theme.color("accent", 0.12))
        painter.drawPolygon(self._loop)


class SmallMultiples(TokenCells):
    """Cells in rows and columns; a token that is hovered or locked lights up in all of them.

    Dragging draws a lasso, which Esc ends. The arrow keys travel from cell to cell.
    """

    item_hovered = Signal(int)
    hover_left = Signal()
    item_clicked = Signal(int, bool)  # whether with Ctrl or Shift
    item_double_clicked = Signal(int)
    lassoed = Signal(object, bool)  # a tuple of points, which may be empty
    cell_chosen = Signal(int)  # its name clicked, its ground clicked twice, or by a key

    def __init__(self) -> None:
        super().__init__()
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
            with saved(painter):
                painter.setClipRect(self.frame(cell))
                loop.paint(painter)

    # --- pointer

    def parts(self) -> Parts[CellSpot]:
        """Return every cell, and the tokens in the chosen one."""
        cells = [CellSpot(cell, None, is_header=True) for cell in range(self.n_cells)]
        tokens = range(len(self._points)) if cells else ()
        cells += [CellSpot(self._chosen, token) for token in tokens]
        return cells, lambda spot: self.cell_rect(spot.cell)

    def spot_at(self, point: QPointF) -> CellSpot | None:
        """Return the cell under a point, and what of it is there."""
        cell, token = self.cell_at(point), self.point_at(point)
        if cell is None:
            return None
        return CellSpot(cell, token, token is None and not self.frame(cell).contains(point))

    def hover(self, spot: CellSpot | None) -> None:
        """Tell which point the pointer is near."""
        self.set_pointed(None if spot is None else spot.cell)
        if spot is None or spot.token is None:
            self.hover_left.emit()
        else:
            self.item_hovered.emit(spot.token)

    def describe(self, spot: CellSpot) -> str:
        """Return what hovering a point says."""
        return "" if spot.token is None else self.tip_of(spot.cell, spot.token)

    def say(self, spot: CellSpot) -> str:
        """Return what there is to say about a cell, or where a token is in it."""
        return self.cell_name(spot.cell) if spot.token is None else super().say(spot)

    def tip_place(self, spot: CellSpot, pointer: QPointF) -> tuple[QPoint, QRect]:
        """Let the tip of a point go beyond its surroundings."""
        around = QRect(0, 0, 2 * _REACH, 2 * _REACH)
        if spot.token is not None:
            around.moveCenter(self.spot(spot.cell, spot.token).toPoint())
        return pointer.toPoint(), around

    def drag(self, start: QPointF, at: QPointF, by: QPointF) -> bool:
        """Draw the lasso, in the cell in which it was begun."""
        if self._lasso is None:
            cell = self.cell_at(start)
            if cell is None or not self.frame(cell).contains(start):
                return False
            self.hover_left.emit()
            self._lasso = (cell, Lasso(start))
        self._lasso[1].draw_to(at)
        self.update(self.cell_rect(self._lasso[0]).toAlignedRect())
        return True

    def drop(self, keys: Qt.KeyboardModifier) -> None:
        """Tell what the lasso holds."""
        if self._lasso is not None:
            cell, loop = self._lasso
            self.let_go()
            held = np.flatnonzero(loop.holds(self.spots(cell)))
            self.lassoed.emit(tuple(held.tolist()), extends(keys))

    def let_go(self) -> None:
        """Let the lasso go without a choice."""
        super().let_go()
        self._lasso = None
        self.update()

    def click(self, spot: CellSpot, keys: Qt.KeyboardModifier) -> None:
        """Tell which point was clicked, or choose the cell whose header it was."""
        if spot.token is not None:
            self.item_clicked.emit(spot.token, extends(keys))
        elif spot.is_header:
            self.cell_chosen.emit(spot.cell)

    def double_click(self, spot: CellSpot | None, keys: Qt.KeyboardModifier) -> bool:
        """Tell which point was clicked twice; beside the points the cell is chosen."""
        if spot is not None and spot.token is not None:
            self.item_double_clicked.emit(spot.token)
        elif spot is not None:
            self.cell_chosen.emit(spot.cell)
        return spot is not None

    def step(self, up: int, right: int) -> bool:
        """Travel from cell to cell."""
        if self.n_cells:
            self.cell_chosen.emit(self.neighbour(-up, right))
        return bool(self.n_cells)

    def event(self, event: QEvent) -> bool:
        """Tell about a cell once the pointer rests beside its points."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            spot = self.spot_at(QPointF(event.pos()))
            if spot is not None and spot.token is None:
                room = self.cell_rect(spot.cell).toAlignedRect()
                show_tip(event.globalPos(), self._cells[spot.cell].tip, self, room)
            return True
        return super().event(event)


class MultiplesArea(TallArea):
    """Gives the cells all the room there is, and keeps in sight the one that was shown last."""

    def __init__(self, cells: TokenCells) -> None:
        super().__init__(cells, cells.height_for)
        self._cells = cells
        self._in_sight = 0
        self.setMinimumWidth(150)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the cells for the new size, and keep in sight what was."""
        super().resizeEvent(event)
        self.show_cell(self._in_sight)

    def show_cell(self, cell: int) -> None:
        """Scroll so that a cell is in sight, now and after every change of size."""
        self._in_sight = cell
        self.show_rect(self._cells.cell_rect(cell))
