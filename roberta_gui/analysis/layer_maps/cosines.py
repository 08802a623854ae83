"""The measures that go by cosines, between all layers at once: cosine, RSA, shared neighbours.

Each is that of `roberta_gui.analysis.similarity`; ``left`` and ``right`` are float32 (token,
feature) of each layer, and ``right`` None compares ``left`` with itself.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.layer_maps.intervals import (
    Drawing,
    HalfSampleValues,
    HalvedSteps,
    prepared,
)
from roberta_gui.analysis.similarity import NEIGHBOURS, nearest, shared_neighbours, unit
from roberta_gui.records import FloatArray

_CHUNK = 1 << 16


def cosine_steps(
    left: Sequence[FloatArray], right: Sequence[FloatArray] | None, drawing: Drawing
) -> HalvedSteps:
    """Work out the map of mean cosines in short steps.

    nan between layers of different widths: their features have nothing to do with each other.
    """
    rows, columns = yield from prepared(unit, left, right)
    draws = np.concatenate([np.ones((1, len(drawing.unit)), dtype=bool), drawing.tokens()])
    weights = draws / np.maximum(draws.sum(axis=1, keepdims=True), 1)  # (draw, token)
    means = np.full((len(draws), len(rows), len(columns)), np.nan)
    for at, row in enumerate(rows):
        for beside, column in enumerate(columns):
            if right is None and beside < at:
                means[:, at, beside] = means[:, beside, at]
            elif row.shape == column.shape:
                means[:, at, beside] = weights @ np.einsum("tf,tf->t", row, column)
        yield None
    return HalfSampleValues(means[0], means[1:])


def rsa_steps(
    left: Sequence[FloatArray], right: Sequence[FloatArray] | None, drawing: Drawing
) -> HalvedSteps:
    """Work out the map of RSA in short steps, the whole sample's before it goes on to the halves.

    Each layer's pairs of tokens are sorted once. A half sample keeps some of the pairs in the same
    order, so that its ranks are counted, not sorted for anew.
    """
    from sklearn.metrics.pairwise import cosine_similarity

    layers = (*left, *(right or ()))
    n_pairs = len(drawing.unit) * (len(drawing.unit) - 1) // 2
    ranks = np.empty((len(layers), n_pairs), dtype=np.float32)
    known = []  # of each layer: its pairs in the order of their cosines, and these
    upper = np.triu(np.ones((len(drawing.unit),) * 2, dtype=bool), 1)
    for layer, states in enumerate(layers):
        values = cosine_similarity(states)[upper]
        order = np.argsort(values).astype(np.int32)
        known.append((order, values[order]))
        ranks[layer, order] = ranks_in_order(values[order])
        yield None

    def map_of(correlations: NDArray[np.float64]) -> NDArray[np.float64]:
        return correlations if right is None else correlations[: len(left), len(left) :]

    whole = map_of(_correlations(ranks))
    halves = np.full((len(drawing.halves), *whole.shape), np.nan)
    yield HalfSampleValues(whole, halves[:0])
    for half, inside in enumerate(drawing.tokens()):
        pairs = (inside[:, np.newaxis] & inside)[upper]
        part = np.empty((len(layers), int(pairs.sum())), dtype=np.float32)
        for layer, (order, values) in enumerate(known):
            kept = pairs[order]
            ranks[layer, order[kept]] = ranks_in_order(values[kept])
            part[layer] = ranks[layer, pairs]
            if layer % 8 == 7:
                yield None
        halves[half] = map_of(_correlations(part))
        yield None
    return HalfSampleValues(whole, halves)


def ranks_in_order(ascending: NDArray[np.generic]) -> NDArray[np.float64]:
    """Ranks of values that are sorted already; equal ones share the mean of their places.

    scipy's ``rankdata`` would sort again: 14 ms instead of 1 for 130,000 pairs, 40 times a layer.
    """
    starts = np.ones(len(ascending), dtype=bool)
    np.not_equal(ascending[1:], ascending[:-1], out=starts[1:])
    if starts.all():
        return np.arange(len(ascending), dtype=np.float64)
    first = np.flatnonzero(starts)
    after = np.append(first[1:], len(ascending))
    means: NDArray[np.float64] = np.repeat((first + after - 1) / 2, after - first)
    return means


def _correlations(ranks: NDArray[np.float32]) -> NDArray[np.float64]:
    """Pearson's correlation of all pairs of rows, float64 (row, row); nan for constant rows.

    Writes over ``ranks``. Chunks are multiplied in float32 and summed up in float64.
    """
    ranks -= ranks.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
    ranks /= max(ranks.shape[1], 1)
    products = np.zeros((len(ranks), len(ranks)))
    for start in range(0, ranks.shape[1], _CHUNK):
        chunk = ranks[:, start : start + _CHUNK]
        products += chunk @ chunk.T
    own = products.diagonal()
    scale = np.sqrt(own[:, np.newaxis] * own)
    return np.divide(products, scale, out=np.full_like(products, np.nan), where=scale > 0)


def neighbour_steps(
    left: Sequence[FloatArray], right: Sequence[FloatArray] | None, drawing: Drawing
) -> HalvedSteps:
    """Work out the map of neighbour overlaps, the whole sample's before that of the halves.

    In a half every token looks for its neighbours anew: those that are left.
    """
    from sklearn.metrics.pairwise import cosine_distances

    distances, lists = [], []
    for states in (*left, *(right or ())):
        distances.append(cosine_distances(states))
        lists.append(nearest(distances[-1], NEIGHBOURS))
        yield None
    split = None if right is None else len(left)
    whole = _shared(lists, split)
    halves = np.full((len(drawing.halves), *whole.shape), np.nan)
    yield HalfSampleValues(whole, halves[:0])
    for half, inside in enumerate(drawing.tokens()):
        kept = np.flatnonzero(inside)
        if len(kept) <= NEIGHBOURS:
            continue
        lists = []
        for layer, table in enumerate(distances):
            lists.append(nearest(table[np.ix_(kept, kept)], NEIGHBOURS))
            if layer % 8 == 7:
                yield None
        halves[half] = _shared(lists, split)
        yield None
    return HalfSampleValues(whole, halves)


def _shared(lists: Sequence[NDArray[np.intp]], split: int | None) -> NDArray[np.float64]:
    """Compare all lists with all, or the first ``split`` with the others."""
    rows = lists[:split]
    columns = rows if split is None else lists[split:]
    table = np.empty((len(rows), len(columns)))
    for at, row in enumerate(rows):
        for beside, column in enumerate(columns):
            mirrored = split is None and beside < at
            table[at, beside] = table[beside, at] if mirrored else shared_neighbours(row, column)
    return table
