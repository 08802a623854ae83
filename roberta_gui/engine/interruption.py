"""Leave work that cannot be interrupted, such as waiting for a slow server, at once.

A thread that sits in a read cannot be stopped, and an interpreter that ends waits for the
threads of its executors. So the work runs on a daemon thread of its own, while the caller looks
every twentieth of a second whether somebody wants it to stop, and is free between these looks.
"""

import math
import threading
from collections.abc import Callable, Generator
from time import perf_counter
from typing import Generic, TypeVar

from roberta_gui import problems
from roberta_gui.records import Report, Stop

_LOOK_EVERY = 0.05  # seconds

Result = TypeVar("Result")
Shown = TypeVar("Shown")


class TooSlow(Exception):
    """Work did not end within the time that it was given."""


def end_if(stop: Stop | None) -> None:
    """Raise `problems.Stopped` where ``stop()`` asks for it."""
    if stop is not None and stop():
        raise problems.Stopped


class Progress:
    """What the worker tells and is told: the last progress, and whether nobody waits any more."""

    def __init__(self) -> None:
        self._abandoned = threading.Event()
        self._latest: tuple[str, float | None] | None = None

    def tell(self, text: str, fraction: float | None) -> None:
        """Note how far the work is; called on the worker's thread.

        Raises
        ------
        problems.Stopped
            Nobody waits for the work any more.
        """
        if self._abandoned.is_set():
            raise problems.Stopped
        self._latest = (text, fraction)

    def take(self) -> tuple[str, float | None] | None:
        """Give what was told since the last call; called on the waiting thread."""
        latest, self._latest = self._latest, None
        return latest

    def abandon(self) -> None:
        """Make the next `tell` end the work."""
        self._abandoned.set()


class _Worker(threading.Thread, Generic[Result]):
    """Runs one piece of work and keeps what came of it."""

    def __init__(self, work: Callable[[Progress], Result], name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.progress = Progress()
        self.result: Result
        self.error: BaseException | None = None
        self._work = work

    def run(self) -> None:
        """Do the work."""
        try:
            self.result = self._work(self.progress)
        except BaseException as error:  # noqa: BLE001 - it is raised again where somebody waits
            self.error = error


def interruptible_steps(
    work: Callable[[Progress], Result],
    stop: Stop | None = None,
    report: Report | None = None,
    name: str = "download",
) -> Generator[None, None, Result]:
    """Run ``work`` on a thread of its own; each step waits a twentieth of a second for its result.

    Who closes the steps waits no more.

    Parameters
    ----------
    work
        Receives a `Progress`, whose `Progress.tell` ends it once nobody waits any more.
    stop, report
        Both are called on the thread that asks for the steps only.
    name
        Of the thread.

    Raises
    ------
    problems.Stopped
        ``stop()`` said so; the work goes on unheard until it next tells its progress.
    """
    end_if(stop)
    worker = _Worker(work, name)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(_LOOK_EVERY)
            end_if(stop)
            latest = worker.progress.take()
            if latest is not None and report is not None:
                report(*latest)
            if worker.is_alive():
                yield
    finally:
        worker.progress.abandon()  # means nothing any more to work that has ended
    if worker.error is not None:
        raise worker.error
    return worker.result


def within(seconds: float, work: Callable[[], Result], stop: Stop | None, name: str) -> Result:
    """Run ``work`` on a thread called ``name`` and give its result, or leave it after a while.

    Raises
    ------
    TooSlow
        It took more than ``seconds``.
    problems.Stopped
        ``stop()`` said so.
    """
    steps = interruptible_steps(lambda _progress: work(), stop, name=name)
    return finish(steps, perf_counter() + seconds)


def finish(steps: Generator[object, None, Result], end: float = math.inf) -> Result:
    """Take all steps at once and give what comes out in the end.

    Raises
    ------
    TooSlow
        ``perf_counter`` went past ``end`` between two of them.
    """
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            result: Result = ended.value
            return result
        if perf_counter() > end:
            steps.close()
            raise TooSlow


def showing(shown: Shown, steps: Generator[object, None, Result]) -> Generator[Shown, None, Result]:
    """Take all steps, show the same in every pause between them, and give what comes out."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            result: Result = ended.value
            return result
        yield shown
