"""Where the time of training goes, and how near it comes to what the device can do."""

import time
from contextlib import ExitStack
from dataclasses import replace

import torch
from torch.profiler import ProfilerActivity

from roberta_gui.engine.roberta import Roberta
from roberta_gui.training.evaluation.curve import Point
from roberta_gui.training.recipe import Recipe
from roberta_gui.training.training import Training

_WARM_UP = 5
"""Steps that are not counted: memory is asked for, and programs are compiled."""

_PEAK_SIZE = 2048


def profiled(recipe: Recipe, n_steps: int) -> Recipe:
    """Make a recipe that lasts for ``n_steps`` behind the warm-up."""
    steps = _WARM_UP + n_steps
    recipe = replace(recipe, minutes=0.0, tokens=0, steps=steps, log_steps=_WARM_UP)
    return replace(recipe, checkpoint_seconds=0.0, checkpoint_steps=0)


def profile(training: Training, network: Roberta, *, half: bool) -> str:
    """Run a `profiled` recipe and say where its time went.

    The device's peak is that of a large product of matrices, measured here and now, in bfloat16
    where training is (``half``).
    """
    device, times = network.device, list[tuple[float, float]]()
    with ExitStack() as measured:
        kernels: torch.profiler.profile | None = None

        def note(point: Point, done: float) -> None:
            nonlocal kernels
            if not times:
                if device.type == "cuda":
                    kernels = torch.profiler.profile(activities=[ProfilerActivity.CUDA])
                    measured.enter_context(kernels)
                training.clock.start()
            # Here a GPU has been waited for; the seconds of the point are those from before that.
            times.append((time.perf_counter(), time.process_time()))
            if done >= 1.0:
                measured.close()  # saving is no part of a step

        curve = training.run(note)
    (began, began_cpu), (ended, ended_cpu) = times[0], times[-1]
    wall, tokens = ended - began, curve[-1].tokens - curve[0].tokens
    if kernels is not None:
        busy = sum(event.self_device_time_total for event in kernels.key_averages()) / 1e6
    else:
        busy = (ended_cpu - began_cpu) / torch.get_num_threads()
    parts = training.clock.seconds()
    shares = [f"{part} {seconds / parts.total():.0%}" for part, seconds in parts.items()]
    speed = tokens / wall
    reached = speed * _operations(network) / _peak(device, half)
    return (
        f"{', '.join(shares)}; waiting {max(0.0, 1 - busy / wall):.0%} of the time\n"
        f"{speed:,.0f} tokens/s, {reached:.0%} of the device's peak"
    )


def _operations(network: Roberta) -> int:
    """Count what a token costs: six for each number of a matrix that it passes, the head's aside.

    Kaplan et al. (2020), "Scaling Laws", section 2.1; the backward pass takes twice the forward
    pass. Attention's own products are left out, as there.
    """
    return 6 * sum(one.numel() for one in network.blocks.parameters() if one.ndim == 2)


def _peak(device: torch.device, half: bool) -> float:
    """Measure the operations a second of a large product."""
    size = _PEAK_SIZE * (1 if device.type == "cpu" else 4)
    dtype = torch.bfloat16 if half else torch.float32
    matrix = torch.randn(size, size, device=device).to(dtype)
    best = float("inf")
    for _ in range(4):
        began = time.perf_counter()
        (matrix @ matrix)[0, 0].item()  # waits for a GPU
        best = min(best, time.perf_counter() - began)
    return 2.0 * size**3 / best
