"""What to say and draw about attention: shares, entropy, strong lines, specials, rollout.

Attention here is always after softmax: float32, rows (query) sum to 1 over columns (key).
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.heads.words import to_words as to_words
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only

Specials = Literal["show", "hide", "renormalise"]
Reduce = Literal["max", "mean"]

LOG_FLOOR: Final = 1e-4
"""On the log scale, less attention than this is drawn as this much."""

_ROUNDING = 1e-6
"""Relative: five weights of a fifth hold four fifths after the fourth, whatever float32 says."""


def special_share(attention: FloatArray, is_special: Sequence[bool] | NDArray[np.bool_]) -> float:
    """Tell how much of a head's attention, (query, key), rests on the special tokens, 0 to 1.

    For each token that is not special: the sum of its attention to all special tokens; then the
    mean over these tokens. Where every token is special (an empty sentence) the mean is over
    all of them; it is 0 where there is no token.

    >>> attention = np.float32([[1, 0, 0], [0.5, 0.25, 0.25], [0, 0, 1]])
    >>> special_share(attention, [True, False, True])
    0.75
    """
    special = np.asarray(is_special, dtype=bool)
    rows = attention if special.all() else attention[~special]
    shares = rows[:, special].sum(axis=1, dtype=np.float64)
    return float(shares.mean()) if shares.size else 0.0


def entropy_bits(attention: FloatArray) -> float:
    """Tell how widely a head spreads its attention, (query, key): the mean of `spread_bits`.

    >>> entropy_bits(np.float32([[1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]]))
    1.0
    """
    return float(spread_bits(attention).mean()) if len(attention) else 0.0


def spread_bits(attention: FloatArray) -> NDArray[np.float64]:
    """Tell how widely each token looks: the entropy of its row of (query, key).

    In bits, float64 (query,): 0 where a token looks at one other, log2 of the key count where it
    looks at all alike.

    >>> spread_bits(np.float32([[1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]])).tolist()
    [0.0, 2.0]
    """
    weights = attention.astype(np.float64)
    logarithms = np.log2(weights, out=np.zeros_like(weights), where=weights > 0)
    # abs: a token that looks at one other only has 0 bits, not -0.0.
    return read_only(np.abs((weights * logarithms).sum(axis=1)))


def strongest_lines(matrix: FloatArray, mass: float) -> NDArray[np.bool_]:
    """Choose the fewest weights of each row of (query, key) that together hold ``mass`` of it.

    A share of the row is a better threshold than a weight (exBERT, Hoover et al. 2020): a head
    that looks widely keeps its many thin lines, a sharp one loses its noise. Of values with a sign
    their sizes count. Weights as strong as the weakest chosen one are chosen too, zeros never:
    bool (query, key). Raises `problems.BadArgument` where ``mass`` is not over 0 and up to 1.

    >>> strongest_lines(np.float32([[0.5, 0.3, 0.2], [0, 0, -1]]), 0.8).tolist()
    [[True, True, False], [False, False, True]]
    """
    if not 0 < mass <= 1:
        raise BadArgument(f"No share of a row: {mass!r}.", "It must be over 0 and up to 1.")
    sizes = np.abs(matrix)
    if not sizes.size:
        return read_only(np.zeros(sizes.shape, dtype=bool))
    ordered = -np.sort(-sizes, axis=1)
    sums = np.cumsum(ordered, axis=1, dtype=np.float64)
    # So many are not enough; with the next one the row holds its share.
    before = (sums < sums[:, -1:] * (mass * (1 - _ROUNDING))).sum(axis=1, keepdims=True)
    weakest = np.take_along_axis(ordered, before, axis=1)
    return read_only((sizes >= weakest) & (sizes > 0))


class ShownAttention(NamedTuple):
    """A matrix as it is drawn, float32 (kept query, kept key), and which tokens were kept."""

    matrix: NDArray[np.float32]
    kept: NDArray[np.intp]


def show_specials(
    attention: FloatArray, is_special: Sequence[bool] | NDArray[np.bool_], mode: Specials
) -> ShownAttention:
    """Show or hide the special tokens of (query, key); ``special_share`` says how much they get.

    With ``hide`` their rows and columns are left out and the others keep their values; with
    ``renormalise`` what is left of each row is then scaled to sum to 1, and a row with nothing left
    stays zero. Raises `problems.BadArgument` for an unknown mode.

    >>> attention = np.float32([[1, 0, 0], [0.5, 0.125, 0.375], [0.5, 0.25, 0.25]])
    >>> matrix, kept = show_specials(attention, [True, False, False], "renormalise")
    >>> matrix.tolist(), kept.tolist()
    ([[0.25, 0.75], [0.5, 0.5]], [1, 2])
    """
    if mode not in get_args(Specials):
        raise BadArgument(
            f"Special tokens cannot be shown as {mode!r}.",
            f"One of {', '.join(get_args(Specials))}.",
        )
    special = np.asarray(is_special, dtype=bool)
    kept = np.arange(len(special)) if mode == "show" else np.flatnonzero(~special)
    matrix = attention[np.ix_(kept, kept)].astype(np.float32)
    if mode == "renormalise":
        left = matrix.sum(axis=1, dtype=np.float64)
        matrix /= np.where(left > 0, left, 1).astype(np.float32)[:, np.newaxis]
    return ShownAttention(read_only(matrix), read_only(kept))


def thumbnails(attention: FloatArray, size: int, reduce: Reduce = "max") -> NDArray[np.float32]:
    """Shrink every head's matrix to a small picture, all heads of all layers at once.

    From (layer, head, query, key) to (layer, head, size', size'), where ``size'`` is the smaller of
    ``size`` pixels and the token count. Each weight falls into exactly one pixel; where the count
    does not divide, pixels differ by one token. A pixel is the largest weight that it stands for
    (``max``), so that one strong line is never lost, or the mean of them (``mean``). Raises
    `problems.BadArgument` for a ``size`` under 1 or an unknown reduction.

    >>> attention = np.zeros((1, 1, 4, 4), dtype=np.float32)
    >>> attention[0, 0, 3, 1] = 0.5
    >>> thumbnails(attention, 2).tolist()
    [[[[0.0, 0.0], [0.5, 0.0]]]]
    """
    if size < 1 or reduce not in get_args(Reduce):
        raise BadArgument(
            f"No thumbnails of {size} pixels reduced by {reduce!r}.",
            f"Give at least 1 pixel, and one of {', '.join(get_args(Reduce))}.",
        )
    n_heads, n_tokens = attention.shape[1:3]
    n_pixels = min(size, n_tokens)
    edges = np.arange(n_pixels + 1) * n_tokens // max(n_pixels, 1)
    pool = np.maximum if reduce == "max" else np.add
    # A mean is a sum of sums, divided once by the weights in each pixel.
    counts = np.diff(edges).astype(np.float32)
    cells = np.outer(counts, counts) if reduce == "mean" else np.float32(1)
    small = np.empty((*attention.shape[:2], n_pixels, n_pixels), np.float32)
    rows = np.empty((n_heads, n_pixels, n_tokens), np.float32)
    for layer, picture in zip(attention, small, strict=True):
        # Slice by slice: three times as fast as reduceat, which is only good along the last axis.
        for pixel, (start, end) in enumerate(itertools.pairwise(edges)):
            pool.reduce(layer[:, start:end], axis=1, out=rows[:, pixel])
        pool.reduceat(rows, edges[:-1], axis=2, out=picture)
    small /= cells
    return read_only(small)


def rollout(attention: FloatArray) -> NDArray[np.float32]:
    """Follow attention, (layer, head, query, key), down to the words: (layer, query, key).

    Attention rollout (Abnar & Zuidema 2020, section 3): half of every layer's mean over its heads,
    half of the token itself (for the residual stream), rows renormalised, multiplied from the
    lowest layer upwards. It says how much of each token of the embedding output is in each token
    after a layer; rows sum to 1. A rough picture: it knows nothing of values, LayerNorms and
    feed-forward.

    >>> attention = np.float32([[[[1, 0], [1, 0]]], [[[0, 1], [0, 1]]]])
    >>> rollout(attention).tolist()
    [[[1.0, 0.0], [0.5, 0.5]], [[0.75, 0.25], [0.5, 0.5]]]
    """
    return read_only(np.stack(list(rollout_steps(attention))))


def rollout_steps(attention: FloatArray) -> Iterator[NDArray[np.float32]]:
    """Do `rollout` layer by layer, lowest first: each step yields float32 (query, key)."""
    rolled: NDArray[np.float32] | None = None
    for heads in attention:
        mixed = heads.mean(axis=0, dtype=np.float32)
        np.fill_diagonal(mixed, mixed.diagonal() + 1)
        mixed /= mixed.sum(axis=1, keepdims=True)
        rolled = mixed if rolled is None else mixed @ rolled
        yield read_only(rolled)
