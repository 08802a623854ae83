"""Many arcs as one image: where each lies, and how dark they are where they cross.

An item or a stroke a line would take a hundred times as long: what is added up here is, for each
column of pixels, how much ink every line leaves on each of them.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from roberta_gui.records import FloatArray

DARKEST = 0.97
"""Opacity of the strongest line: one that hides all others would hide what it crosses."""


def bend(share: FloatArray) -> FloatArray:
    """Tell how far an arc has come down after a share of its way across, both from 0 to 1.

    The cubic 3t² − 2t³, level at both ends: so each arc points at the token it belongs to. A
    Bézier curve whose middle points stand at thirds of the way is the same.
    """
    return share * share * (3 - 2 * share)


def arcs_image(
    starts: FloatArray,
    ends: FloatArray,
    opacity: FloatArray,
    *,
    width: int,
    height: int,
    thickness: float,
    inks: tuple[QColor, QColor],
    stretch: int = 1,
) -> QImage:
    """Draw arcs from the left edge to the right one.

    Parameters
    ----------
    starts, ends
        float (arc,): how far down each begins and ends, in pixels; outside the image is legal.
    opacity
        float (arc,): -1 to 1. The sign chooses between two inks.
    width, height, thickness
        In pixels.
    inks
        The colours for opacities below and above 0.
    stretch
        So many times wider than high are the pixels of the image, where it is drawn.

    Returns
    -------
    RGBA image
        Lines of one ink that cross let as much light through as one after the other would.
    """
    depth = -np.log1p(-np.minimum(np.abs(opacity), DARKEST))  # layers of ink add up in this
    shape = (width, height, thickness, stretch)
    negative = opacity < 0
    if not negative.any():
        return _toned(_ink(starts, ends, depth, *shape), inks[1])
    above = _ink(starts[~negative], ends[~negative], depth[~negative], *shape)
    below = _ink(starts[negative], ends[negative], depth[negative], *shape)
    low, high = (np.array([c.red(), c.green(), c.blue()], dtype=np.float32) for c in inks)
    share: NDArray[np.float32] = below / np.maximum(above + below, 1e-9)
    pixels = np.empty((height, width, 4), dtype=np.uint8)
    pixels[..., :3] = high + share[..., None] * (low - high) + 0.5
    pixels[..., 3] = _opaque(above + below)
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _toned(ink: NDArray[np.float32], tone: QColor) -> QImage:
    """Colour ink of one tone: each opacity has one colour, so each is mixed only once."""
    alpha = np.arange(256, dtype=np.uint32)
    mixed = alpha << 24
    for shift, part in ((16, tone.red()), (8, tone.green()), (0, tone.blue())):
        mixed |= (alpha * part + 127) // 255 << shift
    pixels = np.ascontiguousarray(mixed[_opaque(ink)])
    height, width = pixels.shape
    kind = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, width, height, width * 4, kind).copy()


def _opaque(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return how much of the ground so much ink hides, 0 to 255."""
    hidden: NDArray[np.uint8] = (0.5 - np.expm1(-ink) * 255).astype(np.uint8)
    return hidden


def _ink(
    starts: FloatArray,
    ends: FloatArray,
    depth: FloatArray,
    width: int,
    height: int,
    thickness: float,
    stretch: int,
) -> NDArray[np.float32]:
    """Add up the ink of all arcs on every pixel: float32 (height, width).

    In a column of pixels an arc covers an interval, the longer the steeper it is. Where it begins
    and where it ends is noted, part of a pixel and the rest of it, and summed up downwards.
    """
    across = (np.arange(width, dtype=np.float32) + 0.5) / width
    fall = (ends - starts)[:, None]  # (arc, 1)
    middle = starts[:, None] + fall * bend(across)  # (arc, column)
    slope = fall * (6 * across * (1 - across) / (width * stretch))
    half = thickness / 2 * np.sqrt(1 + slope * slope)
    columns = np.arange(width)
    weights = np.broadcast_to(depth[:, None], middle.shape)
    places, amounts = [], []
    for edge, sign in ((middle - half, 1.0), (middle + half, -1.0)):
        edge = np.clip(edge, 0, height)
        pixel = edge.astype(np.intp)
        part = (edge - pixel) * weights  # of the pixel that lies before the edge
        place = pixel * width + columns
        places += [place, place + width]
        amounts += [sign * (weights - part), sign * part]
    # One sum for all: four would each go over the whole image once more.
    noted = np.bincount(
        np.concatenate(places, axis=None),
        np.concatenate(amounts, axis=None),
        minlength=(height + 2) * width,
    )
    ink = np.cumsum(noted.reshape(-1, width)[:height], axis=0).astype(np.float32)
    return np.maximum(ink, 0)
