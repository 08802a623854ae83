"""From numbers to colours: one place that turns a matrix into an image."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from roberta_gui.records import FloatArray


@dataclass(frozen=True)
class ColourScale:
    """Which value gets which end of a colour map.

    With ``log`` the ends are common logarithms, and values are placed by theirs; the labels say
    what is meant. With ``root`` values are placed by the square root of their size, with their
    sign, so that small ones are seen beside large ones. ``is_below`` and ``is_above`` say that
    there are values beyond the low or the high end, which look like those at that end.
    """

    low: float
    high: float
    log: bool = False
    root: bool = False
    is_below: bool = False
    is_above: bool = False

    def places(self, values: FloatArray) -> NDArray[np.uint8]:
        """Return each value's row in a map of 256 colours."""
        if self.log:
            values = np.log10(np.maximum(values, 10.0**self.low))
        low, high = self.low, self.high
        if self.root:
            values = np.copysign(np.sqrt(np.abs(values)), values)
            low, high = (math.copysign(math.sqrt(abs(end)), end) for end in (low, high))
        span = max(high - low, 1e-12)
        share = (values - low) * (255.0 / span)
        places: NDArray[np.uint8] = np.clip(share + 0.5, 0, 255).astype(np.uint8)
        return places

    def between(self) -> tuple[tuple[float, str], ...]:
        """Return what to write between the ends where colours are not spread evenly.

        Each as its share of the way from the low end to the high one, and the value there.

        Examples
        --------
        >>> ColourScale(-0.4, 0.4, root=True).between()
        ((0.25, '−0.1'), (0.5, '0'), (0.75, '0.1'))
        """
        if not self.root or self.low != -self.high:
            return ()
        quarter = f"{self.high / 4:.2g}"
        return (0.25, f"−{quarter}"), (0.5, "0"), (0.75, quarter)

    def labels(self) -> tuple[str, str]:
        """Write both ends of the scale with the digits that matter."""
        low, high = (10**end if self.log else end for end in (self.low, self.high))
        first, last = f"{low:.4g}" if self.log else f"{low:.2g}", f"{high:.2g}"
        first = f"≤ {first}" if self.log or self.is_below else first
        last = f"≥ {last}" if self.is_above else last
        return first.replace("-", "−"), last.replace("-", "−")


_BEYOND = 0.999
"""So much of all values is within the ends of a square-root scale."""


def root_scale(values: FloatArray, least: float) -> ColourScale:
    """Choose a square-root scale on which most of many small values are seen.

    It ends, the same to both sides of 0, where a thousandth of the values is larger by size, and
    at the largest where there are fewer than a thousand; never nearer to 0 than at ``least``.

    Examples
    --------
    >>> root_scale(np.float32([0.5, -0.25]), 0.001).labels()
    ('−0.5', '0.5')
    >>> root_scale(np.float32([0.9, *[0.1] * 4000]), 0.001).labels()
    ('−0.1', '≥ 0.1')
    """
    sizes = np.abs(values)
    if not sizes.size:
        return ColourScale(-least, least, root=True)
    most = max(float(np.quantile(sizes, _BEYOND, method="higher")), least)
    is_below, is_above = bool(values.min() < -most), bool(values.max() > most)
    return ColourScale(-most, most, root=True, is_below=is_below, is_above=is_above)


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
