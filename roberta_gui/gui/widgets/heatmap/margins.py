"""Margins: thin strips along a heatmap, one value a column below it and one a row beside it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from roberta_gui.findings.scales import ColourScale, ends_of
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.heatmap.heatmap_layout import MARGIN_GAP, HeatmapLayout
from roberta_gui.gui.widgets.heatmap.heatmap_raster import strip
from roberta_gui.gui.widgets.painting.colour_scale import coloured
from roberta_gui.records import FloatArray

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


class MarginTexts:
    """The names of both strips and the ends of their scales, and how much room they take."""

    def __init__(self, margins: Margins) -> None:
        metrics = QFontMetricsF(themes.current().font("small"))
        below, beside = margins.below, margins.beside
        self.left = below.name, below.ends
        self.right = f"↑ {beside.name}", beside.ends
        self.line = metrics.height()
        """The height of a line."""
        self.least_left, self.least_right = (
            max(map(metrics.horizontalAdvance, both)) + 2 for both in (self.left, self.right)
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
    zoom = layout.zoom
    ways = (
        (layout.below, strip(margins.below.values, zoom.left, layout, ratio)[None, :]),
        (layout.beside, strip(margins.beside.values, zoom.top, layout, ratio)[:, None]),
    )
    for (place, seen), each in zip(ways, (margins.below, margins.beside), strict=True):
        painter.drawImage(place, coloured(ramp, each.scale.places(seen)))
        painter.setPen(QPen(themes.current().color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))
    _paint_texts(painter, layout, MarginTexts(margins))


def _paint_texts(painter: QPainter, layout: HeatmapLayout, texts: MarginTexts) -> None:
    """Write the one name at the left of its strip, the other below its own, with the ends."""
    theme = themes.current()
    painter.setFont(theme.font("small"))
    painter.setPen(theme.color("muted"))
    metrics = QFontMetricsF(painter.font())
    below = layout.below
    first = below.center().y() + metrics.ascent() / 2 - 1
    lines: tuple[tuple[str, ...], ...] = (texts.left, texts.right)
    if not layout.foot:
        lines = tuple((_SPACE.join(both),) for both in lines)
    for side, both in zip(("left", "right"), lines, strict=True):
        for nth, text in enumerate(both):
            x = layout.beside.left() - MARGIN_GAP / 2
            if side == "left":
                x = below.left() - _GAP - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(x, first + nth * texts.line), text)
