"""From the start of a process to the visible window, beside the mere import of torch.

Ours is ``python -m roberta_gui`` with the built-in model: interpreter, Qt, the window with all its
panels, its first painting. The other side is what every tool in Python pays before it can begin:
``import torch, transformers``, and nothing more. Both are fresh processes that print a word when
they are there; the clock of this process stops as the word arrives, and the process is ended.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial

from benchmarks.lines import Line, at_most
from benchmarks.measuring import side_by_side
from benchmarks.settings import Settings

SECONDS = 1.2

OURS = ("-m", "benchmarks.visible")
THEIRS = ("-c", "import torch, transformers; print('imported', flush=True)")


def run(settings: Settings) -> list[Line]:
    """Start both in turns; the limit is in seconds."""
    start: Callable[[tuple[str, ...]], Callable[[int], None]] = partial(_starter, settings)
    ours, theirs = side_by_side(start(OURS), start(THEIRS), range(settings.runs + 1))
    note = "beside importing torch and transformers alone"
    return [at_most(SECONDS, "window visible", ours, note, unit="s", theirs=theirs)]


def own_environment(settings: Settings) -> dict[str, str]:
    """Return an environment in which the explorer's settings, cache and log are this run's own.

    Where Python may keep no bytecode beside the sources, it is kept in that folder: else every
    start would compile all of them again, which no user's second start does.
    """
    home = settings.folder / "home"
    folders = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    own = os.environ | {name: str(home / name) for name in folders}
    if own.pop("PYTHONDONTWRITEBYTECODE", ""):
        own["PYTHONPYCACHEPREFIX"] = str(home / "bytecode")
    return own


def _starter(settings: Settings, arguments: tuple[str, ...]) -> Callable[[int], None]:
    """Make a function that starts a process and returns once it has printed a word."""
    environment = own_environment(settings)

    def start(_run: int) -> None:
        with subprocess.Popen(
            [sys.executable, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        ) as process:
            word = process.stdout.readline() if process.stdout is not None else b""
            process.kill()
        if not word:
            raise RuntimeError(f"python {' '.join(arguments)} ended before it was there")

    return start
