"""SimilarityMap: layers against layers as one raster image, values in the cells, layers up."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QToolTip

from roberta_gui.findings.notation.marks import NO_CELLS, Cells
from roberta_gui.findings.notation.numbers import written
from roberta_gui.gui.widgets.colours.colour_bar import bar_room
from roberta_gui.gui.widgets.painting.cell_layout import Cell, CellLayout, Zoom, spaced
from roberta_gui.gui.widgets.painting.cell_map import CellMap, CellOrToken
from roberta_gui.gui.widgets.painting.drawing import letters, saved, write
from roberta_gui.gui.widgets.painting.spoken import Parts

_LARGEST_CELL = 76
_TOP = 4
_TIP_FRAME = 34  # pixels that a tip takes beside its text
_AIR = 3  # pixels of a cell that its number leaves free

_NUMBER_PIXELS = (11, 10, 9)
"""Sizes of the numbers in the cells; smaller ones could not be read."""


class SimilarityMap(CellMap[CellLayout]):
    """Hover tells about a pair of layers, a click chooses the row's layer; arrow keys do both."""

    row_chosen = Signal(int)

    has_gaps = is_zoomed = False

    def __init__(self) -> None:
        super().__init__("Layer similarity", narrowest=140, wanted=(420, 380))
        self._cells = NO_CELLS
        self._row = 0
        self._current: Cell | None = None

    def set_cells(self, cells: Cells) -> None:
        """Show other values."""
        self._cells = cells
        self.show_values(cells.values, cells.scale, small_is_strong=cells.small_is_strong)
        if not self._has(self._current):
            self._current = None

    @property
    def current(self) -> Cell | None:
        """The cell under the pointer, or that the arrow keys went to."""
        return self._current

    def point_at(self, cell: Cell | None) -> None:
        """Outline a cell that another picture tells of, and tell of it here too."""
        cell = cell if self._has(cell) else None
        if cell != self._current:
            self._current = cell
            self.setAccessibleDescription("" if cell is None else self.say(cell))
            self.update()
            super().hover(cell)

    def set_row(self, row: int) -> None:
        """Outline the chosen row; what is beyond the last one outlines none."""
        if row != self._row:
            self._row = row
            self.update()

    # --- geometry

    def _has(self, cell: Cell | None) -> bool:
        return cell is not None and cell in np.ndindex(*self._values.shape)

    def layout_now(self) -> CellLayout:
        """Return where everything is at the present size."""
        n_rows, n_columns = self._values.shape
        side = self.side(self.width(), self.height())
        field = QRectF(self._margins()[0], _TOP, side * n_columns, side * n_rows)
        return CellLayout(field, (n_rows, n_columns), Zoom.whole(n_columns), rising=True)

    def extent(self, width: int, height: int) -> QSize:
        """Return how much of a room the map would fill: its cells are square."""
        left, bottom, right = self._margins()
        cell, (n_rows, n_columns) = self.side(width, height), self._values.shape
        return QSizeF(left + right + cell * n_columns, bottom + _TOP + cell * n_rows).toSize()

    def side(self, width: int, height: int) -> float:
        """Return the side of a cell in a room of this size."""
        left, bottom, right = self._margins()
        side = min(
            (width - left - right) / max(self._values.shape[1], 1),
            (height - bottom - _TOP) / max(self._values.shape[0], 1),
            self.theme.pixels(_LARGEST_CELL),
        )
        # Whole pixels where there are enough: cells then are all of one size.
        return float(int(side)) if side >= 8 else max(side, 1.0)

    def _margins(self) -> tuple[float, float, float]:
        """Return the room at the left, below and at the right of the cells."""
        metrics = self.theme.metrics("small_number")
        widest = self.theme.widest(self._cells.rows, "small_number")
        title = metrics.height() + 4
        left = widest + 10 + (title if self._cells.row_title else 0)
        bottom = metrics.height() + 6 + (title if self._cells.column_title else 0)
        return left, bottom, bar_room(self.scale)

    # --- painting

    def paint_cells(self, painter: QPainter, layout: CellLayout) -> None:
        """Grey the cells that are not known, and write into the others."""
        for row, column in np.argwhere(np.isnan(self._values)).tolist():
            painter.fillRect(layout.cell_rect(row, column), self.theme.color("muted", 0.12))
        super().paint_cells(painter, layout)

    def numbers(self, layout: CellLayout) -> tuple[dict[Cell, str], QFont] | None:
        """Choose how values are written: in full, without their 0, smaller, or not."""
        known = [(cell, v) for cell, v in np.ndenumerate(self._values) if np.isfinite(v)]
        for pixels in _NUMBER_PIXELS:
            font = self.theme.font("small_number")
            font.setPixelSize(min(self.theme.pixels(pixels), font.pixelSize()))
            metrics = QFontMetricsF(font)
            for is_short in (False, True) if metrics.height() <= layout.height + 2 else ():
                write = partial(_write, is_bound=self._cells.are_bounds, is_short=is_short)
                texts = {cell: write(float(value)) for cell, value in known}
                widest = max(map(metrics.horizontalAdvance, set(texts.values())), default=0.0)
                if widest <= layout.width - _AIR:
                    return texts, font
        return None

    def paint_beside(self, painter: QPainter, layout: CellLayout) -> None:
        """Draw the colour bar, if it explains any cell, and the titles."""
        if np.isfinite(self._values).any():
            super().paint_beside(painter, layout)
        self._paint_titles(painter, layout.field)

    def _paint_titles(self, painter: QPainter, field: QRectF) -> None:
        """Write whose layers the rows and the columns are."""
        metrics = letters(painter, "small", "muted")
        height = metrics.height()
        if self._cells.column_title:
            room = QRectF(field.left(), field.bottom() + height + 6, field.width(), height + 2)
            write(painter, room, self._cells.column_title, "middle", cut=True)
        if self._cells.row_title:
            with saved(painter):
                painter.translate(0, field.bottom())
                painter.rotate(-90)
                room = QRectF(0, 0, field.height(), height + 2)
                write(painter, room, self._cells.row_title, "middle", cut=True)

    def outlines(self, layout: CellLayout) -> Iterator[tuple[QRectF, str, float]]:
        """Outline the chosen row and the current cell."""
        if self._row < layout.shape[0]:
            yield layout.row_rect(self._row), "accent", 2
        if self._current is not None:
            place = layout.cell_rect(*self._current)
            yield from ((place, "card", 4), (place, "text", 2))

    def paint_names(self, painter: QPainter, layout: CellLayout) -> None:
        """Write the layers' names."""
        row, column = self._current or (self._row, None)
        self.paint_row_names(painter, layout, self._cells.rows, {row, self._row})
        metrics, side = self.theme.metrics("small_number"), layout.width
        step = max(1, -int(-(metrics.horizontalAdvance("emb") + 2) // side))
        lit = () if column is None else (column,)
        for place in spaced(range(0, len(self._cells.columns), step), step, lit):
            self.dress_number(painter, lit=place == column)
            middle = layout.column_rect(place).center().x()
            room = QRectF(middle - 30, layout.field.bottom() + 3, 60, metrics.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._cells.columns[place])

    # --- pointer and keys

    def parts(self) -> Parts[CellOrToken]:
        """Return every pair of layers."""
        layout = self.layout_now()
        cells = list(np.ndindex(layout.shape))
        return cells, lambda cell: QRectF() if isinstance(cell, int) else layout.cell_rect(*cell)

    def hover(self, spot: CellOrToken | None) -> None:
        """Tell which cell the pointer is on."""
        self.point_at(None if isinstance(spot, int) else spot)

    def tip(self, row: int, column: int) -> str:
        """Return what hovering a cell says."""
        return self._cells.tip(row, column)

    def say(self, spot: CellOrToken) -> str:
        """Return the values of a pair of layers, in words."""
        return "" if isinstance(spot, int) else self._cells.spoken(*spot)

    def tip_place(self, spot: CellOrToken, pointer: QPointF) -> tuple[QPoint, QRect]:
        """Return where a tip stands below the pointer without covering scale or words.

        Those are at the map's right and below it: what would reach them is moved to the left.
        """
        metrics = QFontMetricsF(QToolTip.font())
        lines = self.describe(spot).splitlines()
        wide = max(map(metrics.horizontalAdvance, lines), default=0.0) + _TIP_FRAME
        right = self.layout_now().field.right()
        return QPointF(min(pointer.x(), right - wide), pointer.y()).toPoint(), QRect()

    def click(self, spot: CellOrToken, keys: Qt.KeyboardModifier) -> None:
        """Choose the row."""
        if not isinstance(spot, int):
            self.row_chosen.emit(spot[0])

    def step(self, up: int, right: int) -> bool:
        """Travel over the cells; the row that is reached is chosen."""
        if not self._values.size:
            return False
        last_row, last_column = (n - 1 for n in self._values.shape)
        start = min(self._row, last_row)
        row, column = self._current or (start, min(start, last_column))
        row = min(max(row + up, 0), last_row)
        self.point_at((row, min(max(column + right, 0), last_column)))
        if up:
            self.row_chosen.emit(row)
        return True


def _write(value: float, *, is_bound: bool, is_short: bool) -> str:
    """Write two digits, no 0 before the point if short; no upper bound is below 0."""
    text = written(value, 2)
    if is_bound:
        text = "0" if text == "0.00" else f"≤{text}"
    if is_short:
        text = "1.0" if text == "1.00" else text.replace("0.", ".", 1)
    return text
