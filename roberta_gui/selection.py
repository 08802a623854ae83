"""Selection: what is locked and hovered, kept inside the analysis and through edits (no Qt)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.records import Analysis, Token


@dataclass(frozen=True, slots=True)
class Selection:
    """What is locked by a click, and what the pointer is on; everything is counted from 0.

    ``layer`` 0 is the embedding output, ``l`` is what block ``l`` produces. The last of ``tokens``
    is *the* selected one; ``mask`` is the one whose guesses are listed, among the masks. A hovered
    head is ``(attention layer, head)``.
    """

    layer: int = 1
    head: int = 0
    tokens: tuple[int, ...] = ()
    mask: int = 0
    hovered_token: int | None = None
    hovered_head: tuple[int, int] | None = None

    @property
    def token(self) -> int | None:
        """The token that was locked last."""
        return self.tokens[-1] if self.tokens else None

    @property
    def attention_layer(self) -> int:
        """Index into ``attention``; the embedding output has none, so it shows the first."""
        return max(self.layer - 1, 0)

    @property
    def shown_head(self) -> tuple[int, int]:
        """The head to draw: a hovered one previews, else the locked one."""
        return self.hovered_head or (self.attention_layer, self.head)


NOTHING_SELECTED = Selection()


def clamped(selection: Selection, analysis: Analysis) -> Selection:
    """Bring every index into the analysis, never changing the analysis itself."""
    n_layers, n_heads, n_tokens, _ = analysis.attention.shape
    hovered, head = selection.hovered_token, selection.hovered_head
    if head is not None and not (0 <= head[0] < n_layers and 0 <= head[1] < n_heads):
        head = None
    return Selection(
        layer=min(max(selection.layer, 0), n_layers),
        head=min(max(selection.head, 0), n_heads - 1),
        tokens=tuple(t for t in selection.tokens if 0 <= t < n_tokens),
        mask=min(max(selection.mask, 0), max(len(analysis.fills) - 1, 0)),
        hovered_token=hovered if hovered is not None and 0 <= hovered < n_tokens else None,
        hovered_head=head,
    )


def carried_mask(mask: int, locked: tuple[int, ...], before: Analysis, after: Analysis) -> int:
    """Follow the listed mask through an edit, by its place; a locked token's mask goes first."""
    masks = [fill.token_index for fill in after.fills]
    if locked and locked[-1] in masks:
        return masks.index(locked[-1])
    if mask >= len(before.fills):
        return mask
    moved = carried((before.fills[mask].token_index,), before.tokens, after.tokens)
    return masks.index(moved[0]) if moved and moved[0] in masks else mask


def carried(
    selected: tuple[int, ...], before: tuple[Token, ...], after: tuple[Token, ...]
) -> tuple[int, ...]:
    """Follow locked tokens through an edit: what stands before and after the change stayed."""
    head, tail = _stayed(before, after)
    moved = (
        index
        if index < head
        else index + len(after) - len(before)
        if index >= len(before) - tail
        # A token that was changed in place (a word masked, a guess put in) stays selected.
        else index
        if len(before) == len(after)
        else None
        for index in selected
    )
    return tuple(index for index in moved if index is not None)


def carried_values(
    values: NDArray[np.float64], before: tuple[Token, ...], after: tuple[Token, ...]
) -> NDArray[np.float64]:
    """Follow one value a token, (token,), through an edit; nan where the text has changed."""
    head, tail = _stayed(before, after)
    moved = np.full(len(after), np.nan)
    moved[:head] = values[:head]
    if tail:
        moved[-tail:] = values[-tail:]
    return moved


def _stayed(before: tuple[Token, ...], after: tuple[Token, ...]) -> tuple[int, int]:
    """Count the tokens that stand before an edit, and those behind it."""
    old, new = [token.id for token in before], [token.id for token in after]
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    room = shorter - head
    tail = next((i for i in range(room) if old[-1 - i] != new[-1 - i]), room)
    return head, tail
