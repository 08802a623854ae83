"""What stands along a heatmap: tokens' names, and thin strips with a value for each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from roberta_gui.findings.notation.scales import ColourScale, ends_of
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.colours.raster import along, coloured, strongest
from roberta_gui.gui.widgets.painting.cell_layout import CellLayout
from roberta_gui.gui.widgets.painting.drawing import letters, outline
from roberta_gui.records import FloatArray

_BETWEEN = 4
"""Pixels between the cells and a strip along them."""

_GAP = 6
_SPACE = "  "


@dataclass(frozen=True, eq=False)
class Strip:
    """One value a token, with a scale of its own.

    ``name`` stands at its end, with the ends of the scale in ``unit``; ``meaning`` goes on in a
    tip after the token's name and value.
    """

    values: FloatArray
    scale: ColourScale
    name: str
    meaning: str
    unit: str = ""

    @property
    def ends(self) -> str:
        """Write which values the lightest and the darkest place of the strip stand for."""
        low = self.scale.low
        return ends_of(self.scale, self.unit, clipped=bool((self.values < low).any()))


@dataclass(frozen=True, eq=False)
class Margins:
    """What stands along a heatmap."""

    below: Strip
    beside: Strip


@dataclass(frozen=True)
class HeatmapLayout(CellLayout):
    """The cells, with strips along them.

    ``margin`` is what the strips take, with their gap, ``foot`` the height of a line of text
    below them, or 0. ``bare`` ones have neither strips nor a colour bar: there is no room.
    """

    margin: float = 0.0
    foot: float = 0.0
    bare: bool = False

    @property
    def below(self) -> QRectF:
        """Where the strip of the columns is."""
        field, thick = self.field, self.margin - _BETWEEN
        return QRectF(field.left(), field.bottom() + _BETWEEN, field.width(), thick)

    @property
    def beside(self) -> QRectF:
        """Where the strip of the rows is."""
        field, thick = self.field, self.margin - _BETWEEN
        return QRectF(field.right() + _BETWEEN, field.top(), thick, field.height())

    def token_at(self, point: QPointF) -> int | None:
        """Return whose name at the left, or place in a strip, is under a point."""
        field, (row, column) = self.field, (int(place) for place in self.place_at(point))
        x, y, margin = point.x(), point.y(), self.margin
        is_below = field.bottom() <= y <= field.bottom() + margin and bool(margin)
        if is_below and field.left() <= x < field.right():
            return column if column < self.shape[1] else None
        is_at_side = x < field.left() or field.right() <= x <= field.right() + margin
        is_in = is_at_side and field.top() <= y < field.bottom() and row < self.shape[0]
        return row if is_in else None


class MarginTexts:
    """The names of both strips and the ends of their scales, and how much room they take."""

    def __init__(self, margins: Margins) -> None:
        theme = themes.current()
        metrics = theme.metrics("small")
        below, beside = margins.below, margins.beside
        self.left = below.name, below.ends
        self.right = f"↑ {beside.name}", beside.ends
        self.line = metrics.height()
        """The height of a line."""
        self.least_left, self.least_right = (
            theme.widest(both, "small") + 2 for both in (self.left, self.right)
        )
        """Pixels that the longer of a strip's two texts takes."""
        self._both = tuple(
            metrics.horizontalAdvance(_SPACE.join(both)) for both in (self.left, self.right)
        )

    def fit(self, layout: HeatmapLayout, width: float) -> bool:
        """Tell whether each strip's two texts have room in one line of a picture so wide."""
        left, right = layout.below.left() - _GAP, width - layout.beside.left()
        return self._both[0] <= left and self._both[1] <= right


def paint_margins(
    painter: QPainter,
    layout: HeatmapLayout,
    margins: Margins,
    ramp: NDArray[np.uint8],
    ratio: float,
) -> None:
    """Draw both strips and their names; ``ramp`` is the colour map, uint8 (256, 4) RGBA."""
    ways = (
        (layout.below, along(margins.below.values[None, :], 1, layout, ratio, strongest)),
        (layout.beside, along(margins.beside.values[:, None], 0, layout, ratio, strongest)),
    )
    for (place, seen), each in zip(ways, (margins.below, margins.beside), strict=True):
        painter.drawImage(place, coloured(ramp, each.scale.colour_rows(seen)))
        outline(painter, place.adjusted(-0.5, -0.5, 0.5, 0.5))
    _paint_texts(painter, layout, MarginTexts(margins))


def _paint_texts(painter: QPainter, layout: HeatmapLayout, texts: MarginTexts) -> None:
    """Write the one name at the left of its strip, the other below its own, with the ends."""
    metrics = letters(painter, "small", "muted")
    below = layout.below
    first = below.center().y() + metrics.ascent() / 2 - 1
    lines: tuple[tuple[str, ...], ...] = (texts.left, texts.right)
    if not layout.foot:
        lines = tuple((_SPACE.join(both),) for both in lines)
    for side, both in zip(("left", "right"), lines, strict=True):
        for nth, text in enumerate(both):
            x = layout.beside.left() - _BETWEEN / 2
            if side == "left":
                x = below.left() - _GAP - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(x, first + nth * texts.line), text)
