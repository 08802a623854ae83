"""The training loop: read, guess, learn, and never lose more than the last few minutes."""

import hashlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from roberta_gui import problems
from roberta_gui.engine.roberta import Roberta
from roberta_gui.training.evaluation.curve import Point, write_csv, write_png
from roberta_gui.training.objective import MaskedWords
from roberta_gui.training.optimizers import make_optimizers, set_rates
from roberta_gui.training.recipe import Position, Recipe, phase_of, rate_factor, share_done
from roberta_gui.training.run_state import (
    STATE,
    RunState,
    load_state,
    refuse_differing,
    save_record,
)
from roberta_gui.training.text.batches import Batches, step_seed
from roberta_gui.training.text.packing import Specials
from roberta_gui.training.text.tokenized_text import TokenizedText
from roberta_gui.wording import counted

Watch = Callable[[Point, float], None]
"""Told about each point of the loss curve, with the share of the budget used, 0 to 1."""


class Training:
    """One run, begun or gone on with: everything that changes from step to step.

    The network is trained in place; the folder keeps the state of the run, ``run.pt``, and its
    loss curve. Raises `problems.BadArgument` where the folder holds a run with another recipe or
    text, or rows are longer than the network, `problems.BrokenCheckpoint` where its state is
    damaged.
    """

    def __init__(
        self,
        network: Roberta,
        text: TokenizedText,
        specials: Specials,
        recipe: Recipe,
        folder: Path,
        accelerator: Accelerator,
    ) -> None:
        if recipe.longest > network.configuration.max_tokens:
            raise problems.BadArgument(
                f"Rows of {counted(recipe.longest, 'token')} are longer than the network's "
                f"{network.configuration.max_tokens}.",
                "Use shorter rows.",
            )
        self._recipe = recipe
        self._folder = folder
        self._accelerator = accelerator
        self._network = network
        self._batches = Batches(text, specials, recipe)
        self._text_sha256 = hashlib.sha256(text.ids.tobytes()).hexdigest()
        self.position = Position()
        self.curve: tuple[Point, ...] = ()
        network.to(accelerator.device).train()
        if recipe.compile:
            # Block by block: all have the same code, so it is compiled once and not six times.
            for block in network.blocks:
                block.compile()
        optimizers = make_optimizers(network, recipe)
        self._resume(optimizers)
        self._objective = accelerator.prepare(MaskedWords(network))
        self._optimizers = [accelerator.prepare(optimizer) for optimizer in optimizers]

    def run(self, watch: Watch | None = None) -> tuple[Point, ...]:
        """Train until the budget is used up; give the loss curve, earlier sittings included."""
        began = time.monotonic() - self.position.seconds
        saved = self.position
        total = torch.zeros(2, device=self._accelerator.device)  # loss, guesses
        while share_done(self._recipe, self.position) < 1.0:
            phase = phase_of(self._recipe, self.position)
            if phase != self.position.phase:
                self.position = replace(self.position, phase=phase, rows=0)
            factor = rate_factor(self._recipe, self.position)
            measured, n_tokens = self._step(factor)
            total += measured
            self.position = replace(
                self.position,
                step=self.position.step + 1,
                tokens=self.position.tokens + n_tokens,
                rows=self.position.rows + self._batches.size(phase),
                seconds=self._agreed(time.monotonic() - began),
            )
            done = share_done(self._recipe, self.position)
            # States are only saved at points, so that a resumed curve has the same points.
            if done >= 1.0 or self.position.step % self._recipe.log_steps == 0:
                self._add_point(total, factor, phase)
                total.zero_()
                if watch is not None:
                    watch(self.curve[-1], done)
                if done >= 1.0 or self._is_due(saved):
                    self._save()
                    saved = self.position
        return self.curve

    def _step(self, factor: float) -> tuple[Tensor, int]:
        """Learn from one batch; give the sums of loss and guesses, (2,), and the tokens read."""
        accelerator, recipe = self._accelerator, self._recipe
        process, n_processes = accelerator.process_index, accelerator.num_processes
        masked, shift = self._batches.read(self.position, process, n_processes)
        # Dropout draws from torch's own generator: seeded by the step, a resumed run drops alike.
        torch.manual_seed(step_seed(recipe.seed + 1, self.position.step, process))
        to = accelerator.device
        with attention_kernel(to):
            loss = self._objective(
                masked.ids.to(to), masked.chosen.to(to), masked.targets.to(to), shift.to(to)
            )
        padding = self._network.configuration.padding_id
        counts = torch.tensor([len(masked.targets), int((masked.ids != padding).sum())], device=to)
        n_guesses, n_tokens = accelerator.reduce(counts, reduction="sum").tolist()
        # Processes average their gradients; every guess of every process counts the same.
        accelerator.backward(loss * n_processes / max(1, n_guesses))
        accelerator.clip_grad_norm_(self._objective.parameters(), recipe.clip)
        set_rates(self._optimizers, factor)
        for optimizer in self._optimizers:
            optimizer.step()
            optimizer.zero_grad()
        summed = accelerator.reduce(loss.detach(), reduction="sum")
        return torch.stack([summed, torch.tensor(float(n_guesses), device=to)]), n_tokens

    def _agreed(self, seconds: float) -> float:
        """Let all processes go by the first one's clock: they must end with the same step."""
        if self._accelerator.num_processes == 1:
            return seconds
        told = torch.tensor(seconds, dtype=torch.float64, device=self._accelerator.device)
        return float(broadcast(told))

    def _add_point(self, total: Tensor, factor: float, phase: int) -> None:
        loss, n_guesses = total.tolist()
        point = Point(
            step=self.position.step,
            tokens=self.position.tokens,
            seconds=round(self.position.seconds, 4),
            length=self._recipe.lengths[phase][0],
            loss=loss / max(1.0, n_guesses),
            learning_rate=self._recipe.learning_rate * factor,
        )
        self.curve = (*self.curve, point)

    def _is_due(self, saved: Position) -> bool:
        recipe, now = self._recipe, self.position
        by_time = 0 < recipe.checkpoint_seconds <= now.seconds - saved.seconds
        by_steps = 0 < recipe.checkpoint_steps <= now.step - saved.step
        return by_time or by_steps

    def _save(self) -> None:
        if not self._accelerator.is_main_process:
            return
        network = {name: value.cpu() for name, value in self._network.state_dict().items()}
        optimizers = tuple(optimizer.state_dict() for optimizer in self._optimizers)
        begun = self._recipe, self._text_sha256
        state = RunState(*begun, self.position, network, optimizers, self.curve)
        save_record(self._folder / STATE, state)
        write_csv(self._folder, self.curve)
        write_png(self._folder, self.curve)

    def _resume(self, optimizers: list[torch.optim.Optimizer]) -> None:
        state = load_state(self._folder)
        if state is None:
            return
        refuse_differing(
            {**asdict(state.recipe), "text": state.text_sha256},
            {**asdict(self._recipe), "text": self._text_sha256},
        )
        self._network.load_state_dict(state.network)
        for optimizer, content in zip(optimizers, state.optimizers, strict=True):
            optimizer.load_state_dict(content)
        self.position, self.curve = state.position, state.curve


def attention_kernel(device: torch.device) -> AbstractContextManager[None]:
    """Choose how attention is computed while training: plain products on a CPU.

    Its fused kernel is slow backwards: at rows of 128 tokens that alone was two fifths of a step,
    and with plain products a step takes a tenth less.
    """
    if device.type == "cpu":
        return sdpa_kernel(SDPBackend.MATH)
    return nullcontext()
