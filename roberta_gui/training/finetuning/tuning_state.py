"""The state of fine-tuning on disk: all that is needed to go on as if nothing had happened."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Size, Tensor

from roberta_gui.records import read_only
from roberta_gui.records.finetuning import Interval, Scores, Snapshot
from roberta_gui.training.run_state import read_record, refuse_differing, save_record

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
    network: Mapping[str, Tensor] | None = None  # of the seed at work; None before its first step
    optimizer: Mapping[str, Any] | None = None
    best: Kept = NOTHING  # the best epoch of the seed at work
    champion: Kept = NOTHING  # the best of the seeds that are done
    tested: tuple[Scores, ...] = ()  # scores of each seed's best epoch on the test texts
    snapshots: tuple[Snapshot, ...] = ()  # where the layers went in the first seed, if watched


def save(folder: Path, state: TuningState, begun: Mapping[str, Any]) -> None:
    """Write the state so that a kill at any moment leaves this one or the one before.

    ``begun`` is what the run was begun with: its recipe, and fingerprints of data and model.
    """
    save_record(folder / STATE, state, begun=begun)


def load(folder: Path, begun: Mapping[str, Any], shapes: Mapping[str, Size]) -> TuningState:
    """Read where a run stood, or give the state that one begins with.

    ``shapes`` are those of the weights that are trained. Raises `problems.BrokenCheckpoint` where
    the file is damaged, `problems.BadArgument` where it is of a run that was begun with something
    else.
    """

    def read(content: dict[str, Any]) -> TuningState:
        refuse_differing(content["begun"], begun)
        fields = {name: content[name] for name in TuningState.__slots__}
        place = {"run": int(fields["run"]), "step": int(fields["step"])}
        kept = {name: _kept(fields[name]) for name in ("best", "champion")}
        tested = tuple(map(_scores, fields["tested"]))
        snapshots = tuple(_snapshot(one) for one in fields["snapshots"])
        for weights in (fields["network"], *(one.weights for one in kept.values())):
            if weights and {name: one.shape for name, one in weights.items()} != shapes:
                raise ValueError("it has weights of another network")
        if not 0 <= place["run"] == len(tested) or place["step"] < 0:
            raise ValueError("it stands nowhere")
        if place["run"] and not kept["champion"].weights:
            raise ValueError("the best weights are missing")
        seconds = {"seconds": float(fields["seconds"])}
        lists = {"tested": tested, "snapshots": snapshots}
        return TuningState(**{**fields, **place, **seconds, **kept, **lists})

    return read_record(folder / STATE, read) or TuningState()


def _kept(content: dict[str, Any]) -> Kept:
    measure, loss = map(float, content["rank"])
    seed, epoch = int(content["seed"]), int(content["epoch"])
    return Kept(**{**content, "seed": seed, "epoch": epoch, "rank": (measure, loss)})


def _scores(content: dict[str, Any]) -> Scores:
    measures = {n: Interval(*map(float, values)) for n, values in content["measures"].items()}
    baseline = {name: float(content["baseline"][name]) for name in measures}
    confusion = read_only(content["confusion"].numpy())
    return Scores(int(content["n"]), float(content["loss"]), measures, baseline, confusion)


def _snapshot(content: dict[str, Any]) -> Snapshot:
    arrays = {n: read_only(content[n].numpy()) for n in ("cka", "distance", "probe", "points")}
    numbers = {"step": int(content["step"]), "mask_loss": float(content["mask_loss"])}
    return Snapshot(
        **{**content, **arrays, **numbers, "labels": tuple(map(str, content["labels"]))}
    )
