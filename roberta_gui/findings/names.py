"""How tokens are named in labels, lists and tables: one way, everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from roberta_gui.findings.glyphs import SPACE, visible
from roberta_gui.records import Token


def layer_name(layer: int) -> str:
    """Name a hidden-state layer on an axis: 0 is the embedding output."""
    return str(layer) if layer else "emb"


def the_layer(layer: int) -> str:
    """Name a hidden-state layer in the middle of a sentence."""
    return f"layer {layer}" if layer else "the embeddings"


def the_layer_first(layer: int) -> str:
    """Name a hidden-state layer where a sentence begins."""
    return f"Layer {layer}" if layer else "The embeddings"


def array_index(name: str, *index: int | str) -> str:
    """Write where in an array something is: the only place where tips count from 0.

    Examples
    --------
    >>> array_index("attention", 4, 2)
    'array index: attention[4, 2]'
    """
    return f"array index: {name}[{', '.join(map(str, index))}]"


LabelKind: TypeAlias = Literal["plain", "special", "mask"]


@dataclass(frozen=True)
class AxisLabel:
    """A token's name on both axes, how it is drawn, and which token it is.

    ``index`` is the token's place in the sentence, which is not the row's where some tokens are
    hidden; -1 is the row's own number. ``last`` is the place of the last of several tokens that
    share one name, as the pieces of a word do; -1 where there is one only.
    """

    text: str
    kind: LabelKind = "plain"
    index: int = field(default=-1, kw_only=True)
    last: int = field(default=-1, kw_only=True)

    def places(self, row: int, start: int = 1) -> str:
        """Write which tokens it stands for, counted from ``start``; ``row`` is its own place."""
        first = (row if self.index < 0 else self.index) + start
        last = self.last + start
        return f"{first}–{last}" if last > first else str(first)


def spaced_word(text: str, leading_space: bool) -> str:
    """Write a word with its leading space made visible."""
    return (SPACE if leading_space else "") + visible(text)


def token_name(token: Token) -> str:
    """Write a token as a person can read it."""
    if token.is_special or token.is_mask:
        return token.text
    return spaced_word(token.text, token.leading_space)


def ordinary(tokens: Sequence[Token], among: Sequence[bool] | None = None) -> list[int]:
    """Return the tokens (``among`` some) that the template did not add, or all if it added all."""
    known = [t for t in tokens if among is None or among[t.index]]
    return [t.index for t in known if not t.is_special] or [t.index for t in known]


def axis_label(token: Token) -> AxisLabel:
    """Name a token on the axes of a heatmap."""
    name = token_name(token)
    if token.is_mask:
        return AxisLabel(name, "mask", index=token.index)
    return AxisLabel(name, "special" if token.is_special else "plain", index=token.index)
