"""Cosines of hidden states: through the layers, between tokens, and what chance would give.

Everything here takes states that are prepared already (see :mod:`roberta_gui.analysis.axes.modes`):
in raw states a few large features can make all cosines alike. A state of length zero has no
direction; its cosines count as 0.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only

Float64Array = NDArray[np.float64]


def consecutive(hidden: FloatArray) -> Float64Array:
    """Compare each token with itself one layer before: how far every layer turns it.

    Parameters
    ----------
    hidden
        float (layer + 1, token, feature).

    Returns
    -------
    float64 (layer, token)
        Cosine between ``hidden[layer]`` and ``hidden[layer + 1]``, -1 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> consecutive(np.array([[[1.0, 0]], [[2, 0]], [[0, 3]]])).tolist()
    [[1.0], [0.0]]
    """
    turned = np.zeros((max(len(hidden) - 1, 0), hidden.shape[1]))
    for layer, (before, after) in enumerate(pairwise(map(directions, hidden))):
        turned[layer] = _rowwise(before, after)
    return read_only(turned)


def to_layer(hidden: FloatArray, layer: int) -> Float64Array:
    """Compare each token in every layer with itself in one layer.

    Parameters
    ----------
    hidden
        float (layer + 1, token, feature).
    layer
        Index into ``hidden``: 0 is the embedding output, -1 the last layer.

    Returns
    -------
    float64 (layer + 1, token)
        Cosines, -1 to 1; the row of ``layer`` itself is 1.

    Examples
    --------
    >>> import numpy as np
    >>> to_layer(np.array([[[1.0, 0]], [[2, 0]], [[0, 3]]]), 0).tolist()
    [[1.0], [1.0], [0.0]]
    """
    here = directions(hidden[layer])
    return read_only(np.stack([_rowwise(directions(states), here) for states in hidden]))


def to_token(hidden: FloatArray, token: int) -> Float64Array:
    """Compare each token with one token of the same layer, in every layer.

    Parameters
    ----------
    hidden
        float (layer + 1, token, feature).
    token
        Index of the token that the others are compared with.

    Returns
    -------
    float64 (layer + 1, token)
        Cosines, -1 to 1; the column of ``token`` itself is 1.

    Examples
    --------
    >>> import numpy as np
    >>> to_token(np.array([[[1.0, 0], [1, 0], [0, 1]]]), 0).tolist()
    [[1.0, 1.0, 0.0]]
    """
    rows = (directions(states) for states in hidden)
    return read_only(np.stack([(row @ row[token]).clip(-1, 1) for row in rows]))


def between_tokens(states: FloatArray) -> Float64Array:
    """Compare all tokens of one layer with each other.

    Parameters
    ----------
    states
        float (token, feature).

    Returns
    -------
    float64 (token, token)
        Cosines, -1 to 1, symmetric.

    Examples
    --------
    >>> import numpy as np
    >>> between_tokens(np.array([[1.0, 0], [0, 2]])).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    rows = directions(states)
    return read_only((rows @ rows.T).clip(-1, 1))


def with_others(hidden: FloatArray) -> Float64Array:
    """Compare each token with all other tokens of its layer, on average.

    Parameters
    ----------
    hidden
        float (layer + 1, token, feature).

    Returns
    -------
    float64 (layer + 1, token)
        Mean cosine with the other tokens, the token itself left out; nan where it is alone.

    Examples
    --------
    >>> import numpy as np
    >>> with_others(np.array([[[1.0, 0], [1, 0], [0, 1]]])).tolist()
    [[0.5, 0.5, 0.0]]
    """
    n_tokens = hidden.shape[1]
    means = np.full(hidden.shape[:2], np.nan)
    for layer, states in enumerate(hidden if n_tokens > 1 else ()):
        rows = directions(states)
        means[layer] = (rows @ rows.sum(axis=0) - _rowwise(rows, rows)) / (n_tokens - 1)
    return read_only(means)


def random_pairs(hidden: FloatArray) -> Float64Array:
    """Give the mean cosine of tokens that have nothing to do with each other: the anisotropy.

    Where all states share a direction, unrelated tokens have a high cosine, and a cosine of two
    tokens says something only in so far as it is above this (Ethayarajh 2019, "How Contextual
    are Contextualized Word Representations?", section 3.3). Over *all* distinct pairs, which
    costs no more than a sum of unit vectors, where the paper draws pairs.

    Parameters
    ----------
    hidden
        float (layer + 1, sample, feature): one token from each of many sentences, so that all
        pairs are from different contexts.

    Returns
    -------
    float64 (layer + 1,)
        nan where there are fewer than two tokens.

    Examples
    --------
    >>> import numpy as np
    >>> random_pairs(np.array([[[1.0, 0], [1, 0], [0, 1]]])).round(4).tolist()
    [0.3333]
    """
    return read_only(np.array([_mean_of_pairs(directions(states)) for states in hidden]))


def self_similarity(hidden: FloatArray, words: NDArray[np.integer]) -> Float64Array:
    """Compare each word with itself in other contexts (Ethayarajh 2019, definition 1).

    Parameters
    ----------
    hidden
        float (layer + 1, occurrence, feature).
    words
        int (occurrence,): which word it is, counted from 0.

    Returns
    -------
    float64 (layer + 1, word)
        Mean cosine of the word's distinct pairs of occurrences; nan for fewer than two of them.
        Minus :func:`random_pairs` it is the paper's measure adjusted for anisotropy.

    Raises
    ------
    problems.BadArgument
        Not one word for each occurrence.

    Examples
    --------
    >>> import numpy as np
    >>> hidden = np.array([[[1.0, 0], [1, 0], [1, 0], [0, 1]]])
    >>> self_similarity(hidden, np.array([0, 0, 1, 1])).tolist()
    [[1.0, 0.0]]
    """
    if words.shape != hidden.shape[1:2]:
        raise BadArgument(
            f"{len(words)} words do not name {hidden.shape[1]} occurrences.",
            "Give one word number for each.",
        )
    n_words = int(words.max(initial=-1)) + 1
    found = np.empty((len(hidden), n_words))
    for layer, states in enumerate(hidden):
        rows = directions(states)
        found[layer] = [_mean_of_pairs(rows[words == word]) for word in range(n_words)]
    return read_only(found)


def directions(states: FloatArray) -> Float64Array:
    """Bring each state to length 1, float64 (token, feature); a zero state stays zero.

    Examples
    --------
    >>> import numpy as np
    >>> directions(np.array([[3.0, 4], [0, 0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    rows = states.astype(np.float64)
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    rows /= np.where(length > 0, length, 1)
    return rows


def _rowwise(one: Float64Array, other: Float64Array) -> Float64Array:
    cosines: Float64Array = np.einsum("tf,tf->t", one, other)
    return cosines.clip(-1, 1)


def _mean_of_pairs(rows: Float64Array) -> float:
    """Mean cosine of all distinct pairs of unit vectors: the sum's square holds every pair twice.

    Each vector's square with itself is taken out again; it is 1, or 0 for a zero state.
    """
    n = len(rows)
    if n < 2:
        return float("nan")
    return float((np.square(rows.sum(axis=0)).sum() - np.square(rows).sum()) / (n * (n - 1)))
