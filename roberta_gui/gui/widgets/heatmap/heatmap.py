"""Heatmap: a square matrix over tokens as one raster image, with token axes and a printed scale."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent

from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.widgets.controls.tool_tip import show_tip
from roberta_gui.gui.widgets.heatmap.heatmap_labels import HeatmapLabels
from roberta_gui.gui.widgets.heatmap.heatmap_layout import HeatmapLayout
from roberta_gui.gui.widgets.heatmap.heatmap_raster import raster
from roberta_gui.gui.widgets.heatmap.margins import Margins, MarginTexts, paint_margins
from roberta_gui.gui.widgets.painting.axis_label import AxisLabel
from roberta_gui.gui.widgets.painting.colour_bar import bar_room, paint_colour_bar
from roberta_gui.gui.widgets.painting.colour_scale import ColourScale
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.gui.widgets.painting.navigation import navigation
from roberta_gui.gui.widgets.painting.zoom import Zoom
from roberta_gui.gui.written_numbers import written_change
from roberta_gui.records import FloatArray

_LARGEST_CELL = 56
_MARGIN = 14


class Heatmap(Figure):
    """Rows look from, columns are looked at; hover tells the value, a click locks a token.

    Wheel zooms about the pointer, dragging pans, a double click outside the cells shows all;
    so do + and -, Shift with the arrow keys, and 0.

    Signals
    -------
    cell_hovered(row, column), cell_left()
        The pointer is on a cell, or on none any more.
    cell_clicked(row, column, extend)
        A cell was clicked; ``extend`` with Ctrl or Shift.
    cell_double_clicked(row, column)
        A cell was clicked twice.
    token_hovered(row), token_clicked(row, extend), token_double_clicked(row)
        The same for a token's name at the left, or its place in a strip.
    """

    cell_hovered = Signal(int, int)
    cell_left = Signal()
    cell_clicked = Signal(int, int, bool)
    cell_double_clicked = Signal(int, int)
    token_hovered = Signal(int)
    token_clicked = Signal(int, bool)
    token_double_clicked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._matrix: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._labels = HeatmapLabels(theme, ())
        self._room: tuple[QSize, float] | None = None
        self._scale = ColourScale(0.0, 1.0)
        self._signed = False
        self._margins: Margins | None = None
        self._zoom = Zoom.whole(1)
        self._rows: tuple[int, ...] = ()
        self._hovered: tuple[int | None, int | None] = (None, None)
        self._pressed: QPointF | None = None
        self._panned = False
        self._place = ""
        self.setAccessibleName("Attention")
        self.setMinimumSize(180, 160)

    def sizeHint(self) -> QSize:
        """Ask for room for a sentence."""
        return QSize(520, 480)

    def set_matrix(
        self,
        matrix: FloatArray,
        labels: Sequence[AxisLabel],
        scale: ColourScale,
        *,
        signed: bool = False,
        margins: Margins | None = None,
    ) -> None:
        """Show float32 (row, column) values; both axes carry the same tokens.

        With ``signed`` the two sides of zero get colours of their own.
        """
        if len(matrix) != len(self._matrix):
            self._zoom = Zoom.whole(len(matrix))
        self._matrix, self._scale = matrix, scale
        self._labels = HeatmapLabels(self.theme, labels)
        self._signed, self._margins = signed, margins
        self._room = None
        self.repaint_picture()

    def set_place(self, text: str) -> None:
        """Choose what a tip says last: where in the pass the matrix is from, "" for nothing."""
        self._place = text
        self.setAccessibleDescription(text)

    @property
    def scale(self) -> ColourScale:
        """The colour scale that is drawn with."""
        return self._scale

    def set_selected(self, rows: Sequence[int]) -> None:
        """Outline the rows of locked tokens."""
        if self._rows != tuple(rows):
            self._rows = tuple(rows)
            self.update()

    def set_hovered(self, row: int | None, column: int | None) -> None:
        """Light up a row and a column."""
        if self._hovered != (row, column):
            self._hovered = (row, column)
            self.update()

    # --- painting

    def layout_now(self) -> HeatmapLayout:
        """Return where everything is at the present size."""
        if self._room is None or self._room[0] != self.size():
            # For the whole picture: while one zooms and pans, the cells must not move.
            whole = Zoom.whole(len(self._matrix))
            room = self._labels.room(lambda room: self._fit(room, whole))
            self._room = self.size(), room
        return self._fit(self._room[1], self._zoom)

    def _fit(self, label: float, zoom: Zoom) -> HeatmapLayout:
        """Lay the picture out; what does not fit beside the strips' names goes below them."""
        texts = None if self._margins is None else MarginTexts(self._margins, self.theme)
        fit = partial(
            HeatmapLayout.fit,
            self.width(),
            self.height(),
            len(self._matrix),
            zoom,
            row_label=label if texts is None else max(label, texts.least_left),
            column_label=label,
            bar=max(bar_room(self.theme, self._scale), 0.0 if texts is None else texts.least_right),
            largest_cell=self.theme.pixels(_LARGEST_CELL),
            margin=0.0 if self._margins is None else self.theme.pixels(_MARGIN),
        )
        layout = fit()
        return layout if texts is None or texts.fit(layout, self.width()) else fit(foot=texts.line)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._labels = HeatmapLabels(theme, self._labels.labels)
        self._room = None
        super().set_theme(theme)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw cells, strips and the colour bar."""
        if not len(self._matrix):
            return
        layout, ramp = self.layout_now(), self._ramp()
        ratio = self.devicePixelRatioF()
        image = raster(self._matrix, layout, self._scale, ramp, ratio)
        painter.drawImage(layout.field, image)
        if layout.cell >= 9:
            self._paint_gaps(painter, layout)
        painter.setPen(QPen(self.theme.color("line"), 1))
        # Around the cells, not over them: the first row and column are <s>, where much rests.
        painter.drawRect(layout.field.adjusted(-0.5, -0.5, 0.5, 0.5))
        if self._margins is not None:
            paint_margins(painter, layout, self._margins, self.theme, ramp, ratio)
        beside = layout.field.adjusted(0, 0, layout.margin, 0)
        paint_colour_bar(painter, beside, self.theme, self._scale, ramp)

    def _ramp(self) -> NDArray[np.uint8]:
        return self.theme.difference_map() if self._signed else self.theme.weight_map()

    def _paint_gaps(self, painter: QPainter, layout: HeatmapLayout) -> None:
        painter.setPen(QPen(self.theme.color("card"), 1))
        field = layout.field
        for row in layout.visible(layout.zoom.top):
            y = field.top() + (row - layout.zoom.top) * layout.cell
            if field.top() < y < field.bottom():
                painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
        for column in layout.visible(layout.zoom.left):
            x = field.left() + (column - layout.zoom.left) * layout.cell
            if field.left() < x < field.right():
                painter.drawLine(QPointF(x, field.top()), QPointF(x, field.bottom()))

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline locked rows and the hovered row and column, and write the labels."""
        if not len(self._matrix):
            return
        layout = self.layout_now()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        locked = [row for row in self._rows if row < layout.size]
        row_lit, column_lit = (
            i if i is not None and i < layout.size else None for i in self._hovered
        )
        for row in locked:
            mask = self._labels.labels[row].kind == "mask"
            painter.setPen(QPen(self.theme.color("mask" if mask else "accent"), 2))
            painter.drawRect(layout.row_rect(row))
        painter.setPen(QPen(self.theme.color("hover"), 1.5))
        if row_lit is not None:
            painter.drawRect(layout.row_rect(row_lit))
        if column_lit is not None:
            painter.drawRect(layout.column_rect(column_lit))
        lit_rows = {*locked, *(() if row_lit is None else (row_lit,))}
        lit_columns = set() if column_lit is None else {column_lit}
        self._labels.paint_rows(painter, layout, lit_rows)
        self._labels.paint_columns(painter, layout, lit_columns, self.width())

    # --- pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which cell the pointer is on, or pan."""
        layout = self.layout_now()
        if self._pressed is not None and self._zoom.span < len(self._matrix):
            moved = self._pressed - event.position()
            if self._panned or moved.manhattanLength() > 4:
                self._panned = True
                self._pressed = event.position()
                self._look(
                    self._zoom.moved(moved.y() / layout.cell, moved.x() / layout.cell, layout.size)
                )
                return
        cell = layout.cell_at(event.position())
        beside = self._beside(layout, event.position())
        if cell is not None:
            self.cell_hovered.emit(*cell)
            tip = self.tip(*cell)
        elif beside is not None:
            self.token_hovered.emit(beside)
            tip = self.tip_beside(beside)
        else:
            self.cell_left.emit()
            return
        show_tip(event.globalPosition().toPoint(), tip, self)

    @staticmethod
    def _beside(layout: HeatmapLayout, point: QPointF) -> int | None:
        """Return whose name or place in a strip is under a point."""
        row, column = layout.row_beside(point), layout.column_beside(point)
        return row if column is None else column

    def tip(self, row: int, column: int) -> str:
        """Return what hovering a cell says."""
        start, end = self._labels.labels[row], self._labels.labels[column]
        value = self._number(float(self._matrix[row, column]))
        lines = [
            f"from {start.text} to {end.text}: {value}",
            f"tokens {start.places(row)} and {end.places(column)}",
            self._place,
        ]
        return "\n".join(line for line in lines if line)

    def tip_beside(self, row: int) -> str:
        """Return what hovering a token's name or its place in a strip says."""
        label, margins = self._labels.labels[row], self._margins
        lines = [label.text, f"token {label.places(row)}"]
        for each in () if margins is None else (margins.below, margins.beside):
            value = self._number(float(each.values[row]))
            lines.append(f"{each.name} {value}: {each.meaning}")
        return "\n".join(lines)

    def _number(self, value: float) -> str:
        return written_change(value, 4) if self._signed else f"{value:.4f}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a click or a drag began."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._panned = event.position(), False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which cell or token was clicked, unless the picture was dragged."""
        layout = self.layout_now()
        cell, beside = layout.cell_at(event.position()), self._beside(layout, event.position())
        if self._pressed is not None and not self._panned:
            keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            extend = bool(event.modifiers() & keys)
            if cell is not None:
                self.cell_clicked.emit(*cell, extend)
            elif beside is not None:
                self.token_clicked.emit(beside, extend)
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell which cell or token was clicked twice; beside all: see everything again."""
        layout = self.layout_now()
        cell, beside = layout.cell_at(event.position()), self._beside(layout, event.position())
        if cell is not None:
            self.cell_double_clicked.emit(*cell)
        elif beside is not None:
            self.token_double_clicked.emit(beside)
        else:
            self._look(Zoom.whole(len(self._matrix)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        layout = self.layout_now()
        if not len(self._matrix) or not layout.field.contains(event.position()):
            event.ignore()
            return
        row, column = layout.place_at(event.position())
        factor = 0.8 ** (event.angleDelta().y() / 120)
        self._look(self._zoom.scaled(factor, row, column, layout.size))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom with + and -, show all with 0, pan with Shift and arrows; leave the others."""
        layout = self.layout_now()
        half = self._zoom.span / 2
        way = navigation(event)
        if way is None or not len(self._matrix):
            super().keyPressEvent(event)
            return
        if way.home:
            self._look(Zoom.whole(layout.size))
        elif way.zoom:
            middle = self._zoom.top + half, self._zoom.left + half
            self._look(self._zoom.scaled(0.8**way.zoom, *middle, layout.size))
        else:
            # A quarter of what is in sight, and at least a cell.
            step = max(half / 2, 1.0)
            self._look(self._zoom.moved(-step * way.up, step * way.right, layout.size))
        event.accept()

    def leaveEvent(self, event: object) -> None:
        """Tell that the pointer left."""
        self.cell_left.emit()

    def _look(self, zoom: Zoom) -> None:
        if zoom != self._zoom:
            self._zoom = zoom
            self.repaint_picture()
