"""The training loop: read, guess, learn, and never lose more than the last few minutes."""

import hashlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.roberta import Roberta
from roberta_gui.training.evaluation.curve import Point, write_csv, write_png
from roberta_gui.training.learning import (
    Clock,
    attention_kernel,
    is_compiled,
    learn,
    seed_dropout,
)
from roberta_gui.training.objective import MaskedWords
from roberta_gui.training.optimizers import make_optimizers, restore
from roberta_gui.training.progress import forecast
from roberta_gui.training.recipe import Position, Recipe, phase_of, rate_factor, share_done
from roberta_gui.training.run_state import (
    STATE,
    RunState,
    load_state,
    reading_state,
    refuse_differing,
    save_record,
)
from roberta_gui.training.text.batches import Batch, Batches, step_seed
from roberta_gui.training.text.packing import Specials
from roberta_gui.training.text.tokenized_text import TokenizedText
from roberta_gui.wording import counted

Watch = Callable[[Point, float], None]
"""Told about each point of the loss curve, with the share of the budget used, 0 to 1."""

Draw = Callable[[Path, Sequence[Point]], None]
"""Puts a picture of the loss curve into the folder of the run."""


class Training:
    """One run, begun or gone on with: everything that changes from step to step.

    The network is trained in place; the folder keeps the state of the run, ``run.pt``, and its
    loss curve, which ``draw`` draws whenever the state is saved. Raises `problems.BadArgument`
    where the folder holds a run with another recipe, text or shape of the network, or rows are
    longer than the network, `problems.BrokenCheckpoint` where its state is damaged.
    """

    def __init__(
        self,
        network: Roberta,
        text: TokenizedText,
        specials: Specials,
        recipe: Recipe,
        folder: Path,
        accelerator: Accelerator,
        draw: Draw = write_png,
    ) -> None:
        most = network.configuration.max_tokens
        if recipe.longest > most:
            raise problems.BadArgument(
                f"Rows of {counted(recipe.longest, 'token')} are longer than the network's {most}.",
                "Use shorter rows.",
            )
        self._recipe = recipe
        self._folder = folder
        self._accelerator = accelerator
        self._draw = draw
        self._network = network
        self._shape = replace(network.configuration, dropout=0.0, task=None)
        self._batches = Batches(text, specials, recipe, most)
        self._text_sha256 = hashlib.sha256(text.ids.tobytes()).hexdigest()
        self.position = Position()
        self.curve: tuple[Point, ...] = ()
        self.clock = Clock(accelerator.device)
        network.to(accelerator.device).train()
        if is_compiled(recipe.compile, accelerator.device):
            # Block by block: all have the same code, so it is compiled once and not six times.
            for block in network.blocks:
                block.compile()
        optimizers = make_optimizers(network, recipe, half=accelerator.mixed_precision == "bf16")
        self._resume(optimizers)
        self._objective = accelerator.prepare(MaskedWords(network))
        self._optimizers = [accelerator.prepare(optimizer) for optimizer in optimizers]

    def run(
        self, watch: Watch | None = None, tell: Callable[[str], None] | None = None
    ) -> tuple[Point, ...]:
        """Train until the budget is used up; give the loss curve, earlier sittings included.

        ``tell`` hears what the budget will reach, as soon as the second step has been measured.
        Raises `problems.NotFinite` where losses or weights no longer are; the state before stays.
        """
        began = time.monotonic() - self.position.seconds
        first, saved = self.position.step, self.position
        lost, n_guesses = torch.zeros((), device=self._accelerator.device), 0
        feed: Iterator[Batch] | None = None
        while share_done(self._recipe, self.position) < 1.0:
            phase = phase_of(self._recipe, self.position)
            if feed is None or phase != self.position.phase:
                if phase != self.position.phase:
                    self.position = replace(self.position, phase=phase, rows=0)
                feed = self._feed()
            factor = rate_factor(self._recipe, self.position)
            before = self.position
            loss, of, n_tokens = self._step(feed, factor)
            lost, n_guesses = lost + loss, n_guesses + of
            if self.position.step < first + 2:
                lost.item()  # a GPU is waited for, so that the clock can tell what a step takes
            self.position = replace(
                self.position,
                step=self.position.step + 1,
                tokens=self.position.tokens + n_tokens,
                rows=self.position.rows + self._batches.size(phase),
                seconds=self._agreed(time.monotonic() - began),
            )
            if tell is not None and self.position.step == first + 2:
                tell(forecast(self._recipe, before, self.position))
            done = share_done(self._recipe, self.position)
            is_due = done >= 1.0 or self._is_due(saved)
            # States are only saved at points, so that a resumed curve has the same points.
            if is_due or self.position.step % self._recipe.log_steps == 0:
                self._add_point(lost, n_guesses, factor, phase)
                lost, n_guesses = torch.zeros_like(lost), 0
                if watch is not None:
                    watch(self.curve[-1], done)
                if is_due:
                    self._save()
                    saved = self.position
        return self.curve

    def _feed(self) -> Iterator[Batch]:
        process, n_processes = self._accelerator.process_index, self._accelerator.num_processes
        return self._batches.ahead(self.position, process, n_processes, self._accelerator.device)

    def _step(self, feed: Iterator[Batch], factor: float) -> tuple[Tensor, int, int]:
        """Learn from one batch; give the sum of its losses, and count guesses and tokens read.

        On a GPU nothing here waits for it, but where processes must agree on their counts.
        """
        accelerator, recipe, mark = self._accelerator, self._recipe, self.clock.mark
        batch = next(feed)
        inputs = batch.inputs(accelerator.device)
        mark("data")
        process, n_processes = accelerator.process_index, accelerator.num_processes
        if recipe.dropout:
            seed = step_seed(recipe.seed + 1, self.position.step, process)
            seed_dropout(accelerator.device, seed)
        with attention_kernel(accelerator.device):
            loss = self._objective(*inputs)
        mark("forward")
        n_guesses, n_tokens = batch.n_guesses, batch.n_tokens
        if n_processes > 1:
            counts = torch.tensor([n_guesses, n_tokens], device=accelerator.device)
            n_guesses, n_tokens = accelerator.reduce(counts, reduction="sum").tolist()
        # Processes average their gradients; every guess of every process counts the same.
        accelerator.backward(loss * n_processes / max(1, n_guesses))
        mark("backward")
        learn(accelerator, self._objective, self._optimizers, factor, recipe.clip)
        mark("optimizer")
        return loss.detach(), n_guesses, n_tokens

    def _agreed(self, seconds: float) -> float:
        """Let all processes go by the first one's clock: they must end with the same step."""
        if self._accelerator.num_processes == 1:
            return seconds
        told = torch.tensor(round(seconds * 1e6), device=self._accelerator.device)
        return int(broadcast(told)) / 1e6  # no kind of device lacks whole numbers

    def _add_point(self, lost: Tensor, n_guesses: int, factor: float, phase: int) -> None:
        loss = float(self._accelerator.reduce(lost, reduction="sum"))
        if not math.isfinite(loss):
            raise self._not_finite("loss")
        point = Point(
            step=self.position.step,
            tokens=self.position.tokens,
            seconds=round(self.position.seconds, 4),
            length=self._recipe.lengths[phase][0],
            loss=loss / max(1, n_guesses),
            learning_rate=self._recipe.learning_rate * factor,
        )
        self.curve = (*self.curve, point)

    def _is_due(self, saved: Position) -> bool:
        recipe, now = self._recipe, self.position
        by_time = 0 < recipe.checkpoint_seconds <= now.seconds - saved.seconds
        by_steps = 0 < recipe.checkpoint_steps <= now.step - saved.step
        return by_time or by_steps

    def _not_finite(self, what: str) -> problems.NotFinite:
        return problems.NotFinite(
            f"The {what} came to infinite or undefined values by step {self.position.step:,}.",
            "What was saved before is kept. Begin again in another folder, with a smaller "
            "--learning-rate or more --warmup-steps.",
        )

    def _save(self) -> None:
        if not all(bool(weight.isfinite().all()) for weight in self._network.parameters()):
            raise self._not_finite("weights")
        if not self._accelerator.is_main_process:
            return
        network = {name: value.cpu() for name, value in self._network.state_dict().items()}
        optimizers = tuple(optimizer.state_dict() for optimizer in self._optimizers)
        begun = self._recipe, self._text_sha256
        state = RunState(*begun, self.position, network, optimizers, self.curve, self._shape)
        save_record(self._folder / STATE, state)
        write_csv(self._folder, self.curve)
        self._draw(self._folder, self.curve)

    def _resume(self, optimizers: list[torch.optim.Optimizer]) -> None:
        state = load_state(self._folder)
        if state is None:
            return
        shape = {} if state.configuration is None else asdict(state.configuration)
        refuse_differing(
            {**shape, **asdict(state.recipe), "text": state.text_sha256},
            {**asdict(self._shape), **asdict(self._recipe), "text": self._text_sha256},
        )
        with reading_state(self._folder / STATE):
            self._network.load_state_dict(state.network)
            for optimizer, content in zip(optimizers, state.optimizers, strict=True):
                restore(optimizer, content)
        self.position, self.curve = state.position, state.curve
