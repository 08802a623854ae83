"""Where things are in a map of layers: pure geometry, pixels <-> cells."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from roberta_gui.gui.widgets.painting.axis_label import LABEL_ANGLE
from roberta_gui.gui.widgets.painting.zoom import Zoom


@dataclass(frozen=True)
class LayerHeatmapLayout:
    """The places of cells for one widget size: layers as rows, the last one on top.

    ``field`` is where the cells are, ``width`` and ``height`` the size of a cell in pixels,
    ``zoom`` tells which columns are in sight (its ``left`` and ``span``), ``straight`` whether
    every column's name has room below its own cell; else names hang slantwise.
    """

    field: QRectF
    width: float
    height: float
    zoom: Zoom
    n_layers: int
    n_columns: int
    straight: bool

    @classmethod
    def fit(
        cls,
        width: float,
        height: float,
        shape: tuple[int, int],
        zoom: Zoom,
        *,
        row_label: float,
        column_label: float,
        line: float,
        bar: float,
        largest: tuple[float, float],
    ) -> "LayerHeatmapLayout":
        """Fill the widget's width and height, up to cells of the ``largest`` size.

        ``shape`` is (layer, column); ``row_label``, ``column_label`` are the longest names'
        lengths, ``line`` the height of one, ``bar`` the room beside the cells.
        """
        n_layers, n_columns = shape
        left = row_label + 8
        across = min(max(width - left - bar, 24.0), largest[0] * zoom.span)
        cell = across / zoom.span
        straight = column_label + 6 <= cell
        below = line if straight else column_label * math.sin(math.radians(LABEL_ANGLE)) + line / 2
        down = min(max(height - below - 12, 12.0), largest[1] * max(n_layers, 1))
        # Whole pixels, so that a narrow column is never blurred over two of them.
        across, down = float(math.floor(across)), float(math.floor(down))
        left += max(width - left - bar - across, 0.0) / 2
        top = 4 + max(height - below - 12 - down, 0.0) / 3
        field = QRectF(round(left), round(top), across, down)
        return cls(
            field, across / zoom.span, down / max(n_layers, 1), zoom, n_layers, n_columns, straight
        )

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the (layer, column) under a point, None outside the cells."""
        if not self.field.contains(point):
            return None
        row, column = int((point.y() - self.field.top()) / self.height), int(self.column_at(point))
        return (
            (self.n_layers - 1 - row, column)
            if row < self.n_layers and column < self.n_columns
            else None
        )

    def column_at(self, point: QPointF) -> float:
        """Return the column under a point, with fractions."""
        return self.zoom.left + (point.x() - self.field.left()) / self.width

    def row_rect(self, layer: int) -> QRectF:
        """Return a layer's rectangle: layer 0 stands at the bottom."""
        top = self.field.top() + (self.n_layers - 1 - layer) * self.height
        return QRectF(self.field.left(), top, self.field.width(), self.height)

    def column_rect(self, column: int) -> QRectF:
        """Return a column's rectangle, cut to what is in sight."""
        left = self.field.left() + (column - self.zoom.left) * self.width
        return QRectF(left, self.field.top(), self.width, self.field.height()) & self.field

    def cell_rect(self, layer: int, column: int) -> QRectF:
        """Return a cell's rectangle, cut to what is in sight."""
        return self.row_rect(layer) & self.column_rect(column)

    def columns(self) -> range:
        """Return the columns that are at least half in sight."""
        first = max(math.ceil(self.zoom.left - 0.5), 0)
        return range(first, min(math.floor(self.zoom.left + self.zoom.span + 0.5), self.n_columns))
