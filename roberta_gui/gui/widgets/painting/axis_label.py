"""How a token is written along an axis: its name, its colour, its place in the sentence."""

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.theme import FontRole
from roberta_gui.gui.widgets.painting.drawing import letters, saved

LABEL_ANGLE = 50.0
"""Degrees by which column labels rise."""

SINE, COSINE = (ratio(math.radians(LABEL_ANGLE)) for ratio in (math.sin, math.cos))

LONGEST_LABEL = 110
"""Pixels of a name, at a text zoom of 1; longer ones are cut."""


def dress(
    painter: QPainter,
    label: AxisLabel,
    *,
    lit: bool,
    most: float = math.inf,
    size: FontRole = "control",
) -> tuple[str, float]:
    """Set pen and font for a name; return it, cut to ``most`` pixels, and its height."""
    theme = themes.current()
    role = {"special": "muted", "mask": "mask_text"}.get(label.kind, "text")
    metrics = letters(painter, size, "accent" if lit else role, bold=lit or label.kind == "mask")
    limit = min(theme.pixels(LONGEST_LABEL), most)
    return metrics.elidedText(label.text, Qt.TextElideMode.ElideRight, limit), metrics.height()


def write_below(painter: QPainter, foot: QPointF, text: str, *, slanted: bool) -> None:
    """Write a name below the middle of what it names, where lying flat or slanted it has room."""
    metrics = QFontMetricsF(painter.font())
    across = metrics.horizontalAdvance(text)
    with saved(painter):
        painter.translate(foot.x(), foot.y() + 4 + metrics.ascent())
        if slanted:
            painter.translate(metrics.ascent() / 3, -metrics.ascent() / 2)
            painter.rotate(-LABEL_ANGLE)
        painter.drawText(QPointF(-across if slanted else -across / 2, 0), text)
