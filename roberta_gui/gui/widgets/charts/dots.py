"""Dots: points as shapes, hundreds of them as copies of a few, thousands as one image."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from roberta_gui.gui.widgets.colours.raster import coloured
from roberta_gui.records import FloatArray

Shape: TypeAlias = Literal["dot", "diamond", "square"]

_RIM = 0.35  # opacity of the pixels around a cloud's point, as a share of the point's own


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

    ``tokens`` are indexes into what `draw` gets: where all tokens are, (token, 2) in pixels,
    and which of them really lie further out, (token,). ``size`` is in pixels, ``outline`` is None
    where there are too many for it; ``squares`` tells which of ``tokens`` are squares.
    """

    tokens: Sequence[int]
    colors: Sequence[QColor]
    size: float
    squares: Sequence[bool]
    outline: QPen | None = None

    def draw(
        self,
        painter: QPainter,
        spots: FloatArray,
        outside: NDArray[np.bool_],
        *,
        as_shapes: bool = True,
    ) -> None:
        """Draw the group's tokens, the last ones on top.

        Not ``as_shapes``, those without an outline are copies of a few dots, six times faster.
        """
        which = list(self.tokens)
        places, out = spots[which].tolist(), outside[which]
        if as_shapes or self.outline is not None:
            outline = self.outline or QPen(Qt.PenStyle.NoPen)
            looks = zip(places, self.colors, out.tolist(), self.squares, strict=True)
            for (x, y), color, is_out, square in looks:
                shape = shape_of(outside=is_out, square=square)
                draw_dot(painter, QPointF(x, y), self.size, color, outline, shape=shape)
            return
        ratio = painter.device().devicePixelRatioF()
        if ratio not in self._copies:
            shapes = (shape_of(outside=False, square=square) for square in self.squares)
            self._copies[ratio] = [
                _drawn(color.rgb(), self.size, shape, ratio)
                for color, shape in zip(self.colors, shapes, strict=True)
            ]
        copies = list(self._copies[ratio])
        for nth in np.flatnonzero(out).tolist():
            copies[nth] = _drawn(self.colors[nth].rgb(), self.size, "diamond", ratio)
        for (x, y), (dot, half) in zip(places, copies, strict=True):
            painter.drawImage(QPointF(x - half, y - half), dot)

    _copies: dict[float, list[tuple[QImage, float]]] = field(default_factory=dict, init=False)
    """Each dot's image where it is not further out, by the screen's ratio."""


@lru_cache(maxsize=2048)  # each place in a long text has a colour, fainter if others are locked
def _drawn(color: int, size: float, shape: Shape, ratio: float) -> tuple[QImage, float]:
    """Return one dot for a screen of so many pixels for each of Qt's, and half its side in Qt's."""
    half = int(size * 0.6 * ratio) + 1
    dot = QImage(2 * half, 2 * half, QImage.Format.Format_ARGB32_Premultiplied)
    dot.fill(Qt.GlobalColor.transparent)
    with QPainter(dot) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, none = QPointF(half, half), QPen(Qt.PenStyle.NoPen)
        draw_dot(painter, middle, size * ratio, QColor(color), none, shape=shape)
    dot.setDevicePixelRatio(ratio)
    return dot, half / ratio


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
    ramp[:, :3] = np.round(rgb(ground) * (1 - steps) + rgb(color) * steps)
    image = coloured(ramp, density.reshape(height, width))
    image.setDevicePixelRatio(ratio)
    return image


def faded(color: QColor, ground: QColor, share: float) -> QColor:
    """Return a colour that keeps ``share`` of itself and for the rest is the ground."""
    return _faded(color.rgb(), ground.rgb(), share)


@lru_cache(maxsize=256)  # a sentence of five hundred tokens has eight colours
def _faded(color: int, ground: int, share: float) -> QColor:
    mixed = rgb(QColor(color)) * share + rgb(QColor(ground)) * (1 - share)
    return QColor(*mixed.round().astype(int).tolist())


def rgb(color: QColor) -> NDArray[np.float64]:
    """Return red, green and blue, 0 to 255."""
    return np.array([color.red(), color.green(), color.blue()], dtype=np.float64)
