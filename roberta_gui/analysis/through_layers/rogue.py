"""Rogue dimensions: the few features that rule cosines and variance, found from the data.

In RoBERTa-like models one to three features of several hundred can make up most of the mean
cosine between tokens (Timkey & van Schijndel 2021, "All Bark and No Bite: Rogue Dimensions in
Transformer Language Models Obscure Representational Quality", section 3) or of the variance.
They are measured here on a model's own reference tokens: no index is taken from the literature.
"""

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.through_layers.cosines import directions
from roberta_gui.records import FloatArray, read_only


def cosine_shares(hidden: FloatArray) -> NDArray[np.float64]:
    """Split the mean cosine of unrelated tokens into what each feature adds to it.

    The cosine of two states is a sum over features of the products of their unit vectors, so
    its mean over all distinct pairs is a sum over features too (Timkey & van Schijndel 2021,
    section 3.1; their share is this divided by the mean cosine).

    Parameters
    ----------
    hidden
        float (layer + 1, sample, feature): one token from each of many sentences.

    Returns
    -------
    float64 (layer + 1, feature)
        Sums over features to
        :func:`roberta_gui.analysis.through_layers.cosines.random_pairs`; single features may be
        below 0. nan where there are fewer than two tokens.

    Examples
    --------
    >>> import numpy as np
    >>> cosine_shares(np.array([[[3.0, 4], [3, -4]]])).round(2).tolist()
    [[0.36, -0.64]]
    """
    n_layers, n_tokens, n_features = hidden.shape
    shares = np.full((n_layers, n_features), np.nan)
    for layer, states in enumerate(hidden if n_tokens > 1 else ()):
        rows = directions(states)
        pairs = np.square(rows.sum(axis=0)) - np.square(rows).sum(axis=0)
        shares[layer] = pairs / (n_tokens * (n_tokens - 1))
    return read_only(shares)


def variance_shares(hidden: FloatArray) -> NDArray[np.float64]:
    """Split the variance of a layer's tokens into the part of each feature.

    Parameters
    ----------
    hidden
        float (layer + 1, sample, feature).

    Returns
    -------
    float64 (layer + 1, feature)
        0 to 1, sums to 1 over features; all 0 where the tokens do not vary.

    Examples
    --------
    >>> import numpy as np
    >>> variance_shares(np.array([[[0.0, 5], [2, 5]], [[0, 3], [2, 5]]])).tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    shares = np.zeros((hidden.shape[0], hidden.shape[2]))
    for layer, states in enumerate(hidden if hidden.shape[1] else ()):
        variance = states.astype(np.float64).var(axis=0)
        if (total := variance.sum()) > 0:
            shares[layer] = variance / total
    return read_only(shares)


def outliers(shares: NDArray[np.float64], deviations: float = 3.0) -> NDArray[np.bool_]:
    """Mark the features that stand far out of their layer.

    Three standard deviations from the mean over features is the rule by which Kovaleva et al.
    2021 ("BERT Busters: Outlier Dimensions that Disrupt Transformers", section 3) find outliers
    among LayerNorm weights, applied here to what the features do rather than to weights.

    Parameters
    ----------
    shares
        float64 (layer + 1, feature), of cosine or variance.
    deviations
        How many standard deviations over the layer's features count as far.

    Returns
    -------
    bool (layer + 1, feature)

    Examples
    --------
    >>> import numpy as np
    >>> shares = np.zeros((1, 20))
    >>> shares[0, 7] = 1
    >>> outliers(shares).nonzero()[1].tolist()
    [7]
    """
    away = np.abs(shares - shares.mean(axis=1, keepdims=True))
    far: NDArray[np.bool_] = away > deviations * shares.std(axis=1, keepdims=True)
    return read_only(far)


def most_rogue(shares: NDArray[np.float64], n: int = 10) -> NDArray[np.intp]:
    """Name the features that hold most anywhere, whatever the layer.

    Parameters
    ----------
    shares
        float64 (layer + 1, feature), of cosine or variance.
    n
        How many features at most.

    Returns
    -------
    int (at most n,)
        Features, the one with the largest share in any layer first; equals by their index.

    Examples
    --------
    >>> import numpy as np
    >>> most_rogue(np.array([[0.1, 0.0, 0.9], [0.5, 0.4, 0.1]]), 2).tolist()
    [2, 0]
    """
    largest = shares.max(axis=0, initial=-np.inf)
    return read_only(np.argsort(-largest, kind="stable")[:n])
