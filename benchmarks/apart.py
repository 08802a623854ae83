"""Runs each benchmark in a process of its own.

What one leaves behind (imported modules, memory that the process keeps, threads) never slows or
helps the next.
"""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from typing import TypeVar

from benchmarks.lines import Line
from benchmarks.settings import Settings

Result = TypeVar("Result")

BENCHMARKS = {
    "start-up": "start_up.run",
    "closing": "closing.run",
    "fill-mask": "fill_mask.float32",
    "fill-mask-bfloat16": "fill_mask.bfloat16",
    "head-product": "fill_mask.product",
    "everything": "everything.run",
    "lens": "lens.run",
    "surprisal": "surprisal.run",
    "sweep": "sweep.run",
    "words": "words.run",
    "similarity": "similarity.run",
    "keystroke": "keystroke.run",
    "all-heads": "all_heads.run",
    "memory": "all_heads.memory",
    "event-loop": "event_loop.run",
    "theme": "theme.run",
    "fine-tuning": "finetuning.run",
    "tests": "suite.run",
}
"""By name: module and function. Nothing is imported before it runs."""

WINDOWS = ("keystroke", "all-heads", "memory", "event-loop")
"""These open the window on the measured model, whose axes are fitted beforehand."""


def measure(name: str, settings: Settings) -> list[Line]:
    """Run one benchmark in this process."""
    module, function = BENCHMARKS[name].split(".")
    run: Callable[[Settings], list[Line]] = getattr(import_module(f"benchmarks.{module}"), function)
    if name in WINDOWS:
        import_module("benchmarks.window").write_log(settings)
    return run(settings)


def fit_axes(settings: Settings) -> None:
    """Open the window until the axes of the measured model are in its cache.

    In a process of its own, because the memory that this leaves free would be used again, unseen,
    by the benchmark that measures memory.
    """
    window = import_module("benchmarks.window")
    window.write_log(settings)
    with window.opened(settings) as session:
        window.settle(session)


def in_own_process(work: Callable[..., Result], *arguments: object) -> Result:
    """Run ``work(*arguments)`` in a fresh process and return its result."""
    # "spawn", not "fork": a fork would inherit what this process has loaded.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        return executor.submit(work, *arguments).result()
