"""Where the cells of heads are: layers up and heads across, or a flow in any order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSizeF

from roberta_gui.records import Head

GAP = 6
"""Pixels between two thumbnails."""

COLUMN_GAP = 10
"""Pixels between two columns of rows."""

_SMALLEST, _LARGEST = 30, 220
"""Sides of a thumbnail in a flow; where the smallest are too many, the whole is scrolled."""


@dataclass(frozen=True)
class HeadLayout:
    """Cells of one size in rows and columns.

    Attributes
    ----------
    heads, places
        The heads in reading order, and the place of each in it.
    n_columns
        Cells in a row.
    left, top
        Where the first cell begins, with its share of the gap.
    pitch
        From one cell to the next.
    cell
        What is drawn of a cell.
    below
        Room under each cell that belongs to it.
    is_grid
        Rows are layers, the first one at the bottom, and columns are heads.
    """

    heads: tuple[Head, ...]
    places: Mapping[Head, int]
    n_columns: int
    left: float
    top: float
    pitch: QSizeF
    cell: QSizeF
    below: float
    is_grid: bool

    @classmethod
    def grid(
        cls, room: QSizeF, shape: tuple[int, int], left: float, top: float, below: float = 0.0
    ) -> "HeadLayout":
        """Give every layer a row and every head a column, in squares as large as fit."""
        n_layers, n_heads = max(shape[0], 1), max(shape[1], 1)
        width = (room.width() - left - 2) / n_heads
        height = (room.height() - top - 2) / n_layers
        # Neither direction may drift far apart from the other, or rows stop reading as rows.
        widest = height * (2.4 if below else 1.6)
        width, height = min(width, widest), min(height, width * 1.6 + below)
        side = max(min(width, height - below) - GAP, 2.0)
        cell = QSizeF(side, side)
        return cls._of(_rows(shape), shape[1], left, top, QSizeF(width, height), cell, below, True)

    @classmethod
    def table(
        cls, room: QRectF, shape: tuple[int, int], largest: QSizeF, gap: float = 1.0
    ) -> "HeadLayout":
        """Give every layer a row and every head a column, side by side, in cells that fill them."""
        n_layers, n_heads = max(shape[0], 1), max(shape[1], 1)
        width = min(room.width() / n_heads, largest.width())
        height = min(room.height() / n_layers, largest.height())
        if width > 2 * gap + 8 and height > 2 * gap + 8:
            width, height = float(int(width)), float(int(height))  # all of one size
        cell = QSizeF(max(width - gap, 1.0), max(height - gap, 1.0))
        pitch = QSizeF(max(width, 1.0), max(height, 1.0))
        left, top = room.left(), room.top()
        return cls._of(_rows(shape), shape[1], left, top, pitch, cell, 0.0, True)

    @classmethod
    def flow(
        cls, room: QSizeF, heads: Sequence[Head], top: float, text: float, below: float
    ) -> "HeadLayout":
        """Let the heads follow each other in rows, as large as the room allows.

        ``text`` is the width that the words under a cell need.
        """
        side, n_columns = _SMALLEST, 1
        for side in range(_LARGEST, _SMALLEST - 1, -1):
            n_columns = max(int((room.width() - 2) // (max(side, text) + GAP)), 1)
            n_rows = -(-len(heads) // n_columns)
            if n_rows * (side + below + GAP) + top <= room.height():
                break
        n_columns = min(n_columns, max(len(heads), 1))
        pitch = QSizeF((room.width() - 2) / n_columns, side + below + GAP)
        pitch.setWidth(min(pitch.width(), max(side, text) * 1.6 + GAP))
        return cls._of(tuple(heads), n_columns, 1.0, top, pitch, QSizeF(side, side), below, False)

    @classmethod
    def columns(
        cls, heads: Sequence[Head], width: float, top: float, row: float, n_columns: int
    ) -> "HeadLayout":
        """Give every head a row, first down one column, then down the next."""
        whole, longer = divmod(len(heads), n_columns)
        starts = [nth * whole + min(nth, longer) for nth in range(n_columns + 1)]
        by_row = tuple(
            heads[start + nth]
            for nth in range(whole + bool(longer))
            for start, end in pairwise(starts)
            if start + nth < end
        )
        pitch = QSizeF(max(width / n_columns, 1.0), row)
        cell = QSizeF(max(pitch.width() - (2 if n_columns == 1 else COLUMN_GAP), 1.0), row - 1)
        return cls._of(by_row, n_columns, 0.0, top, pitch, cell, 0.0, False)

    @classmethod
    def _of(
        cls,
        heads: tuple[Head, ...],
        n_columns: int,
        left: float,
        top: float,
        pitch: QSizeF,
        cell: QSizeF,
        below: float,
        is_grid: bool,
    ) -> "HeadLayout":
        places = {head: nth for nth, head in enumerate(heads)}
        return cls(heads, places, max(n_columns, 1), left, top, pitch, cell, below, is_grid)

    @property
    def height(self) -> float:
        """How far down the last row reaches."""
        return self.top + -(-len(self.heads) // self.n_columns) * self.pitch.height()

    def rect(self, head: Head) -> QRectF:
        """Return where a head's cell is; one that is not among the heads lies beyond them."""
        row, column = divmod(self.places.get(head, len(self.heads)), self.n_columns)
        across, down = self.pitch.width(), self.pitch.height()
        left = self.left + (column + 0.5) * across - self.cell.width() / 2
        top = self.top + row * down + (down - self.below - self.cell.height()) / 2
        return QRectF(QPointF(left, top), self.cell)

    def head_at(self, point: QPointF) -> Head | None:
        """Return the head under a point."""
        if point.x() < self.left or point.y() < self.top:
            return None
        column = int((point.x() - self.left) / self.pitch.width())
        nth = int((point.y() - self.top) / self.pitch.height()) * self.n_columns + column
        return self.heads[nth] if column < self.n_columns and nth < len(self.heads) else None

    def line_at(self, point: QPointF) -> tuple[Head, ...]:
        """Return all heads of the layer, or of the column, whose number is under a point."""
        if not self.is_grid or (point.x() < self.left) == (point.y() < self.top):
            return ()
        if point.x() < self.left:
            first = int((point.y() - self.top) / self.pitch.height()) * self.n_columns
            return self.heads[first : first + self.n_columns]
        column = int((point.x() - self.left) / self.pitch.width())
        return tuple(head for head in self.heads if head[1] == column)

    def between(self, one: Head, other: Head) -> tuple[Head, ...]:
        """Return the heads from one to another: a rectangle of the grid, or a run of the flow."""
        if not self.is_grid:
            first, last = sorted((self.places[one], self.places[other]))
            return self.heads[first : last + 1]
        rows, columns = (sorted(ends) for ends in zip(one, other, strict=True))
        return tuple(
            (layer, head)
            for layer, head in self.heads
            if rows[0] <= layer <= rows[1] and columns[0] <= head <= columns[1]
        )

    def stepped(self, head: Head, rows: int, columns: int) -> Head:
        """Return the head some rows and columns on, or the nearest that there is."""
        if self.is_grid:
            last_layer, last_head = self.heads[0][0], self.heads[-1][1]
            layer = min(max(head[0] - rows, 0), last_layer)
            return layer, min(max(head[1] + columns, 0), last_head)
        nth = self.places.get(head, 0) + rows * self.n_columns + columns
        return self.heads[nth] if 0 <= nth < len(self.heads) else head


def _rows(shape: tuple[int, int]) -> tuple[Head, ...]:
    return tuple((layer, head) for layer in reversed(range(shape[0])) for head in range(shape[1]))
