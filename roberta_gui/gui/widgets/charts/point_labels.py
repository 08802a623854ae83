"""PointLabels: names beside points, as many as fit without covering each other."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QTransform

from roberta_gui.gui.look import theme as themes
from roberta_gui.records import FloatArray

_MOST = 80
"""More names than this nobody reads, and placing them would take long."""

_CLEAR_POINTS = 80

_HALO = 3.5
"""Pixels of the stroke around a name that keeps it clear of what is below."""


class PointLabels(pg.GraphicsObject):  # type: ignore[misc] # pyqtgraph has no type hints
    """Draws names in the order of their importance and leaves out what would overlap."""

    def __init__(self) -> None:
        super().__init__()
        self._xy: FloatArray = np.zeros((0, 2), dtype=np.float32)
        self._texts: tuple[str, ...] = ()
        self._first: tuple[int, ...] = ()
        self._matters: tuple[int, ...] = ()
        self._placed_for: QTransform | None = None
        self._places: list[tuple[int, QRectF]] = []
        self._spots: list[QPointF] = []
        self._sight = QRectF()

    def set_points(self, xy: FloatArray, texts: Sequence[str], matters: Sequence[int]) -> None:
        """Name the points, float (point, 2), those that matter before the others."""
        self._xy, self._texts, self._matters = xy, tuple(texts), tuple(matters)
        self.place_anew()

    def place_anew(self) -> None:
        """Find room once more: for other points, or in another size of text."""
        self._placed_for = None
        self.update()

    def set_first(self, first: Sequence[int]) -> None:
        """Name these points before all others, in bold."""
        if self._first != tuple(first):
            self._first = tuple(first)
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
        if self._placed_for != to_pixels:
            self._place(to_pixels)
        painter.resetTransform()
        lit: list[QRectF] = []
        painter.setFont(themes.current().font("small", bold=True))
        painter.setPen(themes.current().color("accent"))
        for index in (i for i in self._first if i < len(self._texts)):
            rooms = _rooms(self._spots[index], painter.font(), self._texts[index])
            place = next((r for r in rooms if self._fits(r, lit)), rooms[0])
            lit.append(place)
            write_name(painter, place, self._texts[index])
        painter.setFont(themes.current().font("small"))
        painter.setPen(themes.current().color("text"))
        for index, place in self._places:
            if index not in self._first and not _meets(place, lit):
                write_name(painter, place, self._texts[index])
        painter.setWorldTransform(to_pixels)

    def _place(self, to_pixels: QTransform) -> None:
        """Find room for as many names as fit; kept until points or view change."""
        self._placed_for = QTransform(to_pixels)
        self._sight = to_pixels.mapRect(self.boundingRect())
        self._spots = [to_pixels.map(QPointF(float(x), float(y))) for x, y in self._xy]
        # Names keep clear of all points, unless there are so many that none would fit.
        crowded = len(self._spots) > _CLEAR_POINTS
        taken = [] if crowded else [dot_room(spot) for spot in self._spots]
        order = dict.fromkeys((*self._matters, *range(min(len(self._texts), _MOST))))
        names = ((index, self._texts[index], self._spots[index]) for index in order)
        self._places = place_names(names, themes.current().font("small"), self._sight, taken)

    def _fits(self, room: QRectF, taken: Sequence[QRectF]) -> bool:
        return self._sight.contains(room) and not _meets(room, taken)


def place_names(
    names: Iterable[tuple[int, str, QPointF]], font: QFont, sight: QRectF, taken: Sequence[QRectF]
) -> list[tuple[int, QRectF]]:
    """Find room beside points for as many names as fit, the first ones first.

    Parameters
    ----------
    names
        Index, text and point of each, in pixels.
    font
        What they will be written in.
    sight
        What no name may leave.
    taken
        What none may cover, see :func:`dot_room`.

    Returns
    -------
    list
        Index and room of each name that fits, for :func:`write_name`.
    """
    full = list(taken)
    places = []
    for index, text, spot in names:
        rooms = _rooms(spot, font, text)
        free = (room for room in rooms if sight.contains(room) and not _meets(room, full))
        place = next(free, None)
        if place is not None:
            full.append(place)
            places.append((index, place))
    return places


def dot_room(spot: QPointF) -> QRectF:
    """Return what names shall leave free around a point."""
    return QRectF(spot.x() - 5, spot.y() - 5, 10, 10)


def write_name(painter: QPainter, place: QRectF, text: str, halo: QColor | None = None) -> None:
    """Write a name into the room that was found for it, with a ``halo`` where points are below."""
    foot = QPointF(place.left() + 2, place.top() + painter.fontMetrics().ascent())
    if halo is not None:
        pen, outline = QPen(halo, _HALO), QPainterPath()
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        outline.addText(foot, painter.font(), text)
        painter.strokePath(outline, pen)
    painter.drawText(foot, text)


def _rooms(spot: QPointF, font: QFont, text: str) -> list[QRectF]:
    """Return where a name may stand, clear of its own point: right, left, above, below."""
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 4, metrics.height()
    return [
        QRectF(spot.x() + 7, spot.y() - height / 2, width, height),
        QRectF(spot.x() - 7 - width, spot.y() - height / 2, width, height),
        QRectF(spot.x() - width / 2, spot.y() - height - 6, width, height),
        QRectF(spot.x() - width / 2, spot.y() + 6, width, height),
    ]


def _meets(place: QRectF, taken: Sequence[QRectF]) -> bool:
    return any(place.intersects(other) for other in taken)
