"""ReferenceAxes: what is known about one model from the reference sentences.

Axes in every space, what each space does to hidden states, and a few of the states themselves.
They are fitted in `roberta_gui.analysis.axes.reference_fit` and kept in a file by
`roberta_gui.analysis.axes.axes_file`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import SPACES, Space
from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.axes.reference_sentences import RepeatedWords
from roberta_gui.analysis.projection import Axes, Basis
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray

_ROUNDING = 1e-12
"""Variance below this part of the mean square is what rounding leaves of a constant."""


@dataclass(frozen=True, slots=True)
class FirstAxis:
    """What the first axis of one layer goes with on the reference sample; Pearson's r each.

    Reading the first axis as meaning is a common mistake: in RoBERTa-like models it may be little
    more than one rogue dimension or how far right a token stands (Luo, Kulmizev & Mao 2021,
    "Positional Artefacts Propagate Through Masked Language Model Embeddings").
    """

    position: float  # with the token's place in its sequence
    norm: float  # with the length of the token's raw hidden state
    dimension: int  # the feature whose r is largest in size, counted from 0
    dimension_r: float  # its r, which may be negative
    n: int  # how many tokens, each of another sentence


def first_axes(
    background: FloatArray, sample: FloatArray, positions: NDArray[np.integer]
) -> tuple[FirstAxis, ...]:
    """Say for each layer what its first axis goes with; r is 0 where one of two does not vary.

    ``background`` is the sample on the axes, (layer + 1, sample, n), ``sample`` the same tokens'
    raw states, (layer + 1, sample, feature), ``positions`` their indexes, (sample,).
    """
    found = []
    for points, states in zip(background, sample.astype(np.float64), strict=True):
        told = _unit(np.column_stack([positions, np.linalg.norm(states, axis=1), states]))
        r = (_unit(points[:, :1].astype(np.float64))[:, 0] @ told).clip(-1, 1)
        dimension = int(np.abs(r[2:]).argmax())
        position, norm, dimension_r = map(float, r[[0, 1, 2 + dimension]])
        found.append(FirstAxis(position, norm, dimension, dimension_r, len(states)))
    return tuple(found)


def _unit(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre columns and bring them to length 1; constant ones become 0."""
    size = np.square(columns).sum(axis=0)
    centred: NDArray[np.float64] = columns - columns.mean(axis=0)
    left = np.square(centred).sum(axis=0)
    varies = left > _ROUNDING * size
    centred *= np.where(varies, 1 / np.sqrt(np.where(varies, left, 1)), 0)
    return centred


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Axes in one space, and the cloud of reference tokens to see them by."""

    axes: Axes
    # float32 (layer + 1, sample, n): one token of each reference sentence on those axes; the same
    # tokens in every space and layer
    background: FloatArray
    first: tuple[FirstAxis, ...]  # what the first axis goes with on those tokens, one a layer


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceAxes:
    """What the reference sentences told about one model; more of it comes while it is fitted."""

    n_sentences: int  # reference sentences that gave tokens
    n_tokens: int  # reference tokens that everything was fitted on
    # float32 (layer + 1, sample, feature): raw states of one token of each sentence, at most 512,
    # drawn once. All pairs of them are from different contexts.
    sample: FloatArray
    # int64 (sample,): the index of each of those tokens in its sequence
    positions: NDArray[np.int64]
    repeated: RepeatedWords  # raw states of words that stand in several sentences
    fits: Mapping[tuple[Space, Basis], Fitted]  # by space and basis; ask `fitted`
    preparations: Mapping[Space, Preparations]  # by space, as far as they are fitted

    @property
    def spaces(self) -> tuple[Space, ...]:
        """The spaces that this model has room for: most features must be left."""
        return spaces_for(self.sample.shape[2])

    @property
    def is_complete(self) -> bool:
        """Whether every space is fitted on every basis."""
        return all((space, basis) in self.fits for space in self.spaces for basis in BASES)

    def fitted(self, space: Space, basis: Basis = "joint") -> Fitted | None:
        """Give the axes of a space, or None where they are not fitted (yet)."""
        return self.fits.get((space, basis))

    def need_fitted(self, space: Space, basis: Basis = "joint") -> Fitted:
        """Give the axes of a space; raises as `need_preparation`."""
        self.need_preparation(space)
        return self.fits[space, basis]

    def need_preparation(self, space: Space) -> Preparations:
        """Give what a space does to hidden states.

        Raises `problems.BadArgument` where these axes are not complete, or the model has too few
        features.
        """
        if space not in self.preparations:
            known = ", ".join(map(str, self.preparations)) or "nothing yet"
            raise BadArgument(f"No axes are fitted for “{space}”.", f"There are: {known}.")
        return self.preparations[space]


BASES: tuple[Basis, ...] = get_args(Basis)


def spaces_for(n_features: int) -> tuple[Space, ...]:
    """List the spaces that leave something of ``n_features`` features."""
    return tuple(space for space in SPACES if space.k < n_features)
