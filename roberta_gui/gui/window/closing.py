"""Closing: what is typed is kept, and a window that saves something closes when that is whole."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from roberta_gui.gui.work.controller import Controller
from roberta_gui.problems import Problem

KEPT_AFTER_MS = 2000
"""Seldom enough to disturb nobody, soon enough that hardly anything is lost."""

log = logging.getLogger(__name__)


class Closing:
    """Asks the window to stay while files are written, and closes it afterwards.

    Whoever closes the window once more gives up on the files. ``keep`` is called before it closes;
    a problem that it raises is told, and the window stays, once.
    """

    def __init__(
        self, window: QWidget, controller: Controller, tell: Callable[[str, str], object]
    ) -> None:
        self._window, self._controller, self._tell = window, controller, tell
        self.keep: Callable[[], object] = lambda: None
        self._is_asked = False
        self._is_told = False
        self._soon = QTimer(window, singleShot=True, interval=KEPT_AFTER_MS)
        self._soon.timeout.connect(self._keep_meanwhile)
        controller.exported.connect(self._go_on)
        controller.export_failed.connect(self._stay)

    def keep_soon(self, *_change: object) -> None:
        """Keep what is typed and chosen a moment from now: a process may be killed."""
        if not self._soon.isActive():
            self._soon.start()

    def is_put_off(self) -> bool:
        """Tell whether the window stays as it is for now: it is closed when all is saved."""
        if self._is_asked or not self._controller.is_saving:
            return False
        self._is_asked = True
        self._tell(
            "The window closes when everything is saved.", "Close it once more to save nothing."
        )
        return True

    def may_close(self) -> bool:
        """Tell whether the window may close now: what is remembered is kept."""
        while popup := QApplication.activePopupWidget():
            popup.close()  # an open menu runs a loop of its own, and would outlive the window
        return self._has_kept()

    def _keep_meanwhile(self) -> None:
        try:
            self.keep()
        except Problem as problem:  # told when the window closes: till then nothing is lost
            log.warning("%s %s", problem.title, problem.hint)

    def _has_kept(self) -> bool:
        self._soon.stop()
        try:
            self.keep()
        except Problem as problem:
            log.error("%s %s", problem.title, problem.hint)
            if not self._is_told:
                self._is_told = True
                self._tell(
                    problem.title, f"{problem.hint} Close the window once more to close it anyway."
                )
                return False
        return True

    def _go_on(self, _name: str, _result: object) -> None:
        if self._is_asked and not self._controller.is_saving:
            self._is_asked = False  # should it stay open after all, it may be asked again
            self._window.close()

    def _stay(self, _name: str, _problem: object) -> None:
        """Let it be read why something could not be saved."""
        self._is_asked = False
