"""The program in a process of its own, forked from one that has imported everything already."""

import faulthandler
import multiprocessing
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.patience import PATIENCE_S

_CONTEXT = (
    multiprocessing.get_context("forkserver")
    if "forkserver" in multiprocessing.get_all_start_methods()
    else multiprocessing.get_context("spawn")
)
_CONTEXT.set_forkserver_preload(
    # The engine's package itself imports nothing: not torch, which takes longest.
    ["roberta_gui.engine.explorer", "roberta_gui.engine.devices", "roberta_gui.gui.application"]
)


def unchanged() -> None:
    """Start the program as it is."""


def start(
    *arguments: str, cache: Path, folder: Path, change: Callable[[], None] = unchanged
) -> tuple[int | None, str]:
    """Run the program to its end; return its status and what it said about errors.

    Parameters
    ----------
    cache
        Where it keeps axes: fitted once for all tests that share it, on two dozen sentences.
    folder
        Where its error output may be kept meanwhile.
    change
        Called in the new process before the program starts.
    """
    said = folder / "said.txt"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CACHE_HOME": str(cache)}
    process = _CONTEXT.Process(target=_be, args=(arguments, environment, said, change))
    process.start()
    process.join(PATIENCE_S)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode, said.read_text(encoding="utf-8")


def _be(
    arguments: tuple[str, ...], environment: dict[str, str], said: Path, change: Callable[[], None]
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    with said.open("wb") as file:
        os.dup2(file.fileno(), 2)
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115 - for good
    faulthandler.enable(2)  # a crash says where, and what each thread was at
    _fit_axes_on_few_sentences()
    change()
    from roberta_gui.__main__ import main

    sys.exit(main(arguments))


def _fit_axes_on_few_sentences() -> None:
    from roberta_gui.analysis.axes.reference_sentences import reference_sentences
    from roberta_gui.gui.work import engine_worker

    engine_worker.reference_sentences = lambda path: reference_sentences(path)[:24]  # type: ignore[attr-defined]
