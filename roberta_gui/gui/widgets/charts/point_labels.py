"""Names beside points, as many as fit without covering each other."""

from collections.abc import Iterable, Sequence
from itertools import product
from math import ceil

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter


def place_names(
    names: Iterable[tuple[int, str, QPointF]], font: QFont, sight: QRectF, taken: Sequence[QRectF]
) -> list[tuple[int, QRectF]]:
    """Find room beside points, in pixels, for as many names as fit: index, text and point of each.

    None leaves ``sight`` or covers what is ``taken``, see `dot_room`. Returns index and
    room of each that fits, for `write_name`.
    """
    full = list(taken)
    places = []
    for index, text, spot in names:
        for room in rooms_beside(spot, font, text):
            if sight.contains(room) and not meets(room, full):
                full.append(room)
                places.append((index, room))
                break
    return places


def dot_room(spot: QPointF) -> QRectF:
    """Return what names shall leave free around a point."""
    return QRectF(spot.x() - 5, spot.y() - 5, 10, 10)


def write_name(painter: QPainter, place: QRectF, text: str, halo: QColor | None = None) -> None:
    """Write a name into the room that was found for it, with a ``halo`` where points are below."""
    foot = QPointF(place.left() + 2, place.top() + painter.fontMetrics().ascent())
    if halo is not None:
        pen = painter.pen()
        painter.setPen(halo)
        for right, down in product((-2, -1, 0, 1, 2), repeat=2):
            painter.drawText(foot + QPointF(right, down), text)
        painter.setPen(pen)
    painter.drawText(foot, text)


def rooms_beside(spot: QPointF, font: QFont, text: str) -> list[QRectF]:
    """Return where a name may stand, clear of its own point: right, left, above, below.

    On whole pixels: else the last bit of a place would change how its letters are smoothed.
    """
    metrics, spot = QFontMetricsF(font), spot.toPoint().toPointF()
    width, height = ceil(metrics.horizontalAdvance(text)) + 4, 2 * ceil(metrics.height() / 2)
    return [
        QRectF(spot.x() + 7, spot.y() - height / 2, width, height),
        QRectF(spot.x() - 7 - width, spot.y() - height / 2, width, height),
        QRectF(spot.x() - width / 2, spot.y() - height - 6, width, height),
        QRectF(spot.x() - width / 2, spot.y() + 6, width, height),
    ]


def meets(place: QRectF, taken: Sequence[QRectF]) -> bool:
    """Tell whether a place covers any of those that are taken."""
    return any(map(place.intersects, taken))
