"""SimilarityMap: layers against layers as one raster image, values in the cells, layers up."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from roberta_gui.findings.marks import NO_CELLS, Cells
from roberta_gui.findings.numbers import written
from roberta_gui.gui.widgets.painting.colour_bar import bar_room, paint_colour_bar
from roberta_gui.gui.widgets.painting.colour_scale import coloured
from roberta_gui.gui.widgets.painting.drawing import saved
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.gui.widgets.painting.spoken import Parts

_LARGEST_CELL = 76
_TIP_FRAME = 34
"""Pixels that a tip takes beside its text."""

_AIR = 3
"""Pixels of a cell that its number leaves free."""

_NUMBER_PIXELS = (11, 10, 9)
"""Sizes of the numbers in the cells; smaller ones could not be read."""


class SimilarityMap(Figure[tuple[int, int]]):
    """Hover tells about a pair of layers, a click chooses the row's layer; arrow keys do both.

    Signals
    -------
    cell_entered(row, column), cell_left()
        The pointer, or the arrow keys, are on a cell, or on none any more.
    row_chosen(row)
        A row was chosen.
    """

    cell_entered = Signal(int, int)
    cell_left = Signal()
    row_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._cells = NO_CELLS
        self._row = 0
        self._current: tuple[int, int] | None = None
        self.setAccessibleName("Layer similarity")
        self.setMinimumSize(140, 120)

    def sizeHint(self) -> QSize:
        """Ask for room for a dozen layers."""
        return QSize(420, 380)

    def set_cells(self, cells: Cells) -> None:
        """Show other values."""
        self._cells = cells
        if self._current is not None and not self._has(*self._current):
            self._current = None
        self.repaint_picture()

    @property
    def current(self) -> tuple[int, int] | None:
        """The cell under the pointer, or that the arrow keys went to."""
        return self._current

    def point_at(self, cell: tuple[int, int] | None) -> None:
        """Outline a cell that another picture tells of, and tell of it here too."""
        self._enter(cell if cell is not None and self._has(*cell) else None)

    def set_row(self, row: int) -> None:
        """Outline the chosen row; what is beyond the last one outlines none."""
        if row != self._row:
            self._row = row
            self.update()

    def extent(self, width: int, height: int) -> QSize:
        """Return how much of a room the map would fill: its cells are square."""
        left, bottom, right = self._margins()
        cell = self.side(width, height)
        size = QSizeF(left + right + cell * self.shape[1], bottom + 4 + cell * self.shape[0])
        return size.toSize()

    # --- geometry

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        n_rows, n_columns = self._cells.values.shape
        return n_rows, n_columns

    def field(self) -> QRectF:
        """Return where the cells are."""
        cell = self.side(self.width(), self.height())
        return QRectF(self._margins()[0], 4, cell * self.shape[1], cell * self.shape[0])

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a cell is."""
        field, side = self.field(), self._side()
        return QRectF(field.left() + column * side, field.bottom() - (row + 1) * side, side, side)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the (row, column) under a point."""
        field, side = self.field(), self._side()
        if point.x() < field.left() or point.y() < field.top():
            return None
        down, column = int((point.y() - field.top()) / side), int((point.x() - field.left()) / side)
        row = self.shape[0] - 1 - down
        return (row, column) if self._has(row, column) else None

    def _side(self) -> float:
        return self.side(self.width(), self.height())

    def side(self, width: int, height: int) -> float:
        """Return the side of a cell in a room of this size."""
        left, bottom, right = self._margins()
        side = min(
            (width - left - right) / max(self.shape[1], 1),
            (height - bottom - 4) / max(self.shape[0], 1),
            self.theme.pixels(_LARGEST_CELL),
        )
        # Whole pixels where there are enough: cells then are all of one size.
        return float(int(side)) if side >= 8 else max(side, 1.0)

    def _margins(self) -> tuple[float, float, float]:
        """Return the room at the left, below and at the right of the cells."""
        metrics = QFontMetricsF(self.theme.font("small_number"))
        widest = max((metrics.horizontalAdvance(name) for name in self._cells.rows), default=0.0)
        title = metrics.height() + 4
        left = widest + 10 + (title if self._cells.row_title else 0)
        bottom = metrics.height() + 6 + (title if self._cells.column_title else 0)
        return left, bottom, bar_room(self._cells.scale)

    def _has(self, row: int, column: int) -> bool:
        return 0 <= row < self.shape[0] and 0 <= column < self.shape[1]

    # --- painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw cells, their values, the layers' names and the colour bar."""
        if not self._cells.values.size:
            return
        cells, field = self._cells, self.field()
        ramp = self.theme.weight_map()
        if cells.small_is_strong:
            ramp = ramp[::-1]
        places = cells.scale.places(np.nan_to_num(cells.values))
        painter.drawImage(field, coloured(ramp, places[::-1]))
        self._paint_unknown(painter)
        if (number := self._number()) is not None:
            write, font = number
            painter.setFont(font)
            for row, column in np.argwhere(np.isfinite(cells.values)).tolist():
                painter.setPen(self.theme.text_on(QColor(*ramp[places[row, column]].tolist())))
                place, value = self.cell_rect(row, column), cells.values[row, column]
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, write(float(value)))
        painter.setPen(QPen(self.theme.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(field.adjusted(-0.5, -0.5, 0.5, 0.5))
        if np.isfinite(cells.values).any():
            paint_colour_bar(painter, field, cells.scale, ramp)
        self._paint_titles(painter, field)

    def _paint_unknown(self, painter: QPainter) -> None:
        """Grey the cells that are not known."""
        painter.setPen(Qt.PenStyle.NoPen)
        for row, column in np.argwhere(np.isnan(self._cells.values)).tolist():
            place = self.cell_rect(row, column)
            painter.fillRect(place, self.theme.color("track"))
            painter.fillRect(place, QColor(self.theme.color("muted", 0.12)))

    def _number(self) -> tuple[Callable[[float], str], QFont] | None:
        """Choose how a value is written into its cell: in full, without its 0, smaller, or not."""
        side, known = self._side(), self._cells.values[np.isfinite(self._cells.values)]
        ways = (_bound, _bound_without_zero) if self._cells.are_bounds else (_full, _without_zero)
        for pixels in _NUMBER_PIXELS:
            font = self.theme.font("small_number")
            font.setPixelSize(min(self.theme.pixels(pixels), font.pixelSize()))
            metrics = QFontMetricsF(font)
            for write in ways if metrics.height() <= side + 2 else ():
                texts = {write(float(value)) for value in known}
                if max(map(metrics.horizontalAdvance, texts), default=0.0) <= side - _AIR:
                    return write, font
        return None

    def _paint_titles(self, painter: QPainter, field: QRectF) -> None:
        """Write whose layers the rows and the columns are."""
        painter.setFont(self.theme.font("small"))
        painter.setPen(self.theme.color("muted"))
        metrics = QFontMetricsF(painter.font())
        height, middle = metrics.height(), Qt.AlignmentFlag.AlignCenter
        elide = Qt.TextElideMode.ElideRight
        if self._cells.column_title:
            room = QRectF(field.left(), field.bottom() + height + 6, field.width(), height + 2)
            text = metrics.elidedText(self._cells.column_title, elide, room.width())
            painter.drawText(room, middle, text)
        if self._cells.row_title:
            with saved(painter):
                painter.translate(0, field.bottom())
                painter.rotate(-90)
                text = metrics.elidedText(self._cells.row_title, elide, field.height())
                painter.drawText(QRectF(0, 0, field.height(), height + 2), middle, text)

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline the chosen row and the current cell, and write the layers' names."""
        if not self._cells.values.size:
            return
        field, side = self.field(), self._side()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._row < self.shape[0]:
            painter.setPen(QPen(self.theme.color("accent"), 2))
            top = self.cell_rect(self._row, 0).top()
            painter.drawRect(QRectF(field.left(), top, field.width(), side))
        if self._current is not None:
            painter.setPen(QPen(self.theme.color("card"), 4))
            painter.drawRect(self.cell_rect(*self._current))
            painter.setPen(QPen(self.theme.color("text"), 2))
            painter.drawRect(self.cell_rect(*self._current))
        current = self._current or (None, None)
        height = QFontMetricsF(self.theme.font("small_number")).height()
        for row in self._named(len(self._cells.rows), side, height, current[0]):
            self._dress(painter, lit=row in (current[0], self._row))
            room = QRectF(0, self.cell_rect(row, 0).top(), field.left() - 6, side)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, right | Qt.TextFlag.TextDontClip, self._cells.rows[row])
        widest = QFontMetricsF(self.theme.font("small_number")).horizontalAdvance("emb") + 2
        for column in self._named(len(self._cells.columns), side, widest, current[1]):
            self._dress(painter, lit=column == current[1])
            centre = field.left() + (column + 0.5) * side
            room = QRectF(centre - 30, field.bottom() + 3, 60, height)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._cells.columns[column])

    def _dress(self, painter: QPainter, *, lit: bool) -> None:
        painter.setPen(self.theme.color("accent" if lit else "muted"))
        painter.setFont(self.theme.font("small_number", bold=lit))

    def _named(self, n: int, side: float, room: float, lit: int | None) -> list[int]:
        """Choose whose names fit beside each other; the current one is always among them."""
        step = max(1, -int(-room // side))
        regular = (i for i in range(0, n, step) if lit is None or abs(i - lit) >= step)
        return [*regular, *(() if lit is None else (lit,))]

    # --- pointer and keys

    def parts(self) -> Parts[tuple[int, int]]:
        """Return every pair of layers."""
        return list(np.ndindex(self.shape)), lambda cell: self.cell_rect(*cell)

    def spot_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the (row, column) under a point."""
        return self.cell_at(point)

    def hover(self, spot: tuple[int, int] | None) -> None:
        """Tell which cell the pointer is on."""
        self._enter(spot)

    def describe(self, spot: tuple[int, int]) -> str:
        """Return what hovering a cell says."""
        return self._cells.tip(*spot)

    def say(self, spot: tuple[int, int]) -> str:
        """Return the values of a pair of layers, in words."""
        return self._cells.told(*spot)

    def tip_place(self, spot: tuple[int, int], pointer: QPointF) -> QPoint:
        """Return where a tip stands below the pointer without covering scale or words.

        Those are at the map's right and below it: what would reach them is moved to the left.
        """
        metrics = QFontMetricsF(QToolTip.font())
        lines = self.describe(spot).splitlines()
        wide = max(map(metrics.horizontalAdvance, lines), default=0.0) + _TIP_FRAME
        return QPointF(min(pointer.x(), self.field().right() - wide), pointer.y()).toPoint()

    def click(self, spot: tuple[int, int], keys: Qt.KeyboardModifier) -> None:
        """Choose the row."""
        self.row_chosen.emit(spot[0])

    def step(self, up: int, right: int) -> bool:
        """Travel over the cells; the row that is reached is chosen."""
        if not self._cells.values.size:
            return False
        start = min(self._row, self.shape[0] - 1)
        row, column = self._current or (start, min(start, self.shape[1] - 1))
        row = min(max(row + up, 0), self.shape[0] - 1)
        column = min(max(column + right, 0), self.shape[1] - 1)
        self._enter((row, column))
        if up:
            self.row_chosen.emit(row)
        return True

    def _enter(self, cell: tuple[int, int] | None) -> None:
        if cell == self._current:
            return
        self._current = cell
        self.setAccessibleDescription("" if cell is None else self.say(cell))
        self.update()
        if cell is None:
            self.cell_left.emit()
        else:
            self.cell_entered.emit(*cell)


def _full(value: float) -> str:
    """Write two digits; what rounds to zero has no sign."""
    return written(value, 2)


def _without_zero(value: float) -> str:
    """Write two digits and no leading zero; 1.00 keeps what fits."""
    text = _full(value)
    return "1.0" if text == "1.00" else text.replace("0.", ".", 1)


def _bound(value: float) -> str:
    """Write an upper bound; none is below 0, so there is nothing to say of 0."""
    text = _full(value)
    return "0" if text == "0.00" else f"≤{text}"


def _bound_without_zero(value: float) -> str:
    text = _bound(value)
    return text if text == "0" else text.replace("0.", ".", 1)
