"""Principal axes of hidden states: where each token lies, layer by layer, in few dimensions.

Axes are fitted once on reference states and then applied to any sentence, so that a picture
does not turn or jump while somebody types. A mode says what happens to a layer's states before
they meet the axes; see `roberta_gui.analysis.axes.modes`.
"""

from collections.abc import Collection, Generator, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import TAKING_MODES, Mode, Space
from roberta_gui.analysis.axes.moments import Moments
from roberta_gui.analysis.axes.preparation import (
    Preparation,
    Preparations,
    leading_directions,
    prepare,
)
from roberta_gui.analysis.stepped import result_of
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, ShortRepr, read_only
from roberta_gui.wording import counted

Basis = Literal["joint", "per_layer"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Axes(ShortRepr):
    """Fitted axes: a linear map for each layer, from hidden states to ``n`` coordinates.

    ``explained`` is the variance of a layer's reference tokens along each axis, as a share of all
    the variance the mode leaves in that layer. In ``raw`` the axes come from moments about zero,
    and the share is still one of variance about the mean: an axis that only points from zero to
    the mean explains nothing.
    """

    mode: Mode
    basis: Basis
    loadings: FloatArray  # float32 (layer + 1, feature, n), the mode's scaling folded in
    offset: FloatArray  # float32 (layer + 1, n): where the layer's centre would land; subtracted
    explained: FloatArray  # float64 (layer + 1, n), 0 to 1
    n_tokens: int  # how many reference tokens they were fitted on
    k: int = 0  # features or components taken away; 0 in the modes that take none

    @classmethod
    def fit(
        cls,
        hidden: FloatArray | Iterable[FloatArray],
        mode: Mode = "standardised",
        basis: Basis = "joint",
        n: int = 3,
        *,
        k: int = 1,
    ) -> "Axes":
        """Fit axes to reference states, given whole or as a stream of chunks.

        States are float (layer + 1, token, feature), special tokens left out; each chunk is
        forgotten once it is counted. The basis ``joint`` has the same axes for all layers, from the
        sum of the layers' second moments, each divided by its trace so that no layer rules by its
        norm; ``per_layer`` each layer its own, which must not be compared across layers. Axes
        beyond the number of features are zero and explain nothing. ``k`` is how many features
        (``drop_top``) or components (``all_but_the_top``) to take away. Raises
        `problems.BadArgument` for no tokens, chunks that do not fit together, an unknown mode or
        basis, or ``n`` or ``k`` out of range.

        >>> line = np.float32([[[0, 1], [2, 1], [4, 1]]])  # one layer, three tokens in a row
        >>> axes = Axes.fit(line, mode="centred", n=1)
        >>> axes.transform(line).ravel().tolist()
        [-2.0, 0.0, 2.0]
        >>> axes.explained.tolist()
        [[1.0]]
        """
        moments = Moments()
        for chunk in [hidden] if isinstance(hidden, np.ndarray) else hidden:
            moments.add(chunk)
        space = Space(mode, k if mode in TAKING_MODES else 0)
        _, axes = result_of(fit_steps(moments, space, (basis,), n))
        return axes[basis]

    @property
    def space(self) -> Space:
        """The space that they lie in."""
        return Space(self.mode, self.k)

    def transform(self, hidden: FloatArray) -> NDArray[np.float32]:
        """Coordinates of any tokens, (layer + 1, token, feature), on these axes: float32 (…, n).

        Raises `problems.BadArgument` for other layers or features than they were fitted on.
        """
        n_layers, n_features, _ = self.loadings.shape
        if hidden.ndim != 3 or (hidden.shape[0], hidden.shape[2]) != (n_layers, n_features):
            raise BadArgument(
                f"Hidden states of shape {hidden.shape} do not fit these axes.",
                f"Expected {counted(n_layers, 'layer')} (embedding included) of "
                f"{counted(n_features, 'feature')}.",
            )
        # One thin product a layer: centring and scaling are already inside the loadings.
        points = np.matmul(hidden.astype(np.float32, copy=False), self.loadings)
        points -= self.offset[:, np.newaxis]
        return read_only(points)


def fit_steps(
    moments: Moments, space: Space, bases: Collection[Basis], n: int = 3
) -> Generator[float, None, tuple[Preparations, dict[Basis, Axes]]]:
    """Fit a space's axes on several bases in short steps; each layer is prepared only once.

    Each step yields the fraction done; it prepares a layer, looks for axes or asks what they
    explain. With 768 features each takes some tens of milliseconds on one core, and time grows
    with the cube of the features. Raises `problems.BadArgument` as `Axes.fit`.
    """
    _check(moments, space, bases, n)
    n_layers, n_features = moments.n_layers, moments.n_features
    n_steps = n_layers + sum(n_layers + (basis == "joint") for basis in bases)
    n_steps += n_layers * ("per_layer" in bases)
    done = count(1)
    prepared: list[Preparation] = []
    joint = np.zeros((n_features, n_features))
    own = np.zeros((n_layers, n_features, n))
    for layer in range(n_layers):
        preparation, second = prepare(moments, layer, space)
        prepared.append(preparation)
        yield next(done) / n_steps
        if "per_layer" in bases:
            own[layer] = leading_directions(second, n)
            yield next(done) / n_steps
        if "joint" in bases and (trace := np.trace(second)) > 0:
            second /= trace
            joint += second
    centre = np.stack([preparation.centre for preparation in prepared])
    axes: dict[Basis, Axes] = {}
    for basis in bases:
        directions = own
        if basis == "joint":
            directions = np.broadcast_to(leading_directions(joint, n), own.shape)
            yield next(done) / n_steps
        folded = np.stack([p.fold(d) for p, d in zip(prepared, directions, strict=True)])
        explained = np.zeros((n_layers, n))
        for layer, preparation in enumerate(prepared):
            # Folded loadings meet untouched states, so the same moments serve every space.
            if preparation.total > 0:
                along = moments.variance_along(layer, folded[layer])
                explained[layer] = (along / preparation.total).clip(max=1)
            yield next(done) / n_steps
        loadings = folded.astype(np.float32)
        # From the rounded loadings, so that the mean itself lands on zero.
        offset = np.einsum("lf,lfn->ln", centre, loadings).astype(np.float32)
        arrays = read_only(loadings), read_only(offset), read_only(explained)
        axes[basis] = Axes(space.mode, basis, *arrays, moments.n_tokens, space.k)
    return Preparations(space, tuple(prepared)), axes


def _check(moments: Moments, space: Space, bases: Iterable[str], n: int) -> None:
    mode, k = space
    if mode not in get_args(Mode):
        raise BadArgument(f"No such mode: {mode!r}.", f"One of {', '.join(get_args(Mode))}.")
    for basis in bases:
        if basis not in get_args(Basis):
            raise BadArgument(f"No such basis: {basis!r}.", f"One of {', '.join(get_args(Basis))}.")
    if moments.n_tokens == 0:
        raise BadArgument("Axes need at least one token.", "The reference holds none.")
    if n < 1:
        raise BadArgument(f"Cannot fit {n} axes.", "Ask for one or more.")
    if mode in TAKING_MODES and not 0 < k < moments.n_features:
        raise BadArgument(
            f"Cannot take away {k} of {moments.n_features} features.", "Leave at least one."
        )
