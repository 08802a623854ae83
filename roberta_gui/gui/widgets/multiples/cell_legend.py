"""What the marks in small multiples mean: one line below all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.charts.dots import draw_dot
from roberta_gui.gui.widgets.painting.colour_scale import to_image

_GAP = 14.0
_RAMP = 64.0
_SIDE = 8.0


@dataclass(frozen=True)
class Mark:
    """One entry: a sample and what it means; ``before`` is written in front of a ramp."""

    sample: Literal["dot", "square", "dust", "line", "ramp"]
    role: str
    text: str
    before: str = ""


def paint_legend(painter: QPainter, room: QRectF, marks: Sequence[Mark]) -> None:
    """Write the marks into a line, as many as fit, the first ones first."""
    theme = themes.current()
    painter.setFont(theme.font("small"))
    metrics = QFontMetricsF(painter.font())
    x, baseline = room.left(), room.center().y() + metrics.ascent() / 2 - 1
    for mark in marks:
        before = metrics.horizontalAdvance(f"{mark.before} ") if mark.before else 0.0
        wide = {"ramp": _RAMP, "line": 16.0, "dust": 14.0}.get(mark.sample, _SIDE)
        whole = before + wide + 5 + metrics.horizontalAdvance(mark.text)
        if x + whole > room.right():
            return
        painter.setPen(theme.color("muted"))
        painter.drawText(QPointF(x, baseline), mark.before)
        painter.drawText(QPointF(x + before + wide + 5, baseline), mark.text)
        sample = QRectF(x + before, room.center().y() - _SIDE / 2, wide, _SIDE)
        _paint_sample(painter, sample, mark)
        x += whole + _GAP


def _paint_sample(painter: QPainter, room: QRectF, mark: Mark) -> None:
    theme = themes.current()
    if mark.sample == "ramp":
        painter.drawImage(room, to_image(theme.place_map()[None]))
        return
    color, middle = theme.color(mark.role), room.center()
    if mark.sample == "line":
        painter.setPen(QPen(color, 1))
        painter.drawLine(QPointF(room.left(), middle.y()), QPointF(room.right(), middle.y()))
    elif mark.sample == "dust":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        for right, down in ((1, 1), (5, 5), (8, 2), (12, 6)):
            painter.drawEllipse(room.topLeft() + QPointF(right, down), 1, 1)
    else:
        shape: Literal["square", "dot"] = "square" if mark.sample == "square" else "dot"
        draw_dot(painter, middle, _SIDE, color, QPen(Qt.PenStyle.NoPen), shape=shape)
