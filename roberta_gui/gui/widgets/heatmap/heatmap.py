"""Heatmap: a square matrix over tokens as one raster image, with token axes and a printed scale."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QPainter, QPen

from roberta_gui.findings.names import AxisLabel
from roberta_gui.findings.numbers import written_change
from roberta_gui.findings.scales import ColourScale
from roberta_gui.gui.widgets.heatmap.hatching import paint_hatching
from roberta_gui.gui.widgets.heatmap.heatmap_labels import HeatmapLabels
from roberta_gui.gui.widgets.heatmap.heatmap_layout import HeatmapLayout
from roberta_gui.gui.widgets.heatmap.heatmap_raster import raster
from roberta_gui.gui.widgets.heatmap.margins import Margins, MarginTexts, paint_margins
from roberta_gui.gui.widgets.painting.colour_bar import bar_room, paint_colour_bar
from roberta_gui.gui.widgets.painting.presses import extends
from roberta_gui.gui.widgets.painting.spoken import Parts
from roberta_gui.gui.widgets.painting.zoom import Zoom
from roberta_gui.gui.widgets.painting.zoomed_figure import ZoomedFigure
from roberta_gui.records import FloatArray

_LARGEST_CELL = 56
_MARGIN = 14


CellOrToken: TypeAlias = tuple[int, int] | int
"""A cell, (row, column), or a token whose name or place in a strip it is."""

Tip: TypeAlias = Callable[[int, int], str]
"""What hovering a (row, column) says."""


class Heatmap(ZoomedFigure[CellOrToken]):
    """Rows look from, columns are looked at; hover tells the value, a click locks a token.

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

    def __init__(self) -> None:
        super().__init__()
        self._matrix: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._labels = HeatmapLabels(())
        self._room: tuple[QSize, float] | None = None
        self._scale = ColourScale(0.0, 1.0)
        self._signed = False
        self._margins: Margins | None = None
        self._alone: tuple[int, ...] = ()
        self._tip: Tip | None = None
        self._rows: tuple[int, ...] = ()
        self._hovered: tuple[int | None, int | None] = (None, None)
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
        alone: Sequence[int] = (),
        tip: Tip | None = None,
    ) -> None:
        """Show float32 (row, column) values; both axes carry the same tokens.

        With ``signed`` the two sides of zero get colours of their own. The rows and columns
        ``alone`` are hatched: only A or B has such a token. A cell says what ``tip`` gives.
        """
        self._alone, self._tip = tuple(alone), tip
        if len(matrix) != len(self._matrix):
            self._zoom = Zoom.whole(len(matrix))
        self._matrix, self._scale = matrix, scale
        self._labels = HeatmapLabels(labels)
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
        texts = None if self._margins is None else MarginTexts(self._margins)
        fit = partial(
            HeatmapLayout.fit,
            self.width(),
            self.height(),
            len(self._matrix),
            zoom,
            row_label=label if texts is None else max(label, texts.least_left),
            column_label=label,
            bar=max(bar_room(self._scale), 0.0 if texts is None else texts.least_right),
            largest_cell=self.theme.pixels(_LARGEST_CELL),
            margin=0.0 if self._margins is None else self.theme.pixels(_MARGIN),
        )
        layout = fit()
        return layout if texts is None or texts.fit(layout, self.width()) else fit(foot=texts.line)

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._labels = HeatmapLabels(self._labels.labels)
        self._room = None
        super().customEvent(event)

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
        paint_hatching(painter, layout, self._alone)
        painter.setPen(QPen(self.theme.color("line"), 1))
        # Around the cells, not over them: the first row and column are <s>, where much rests.
        painter.drawRect(layout.field.adjusted(-0.5, -0.5, 0.5, 0.5))
        if self._margins is not None:
            paint_margins(painter, layout, self._margins, ramp, ratio)
        beside = layout.field.adjusted(0, 0, layout.margin, 0)
        paint_colour_bar(painter, beside, self._scale, ramp)

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

    # --- pointer and keys

    @property
    def n_cells(self) -> int:
        """How many tokens there are."""
        return len(self._matrix)

    def cell_size(self) -> QSizeF:
        """Return the size of a cell in pixels."""
        side = self.layout_now().cell
        return QSizeF(side, side)

    def cells_at(self, point: QPointF) -> tuple[float, float] | None:
        """Return the row and column under a point."""
        layout = self.layout_now()
        return layout.place_at(point) if layout.field.contains(point) else None

    def parts(self) -> Parts[CellOrToken]:
        """Return every row's strongest cell, and all cells of locked rows."""
        layout, n = self.layout_now(), len(self._matrix)
        strong = np.nan_to_num(np.abs(self._matrix)).argmax(axis=1).tolist() if n else []
        locked = [(row, column) for row in self._rows if row < n for column in range(n)]

        def place(spot: CellOrToken) -> QRectF:
            row, column = (spot, spot) if isinstance(spot, int) else spot
            return layout.row_rect(row) & layout.column_rect(column)

        return list(dict.fromkeys([*enumerate(strong), *locked])), place

    def spot_at(self, point: QPointF) -> CellOrToken | None:
        """Return the cell under a point, or whose name or place in a strip is there."""
        layout = self.layout_now()
        if (cell := layout.cell_at(point)) is not None:
            return cell
        row, column = layout.row_beside(point), layout.column_beside(point)
        return row if column is None else column

    def hover(self, spot: CellOrToken | None) -> None:
        """Tell which cell or token the pointer is on."""
        if spot is None:
            self.cell_left.emit()
        elif isinstance(spot, int):
            self.token_hovered.emit(spot)
        else:
            self.cell_hovered.emit(*spot)

    def describe(self, spot: CellOrToken) -> str:
        """Return what hovering says."""
        return self.tip_beside(spot) if isinstance(spot, int) else self.tip(*spot)

    def click(self, spot: CellOrToken, keys: Qt.KeyboardModifier) -> None:
        """Tell which cell or token was clicked."""
        if isinstance(spot, int):
            self.token_clicked.emit(spot, extends(keys))
        else:
            self.cell_clicked.emit(*spot, extends(keys))

    def double_click(self, spot: CellOrToken | None, keys: Qt.KeyboardModifier) -> bool:
        """Tell which cell or token was clicked twice; beside all: see everything again."""
        if spot is None:
            return super().double_click(spot, keys)
        if isinstance(spot, int):
            self.token_double_clicked.emit(spot)
        else:
            self.cell_double_clicked.emit(*spot)
        return True

    def tip(self, row: int, column: int) -> str:
        """Return what hovering a cell says."""
        if self._tip is not None:
            return self._tip(row, column)
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
