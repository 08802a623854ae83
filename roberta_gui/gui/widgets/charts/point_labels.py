"""PointLabels: names beside points, as many as fit without covering each other."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from roberta_gui.gui.look import theme as themes
from roberta_gui.records import FloatArray

_MOST = 80
"""More names than this nobody reads, and placing them would take long."""

_CLEAR_POINTS = 80

_HALO = 3.5
"""Pixels of the stroke around a name that keeps it clear of what is below."""


class PointLabels:
    """Writes names in the order of their importance and leaves out what would overlap."""

    def __init__(self) -> None:
        self._texts: tuple[str, ...] = ()
        self._places: list[tuple[int, QRectF]] = []
        self._spots: list[QPointF] = []
        self._sight = QRectF()

    def place(
        self, spots: FloatArray, texts: Sequence[str], matters: Sequence[int], sight: QRectF
    ) -> None:
        """Find room beside points, float (point, 2) in pixels, for as many names as fit.

        Those that matter come before the others; none may leave ``sight``.
        """
        self._texts, self._sight = tuple(texts), sight
        self._spots = [QPointF(x, y) for x, y in spots.tolist()]
        # Names keep clear of all points, unless there are so many that none would fit.
        crowded = len(self._spots) > _CLEAR_POINTS
        taken = [] if crowded else [dot_room(spot) for spot in self._spots]
        order = dict.fromkeys((*matters, *range(min(len(self._texts), _MOST))))
        names = ((index, self._texts[index], self._spots[index]) for index in order)
        self._places = place_names(names, themes.current().font("small"), sight, taken)

    def paint(self, painter: QPainter, first: Sequence[int]) -> None:
        """Write the names, the ``first`` ones in bold and whatever else is there."""
        theme = themes.current()
        lit: list[QRectF] = []
        painter.setFont(theme.font("small", bold=True))
        painter.setPen(theme.color("accent"))
        for index in first:
            rooms = _rooms(self._spots[index], painter.font(), self._texts[index])
            place = next((room for room in rooms if self._fits(room, lit)), rooms[0])
            lit.append(place)
            write_name(painter, place, self._texts[index])
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text"))
        for index, place in self._places:
            if index not in first and not _meets(place, lit):
                write_name(painter, place, self._texts[index])

    def _fits(self, room: QRectF, taken: Sequence[QRectF]) -> bool:
        return self._sight.contains(room) and not _meets(room, taken)


def place_names(
    names: Iterable[tuple[int, str, QPointF]], font: QFont, sight: QRectF, taken: Sequence[QRectF]
) -> list[tuple[int, QRectF]]:
    """Find room beside points, in pixels, for as many names as fit: index, text and point of each.

    None leaves ``sight`` or covers what is ``taken``, see :func:`dot_room`. Returns index and
    room of each that fits, for :func:`write_name`.
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
