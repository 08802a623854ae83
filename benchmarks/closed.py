"""Starts the explorer, closes it after so many milliseconds, and says when its window is gone.

Run by the benchmark of closing and by a test, as ``python -m benchmarks.closed 1500 --text …``.
"""

import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from roberta_gui import __main__ as command_line
from roberta_gui.gui import application

AFTER_MS = int(sys.argv.pop(1))
"""Counted from the moment at which the window is shown."""


class ClosingSession(application.Session):
    """The product's own session, whose window somebody closes."""

    def start(self) -> None:
        """Start as always, and close the window later."""
        super().start()
        # What all processes of a machine have in common is the monotonic clock.
        application_ = QGuiApplication.instance()
        if isinstance(application_, QGuiApplication):
            application_.lastWindowClosed.connect(lambda: print(time.monotonic(), flush=True))
        QTimer.singleShot(AFTER_MS, self.window, self.window.close)


if __name__ == "__main__":
    application.Session = ClosingSession  # type: ignore[misc]
    command_line.start()
