"""What the panel "Rogue dimensions" draws and hands out, computed in the background."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.through_layers.rogue import cosine_shares, variance_shares
from roberta_gui.gui.export import Arrays, Table
from roberta_gui.gui.widgets.layers.layer_values import layer_name
from roberta_gui.records import Report, Stop, read_only

Order: TypeAlias = Literal["cosine", "variance"]

MOST = 20
"""Dimensions that are drawn."""

RULED = 0.05
"""A mean cosine below this is near enough to none: what share of it somebody holds says little."""


@dataclass(frozen=True, eq=False)
class RogueShares:
    """What every dimension adds to mean cosine and variance of the reference tokens.

    Attributes
    ----------
    cosine
        float64 (layer + 1, feature): parts that sum to the mean cosine of all pairs of tokens.
    variance
        float64 (layer + 1, feature): shares that sum to 1.
    raw_cosine
        float64 (layer + 1,): the mean cosine of the same tokens in raw states.
    mean, deviation
        float64 (layer + 1, feature): of the raw states.
    n_tokens
        Tokens, one of each reference sentence.
    """

    space: Space
    cosine: NDArray[np.float64]
    variance: NDArray[np.float64]
    raw_cosine: NDArray[np.float64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    n_tokens: int

    def of(self, order: Order) -> NDArray[np.float64]:
        """Return what dimensions are put in order by, float64 (layer + 1, feature)."""
        return self.cosine if order == "cosine" else self.variance

    def largest(self, layer: int, order: Order) -> NDArray[np.intp]:
        """Name the dimensions of one layer with the largest parts of either sign."""
        return np.argsort(-np.abs(self.of(order)[layer]), kind="stable")[:MOST]

    def largest_anywhere(self, order: Order) -> NDArray[np.intp]:
        """Name the dimensions that have the largest part in some layer, the largest first."""
        most = np.abs(self.of(order)).max(axis=0)
        return np.argsort(-most, kind="stable")[:MOST]

    def tip(self, layer: int, dimension: int) -> str:
        """Say all that is known about a dimension in a layer."""
        total, part = self.cosine[layer].sum(), self.cosine[layer, dimension]
        share = f" ({part / total * 100:.0f} % of it)" if abs(total) >= RULED else ""
        mean, deviation = self.mean[layer, dimension], self.deviation[layer, dimension]
        where = f"layer {layer}" if layer else "embeddings"
        return (
            f"dimension {dimension}, {where}\n"
            f"adds {part:.4f} to the mean cosine {total:.3f}{share}\n"
            f"holds {self.variance[layer, dimension] * 100:.2f} % of the variance\n"
            f"raw: mean {mean:.3g}, deviation {deviation:.3g}\n"
            f"hidden[{layer}, :, {dimension}]"
        )

    def table(self) -> Table:
        """Return all numbers, one row a layer and dimension."""
        rows = (
            (
                layer_name(layer), dimension, *(
                    float(array[layer, dimension])
                    for array in (self.mean, self.deviation, self.variance, self.cosine)
                ),
            )
            for layer in range(len(self.cosine))
            for dimension in range(self.cosine.shape[1])
        )  # fmt: skip
        columns = ("layer", "dimension", "raw_mean", "raw_deviation")
        return Table((*columns, "share_of_variance", "part_of_mean_cosine"), rows)

    def arrays(self) -> Arrays:
        """Return all numbers, (layer + 1, feature)."""
        return {
            "part_of_mean_cosine": self.cosine,
            "share_of_variance": self.variance,
            "raw_mean_cosine": self.raw_cosine,
            "raw_mean": self.mean,
            "raw_deviation": self.deviation,
        }


def describe(shares: RogueShares, layer: int, order: Order) -> str:
    """Say in whole sentences what rules a layer."""
    parts, variance = shares.cosine[layer], shares.variance[layer]
    total, raw = float(parts.sum()), float(shares.raw_cosine[layer])
    first, *_ = top = shares.largest(layer, order)[:3]
    where = f"In layer {layer}" if layer else "In the embeddings"
    space = shares.space.label.lower()
    n = f"{shares.n_tokens} tokens, one of each reference sentence"
    before = "" if shares.space.mode == "raw" else f"; raw it is {raw:.2f}"
    mean = f"the mean cosine {total:.2f} of random pairs"
    held = f"{variance[top].sum() * 100:.0f} % of the variance"
    if order == "variance":
        text = f"dimension {first} holds {variance[first] * 100:.0f} % of the variance, the "
        text += f"largest three ({_listed(top)}) {held}; to {mean} these three add "
        text += f"{parts[top].sum():.3f}"
    elif abs(total) < RULED:
        text = f"{mean} is near zero: no dimension rules it (the largest part is "
        text += f"{parts[first]:.4f}, of dimension {first})"
    else:
        share, three = parts[first] / total * 100, parts[top].sum() / total * 100
        text = f"dimension {first} holds {share:.0f} % of {mean}, the largest three "
        text += f"({_listed(top)}) {three:.0f} % of it and {held}"
    return f"{where} ({space}) {text}{before}. Measured on {n}."


def _listed(dimensions: NDArray[np.intp]) -> str:
    return ", ".join(str(dimension) for dimension in dimensions)


def find_shares(
    axes: ReferenceAxes, preparations: Preparations, stop: Stop, report: Report
) -> Generator[None, None, RogueShares]:
    """Measure a model's dimensions on its reference tokens, a layer a step."""
    cosine, variance, raw, mean, deviation = [], [], [], [], []
    for layer, states in enumerate(axes.sample):
        prepared = preparations.apply_layer(layer, states)[np.newaxis]
        cosine.append(cosine_shares(prepared)[0])
        variance.append(variance_shares(prepared)[0])
        yield
        raw.append(float(cosine_shares(states[np.newaxis]).sum()))
        mean.append(states.mean(axis=0, dtype=np.float64))
        deviation.append(states.std(axis=0, dtype=np.float64))
        yield
    return RogueShares(
        space=preparations.space,
        cosine=read_only(np.array(cosine)),
        variance=read_only(np.array(variance)),
        raw_cosine=read_only(np.array(raw)),
        mean=read_only(np.array(mean)),
        deviation=read_only(np.array(deviation)),
        n_tokens=axes.sample.shape[1],
    )
