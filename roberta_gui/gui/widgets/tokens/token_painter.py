"""Draws one token chip."""

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from roberta_gui.findings.glyphs import SPACE
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.painting.drawing import saved
from roberta_gui.gui.widgets.tokens.token_chips import Chip

_RADIUS: Final = 6.0

_TOP = 3  # pixels above the text


@dataclass(frozen=True, slots=True)
class ChipState:
    """What the strip knows about a chip apart from its token.

    ``tint`` is from 0 to 1, or ``is_signed`` from −1; ``caption`` stands in place of the chip's
    own; ``hatched`` is a token that stands alone.
    """

    selected: bool = False
    hovered: bool = False
    tint: float = 0.0
    caption: str | None = None
    hatched: bool = False
    is_signed: bool = False


class ChipPainter:
    """Knows colours and fonts of one theme and draws chips with them."""

    def __init__(self) -> None:
        theme = themes.current()
        self._plain = theme.font("control")
        self._bold = theme.font("control", bold=True)
        self._small = theme.font("small_number")
        plain, small = QFontMetricsF(self._plain), QFontMetricsF(self._small)
        self._text_base = _TOP + plain.ascent()
        self._caption_base = _TOP + plain.height() + small.ascent() - 1
        self._space_width = plain.horizontalAdvance(SPACE)
        self._plain_metrics, self._bold_metrics = plain, QFontMetricsF(self._bold)
        self._small_metrics = small
        self.height = round(_TOP + plain.height() + small.height() + 2)

    def paint_none(self, painter: QPainter, rect: QRect) -> None:
        """Say that there are no chips."""
        painter.setFont(themes.current().font("small"))
        painter.setPen(themes.current().color("muted"))
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, middle, "No tokens yet")

    def paint(self, painter: QPainter, rect: QRectF, chip: Chip, state: ChipState) -> None:
        """Draw ``chip`` into ``rect``, which is as wide as the chip says."""
        if chip.kind != "plain" and state.tint:
            state = replace(state, tint=0.0)  # their colours say already what they are
        painter.setFont(self._plain)
        self._paint_ground(painter, rect, chip, state)
        self._paint_text(painter, rect, chip, state)
        self._paint_caption(painter, rect, chip, state)
        if state.selected:
            if state.tint:  # the accent alone would drown in a strong tint
                self._outline(painter, rect.adjusted(2.5, 2.5, -2.5, -2.5), "card", 1.5)
            self._outline(painter, rect.adjusted(1, 1, -1, -1), "accent", 2.0)
        elif state.hovered:
            self._outline(painter, rect.adjusted(0.75, 0.75, -0.75, -0.75), "hover", 1.5)

    def _paint_ground(self, painter: QPainter, rect: QRectF, chip: Chip, state: ChipState) -> None:
        line = {"mask": "mask", "control": "danger"}.get(chip.kind, "line")
        pen = QPen(themes.current().color(line), 1.0)
        if chip.kind in ("special", "control", "cut"):
            pen.setStyle(Qt.PenStyle.DashLine)
        with saved(painter):
            painter.setPen(pen)
            painter.setBrush(self._ground(chip, state))
            shape = rect.adjusted(0.5, 0.5, -0.5, -0.5)
            if chip.joined or chip.continued:
                # The outline runs on into the neighbours, so only a divider stands between them.
                painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
                shape.adjust(-2 * _RADIUS * chip.joined, 0, 2 * _RADIUS * chip.continued, 0)
            painter.drawRoundedRect(shape, _RADIUS, _RADIUS)
            if state.hatched:
                # Below the text only: it must stay legible.
                ink = themes.current().color("muted", 0.4)
                painter.setBrush(QBrush(ink, Qt.BrushStyle.BDiagPattern))
                painter.drawRoundedRect(shape, _RADIUS, _RADIUS)
            if chip.joined:
                pen.setStyle(Qt.PenStyle.DotLine)
                pen.setColor(themes.current().color("muted"))
                painter.setPen(pen)
                painter.drawLine(
                    QPointF(rect.left() + 0.5, rect.top() + 5),
                    QPointF(rect.left() + 0.5, rect.bottom() - 5),
                )

    def _ground(self, chip: Chip, state: ChipState) -> QColor:
        if chip.kind == "mask":
            return themes.current().color("mask_soft")
        if chip.kind == "control":
            return themes.current().color("danger_soft")
        if state.tint:
            return tinted(state.tint, signed=state.is_signed)
        if state.selected:
            return themes.current().color("accent_soft")
        return themes.current().color("card")

    def _paint_text(self, painter: QPainter, rect: QRectF, chip: Chip, state: ChipState) -> None:
        """Draw space glyph, text and fraction as one centred line."""
        bold = chip.kind == "mask"
        metrics = self._bold_metrics if bold else self._plain_metrics
        text_width = metrics.horizontalAdvance(chip.text)
        space_width = self._space_width * chip.space
        fraction_width = self._small_metrics.horizontalAdvance(chip.fraction)
        x = rect.center().x() - (text_width + space_width + fraction_width) / 2
        y = rect.top() + self._text_base
        muted = self._muted(state)
        # A right-to-left word begins at its right end, and so does the space before it.
        space_x = x + text_width if chip.right_to_left else x
        text_x = x if chip.right_to_left else x + space_width
        if chip.space:
            painter.setPen(muted)
            painter.drawText(QPointF(space_x, y), SPACE)
        painter.setFont(self._bold if bold else self._plain)
        painter.setPen(self._text_color(chip, state))
        painter.drawText(QPointF(text_x, y), chip.text)
        if chip.fraction:
            painter.setFont(self._small)
            painter.setPen(muted)
            painter.drawText(QPointF(x + text_width + space_width, y), chip.fraction)

    def _paint_caption(self, painter: QPainter, rect: QRectF, chip: Chip, state: ChipState) -> None:
        painter.setFont(self._small)
        painter.setPen(
            themes.current().color("mask_text") if chip.kind == "mask" else self._muted(state)
        )
        caption = chip.caption if state.caption is None else state.caption
        width = self._small_metrics.horizontalAdvance(caption)
        painter.drawText(
            QPointF(rect.center().x() - width / 2, rect.top() + self._caption_base), caption
        )

    def _text_color(self, chip: Chip, state: ChipState) -> QColor:
        if state.tint:
            return themes.current().text_on(tinted(state.tint, signed=state.is_signed))
        role = {"mask": "mask_text", "special": "muted", "cut": "muted"}.get(chip.kind, "text")
        return themes.current().color(role)

    def _muted(self, state: ChipState) -> QColor:
        if state.tint:  # muted text would be too faint
            return themes.current().text_on(tinted(state.tint, signed=state.is_signed))
        return themes.current().color("muted")

    def _outline(self, painter: QPainter, rect: QRectF, role: str, width: float) -> None:
        painter.setPen(QPen(themes.current().color(role), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, _RADIUS - 1, _RADIUS - 1)


def tinted(amount: float, *, signed: bool = False) -> QColor:
    """Return the colour of an amount from 0, the card's own colour, to 1 (or −1 if ``signed``)."""
    theme = themes.current()
    colours = theme.difference_map() if signed else theme.weight_map()
    share = (amount + 1) / 2 if signed else amount
    place = round(255 * min(max(share, 0.0), 1.0))
    red, green, blue, _ = colours[place].tolist()
    return QColor(red, green, blue)
