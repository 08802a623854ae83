"""Where things are in small multiples: pure geometry, pixels <-> cells and axes."""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from roberta_gui.records import FloatArray

Extent: TypeAlias = tuple[float, float, float, float]
"""What a cell shows of its axes: left, right, bottom, top."""

Sight: TypeAlias = tuple[FloatArray, NDArray[np.bool_]]
"""Points in pixels, (point, 2), and which of them really lie further out, (point,)."""

SHAPE = 1.1
"""Width of a cell by its height that columns are chosen for."""

_MARGIN = 3.0  # for the outline of a cell at the edge
_GAP = 10.0
_TALLEST = 1.2  # height by width: taller cells would only hold empty room
_INSET = 6.0  # how far inside the frame a point from outside waits


@dataclass(frozen=True)
class MultiplesLayout:
    """The places of some cells in rows and columns, each a frame with a header above it.

    ``wide`` and ``tall`` are a frame's size, ``header`` the height of the line above it.
    """

    n_cells: int
    columns: int
    wide: float
    tall: float
    header: float

    @classmethod
    def fit(
        cls, width: float, height: float, n_cells: int, header: float, smallest: float
    ) -> "MultiplesLayout":
        """Choose the columns that give the largest cells in ``width`` by ``height`` pixels.

        Rather than cells narrower than ``smallest`` the whole is higher, and scrolled.
        """
        width, height = width - 2 * _MARGIN, height - 2 * _MARGIN

        def frame(columns: int) -> tuple[float, float]:
            rows = math.ceil(n_cells / columns)
            return (
                math.floor((width + _GAP) / columns - _GAP),
                math.floor((height + _GAP) / rows - _GAP - header),
            )

        def size(columns: int) -> tuple[float, int]:
            wide, tall = frame(columns)
            return min(wide / SHAPE, tall), -columns

        most = max(1, min(n_cells, int((width + _GAP) // (smallest + _GAP))))
        columns = max(range(1, most + 1), key=size)
        wide, tall = frame(columns)
        if tall < smallest / SHAPE:
            columns = most
            wide = frame(columns)[0]
            tall = math.floor(max(wide, smallest) / SHAPE)
        return cls(n_cells, columns, max(wide, 1.0), min(tall, wide * _TALLEST), header)

    @property
    def height(self) -> float:
        """How high all rows are together, in pixels."""
        rows = math.ceil(self.n_cells / self.columns)
        return rows * (self.header + self.tall + _GAP) - _GAP + 2 * _MARGIN

    def frame(self, cell: int) -> QRectF:
        """Return where a cell's picture is."""
        row, column = divmod(cell, self.columns)
        left = _MARGIN + column * (self.wide + _GAP)
        top = _MARGIN + row * (self.header + self.tall + _GAP) + self.header
        return QRectF(left, top, self.wide, self.tall)

    def header_room(self, cell: int) -> QRectF:
        """Return the line above a cell's picture."""
        frame = self.frame(cell)
        return QRectF(frame.left(), frame.top() - self.header, frame.width(), self.header)

    def cell_rect(self, cell: int) -> QRectF:
        """Return where a cell is, its header included."""
        return self.frame(cell) | self.header_room(cell)

    def cell_at(self, point: QPointF) -> int | None:
        """Return the cell whose picture or header is under a point."""
        column = int((point.x() - _MARGIN) // (self.wide + _GAP))
        row = int((point.y() - _MARGIN) // (self.header + self.tall + _GAP))
        cell = row * self.columns + column
        if not (0 <= column < self.columns and 0 <= cell < self.n_cells):
            return None
        return cell if self.cell_rect(cell).contains(point) else None

    def spots(self, cell: int, extent: Extent, xy: FloatArray) -> FloatArray:
        """Map float (point, 2) on a cell's axes to pixels, on one scale: distances are true."""
        frame, (left, right, bottom, top) = self.frame(cell), extent
        scale = min(frame.width() / (right - left), frame.height() / (top - bottom))
        middle = np.array([frame.center().x(), frame.center().y()])
        spots = middle + (xy - ((left + right) / 2, (bottom + top) / 2)) * (scale, -scale)
        return spots.astype(np.float32)  # type: ignore[no-any-return]

    def spots_in_sight(self, cell: int, extent: Extent, xy: FloatArray) -> Sight:
        """Map as `spots` does, and move what is out of sight to the edge; tell which is."""
        frame, true = self.frame(cell), self.spots(cell, extent, xy)
        inset = min(_INSET, frame.width() / 4, frame.height() / 4)
        low = np.array([frame.left(), frame.top()], dtype=np.float32) + inset
        high = np.array([frame.right(), frame.bottom()], dtype=np.float32) - inset
        shown = np.clip(true, low, high)
        outside = np.abs(shown - true) > inset
        return shown, outside[:, 0] | outside[:, 1]
