"""THE place for threads: one worker, lanes, and the newest wins.

A piece of work is a function ``work(stop, report)``. It runs on the one worker thread and its
result comes back on the GUI thread. Work that may take long is a generator function: each step
takes at most about 100 ms, what it yields streams back as :attr:`JobRunner.yielded`, and between
steps the runner looks whether something more urgent waits. A step that only waited for something,
such as a download, yields :attr:`Turn.OTHERS`: sentences go first, and one step of anything else.
"""

import logging
from collections.abc import Callable, Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal

from roberta_gui.problems import Stopped
from roberta_gui.records import Report, Stop

Work: TypeAlias = Callable[[Stop, Report], Any]


class Turn(Enum):
    """Whose turn is next, told by a step in place of a partial value."""

    OTHERS = "others"


_RANKS = ("model", "sentence", "export", "copy", "panel", "background")

_SENTENCES = _RANKS.index("sentence")
"""The urgency of what somebody waits for who types."""

_FINISHED = "export"
"""The rank of work that is finished after the window is closed: somebody waits for its file."""

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Ticket:
    """One submitted piece of work on its way through the runner."""

    lane: str
    work: Work
    stopped: bool = False
    steps: Generator[Any, None, Any] | None = None
    only_waited: bool = False
    gave_way: bool = False
    ended: bool = False
    error: BaseException | None = None

    @property
    def rank(self) -> str:
        """The lane without the name of what it is for."""
        return self.lane.partition(":")[0]

    @property
    def urgency(self) -> float:
        """What is sorted by: the smallest goes first.

        What only waited gives way to sentences always, and to anything else for one step.
        """
        if self.only_waited:
            return _SENTENCES + 0.5 if self.gave_way else len(_RANKS)
        return _RANKS.index(self.rank)


@dataclass(frozen=True)
class _Outcome:
    """What one step came to: a partial value, the result, or an error."""

    value: Any = None
    error: BaseException | None = None
    ended: bool = True


class JobRunner(QObject):
    """Runs work on one thread, in the order of the lanes' ranks, the newest of a lane only.

    Lanes are ``model``, ``sentence``, ``export:<name>``, ``copy:<name>``, ``panel:<name>`` and
    ``background``, most urgent first, but for work that lets others go first.

    Signals
    -------
    succeeded(lane, result), yielded(lane, partial), failed(lane, error)
        On the GUI thread, and only for the newest work of a lane.
    progressed(lane, text, fraction)
        What the work reports about itself.
    busy_changed(lane, busy)
        A lane has got work, or has nothing left to do; the two alternate.
    """

    succeeded = Signal(str, object)
    yielded = Signal(str, object)
    failed = Signal(str, object)
    progressed = Signal(str, str, object)
    busy_changed = Signal(str, bool)

    _stepped = Signal(object, object)
    _told = Signal(object, str, object)

    def __init__(self, executor: Executor | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if executor is None:
            executor = ThreadPoolExecutor(1, thread_name_prefix="worker")
        self._executor = executor
        self._latest: dict[str, _Ticket] = {}
        self._busy: set[str] = set()
        self._running: _Ticket | None = None
        self._closed = False
        self._stepped.connect(self._deliver)
        self._told.connect(self._tell)

    def submit(self, lane: str, work: Work) -> None:
        """Queue ``work``; it replaces the lane's waiting work and tells the running one to stop."""
        if self._closed:
            return
        ticket = _Ticket(lane, work)
        if ticket.rank not in _RANKS:
            raise ValueError(f"no such lane: {lane}")
        self._drop(lane)
        self._latest[lane] = ticket
        self._tell_busy(lane)
        self._pump()

    def cancel(self, lane: str) -> None:
        """Forget the lane's waiting work and tell its running work to stop."""
        self._drop(lane)
        self._tell_busy(lane)

    @property
    def is_idle(self) -> bool:
        """Whether no work waits or runs."""
        return not self._latest and self._running is None

    def is_busy(self, lane: str) -> bool:
        """Whether the lane has work that waits or runs."""
        return lane in self._latest

    def shutdown(self, *, wait: bool = False) -> None:
        """Stop everything but exports; nothing is delivered afterwards.

        The running work ends at its next look at ``stop``, exports are finished; ``wait`` stays
        until that is done. The process does in any case.
        """
        for lane, ticket in tuple(self._latest.items()):
            if ticket.rank == _FINISHED:
                del self._latest[lane]
                self._executor.submit(self._finish, ticket)
            else:
                self._drop(lane)
        self._closed = True
        self._executor.shutdown(wait=wait)

    def _drop(self, lane: str) -> None:
        """Take the lane's work out of the queue and tell it to stop."""
        ticket = self._latest.pop(lane, None)
        if ticket is not None:
            ticket.stopped = True
            if ticket is not self._running:
                self._end(ticket)

    def _end(self, ticket: _Ticket) -> None:
        """Close the steps of superseded work, on the thread that ran them."""
        if ticket.steps is not None and not self._closed:
            self._executor.submit(self._step, ticket)

    def _tell_busy(self, lane: str) -> None:
        busy = lane in self._latest
        if busy is not (lane in self._busy):
            self._busy ^= {lane}
            self.busy_changed.emit(lane, busy)

    def _pump(self) -> None:
        """Start the most urgent waiting step, unless one is under way."""
        if self._running is not None or not self._latest:
            return
        # min() keeps the first of equals: lanes of one rank take turns (see _deliver).
        ticket = min(self._latest.values(), key=lambda t: t.urgency)
        self._running = ticket
        self._executor.submit(self._run, ticket)

    def _run(self, ticket: _Ticket) -> None:
        """Do one step and carry its outcome to the GUI thread (worker thread).

        Not a Future's callback: that runs on the GUI thread where the step is quick, inside the
        caller's ``submit``.
        """
        outcome = self._step(ticket)
        ticket.ended, ticket.error = outcome.ended, outcome.error
        if not self._closed:
            self._stepped.emit(ticket, outcome)
        elif ticket.stopped:
            self._step(ticket)  # closes what it began

    def _finish(self, ticket: _Ticket) -> None:
        """Do what is left of the work, with nobody to tell (worker thread)."""
        while not ticket.ended:
            outcome = self._step(ticket)
            ticket.ended, ticket.error = outcome.ended, outcome.error
        if ticket.error is not None:
            _log_failure(ticket, ticket.error)

    def _step(self, ticket: _Ticket) -> _Outcome:
        """Do one step of the work (worker thread)."""

        def stop() -> bool:
            return ticket.stopped

        def report(text: str, fraction: float | None = None) -> None:
            if not (ticket.stopped or self._closed):
                self._told.emit(ticket, text, fraction)

        try:
            if ticket.stopped:
                if ticket.steps is not None:
                    ticket.steps.close()
                return _Outcome(error=Stopped())
            if ticket.steps is None:
                result = ticket.work(stop, report)
                if not isinstance(result, Generator):
                    return _Outcome(result)
                ticket.steps = result
            return _advance(ticket.steps)
        except BaseException as error:  # noqa: BLE001 - the one place where any failure is caught:
            # whatever a job raises must reach the window as a sentence and never end the worker.
            # A panic inside the tokenizer's Rust code is no Exception, hence the base class.
            return _Outcome(error=error)

    def _deliver(self, ticket: _Ticket, outcome: _Outcome) -> None:
        """Take an outcome on the GUI thread; what was superseded is dropped here."""
        self._running = None
        if _RANKS.index(ticket.rank) > _SENTENCES:
            # Else a download would stand still as long as panels have something to do.
            for other in self._latest.values():
                other.gave_way = True
        if self._latest.get(ticket.lane) is not ticket:
            self._end(ticket)
            self._pump()
            return
        del self._latest[ticket.lane]
        if not outcome.ended:
            self._latest[ticket.lane] = ticket  # to the end of its rank's queue
            ticket.only_waited, ticket.gave_way = outcome.value is Turn.OTHERS, False
            if not ticket.only_waited:
                self.yielded.emit(ticket.lane, outcome.value)
        elif outcome.error is None:
            self.succeeded.emit(ticket.lane, outcome.value)
        elif not isinstance(outcome.error, Stopped):
            _log_failure(ticket, outcome.error)
            self.failed.emit(ticket.lane, outcome.error)
        self._tell_busy(ticket.lane)
        self._pump()

    def _tell(self, ticket: _Ticket, text: str, fraction: float | None) -> None:
        if self._latest.get(ticket.lane) is ticket:
            self.progressed.emit(ticket.lane, text, fraction)


def _advance(steps: Generator[Any, None, Any]) -> _Outcome:
    """Ask a generator for its next partial value, or for its result at its end."""
    try:
        return _Outcome(next(steps), ended=False)
    except StopIteration as end:
        return _Outcome(end.value)


def _log_failure(ticket: _Ticket, error: BaseException) -> None:
    log.error("lane %s failed", ticket.lane, exc_info=error)
