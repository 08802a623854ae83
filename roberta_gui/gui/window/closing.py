"""Closing: a window that is closed while something is saved waits until the file is whole."""

import logging
from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget

from roberta_gui.gui.work.controller import Controller
from roberta_gui.problems import Problem

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
        controller.exported.connect(self._go_on)
        controller.export_failed.connect(self._stay)

    def may_close(self) -> bool:
        """Tell whether the window may close now; if not, it is closed when all is saved."""
        if self._is_asked or not self._controller.is_saving:
            while popup := QApplication.activePopupWidget():
                popup.close()  # an open menu runs a loop of its own, and would outlive the window
            return self._has_kept()
        self._is_asked = True
        self._tell(
            "The window closes when everything is saved.", "Close it once more to save nothing."
        )
        return False

    def _has_kept(self) -> bool:
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
            self._window.close()

    def _stay(self, _name: str, _problem: object) -> None:
        """Let it be read why something could not be saved."""
        self._is_asked = False
