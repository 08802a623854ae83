"""Where things are in a heatmap: pure geometry, pixels <-> cells."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from roberta_gui.gui.widgets.painting.axis_label import LABEL_ANGLE
from roberta_gui.gui.widgets.painting.zoom import Zoom

MARGIN_GAP = 4
"""Pixels between the cells and a strip along them."""


@dataclass(frozen=True)
class HeatmapLayout:
    """The places of cells and labels for one widget size.

    ``field`` is the square of cells in pixels, ``cell`` the side of a cell, ``zoom`` the part of
    the matrix in sight, ``margin`` what strips along the cells take, with their gap, ``foot`` the
    height of a line of text below them, or 0.
    """

    field: QRectF
    cell: float
    zoom: Zoom
    size: int
    margin: float = 0.0
    foot: float = 0.0

    @classmethod
    def fit(
        cls,
        width: float,
        height: float,
        size: int,
        zoom: Zoom,
        *,
        row_label: float,
        column_label: float,
        bar: float,
        largest_cell: float,
        margin: float = 0.0,
        foot: float = 0.0,
    ) -> "HeatmapLayout":
        """Give the cells the largest square that leaves room for labels, strips, colour bar."""
        angle = math.radians(LABEL_ANGLE)
        above = column_label * math.sin(angle) + 14
        beyond = max(column_label * math.cos(angle) - 10, bar + margin)
        below = 6 + margin + foot
        side = max(min(width - row_label - 8 - beyond, height - above - below), 24.0)
        # Whole pixels: between them a single strong weight among 512 tokens would be blurred.
        side = float(math.floor(min(side, largest_cell * zoom.span)))
        left = row_label + 8 + max(width - row_label - 8 - beyond - side, 0.0) / 2
        # A small picture stands a little above the middle, where the eye looks for it.
        top = above + max(height - above - below - side, 0.0) / 3
        field = QRectF(round(left), round(top), side, side)
        return cls(field, side / zoom.span, zoom, size, margin, foot)

    @property
    def below(self) -> QRectF:
        """Where the strip of the columns is."""
        field, thick = self.field, self.margin - MARGIN_GAP
        return QRectF(field.left(), field.bottom() + MARGIN_GAP, field.width(), thick)

    @property
    def beside(self) -> QRectF:
        """Where the strip of the rows is."""
        field, thick = self.field, self.margin - MARGIN_GAP
        return QRectF(field.right() + MARGIN_GAP, field.top(), thick, field.height())

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the (row, column) under a point, None outside the cells."""
        if not self.field.contains(point):
            return None
        row, column = (int(place) for place in self.place_at(point))
        return (row, column) if row < self.size and column < self.size else None

    def row_beside(self, point: QPointF) -> int | None:
        """Return the row whose name or strip is under a point."""
        field = self.field
        if not field.top() <= point.y() < field.bottom():
            return None
        if field.left() <= point.x() < field.right() or point.x() > field.right() + self.margin:
            return None
        row = int(self.place_at(point)[0])
        return row if row < self.size else None

    def column_beside(self, point: QPointF) -> int | None:
        """Return the column whose strip is under a point."""
        field = self.field
        if not field.bottom() <= point.y() <= field.bottom() + self.margin:
            return None
        if not self.margin or not field.left() <= point.x() < field.right():
            return None
        column = int(self.place_at(point)[1])
        return column if column < self.size else None

    def place_at(self, point: QPointF) -> tuple[float, float]:
        """Return the row and column under a point, with fractions."""
        return (
            self.zoom.top + (point.y() - self.field.top()) / self.cell,
            self.zoom.left + (point.x() - self.field.left()) / self.cell,
        )

    def row_rect(self, row: int) -> QRectF:
        """Return a row's rectangle, cut to what is in sight."""
        top = self.field.top() + (row - self.zoom.top) * self.cell
        return QRectF(self.field.left(), top, self.field.width(), self.cell) & self.field

    def column_rect(self, column: int) -> QRectF:
        """Return a column's rectangle, cut to what is in sight."""
        left = self.field.left() + (column - self.zoom.left) * self.cell
        return QRectF(left, self.field.top(), self.cell, self.field.height()) & self.field

    def visible(self, start: float) -> range:
        """Return the rows (or columns) that are at least half in sight, from ``start`` on."""
        first = math.ceil(start - 0.5)
        return range(max(first, 0), min(math.floor(start + self.zoom.span + 0.5), self.size))

    def label_step(self, label_height: float) -> int:
        """Return how many rows share one label, so that labels never touch."""
        return max(1, math.ceil(label_height / self.cell))
