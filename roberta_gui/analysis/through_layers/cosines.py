"""Cosines of one layer's hidden states, and what single features add to them.

Everything here takes states that are prepared already (see :mod:`roberta_gui.analysis.axes.modes`):
in raw states a few large features can make all cosines alike. A state of length zero has no
direction; its cosines count as 0. scikit-learn's ``cosine_similarity`` would do, but loading it
takes a second, in which no keystroke is answered.
"""

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.similarity import unit
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only

Float64Array = NDArray[np.float64]


def with_itself(states: FloatArray, others: FloatArray) -> Float64Array:
    """Compare each token with itself elsewhere: in another layer, or in another pass.

    ``states``, ``others``: float (token, feature). Returns float64 (token,): cosines, -1 to 1.
    """
    return read_only(_rowwise(directions(states), directions(others)))


def between_tokens(states: FloatArray) -> Float64Array:
    """Compare all tokens with each other: float64 (token, token), -1 to 1, symmetric."""
    rows = directions(states)
    return read_only((rows @ rows.T).clip(-1, 1))


def with_others(states: FloatArray) -> Float64Array:
    """Compare each token with all other tokens, on average.

    Returns float64 (token,): mean cosine with the other tokens, the token itself left out; nan
    where it is alone.
    """
    if len(states) < 2:
        return read_only(np.full(len(states), np.nan))
    rows = directions(states)
    return read_only((rows @ rows.sum(axis=0) - _rowwise(rows, rows)) / (len(rows) - 1))


def mean_of_pairs(states: FloatArray) -> float:
    """Give the mean cosine of all distinct pairs of tokens.

    Of one token from each of many sentences that is the anisotropy: where all states share a
    direction, unrelated tokens have a high cosine, and a cosine of two tokens says something only
    in so far as it is above this (Ethayarajh 2019, "How Contextual are Contextualized Word
    Representations?", section 3.3). Over *all* pairs, which costs no more than a sum of unit
    vectors, where the paper draws pairs.

    ``states``: float (token, feature); of fewer than two tokens the mean is nan.
    """
    return float(cosine_shares(states).sum())


def self_similarity(states: FloatArray, words: NDArray[np.integer]) -> Float64Array:
    """Compare each word with itself in other contexts (Ethayarajh 2019, definition 1).

    ``states``: float (occurrence, feature). ``words``: int (occurrence,): which word it is, counted
    from 0. Returns float64 (word,): mean cosine of the word's distinct pairs of occurrences; nan
    for fewer than two of them. Minus the mean of unrelated pairs it is the paper's measure adjusted
    for anisotropy. Raises `problems.BadArgument`: not one word for each occurrence.
    """
    if words.shape != states.shape[:1]:
        raise BadArgument(
            f"{len(words)} words do not name {len(states)} occurrences.",
            "Give one word number for each.",
        )
    n_words = int(words.max(initial=-1)) + 1
    return read_only(np.array([mean_of_pairs(states[words == word]) for word in range(n_words)]))


def cosine_shares(states: FloatArray) -> Float64Array:
    """Split the mean cosine of all pairs of tokens into what each feature adds to it.

    The cosine of two states is a sum over features of the products of their unit vectors, so
    its mean over all distinct pairs is a sum over features too (Timkey & van Schijndel 2021,
    "All Bark and No Bite: Rogue Dimensions in Transformer Language Models Obscure
    Representational Quality", section 3.1; their share is this divided by the mean cosine). In
    RoBERTa-like models one to three features of several hundred can make up most of it.

    Returns float64 (feature,): sums over features to :func:`mean_of_pairs`; single features may be
    below 0. nan where there are fewer than two tokens.

    Examples
    --------
    >>> import numpy as np
    >>> cosine_shares(np.array([[3.0, 4], [3, -4]])).round(2).tolist()
    [0.36, -0.64]
    """
    n = len(states)
    if n < 2:
        return read_only(np.full(states.shape[1], np.nan))
    rows = directions(states)
    # Each vector's square with itself is taken out again.
    pairs = np.square(rows.sum(axis=0)) - np.square(rows).sum(axis=0)
    return read_only(pairs / (n * (n - 1)))


def variance_shares(states: FloatArray) -> Float64Array:
    """Split the variance of a layer's tokens into the part of each feature.

    Returns float64 (feature,): 0 to 1, sums to 1 over features; all 0 where the tokens do not vary.
    """
    if not len(states):
        return read_only(np.zeros(states.shape[1]))
    variance = states.astype(np.float64).var(axis=0)
    return read_only(variance / (variance.sum() or 1.0))


def directions(states: FloatArray) -> Float64Array:
    """Scale each token's state to length 1, in float64; zero stays zero."""
    return unit(states.astype(np.float64)).astype(np.float64, copy=False)


def _rowwise(left: Float64Array, right: Float64Array) -> Float64Array:
    """Cosines of the unit vectors of two tables, row for row."""
    cosines: Float64Array = np.einsum("tf,tf->t", left, right)
    return cosines.clip(-1, 1)
