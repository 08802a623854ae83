"""The state of fine-tuning on disk: all that is needed to go on as if nothing had happened."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from roberta_gui.records import read_only
from roberta_gui.records.finetuning import Interval, Scores, Snapshot
from roberta_gui.training.finetuning.recipe import TuningRecipe
from roberta_gui.training.run_state import read_content, refuse_differing, save_content

STATE = "tuning.pt"


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Weights that were better than all before, and how good they are on the held-out texts."""

    seed: int
    epoch: int
    rank: tuple[float, float]
    weights: Mapping[str, Tensor]


NOTHING = Kept(-1, 0, (-math.inf, -math.inf), {})
"""Worse than any weights."""


@dataclass(frozen=True, slots=True, eq=False)
class TuningState:
    """Where fine-tuning stands."""

    run: int = 0  # which of the seeds is at work
    step: int = 0  # steps done in it
    seconds: float = 0.0  # spent so far; time between a kill and going on does not count
    # network, optimizer: of the seed at work; None before its first step
    network: Mapping[str, Tensor] | None = None
    optimizer: Mapping[str, Any] | None = None
    # best, champion: the best epoch of the seed at work; the best of the seeds that are done
    best: Kept = NOTHING
    champion: Kept = NOTHING
    tested: tuple[Scores, ...] = ()  # scores of each seed's best epoch on the test texts
    # Where the layers went in the first seed, if somebody watches
    snapshots: tuple[Snapshot, ...] = ()


def save(folder: Path, state: TuningState, recipe: TuningRecipe, data_sha256: str) -> None:
    """Write the state so that a kill at any moment leaves this one or the one before."""
    begun = {**asdict(recipe), "data": data_sha256}
    save_content(folder / STATE, {**_stored(state), "begun": begun})


def load(folder: Path, recipe: TuningRecipe, data_sha256: str) -> TuningState:
    """Read where a run stood, or give the state that one begins with.

    Raises `problems.BrokenCheckpoint`: the file is damaged. Raises `problems.BadArgument`: it is of
    a run with another recipe or other data; what differs is named.
    """

    def read(content: dict[str, Any]) -> TuningState:
        refuse_differing(content["begun"], {**asdict(recipe), "data": data_sha256})
        fields = {name: content[name] for name in TuningState.__slots__}
        kept = {name: Kept(**fields[name]) for name in ("best", "champion")}
        tested = tuple(map(_scores, fields["tested"]))
        snapshots = tuple(Snapshot(**_arrays(one)) for one in fields["snapshots"])
        return TuningState(**{**fields, **kept, "tested": tested, "snapshots": snapshots})

    return read_content(folder / STATE, read) or TuningState()


def _stored(value: Any) -> Any:
    """Write records as a file of weights can hold them: tensors, numbers and names."""
    if isinstance(value, TuningState | Kept | Scores | Snapshot):
        return {name: _stored(getattr(value, name)) for name in type(value).__slots__}
    if isinstance(value, Mapping):
        return {name: _stored(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_stored, value))
    return torch.from_numpy(value.copy()) if isinstance(value, np.ndarray) else value


def _scores(content: dict[str, Any]) -> Scores:
    measures = {name: Interval(*values) for name, values in content["measures"].items()}
    return Scores(**{**_arrays(content), "measures": measures})


def _arrays(content: dict[str, Any]) -> dict[str, Any]:
    return {
        name: read_only(value.numpy()) if isinstance(value, Tensor) else value
        for name, value in content.items()
    }
