"""Stage: the real explorer, opened, closed and opened again with what it remembered."""

import gc
import threading
import time
from pathlib import Path

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtWidgets import QApplication, QWidget

from roberta_gui.gui.application import Session
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.start.preferences import Preferences, remember
from roberta_gui.gui.window.main_window import MainWindow
from tests.gui.leaks import leaks, snapshot
from tests.patience import PATIENCE_S


class Stage:
    """One session at a time, as ``application.run`` makes it; settings, log and cache in a folder.

    Attributes
    ----------
    models
        Folders of models that may be dropped on the window.
    n_openings
        How often the window was opened.
    slowest_end
        Seconds from closing the window until its worker's thread had ended, at most.
    """

    def __init__(self, folder: Path, models: tuple[Path, ...] = ()) -> None:
        self.folder, self.models = folder, models
        self._before = snapshot()
        self._typed: str | None = None
        self.n_openings = 0
        self.slowest_end = 0.0
        self.session: Session | None = None

    @property
    def window(self) -> MainWindow:
        assert self.session is not None
        return self.session.window

    @property
    def is_open(self) -> bool:
        if self.session is None or not shiboken6.isValid(self.window):
            return False
        return self.window.isVisible()

    @property
    def panels_in_sight(self) -> list[Panel]:
        return [panel for panel in self.window.docks.panels if panel.is_in_sight]

    def windows(self) -> list[QWidget]:
        """Return the window and what floats beside it, as far as a hand can reach it."""
        kind = Qt.WindowType.ToolTip
        tops = [
            top
            for top in QApplication.topLevelWidgets()
            if top.isVisible() and top.windowHandle() and top.windowType() != kind
        ]
        return sorted(tops, key=lambda w: (type(w).__name__, w.objectName(), w.x(), w.y()))

    def open(self) -> list[str]:
        """Open the window as it was left; return what was lost since then."""
        preferences = Preferences.load(self._settings())
        preferences.folder = preferences.model_folder = str(self.folder)
        self.session = Session(preferences, self.folder / "log", self.folder / "cache")
        self.window.closing.connect(self._keep)
        self.window.closing.connect(self.session.jobs.shutdown)
        self.session.start()
        self.window.activateWindow()
        self.n_openings += 1
        found = self.window.card.editor.text()
        if self._typed is not None and found != self._typed:
            return [f"the text {self._typed[:200]!r} came back as {found[:200]!r}"]
        return []

    def close(self) -> list[str]:
        """Close the window, whatever goes on; return what it left behind."""
        if self.session is None:
            return []
        workers = set(threading.enumerate()) - set(self._before.threads)
        began = time.perf_counter()
        if self.is_open and not self.window.close():  # it waits for a file to be whole
            self.window.close()
        for worker in workers:
            worker.join(PATIENCE_S)  # it may be in the middle of importing torch
        self.slowest_end = max(self.slowest_end, time.perf_counter() - began)
        self.session = None
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        outlived = [worker for worker in workers if worker.is_alive()]
        told = [f"a thread outlives its window by {PATIENCE_S:g} s: {one!r}" for one in outlived]
        return told or leaks(self._before)

    def _keep(self) -> None:
        if self.session is not None:
            self._typed = self.window.card.editor.text()
            remember(self.session.preferences, self.session.store)
            self.session.preferences.save(self._settings())

    def _settings(self) -> QSettings:
        return QSettings(str(self.folder / "settings.ini"), QSettings.Format.IniFormat)
