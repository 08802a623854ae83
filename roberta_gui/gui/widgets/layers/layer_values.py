"""What a map of layers shows, and how it becomes pixels."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from roberta_gui.findings.marks import LayerValues
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.layers.layer_heatmap_layout import LayerHeatmapLayout
from roberta_gui.gui.widgets.painting.colour_scale import to_image


def ramp_of(shown: LayerValues) -> NDArray[np.uint8]:
    """Return the colour map that the values are drawn with, uint8 (256, 4)."""
    theme = themes.current()
    ramp = theme.difference_map() if shown.signed else theme.weight_map()
    return ramp[::-1] if shown.small_is_strong else ramp


def raster(shown: LayerValues, layout: LayerHeatmapLayout, ratio: float) -> QImage:
    """Colour the columns in sight, pixel by pixel; several on one pixel show their mean.

    In the size of the screen's own pixels (``ratio`` for each of Qt's), because Qt and SVG
    viewers blur what they enlarge.
    """
    across = max(1, round(layout.field.width() * ratio))
    down = max(1, round(layout.field.height() * ratio))
    edges = np.linspace(0, layout.zoom.span, across + 1)[:-1]
    columns = np.minimum((layout.zoom.left + edges).astype(np.intp), layout.n_columns - 1)
    rows = np.linspace(0, layout.n_layers, down + 1)[:-1].astype(np.intp)
    values = shown.values[::-1]  # the last layer on top
    if layout.width * ratio >= 1:
        seen = values[:, columns]
    else:
        end = math.ceil(layout.zoom.left + layout.zoom.span)
        seen = np.add.reduceat(values[:, :end], columns, axis=1)
        seen = seen / np.diff(np.append(columns, end))
    known = np.isfinite(seen)
    places = shown.scale.places(np.where(known, seen, shown.scale.low))
    pixels = ramp_of(shown)[places]  # (layer, pixel, 4)
    pixels[~known] = np.array(themes.current().color("track").getRgb(), dtype=np.uint8)
    return to_image(pixels[rows])
