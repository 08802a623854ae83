"""What every kind of training does alike: how a device computes, and how a step ends."""

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._triton import has_triton

from roberta_gui.engine import devices
from roberta_gui.training.optimizers import set_rates
from roberta_gui.training.recipe import Precision


def accelerator_for(precision: Precision, *, cpu: bool) -> tuple[Accelerator, str]:
    """Choose device and precision, and say which: see `products_in`.

    They are those of the whole process: its runs come one after the other.
    """
    device = "cpu" if cpu else devices.candidates("auto")[0]
    half, told = products_in(precision, device)
    # WORKAROUND: https://github.com/huggingface/accelerate/pull/1055. The first Accelerator of a
    # process settles device and precision of all later ones: another run in a notebook would be
    # refused, or compute as the one before.
    AcceleratorState._reset_state(reset_partial_state=True)
    return Accelerator(mixed_precision="bf16" if half else "no", cpu=device == "cpu"), told


def products_in(precision: Precision, device: str) -> tuple[bool, str]:
    """Tell whether products are in bfloat16, and say so in a sentence.

    ``auto`` takes it where the device computes it in hardware. Elsewhere a product of it is no
    faster, and on a CPU a hundred times slower.
    """
    fast = devices.has_fast_bfloat16(device)
    half = precision == "bf16" or (precision == "auto" and fast)
    kind = "bfloat16" if half else "float32"
    asked = "" if precision == "auto" else " as asked"
    has = "has" if fast else "has no"
    return half, f"Products in {kind}{asked}: {device} {has} instructions for bfloat16"


def is_compiled(wanted: bool | None, device: torch.device) -> bool:
    """Tell whether blocks are compiled: where nobody said, on a card that Triton can program."""
    return (device.type == "cuda" and has_triton()) if wanted is None else wanted


def attention_kernel(device: torch.device) -> AbstractContextManager[None]:
    """Choose how attention is computed while training: plain products on a CPU.

    Its fused kernel is slow backwards: at rows of 128 tokens that alone was two fifths of a step,
    and with plain products a step takes a tenth less.
    """
    if device.type == "cpu":
        return sdpa_kernel(SDPBackend.MATH)
    return nullcontext()


def seed_dropout(device: torch.device, seed: int) -> None:
    """Seed the generator that dropout on ``device`` draws from: a resumed run then drops alike."""
    if device.type == "cpu":
        # torch.manual_seed tells every other kind of device too, and notes from where it was
        # called: half as long as the whole step of a small network.
        torch.default_generator.manual_seed(seed)
    elif device.type == "cuda":
        torch.cuda.manual_seed(seed)  # of the card at work, which is this one
    else:
        torch.manual_seed(seed)


def learn(
    accelerator: Accelerator,
    objective: nn.Module,
    optimizers: Sequence[torch.optim.Optimizer],
    factor: float,
    clip: float,
) -> None:
    """End a step: follow the gradients at ``factor`` of the rates, their common norm clipped.

    A ``clip`` of 0 clips nothing.
    """
    set_rates(optimizers, factor)
    if clip:
        accelerator.clip_grad_norm_(objective.parameters(), clip)
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad()


class Clock:
    """Tells where the time of steps goes; on a GPU by its own clock, without waiting for it."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._marks: list[tuple[str, Any]] = []

    def start(self) -> None:
        """Count from now on."""
        self._marks = [("", self._now())]

    def mark(self, part: str) -> None:
        """Note that a part of a step ends here, where somebody counts."""
        if self._marks:
            self._marks.append((part, self._now()))

    def seconds(self) -> Counter[str]:
        """Add up the seconds of each part."""
        total: Counter[str] = Counter()
        on_gpu = self._device.type == "cuda"
        if on_gpu:
            torch.cuda.synchronize()
        for (_, before), (part, now) in pairwise(self._marks):
            total[part] += before.elapsed_time(now) / 1e3 if on_gpu else now - before
        return total

    def _now(self) -> Any:
        if self._device.type != "cuda":
            return time.perf_counter()
        event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record()
        return event
