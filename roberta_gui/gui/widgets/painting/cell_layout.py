"""CellLayout: where the cells of a map are, pixels <-> rows and columns; Zoom: which are seen."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSize, QSizeF

Cell: TypeAlias = tuple[int, int]
"""A row and a column."""


@dataclass(frozen=True)
class Zoom:
    """Which part of a square of ``size`` tokens is in sight."""

    top: float
    left: float
    span: float

    @classmethod
    def whole(cls, size: int) -> "Zoom":
        """See everything."""
        return cls(0.0, 0.0, float(max(size, 1)))

    def scaled(self, factor: float, row: float, column: float, size: int) -> "Zoom":
        """Zoom by ``factor`` so that the point at ``row``, ``column`` stays where it is."""
        span = min(max(self.span * factor, min(6.0, size)), float(size))
        shrink = span / self.span
        return Zoom(
            row - (row - self.top) * shrink, column - (column - self.left) * shrink, span
        ).within(size)

    def moved(self, rows: float, columns: float, size: int) -> "Zoom":
        """Pan by some rows and columns."""
        return Zoom(self.top + rows, self.left + columns, self.span).within(size)

    def within(self, size: int) -> "Zoom":
        """Keep the part in sight inside the matrix."""
        edge = max(size - self.span, 0.0)
        return Zoom(min(max(self.top, 0.0), edge), min(max(self.left, 0.0), edge), self.span)


@dataclass(frozen=True)
class CellLayout:
    """The cells of a map of ``shape`` (rows, columns) in ``field``, a part of them in sight.

    Rows go down from the top and are zoomed into as columns are, or they are ``rising`` from the
    bottom and always all in sight.
    """

    field: QRectF
    shape: tuple[int, int]
    zoom: Zoom
    rising: bool = False

    @property
    def spans(self) -> tuple[float, float]:
        """How many rows and columns are in sight."""
        return (float(max(self.shape[0], 1)) if self.rising else self.zoom.span), self.zoom.span

    @property
    def width(self) -> float:
        """How wide a cell is, in pixels."""
        return self.field.width() / self.zoom.span

    @property
    def height(self) -> float:
        """How high a cell is, in pixels."""
        return self.field.height() / self.spans[0]

    @property
    def rows(self) -> range:
        """The rows that are at least half in sight."""
        return _in_sight(self.zoom.top, self.spans[0], self.shape[0])

    @property
    def columns(self) -> range:
        """The columns that are at least half in sight."""
        return _in_sight(self.zoom.left, self.zoom.span, self.shape[1])

    def place_at(self, point: QPointF) -> tuple[float, float]:
        """Return the row, counted from the top, and the column under a point, with fractions."""
        return (
            self.zoom.top + (point.y() - self.field.top()) / self.height,
            self.zoom.left + (point.x() - self.field.left()) / self.width,
        )

    def cell_at(self, point: QPointF) -> Cell | None:
        """Return the cell under a point, None outside of all."""
        if not self.field.contains(point):
            return None
        row, column = (int(place) for place in self.place_at(point))
        is_one = row < self.shape[0] and column < self.shape[1]
        return (self._line(row), column) if is_one else None

    def row_rect(self, row: int) -> QRectF:
        """Return a row's rectangle, cut to what is in sight."""
        top = self.field.top() + (self._line(row) - self.zoom.top) * self.height
        return QRectF(self.field.left(), top, self.field.width(), self.height) & self.field

    def column_rect(self, column: int) -> QRectF:
        """Return a column's rectangle, cut to what is in sight."""
        left = self.field.left() + (column - self.zoom.left) * self.width
        return QRectF(left, self.field.top(), self.width, self.field.height()) & self.field

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return a cell's rectangle, cut to what is in sight."""
        return self.row_rect(row) & self.column_rect(column)

    def _line(self, row: int) -> int:
        return self.shape[0] - 1 - row if self.rising else row


def _in_sight(start: float, span: float, n: int) -> range:
    return range(max(math.ceil(start - 0.5), 0), min(math.floor(start + span + 0.5), n))


def fitted(size: QSize, around: QMarginsF, most: QSizeF, *, square: bool = False) -> QRectF:
    """Return the field of cells in a widget: up to ``most``, with room ``around`` it.

    In whole pixels: between them a single strong or narrow cell among hundreds would be blurred.
    """
    free = size.toSizeF().shrunkBy(around)
    wide, tall = max(free.width(), 24.0), max(free.height(), 12.0)
    if square:
        wide = tall = max(min(free.width(), free.height()), 24.0)
    wide, tall = math.floor(min(wide, most.width())), math.floor(min(tall, most.height()))
    beside, above = max(free.width() - wide, 0.0) / 2, max(free.height() - tall, 0.0) / 3
    # A small picture stands a little above the middle, where the eye looks for it; one that is as
    # wide as it can be begins at the top: in a high, narrow panel it would hang in the air.
    place = QPointF(around.left() + beside, around.top() + min(beside, above)).toPoint()
    return QRectF(place, QSizeF(wide, tall))


def spaced(places: Iterable[int], step: int, first: Iterable[int] = ()) -> list[int]:
    """Choose whose names fit: the ``first`` ones, then of the others those ``step`` from all."""
    chosen = dict.fromkeys(first)
    for place in places:
        if chosen.keys().isdisjoint(range(place - step + 1, place + step)):
            chosen[place] = None
    return list(chosen)
