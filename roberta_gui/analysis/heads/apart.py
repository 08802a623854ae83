"""Which heads look elsewhere on the other side: attention over the tokens that both have."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.alignment import Alignment
from roberta_gui.records import FloatArray, read_only

_HEADS_AT_ONCE = 4
"""So many take 30 ms for 512 tokens on one core."""


@dataclass(frozen=True, slots=True, eq=False)
class Hiding:
    """Which tokens of A and of B are left out, bool (token,) each; the rest may be renormalised."""

    a: NDArray[np.bool_]
    b: NDArray[np.bool_]
    renormalise: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class AttentionApart:
    """How far every head's attention in two passes is apart; nan where no token has a partner."""

    # float32 (layer, head): total variation over the aligned keys, the mean of the aligned queries;
    # 0 (the same attention) to 1 (none of it in the same place)
    variation: FloatArray
    largest: FloatArray  # float32 (layer, head): the largest difference of a single weight, by size
    # float32 (side, layer, head): share of A's and of B's attention, the mean of the aligned
    # queries, that goes to tokens without a partner
    left_out: FloatArray
    # float32 (side, layer, head): the same of what goes to hidden special tokens, before anything
    # is renormalised
    hidden: FloatArray

    def strongest(self, n: int) -> tuple[tuple[int, int], ...]:
        """List the ``n`` heads, (layer, head) from 0, that tell the two apart most."""
        order = np.argsort(-self.variation, axis=None, kind="stable")[: max(n, 0)]
        places = np.unravel_index(order, self.variation.shape)
        return tuple((int(layer), int(head)) for layer, head in zip(*places, strict=True))


def attention_apart(
    a: Sequence[FloatArray],
    b: Sequence[FloatArray],
    alignment: Alignment,
    hiding: Hiding | None = None,
) -> Generator[None, None, AttentionApart]:
    """Compare all heads, a few of a layer a step.

    The total variation of a query is ½ Σ |A − B| over its aligned keys (Levin, Peres & Wilmer
    2009, "Markov Chains and Mixing Times", proposition 4.2). What goes to keys without a partner
    is left out, and told beside it, because it has no counterpart to be compared with.

    ``a`` are float32 (head, query, key) of each layer, ``b`` the same of the layers that these are
    held against; with ``hiding`` the ``alignment`` is without what is hidden.
    """
    shape = len(a), len(a[0])
    ats = alignment.pairs.T
    is_paired = len(ats[0]) > 0
    unknown = np.float32(0 if is_paired else np.nan)
    variation, largest = np.full((2, *shape), unknown)
    left_out, hidden = np.full((2, 2, *shape), unknown)
    for layer, head in np.ndindex(shape[0] * is_paired, -(-shape[1] // _HEADS_AT_ONCE)):
        heads = slice(head * _HEADS_AT_ONCE, (head + 1) * _HEADS_AT_ONCE)
        part, sides = (layer, heads), [a[layer][heads], b[layer][heads]]  # (head, query, key) each
        if hiding is not None:
            for side, special in enumerate((hiding.a, hiding.b)):
                to_special = sides[side][:, ats[side]][..., special]
                hidden[(side, *part)] = to_special.sum(axis=-1).mean(axis=-1)
                if hiding.renormalise:
                    sides[side] = renormalised(sides[side], special)
        paired = [side[:, at[:, None], at] for side, at in zip(sides, ats, strict=True)]
        apart = np.abs(paired[0] - paired[1])  # (head, query, key)
        variation[part] = apart.sum(axis=-1).mean(axis=-1) / 2
        largest[part] = apart.max(axis=(-2, -1))
        for side, weights in enumerate(paired):
            held = weights.sum(axis=-1).mean(axis=-1)  # (head,)
            if hiding is not None and not hiding.renormalise:
                held = held + hidden[(side, *part)]
            left_out[(side, *part)] = np.maximum(1 - held, 0)
        yield
    found = (variation, largest, left_out, hidden)
    return AttentionApart(*map(read_only, found))


def renormalised(weights: FloatArray, special: NDArray[np.bool_]) -> FloatArray:
    """Take the weights, (..., query, key), to special tokens away, and scale rows to sum to 1.

    A row with nothing left stays zero.
    """
    left = np.where(special, np.float32(0), weights)
    sums = left.sum(axis=-1, keepdims=True, dtype=np.float64)
    scaled: FloatArray = (left / np.where(sums > 0, sums, 1)).astype(np.float32)
    return scaled
