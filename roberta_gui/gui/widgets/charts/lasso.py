"""Lasso: a free-form loop drawn around points."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen, QPolygonF

from roberta_gui.gui.look import theme as themes
from roberta_gui.records import FloatArray

_STEP = 3.0
"""Pixels between corners: a hand is not steadier, and fewer corners are faster."""


class Lasso:
    """A loop that follows the pointer and closes itself by a straight line."""

    def __init__(self, start: QPointF) -> None:
        self._corners = [(start.x(), start.y())]

    def draw_to(self, point: QPointF) -> None:
        """Go on to where the pointer is."""
        x, y = self._corners[-1]
        if abs(point.x() - x) + abs(point.y() - y) >= _STEP:
            self._corners.append((point.x(), point.y()))

    def holds(self, spots: FloatArray) -> NDArray[np.bool_]:
        """Tell which of float (point, 2) lie inside, by the even-odd rule.

        A point is inside where a ray from it to the right crosses the loop an odd number of times
        (Shimrat 1962, Algorithm 112).
        """
        corners = np.array(self._corners)
        x1, y1 = corners.T[:, :, None]
        x2, y2 = np.roll(corners, -1, axis=0).T[:, :, None]
        x, y = spots.T
        level = (y1 > y) != (y2 > y)  # (edge, point): the edge crosses the point's height
        rise = np.where(y2 == y1, 1.0, y2 - y1)
        crosses = level & (x < x1 + (y - y1) / rise * (x2 - x1))
        inside: NDArray[np.bool_] = crosses.sum(axis=0) % 2 == 1
        return inside

    def paint(self, painter: QPainter) -> None:
        """Draw the loop and what it holds, faintly filled."""
        theme = themes.current()
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.setBrush(theme.color("accent", 0.12))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in self._corners]))
