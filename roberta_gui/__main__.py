"""The command line: ``python -m roberta_gui`` and ``roberta-gui``."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from roberta_gui import __version__
from roberta_gui.outside import (
    OneLineParser,
    brief,
    counted_from,
    heads_in,
    is_no_memory,
    whole_number,
)
from roberta_gui.problems import LINUX_LIBRARIES
from roberta_gui.resources import IncompleteInstallation

_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM")


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    made = OneLineParser(
        prog="roberta-gui",
        description="RoBERTa Explorer: type a sentence and look inside RoBERTa.",
        epilog="Layers and heads count from 1, as in the window; layer 0 is the embeddings. "
        "Numbers alone: roberta-gui score, guess, fill, why, patch, token, cut; each has --help.",
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=f"RoBERTa Explorer {__version__}")
    made.add_argument("--text", help="the sentence to begin with")
    made.add_argument("--compare", metavar="TEXT", help="a second sentence to compare it with")
    made.add_argument(
        "--model", metavar="NAME", help="mini, a folder in the Hugging Face layout, or a hub name"
    )
    made.add_argument(
        "--compare-model", metavar="NAME", help="a second model to hold the first against"
    )
    made.add_argument("--theme", choices=("light", "dark"), help="instead of the desktop's own")
    made.add_argument("--size", type=_size, metavar="WIDTHxHEIGHT", help="window size in pixels")
    made.add_argument("--panel", metavar="NAME", help="show one panel alone, such as attention")
    made.add_argument("--arrangement", metavar="NAME", help="which panels to show, such as layers")
    made.add_argument("--layer", type=counted_from(0), metavar="N", help="layer to look at")
    made.add_argument("--head", type=counted_from(1), metavar="N", help="head to look at")
    made.add_argument(
        "--off", type=heads_in, metavar="3.4,5.1", help="heads to switch off, as layer.head"
    )
    made.add_argument(
        "--token",
        type=counted_from(1),
        metavar="N",
        action="append",
        dest="tokens",
        help="token to lock, <s> is 1; may be given several times",
    )
    made.add_argument(
        "--space", metavar="NAME", help="what happens to hidden states first, such as raw"
    )
    made.add_argument(
        "--set",
        "--choose",
        metavar="PANEL.NAME=VALUE",
        action="append",
        dest="choices",
        help="what is chosen in a panel, such as attention.scale=log; may be given several times",
    )
    made.add_argument(
        "--snapshot",
        type=Path,
        metavar="FILE.png",
        help="save a picture of the window once everything is drawn, and end",
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the explorer; return the process's exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given and not given[0].startswith("-"):
        from roberta_gui import commands

        if given[0] in commands.COMMANDS:
            return commands.run(given)
    made = parser()
    options = made.parse_args(given)
    if options.snapshot is not None:
        folder = options.snapshot.absolute().parent
        if options.snapshot.suffix.lower() != ".png":
            made.error(f"--snapshot writes PNG files, not {options.snapshot.name!r}")
        if not os.path.isdir(folder):  # False, too, where it may not even be looked for
            made.error(f"--snapshot: there is no folder {folder}")
    if hindrance := _hindrance():
        sys.stderr.write(f"roberta-gui: {hindrance}\n")
        return 1
    try:
        from roberta_gui.analysis.axes.modes import SPACES
        from roberta_gui.choices import Choices
        from roberta_gui.gui.application import CliOptions, run
        from roberta_gui.gui.panels import PANELS
        from roberta_gui.gui.window.arrangements import ARRANGEMENTS
    except (ImportError, MemoryError) as error:
        if isinstance(error, ImportError) and not _is_qt(error):
            raise
        sys.stderr.write(_explain(error))
        return 1
    for option, chosen, known in (
        ("--panel", options.panel, PANELS),
        ("--arrangement", options.arrangement, ARRANGEMENTS),
    ):
        names = [one.name for one in known]
        _check_named(made, option, chosen, names)
    _check_named(made, "--space", options.space, [str(space) for space in SPACES])
    for choice in options.choices or ():
        try:
            Choices().with_option(choice)
        except ValueError as error:
            made.error(f"argument --set: {choice}: {error}")
    try:
        return run(CliOptions(**vars(options)))
    except IncompleteInstallation as error:
        sys.stderr.write(f"roberta-gui: {error}. Install it again.\n")
        return 1


def _hindrance() -> str:
    """Say what keeps a window from opening, where that can be told before Qt ends the process."""
    try:
        has_home = Path.home().is_absolute()
    except RuntimeError:  # HOME is unset, and this user is not known to the system
        has_home = False
    if not has_home:
        return "this user has no home folder. Let HOME name one."
    if sys.platform not in ("win32", "darwin") and not any(map(os.environ.get, _SCREENS)):
        return (
            "there is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set. "
            "QT_QPA_PLATFORM=offscreen is enough for --snapshot."
        )
    return ""


def start() -> NoReturn:
    """Run the command line, then end the process at once: the one place where it ends.

    By now everything is written that is to be kept. An interpreter that ends by itself would wait
    for the worker, which may be in the middle of importing torch or of a long pass, and then take
    everything apart: seconds in which a process lives on without a window.
    """
    status = main()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # none, or nobody reads it any more
            stream.flush()
    os._exit(status)


def _check_named(
    made: argparse.ArgumentParser, option: str, chosen: str | None, names: Sequence[str]
) -> None:
    if chosen is not None and chosen not in names:
        made.error(f"argument {option}: {chosen!r} is none of {', '.join(names)}")


def _size(text: str) -> tuple[int, int]:
    sizes = [whole_number(part) for part in text.lower().split("x")]
    if len(sizes) != 2 or None in sizes:
        raise argparse.ArgumentTypeError(f"{brief(text)} is not like 1440x900")
    width, height = (size or 0 for size in sizes)
    if not (760 <= width <= 8000 and 520 <= height <= 8000):
        raise argparse.ArgumentTypeError(f"{brief(text)} is not between 760x520 and 8000x8000")
    return width, height


def _is_qt(error: ImportError) -> bool:
    return "PySide6" in f"{error.name} {error}" or ".so" in str(error)


def _explain(error: ImportError | MemoryError) -> str:
    """Say what to do when Qt or one of its libraries cannot be loaded."""
    if isinstance(error, MemoryError) or is_no_memory(error):
        return (
            "roberta-gui: there is too little memory to start: the window takes 0.4 GB, "
            "a model 0.8 GB and more.\n"
        )
    if (error.name or "").startswith("PySide6") and "No module" in str(error):
        return "roberta-gui: PySide6 is not installed.  pip install PySide6-Essentials\n"
    return f"roberta-gui: a system library is missing ({error}).\n{LINUX_LIBRARIES}\n"


if __name__ == "__main__":
    start()
