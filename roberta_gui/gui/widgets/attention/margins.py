"""Margins: thin strips along a heatmap, one value a column below it and one a row beside it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.attention.heatmap_layout import MARGIN_GAP, HeatmapLayout
from roberta_gui.gui.widgets.attention.heatmap_raster import strip
from roberta_gui.gui.widgets.charts.colour_scale import ColourScale, coloured
from roberta_gui.records import FloatArray


@dataclass(frozen=True, eq=False)
class Strip:
    """One value a token, with a scale of its own.

    ``name`` stands at its end; ``meaning`` goes on in a tip after the token's name and value.
    """

    values: FloatArray
    scale: ColourScale
    name: str
    meaning: str


@dataclass(frozen=True, eq=False)
class Margins:
    """What stands along a heatmap."""

    below: Strip
    beside: Strip


def paint_margins(
    painter: QPainter,
    layout: HeatmapLayout,
    margins: Margins,
    theme: Theme,
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
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))
    _paint_names(painter, layout, margins, theme)


def _paint_names(painter: QPainter, layout: HeatmapLayout, margins: Margins, theme: Theme) -> None:
    """Write the one name at the left of its strip, the other below its own."""
    painter.setFont(theme.font("small"))
    painter.setPen(theme.color("muted"))
    metrics = QFontMetricsF(painter.font())
    below = layout.below
    room = QRectF(0, below.center().y() - 10, below.left() - 6, 20)
    painter.drawText(
        room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, margins.below.name
    )
    baseline = below.center().y() + metrics.ascent() / 2 - 1
    foot = QPointF(layout.beside.left() - MARGIN_GAP / 2, baseline)
    painter.drawText(foot, f"↑ {margins.beside.name}")
