"""From numbers to colours: one place that turns a matrix into an image."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from roberta_gui.gui.look import theme as themes


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
