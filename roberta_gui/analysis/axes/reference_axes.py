"""ReferenceAxes: what is known about one model from the reference sentences.

Axes in every space, what each space does to hidden states, and a few of the states themselves.
They are fitted in :mod:`roberta_gui.analysis.axes.reference_fit` and kept in a file by
:mod:`roberta_gui.analysis.axes.axes_file`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.first_axis import FirstAxis
from roberta_gui.analysis.axes.modes import SPACES, Space
from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.axes.repeated import Repeated
from roberta_gui.analysis.projection import Axes, Basis
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Axes in one space, and the cloud of reference tokens to see them by.

    Attributes
    ----------
    axes
        The axes themselves.
    background
        float32 (layer + 1, sample, n): one token of each reference sentence on those axes;
        the same tokens in every space and layer.
    first
        What the first axis goes with on those tokens, one a layer.
    """

    axes: Axes
    background: FloatArray
    first: tuple[FirstAxis, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceAxes:
    """What the reference sentences told about one model; more of it comes while it is fitted.

    Attributes
    ----------
    n_sentences
        Reference sentences that gave tokens.
    n_tokens
        Reference tokens that everything was fitted on.
    sample
        float32 (layer + 1, sample, feature): raw states of one token of each sentence, at most
        512, drawn once. All pairs of them are from different contexts.
    positions
        int64 (sample,): the index of each of those tokens in its sequence.
    repeated
        Raw states of words that stand in several sentences.
    fits
        By space and basis; ask :meth:`fitted`.
    preparations
        By space; ask :meth:`preparation`.
    """

    n_sentences: int
    n_tokens: int
    sample: FloatArray
    positions: NDArray[np.int64]
    repeated: Repeated
    fits: Mapping[tuple[Space, Basis], Fitted]
    preparations: Mapping[Space, Preparations]

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

    def preparation(self, space: Space) -> Preparations | None:
        """Give what a space does to hidden states, or None where it is not fitted (yet)."""
        return self.preparations.get(space)

    def need_fitted(self, space: Space, basis: Basis = "joint") -> Fitted:
        """Give the axes of a space.

        Raises
        ------
        problems.BadArgument
            They are not fitted, as in :meth:`need_preparation`.
        """
        self.need_preparation(space)
        return self.fits[space, basis]

    def need_preparation(self, space: Space) -> Preparations:
        """Give what a space does to hidden states.

        Raises
        ------
        problems.BadArgument
            It is not fitted: these axes are not complete, or the model has too few features.
        """
        if space not in self.preparations:
            known = ", ".join(map(str, self.preparations)) or "nothing yet"
            raise BadArgument(f"No axes are fitted for “{space}”.", f"There are: {known}.")
        return self.preparations[space]


BASES: tuple[Basis, ...] = get_args(Basis)


def spaces_for(n_features: int) -> tuple[Space, ...]:
    """List the spaces that leave something of ``n_features`` features.

    Examples
    --------
    >>> [str(space) for space in spaces_for(4)[3:]]
    ['drop_top 1', 'drop_top 3', 'all_but_the_top 1', 'all_but_the_top 3']
    """
    return tuple(space for space in SPACES if space.k < n_features)
