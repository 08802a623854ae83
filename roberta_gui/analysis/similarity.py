"""How alike two representations of the same tokens are, by five measures.

Each takes two float (token, feature) arrays, row for row the same tokens; the numbers of features
may differ, but for `mean_cosine`. All are made for hundreds of tokens of many sentences: from
the tokens of one sentence none of them says anything about the model. Each raises
`problems.BadArgument` where the two are not tables of the same tokens, or of fewer than four, or
hold infinite or undefined values.
`roberta_gui.analysis.layer_maps.layer_map` makes whole maps, sharing the work among pairs.
"""

from numbers import Integral
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray
from roberta_gui.wording import counted

FEWEST_TOKENS: Final = 4
"""Below that the unbiased estimator of HSIC divides by zero."""

_ROUNDING: Final = 1e-12
"""What varies by less than this share of its mean varies by what float64 leaves of it."""

NEIGHBOURS: Final = 10
"""How many neighbours are compared unless somebody says otherwise."""


def debiased_cka(x: FloatArray, y: FloatArray) -> float:
    """Linear centred kernel alignment, free of the bias that few tokens bring; 1 is the same.

    The ratio of Kornblith et al. 2019 ("Similarity of Neural Network Representations
    Revisited", eq. 2) with the unbiased estimator of HSIC of Song et al. 2012 ("Feature
    Selection via Dependence Maximization", eq. 5). In float64. Unrelated representations give 0
    on average, so that a value may be slightly negative; neither rotation nor one factor for all
    features changes it. nan where a representation does not vary.

    >>> x = np.random.default_rng(0).normal(size=(50, 3))
    >>> turned = 7 * x[:, [2, 0, 1]]
    >>> round(debiased_cka(x, turned), 12)
    1.0
    """
    _check(x, y)
    x, y = centred(x), centred(y)
    own = _unbiased_hsic(x, x) * _unbiased_hsic(y, y)
    return float(_unbiased_hsic(x, y) / np.sqrt(own)) if own > 0 else float("nan")


def rsa(x: FloatArray, y: FloatArray) -> float:
    """Representational similarity: do the same pairs of tokens lie close together? 1 is the same.

    Spearman's correlation between the cosine distances of all pairs of tokens (Kriegeskorte
    et al. 2008, "Representational Similarity Analysis"). nan where all distances are equal.

    >>> x = np.random.default_rng(0).normal(size=(20, 3))
    >>> round(rsa(x, -2 * x), 12)
    1.0
    """
    _check(x, y)
    from scipy.stats import spearmanr
    from sklearn.metrics.pairwise import cosine_similarity

    upper = np.triu_indices(len(x), 1)
    pairs = [cosine_similarity(states.astype(np.float64))[upper] for states in (x, y)]
    if any(np.ptp(cosines) < _ROUNDING for cosines in pairs):
        return float("nan")
    return float(spearmanr(*pairs).statistic)


def procrustes(x: FloatArray, y: FloatArray) -> float:
    """Measure what the best turning leaves between two shapes; 0 is the same, 2 the most.

    Both are centred and scaled to unit Frobenius norm, the narrower one padded with zeros; then
    the squared distance after the best orthogonal map is ``2 - 2 * s``, where ``s`` is the sum of
    the singular values of ``x.T @ y`` (Schönemann 1966; Ding et al. 2021, "Grounding
    Representation Similarity"). The scale is fixed, not fitted: a fitted one would leave
    ``1 - s**2``. With few tokens for many features a turning always finds much to agree on. nan
    where a representation does not vary.

    >>> x = np.random.default_rng(0).normal(size=(20, 3))
    >>> abs(round(procrustes(x, x[:, ::-1] + 5), 12))
    0.0
    """
    _check(x, y)
    x, y = centred(x), centred(y)
    norm = np.linalg.norm(x) * np.linalg.norm(y)
    if norm == 0:
        return float("nan")
    # Zero columns would only add singular values of zero, so nothing need be padded.
    return float(2 - 2 * np.linalg.svd(x.T @ y, compute_uv=False).sum() / norm)


def neighbour_overlap(x: FloatArray, y: FloatArray, k: int = NEIGHBOURS) -> float:
    """Share of each token's ``k`` nearest neighbours that both representations agree on.

    Neighbours by cosine, the token itself left out; the mean over tokens of the shared ones
    divided by ``k``. Unrelated representations give about ``k / (token - 1)``.

    >>> x = np.random.default_rng(0).normal(size=(20, 3))
    >>> neighbour_overlap(x, 5 * x, k=4)
    1.0
    """
    _check(x, y)
    if not isinstance(k, Integral):
        raise BadArgument(f"k is {k!r}.", "Give a whole number.")
    if not 1 <= k < len(x):
        raise BadArgument(
            f"No {counted(k, 'neighbour')} among {counted(len(x), 'token')}.", f"1 to {len(x) - 1}."
        )
    from sklearn.metrics.pairwise import cosine_distances

    first, second = (nearest(cosine_distances(t.astype(np.float64)), k) for t in (x, y))
    return shared_neighbours(first, second)


def mean_cosine(x: FloatArray, y: FloatArray) -> float | None:
    """Mean cosine between each token's two vectors; None where their widths differ.

    Unlike the other measures it asks whether the very features agree, not only the shape that
    the tokens form: a rotation changes it.

    >>> x = np.random.default_rng(0).normal(size=(20, 3))
    >>> round(mean_cosine(x, -x), 12), mean_cosine(x, x[:, :2])
    (-1.0, None)
    """
    _check(x, y)
    if x.shape[1] != y.shape[1]:
        return None
    from sklearn.metrics.pairwise import paired_cosine_distances

    distances = paired_cosine_distances(x.astype(np.float64), y.astype(np.float64))
    return float(1 - distances.mean())


def centred(states: FloatArray) -> NDArray[np.float64]:
    """Take each feature's mean away, in float64; of one that does not vary nothing is left."""
    exact = states.astype(np.float64)
    mean = exact.mean(axis=0)
    exact -= mean
    exact[:, np.abs(exact).max(axis=0, initial=0) < _ROUNDING * np.abs(mean)] = 0
    return exact


def unit(states: FloatArray) -> FloatArray:
    """Scale each token's vector to length 1, in its own precision; a zero vector stays zero."""
    length = np.linalg.norm(states, axis=1, keepdims=True)
    scaled: FloatArray = states / np.where(length > 0, length, 1)
    return scaled


def nearest(distances: FloatArray, k: int) -> NDArray[np.intp]:
    """Each token's ``k`` nearest others, int (token, k), from distances (token, token)."""
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=k, metric="precomputed").fit(distances)
    found: NDArray[np.intp] = search.kneighbors(return_distance=False)
    return found


def shared_neighbours(first: NDArray[np.intp], second: NDArray[np.intp]) -> float:
    """Mean share of the neighbours in int (token, k) that the other table lists as well."""
    return float((first[:, :, np.newaxis] == second[:, np.newaxis, :]).sum() / first.size)


def _unbiased_hsic(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Song et al. 2012, eq. 5, of linear kernels; ``x`` and ``y`` are centred.

    Centring changes nothing in exact arithmetic, as the estimator ignores what is added to a
    whole row and column of a kernel; in floating point it keeps large means from drowning it.
    """
    n = len(x)
    lengths = np.einsum("tf,tf->t", x, x), np.einsum("tf,tf->t", y, y)
    if n > max(x.shape[1], y.shape[1]):
        together = np.square(x.T @ y).sum()  # (feature, feature): no kernel is ever formed
    else:
        together = np.vdot(x @ x.T, y @ y.T)
    trace = together - lengths[0] @ lengths[1]  # both kernels with their diagonals set to zero
    # Rows of a centred kernel sum to zero; without its diagonal a row sums to minus that.
    sums = lengths[0].sum() * lengths[1].sum() / ((n - 1) * (n - 2))
    rows = 2 / (n - 2) * (lengths[0] @ lengths[1])
    return float((trace + sums - rows) / (n * (n - 3)))


def _check(x: FloatArray, y: FloatArray) -> None:
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y):
        raise BadArgument(
            f"Arrays of shapes {x.shape} and {y.shape} are not two views of the same tokens.",
            "Expected (token, feature) twice, with as many tokens.",
        )
    if len(x) < FEWEST_TOKENS:
        raise BadArgument(f"Too few to compare: {counted(len(x), 'token')}.", "Take hundreds.")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise BadArgument(
            "Infinite or undefined values cannot be compared.", "Leave these tokens out."
        )
