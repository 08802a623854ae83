"""Painters that always end, what is seen where painting fails, and hatching."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.theme import FontRole

_LOG = logging.getLogger(__name__)

NOT_DRAWN = "This picture could not be drawn. The log says why."

_LOGGED = "notDrawn"

Side: TypeAlias = Literal["left", "middle", "right"]

_SIDES: Final[dict[Side, Qt.AlignmentFlag]] = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "middle": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
}


@contextmanager
def saved(painter: QPainter) -> Iterator[None]:
    """Give a painter its state back at the end, whatever happens in between."""
    painter.save()
    try:
        yield
    finally:
        painter.restore()


def letters(
    painter: QPainter, font: FontRole, color: str = "muted", *, bold: bool = False
) -> QFontMetricsF:
    """Write in the font and the colour of these roles from now on; return the font's measures."""
    theme = themes.current()
    painter.setFont(theme.font(font, bold=bold))
    painter.setPen(theme.color(color))
    return QFontMetricsF(painter.font())


def write(
    painter: QPainter, room: QRectF, text: str, side: Side = "left", *, cut: bool = False
) -> None:
    """Write a line in the middle of a room's height, at one side or amid; ``cut`` to its width."""
    if cut:
        metrics = QFontMetricsF(painter.font())
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, _SIDES[side] | Qt.AlignmentFlag.AlignVCenter, text)


def outline(
    painter: QPainter, rect: QRectF, color: str = "line", width: float = 1.0, radius: float = 0.0
) -> None:
    """Draw the edge of a rectangle in the colour of a role, and nothing in it."""
    painter.setPen(QPen(themes.current().color(color), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, radius, radius)


def hatch(painter: QPainter, parts: Iterable[QRectF]) -> None:
    """Hatch what has nothing to be compared with: its difference is unknown, not none."""
    theme = themes.current()
    lines = QBrush(theme.color("muted", 0.55), Qt.BrushStyle.BDiagPattern)
    for part in parts:
        if not part.isEmpty():
            painter.fillRect(part, theme.color("track"))
            painter.fillRect(part, lines)


def draw(widget: QWidget, paint: Callable[[QPainter], None], *, instead: str = NOT_DRAWN) -> None:
    """Let ``paint`` draw a widget.

    Where it fails, the log has the traceback, once, and the widget says ``instead`` what is
    missing; the window goes on.
    """
    try:
        with QPainter(widget) as painter:
            paint(painter)
    except Exception as error:  # noqa: BLE001 - the log and the picture say it
        # Qt calls from C++: nobody above could handle this.
        reason = f"{type(error).__name__}: {error}"
        if widget.property(_LOGGED) != reason:
            widget.setProperty(_LOGGED, reason)
            _LOG.exception("%s could not be drawn", type(widget).__name__)
        if instead:
            with QPainter(widget) as painter:
                _write(painter, widget, instead)


def _write(painter: QPainter, widget: QWidget, text: str) -> None:
    palette, room = widget.palette(), QRectF(widget.rect())
    painter.fillRect(room, palette.color(QPalette.ColorRole.Base))
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    painter.setFont(widget.font())
    middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(room.adjusted(8, 4, -8, -4), middle, text)
