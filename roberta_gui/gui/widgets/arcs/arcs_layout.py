"""Where things are in a picture of arcs: two columns of names, and the room between them."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, QRectF

from roberta_gui.gui.widgets.painting.zoom import Zoom

Side: TypeAlias = Literal["from", "to"]

GAP = 6.0
"""Pixels between a name and where its arcs begin."""

_NARROWEST = 130.0
"""Room between the columns below which the numbers beside the names are left out."""


@dataclass(frozen=True)
class ArcsLayout:
    """The places of names and arcs for one widget size.

    ``field`` is the room between the columns, ``cell`` the height of a row, ``zoom`` the part in
    sight (only its ``top`` and ``span`` count), ``number`` the room beside each name, or 0.
    """

    field: QRectF
    cell: float
    zoom: Zoom
    size: int
    label: float
    number: float

    @classmethod
    def fit(
        cls,
        width: float,
        height: float,
        size: int,
        zoom: Zoom,
        *,
        label: float,
        number: float,
        heading: float,
        bar: float,
        tallest: float,
        widest: float,
    ) -> "ArcsLayout":
        """Give the arcs the room that names, numbers, headings and colour bar leave."""
        room = width - 2 * (label + GAP) - bar
        if room - 2 * number < _NARROWEST:
            number = 0.0
        across = min(max(room - 2 * number, 24.0), widest)
        down = max(height - heading - 6, 24.0)
        cell = min(down / zoom.span, tallest)
        side = label + GAP + number
        left = side + max(width - bar - 2 * side - across, 0.0) / 2
        # A few words stand a little above the middle, where the eye looks for them.
        top = heading + (down - cell * zoom.span) / 3
        field = QRectF(math.ceil(left), round(top), math.floor(across), cell * zoom.span)
        return cls(field, cell, zoom, size, label, number)

    def y_of(self, row: float) -> float:
        """Return how far down the middle of a row is, in sight or not."""
        return self.field.top() + (row + 0.5 - self.zoom.top) * self.cell

    def at(self, point: QPointF) -> tuple[Side, int] | None:
        """Return the name that is nearest in a point's row; None above and below all."""
        if not self.field.top() <= point.y() < self.field.bottom():
            return None
        reach = self.label + GAP + self.number
        if not self.field.left() - reach <= point.x() <= self.field.right() + reach:
            return None
        row = int(self.row_at(point))
        if row >= self.size:
            return None
        return ("from" if point.x() < self.field.center().x() else "to"), row

    def row_at(self, point: QPointF) -> float:
        """Return the row under a point, with its fraction."""
        return self.zoom.top + (point.y() - self.field.top()) / self.cell

    def name_rect(self, side: Side, row: int, height: float) -> QRectF:
        """Return the room of a name."""
        x = self.field.left() - GAP - self.label if side == "from" else self.field.right() + GAP
        return QRectF(x, self.y_of(row) - height / 2, self.label, height)

    def number_rect(self, side: Side, row: int, height: float) -> QRectF:
        """Return the room of the number beyond a name."""
        name = self.name_rect(side, row, height)
        x = name.left() - self.number if side == "from" else name.right()
        return QRectF(x, name.top(), self.number, height)

    def visible(self) -> range:
        """Return the rows that are at least half in sight."""
        first = math.ceil(self.zoom.top - 0.5)
        last = math.floor(self.zoom.top + self.zoom.span + 0.5)
        return range(max(first, 0), min(last, self.size))
