"""Real processes: a window that is closed leaves no process behind, whatever runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.closing import BUSY, after_the_window
from benchmarks.settings import Settings
from roberta_gui.gui.application import LINGER_S
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]

ENDLESS = """
import threading
from PySide6.QtCore import QTimer
from roberta_gui import __main__ as command_line
from roberta_gui.gui import application
from roberta_gui.lanes import Lane, Rank

class BusySession(application.Session):
    def start(self):
        super().start()
        begun = threading.Event()

        def endless(stop, report):
            begun.set()
            threading.Event().wait()

        self.jobs.submit(Lane(Rank.SENTENCE, "endless"), endless)
        begun.wait()
        linger = self.jobs.linger

        def tell_and_linger(seconds):
            print(seconds, flush=True)
            linger(seconds)

        self.jobs.linger = tell_and_linger
        QTimer.singleShot(0, self.window, self.window.close)

application.Session = BusySession
command_line.start()
"""

KILLED = """
import os
from PySide6.QtCore import QTimer
from roberta_gui import __main__ as command_line
from roberta_gui.gui import application
from roberta_gui.gui.start.preferences import Preferences, settings_file

class KilledSession(application.Session):
    def start(self):
        super().start()
        self.window.card.editor.set_text("typed, and not closed")
        self.clock = QTimer(self.window, interval=10)
        self.clock.timeout.connect(self.die_once_it_is_kept)
        self.clock.start()

    def _open_model(self):
        pass  # nothing is told of any: what is typed must be kept for its own sake

    def die_once_it_is_kept(self):
        if Preferences.load(settings_file()).text == "typed, and not closed":
            os._exit(7)

application.Session = KilledSession
command_line.start()
"""


def test_what_is_typed_survives_a_process_that_is_killed(own_folders: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, env=os.environ, check=False, timeout=PATIENCE_S
    )

    assert ended.returncode == 7
    kept = "".join(path.read_text() for path in own_folders.rglob("settings.ini"))
    assert "typed, and not closed" in kept


def test_the_process_ends_though_its_worker_never_does(own_folders: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ENDLESS],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )

    assert ended.returncode == 0
    assert [float(patience) for patience in ended.stdout.split()] == [LINGER_S]
    assert LINGER_S <= 0.2
    assert list(own_folders.rglob("settings.ini"))


@pytest.mark.parametrize(
    ("after_ms", "options"),
    [(400, ()), (4000, (*BUSY, "--panel", "sweep"))],
    ids=["while torch comes", "while it computes"],
)
def test_a_window_closed_at_any_moment_keeps_its_settings_and_leaves_no_half_file(
    tmp_path: Path, after_ms: int, options: tuple[str, ...]
) -> None:
    settings = Settings(tmp_path)

    after_the_window(settings, after_ms, *options)  # raises if it ends with another status than 0

    home = settings.folder / "home"
    assert list(home.rglob("settings.ini"))
    assert [file for file in home.rglob("*") if file.suffix == ".part"] == []
