"""What the chip of each token shows and how wide it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from roberta_gui.findings.glyphs import (
    SPACE,
    character_groups,
    describe,
    is_right_to_left,
    visible,
)
from roberta_gui.findings.names import token_name
from roberta_gui.gui.look import theme as themes
from roberta_gui.records import Token

Kind: TypeAlias = Literal["plain", "special", "control", "mask", "cut"]

_LONGEST = 200
"""Characters beyond this are cut before measuring; pixels decide below it."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One chip, ready to be drawn.

    Attributes
    ----------
    text
        Readable text, short enough for the chip.
    space
        Whether the glyph of a leading space stands before it.
    fraction
        Which piece of its character the token is, as in ``1/2``; mostly empty.
    caption
        The small line below: the id.
    joined, continued
        Whether it shares its outline with the chip before it, and with the one after.
    width
        In pixels.
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


class ChipMaker:
    """Makes chips in the fonts of one theme, remembering how wide texts are."""

    def __init__(self) -> None:
        theme = themes.current()
        self.padding = theme.pixels(7)
        self._widest = theme.pixels(230)
        self._narrowest = theme.pixels(24)
        self._plain = QFontMetrics(theme.font("control"))
        self._bold = QFontMetrics(theme.font("control", bold=True))
        self._small = QFontMetrics(theme.font("small_number"))
        self._advance = _remembering(self._plain)
        self._bold_advance = _remembering(self._bold)
        self._small_advance = _remembering(self._small)
        self.space_width = self._advance(SPACE)
        self.caption_height = self._small.height()

    def chips(self, tokens: Sequence[Token], dropped: int, caption: str = "") -> list[Chip]:
        """Make a chip for each token, and one that says how many were cut off.

        Each has room for ``caption`` in place of its own.
        """
        least = self._small_advance(caption)
        parts = character_groups(tokens)
        chips = [self._chip(token, part, least) for token, part in zip(tokens, parts, strict=True)]
        if dropped:
            text = f"… {dropped:,} token{'s' * (dropped > 1)} cut"
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
        metrics, advance = (
            (self._bold, self._bold_advance) if kind == "mask" else (self._plain, self._advance)
        )
        width = advance(text)
        if width > self._widest:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, self._widest)
            width = advance(text)
        fraction = f" {number}/{count}" if count > 1 else ""
        width += space * self.space_width + self._small_advance(fraction)
        width = max(width, self._small_advance(caption), least)
        return Chip(
            text,
            space,
            is_right_to_left(text),
            fraction,
            caption,
            kind,
            joined=number > 1,
            continued=number < count,
            width=max(width + 2 * self.padding, self._narrowest),
        )


def _remembering(metrics: QFontMetrics) -> Callable[[str], int]:
    # Not the method itself, whose signature lru_cache would ask for: PySide takes 30 ms to tell it.
    return lru_cache(maxsize=4096)(lambda text: metrics.horizontalAdvance(text))


def token_tip(tokens: Sequence[Token], index: int, notes: Sequence[str]) -> str:
    """Explain a token, line by line, with what its tint and hatching mean."""
    explained = describe(tokens[index], len(tokens), character_groups(tokens)[index])
    return "\n".join([explained, *notes])


def say_token(tokens: Sequence[Token], index: int, notes: Sequence[str]) -> str:
    """Say for a screen reader which token it is and what its notes tell, else its id."""
    told = notes or [f"id {tokens[index].id}"]
    place = f"token {index + 1} of {len(tokens)}"
    return ", ".join([place, token_name(tokens[index]), *"\n".join(told).splitlines()])
