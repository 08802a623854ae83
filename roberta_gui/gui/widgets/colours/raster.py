"""From numbers to pixels: which colour they have, and what of a map is in sight."""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.painting.cell_layout import CellLayout
from roberta_gui.records import FloatArray

Pool: TypeAlias = Callable[[FloatArray, NDArray[np.intp]], FloatArray]
"""Makes each run of rows one: (row, column) -> (run, column).

``starts`` do not fall; a run ends where the next one starts, and has one row at least.
"""


def ramp_of(*, signed: bool, small_is_strong: bool = False) -> NDArray[np.uint8]:
    """Return the colour map of differences or of weights, uint8 (256, 4) RGBA, low to high."""
    theme = themes.current()
    ramp = theme.difference_map() if signed else theme.weight_map()
    return ramp[::-1] if small_is_strong else ramp


def coloured(ramp: NDArray[np.uint8], places: NDArray[np.uint8]) -> QImage:
    """Return uint8 (row, column) places in a colour map as an image.

    ``ramp`` is the map, uint8 (256, 4) RGBA. Each of its colours is read as one number, which is
    several times faster than as four.
    """
    colours = np.ascontiguousarray(ramp).view(np.uint32)[:, 0]  # (256,)
    pixels = np.take(colours, places)  # (row, column)
    return to_image(pixels[:, :, None].view(np.uint8))


def to_image(pixels: NDArray[np.uint8]) -> QImage:
    """Return uint8 (row, column, 4) RGBA as an image that owns its memory."""
    pixels = np.ascontiguousarray(pixels)
    rows, columns, _ = pixels.shape
    view = QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_RGBA8888)
    return view.convertToFormat(QImage.Format.Format_RGB32)


def raster(
    values: FloatArray,
    layout: CellLayout,
    scale: ColourScale,
    ramp: NDArray[np.uint8],
    ratio: float,
    pool: Pool,
) -> QImage:
    """Colour what is in sight of (row, column) values; nan, which is unknown, is grey.

    In the size of the screen's own pixels, ``ratio`` for each of Qt's, because Qt and SVG viewers
    blur what they enlarge. Cells that share a pixel are pooled. ``ramp`` is the colour map, uint8
    (256, 4) RGBA; each colour is read as one number, several times faster than as four.
    """
    seen, pools_rows = values[::-1] if layout.rising else values, layout.height * ratio < 1
    if pools_rows:
        seen = along(seen, 0, layout, ratio, pool)
    seen = along(seen, 1, layout, ratio, pool)
    unknown = ~np.isfinite(seen) if np.isnan(seen.sum()) else None
    places = scale.colour_rows(seen if unknown is None else np.where(unknown, scale.low, seen))
    pixels = np.take(np.ascontiguousarray(ramp).view(np.uint32)[:, 0], places)
    if unknown is not None:
        grey = np.array(themes.current().color("track").getRgb(), dtype=np.uint8)
        pixels[unknown] = grey.view(np.uint32)
    if not pools_rows:
        pixels = along(pixels, 0, layout, ratio, pool)
    return to_image(pixels[:, :, None].view(np.uint8))


def along(
    values: NDArray[Any], axis: int, layout: CellLayout, ratio: float, pool: Pool
) -> NDArray[Any]:
    """Return the part in sight of an axis of (row, column) values, one for each pixel."""
    start, span = (layout.zoom.top, layout.zoom.left)[axis], layout.spans[axis]
    length = (layout.field.height(), layout.field.width())[axis] * ratio
    edges = np.linspace(0, span, max(1, round(length)) + 1)[:-1]
    starts = np.minimum((start + edges).astype(np.intp), layout.shape[axis] - 1)
    if length >= span:
        return np.take(values, starts, axis)
    part = np.moveaxis(values, axis, 0)[: math.ceil(start + span)]
    return np.moveaxis(pool(part, starts), 0, axis)


def mean(values: FloatArray, starts: NDArray[np.intp]) -> FloatArray:
    """Return the mean of each run of rows; see `Pool`."""
    counts = np.maximum(np.diff(np.append(starts, len(values))), 1)
    means: FloatArray = np.add.reduceat(values, starts, axis=0) / counts[:, None]
    return means


def strongest(values: FloatArray, starts: NDArray[np.intp]) -> FloatArray:
    """Return the largest of each run of rows, by size; see `Pool`."""
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
