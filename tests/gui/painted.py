"""What was painted: a picture's pixels, and the colours among them."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage


def pixels(image: QImage) -> NDArray[np.uint32]:
    """Return each pixel's colour as 0xRRGGBB (row, column)."""
    opaque = image.convertToFormat(QImage.Format.Format_RGB32)
    assert not opaque.isNull(), "nothing was painted"
    rows = np.frombuffer(opaque.constBits(), np.uint32).reshape(opaque.height(), opaque.width())
    return rows & np.uint32(0xFFFFFF)


def colours(image: QImage, inside: QRect | None = None) -> set[str]:
    """Return the colours of a picture, or of a part of it, as QColor names them."""
    part = image if inside is None else image.copy(inside & image.rect())
    return {f"#{colour:06x}" for colour in np.unique(pixels(part)).tolist()}
