"""Debiased CKA between all layers at once, on the whole sample and on each half of it.

One product of hidden states gives a layer's kernel for a few tokens; all layers' kernels of
these tokens, laid flat, give the products of all pairs of layers in one more. A kernel of 4,096
tokens is never whole in memory, and time grows with the number of layers, not with its square.
The products are kept by pairs of units, and a half sample is a sum over its own units.
"""

from collections.abc import Generator, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.layer_maps.intervals import (
    Drawing,
    HalfSampleValues,
    HalvedSteps,
    prepared,
)
from roberta_gui.analysis.similarity import FEWEST_TOKENS, centred
from roberta_gui.records import FloatArray

_WORK_PER_STEP: Final = 1e9
"""Multiplications in float32 that take one busy core well under 100 ms."""


def cka_steps(
    left: Sequence[FloatArray], right: Sequence[FloatArray] | None, drawing: Drawing
) -> HalvedSteps:
    """Work out the map of `roberta_gui.analysis.similarity.debiased_cka` in short steps.

    Layers are float32 (token, feature). Kernels are float32, of centred and scaled states, and
    summed up in float64: the map agrees with the exact measure to about 1e-5.
    """
    order = np.argsort(drawing.unit, kind="stable")
    rows, columns = yield from prepared(partial(_scaled, order=order), left, right)
    layers = rows if right is None else rows + columns
    ends = np.cumsum(np.bincount(drawing.unit))
    # The whole sample is one more draw: the one with every unit in it.
    draws = np.concatenate([np.ones((1, drawing.n_units), dtype=bool), drawing.halves])
    products = yield from _products(layers, ends)
    traces = _summed(products, draws)
    sums, totals = yield from _row_sums(layers, draws[:, drawing.unit[order]])
    n = draws[:, drawing.unit].sum(axis=1, dtype=np.float64)[:, np.newaxis, np.newaxis]
    n[n < FEWEST_TOKENS] = np.nan
    both = totals[:, :, np.newaxis] * totals[:, np.newaxis, :]
    # Song et al. 2012, eq. 5, for every pair of layers and every draw.
    hsic = (traces + both / ((n - 1) * (n - 2)) - 2 / (n - 2) * sums) / (n * (n - 3))
    own = np.einsum("bll->bl", hsic)
    scale = own[:, :, np.newaxis] * own[:, np.newaxis, :]
    cka = np.divide(hsic, np.sqrt(np.abs(scale)), out=np.full_like(hsic, np.nan), where=scale > 0)
    if right is not None:
        cka = cka[:, : len(left), len(left) :]
    return HalfSampleValues(cka[0], cka[1:])


def _scaled(states: FloatArray, order: NDArray[np.intp]) -> NDArray[np.float32]:
    """Centre, and scale to a mean squared length of 1, so that no sum outgrows float32."""
    exact = centred(states)
    length = np.sqrt(np.square(exact).sum() / max(len(exact), 1))
    exact /= length if length > 0 else 1
    return exact[order].astype(np.float32)


def _products(
    layers: Sequence[NDArray[np.float32]], ends: NDArray[np.intp]
) -> Generator[None, None, NDArray[np.float64]]:
    """Sum up products of kernels, diagonals left out: float64 (unit, unit, layer, layer)."""
    n_units, n_layers, n_tokens = len(ends), len(layers), len(layers[0])
    starts = np.concatenate([[0], ends[:-1]])
    products = np.zeros((n_units, n_units, n_layers, n_layers))
    work = 0.0
    for unit in range(n_units):
        start, end = starts[unit], ends[unit]
        # Kernels are symmetric: what comes before was met from the other side.
        kernels = np.empty((n_layers, end - start, n_tokens - start), dtype=np.float32)
        for kernel, states in zip(kernels, layers, strict=True):
            np.matmul(states[start:end], states[start:].T, out=kernel)
            np.fill_diagonal(kernel, 0)
            work += kernel.size * states.shape[1]
            if work > _WORK_PER_STEP:
                work = 0.0
                yield
        for other in range(unit, n_units):
            block = kernels[:, :, starts[other] - start : ends[other] - start]
            flat = block.reshape(n_layers, -1)
            products[unit, other] = products[other, unit] = flat @ flat.T
    return products


def _summed(products: NDArray[np.float64], draws: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Add up what lies within each draw: float64 (draw, layer, layer)."""
    n_units, _, n_layers, _ = products.shape
    weights = draws.astype(np.float64)  # (draw, unit)
    once = weights @ products.reshape(n_units, -1)
    once = once.reshape(len(draws), n_units, n_layers * n_layers)
    twice: NDArray[np.float64] = np.einsum("bqk,bq->bk", once, weights)
    return twice.reshape(len(draws), n_layers, n_layers)


def _row_sums(
    layers: Sequence[NDArray[np.float32]], inside: NDArray[np.bool_]
) -> Generator[None, None, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Sum up the kernels' rows within each draw, bool (draw, token), their diagonals left out.

    Gives the products of the row sums of two layers, summed over tokens, float64 (draw, layer,
    layer), and each kernel's total, float64 (draw, layer).
    """
    n_draws, n_tokens = inside.shape
    weights = inside.astype(np.float32)
    sums = np.empty((n_draws, len(layers), n_tokens), dtype=np.float32)
    for layer, states in enumerate(layers):
        # A row of a linear kernel sums to the token's product with the sum of all tokens.
        rows = (weights @ states) @ states.T  # (draw, token)
        rows -= np.einsum("tf,tf->t", states, states)
        sums[:, layer] = rows * weights
        yield
    return (
        np.matmul(sums, sums.transpose(0, 2, 1)).astype(np.float64),
        sums.sum(axis=2, dtype=np.float64),
    )
