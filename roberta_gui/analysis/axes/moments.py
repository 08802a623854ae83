"""Means and covariances of hidden states, layer by layer, from a stream of chunks."""

import numpy as np
from numpy.typing import NDArray

from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only
from roberta_gui.wording import counted


class Moments:
    """Collect what principal axes need to know, without keeping a single hidden state.

    Sums run in float64 about a pivot, the first token ever added: a feature whose mean is
    thousands of deviations away from zero would otherwise lose its variance to cancellation
    (Chan, Golub & LeVeque 1983, "Algorithms for Computing the Sample Variance", shifted data),
    and a constant feature gets a variance of exactly zero.

    Memory is one float64 (feature, feature) matrix a layer: 61 MB at 13 layers of 768 features.
    """

    def __init__(self) -> None:
        self._n_tokens = 0
        self._pivot: NDArray[np.float64] = np.zeros((0, 0))
        self._sum: NDArray[np.float64] = np.zeros((0, 0))
        self._products: NDArray[np.float64] = np.zeros((0, 0, 0))
        self._whole: set[int] = set()  # layers whose upper triangle is up to date

    def add(self, chunk: FloatArray) -> None:
        """Count the tokens of ``chunk``, (layer + 1, token, feature), in; none are legal.

        About 128 tokens make a step of tens of milliseconds. Raises `problems.BadArgument` for
        other axes, layers or features than before, or values that are not finite.
        """
        from scipy.linalg.blas import dsyrk

        self._check(chunk)
        n_layers, n_new, n_features = chunk.shape
        if n_new == 0:
            return
        if self._n_tokens == 0:
            self._pivot = chunk[:, 0].astype(np.float64)
            self._sum = np.zeros((n_layers, n_features))
            self._products = np.zeros((n_layers, n_features, n_features))
        for layer, states in enumerate(chunk):
            shifted = states.astype(np.float64) - self._pivot[layer]  # (token, feature)
            self._sum[layer] += shifted.sum(axis=0)
            # In place and one triangle only: two to six times quicker than `+= x.T @ x`.
            # BLAS counts columns first, so its upper triangle is our lower one.
            dsyrk(1.0, shifted.T, beta=1.0, c=self._products[layer].T, overwrite_c=True)
        self._n_tokens += n_new
        self._whole.clear()

    def _check(self, chunk: FloatArray) -> None:
        if chunk.ndim != 3:
            raise BadArgument(
                f"Hidden states have {chunk.ndim} axes.", "Expected (layer + 1, token, feature)."
            )
        expected = (self.n_layers, self.n_features)
        if self._n_tokens and (chunk.shape[0], chunk.shape[2]) != expected:
            raise BadArgument(
                f"Hidden states of shape {chunk.shape} do not fit the earlier ones.",
                f"Expected {counted(expected[0], 'layer')} (embedding included) of "
                f"{counted(expected[1], 'feature')}.",
            )
        if not np.isfinite(chunk).all():
            raise BadArgument(
                "The hidden states hold infinite or undefined values.",
                "Load the model in float32; if it is, its weights are damaged.",
            )

    @property
    def n_tokens(self) -> int:
        """Tokens counted so far, in each layer."""
        return self._n_tokens

    @property
    def n_layers(self) -> int:
        """Length of the layer axis, embedding output included; 0 before the first token."""
        return len(self._sum)

    @property
    def n_features(self) -> int:
        """Length of the feature axis; 0 before the first token."""
        return int(self._sum.shape[1])

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean hidden state of each layer, float64 (layer + 1, feature)."""
        return read_only(np.add(self._pivot, self._sum / max(self._n_tokens, 1)))

    def covariance(self, layer: int) -> NDArray[np.float64]:
        """Covariance of one layer's features over the tokens, float64 (feature, feature).

        Divided by the number of tokens, not one less: shares of variance do not depend on it,
        and standardised features then have a variance of exactly 1.
        """
        shift = self._sum[layer] / self._n_tokens
        covariance = np.outer(shift, -self._sum[layer])
        covariance += self._symmetric(layer)
        covariance /= self._n_tokens
        return covariance

    def variance_along(self, layer: int, directions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Variance of one layer's tokens along directions, (feature, n): float64 (n,).

        The diagonal of ``directions.T @ covariance(layer) @ directions``, never below 0.
        """
        squares = np.einsum("fn,fn->n", directions, self._symmetric(layer) @ directions)
        shift = self._sum[layer] @ directions / self._n_tokens
        variance: NDArray[np.float64] = squares / self._n_tokens - np.square(shift)
        return variance.clip(min=0)

    def _symmetric(self, layer: int) -> NDArray[np.float64]:
        """Give one layer's sums of products, upper triangle filled in since the last addition."""
        products: NDArray[np.float64] = self._products[layer]
        if layer not in self._whole:
            products[:] = np.tril(products) + np.tril(products, -1).T
            self._whole.add(layer)
        return products
