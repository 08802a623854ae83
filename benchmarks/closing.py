"""From the closing of the window to the end of its process, whatever runs.

The window is closed at moments spread over the first seconds: while torch is imported, the model
is opened, the first pass runs, axes are fitted, heads are measured and swept.
"""

import random
import subprocess
import sys
import time

from benchmarks.lines import Line
from benchmarks.measuring import Sample
from benchmarks.settings import QUICK_RUNS, Settings
from benchmarks.start_up import own_environment

SECONDS = 0.5
LAST_MS = 12_000
"""By then the model is open and works at something long, on a slow machine too."""

RUNS = 20

BUSY = ("--text", "The old man sat on the <mask> " * 8, "--choose", "tint=true")
WAYS = (BUSY, (*BUSY, "--panel", "sweep"), (*BUSY, "--choose", "roles=true"))


def run(settings: Settings) -> list[Line]:
    """Close the window at many moments; the limit is for the slowest of them."""
    moments = random.Random(0)
    n = QUICK_RUNS if settings.runs <= QUICK_RUNS else RUNS
    each = [
        after_the_window(
            settings, moments.randrange(LAST_MS), "--model", str(settings.model), *WAYS[at % 3]
        )
        for at in range(n)
    ]
    limit = f"≤ {SECONDS:g} s, each of them"
    note = f"slowest of {n}: {max(each):.2f} s"
    return [
        Line("process gone after its window", Sample(tuple(each)), None, "s", limit,
             max(each) <= SECONDS, (note,))
    ]  # fmt: skip


def after_the_window(settings: Settings, after_ms: int, *arguments: str) -> float:
    """Close a window so many milliseconds after it came; return how long its process lives on."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.closed", str(after_ms), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=own_environment(settings),
    ) as process:
        gone = process.stdout.readline() if process.stdout is not None else b""
        status = process.wait()
        ended = time.monotonic()
    if status or not gone:
        raise RuntimeError(f"the window was not closed as it should be: status {status}")
    return ended - float(gone)
