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
    """Where fine-tuning stands.

    Attributes
    ----------
    run
        Which of the seeds is at work.
    step
        Steps done in it.
    seconds
        Spent so far; time between a kill and going on does not count.
    network, optimizer
        Of the seed at work; None before its first step.
    best, champion
        The best epoch of the seed at work; the best of the seeds that are done.
    tested
        Scores of each seed's best epoch on the test texts.
    snapshots
        Where the layers went in the first seed, if somebody watches.
    """

    run: int = 0
    step: int = 0
    seconds: float = 0.0
    network: Mapping[str, Tensor] | None = None
    optimizer: Mapping[str, Any] | None = None
    best: Kept = NOTHING
    champion: Kept = NOTHING
    tested: tuple[Scores, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()


def save(folder: Path, state: TuningState, recipe: TuningRecipe, data_sha256: str) -> None:
    """Write the state so that a kill at any moment leaves this one or the one before."""
    fields = {name: getattr(state, name) for name in TuningState.__slots__}
    fields |= {name: _by_name(fields[name]) for name in ("best", "champion")}
    fields["tested"] = [plain(scores) for scores in state.tested]
    fields["snapshots"] = [_as_tensors(snapshot) for snapshot in state.snapshots]
    begun = {**asdict(recipe), "data": data_sha256}
    save_content(folder / STATE, {**fields, "begun": begun})


def load(folder: Path, recipe: TuningRecipe, data_sha256: str) -> TuningState:
    """Read where a run stood, or give the state that one begins with.

    Raises
    ------
    problems.BrokenCheckpoint
        The file is damaged.
    problems.BadArgument
        It is of a run with another recipe or other data; what differs is named.
    """

    def read(content: dict[str, Any]) -> TuningState:
        refuse_differing(content["begun"], {**asdict(recipe), "data": data_sha256})
        fields = {name: content[name] for name in TuningState.__slots__}
        fields |= {name: Kept(**fields[name]) for name in ("best", "champion")}
        fields["tested"] = tuple(map(_scores, fields["tested"]))
        fields["snapshots"] = tuple(map(_snapshot, fields["snapshots"]))
        return TuningState(**fields)

    return read_content(folder / STATE, read) or TuningState()


def plain(scores: Scores) -> dict[str, Any]:
    """Write scores as numbers, lists and names, as JSON has them."""
    return {
        "n": scores.n,
        "loss": scores.loss,
        "measures": {name: list(interval) for name, interval in scores.measures.items()},
        "baseline": dict(scores.baseline),
        "confusion": scores.confusion.tolist(),
    }


def _by_name(record: Kept | Snapshot) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).__slots__}


def _as_tensors(snapshot: Snapshot) -> dict[str, Any]:
    """Write a snapshot as a file of weights can hold it: tensors, numbers and names."""
    return {
        name: torch.from_numpy(value.copy()) if isinstance(value, np.ndarray) else value
        for name, value in _by_name(snapshot).items()
    }


def _snapshot(content: dict[str, Any]) -> Snapshot:
    fields: dict[str, Any] = {
        name: read_only(value.numpy()) if isinstance(value, Tensor) else value
        for name, value in content.items()
    }
    return Snapshot(**fields)


def _scores(content: dict[str, Any]) -> Scores:
    measures = {name: Interval(*values) for name, values in content["measures"].items()}
    n = len(content["confusion"])
    confusion = np.array(content["confusion"], np.int64).reshape(n, n)
    return Scores(**{**content, "measures": measures, "confusion": read_only(confusion)})
