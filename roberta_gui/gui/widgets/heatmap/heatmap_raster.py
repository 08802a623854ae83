"""From a matrix to the pixels of a heatmap: what of it is in sight, and in which colour."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from roberta_gui.findings.scales import ColourScale
from roberta_gui.gui.widgets.heatmap.heatmap_layout import HeatmapLayout
from roberta_gui.gui.widgets.painting.colour_scale import coloured
from roberta_gui.records import FloatArray


def raster(
    matrix: FloatArray,
    layout: HeatmapLayout,
    scale: ColourScale,
    ramp: NDArray[np.uint8],
    ratio: float,
) -> QImage:
    """Colour what is in sight; several cells on one pixel show the strongest of them.

    In the size of the screen's own pixels, ``ratio`` for each of Qt's. ``ramp`` is the colour
    map, uint8 (256, 4) RGBA.
    """
    top, left, span = layout.zoom.top, layout.zoom.left, layout.zoom.span
    rows, columns = (_cells(start, layout, ratio) for start in (top, left))
    if layout.cell * ratio >= 1:
        seen = matrix[np.ix_(rows, columns)]
    else:
        part = matrix[: math.ceil(top + span), : math.ceil(left + span)]
        seen = strongest(strongest(part, rows).T, columns).T
    return coloured(ramp, scale.places(seen))


def strip(values: FloatArray, start: float, layout: HeatmapLayout, ratio: float) -> FloatArray:
    """Return what a strip shows of float32 (row,) values, a pixel each, from ``start`` on."""
    cells = _cells(start, layout, ratio)
    if layout.cell * ratio >= 1:
        return values[cells]
    part = values[: math.ceil(start + layout.zoom.span)]
    return strongest(part[:, np.newaxis], cells)[:, 0]


def _cells(start: float, layout: HeatmapLayout, ratio: float) -> NDArray[np.intp]:
    """Return the first row (or column) that each pixel of the field lies on."""
    pixels = max(1, round(layout.field.width() * ratio))
    edges = np.linspace(0, layout.zoom.span, pixels + 1)[:-1]
    return np.minimum((start + edges).astype(np.intp), layout.size - 1)


def strongest(values: FloatArray, starts: NDArray[np.intp]) -> FloatArray:
    """Return the largest of each run of rows, by size: (row, column) -> (run, column).

    ``starts`` do not fall; a run ends where the next one starts, and has one row at least.
    """
    values = np.ascontiguousarray(values)
    if values.min(initial=0) >= 0:
        return _largest(values, starts)
    most, least = _largest(values, starts), -_largest(-values, starts)
    return np.where(most >= -least, most, least)


def _largest(values: FloatArray, starts: NDArray[np.intp]) -> FloatArray:
    """Do what ``np.maximum.reduceat`` does, in a quarter of its time where runs are short.

    Whole rows are compared with whole rows.
    """
    ends = np.maximum(np.append(starts[1:], len(values)), starts + 1)
    largest = values[starts]
    for further in range(1, int((ends - starts).max())):
        largest = np.maximum(largest, values[np.minimum(starts + further, ends - 1)])
    return largest
