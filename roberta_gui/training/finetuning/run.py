"""Fine-tuning itself: learn, look at the held-out texts, keep the best, and test it."""

import hashlib
import math
import sys
import time
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.measures.reference import batches, step_tokens
from roberta_gui.engine.roberta import Roberta
from roberta_gui.records.finetuning import Scores, Snapshot, TuningStep
from roberta_gui.training.export import export
from roberta_gui.training.finetuning import tuning_state
from roberta_gui.training.finetuning.encoding import batch_of, encode, lengths_told
from roberta_gui.training.finetuning.metrics import judge, majority_of
from roberta_gui.training.finetuning.objective import (
    TaskLoss,
    draw_head,
    freeze,
    make_optimizer,
    shapes_with_task,
    with_task,
)
from roberta_gui.training.finetuning.recipe import TuningRecipe
from roberta_gui.training.finetuning.task_data import TaskData
from roberta_gui.training.finetuning.tuning_state import Kept
from roberta_gui.training.finetuning.watching import Watch
from roberta_gui.training.learning import (
    accelerator_for,
    attention_kernel,
    learn,
    seed_dropout,
)
from roberta_gui.training.optimizers import restore
from roberta_gui.training.run_state import reading_state
from roberta_gui.training.starts.start import Start
from roberta_gui.training.text.batches import step_seed
from roberta_gui.training.text.packing import Specials
from roberta_gui.wording import counted

MODEL = "model"

_LEAST_TOKENS = 128
"""Of a part on a CPU: with fewer, adding up the gradients of a large network takes longest."""


@dataclass(frozen=True, slots=True, eq=False)
class TunedModel:
    """What fine-tuning came to: the model of the epoch that was best on the held-out texts."""

    folder: Path  # for this app and for transformers
    seed: int
    epoch: int
    tested: tuple[Scores, ...]  # on the test texts, of each seed's best epoch
    snapshots: tuple[Snapshot, ...]  # where the layers went in the first seed, if somebody watched

    def summary(self) -> dict[str, tuple[float, float]]:
        """Give each measure's mean over the seeds and its standard deviation (nan for one)."""
        names = self.tested[0].measures
        each = {name: [scores.measures[name].value for scores in self.tested] for name in names}
        return {
            name: (float(np.mean(v)), float(np.std(v, ddof=1)) if len(v) > 1 else float("nan"))
            for name, v in each.items()
        }


class FineTuning:
    """One run over all seeds, begun or gone on with; ``start`` stays as it is.

    The folder keeps the state of the run, and its model at the end; ``notices`` are what somebody
    should know about the data, in whole sentences. Raises `problems.BadArgument` where so
    little is read of the texts that nothing is scored, several processes would share the run, or
    the folder holds one with another recipe, other data or another model;
    `problems.BrokenCheckpoint` where its state is damaged.
    """

    def __init__(
        self,
        start: Start,
        data: TaskData,
        recipe: TuningRecipe,
        folder: Path,
        accelerator: Accelerator | None = None,
    ) -> None:
        accelerator = accelerator or accelerator_for(recipe.precision, cpu=False)[0]
        if accelerator.num_processes > 1:
            raise problems.BadArgument(
                f"Fine-tuning is done by one process, not by {accelerator.num_processes}.",
                "Start it without a launcher.",
            )
        most = start.network.configuration.max_tokens
        most = min(recipe.max_tokens or most, most)
        parts = [
            encode(part, start.tokenizer, data.task, most)
            for part in (data.train, data.held_out, data.test)
        ]
        if not all(any(one.said for one in part) for part in parts):
            raise problems.BadArgument(
                f"Nothing with a label is among the first {counted(most, 'token')} of the texts.",
                "Let more tokens be read.",
            )
        self._train, self._held_out, self._test = parts
        together = [one for part in parts for one in part]
        self.notices = (*data.notices, *lengths_told(together, data.task, most))
        self._majority = majority_of(self._train, data.task)
        self._start, self._data, self._recipe, self._folder = start, data, recipe, folder
        self._specials = Specials.of(start.tokenizer)
        self._accelerator = accelerator
        on_cpu = max(_LEAST_TOKENS, step_tokens(start.network.configuration))
        is_cpu = accelerator.device.type == "cpu"
        self._part_tokens = recipe.part_tokens or (on_cpu if is_cpu else sys.maxsize)
        self._per_epoch = -(-len(self._train) // recipe.batch_size)
        self._n_steps = self._per_epoch * recipe.epochs
        model = start.weights_sha256, start.tokenizer_sha256, start.network.configuration
        self._begun = {
            **asdict(recipe),
            "data": _fingerprint(data.task, data.train, data.held_out, data.test),
            "model": _fingerprint(*model),
        }
        self._state = tuning_state.load(folder, self._begun, shapes_with_task(start, data.task))
        self._is_saving_soon = self.is_saved = False

    @property
    def done(self) -> float:
        """The share of the work of all seeds that is done, 0 to 1."""
        step = self._state.step / self._n_steps
        return (self._state.run + step) / len(self._recipe.seeds)

    def save_soon(self) -> None:
        """Write the state after the step at work; ``is_saved`` tells that it is written."""
        self._is_saving_soon, self.is_saved = True, False

    def steps(self) -> Generator[TuningStep | None, None, TunedModel]:
        """Learn step by step, whenever there is time; what comes out is the return value.

        None is a pause in the middle of a step, for whoever has a queue.
        """
        for run in range(self._state.run, len(self._recipe.seeds)):
            yield from self._seed(run)
        best, target = self._state.champion, self._folder / MODEL
        shape = with_task(self._start, self._data.task, self._recipe.dropout).configuration
        tokenizer = self._start.tokenizer_folder
        export(target, shape, best.weights, self._specials, tokenizer, torch.float32)
        state = self._state
        return TunedModel(target, best.seed, best.epoch, state.tested, state.snapshots)

    def _seed(self, run: int) -> Generator[TuningStep | None, None, None]:
        recipe, accelerator = self._recipe, self._accelerator
        network, optimizer = self._set_up(recipe.seeds[run])
        loss = TaskLoss(network).train()
        objective, prepared = accelerator.prepare(loss, optimizer)
        saved = time.monotonic()
        began = saved - self._state.seconds
        watch = None
        if not run and recipe.watch_steps:
            watch = yield from Watch.begin(self._start, self._data)
        if watch is not None and self._state.step == 0:
            yield self._told(run, math.nan, 0.0, None, (yield from self._look(watch, network)))
        while (step := self._state.step) < self._n_steps:
            factor = recipe.factor(step, self._n_steps)
            lost = yield from self._step(objective, prepared, recipe.seeds[run], factor)
            now = time.monotonic()
            self._state = replace(self._state, step=step + 1, seconds=now - began)
            held_out, snapshot = None, None
            is_epoch = (step + 1) % self._per_epoch == 0
            is_watched = watch is not None and (step + 1) % recipe.watch_steps == 0
            if is_epoch or is_watched:
                held_out = yield from judge(loss, self._held_out, self._majority)
                _refuse_infinite(held_out.loss)  # what the step before may have come to
            if is_epoch and held_out is not None:
                self._keep(run, held_out, network)
            if is_watched and watch is not None:
                snapshot = yield from self._look(watch, network)
            yield self._told(run, lost, factor, held_out, snapshot)
            if self._is_saving_soon or now - saved >= recipe.checkpoint_seconds:
                self._save(network, prepared)
                saved = now
        best = self._state.best
        network.load_state_dict(best.weights)
        tested = yield from judge(loss, self._test, self._majority, intervals=True)
        accelerator.free_memory(objective, prepared)
        before = self._state.champion
        self._state = tuning_state.TuningState(
            run=run + 1,
            seconds=time.monotonic() - began,
            champion=best if best.rank > before.rank else before,
            tested=(*self._state.tested, tested),
            snapshots=self._state.snapshots,
        )
        self._write()

    def _look(self, watch: Watch, network: Roberta) -> Generator[None, None, Snapshot]:
        snapshot = yield from watch.measure(network, self._state.step)
        self._state = replace(self._state, snapshots=(*self._state.snapshots, snapshot))
        return snapshot

    def _set_up(self, seed: int) -> tuple[Roberta, torch.optim.Optimizer]:
        """Make the seed's network and optimizer, as they were where it was left."""
        network = with_task(self._start, self._data.task, self._recipe.dropout)
        draw_head(network, seed)
        freeze(network, self._recipe.layers)
        if self._state.network is not None:
            network.load_state_dict(self._state.network)
        network.to(self._accelerator.device)
        optimizer = make_optimizer(network, self._recipe)
        if self._state.optimizer is not None:
            with reading_state(self._folder / tuning_state.STATE):
                restore(optimizer, self._state.optimizer)
        return network, optimizer

    def _step(
        self,
        objective: torch.nn.Module,
        optimizer: torch.optim.Optimizer,
        seed: int,
        factor: float,
    ) -> Generator[None, None, float]:
        """Learn from one batch; give its mean loss."""
        recipe, accelerator, state = self._recipe, self._accelerator, self._state
        if recipe.dropout:
            seed_dropout(accelerator.device, step_seed(seed + 1, state.step, 0))
        rows = self._rows(seed, state.step)
        chosen = sorted((self._train[row] for row in rows), key=lambda one: len(one.tokens))
        n = sum(len(one.said) for one in chosen)
        total = 0.0
        lengths = [len(one.tokens) for one in chosen]
        for part in batches(lengths, self._part_tokens):
            if part.start:
                yield
            padding = self._start.network.configuration.padding_id
            batch = batch_of(chosen[part], self._data.task, padding).to(accelerator.device)
            with attention_kernel(accelerator.device):
                loss, _ = objective(*batch)
            accelerator.backward(loss / max(1, n))
            total += float(loss.detach())
        _refuse_infinite(total)
        learn(accelerator, objective, [optimizer], factor, recipe.clip)
        return total / max(1, n)

    def _rows(self, seed: int, step: int) -> list[int]:
        """Say which texts a step reads: all of them once an epoch, in an order of its own."""
        epoch, place = divmod(step, self._per_epoch)
        order = np.random.default_rng([seed, epoch]).permutation(len(self._train))
        size = self._recipe.batch_size
        return [int(row) for row in order[place * size : (place + 1) * size]]

    def _told(
        self,
        run: int,
        lost: float,
        factor: float,
        held_out: Scores | None,
        snapshot: Snapshot | None,
    ) -> TuningStep:
        state, rate = self._state, self._recipe.rate(self._start.network.configuration.d_model)
        return TuningStep(
            seed=self._recipe.seeds[run],
            epoch=-(-state.step // self._per_epoch),
            step=state.step,
            loss=lost,
            learning_rate=rate * factor,
            done=self.done,
            seconds=state.seconds,
            held_out=held_out,
            snapshot=snapshot,
        )

    def _keep(self, run: int, held_out: Scores, network: Roberta) -> None:
        if held_out.rank > self._state.best.rank:
            epoch, weights = self._state.step // self._per_epoch, _copied(network.state_dict())
            best = Kept(self._recipe.seeds[run], epoch, held_out.rank, weights)
            self._state = replace(self._state, best=best)

    def _save(self, network: Roberta, optimizer: torch.optim.Optimizer) -> None:
        weights, moments = _copied(network.state_dict()), optimizer.state_dict()
        self._state = replace(self._state, network=weights, optimizer=moments)
        self._write()
        self.is_saved, self._is_saving_soon = True, False
        # On the disk is where they belong: the run itself has newer ones.
        self._state = replace(self._state, network=None, optimizer=None)

    def _write(self) -> None:
        tuning_state.save(self._folder, self._state, self._begun)


def _refuse_infinite(loss: float) -> None:
    if not math.isfinite(loss):
        raise problems.NotFinite(
            "The loss came to infinite or undefined values.", "Use a smaller learning rate."
        )


def _fingerprint(*records: object) -> str:
    return hashlib.sha256(repr(records).encode("utf-8", "replace")).hexdigest()


def _copied(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().clone() for name, tensor in weights.items()}
