"""THE place for threads: one worker, lanes, and the newest wins.

A piece of work is a function ``work(stop, report)`` that runs on the worker thread. One that may
take long is a generator function: each step takes at most about 100 ms, what it yields streams
back, and between steps something more urgent goes first. A step that only waited, as for a
download, yields `Turn.OTHERS`: sentences go first, and one step of anything else.

Whose turn it is:

1. The lane of the most urgent rank; of one rank, what somebody sees before what nobody does.
2. Among those, what has just come: it may be known already, or be done in a moment.
3. Else the one whose last turn is longest ago, so that nothing waits for slow work to end.
"""

import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from roberta_gui.findings.steps.model import Turn
from roberta_gui.lanes import Lane, Rank
from roberta_gui.problems import Stopped
from roberta_gui.records import Report, Stop

Work: TypeAlias = Callable[[Stop, Report], Any]
Clock: TypeAlias = Callable[[], float]

TURN_S: Final = 0.05
"""A turn may be of several steps that stream nothing, if all of them together are this short."""

GIVES_WAY: Final = 5
"""By how much the worker, with the threads that torch begins on it, is nicer than the window.

A pass keeps every core busy: at one priority the window would wait its turn between two of them.
"""

BREATH_MS: Final = 10
BREATH_S: Final = 0.008
"""How often, and for how long, the GUI thread lets go of Python's lock inside an open menu."""


log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Ticket:
    """One submitted piece of work on its way through the runner."""

    lane: Lane
    work: Work
    stopped: bool = False
    steps: Generator[Any, None, Any] | None = None
    only_waited: bool = False
    gave_way: bool = False

    @property
    def urgency(self) -> float:
        """Sorted by; what only waited gives way to sentences, and to anything else for a step."""
        if self.only_waited:
            return Rank.SENTENCE + 0.5 if self.gave_way else len(Rank)
        return self.lane.rank


@dataclass(frozen=True)
class _Outcome:
    """What one step came to: a partial value, the result, or an error."""

    value: Any = None
    error: BaseException | None = None
    ended: bool = True


class JobRunner(QObject):
    """Runs work on the one thread of ``executor`` in fair turns, the newest of a lane only.

    ``clock`` measures turns, in seconds. Its signals come on the GUI thread, and only for the
    newest work of a lane; ``busy_changed(lane, busy)`` alternates.
    """

    succeeded = Signal(object, object)  # lane, result
    yielded = Signal(object, object)  # lane, what a step gave
    failed = Signal(object, object)  # lane, error
    progressed = Signal(object, str, object)  # lane, text, fraction
    busy_changed = Signal(object, bool)
    _stepped = Signal(object, object)
    _told = Signal(object, str, object)

    def __init__(
        self,
        executor: Executor | None = None,
        parent: QObject | None = None,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._executor = executor or ThreadPoolExecutor(
            1,
            thread_name_prefix="worker",
            # Only Linux knows it for a thread.
            initializer=_give_way if sys.platform == "linux" else None,
        )
        self._clock = clock
        self._latest: dict[Lane, _Ticket] = {}
        self._busy: set[Lane] = set()
        self._unseen: set[Lane] = set()
        self._running: _Ticket | None = None
        self._last: Future[Any] | None = None
        self._closed = False
        self._stepped.connect(self._deliver)
        self._told.connect(self._tell)
        self._never = threading.Lock()
        self._never.acquire()
        self._breath = QTimer(self, interval=BREATH_MS)
        self._breath.timeout.connect(self._breathe)

    def submit(self, lane: Lane, work: Work) -> None:
        """Queue ``work``; it replaces the lane's waiting work and tells the running one to stop."""
        if self._closed:
            return
        self._drop(lane)
        self._latest[lane] = _Ticket(lane, work)
        self._tell_busy(lane)
        self._pump()

    def set_seen(self, lane: Lane, seen: bool) -> None:
        """Note whether anybody sees what the lane works for; what nobody sees goes last."""
        self._unseen.discard(lane) if seen else self._unseen.add(lane)

    def cancel(self, lane: Lane) -> None:
        """Forget the lane's waiting work and tell its running work to stop."""
        self._drop(lane)
        self._tell_busy(lane)

    @property
    def is_idle(self) -> bool:
        """Whether no work waits or runs."""
        return not self._latest and self._running is None

    def is_busy(self, lane: Lane) -> bool:
        """Whether the lane has work that waits or runs."""
        return lane in self._latest

    def is_busy_at(self, rank: Rank) -> bool:
        """Whether any lane of a rank has work that waits or runs."""
        return any(lane.rank is rank for lane in self._latest)

    def shutdown(self, *, wait: bool = False) -> None:
        """Stop everything and deliver nothing more; ``wait`` stays until the running work ends."""
        for lane in tuple(self._latest):
            self._drop(lane)
        self._closed = True
        self._breath.stop()
        self._executor.shutdown(wait=wait)

    def linger(self, seconds: float) -> None:
        """After `shutdown`, give the running work so long to leave nothing half-done."""
        if self._last is not None:
            wait([self._last], seconds)  # one thread: it ends after all the others

    def _drop(self, lane: Lane) -> None:
        """Take the lane's work out of the queue and tell it to stop."""
        ticket = self._latest.pop(lane, None)
        if ticket is not None:
            ticket.stopped = True
            if ticket is not self._running:
                self._end(ticket)

    def _end(self, ticket: _Ticket) -> None:
        """Close the steps of superseded work, on the thread that ran them."""
        if ticket.steps is not None and not self._closed:
            self._last = self._executor.submit(self._step, ticket)

    def _tell_busy(self, lane: Lane) -> None:
        busy = lane in self._latest
        if busy is not (lane in self._busy):
            self._busy ^= {lane}
            self.busy_changed.emit(lane, busy)

    def _pump(self) -> None:
        """Start the most urgent waiting turn, unless one is under way."""
        if self._running is not None:
            return
        if not self._latest:
            self._breath.stop()
            return
        # min() keeps the first of equals: lanes of one rank take turns (see _deliver).
        self._running = min(self._latest.values(), key=self._order)
        if not self._breath.isActive():
            self._breath.start()
        self._last = self._executor.submit(self._run, self._running)

    def _breathe(self) -> None:
        """Let the worker have Python's lock where a menu, a drag or a dialog is open.

        WORKAROUND: https://doc.qt.io/qtforpython-6.8/shiboken6/typesystem_manipulating_objects.html
        Only a Qt function that is marked there as `allow-thread` gives it away. An event loop
        inside any other keeps it while it waits for events, and the worker stands still. Waiting
        for a lock that nobody lets go of gives it away for as long, and time enough is left for
        the menu itself.
        """
        if QThread.currentThread().loopLevel() > 1:
            self._never.acquire(timeout=BREATH_S)

    def _order(self, ticket: _Ticket) -> tuple[float, bool, bool]:
        return ticket.urgency, ticket.lane in self._unseen, ticket.steps is not None

    def _run(self, ticket: _Ticket) -> None:
        """Do one turn and carry its outcome to the GUI thread (worker thread).

        Not a Future's callback: that runs on the GUI thread where the turn is quick, inside the
        caller's ``submit``.
        """
        end = self._clock() + TURN_S
        outcome = self._step(ticket)
        while outcome.value is None and not (outcome.ended or ticket.stopped or self._closed):
            if self._clock() >= end:
                break
            outcome = self._step(ticket)
        if not self._closed:
            self._stepped.emit(ticket, outcome)
        else:  # closing has stopped all there is
            self._step(ticket)  # closes what it began

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
            try:
                return _Outcome(next(ticket.steps), ended=False)
            except StopIteration as end:
                return _Outcome(end.value)
        except BaseException as error:  # noqa: BLE001 - the one place where any failure is caught:
            # whatever a job raises must reach the window as a sentence and never end the worker.
            # A panic inside the tokenizer's Rust code is no Exception, hence the base class.
            return _Outcome(error=error)

    def _deliver(self, ticket: _Ticket, outcome: _Outcome) -> None:
        """Take an outcome on the GUI thread; what was superseded is dropped here."""
        self._running = None
        if ticket.lane.rank > Rank.SENTENCE:
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
            log.error("lane %s failed", ticket.lane, exc_info=outcome.error)
            self.failed.emit(ticket.lane, outcome.error)
        self._tell_busy(ticket.lane)
        self._pump()

    def _tell(self, ticket: _Ticket, text: str, fraction: float | None) -> None:
        if self._latest.get(ticket.lane) is ticket:
            self.progressed.emit(ticket.lane, text, fraction)


def _give_way() -> None:
    """Let the window's thread go first on this one's core."""
    thread = threading.get_native_id()
    with contextlib.suppress(OSError):  # where it is not allowed, it is only less smooth
        mine = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, mine + GIVES_WAY)
