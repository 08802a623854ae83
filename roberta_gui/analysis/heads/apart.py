"""Which heads look elsewhere in another sentence: attention over the tokens that both have."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from roberta_gui.analysis.sentences.alignment import Alignment, difference
from roberta_gui.records import FloatArray, read_only

_HEADS_AT_ONCE = 4
"""So many take 30 ms for 512 tokens on one core."""


@dataclass(frozen=True, slots=True, eq=False)
class AttentionApart:
    """How far every head's attention in two sentences is apart.

    Attributes
    ----------
    variation
        float32 (layer, head): total variation over the aligned keys, the mean of the aligned
        queries; 0 (the same attention) to 1 (none of it in the same place).
    largest
        float32 (layer, head): the largest difference of a single weight, by size.
    left_out
        float32 (side, layer, head): share of A's and of B's attention, the mean of the aligned
        queries, that goes to tokens without a partner.
    """

    variation: FloatArray
    largest: FloatArray
    left_out: FloatArray

    def strongest(self, n: int) -> tuple[tuple[int, int], ...]:
        """List the ``n`` heads, (layer, head) from 0, that tell the two apart most."""
        order = np.argsort(-self.variation, axis=None, kind="stable")[: max(n, 0)]
        places = np.unravel_index(order, self.variation.shape)
        return tuple((int(layer), int(head)) for layer, head in zip(*places, strict=True))


def attention_apart(
    a: FloatArray, b: FloatArray, alignment: Alignment
) -> Generator[None, None, AttentionApart]:
    """Compare all heads, a few of a layer a step.

    The total variation of a query is ½ Σ |A − B| over its aligned keys (Levin, Peres & Wilmer
    2009, "Markov Chains and Mixing Times", proposition 4.2). What goes to keys without a partner
    is left out, and told beside it, because it has no counterpart to be compared with.

    Parameters
    ----------
    a, b
        float32 (layer, head, query, key), after softmax.

    Raises
    ------
    problems.BadArgument
        The two have not the same layers and heads.

    Examples
    --------
    >>> a, b = np.float32([[[[1, 0], [0, 1]]]]), np.float32([[[[0.5, 0.5], [0, 1]]]])
    >>> steps = attention_apart(a, b, Alignment(((0, 0), (1, 1))))
    >>> next(steps)
    >>> try:
    ...     next(steps)
    ... except StopIteration as end:
    ...     print(end.value.variation.tolist(), end.value.largest.tolist())
    [[0.25]] [[0.5]]
    """
    shape = a.shape[:2]
    variation, largest = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    left_out = np.zeros((2, *shape), np.float32)
    at_a, at_b = alignment.pairs.T
    for layer, head in np.ndindex(shape[0], -(-shape[1] // _HEADS_AT_ONCE)):
        part = layer, slice(head * _HEADS_AT_ONCE, (head + 1) * _HEADS_AT_ONCE)
        apart = np.abs(difference(a[part], b[part], alignment))  # (head, query, key)
        if len(at_a):
            variation[part] = apart.sum(axis=-1).mean(axis=-1) / 2
            largest[part] = apart.max(axis=(-2, -1))
            for side, (weights, at) in enumerate(((a[part], at_a), (b[part], at_b))):
                held = weights[:, at[:, None], at].sum(axis=-1).mean(axis=-1)  # (head,)
                left_out[(side, *part)] = np.maximum(1 - held, 0)
        yield
    return AttentionApart(read_only(variation), read_only(largest), read_only(left_out))
