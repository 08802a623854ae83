"""Summary: what the monkey did, and what came of it, as it is printed at the end."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tests.monkey.loop_gaps import LoopGaps

WARM_UP = 1 / 3
"""Share of a run in which memory is not judged: caches fill, parts are used for the first time."""

LONG_ENOUGH = 3_000
"""Actions of a run whose memory says something, after a thousand for warming up."""

MOST_GROWTH_MB = 200.0
"""In 1,000 actions: what the C library keeps though it is free comes to a few tens."""

_WORST = 12


@dataclass
class Summary:
    """One run: what was done, how long the window stood still, what memory it took, what failed."""

    seed: int
    n_actions: int = 0
    done: Counter[str] = field(default_factory=Counter)
    n_openings: int = 0
    slowest_end: float = 0.0
    n_problems: int = 0
    exported: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[int, float]] = field(default_factory=list)
    """(actions, MB) as the run went on."""
    gaps: LoopGaps | None = None
    faults: Sequence[str] = ()
    journal: Sequence[str] = ()

    def memory_slope(self) -> float:
        """Return by how many MB the process grows in 1,000 actions, after warming up.

        The median of the slopes between all pairs of samples (Theil and Sen): a single long text
        that comes and goes does not move it.
        """
        warm = [m for m in self.memory if m[0] >= WARM_UP * self.n_actions]
        slopes = [
            (mb - mb0) / (n - n0) for i, (n0, mb0) in enumerate(warm) for n, mb in warm[i + 1 :]
        ]
        return 1000 * float(np.median(slopes)) if slopes else 0.0

    def growth(self) -> list[str]:
        """Return a fault where the process goes on growing, in a run that is long enough."""
        slope = self.memory_slope() if self.n_actions >= LONG_ENOUGH else 0.0
        return [f"memory grows by {slope:.0f} MB in 1,000 actions"] * (slope > MOST_GROWTH_MB)

    def text(self) -> str:
        """Write it down."""
        exported = ", ".join(f"{n} {kind}" for kind, n in sorted(self.exported.items())) or "none"
        lines = [
            f"seed {self.seed}: {self.n_actions} actions, {self.n_openings} openings "
            f"(slowest end of the worker {self.slowest_end * 1000:.0f} ms), "
            f"{self.n_problems} problems told, exports checked: {exported}",
            "memory: " + self._memory(),
            *self._gaps(),
            " · ".join(f"{name} {n}" for name, n in self.done.most_common()),
        ]
        if self.faults:
            lines += ["", f"FAULTS (again with --seed {self.seed}); the last actions were:"]
            lines += [*self.journal, "", *self.faults]
        return "\n".join(lines)

    def _memory(self) -> str:
        if not self.memory:
            return "not measured"
        n = len(self.memory) - 1
        quarters = ", ".join(f"{self.memory[n * i // 4][1]:.0f}" for i in range(5))
        slope = f"{self.memory_slope():+.1f} MB per 1,000 actions after the first third"
        return f"{quarters} MB from quarter to quarter; {slope}"

    def _gaps(self) -> list[str]:
        if self.gaps is None:
            return []
        by_worst = sorted(self.gaps.by_action.items(), key=lambda item: -item[1].worst)
        worst = by_worst[0][1].worst if by_worst else 0.0
        n_long = sum(gaps.n_long for gaps in self.gaps.by_action.values())
        return [
            f"event loop: 99 % of turns within {self.gaps.percentile(0.99) * 1000:.1f} ms, longest "
            f"{worst * 1000:.0f} ms, {n_long} over {self.gaps.long * 1000:.0f} ms; by action "
            "(longest, computed of it by the window's own thread, how many were long):",
            *(
                f"  {name:<16} {gaps.worst * 1000:6.0f} ms {gaps.worst_busy * 1000:6.0f} ms "
                f"{gaps.n_long:5}"
                for name, gaps in by_worst[:_WORST]
            ),
        ]
