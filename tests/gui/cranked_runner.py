"""A runner whose worker a test cranks by hand, and a record of all that it tells and runs."""

from collections.abc import Callable, Generator
from itertools import count
from typing import Any

from roberta_gui.gui.work.jobs import Clock, JobRunner
from roberta_gui.lanes import Lane, Rank
from roberta_gui.records import Report, Stop
from tests.hand_cranked import HandCrankedExecutor

Heard = list[tuple[Any, ...]]

BACKGROUND = Lane(Rank.BACKGROUND)


def every_step_is_a_turn() -> Clock:
    """Make a clock by which each step takes a second."""
    return count().__next__


def export(name: str) -> Lane:
    return Lane(Rank.EXPORT, name)


class CrankedRunner:
    """A runner on a hand-cranked executor, and a record of all that it tells and runs."""

    def __init__(self) -> None:
        self.executor = HandCrankedExecutor()
        self.runner = JobRunner(self.executor, clock=every_step_is_a_turn())
        self.heard: Heard = []
        self.ran: list[str] = []
        for name in ("succeeded", "yielded", "failed", "progressed", "busy_changed"):
            signal = getattr(self.runner, name)
            signal.connect(lambda *told, name=name: self.heard.append((name, *told)))

    def told(self, *names: str) -> Heard:
        """Return what was heard of these signals, in order."""
        return [entry for entry in self.heard if entry[0] in names]

    def plain(self, name: str) -> Callable[[Stop, Report], str]:
        """Make work that notes its name and returns it."""

        def work(stop: Stop, report: Report) -> str:
            self.ran.append(name)
            return name

        return work

    def stepped(
        self, name: str, n_steps: int
    ) -> Callable[[Stop, Report], Generator[int, None, str]]:
        """Make work of several steps that notes each of them, and its being closed."""

        def work(stop: Stop, report: Report) -> Generator[int, None, str]:
            try:
                for step in range(n_steps):
                    self.ran.append(f"{name}{step}")
                    yield step
            except GeneratorExit:
                self.ran.append(f"{name} closed")
                raise
            return name

        return work
