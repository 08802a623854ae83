"""Steps: how much changes from each layer to the next, and whether one of them stands out."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.layer_maps.layer_map import LayerMap
from roberta_gui.records import read_only

CLEARLY: Final = 1.3
"""So many times the mean change is the largest one at least where it stands out.

Below that a small change of the sentence names another step: then the steps are even.
"""


def clear_step(changes: NDArray[np.floating], least: float = 0.0) -> int | None:
    """Name the step in which most changes, if it stands out from the others.

    Of changes, float (step,), from 0 up; up to ``least`` is none. None where no step is ``CLEARLY``
    above the mean of all.

    >>> clear_step(np.array([0.1, 0.4, 0.1])), clear_step(np.array([0.12, 0.14, 0.13]))
    (1, None)
    """
    if not len(changes) or changes.max() <= max(least, CLEARLY * changes.mean()):
        return None
    return int(changes.argmax())


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The steps up through the layers of one model, ``[0]`` from the embeddings to layer 1."""

    values: NDArray[np.float64]  # float64 (step,): the measure between the two layers of each step
    changes: NDArray[np.float64]  # float64 (step,): the distance, or 1 − likeness
    half_width: NDArray[np.float64]  # float64 (step,): half the 95 % interval of either, or nan
    mean_half_width: float  # half the 95 % interval of the mean over the steps
    largest: int  # which step changes most
    rival: int | None  # the next largest one, where the halves cannot tell the two apart; else None

    @property
    def times_average(self) -> NDArray[np.float64]:
        """Each change in units of the average change, float64 (step,); nan if none changes."""
        mean = float(self.changes.mean())
        return self.changes / mean if mean > 0 else np.full_like(self.changes, np.nan)

    @property
    def are_even(self) -> bool:
        """Whether no step stands out."""
        return clear_step(self.changes) is None


def steps_of(found: LayerMap) -> Steps | None:
    """Read the steps off the map of one model; None where they are not all known."""
    values = found.values.diagonal(1)
    if found.are_bounds or not len(values) or not np.isfinite(values).all():
        return None
    halves = found.halves.diagonal(1, 1, 2)
    changes = values if found.is_distance else 1 - values
    first, *others = (int(step) for step in np.argsort(-changes, kind="stable"))
    rival = None
    if others and len(halves):
        sure = float(found.sure_to(halves[:, others[0]] - halves[:, first]))
        rival = others[0] if abs(values[others[0]] - values[first]) <= sure else None
    return Steps(
        read_only(values.copy()),
        read_only(changes.copy()),
        read_only(found.half_width.diagonal(1).copy()),
        float(found.sure_to(halves.mean(axis=1))),
        first,
        rival,
    )
