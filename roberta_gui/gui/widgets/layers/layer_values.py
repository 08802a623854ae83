"""What a map of layers shows, and how it becomes pixels."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.widgets.layers.layer_heatmap_layout import LayerHeatmapLayout
from roberta_gui.gui.widgets.painting.axis_label import AxisLabel
from roberta_gui.gui.widgets.painting.colour_scale import ColourScale, to_image
from roberta_gui.gui.written_numbers import written
from roberta_gui.records import FloatArray


def layer_name(layer: int) -> str:
    """Name a hidden-state layer on an axis: 0 is the embedding output."""
    return str(layer) if layer else "emb"


def hundredths(value: float) -> str:
    """Write a value with two digits and a minus sign; nothing is never negative.

    Examples
    --------
    >>> hundredths(-0.126), hundredths(-0.004)
    ('−0.13', '0.00')
    """
    return written(value, 2)


@dataclass(frozen=True, eq=False)
class LayerValues:
    """Values of every layer, with all that is said about them.

    Attributes
    ----------
    values
        float32 (layer + 1, column); where there is none: nan.
    labels
        A name for each column.
    scale
        Which values get the ends of the colour map.
    tip
        What hovering a (layer, column) says.
    signed
        Values of either sign, zero in the middle of the scale: another colour map.
    number
        How a value is written into its cell.
    """

    values: FloatArray
    labels: tuple[AxisLabel, ...]
    scale: ColourScale
    tip: Callable[[int, int], str]
    signed: bool = False
    number: Callable[[float], str] = hundredths

    def ramp(self, theme: Theme) -> NDArray[np.uint8]:
        """Return the colour map that the values are drawn with."""
        return theme.difference_map() if self.signed else theme.weight_map()


NO_VALUES = LayerValues(
    np.zeros((0, 0), dtype=np.float32), (), ColourScale(0.0, 1.0), lambda _layer, _column: ""
)


def raster(shown: LayerValues, layout: LayerHeatmapLayout, theme: Theme, ratio: float) -> QImage:
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
    pixels = shown.ramp(theme)[places]  # (layer, pixel, 4)
    pixels[~known] = np.array(theme.color("track").getRgb(), dtype=np.uint8)
    return to_image(pixels[rows])
