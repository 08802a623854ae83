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
        order = dict.fromkeys((*self._first, *range(min(len(self._texts), _MOST))))
        taken: list[QRectF] = []
        for index in order:
            if index >= len(self._texts):
                continue
            x, y = self._xy[index]
            spot = to_pixels.map(QPointF(float(x), float(y)))
            lit = index in self._first
            width = metrics.horizontalAdvance(self._texts[index]) + 4
            rooms = _rooms(spot, width, metrics.height())
            place = next((p for p in rooms if view.contains(p) and not _meets(p, taken)), None)
            if place is None:
                continue
            taken.append(place)
            painter.setFont(lit_font if lit else font)
            painter.setPen(self._theme.color("accent" if lit else "text"))
            painter.drawText(
                QPointF(place.left() + 2, place.top() + metrics.ascent()), self._texts[index]
            )
        painter.setWorldTransform(to_pixels)


def _rooms(spot: QPointF, width: float, height: float) -> list[QRectF]:
    """Return where a name may stand: right of its point, left, above, below."""
    return [
        QRectF(spot.x() + 7, spot.y() - height / 2, width, height),
        QRectF(spot.x() - 7 - width, spot.y() - height / 2, width, height),
        QRectF(spot.x() - width / 2, spot.y() - height - 6, width, height),
        QRectF(spot.x() - width / 2, spot.y() + 6, width, height),
    ]


def _meets(place: QRectF, taken: list[QRectF]) -> bool:
    return any(place.intersects(other) for other in taken)
