"""Closing: a window that is closed while something is saved waits until the file is whole."""

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget

from roberta_gui.gui.work.controller import Controller


class Closing:
    """Asks the window to stay while files are written, and closes it afterwards.

    So nothing is half-saved, and no process lives on that nobody can see. Whoever closes the
    window once more gives up on the files.
    """

    def __init__(
        self, window: QWidget, controller: Controller, tell: Callable[[str, str], object]
    ) -> None:
        self._window, self._controller, self._tell = window, controller, tell
        self._is_asked = False
        controller.exported.connect(self._go_on)
        controller.export_failed.connect(self._stay)

    def may_close(self) -> bool:
        """Tell whether the window may close now; if not, it is closed when all is saved."""
        if self._is_asked or not self._controller.is_saving:
            while popup := QApplication.activePopupWidget():
                popup.close()  # an open menu runs a loop of its own, and would outlive the window
            return True
        self._is_asked = True
        self._tell(
            "The window closes when everything is saved.", "Close it once more to save nothing."
        )
        return False

    def _go_on(self, _name: str, _result: object) -> None:
        if self._is_asked and not self._controller.is_saving:
            self._window.close()

    def _stay(self, _name: str, _problem: object) -> None:
        """Let it be read why something could not be saved."""
        self._is_asked = False
