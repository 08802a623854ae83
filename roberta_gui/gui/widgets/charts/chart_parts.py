"""What charts have in common: round numbers on an axis, grid lines and dots."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from roberta_gui.gui.look import theme as themes


def round_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Return up to ``most`` + 1 round numbers (1, 2 or 5 times a power of ten) from low to high.

    Examples
    --------
    >>> round_ticks(0.0, 0.93, 5)
    (0.0, 0.2, 0.4, 0.6, 0.8)
    >>> round_ticks(-0.08, 0.35, 3)
    (0.0, 0.2)
    """
    rough = max(high - low, 1e-9) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    digits = max(0, -math.floor(math.log10(step)))
    return tuple(round(nth * step, digits) + 0.0 for nth in range(first, last + 1))


def paint_grid(painter: QPainter, plot: QRectF, marks: Sequence[tuple[float, str]]) -> None:
    """Draw a horizontal line at each mark's height (in pixels), its text to the left."""
    theme = themes.current()
    painter.setFont(theme.font("small_number"))
    metrics = QFontMetricsF(painter.font())
    for y, text in marks:
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(theme.color("muted"))
        x = plot.left() - 6 - metrics.horizontalAdvance(text)
        painter.drawText(QPointF(x, y + metrics.ascent() / 2 - 1), text)


def dot(painter: QPainter, at: QPointF, fill: QColor, rim: QColor, radius: float = 3.5) -> None:
    """Draw a round mark with a rim, so that it stands out from a line of its own colour."""
    painter.setPen(QPen(rim, 1.5))
    painter.setBrush(fill)
    painter.drawEllipse(at, radius, radius)
