"""Boxes, bars and handles as the style paints them, in the colours of the current theme."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.looks import Look
from roberta_gui.gui.widgets.painting.drawing import saved

State = QStyle.StateFlag

RING = 2.0
"""Pixels of the ring around what has the keyboard."""

_INVISIBLE = QColor(Qt.GlobalColor.transparent)


def color(role: str) -> QColor:
    """Return a role's colour in the current theme, "" being none."""
    return themes.current().color(role) if role else _INVISIBLE


def box(painter: QPainter, rect: QRectF, look: Look, *, ground: str, edge: str) -> None:
    """Paint the ground and the edge of a box whose corners its look rounds."""
    left, top, right, bottom = look.beyond
    whole = rect.adjusted(0.5 - left, 0.5 - top, right - 0.5, bottom - 0.5)
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        painter.setBrush(color(ground))
        painter.setPen(color(edge or ground))
        painter.drawRoundedRect(whole, look.radius, look.radius)


def ring(painter: QPainter, rect: QRectF, radius: float, role: str = "accent") -> None:
    """Paint the ring around what has the keyboard, just inside ``rect``."""
    half = RING / 2
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color(role), RING))
        painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)


def button(painter: QPainter, rect: QRectF, look: Look, state: QStyle.StateFlag) -> None:
    """Paint a button but for what is written on it."""
    usable = bool(state & State.State_Enabled)
    pressed = usable and bool(state & State.State_Sunken)
    ground, edge = look.ground, look.edge
    if state & State.State_On:
        ground = "accent_soft" if usable else "track"
    elif pressed or (usable and state & State.State_MouseOver):
        # A mark keeps its ground: there the edge tells of the pointer.
        ground = ground if look.underlined else "accent_soft"
        edge = look.text if look.underlined else edge and "hover"
    box(painter, rect, look, ground=ground, edge="accent" if pressed else edge)
    if state & State.State_HasFocus:
        ring(painter, rect, look.radius, look.text if look.underlined else "accent")


def text_of(look: Look, state: QStyle.StateFlag) -> str:
    """Return the role of the text on a button in ``state``."""
    if not state & State.State_Enabled:
        return look.text if look.underlined else "faint"
    return "accent" if state & State.State_On else look.text


def bar(painter: QPainter, rect: QRectF, role: str) -> None:
    """Paint a thin bar with round ends."""
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(role))
        radius = min(rect.width(), rect.height()) / 2
        painter.drawRoundedRect(rect, radius, radius)


def knob(painter: QPainter, rect: QRectF, role: str, *, ringed: bool) -> None:
    """Paint the round handle of a slider; a ring with a gap tells that it has the keyboard."""
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, radius = QPointF(rect.center()), rect.width() / 2
        if ringed:
            painter.setBrush(color("card"))
            painter.setPen(QPen(color("accent"), RING))
            painter.drawEllipse(middle, radius - RING / 2, radius - RING / 2)
            radius -= 2 * RING
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(role))
        painter.drawEllipse(middle, radius, radius)
