"""The chip of each token: what it shows, how it is drawn, and where it flows in rows like words."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QFontMetricsF, QPainter, QPen

from roberta_gui.findings.notation.glyphs import SPACE, character_groups, is_right_to_left, visible
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.colours.raster import ramp_of
from roberta_gui.gui.widgets.painting.drawing import letters, outline, saved, write
from roberta_gui.records import Token
from roberta_gui.wording import counted

Kind: TypeAlias = Literal["plain", "special", "control", "mask", "cut"]

_LONGEST = 200  # characters beyond this are cut before measuring; pixels decide below it
_RADIUS: Final = 6.0
_TOP = 3  # pixels above the text


@dataclass(frozen=True, slots=True)
class Chip:
    """One chip, ready to be drawn.

    ``space`` is the glyph of a leading space, ``fraction`` which piece of its character the token
    is, as in ``1/2``, ``caption`` the small line below. A chip may share its outline with the one
    before it (``joined``) and the one after (``continued``); ``width`` is in pixels.
    """

    text: str
    space: bool
    right_to_left: bool
    fraction: str
    caption: str
    kind: Kind
    joined: bool
    continued: bool
    width: int


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

    @property
    def ground(self) -> QColor:
        """The colour of the tint."""
        return tinted(self.tint, signed=self.is_signed)


class ChipPainter:
    """Measures and draws chips in the fonts of one theme, remembering how wide texts are."""

    def __init__(self) -> None:
        theme = themes.current()
        self._plain = theme.font("control")
        self._bold = theme.font("control", bold=True)
        self._small = theme.font("small_number")
        plain, small = QFontMetricsF(self._plain), QFontMetricsF(self._small)
        self._plain_metrics, self._bold_metrics = plain, QFontMetricsF(self._bold)
        self._small_metrics = small
        self._text_base = _TOP + plain.ascent()
        self._caption_base = _TOP + plain.height() + small.ascent() - 1
        self.height = round(_TOP + plain.height() + small.height() + 2)
        self.caption_height = QFontMetrics(self._small).height()
        # Chips begin and end at whole pixels.
        self._plain_advance = _remembering(QFontMetrics(self._plain))
        self._bold_advance = _remembering(QFontMetrics(self._bold))
        self._small_advance = _remembering(QFontMetrics(self._small))
        self._padding, self._widest = theme.pixels(7), theme.pixels(230)
        self._narrowest = theme.pixels(24)

    # --- measuring

    def chips(self, tokens: Sequence[Token], dropped: int, caption: str = "") -> list[Chip]:
        """Make a chip for each token, and one that says how many were cut off.

        Each has room for ``caption`` in place of its own.
        """
        least = self._small_advance(caption)
        parts = character_groups(tokens)
        chips = [self._chip(token, part, least) for token, part in zip(tokens, parts, strict=True)]
        if dropped:
            text = f"… {counted(dropped, 'token')} cut"
            chips.append(self._sized(text, "", "cut", (1, 1), False, 0))
        return chips

    def _chip(self, token: Token, part: tuple[int, int], least: int) -> Chip:
        kind: Kind = "plain"
        if token.is_mask:
            kind = "mask"
        elif token.is_special:
            kind = "special"
        elif token.is_control:
            kind = "control"
        # A mask swallows the blanks before it; its own text is all there is to see.
        space = token.leading_space and kind != "mask"
        return self._sized(visible(token.text[:_LONGEST]), f"{token.id}", kind, part, space, least)

    def _sized(
        self, text: str, caption: str, kind: Kind, part: tuple[int, int], space: bool, least: int
    ) -> Chip:
        number, count = part
        advance = self._bold_advance if kind == "mask" else self._plain_advance
        width = advance(text)
        if width > self._widest:
            metrics = QFontMetrics(self._bold if kind == "mask" else self._plain)
            text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, self._widest)
            width = advance(text)
        fraction = f" {number}/{count}" if count > 1 else ""
        width += space * self._plain_advance(SPACE) + self._small_advance(fraction)
        width = max(width, self._small_advance(caption), least)
        width = max(width + 2 * self._padding, self._narrowest)
        joined, continued = number > 1, number < count
        right_to_left = is_right_to_left(text)
        return Chip(text, space, right_to_left, fraction, caption, kind, joined, continued, width)

    # --- drawing

    def paint_none(self, painter: QPainter, rect: QRect) -> None:
        """Say that there are no chips."""
        letters(painter, "small", "muted")
        write(painter, QRectF(rect), "No tokens yet")

    def paint(self, painter: QPainter, rect: QRectF, chip: Chip, state: ChipState) -> None:
        """Draw ``chip`` into ``rect``, which is as wide as the chip says."""
        if chip.kind != "plain" and state.tint:
            state = replace(state, tint=0.0)  # their colours say already what they are
        self._paint_ground(painter, rect, chip, state)
        self._paint_text(painter, rect, chip, state)
        self._paint_caption(painter, rect, chip, state)
        if state.selected:
            if state.tint:  # the accent alone would drown in a strong tint
                outline(painter, rect.adjusted(2.5, 2.5, -2.5, -2.5), "card", 1.5, _RADIUS - 1)
            outline(painter, rect.adjusted(1, 1, -1, -1), "accent", 2.0, _RADIUS - 1)
        elif state.hovered:
            outline(painter, rect.adjusted(0.75, 0.75, -0.75, -0.75), "hover", 1.5, _RADIUS - 1)

    def _paint_ground(self, painter: QPainter, rect: QRectF, chip: Chip, state: ChipState) -> None:
        theme = themes.current()
        line = {"mask": "mask", "control": "danger"}.get(chip.kind, "line")
        pen = QPen(theme.color(line), 1.0)
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
                painter.setBrush(QBrush(theme.color("muted", 0.4), Qt.BrushStyle.BDiagPattern))
                painter.drawRoundedRect(shape, _RADIUS, _RADIUS)
            if chip.joined:
                painter.setPen(QPen(theme.color("muted"), 1.0, Qt.PenStyle.DotLine))
                top = rect.topLeft() + QPointF(0.5, 5)
                painter.drawLine(top, top + QPointF(0, rect.height() - 10))

    def _ground(self, chip: Chip, state: ChipState) -> QColor:
        if state.tint:
            return state.ground
        plain = "accent_soft" if state.selected else "card"
        roles = {"mask": "mask_soft", "control": "danger_soft"}
        return themes.current().color(roles.get(chip.kind, plain))

    def _paint_text(self, painter: QPainter, rect: QRectF, chip: Chip, state: ChipState) -> None:
        """Draw space glyph, text and fraction as one centred line."""
        bold = chip.kind == "mask"
        metrics = self._bold_metrics if bold else self._plain_metrics
        text_width = metrics.horizontalAdvance(chip.text)
        space_width = self._plain_metrics.horizontalAdvance(SPACE) * chip.space
        fraction_width = self._small_metrics.horizontalAdvance(chip.fraction)
        x = rect.center().x() - (text_width + space_width + fraction_width) / 2
        y = rect.top() + self._text_base
        muted = self._ink(state, "muted")
        # A right-to-left word begins at its right end, and so does the space before it.
        space_x = x + text_width if chip.right_to_left else x
        text_x = x if chip.right_to_left else x + space_width
        if chip.space:
            painter.setFont(self._plain)
            painter.setPen(muted)
            painter.drawText(QPointF(space_x, y), SPACE)
        painter.setFont(self._bold if bold else self._plain)
        roles = {"mask": "mask_text", "special": "muted", "cut": "muted"}
        painter.setPen(self._ink(state, roles.get(chip.kind, "text")))
        painter.drawText(QPointF(text_x, y), chip.text)
        if chip.fraction:
            painter.setFont(self._small)
            painter.setPen(muted)
            painter.drawText(QPointF(x + text_width + space_width, y), chip.fraction)

    def _paint_caption(self, painter: QPainter, rect: QRectF, chip: Chip, state: ChipState) -> None:
        painter.setFont(self._small)
        painter.setPen(self._ink(state, "mask_text" if chip.kind == "mask" else "muted"))
        caption = chip.caption if state.caption is None else state.caption
        x = rect.center().x() - self._small_metrics.horizontalAdvance(caption) / 2
        painter.drawText(QPointF(x, rect.top() + self._caption_base), caption)

    def _ink(self, state: ChipState, role: str) -> QColor:
        """Return the colour of a role, or what can be read on a tint: muted text would be faint."""
        theme = themes.current()
        return theme.text_on(state.ground) if state.tint else theme.color(role)


def _remembering(metrics: QFontMetrics) -> Callable[[str], int]:
    # Not the method itself, whose signature lru_cache would ask for: PySide takes 30 ms to tell it.
    return lru_cache(maxsize=4096)(lambda text: metrics.horizontalAdvance(text))


def tinted(amount: float, *, signed: bool = False) -> QColor:
    """Return the colour of an amount from 0, the card's own colour, to 1 (or −1 if ``signed``)."""
    share = (amount + 1) / 2 if signed else amount
    place = round(255 * min(max(share, 0.0), 1.0))
    red, green, blue, _ = ramp_of(signed=signed)[place].tolist()
    return QColor(red, green, blue)


@dataclass(frozen=True)
class Flow:
    """Chips in rows.

    ``rows`` is the first chip of each row, and one more entry ends the last; ``left`` and
    ``widths`` are of each chip, in pixels.
    """

    rows: tuple[int, ...] = (0,)
    left: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.rows) - 1

    def row_of(self, chip: int) -> int:
        """Return the row that a chip is in."""
        return bisect_right(self.rows, chip) - 1

    def chips_of(self, row: int) -> range:
        """Return the chips of a row; none for a row that there is not."""
        if not 0 <= row < self.n_rows:
            return range(0)
        return range(self.rows[row], self.rows[row + 1])

    def chip_at(self, row: int, x: float) -> int | None:
        """Return the chip of ``row`` that covers ``x``."""
        chips = self.chips_of(row)
        nth = bisect_right(self.left, x, chips.start, chips.stop) - 1
        if nth in chips and x < self.left[nth] + self.widths[nth]:
            return nth
        return None

    def across(self, chip: int, rows: int) -> int:
        """Return the nearest chip so many rows below another; itself where there is no such row."""
        middle = self.left[chip] + self.widths[chip] / 2
        return min(
            self.chips_of(self.row_of(chip) + rows),
            key=lambda other: abs(self.left[other] + self.widths[other] / 2 - middle),
            default=chip,
        )


def flow(widths: Sequence[int], joined: Sequence[bool], available: int, gap: int) -> Flow:
    """Lay chips into rows of ``available`` pixels, ``gap`` between those that are not joined.

    A joined chip hangs on the one before it, in the same row where that fits; one that is wider
    than a row has one to itself.
    """
    starts = [nth for nth, hangs in enumerate(joined) if not hangs or nth == 0]
    rows, left = [0], [0] * len(widths)
    x = 0
    for first, end in pairwise([*starts, len(widths)]):
        together = sum(widths[first:end])
        if x and x + together > available:
            rows.append(first)
            x = 0
        for chip in range(first, end):
            if x and chip > first and x + widths[chip] > available:
                rows.append(chip)  # even a group breaks if it is wider than a row
                x = 0
            left[chip] = x
            x += widths[chip]
        x += gap
    if widths:
        rows.append(len(widths))
    return Flow(tuple(rows), tuple(left), tuple(widths))
