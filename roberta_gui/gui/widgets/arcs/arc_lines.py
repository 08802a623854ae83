"""Where things are in a picture of arcs, which of its lines are in sight, and how they are drawn.

Lines are one image, since an item or a stroke a line would take a hundred times as long: what is
added up is, for each column of pixels, how much ink every line leaves on each of them. In exports
each is a curve.
"""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.widgets.painting.cell_layout import CellLayout, Zoom
from roberta_gui.gui.widgets.painting.drawing import saved
from roberta_gui.records import FloatArray

Side: TypeAlias = Literal["from", "to"]

GAP = 6.0
"""Pixels between a name and where its arcs begin."""

_NARROWEST = 130.0  # room between the columns below which the numbers beside the names are left out

DARKEST = 0.97
"""Opacity of the strongest line: one that hides all others would hide what it crosses."""

MOST_LINES = 2000
"""So many lines are drawn at once, the strongest, however large the picture is."""

_LINES_A_PIXEL = 0.6
"""So many lines for each pixel of the picture's height; more could not be told apart."""

_FAINTEST = 0.01  # opacity below which a line is not seen
_MANY = MOST_LINES // 4


@dataclass(frozen=True)
class ArcsLayout(CellLayout):
    """The places of names and arcs: the field is the room between both columns of tokens.

    Of the zoom only ``top`` and ``span`` count. ``label`` is the room of a name, ``number`` the
    one beyond it, or 0.
    """

    label: float = 0.0
    number: float = 0.0

    @classmethod
    def fit(
        cls, room: QSizeF, size: int, zoom: Zoom, *, label: float, number: float, heading: float,
        tallest: float, widest: float,
    ) -> "ArcsLayout":  # fmt: skip
        """Give the arcs what names, numbers and headings leave of ``room``."""
        beside = room.width() - 2 * (label + GAP)
        if beside - 2 * number < _NARROWEST:
            number = 0.0
        across = min(max(beside - 2 * number, 24.0), widest)
        down = max(room.height() - heading - 6, 24.0)
        cell = min(down / zoom.span, tallest)
        side = label + GAP + number
        left = side + max(room.width() - 2 * side - across, 0.0) / 2
        # A few words stand a little above the middle, where the eye looks for them.
        top = heading + (down - cell * zoom.span) / 3
        field = QRectF(math.ceil(left), round(top), math.floor(across), cell * zoom.span)
        return cls(field, (size, 1), zoom, label=label, number=number)

    def y_of(self, row: float) -> float:
        """Return how far down the middle of a row is, in sight or not."""
        return self.field.top() + (row + 0.5 - self.zoom.top) * self.height

    def at(self, point: QPointF) -> tuple[Side, int] | None:
        """Return the name that is nearest in a point's row; None above and below all."""
        if not self.field.top() <= point.y() < self.field.bottom():
            return None
        reach = self.label + GAP + self.number
        if not self.field.left() - reach <= point.x() <= self.field.right() + reach:
            return None
        row = int(self.place_at(point)[0])
        if row >= self.shape[0]:
            return None
        return ("from" if point.x() < self.field.center().x() else "to"), row

    def name_rect(self, side: Side, row: int, height: float) -> QRectF:
        """Return the room of a name."""
        x = self.field.left() - GAP - self.label if side == "from" else self.field.right() + GAP
        return QRectF(x, self.y_of(row) - height / 2, self.label, height)

    def number_rect(self, side: Side, row: int, height: float) -> QRectF:
        """Return the room of the number beyond a name."""
        name = self.name_rect(side, row, height)
        x = name.left() - self.number if side == "from" else name.right()
        return QRectF(x, name.top(), self.number, height)


@dataclass(frozen=True, eq=False)
class ArcLines:
    """Lines from the left to the right edge of a field, the faintest first.

    ``starts`` and ``ends`` are float32 (line,), in pixels below the field's top; ``opacity`` is
    float32 (line,) from -1 to 1, the sign choosing between two inks. ``omitted`` tells how many
    weaker ones there would be no room for.
    """

    starts: FloatArray
    ends: FloatArray
    opacity: FloatArray
    omitted: int = 0


def lines_in_sight(
    matrix: FloatArray,
    chosen: NDArray[np.bool_],
    scale: ColourScale,
    layout: ArcsLayout,
    *,
    signed: bool,
    most: int = MOST_LINES,
) -> ArcLines:
    """Find the strongest chosen lines that cross what is in sight, ``most`` of them.

    ``matrix`` and ``chosen`` are float32 and bool (row, column). A line is as dark as its value is
    high on the scale, never divided by how many there are.
    """
    first, end = layout.zoom.top, layout.zoom.top + layout.zoom.span
    rows, columns = np.nonzero(chosen)
    crosses = (np.maximum(rows, columns) + 1 > first) & (np.minimum(rows, columns) < end)
    rows, columns = rows[crosses], columns[crosses]
    places = scale.colour_rows(matrix[rows, columns]).astype(np.float32)
    opacity = (places - 127.5) / 127.5 if signed else places / 255
    order = np.argsort(np.abs(opacity), kind="stable")
    order = order[np.abs(opacity[order]) >= _FAINTEST]
    omitted = max(len(order) - most, 0)
    order = order[omitted:]
    starts, ends = (
        ((each[order] + 0.5 - first) * layout.height).astype(np.float32) for each in (rows, columns)
    )
    return ArcLines(starts, ends, opacity[order], omitted)


def most_lines(layout: ArcsLayout) -> int:
    """Return how many lines a picture can show."""
    return min(max(round(layout.field.height() * _LINES_A_PIXEL), 1), MOST_LINES)


def paint_lines(
    painter: QPainter,
    layout: ArcsLayout,
    lines: ArcLines,
    inks: tuple[QColor, QColor],
    thickness: float,
    ratio: float,
) -> None:
    """Draw all lines as one image in the screen's own pixels, ``ratio`` for each of Qt's."""
    if not len(lines.starts):
        return
    field, edge = layout.field, thickness * 2
    # One token's lines cross a small part of the field, as a rule: only that is drawn.
    top = max(math.floor(min(lines.starts.min(), lines.ends.min()) - edge), 0)
    bottom = min(max(lines.starts.max(), lines.ends.max()) + edge, field.height())
    # Many lines at half the resolution across, where they hardly change: half the time.
    stretch = 2 if len(lines.starts) > _MANY else 1
    rows = max(1, math.ceil((bottom - top) * ratio))
    image = arcs_image(
        (lines.starts - top) * ratio,
        (lines.ends - top) * ratio,
        lines.opacity,
        width=max(1, round(field.width() * ratio / stretch)),
        height=rows,
        thickness=thickness * ratio,
        inks=inks,
        stretch=stretch,
    )
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    place = QRectF(field.left(), field.top() + top, field.width(), rows / ratio)
    painter.drawImage(place, image)


def paint_curves(
    painter: QPainter,
    layout: ArcsLayout,
    lines: ArcLines,
    inks: tuple[QColor, QColor],
    thickness: float,
) -> None:
    """Draw each line as a curve of its own, for pictures that hold vectors."""
    with saved(painter):
        painter.setClipRect(layout.field)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        field, third = layout.field, layout.field.width() / 3
        for start, end, opacity in zip(
            lines.starts.tolist(), lines.ends.tolist(), lines.opacity.tolist(), strict=True
        ):
            ink = QColor(inks[0] if opacity < 0 else inks[1])
            ink.setAlphaF(min(abs(opacity), DARKEST))
            painter.setPen(QPen(ink, thickness))
            top, bottom = field.top() + start, field.top() + end
            path = QPainterPath(QPointF(field.left(), top))
            path.cubicTo(
                field.left() + third, top, field.right() - third, bottom, field.right(), bottom
            )
            painter.drawPath(path)


def bend(share: FloatArray) -> FloatArray:
    """Tell how far an arc has come down after a share of its way across, both from 0 to 1.

    The cubic 3t² − 2t³, level at both ends: so each arc points at the token it belongs to. A
    Bézier curve whose middle points stand at thirds of the way is the same.
    """
    return share * share * (3 - 2 * share)


def arcs_image(
    starts: FloatArray,
    ends: FloatArray,
    opacity: FloatArray,
    *,
    width: int,
    height: int,
    thickness: float,
    inks: tuple[QColor, QColor],
    stretch: int = 1,
) -> QImage:
    """Draw arcs from the left edge to the right one, as an RGBA image.

    ``starts`` and ``ends``, float (arc,), are how far down each begins and ends, in pixels, outside
    the image too; ``opacity``, float (arc,), is from -1 to 1, the sign choosing one of both
    ``inks``. Where lines cross they let as much light through as one after the other would. The
    pixels are ``stretch`` times wider than high where the image is drawn.
    """
    depth = -np.log1p(-np.minimum(np.abs(opacity), DARKEST))  # layers of ink add up in this
    shape = (width, height, thickness, stretch)
    negative = opacity < 0
    if not negative.any():
        return _toned(_ink(starts, ends, depth, *shape), inks[1])
    above = _ink(starts[~negative], ends[~negative], depth[~negative], *shape)
    below = _ink(starts[negative], ends[negative], depth[negative], *shape)
    low, high = (np.array([c.red(), c.green(), c.blue()], dtype=np.float32) for c in inks)
    share: NDArray[np.float32] = below / np.maximum(above + below, 1e-9)
    pixels = np.empty((height, width, 4), dtype=np.uint8)
    pixels[..., :3] = high + share[..., None] * (low - high) + 0.5
    pixels[..., 3] = _opaque(above + below)
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _toned(ink: NDArray[np.float32], tone: QColor) -> QImage:
    """Colour ink of one tone: each opacity has one colour, so each is mixed only once."""
    alpha = np.arange(256, dtype=np.uint32)
    mixed = alpha << 24
    for shift, part in ((16, tone.red()), (8, tone.green()), (0, tone.blue())):
        mixed |= (alpha * part + 127) // 255 << shift
    pixels = np.ascontiguousarray(mixed[_opaque(ink)])
    height, width = pixels.shape
    kind = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, width, height, width * 4, kind).copy()


def _opaque(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return how much of the ground so much ink hides, 0 to 255."""
    hidden: NDArray[np.uint8] = (0.5 - np.expm1(-ink) * 255).astype(np.uint8)
    return hidden


def _ink(
    starts: FloatArray,
    ends: FloatArray,
    depth: FloatArray,
    width: int,
    height: int,
    thickness: float,
    stretch: int,
) -> NDArray[np.float32]:
    """Add up the ink of all arcs on every pixel: float32 (height, width).

    In a column of pixels an arc covers an interval, the longer the steeper it is. Where it begins
    and where it ends is noted, part of a pixel and the rest of it, and summed up downwards.
    """
    across = (np.arange(width, dtype=np.float32) + 0.5) / width
    fall = (ends - starts)[:, None]  # (arc, 1)
    middle = starts[:, None] + fall * bend(across)  # (arc, column)
    slope = fall * (6 * across * (1 - across) / (width * stretch))
    half = thickness / 2 * np.sqrt(1 + slope * slope)
    columns = np.arange(width)
    weights = np.broadcast_to(depth[:, None], middle.shape)
    places, amounts = [], []
    for edge, sign in ((middle - half, 1.0), (middle + half, -1.0)):
        edge = np.clip(edge, 0, height)
        pixel = edge.astype(np.intp)
        part = (edge - pixel) * weights  # of the pixel that lies before the edge
        place = pixel * width + columns
        places += [place, place + width]
        amounts += [sign * (weights - part), sign * part]
    # One sum for all: four would each go over the whole image once more.
    noted = np.bincount(
        np.concatenate(places, axis=None),
        np.concatenate(amounts, axis=None),
        minlength=(height + 2) * width,
    )
    ink = np.cumsum(noted.reshape(-1, width)[:height], axis=0).astype(np.float32)
    return np.maximum(ink, 0)
