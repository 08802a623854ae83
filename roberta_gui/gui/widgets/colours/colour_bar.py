"""The colour bar beside a heatmap: which colour means which value, the ends printed."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.colours.raster import to_image
from roberta_gui.gui.widgets.painting.drawing import letters

BAR_ROOM = 58
"""Pixels to the right of the cells that a bar and its numbers take, at a text zoom of 1."""

_TALLEST = 170
_MORE_FOR_SIGNS = 20
_AWAY, _WIDE, _GAP = 14, 10, 5  # from the cells to the bar, its width, from there to its numbers


def bar_room(scale: ColourScale) -> float:
    """Return how many pixels a bar takes: numbers with a sign, and logarithms, are longer.

    The room grows in one step, so that a sign makes a picture jump once; longer numbers get
    what they need.
    """
    theme = themes.current()
    long = scale.log or scale.low < 0
    advance = theme.metrics("small_number").horizontalAdvance
    needed = _AWAY + _WIDE + _GAP + max(map(advance, scale.labels())) + 2
    return max(float(theme.pixels(BAR_ROOM + (_MORE_FOR_SIGNS if long else 0))), needed)


def paint_colour_bar(
    painter: QPainter,
    field: QRectF,
    scale: ColourScale,
    ramp: NDArray[np.uint8],
    unit: str = "",
) -> None:
    """Draw the bar to the right of ``field``, standing on its lower edge.

    ``ramp`` is the colour map, uint8 (256, 4) RGBA, low to high; ``unit`` stands under the
    number at the upper end.
    """
    theme = themes.current()
    height = min(theme.pixels(_TALLEST), field.height())
    bar = QRectF(field.right() + _AWAY, field.bottom() - height, _WIDE, height)
    painter.drawImage(bar, to_image(ramp[::-1][:, None, :]))
    painter.setPen(QPen(theme.color("line"), 1))
    painter.drawRect(bar)
    metrics = letters(painter, "small_number", "muted")
    ascent = metrics.ascent()
    x = bar.right() + _GAP
    low, high = scale.labels()
    painter.drawText(QPointF(x, bar.top() + ascent - 2), high)
    if unit and bar.height() > 3 * ascent:
        painter.drawText(QPointF(x, bar.top() + 2 * ascent), unit)
    painter.drawText(QPointF(x, bar.bottom()), low)
    between = scale.between()
    if height >= (len(between) + 2) * metrics.height():
        for share, text in between:
            painter.drawText(QPointF(x, bar.bottom() - share * height + ascent / 2 - 1), text)
