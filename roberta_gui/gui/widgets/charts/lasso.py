"""Lasso: a free-form loop drawn around points."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from roberta_gui.gui.look import theme as themes
from roberta_gui.records import FloatArray

_STEP = 3.0  # pixels between corners: a hand is not steadier, and fewer corners are faster


class Lasso:
    """A loop that follows the pointer and closes itself by a straight line."""

    def __init__(self, start: QPointF) -> None:
        self._loop, self._last = QPolygonF([start]), start

    def draw_to(self, point: QPointF) -> None:
        """Go on to where the pointer is."""
        if (point - self._last).manhattanLength() >= _STEP:
            self._loop.append(point)
            self._last = point

    def holds(self, spots: FloatArray) -> NDArray[np.bool_]:
        """Tell which of float (point, 2) lie inside, by the even-odd rule."""
        rule = Qt.FillRule.OddEvenFill
        inside = [self._loop.containsPoint(QPointF(x, y), rule) for x, y in spots.tolist()]
        return np.array(inside, dtype=bool)

    def paint(self, painter: QPainter) -> None:
        """Draw the loop and what it holds, faintly filled."""
        theme = themes.current()
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.setBrush(theme.color("accent", 0.12))
        painter.drawPolygon(self._loop)
