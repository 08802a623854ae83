"""How long README's test command takes, once everything is installed."""

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.lines import Line, at_most
from benchmarks.measuring import Sample
from benchmarks.settings import Settings

COMMAND = (sys.executable, "-m", "pytest", "-q")
SECONDS = 300.0


def run(settings: Settings) -> list[Line]:
    """Run all tests once: what they measure is not their own speed."""
    started = perf_counter()
    ended = subprocess.run(
        COMMAND, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False
    )
    seconds = perf_counter() - started
    if ended.returncode:
        raise RuntimeError(f"tests failed:\n{ended.stdout}{ended.stderr}")
    said = (ended.stdout.strip().splitlines() or ["nothing"])[-1]
    cores = f"{os.cpu_count()} cores"
    return [at_most(SECONDS, "README's test command", Sample((seconds,)), cores, said, unit="s")]
