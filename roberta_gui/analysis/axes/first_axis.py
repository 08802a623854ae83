"""What the first axis of a picture goes with: often a token's place, its norm or one feature.

Reading the first axis as meaning is a common mistake: in RoBERTa-like models it may be little
more than one rogue dimension or how far right a token stands (Luo, Kulmizev & Mao 2021,
"Positional Artefacts Propagate Through Masked Language Model Embeddings").
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.records import FloatArray

_ROUNDING = 1e-12
"""Variance below this part of the mean square is what rounding leaves of a constant."""


@dataclass(frozen=True, slots=True)
class FirstAxis:
    """What the first axis of one layer goes with on the reference sample; Pearson's r each.

    Attributes
    ----------
    position
        With the token's place in its sequence.
    norm
        With the length of the token's raw hidden state.
    dimension, dimension_r
        The feature whose r is largest in size, counted from 0, and its r, which may be negative.
    n
        How many tokens, each of another sentence.
    """

    position: float
    norm: float
    dimension: int
    dimension_r: float
    n: int


def first_axes(
    background: FloatArray, sample: FloatArray, positions: NDArray[np.integer]
) -> tuple[FirstAxis, ...]:
    """Say for each layer what its first axis goes with.

    Parameters
    ----------
    background
        float (layer + 1, sample, n): the sample on the axes.
    sample
        float (layer + 1, sample, feature): the same tokens' raw states.
    positions
        int (sample,): each token's index in its sequence.

    Returns
    -------
    tuple of FirstAxis
        One a layer. r is 0 where one of the two does not vary.

    Examples
    --------
    >>> import numpy as np
    >>> sample = np.array([[[0.0, 3], [1, 3], [2, 3]]])
    >>> (first,) = first_axes(-sample[..., :1], sample, np.array([1, 2, 3]))
    >>> round(first.position, 6), first.dimension, round(first.dimension_r, 6), first.n
    (-1.0, 0, -1.0, 3)
    """
    found = []
    for points, states in zip(background, sample.astype(np.float64), strict=True):
        norms = np.linalg.norm(states, axis=1)
        told = np.column_stack([positions, norms, states])
        r = _pearson(points[:, 0].astype(np.float64), told)
        dimension = int(np.abs(r[2:]).argmax())
        found.append(
            FirstAxis(
                position=float(r[0]),
                norm=float(r[1]),
                dimension=dimension,
                dimension_r=float(r[2 + dimension]),
                n=len(states),
            )
        )
    return tuple(found)


def _pearson(axis: NDArray[np.float64], columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlate one column with many, float64 (column,)."""
    along, across = _unit(axis[:, np.newaxis])[:, 0], _unit(columns)
    r: NDArray[np.float64] = along @ across
    return r.clip(-1, 1)


def _unit(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre columns and bring them to length 1; constant ones become 0."""
    size = np.square(columns).sum(axis=0)
    centred: NDArray[np.float64] = columns - columns.mean(axis=0)
    left = np.square(centred).sum(axis=0)
    varies = left > _ROUNDING * size
    centred *= np.where(varies, 1 / np.sqrt(np.where(varies, left, 1)), 0)
    return centred
