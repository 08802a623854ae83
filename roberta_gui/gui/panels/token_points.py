"""How tokens are marked wherever they are points: the same colour in every panel."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QColor

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import describe_partner
from roberta_gui.findings.notation.names import token_name
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.charts.dots import faded
from roberta_gui.gui.widgets.charts.scatter import Point
from roberta_gui.records import Token

TINTED_FROM: Final = 20
"""From so many words on colours cannot tell them apart: then they tell places in the sentence."""

_HUES: Final = (0, 1, 2, 3, 5)
"""Categorical colours of words; the orange one is too near to that of masks."""


def are_tinted(tokens: Sequence[Token]) -> bool:
    """Whether colours tell places in the sentence instead of telling words apart."""
    return sum(_is_word(token) for token in tokens) >= TINTED_FROM


def points_of(tokens: Sequence[Token], comparison: Comparison | None = None) -> list[Point]:
    """Say how a sentence's tokens are drawn: masks amber squares, specials muted.

    The others have colours that repeat only after fifteen words, or in longer sentences a tint
    by their place. Tips tell of the partners in B.
    """
    theme = themes.current()
    tinted, n_words = are_tinted(tokens), 0
    points = []
    for token in tokens:
        if token.is_mask:
            color = theme.color("mask")
        elif token.is_special:
            color = theme.color("muted")
        elif tinted:
            color = QColor(*theme.place_map()[round(255 * token.index / (len(tokens) - 1))])
        else:
            color = _word_color(n_words)
            n_words += 1
        name = token_name(token)
        tip = f"{name}\ntoken {token.index + 1}, id {token.id}"
        if comparison is not None and not comparison.has_same_tokens:
            tip += f"\n{describe_partner(comparison, token.index)}"
        points.append(Point(name, color, tip, matters=token.is_mask))
    return points


def tint_words() -> str:
    """Explain the tint where its scale is not drawn."""
    first, last = themes.current().places
    return f"Colours tell the place in the sentence, from {first} to {last}."


def _is_word(token: Token) -> bool:
    return not (token.is_mask or token.is_special)


def _word_color(nth: int) -> QColor:
    """Give every hue once, then a darker and a paler shade of each, and begin again."""
    theme = themes.current()
    round_, hue = divmod(nth, len(_HUES))
    color = theme.categorical(_HUES[hue])
    toward = (None, "text", "card")[round_ % 3]
    return color if toward is None else faded(color, theme.color(toward), theme.shade)
