"""Runs of training and fine-tuning, small and whole: what `tests.fuzz` spoils and goes on with."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from roberta_gui.engine.checkpoints.checkpoint import configuration_of
from roberta_gui.findings.finetuning import TuningProgress
from roberta_gui.records.finetuning import Interval, Scores, Snapshot, TuningStep
from roberta_gui.training.evaluation.curve import Point, write_csv
from roberta_gui.training.finetuning import tuning_state
from roberta_gui.training.finetuning.events import PROGRESS, sent_before
from roberta_gui.training.finetuning.recipe import TuningRecipe
from roberta_gui.training.finetuning.run import TunedModel
from roberta_gui.training.finetuning.tuning_state import Kept, TuningState
from roberta_gui.training.optimizers import adamw, restore, set_rates
from roberta_gui.training.recipe import Position, Recipe, phase_of, rate_factor
from roberta_gui.training.run_state import (
    STATE,
    RunState,
    load_state,
    reading_state,
    refuse_differing,
    save_record,
)

RECIPE, TUNING = Recipe(steps=9), {**asdict(TuningRecipe(seeds=(0, 1))), "data": "0f"}

SHAPE = configuration_of({"model_type": "roberta"})

MEASURES = {"accuracy": Interval(0.5, 0.1, 0.9)}
SCORES = Scores(6, 0.5, MEASURES, {"accuracy": 0.4}, np.eye(2, dtype=np.int64))
LAYERS = np.array([1.0, 0.5])
SNAPSHOT = Snapshot(1, LAYERS, LAYERS, LAYERS, np.zeros((2, 1, 2), np.float32), ("cat",), 2.5)


def _network() -> tuple[nn.Module, torch.optim.Optimizer]:
    network = nn.Linear(2, 2)
    groups = [{"params": [one], "weight_decay": 0.0, "peak": 1e-3} for one in network.parameters()]
    return network, adamw(groups, torch.device("cpu"))


def _learn(network: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    network(torch.ones(1, 2)).sum().backward()
    set_rates([optimizer], 1.0)
    optimizer.step()


def made(folder: Path) -> Path:
    """Write a run of each kind, in the middle of its work."""
    network, optimizer = _network()
    _learn(network, optimizer)
    weights, moments = network.state_dict(), optimizer.state_dict()
    curve = (Point(1, 20, 1.0, 128, 3.0, 1e-3),)
    begun = RECIPE, "0f", Position(1, 20, 1.0, 4)
    save_record(folder / STATE, RunState(*begun, weights, (moments,), curve, SHAPE))
    best = Kept(0, 1, SCORES.rank, weights)
    stands = TuningState(1, 2, 1.0, weights, moments, best, best, (SCORES,), (SNAPSHOT,))
    tuning_state.save(folder, stands, TUNING)
    steps = [
        TuningStep(0, 1, step, 0.5, 1e-3, step / 4, 1.0, SCORES, SNAPSHOT) for step in range(4)
    ]
    lines = (json.dumps({"step": asdict(step)}, default=np.ndarray.tolist) for step in steps)
    (folder / PROGRESS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


def spoil_content(file: Path, spoil: Callable[[Any], Any]) -> None:
    """Spoil what a state holds, and write it as a whole file."""
    content = spoil(torch.load(file, weights_only=True))
    file.unlink()
    torch.save(content, file)


def go_on(folder: Path, what: str) -> None:
    """Read what is there, and take the next step or show the last one."""
    if what == "training":
        _go_on_training(folder)
    elif what == "finetuning":
        _go_on_finetuning(folder)
    else:
        progress = TuningProgress("")
        for line in sent_before(folder / PROGRESS, 0.5):
            progress = progress.with_event(json.loads(line))
        progress.caption()
        progress.remark()
        progress.layers_caption()
        progress.table().to_csv()


def _go_on_training(folder: Path) -> None:
    state, (network, optimizer) = load_state(folder), _network()
    if state is None:
        return
    shape = {} if state.configuration is None else asdict(state.configuration)
    refuse_differing({**shape, **asdict(state.recipe)}, {**asdict(SHAPE), **asdict(RECIPE)})
    with reading_state(folder / STATE):
        network.load_state_dict(state.network)
        for one, content in zip([optimizer], state.optimizers, strict=True):
            restore(one, content)
    rate_factor(RECIPE, state.position)
    phase_of(RECIPE, state.position)
    write_csv(folder, state.curve)
    _learn(network, optimizer)


def _go_on_finetuning(folder: Path) -> None:
    network, optimizer = _network()
    shapes = {name: one.shape for name, one in network.state_dict().items()}
    state = tuning_state.load(folder, TUNING, shapes)
    for weights in (state.network, state.best.weights, state.champion.weights):
        if weights:
            network.load_state_dict(weights)
    if state.optimizer is not None:
        with reading_state(folder / tuning_state.STATE):
            restore(optimizer, state.optimizer)
    _learn(network, optimizer)
    best = max((state.best, state.champion), key=lambda kept: kept.rank)
    tuned = TunedModel(folder, best.seed, best.epoch, state.tested, state.snapshots)
    if state.tested:
        tuned.summary()
