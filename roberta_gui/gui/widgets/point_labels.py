"""PointLabels: names beside points, as many as fit without covering each other."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from roberta_gui.gui.theme import Theme
from roberta_gui.records import FloatArray

_MOST = 120
"""More names than this nobody reads, and placing them would take long."""

_CLEAR_POINTS = 80


class PointLabels(pg.GraphicsObject):  # type: ignore[misc] # pyqtgraph has no type hints
    """Draws names in the order of their importance and leaves out what would overlap."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._xy: FloatArray = np.zeros((0, 2), dtype=np.float32)
        self._texts: tuple[str, ...] = ()
        self._first: tuple[int, ...] = ()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._theme = theme
        self.update()

    def set_points(self, xy: FloatArray, texts: Sequence[str], first: Sequence[int]) -> None:
        """Name the points, float (point, 2); those in ``first`` are named before all others."""
        self._xy, self._texts, self._first = xy, tuple(texts), tuple(first)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the part of the plane in sight: names may stand anywhere in it."""
        box = self.getViewBox()
        return QRectF(box.viewRect()) if box is not None else QRectF()

    def viewRangeChanged(self, *_ranges: object) -> None:
        """Place the names anew after zooming or panning."""
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, *_rest: object) -> None:
        """Write the names in pixels, so that zooming never blurs or stretches them."""
        to_pixels = painter.worldTransform()
        painter.resetTransform()
        font = self._theme.font("small")
        lit_font = self._theme.font("small", bold=True)
        metrics = QFontMetricsF(font)
        view = to_pixels.mapRect(self.boundingRect())
        spots = [to_pixels.map(QPointF(float(x), float(y))) for x, y in self._xy]
        # Names keep clear of all points, unless there are so many that none would fit.
        taken = [_dot(spot) for spot in spots] if len(spots) <= _CLEAR_POINTS else []
        order = dict.fromkeys((*self._first, *range(min(len(self._texts), _MOST))))
        for index in (i for i in order if i < len(self._texts)):
            text, lit = self._texts[index], index in self._first
            rooms = _rooms(spots[index], metrics.horizontalAdvance(text) + 4, metrics.height())
            place = next((p for p in rooms if view.contains(p) and not _meets(p, taken)), None)
            if place is None and lit:
                place = rooms[0]
            if place is None:
                continue
            taken.append(place)
            painter.setFont(lit_font if lit else font)
            painter.setPen(self._theme.color("accent" if lit else "text"))
            painter.drawText(QPointF(place.left() + 2, place.top() + metrics.ascent()), text)
        painter.setWorldTransform(to_pixels)


def _rooms(spot: QPointF, width: float, height: float) -> list[QRectF]:
    """Return where a name may stand, clear of its own point: right, left, above, below."""
    return [
        QRectF(spot.x() + 7, spot.y() - height / 2, width, height),
        QRectF(spot.x() - 7 - width, spot.y() - height / 2, width, height),
        QRectF(spot.x() - width / 2, spot.y() - height - 6, width, height),
        QRectF(spot.x() - width / 2, spot.y() + 6, width, height),
    ]


def _dot(spot: QPointF) -> QRectF:
    return QRectF(spot.x() - 5, spot.y() - 5, 10, 10)


def _meets(place: QRectF, taken: list[QRectF]) -> bool:
    return any(place.intersects(other) for other in taken)
