"""Leave work that cannot be interrupted, such as waiting for a slow server, at once.

A thread that sits in a read cannot be stopped, and an interpreter that ends waits for its
executors. So the work runs on a daemon thread of its own, while the caller looks every twentieth
of a second whether somebody wants it to stop.
"""

import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import closing
from time import perf_counter
from typing import TypeVar

from roberta_gui import problems
from roberta_gui.analysis.stepped import converted, result_of
from roberta_gui.records import Report, Stop

_LOOK_EVERY = 0.05  # seconds

Result = TypeVar("Result")


class TooSlow(Exception):
    """Work did not end within the time that it was given."""


def end_if(stop: Stop | None) -> None:
    """Raise `problems.Stopped` where ``stop()`` asks for it."""
    if stop is not None and stop():
        raise problems.Stopped


def go_on(stop: Stop | None, report: Report | None, text: str, fraction: float | None) -> None:
    """Report how far the work is, unless ``stop()`` asks for its end: `problems.Stopped`."""
    end_if(stop)
    if report is not None:
        report(text, fraction)


class Progress:
    """What the worker tells and is told: the last progress, and whether nobody waits any more."""

    def __init__(self) -> None:
        self.abandoned = False
        self.latest: tuple[str, float | None] | None = None

    def tell(self, text: str, fraction: float | None) -> None:
        """Note, on the work's thread, how far it is; raises `Stopped` once nobody waits for it."""
        if self.abandoned:
            raise problems.Stopped
        self.latest = (text, fraction)


def interruptible_steps(
    work: Callable[[Progress], Result],
    stop: Stop | None = None,
    report: Report | None = None,
    name: str = "download",
) -> Generator[None, None, Result]:
    """Run ``work`` on a thread called ``name``; each step waits a twentieth of a second for it.

    Who closes the steps waits no more: the work goes on unheard until it next tells its progress.
    ``stop`` and ``report`` are called on the thread that asks for the steps only. Raises
    `problems.Stopped`, and what the work raised.
    """
    end_if(stop)
    progress, outcome = Progress(), Future[Result]()

    def run() -> None:
        try:
            outcome.set_result(work(progress))
        except BaseException as error:  # noqa: BLE001 - it is raised again where somebody waits
            outcome.set_exception(error)

    worker = threading.Thread(target=run, name=name, daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(_LOOK_EVERY)
            end_if(stop)
            latest, progress.latest = progress.latest, None
            if latest is not None and report is not None:
                report(*latest)
            if worker.is_alive():
                yield
    finally:
        progress.abandoned = True  # means nothing any more to work that has ended
    return outcome.result()


def within(seconds: float, work: Callable[[], Result], stop: Stop | None, name: str) -> Result:
    """Run ``work`` on a thread called ``name`` and give its result, or raise `TooSlow`."""
    end = perf_counter() + seconds

    def expect_in_time(_step: object) -> None:
        if perf_counter() > end:
            raise TooSlow

    with closing(interruptible_steps(lambda _progress: work(), stop, name=name)) as steps:
        return result_of(converted(steps, expect_in_time))
