"""``--snapshot``: wait until everything is drawn, save a picture of the window, and end."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, QTimer, Signal
from PySide6.QtGui import QPixmap

from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.window.main_window import MainWindow
from roberta_gui.gui.work.controller import Controller
from roberta_gui.whole_file import whole_file

_LOOK_MS = 30
_CALM_LOOKS = 3
"""So many looks in a row must find nothing to do, because one result can ask for more work."""

PATIENCE_S = 600


class Snapshot(QObject):
    """Watches the window until it is settled, then saves its picture.

    ``done(message)`` tells why it could not be saved, or nothing: it is.
    """

    done = Signal(str)

    def __init__(
        self, window: MainWindow, controller: Controller, store: ViewStore, file: Path
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._store = window, controller, store
        self._file = file
        self._calm = 0
        self._clock = QTimer(self, interval=_LOOK_MS)
        self._clock.timeout.connect(self._look)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_S * 1000)
        self._patience.timeout.connect(lambda: self._end("the window was never done drawing"))

    def start(self) -> None:
        """Begin to watch."""
        self._clock.start()
        self._patience.start()

    def stop(self) -> None:
        """Watch no longer: nothing is saved any more."""
        self._clock.stop()
        self._patience.stop()

    def _look(self) -> None:
        view = self._store.view
        if view.problems:
            self._end(str(next(iter(view.problems.values()))))
            return
        shown = [panel for panel in self._window.docks.panels if panel.isVisible()]
        settled = (
            self._controller.is_settled
            and view.analysis is not None
            and not view.is_stale
            and not view.is_second_stale
            and all(panel.is_current for panel in shown)
        )
        self._calm = self._calm + 1 if settled else 0
        if self._calm >= _CALM_LOOKS:
            saved = _save(self._window.grab(), self._file)
            self._end("" if saved else f"the picture could not be written to {self._file}")

    def _end(self, message: str) -> None:
        self.stop()
        self.done.emit(message)


def _save(picture: QPixmap, file: Path) -> bool:
    """Save a picture whole, in the format of the file's ending; else leave what was there."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture.save(buffer, file.suffix[1:]):
        return False
    try:
        with whole_file(file) as written:
            written.write(buffer.data().data())
    except OSError:
        return False
    return True
