"""LoopGaps: how long the event loop did not turn, and what the monkey had done then."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 2

MOST_BUSY_S = 5.0
"""What the window's own thread may compute between two turns, whatever other programs do."""


@dataclass
class _Gaps:
    """What one kind of action came to, in seconds."""

    worst: float = 0.0
    worst_busy: float = 0.0
    n_long: int = 0


@dataclass
class LoopGaps:
    """Times the turns of the event loop.

    A gap is what a person waits; of it, what this thread itself computed is told beside it. The
    rest is other threads that hold Python's lock, and other programs.
    """

    owner: QObject
    note: Callable[[str], None]
    """Told of a fault: a turn in which the thread itself computed for over `MOST_BUSY_S`."""
    long: float = 0.050
    action: str = "start"
    by_action: dict[str, _Gaps] = field(default_factory=dict)
    _tenths: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._timer = QTimer(self.owner, interval=TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.resume()

    def pause(self) -> None:
        """Time nothing until `resume`."""
        self._timer.stop()

    def resume(self) -> None:
        """Go on, as if the last turn had been just now."""
        self._last, self._last_busy = time.perf_counter(), time.thread_time()
        self._timer.start()

    def percentile(self, share: float) -> float:
        """Return the gap in seconds that ``share`` of all gaps stay below."""
        left = share * self._tenths.total()
        for tenths, n in sorted(self._tenths.items()):
            left -= n
            if left <= 0:
                return tenths / 10_000
        return 0.0

    def _tick(self) -> None:
        now, busy = time.perf_counter(), time.thread_time()
        gap, computed = now - self._last - TICK_MS / 1000, busy - self._last_busy
        self._last, self._last_busy = now, busy
        # Tenths of a millisecond: an hour of turns must not weigh in the memory that is measured.
        self._tenths[max(round(gap * 10_000), 0)] += 1
        known = self.by_action.setdefault(self.action, _Gaps())
        known.n_long += gap > self.long
        if gap > known.worst:
            known.worst, known.worst_busy = gap, computed
        if computed > MOST_BUSY_S:
            self.note(f"the window's thread computed {computed:.1f} s on end: {self.action}")
