"""CellMap: what every map of cells repeats, from its colours to what the pointer tells."""

import math
from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.widgets.colours.colour_bar import paint_colour_bar
from roberta_gui.gui.widgets.colours.raster import Pool, ramp_of, raster, strongest
from roberta_gui.gui.widgets.interaction.clicks import extends
from roberta_gui.gui.widgets.painting.cell_layout import Cell, CellLayout, Zoom, spaced
from roberta_gui.gui.widgets.painting.drawing import hatch, letters, outline, write
from roberta_gui.gui.widgets.painting.zoomed_figure import ZoomedFigure
from roberta_gui.records import FloatArray

CellOrToken: TypeAlias = Cell | int
"""A cell, or a token whose name or place in a strip it is."""

Layout = TypeVar("Layout", bound=CellLayout)

_THINNEST = 3.0
"""Pixels of a hatched band: of a single token among hundreds less would be no more than a gap."""

_GAPS_FROM = 9  # pixels of a cell from which on it is parted from the next one


class CellMap(ZoomedFigure[CellOrToken], Generic[Layout]):
    """Hover tells the value of a cell, a click chooses it; subclasses say where cells are.

    Painted by hand: of cells that share a pixel pyqtgraph's images show one or the mean, not the
    strongest, and they have neither hatching nor names of rows.
    """

    cell_hovered = Signal(int, int)
    cell_left = Signal()
    cell_clicked = Signal(int, int, bool)  # row, column, whether with Ctrl or Shift
    cell_double_clicked = Signal(int, int)
    token_hovered = Signal(int)
    token_clicked = Signal(int, bool)
    token_double_clicked = Signal(int)

    pool: Pool = staticmethod(strongest)
    """What is shown of cells that share a pixel."""

    has_gaps = True
    is_zoomed = True

    def __init__(self, name: str, *, narrowest: int, wanted: tuple[int, int]) -> None:
        super().__init__(name, narrowest=narrowest, wanted=wanted)
        self._values: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self.scale = ColourScale(0.0, 1.0)
        self._signed = self._small_is_strong = False
        self._selected: tuple[int, ...] = ()
        self._hovered: tuple[int | None, int | None] = (None, None)

    def show_values(
        self,
        values: FloatArray,
        scale: ColourScale,
        *,
        signed: bool = False,
        small_is_strong: bool = False,
    ) -> None:
        """Show other (row, column) values; what is in sight stays, if there are as many columns."""
        if values.shape[1] != self._values.shape[1]:
            self._zoom = Zoom.whole(values.shape[1])
        self._values, self.scale = values, scale
        self._signed, self._small_is_strong = signed, small_is_strong
        self.repaint_picture()

    def set_selected(self, tokens: Sequence[int]) -> None:
        """Outline locked tokens."""
        if self._selected != tuple(tokens):
            self._selected = tuple(tokens)
            self.update()

    def set_hovered(self, row: int | None, column: int | None) -> None:
        """Light up a row and a column."""
        if self._hovered != (row, column):
            self._hovered = (row, column)
            self.update()

    # --- what subclasses say

    @abstractmethod
    def layout_now(self) -> Layout:
        """Return where everything is at the present size."""

    @abstractmethod
    def tip(self, row: int, column: int) -> str:
        """Return what hovering a cell says."""

    def hatched(self, layout: Layout) -> Iterable[QRectF]:
        """Return the bands of which nothing is known, which is not nothing."""
        return ()

    def numbers(self, layout: Layout) -> tuple[dict[Cell, str], QFont] | None:
        """Return what is written into cells, None where it does not fit."""
        return None

    def paint_beside(self, painter: QPainter, layout: Layout) -> None:
        """Draw what stands beside the cells: the colour bar."""
        paint_colour_bar(painter, layout.field, self.scale, self.ramp)

    def outlines(self, layout: Layout) -> Iterator[tuple[QRectF, str, float]]:
        """Return what is outlined, in which colour and how thick: what is hovered, first of all."""
        row, column = self._hovered
        if row is not None and row < layout.shape[0]:
            yield layout.row_rect(row), "hover", 1.5
        if column is not None and column < layout.shape[1]:
            yield layout.column_rect(column), "hover", 1.5

    def paint_names(self, painter: QPainter, layout: Layout) -> None:
        """Write the names of rows and columns."""

    # --- painting

    @property
    def ramp(self) -> NDArray[np.uint8]:
        """The colour map, uint8 (256, 4) RGBA."""
        return ramp_of(signed=self._signed, small_is_strong=self._small_is_strong)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the cells and what stands in and beside them."""
        if not self._values.size:
            return
        layout, ratio = self.layout_now(), self.devicePixelRatioF()
        image = raster(self._values, layout, self.scale, self.ramp, ratio, self.pool)
        painter.drawImage(layout.field, image)
        if self.has_gaps:
            self._paint_gaps(painter, layout)
        bands = (band for band in self.hatched(layout) if not band.isEmpty())
        hatch(painter, (_widened(band, layout.field) for band in bands))
        self.paint_cells(painter, layout)
        # Around the cells, not over them: the first row and column are <s>, where much rests.
        outline(painter, layout.field.adjusted(-0.5, -0.5, 0.5, 0.5))
        self.paint_beside(painter, layout)

    def _paint_gaps(self, painter: QPainter, layout: Layout) -> None:
        painter.setPen(QPen(self.theme.color("card"), 1))
        field = layout.field
        for row in layout.rows if layout.height >= _GAPS_FROM else ():
            y = layout.row_rect(row).top()
            if field.top() < y < field.bottom():
                painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
        for column in layout.columns if layout.width >= _GAPS_FROM else ():
            x = layout.column_rect(column).left()
            if field.left() < x < field.right():
                painter.drawLine(QPointF(x, field.top()), QPointF(x, field.bottom()))

    def paint_cells(self, painter: QPainter, layout: Layout) -> None:
        """Write the numbers into the cells."""
        if (numbers := self.numbers(layout)) is None:
            return
        texts, font = numbers
        painter.setFont(font)
        places = self.scale.colour_rows(np.nan_to_num(self._values))
        inks = [self.theme.text_on(QColor(*rgba)) for rgba in self.ramp.tolist()]
        for cell, text in texts.items():
            painter.setPen(inks[places[cell]])
            painter.drawText(layout.cell_rect(*cell), Qt.AlignmentFlag.AlignCenter, text)

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline what is chosen and hovered, and write the names."""
        if not self._values.size:
            return
        layout = self.layout_now()
        for rect, role, width in self.outlines(layout):
            if not rect.isEmpty():
                outline(painter, rect, role, width)
        self.paint_names(painter, layout)

    def paint_row_names(
        self, painter: QPainter, layout: Layout, names: Sequence[str], lit: Collection[int]
    ) -> None:
        """Write names at the left of their rows, as many as fit, the ``lit`` ones among them."""
        height = self.theme.metrics("small_number").height()
        step = max(1, math.ceil(height / layout.height))
        lit = [row for row in lit if row < len(names)]
        for row in spaced(range(0, len(names), step), step, lit):
            self.dress_number(painter, lit=row in lit)
            place = layout.row_rect(row)
            room = QRectF(0, place.center().y() - height / 2, place.left() - 6, height)
            write(painter, room, names[row], "right")

    def dress_number(self, painter: QPainter, *, lit: bool) -> None:
        """Set pen and font for a layer's name."""
        letters(painter, "small_number", "accent" if lit else "muted", bold=lit)

    # --- pointer and keys

    @property
    def n_cells(self) -> int:
        """How many columns there are to be zoomed into."""
        return len(self._values.T) * self.is_zoomed

    def cell_size(self) -> QSizeF:
        """Return the size of a cell in pixels, without a height where rows are all in sight."""
        layout = self.layout_now()
        return QSizeF(layout.width, 0 if layout.rising else layout.height)

    def cells_at(self, point: QPointF) -> tuple[float, float] | None:
        """Return the row, 0 where all are in sight, and the column under a point."""
        layout = self.layout_now()
        row, column = layout.place_at(point)
        return (row * (not layout.rising), column) if layout.field.contains(point) else None

    def spot_at(self, point: QPointF) -> CellOrToken | None:
        """Return the cell under a point."""
        return self.layout_now().cell_at(point)

    def describe(self, spot: CellOrToken) -> str:
        """Return what hovering a cell says."""
        return "" if isinstance(spot, int) else self.tip(*spot)

    def hover(self, spot: CellOrToken | None) -> None:
        """Tell which cell or token the pointer is on."""
        if spot is None:
            self.cell_left.emit()
        elif isinstance(spot, int):
            self.token_hovered.emit(spot)
        else:
            self.cell_hovered.emit(*spot)

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


def runs(indexes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Join neighbours: the first and last of each run of rising ``indexes``.

    Examples
    --------
    >>> list(runs([1, 2, 3, 7, 9, 10]))
    [(1, 3), (7, 7), (9, 10)]
    """
    start = 0
    for nth, index in enumerate(indexes):
        if nth + 1 == len(indexes) or indexes[nth + 1] != index + 1:
            yield indexes[start], index
            start = nth + 1


def _widened(part: QRectF, field: QRectF) -> QRectF:
    """Make a band so thick that it is seen to be hatched, a little over its neighbours."""
    wide, high = max(part.width(), _THINNEST), max(part.height(), _THINNEST)
    widened = QRectF(0.0, 0.0, wide, high)
    widened.moveCenter(part.center())
    widened.moveLeft(max(min(widened.left(), field.right() - wide), field.left()))
    widened.moveTop(max(min(widened.top(), field.bottom() - high), field.top()))
    return widened
