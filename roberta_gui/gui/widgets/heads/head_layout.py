"""Where the cells of heads are: layers up and heads across, or a flow in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
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
    """Cells of one size in rows and columns, for ``heads`` in reading order.

    The first cell begins at ``corner`` with its share of the gap; from one to the next it is
    ``pitch``, of which ``cell`` is drawn and ``below`` is room under it. In a grid rows are
    layers, the first one at the bottom, and columns are heads.
    """

    heads: tuple[Head, ...]
    n_columns: int
    corner: QPointF
    pitch: QSizeF
    cell: QSizeF
    below: float = 0.0
    is_grid: bool = False

    @classmethod
    def grid(
        cls, room: QSizeF, shape: tuple[int, int], corner: QPointF, below: float = 0.0
    ) -> "HeadLayout":
        """Give every layer a row and every head a column, in squares as large as fit."""
        width = (room.width() - corner.x() - 2) / max(shape[1], 1)
        height = (room.height() - corner.y() - 2) / max(shape[0], 1)
        # Neither direction may drift far apart from the other, or rows stop reading as rows.
        widest = height * (2.4 if below else 1.6)
        width, height = min(width, widest), min(height, width * 1.6 + below)
        side = max(min(width, height - below) - GAP, 2.0)
        pitch, cell = QSizeF(width, height), QSizeF(side, side)
        return cls(_rows(shape), max(shape[1], 1), corner, pitch, cell, below, True)

    @classmethod
    def table(cls, room: QRectF, shape: tuple[int, int], largest: QSizeF) -> "HeadLayout":
        """Give every layer a row and every head a column, a pixel apart, in cells that fill it."""
        pitch = QSizeF(room.width() / max(shape[1], 1), room.height() / max(shape[0], 1))
        pitch = pitch.boundedTo(largest)
        if pitch.width() > 10 and pitch.height() > 10:
            pitch = QSizeF(int(pitch.width()), int(pitch.height()))  # all of one size
        cell = QSizeF(pitch.width() - 1, pitch.height() - 1).expandedTo(QSizeF(1, 1))
        pitch = pitch.expandedTo(QSizeF(1, 1))
        return cls(_rows(shape), max(shape[1], 1), room.topLeft(), pitch, cell, is_grid=True)

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
        width = min((room.width() - 2) / n_columns, max(side, text) * 1.6 + GAP)
        pitch, cell = QSizeF(width, side + below + GAP), QSizeF(side, side)
        return cls(tuple(heads), n_columns, QPointF(1, top), pitch, cell, below)

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
        return cls(by_row, n_columns, QPointF(0, top), pitch, cell)

    @cached_property
    def places(self) -> dict[Head, int]:
        """The place of each head in the reading order."""
        return {head: nth for nth, head in enumerate(self.heads)}

    @property
    def height(self) -> float:
        """How far down the last row reaches."""
        return self.corner.y() + -(-len(self.heads) // self.n_columns) * self.pitch.height()

    def rect(self, head: Head) -> QRectF:
        """Return where a head's cell is; one that is not among the heads lies beyond them."""
        row, column = divmod(self.places.get(head, len(self.heads)), self.n_columns)
        across, down = self.pitch.width(), self.pitch.height()
        left = self.corner.x() + (column + 0.5) * across - self.cell.width() / 2
        top = self.corner.y() + row * down + (down - self.below - self.cell.height()) / 2
        return QRectF(QPointF(left, top), self.cell)

    def _line_and_column(self, point: QPointF) -> tuple[int, int]:
        from_corner = point - self.corner
        row, column = from_corner.y() / self.pitch.height(), from_corner.x() / self.pitch.width()
        return int(row // 1), int(column // 1)

    def head_at(self, point: QPointF) -> Head | None:
        """Return the head under a point."""
        row, column = self._line_and_column(point)
        nth = row * self.n_columns + column
        is_in = row >= 0 and 0 <= column < self.n_columns and nth < len(self.heads)
        return self.heads[nth] if is_in else None

    def line_at(self, point: QPointF) -> tuple[Head, ...]:
        """Return all heads of the layer, or of the column, whose number is under a point."""
        row, column = self._line_and_column(point)
        if not self.is_grid or (column < 0) == (row < 0):
            return ()
        if column < 0:
            return self.heads[row * self.n_columns : (row + 1) * self.n_columns]
        return tuple(head for head in self.heads if head[1] == column)

    def between(self, one: Head, other: Head) -> tuple[Head, ...]:
        """Return the heads from one to another: a rectangle of the grid, or a run of the flow."""
        if not self.is_grid:
            first, last = sorted((self.places[one], self.places[other]))
            return self.heads[first : last + 1]
        low, high = zip(*map(sorted, zip(one, other, strict=True)), strict=True)
        return tuple(
            head
            for head in self.heads
            if low[0] <= head[0] <= high[0] and low[1] <= head[1] <= high[1]
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
