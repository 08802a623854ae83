"""Preparation: what a space does to hidden states, worked out on the reference tokens.

One :class:`Preparation` is for one layer, :class:`Preparations` for all layers of a model.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.moments import Moments
from roberta_gui.analysis.axes.principal import leading_directions
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only
from roberta_gui.wording import counted

_NOTHING = 1e-12
"""Variance below this part of a layer's own is rounding, not variance."""


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """What a space does to one layer: subtract, scale, take out.

    Attributes
    ----------
    centre, scale
        float64 (feature,): subtracted, then multiplied with.
    removed
        float64 (feature, k): orthonormal directions that are projected out.
    total
        Variance of the layer's reference tokens that is left, summed over features.
    """

    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    removed: NDArray[np.float64]
    total: float

    def fold(self, directions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn directions for prepared states into directions for untouched ones.

        float64 (feature, n) in and out; ``(states - centre) @ fold(directions)`` are the
        coordinates.
        """
        kept = directions - self.removed @ (self.removed.T @ directions)
        return self.scale[:, np.newaxis] * kept

    def apply(self, states: FloatArray) -> NDArray[np.float32]:
        """Prepare states of this layer, float32 (token, feature)."""
        prepared = states - self.centre
        prepared *= self.scale
        if self.removed.shape[1]:
            prepared -= (prepared @ self.removed) @ self.removed.T
        return prepared.astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Preparations:
    """What a space does to the hidden states of a model, layer by layer.

    Attributes
    ----------
    space
        Which space it leads to.
    layers
        One preparation for each layer, the embedding output's first.
    """

    space: Space
    layers: tuple[Preparation, ...]

    def apply(self, hidden: FloatArray) -> NDArray[np.float32]:
        """Bring hidden states into the space, float32 (layer + 1, token, feature), read-only.

        Takes about 1 ms for 32 tokens of 13 layers with 768 features, and grows with all of
        them: large samples go layer by layer, through :meth:`apply_layer`.

        Raises
        ------
        problems.BadArgument
            Other layers or features than the reference had.
        """
        n_features = len(self.layers[0].centre)
        if hidden.ndim != 3 or (hidden.shape[0], hidden.shape[2]) != (len(self.layers), n_features):
            raise BadArgument(
                f"Hidden states of shape {hidden.shape} do not fit this space.",
                f"Expected {counted(len(self.layers), 'layer')} with the embedding, of "
                f"{counted(n_features, 'feature')}.",
            )
        prepared = np.empty(hidden.shape, np.float32)
        for layer, states in enumerate(hidden):
            prepared[layer] = self.layers[layer].apply(states)
        return read_only(prepared)

    def apply_layer(self, layer: int, states: FloatArray) -> NDArray[np.float32]:
        """Bring one layer's states into the space, float32 (token, feature), read-only.

        Raises
        ------
        problems.BadArgument
            Other features than the reference had.
        """
        preparation = self.layers[layer]
        if states.ndim != 2 or states.shape[1] != len(preparation.centre):
            raise BadArgument(
                f"States of shape {states.shape} do not fit this space.",
                f"Expected tokens of {len(preparation.centre)} features.",
            )
        return read_only(preparation.apply(states))


def prepare(moments: Moments, layer: int, space: Space) -> tuple[Preparation, NDArray[np.float64]]:
    """Work out one layer's preparation from its moments.

    Returns
    -------
    The preparation, and the prepared states' second moments about zero, float64
    (feature, feature): for every mode but ``raw`` that is their covariance.

    Examples
    --------
    >>> import numpy as np
    >>> moments = Moments()
    >>> moments.add(np.float32([[[1, 5], [3, 5]]]))
    >>> preparation, second = prepare(moments, 0, Space("raw"))
    >>> second.tolist(), preparation.total
    ([[5.0, 10.0], [10.0, 25.0]], 1.0)
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
