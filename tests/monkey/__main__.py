"""Let the monkey play: ``python -m tests.monkey --minutes 2 --seed 1``; status 1 at any fault."""

import argparse
import faulthandler
import os
import sys
import tempfile
from pathlib import Path

HANGS_S = 300
"""A turn of the event loop that takes longer ends the run, with a traceback of every thread."""


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.monkey", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--actions", type=int, help="end after so many, if the minutes allow them")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--journal", type=Path, help="a file for every action, kept after a crash")
    wanted = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["HF_HUB_OFFLINE"] = "1"
    faulthandler.enable()
    with tempfile.TemporaryDirectory(prefix="monkey-") as name:
        folder = Path(name)
        os.environ["HF_HOME"] = str(folder / "hub")
        os.environ["XDG_DATA_HOME"] = str(folder / "data")  # a click on Start trains into it
        return _play(wanted, folder)


def _play(wanted: argparse.Namespace, folder: Path) -> int:
    # Only now: Qt and huggingface_hub read their environment when they are imported.
    from PySide6.QtWidgets import QApplication

    from tests.monkey.model_folders import make_files, make_folders
    from tests.monkey.monkey import Monkey

    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    journal = wanted.journal or Path(tempfile.gettempdir()) / f"monkey-{wanted.seed}.journal"
    print(f"seed {wanted.seed}, {wanted.minutes:g} minutes; journal: {journal}", flush=True)  # noqa: T201
    (folder / "texts").mkdir()
    folders, files = make_folders(folder / "models"), make_files(folder / "texts")
    faulthandler.dump_traceback_later(60 * wanted.minutes + HANGS_S, exit=True)
    with journal.open("w", encoding="utf-8", errors="backslashreplace") as lines:
        monkey = Monkey(wanted.seed, folder / "session", folders, files, journal=lines)
        summary = monkey.play(minutes=wanted.minutes, n_actions=wanted.actions)
    faulthandler.cancel_dump_traceback_later()
    print(summary.text())  # noqa: T201
    return 1 if summary.faults else 0


if __name__ == "__main__":
    sys.exit(main())
