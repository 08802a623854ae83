"""A runner whose worker a test cranks by hand, and a record of all that it tells and runs."""

from collections.abc import Callable, Generator
from typing import Any

from roberta_gui.gui.work.jobs import JobRunner
from roberta_gui.records import Report, Stop
from tests.hand_cranked import HandCrankedExecutor

Heard = list[tuple[Any, ...]]


class Bench:
    """A runner on a hand-cranked executor, and a record of all that it tells and runs."""

    def __init__(self) -> None:
        self.executor = HandCrankedExecutor()
        self.runner = JobRunner(self.executor)
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
