"""What happens to a layer's hidden states before they meet principal axes.

Hidden states have a few features that otherwise rule every distance and every first axis
(Timkey & van Schijndel 2021, "All Bark and No Bite"); each mode is one way to deal with them.

``raw``
    Nothing.
``centred``
    Minus the layer's own reference mean.
``standardised``
    Centred, then each feature divided by its reference deviation (0 counts as 1).
``drop_top``
    Centred, then the ``k`` features with the largest share of the layer's reference variance
    set to zero. Share of variance rather than of mean cosine, because centring has already
    taken away what a constant offset adds to the cosine.
``all_but_the_top``
    Centred, then the layer's own ``k`` leading principal components taken out
    (Mu & Viswanath 2018, "All-but-the-Top", algorithm 1).
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.moments import Moments
from roberta_gui.analysis.principal import leading_directions
from roberta_gui.problems import BadArgument

Mode = Literal["raw", "centred", "standardised", "drop_top", "all_but_the_top"]

TAKING_MODES: frozenset[Mode] = frozenset({"drop_top", "all_but_the_top"})
"""The modes that take ``k`` features or components away."""


class Space(NamedTuple):
    """What is looked at: hidden states after one of the modes.

    The one switch of the window that every similarity and projection obeys and names.

    Attributes
    ----------
    mode
        See the module.
    k
        Features or components taken away; 0 in the modes that take none.

    Examples
    --------
    >>> Space("drop_top", 3).label, str(Space("drop_top", 3))
    ('Drop top 3', 'drop_top 3')
    """

    mode: Mode = "standardised"
    k: int = 0

    @property
    def label(self) -> str:
        """What controls and captions call it."""
        return str(self).replace("_", " ").capitalize()

    def __str__(self) -> str:
        """Give the text that :meth:`named` reads, such as ``"drop_top 3"``."""
        return f"{self.mode} {self.k}" if self.mode in TAKING_MODES else self.mode

    @classmethod
    def named(cls, text: str) -> Self:
        """Find the space that ``str`` turned into ``text``.

        Raises
        ------
        problems.BadArgument
            None of `SPACES` is called that.

        Examples
        --------
        >>> Space.named("drop_top 3").k
        3
        """
        for space in SPACES:
            if str(space) == text:
                return cls(*space)
        raise BadArgument(f"No such space: {text!r}.", f"One of {', '.join(map(str, SPACES))}.")


STANDARDISED = Space("standardised")
"""Where everything starts: no single feature rules it."""

SPACES: tuple[Space, ...] = (
    *(Space("raw"), Space("centred"), STANDARDISED),
    *(Space("drop_top", k) for k in (1, 3, 10)),
    *(Space("all_but_the_top", k) for k in (1, 3, 10)),
)
"""The spaces that the window offers, in the order it lists them."""

_NOTHING = 1e-12
"""Variance below this part of a layer's own is rounding, not variance."""


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """What a mode does to one layer: subtract, scale, take out.

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


def prepare(
    moments: Moments, layer: int, mode: Mode, k: int
) -> tuple[Preparation, NDArray[np.float64]]:
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
    >>> preparation, second = prepare(moments, 0, "raw", 0)
    >>> second.tolist(), preparation.total
    ([[5.0, 10.0], [10.0, 25.0]], 1.0)
    """
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
