"""Overlap of nearest neighbours between all layers at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.layer_maps.intervals import Drawing, Halved, HalvedSteps
from roberta_gui.analysis.similarity import NEIGHBOURS, nearest, shared_neighbours
from roberta_gui.records import FloatArray


def neighbour_steps(
    left: Sequence[FloatArray],
    right: Sequence[FloatArray] | None,
    drawing: Drawing,
    *,
    k: int = NEIGHBOURS,
) -> HalvedSteps:
    """Work out the map of neighbour overlaps.

    The measure is :func:`roberta_gui.analysis.similarity.neighbour_overlap`.

    Yields the whole sample's map before it goes on to the halves, in which every token looks for
    its neighbours anew: those that are left.

    Parameters
    ----------
    left, right
        float32 (token, feature) of each layer; ``right`` None compares ``left`` with itself.
    k
        Neighbours that are compared.

    Examples
    --------
    >>> import numpy as np
    >>> layer = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    >>> steps = neighbour_steps([layer], [layer * 2], Drawing.of(np.arange(40), 0), k=5)
    >>> from roberta_gui.analysis.stepped import result_of
    >>> result_of(steps).values.tolist()
    [[1.0]]
    """
    from sklearn.metrics.pairwise import cosine_distances

    distances, lists = [], []
    for states in (*left, *(right or ())):
        distances.append(cosine_distances(states))
        lists.append(nearest(distances[-1], k))
        yield None
    split = None if right is None else len(left)
    whole = _shared(lists, split)
    halves = np.full((len(drawing.halves), *whole.shape), np.nan)
    yield Halved(whole, halves[:0])
    for half, inside in enumerate(drawing.tokens()):
        kept = np.flatnonzero(inside)
        if len(kept) <= k:
            continue
        lists = []
        for layer, table in enumerate(distances):
            lists.append(nearest(table[np.ix_(kept, kept)], k))
            if layer % 8 == 7:
                yield None
        halves[half] = _shared(lists, split)
        yield None
    return Halved(whole, halves)


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
