"""Preparation: what a space does to hidden states, worked out on the reference tokens."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.moments import Moments
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only
from roberta_gui.wording import counted

_NOTHING = 1e-12
"""Variance below this part of a layer's own is rounding, not variance."""


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """What a space does to one layer: subtract, scale, take out."""

    centre: NDArray[np.float64]  # float64 (feature,): subtracted
    scale: NDArray[np.float64]  # float64 (feature,): then multiplied with
    removed: NDArray[np.float64]  # float64 (feature, k), orthonormal: then projected out
    total: float  # variance of the layer's reference tokens that is left, summed over features

    def fold(self, directions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn directions for prepared states into directions for untouched ones.

        float64 (feature, n) in and out; ``(states - centre) @ fold(directions)`` are the
        coordinates.
        """
        kept = directions - self.removed @ (self.removed.T @ directions)
        return self.scale[:, np.newaxis] * kept

    def apply(self, states: FloatArray) -> NDArray[np.float32]:
        """Bring states of this layer into the space, float32 (token, feature), read-only.

        Raises `problems.BadArgument` for other features than the reference had.
        """
        if states.ndim != 2 or states.shape[1] != len(self.centre):
            raise BadArgument(
                f"States of shape {states.shape} do not fit this space.",
                f"Expected tokens of {len(self.centre)} features.",
            )
        prepared = states - self.centre
        prepared *= self.scale
        if self.removed.shape[1]:
            prepared -= (prepared @ self.removed) @ self.removed.T
        return read_only(prepared.astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Preparations:
    """What a space does to the hidden states of a model, layer by layer."""

    space: Space
    layers: tuple[Preparation, ...]  # the embedding output's first

    def need_layers(self, n: int) -> None:
        """Refuse hidden states of ``n`` layers where the reference's model has others."""
        if n != len(self.layers):
            raise BadArgument(
                f"Hidden states of {counted(n, 'layer')} do not fit this space.",
                f"Expected {len(self.layers)} (embedding included).",
            )

    def apply_layer(self, layer: int, states: FloatArray) -> NDArray[np.float32]:
        """Bring one layer's states into the space, as its `Preparation.apply` does."""
        return self.layers[layer].apply(states)


def prepare(moments: Moments, layer: int, space: Space) -> tuple[Preparation, NDArray[np.float64]]:
    """Work out one layer's preparation from its moments.

    With it come the prepared states' second moments about zero, float64 (feature, feature): for
    every mode but ``raw`` that is their covariance.
    """
    mode, k = space
    centre = moments.mean[layer]
    second = moments.covariance(layer)
    variance = second.diagonal().clip(min=0)
    scale = np.ones_like(variance)
    removed = np.zeros((len(variance), 0))
    if mode == "raw":
        second += np.outer(centre, centre)
        return Preparation(np.zeros_like(centre), scale, removed, float(variance.sum())), second
    if mode == "standardised":
        deviation = np.sqrt(variance)
        scale = 1 / np.where(deviation > 0, deviation, 1)
        second *= scale[:, np.newaxis]
        second *= scale
    elif mode == "drop_top":
        dropped = np.argsort(-variance, kind="stable")[:k]
        scale[dropped] = second[dropped] = second[:, dropped] = 0
    elif mode == "all_but_the_top":
        removed = leading_directions(second, k)
        second -= removed @ (removed.T @ second)
    total = float(np.trace(second))
    if total <= _NOTHING * float(variance @ scale**2):
        second[:] = total = 0.0
    return Preparation(centre, scale, removed, total), second


def leading_directions(matrix: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Eigenvectors of a symmetric matrix's ``n`` largest eigenvalues: float64 (feature, n).

    Orthonormal columns; those beyond the number of features are zero. Each has a fixed sign: the
    loading of largest magnitude is positive; among loadings that are equal but for rounding the
    first decides, so that noise in the last digit cannot mirror a picture.

    scikit-learn's ``PCA`` wants all states in memory (a gigabyte at 13 layers of 768 features), and
    its ``IncrementalPCA`` is exact only while it keeps every component: 0.4 s a layer for every 768
    tokens, for one of the seven spaces. Here one pass of moments serves all spaces and bases. The
    tests hold both to be equal.
    """
    from scipy.linalg import eigh

    n_features = len(matrix)
    kept = min(n, n_features)
    # Two to three times quicker than a full eigh at 768 features, and unlike Lanczos
    # it needs no start vector and does not mind repeated or zero eigenvalues.
    vectors = eigh(matrix, subset_by_index=(n_features - kept, n_features - 1))[1][:, ::-1]
    size = np.abs(vectors)
    deciding = np.argmax(size >= size.max(axis=0) * (1 - 1e-6), axis=0)
    directions = np.zeros((n_features, n))
    directions[:, :kept] = vectors * np.sign(vectors[deciding, np.arange(kept)])
    return directions
