"""CellGrounds: what lies behind the tokens of each cell, painted once for many sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QPen

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.charts.dots import cloud_image
from roberta_gui.gui.widgets.multiples.multiples_layout import Extent, MultiplesLayout
from roberta_gui.records import FloatArray

_DUST = 0.6
"""Opacity of a reference point: they are there to see the tokens by."""

_POINT = 1.0  # its size in pixels, twice as much in a cell of a larger screen
_LARGE = 300


@dataclass(frozen=True)
class Cell:
    """One picture: what stands above it, its tip, and what part of its axes it shows.

    ``name`` stands at the left, ``share`` at the right, ``note`` between them; narrow cells have
    the short forms, the first of two ``short_names`` where there is some room.
    """

    name: str
    share: str
    tip: str
    extent: Extent
    note: str = ""
    short_names: tuple[str, str] = ("", "")
    short_note: str = ""


class CellGrounds:
    """Paints a cross through zero and a cloud of reference points, and keeps what it painted.

    ``clouds`` is float (cell, point, 2) on the cells' axes.
    """

    def __init__(self, layout: MultiplesLayout, cells: Sequence[Cell], clouds: FloatArray) -> None:
        self._layout, self._cells, self._clouds = layout, cells, clouds
        self._kept: dict[tuple[int, float], QImage] = {}

    def image(self, cell: int, ratio: float) -> QImage:
        """Return a cell's ground with so many device pixels for each pixel."""
        if (cell, ratio) not in self._kept:
            self._kept[cell, ratio] = self._painted(cell, ratio)
        return self._kept[cell, ratio]

    def _painted(self, cell: int, ratio: float) -> QImage:
        frame = self._layout.frame(cell)
        xy = np.concatenate([self._clouds[cell], np.zeros((1, 2), dtype=np.float32)])
        spots = self._layout.spots(cell, self._cells[cell].extent, xy)
        spots = spots - np.array([frame.left(), frame.top()], dtype=np.float32)
        size, (x, y) = frame.size().toSize(), spots[-1].tolist()
        card, dust = themes.current().color("card"), themes.current().color("backdrop", _DUST)
        side = _POINT if min(size.width(), size.height()) < _LARGE else 2 * _POINT
        image = cloud_image(spots[:-1], size, dust, card, ratio, side)
        with QPainter(image) as painter:
            painter.setPen(QPen(themes.current().color("line"), 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, size.height()))
            painter.drawLine(QPointF(0, y), QPointF(size.width(), y))
        return image
