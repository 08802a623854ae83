"""Cosines of one layer's hidden states, and what single features add to them.

Everything here takes states that are prepared already (see `roberta_gui.analysis.axes.modes`):
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
    """Compare each token with itself in another layer or pass: float64 (token,), -1 to 1."""
    return read_only(_rowwise(unit(states.astype(np.float64)), unit(others.astype(np.float64))))


def between_tokens(states: FloatArray) -> Float64Array:
    """Compare all tokens with each other: float64 (token, token), -1 to 1, symmetric."""
    rows = unit(states.astype(np.float64))
    return read_only((rows @ rows.T).clip(-1, 1))


def with_others(states: FloatArray) -> Float64Array:
    """Give each token's mean cosine with all others: float64 (token,); nan where it is alone."""
    if len(states) < 2:
        return read_only(np.full(len(states), np.nan))
    rows = unit(states.astype(np.float64))
    return read_only((rows @ rows.sum(axis=0) - _rowwise(rows, rows)) / (len(rows) - 1))


def mean_of_pairs(states: FloatArray) -> float:
    """Give the mean cosine of all distinct pairs of tokens.

    Of one token from each of many sentences that is the anisotropy: where all states share a
    direction, unrelated tokens have a high cosine, and a cosine of two tokens says something only
    in so far as it is above this (Ethayarajh 2019, "How Contextual are Contextualized Word
    Representations?", section 3.3). Over *all* pairs, which costs no more than a sum of unit
    vectors, where the paper draws pairs. nan for fewer than two tokens.
    """
    return float(cosine_shares(states).sum())


def self_similarity(states: FloatArray, words: NDArray[np.integer]) -> Float64Array:
    """Compare each word with itself in other contexts (Ethayarajh 2019, definition 1).

    The mean cosine of a word's distinct pairs of occurrences, float64 (word,), nan for fewer than
    two; ``words``, int (occurrence,), counts from 0. Minus the mean of unrelated pairs it is the
    paper's measure adjusted for anisotropy. Raises `problems.BadArgument` where the two do not fit.
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
    RoBERTa-like models one to three features of several hundred can make up most of it. Single
    features, float64 (feature,), may be below 0; nan where there are fewer than two tokens.

    >>> cosine_shares(np.array([[3.0, 4], [3, -4]])).round(2).tolist()
    [0.36, -0.64]
    """
    n = len(states)
    if n < 2:
        return read_only(np.full(states.shape[1], np.nan))
    rows = unit(states.astype(np.float64))
    # Each vector's square with itself is taken out again.
    pairs = np.square(rows.sum(axis=0)) - np.square(rows).sum(axis=0)
    return read_only(pairs / (n * (n - 1)))


def variance_shares(states: FloatArray) -> Float64Array:
    """Give each feature's part of the variance, (feature,), sum 1; 0 where no token varies."""
    if not len(states):
        return read_only(np.zeros(states.shape[1]))
    variance = states.astype(np.float64).var(axis=0)
    return read_only(variance / (variance.sum() or 1.0))


def _rowwise(left: FloatArray, right: FloatArray) -> Float64Array:
    """Cosines of the unit vectors of two tables, row for row."""
    cosines: Float64Array = np.einsum("tf,tf->t", left, right)
    return cosines.clip(-1, 1)
