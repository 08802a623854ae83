"""What to say and draw about attention: shares, entropy, specials, thumbnails, rollout.

Attention here is always after softmax: float32, rows (query) sum to 1 over columns (key).
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.heads.rows import spread_bits
from roberta_gui.analysis.heads.words import to_words as to_words
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only

Specials = Literal["show", "hide", "renormalise"]
Reduce = Literal["max", "mean"]

LOG_FLOOR: Final = 1e-4
"""On the log scale, less attention than this is drawn as this much."""


def special_share(attention: FloatArray, is_special: Sequence[bool] | NDArray[np.bool_]) -> float:
    """Tell how much of a head's attention rests on the special tokens.

    For each token that is not special: the sum of its attention to all special tokens; then the
    mean over these tokens. Where every token is special (an empty sentence) the mean is over
    all of them.

    Parameters
    ----------
    attention
        float32 (query, key), rows sum to 1 over key.
    is_special
        bool (token,).

    Returns
    -------
    float
        Share of attention, 0 to 1; 0 where there is no token.

    Examples
    --------
    >>> import numpy as np
    >>> attention = np.float32([[1, 0, 0], [0.5, 0.25, 0.25], [0, 0, 1]])
    >>> special_share(attention, [True, False, True])
    0.75
    """
    special = np.asarray(is_special, dtype=bool)
    rows = attention if special.all() else attention[~special]
    shares = rows[:, special].sum(axis=1, dtype=np.float64)
    return float(shares.mean()) if shares.size else 0.0


def entropy_bits(attention: FloatArray) -> float:
    """Tell how widely a head spreads its attention: the mean entropy of its rows.

    Parameters
    ----------
    attention
        float32 (query, key), rows sum to 1 over key.

    Returns
    -------
    float
        Bits: 0 where each token looks at one other, log2 of the key count where it looks at
        all alike.

    Examples
    --------
    >>> import numpy as np
    >>> entropy_bits(np.float32([[1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]]))
    1.0
    """
    return float(spread_bits(attention).mean()) if len(attention) else 0.0


class ShownAttention(NamedTuple):
    """A matrix as it is drawn.

    Attributes
    ----------
    matrix
        float32 (kept query, kept key).
    kept
        int (kept,): which tokens the rows and columns are.
    """

    matrix: NDArray[np.float32]
    kept: NDArray[np.intp]


def show_specials(
    attention: FloatArray, is_special: Sequence[bool] | NDArray[np.bool_], mode: Specials
) -> ShownAttention:
    """Show or hide the special tokens of an attention matrix; ``special_share`` says how much.

    Parameters
    ----------
    attention
        float32 (query, key).
    is_special
        bool (token,).
    mode
        ``show``: everything. ``hide``: the rows and columns of special tokens are left out, the
        others keep their values. ``renormalise``: left out, and what is left of each row is
        scaled to sum to 1; a row with nothing left stays zero.

    Raises
    ------
    problems.BadArgument
        An unknown mode.

    Examples
    --------
    >>> import numpy as np
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

    Parameters
    ----------
    attention
        float32 (layer, head, query, key).
    size
        Largest edge of a picture in pixels. Shorter sentences keep one pixel a token.
    reduce
        ``max``: a pixel is the largest weight it stands for, so that one strong line is never
        lost. ``mean``: the mean of them.

    Returns
    -------
    float32 (layer, head, size', size')
        ``size'`` is the smaller of ``size`` and the token count. Each weight falls into exactly
        one pixel; where the count does not divide, pixels differ by one token.

    Raises
    ------
    problems.BadArgument
        ``size`` under 1, or an unknown reduction.

    Examples
    --------
    >>> import numpy as np
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
    """Follow attention down through the layers to the words at the bottom.

    Attention rollout (Abnar & Zuidema 2020, section 3): half of every layer's mean over its heads,
    half of the token itself (for the residual stream), rows renormalised, multiplied from the
    lowest layer upwards. A rough picture: it knows nothing of values, LayerNorms and feed-forward.

    Parameters
    ----------
    attention
        float32 (layer, head, query, key), rows sum to 1 over key.

    Returns
    -------
    float32 (layer, query, key)
        How much of each token of the embedding output is in each token after that layer;
        rows sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> attention = np.float32([[[[1, 0], [1, 0]]], [[[0, 1], [0, 1]]]])
    >>> rollout(attention).tolist()
    [[[1.0, 0.0], [0.5, 0.5]], [[0.75, 0.25], [0.5, 0.5]]]
    """
    return read_only(np.stack(list(rollout_steps(attention))))


def rollout_steps(attention: FloatArray) -> Iterator[NDArray[np.float32]]:
    """Do :func:`rollout` layer by layer, lowest first: each step yields float32 (query, key)."""
    rolled: NDArray[np.float32] | None = None
    for heads in attention:
        mixed = heads.mean(axis=0, dtype=np.float32)
        np.fill_diagonal(mixed, mixed.diagonal() + 1)
        mixed /= mixed.sum(axis=1, keepdims=True)
        rolled = mixed if rolled is None else mixed @ rolled
        yield read_only(rolled)
