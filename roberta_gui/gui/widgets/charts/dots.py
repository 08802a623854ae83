"""Dots: points as shapes, and thousands of them as pixels of one image."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from roberta_gui.gui.widgets.colours.colour_scale import coloured
from roberta_gui.records import FloatArray

Shape: TypeAlias = Literal["dot", "diamond", "square"]

_RIM = 0.35  # opacity of the pixels around a cloud's point, as a share of the point's own
_SHIFTS = np.array([16, 8, 0], dtype=np.uint32)  # where red, green and blue are in a colour


def shape_of(*, outside: bool, square: bool) -> Shape:
    """Choose a point's shape: a diamond where it really lies further out, whatever it is."""
    return "diamond" if outside else "square" if square else "dot"


def draw_dot(
    painter: QPainter, spot: QPointF, size: float, color: QColor, outline: QPen, *, shape: Shape
) -> None:
    """Draw one point, ``size`` pixels across."""
    painter.setPen(outline)
    painter.setBrush(color)
    half = size / 2
    if shape == "diamond":
        half *= 1.2  # a diamond is smaller than the circle around it
        corners = ((0, -half), (half, 0), (0, half), (-half, 0))
        painter.drawPolygon(QPolygonF([spot + QPointF(*corner) for corner in corners]))
    elif shape == "square":
        painter.drawRect(QRectF(spot.x() - half, spot.y() - half, size, size))
    else:
        painter.drawEllipse(spot, half, half)


@dataclass(frozen=True, eq=False)
class DotGroup:
    """Some of the tokens, drawn alike in every picture.

    ``tokens`` are indexes into what :meth:`draw` and :meth:`stamp` get: where all tokens are,
    (token, 2) in pixels, and which of them really lie further out, (token,). ``size`` is in
    pixels, ``ground`` is behind all dots, ``outline`` is None where there are too many for it;
    ``squares`` tells which of ``tokens`` are squares, empty for none.
    """

    tokens: Sequence[int]
    colors: Sequence[QColor]
    size: float
    ground: QColor
    outline: QPen | None = None
    squares: Sequence[bool] = ()

    def draw(self, painter: QPainter, spots: FloatArray, outside: NDArray[np.bool_]) -> None:
        """Draw the group's tokens as shapes, the last ones on top."""
        outline = self.outline or QPen(Qt.PenStyle.NoPen)
        which = list(self.tokens)
        places = zip(spots[which].tolist(), self.colors, self._shapes(outside[which]), strict=True)
        for (x, y), color, shape in places:
            draw_dot(painter, QPointF(x, y), self.size, color, outline, shape=shape)

    def stamp(self, image: QImage, spots: FloatArray, outside: NDArray[np.bool_]) -> None:
        """Write the group's tokens into an RGB32 image, twenty times faster and without outlines.

        Their soft rims take the colour of the ground and not of what is really behind them, so
        each pixel is written once and none is read. What is beyond the edges is left out.
        """
        spots, outside = spots[list(self.tokens)], outside[list(self.tokens)]
        ratio = image.devicePixelRatioF()
        width, height = image.width(), image.height()
        pixels = np.frombuffer(image.bits(), dtype=np.uint32)  # (row * column)
        shapes = np.array(self._shapes(outside), dtype="U7")
        for shape in get_args(Shape):
            which = np.flatnonzero(shapes == shape)
            x, y, _ = _footprint(self.size, shape, ratio)  # (pixel,) each
            across = np.round(spots[which, :1] * ratio).astype(np.intp) + x
            down = np.round(spots[which, 1:] * ratio).astype(np.intp) + y
            inside = (across >= 0) & (down >= 0) & (across < width) & (down < height)
            inks = self._inks(shape, ratio)[which]
            pixels[(down * width + across)[inside]] = inks[inside]

    def _shapes(self, outside: NDArray[np.bool_]) -> list[Shape]:
        """Return the shape of each of the group's tokens."""
        squares = self.squares or [False] * len(self.tokens)
        both = zip(outside.tolist(), squares, strict=True)
        return [shape_of(outside=is_out, square=square) for is_out, square in both]

    def _inks(self, shape: Shape, ratio: float) -> NDArray[np.uint32]:
        """Return the colour of each pixel of each dot (token, pixel), the same in all pictures."""
        if (shape, ratio) not in self._known:
            cover = _footprint(self.size, shape, ratio)[2][:, None]
            colors = _channels([color.rgb() for color in self.colors])[:, None]
            blended = colors * cover + _rgb(self.ground) * (1 - cover)
            red, green, blue = np.round(blended).astype(np.uint32).transpose(2, 0, 1)
            self._known[shape, ratio] = 0xFF000000 | red << 16 | green << 8 | blue
        return self._known[shape, ratio]

    _known: dict[tuple[Shape, float], NDArray[np.uint32]] = field(default_factory=dict, init=False)


@lru_cache(maxsize=16)
def _footprint(
    size: float, shape: Shape, ratio: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """Return the pixels of a dot about its middle: x, y, and how much of each it covers."""
    half = int(size * 0.6 * ratio) + 1
    stamp = QImage(2 * half, 2 * half, QImage.Format.Format_Alpha8)
    stamp.fill(0)
    black, none = QColor(Qt.GlobalColor.black), QPen(Qt.PenStyle.NoPen)
    with QPainter(stamp) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_dot(painter, QPointF(half, half), size * ratio, black, none, shape=shape)
    rows = np.frombuffer(stamp.constBits(), dtype=np.uint8).reshape(2 * half, -1)
    y, x = np.nonzero(rows[:, : 2 * half] > 25)
    cover: NDArray[np.float32] = (rows[y, x] / 255).astype(np.float32)
    return x - half, y - half, cover


def cloud_image(
    spots: FloatArray, size: QSize, color: QColor, ground: QColor, ratio: float, side: float = 1.0
) -> QImage:
    """Paint tiny points, float (point, 2) in pixels, into one image; crowds are denser.

    ``color`` is that of one point, with its opacity, ``ground`` what is behind all; ``ratio`` is
    in device pixels for each pixel. A point is ``side`` pixels wide, and its soft rim on top.
    """
    height, width = round(size.height() * ratio), round(size.width() * ratio)
    reach = max(1, round(ratio * side))
    corners = np.floor(spots * ratio - reach / 2 + 0.25).astype(np.intp)
    places, shares = [], []
    for down, right in np.ndindex(reach + 2, reach + 2):
        edges = (down in (0, reach + 1)) + (right in (0, reach + 1))
        if edges == 2:
            continue  # round, not square
        y, x = corners[:, 1] + down - 1, corners[:, 0] + right - 1
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        share = min(color.alphaF(), 0.99) * (_RIM if edges else 1.0)
        places.append((y * width + x)[inside])
        shares.append(np.full(len(places[-1]), np.log1p(-share)))
    # What shines through several points is the product of what shines through each.
    flat = np.concatenate(places)
    through = np.bincount(flat, weights=np.concatenate(shares), minlength=height * width)
    density = np.zeros(height * width, dtype=np.uint8)
    density[flat] = np.round(-255 * np.expm1(through[flat]))
    steps = np.linspace(0.0, 1.0, 256)[:, None]
    ramp = np.full((256, 4), 255, dtype=np.uint8)
    ramp[:, :3] = np.round(_rgb(ground) * (1 - steps) + _rgb(color) * steps)
    image = coloured(ramp, density.reshape(height, width))
    image.setDevicePixelRatio(ratio)
    return image


def faded(color: QColor, ground: QColor, share: float) -> QColor:
    """Return a colour that keeps ``share`` of itself and for the rest is the ground."""
    return QColor.fromRgb(_faded(color.rgb(), ground.rgb(), share))


@lru_cache(maxsize=256)  # a sentence of five hundred tokens has eight colours
def _faded(color: int, ground: int, share: float) -> int:
    both = _channels([color, ground])
    red, green, blue = (both[0] * share + both[1] * (1 - share)).round().astype(int).tolist()
    return QColor(red, green, blue).rgb()


def _rgb(color: QColor) -> NDArray[np.float32]:
    """Return red, green and blue, 0 to 255."""
    channels: NDArray[np.float32] = _channels([color.rgb()])[0]
    return channels


def _channels(colors: Sequence[int]) -> NDArray[np.float32]:
    """Return red, green and blue of colours that Qt gave as numbers: (colour, 3), 0 to 255."""
    packed = np.array(colors, dtype=np.uint32)[:, None]
    channels: NDArray[np.float32] = ((packed >> _SHIFTS) & 0xFF).astype(np.float32)
    return channels
