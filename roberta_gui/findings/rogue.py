"""Rogue dimensions: how much each dimension adds to cosines and variance, tabled and said."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import STANDARDISED, Space
from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.stepped import result_of
from roberta_gui.analysis.through_layers.cosines import cosine_shares, variance_shares
from roberta_gui.choices import Order
from roberta_gui.findings.notation.names import array_index, layer_names, the_layer
from roberta_gui.findings.notation.numbers import true_minus, written
from roberta_gui.findings.notation.places import need_places
from roberta_gui.findings.tables import Arrays, Table, grid
from roberta_gui.records import Report, Stop, read_only
from roberta_gui.wording import counted, figures

MOST = 20
"""Dimensions that are drawn."""

RULED = 0.05
"""A mean cosine below this is near enough to none: what share of it somebody holds says little."""

EMPTY = 0.05
"""A space whose largest part is below this share of the raw states' largest shows nothing."""


@dataclass(frozen=True, eq=False)
class RogueShares:
    """What every dimension adds to mean cosine and variance of the reference tokens.

    All float64 (layer + 1, feature): ``cosine`` sums to the mean cosine of all pairs of tokens,
    ``variance`` to 1; ``raw_cosine`` and ``raw_variance`` are the same of raw states, as are
    ``mean`` and ``deviation``. ``n_tokens`` are one of each reference sentence; ``preparations``
    bring the model's states into the space.
    """

    preparations: Preparations
    n_tokens: int
    cosine: NDArray[np.float64]
    variance: NDArray[np.float64]
    raw_cosine: NDArray[np.float64]
    raw_variance: NDArray[np.float64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @property
    def space(self) -> Space:
        """The space in which ``cosine`` and ``variance`` are measured."""
        return self.preparations.space

    def of(self, order: Order) -> NDArray[np.float64]:
        """Return what dimensions are put in order by, float64 (layer + 1, feature)."""
        return self.cosine if order == "cosine" else self.variance

    def raw(self, order: Order) -> NDArray[np.float64]:
        """Return the same of raw states, float64 (layer + 1, feature)."""
        return self.raw_cosine if order == "cosine" else self.raw_variance

    @property
    def is_raw(self) -> bool:
        """Whether the space is that of the raw states."""
        return self.space.mode == "raw"

    def whole(self, layer: int) -> float:
        """Return what parts of the mean cosine are percentages of, in every space.

        It is that of raw states, so that one sees what a space leaves of it; 1 if next to none.
        """
        raw = float(self.raw_cosine[layer].sum())
        return raw if abs(raw) >= RULED else 1.0

    def percentages(self, layer: int, order: Order, *, raw: bool) -> NDArray[np.float64]:
        """Return parts of the whole mean cosine, or of the variance, in percent (feature,)."""
        values = self.raw(order) if raw else self.of(order)
        whole = self.whole(layer) if order == "cosine" else 1.0
        percentages: NDArray[np.float64] = values[layer] * 100 / whole
        return percentages

    def largest(self, layer: int, order: Order) -> NDArray[np.intp]:
        """Name the dimensions of one layer with the largest parts of either sign."""
        return _largest(np.abs(self.of(order)[layer]))

    def drawn(self, layer: int, order: Order) -> NDArray[np.intp]:
        """Name the dimensions with the largest parts in the space, or raw: one sees them go."""
        return _largest(np.maximum(np.abs(self.of(order)), np.abs(self.raw(order)))[layer])

    def mapped(self, order: Order) -> tuple[NDArray[np.float64], bool]:
        """Return what a map of all layers shows (layer + 1, feature), and whether it is raw.

        It is where no dimension of the space adds anything to the cosines: the map were empty.
        """
        shown, raw = self.of(order), self.raw(order)
        empty = np.abs(shown).max(initial=0) < EMPTY * np.abs(raw).max(initial=0)
        return (raw, True) if empty and not self.is_raw else (shown, self.is_raw)

    def tip(self, layer: int, dimension: int) -> str:
        """Say all that is known about a dimension in a layer."""
        lines = [f"dimension {dimension}, {the_layer(layer)}"]
        spaces = {} if self.is_raw else {self.space.phrase: (self.cosine, self.variance)}
        spaces["raw"] = self.raw_cosine, self.raw_variance
        for name, (cosine, variance) in spaces.items():
            total, part = float(cosine[layer].sum()), float(cosine[layer, dimension])
            share = f" ({written(part / total * 100, 1)} % of it)" if abs(total) >= RULED else ""
            lines += [
                f"{name}: adds {written(part, 4)} to the mean cosine {written(total, 3)}{share},",
                f"    holds {variance[layer, dimension] * 100:.2f} % of the variance",
            ]
        mean, deviation = self.mean[layer, dimension], self.deviation[layer, dimension]
        lines.append(f"raw: mean {true_minus(figures(mean, 3))}, deviation {figures(deviation, 3)}")
        return "\n".join([*lines, array_index("hidden", layer, ":", dimension)])

    def _numbers(self) -> dict[str, NDArray[np.float64]]:
        return {
            "raw_mean": self.mean,
            "raw_deviation": self.deviation,
            "share_of_variance": self.variance,
            "part_of_mean_cosine": self.cosine,
            "raw_share_of_variance": self.raw_variance,
            "raw_part_of_mean_cosine": self.raw_cosine,
        }

    def table(self) -> Table:
        """Return all numbers, one row a layer and dimension."""
        n_layers, n_dimensions = self.cosine.shape
        dimensions = {"dimension": range(n_dimensions)}
        return grid([{"layer": layer_names(n_layers - 1)}, dimensions], self._numbers())

    def arrays(self) -> Arrays:
        """Return all numbers, (layer + 1, feature)."""
        return {**self._numbers(), "raw_mean_cosine": self.raw_cosine.sum(axis=1)}


def describe(shares: RogueShares, layer: int, order: Order) -> str:
    """Say in whole sentences what rules a layer."""
    parts, variance = shares.cosine[layer], shares.variance[layer]
    total, raw = float(parts.sum()), shares.raw_cosine[layer]
    first, *_ = top = shares.largest(layer, order)[:3]
    listed = ", ".join(map(str, top))
    mean = f"the mean cosine {written(total, 2)} of random pairs"
    held = f"{_percent(variance[top].sum())} of the variance"
    if order == "variance":
        text = f"dimension {first} holds {_percent(variance[first])} of the variance, the "
        text += f"largest three ({listed}) {held}; an even share would be "
        text += _percent(1 / len(variance))
    elif abs(total) < RULED:
        text = f"{mean} is near zero, and no dimension rules it"
        if not shares.is_raw and abs(raw.sum()) >= RULED:
            most = int(np.abs(raw).argmax())
            text += f"; raw it is {written(raw.sum(), 2)}, and dimension {most} holds "
            text += f"{_percent(raw[most] / raw.sum())} of that"
    else:
        text = f"dimension {first} holds {_percent(parts[first] / total)} of {mean}, the largest "
        text += f"three ({listed}) {_percent(parts[top].sum() / total)} of it and {held}"
    basis = f"{shares.space.phrase}, {counted(shares.n_tokens, 'token')}"
    return f"In {the_layer(layer)} ({basis}) {text}."


def _percent(share: float) -> str:
    """Write a share with the digits that small ones need."""
    return f"{written(share * 100, 0 if abs(share) >= 0.0995 else 1)} %"


def _largest(parts: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.argsort(-parts, kind="stable")[:MOST]


def find_shares(
    axes: ReferenceAxes,
    preparations: Preparations,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Generator[None, None, RogueShares]:
    """Measure a model's dimensions on its reference tokens, a layer a step."""
    layers = []
    for layer, states in enumerate(axes.sample):
        prepared = preparations.apply_layer(layer, states)
        shares = cosine_shares(prepared), variance_shares(prepared)
        yield
        raw = cosine_shares(states), variance_shares(states)
        moments = states.mean(axis=0, dtype=np.float64), states.std(axis=0, dtype=np.float64)
        layers.append((*shares, *raw, *moments))
        yield
    numbers = (read_only(np.array(each)) for each in zip(*layers, strict=True))
    return RogueShares(preparations, axes.sample.shape[1], *numbers)


def table(axes: ReferenceAxes, space: Space = STANDARDISED) -> Table:
    """Return what every dimension adds to mean cosine and variance of the reference tokens.

    Raises
    ------
    problems.BadArgument
        The axes are not fitted in that space, as for all functions here.
    """
    return _shares(axes, space).table()


def arrays(axes: ReferenceAxes, space: Space = STANDARDISED) -> Arrays:
    """Return the same numbers, (layer + 1, feature)."""
    return _shares(axes, space).arrays()


def caption(
    axes: ReferenceAxes, layer: int, order: Order = "cosine", space: Space = STANDARDISED
) -> str:
    """Say which dimensions rule a layer (0: the embeddings)."""
    need_places(layer=(layer, len(axes.sample)))
    return describe(_shares(axes, space), layer, order)


def _shares(axes: ReferenceAxes, space: Space) -> RogueShares:
    return result_of(find_shares(axes, axes.need_preparation(space)))
