"""Starts the explorer and says when its window is painted: run by the start-up benchmark."""

from PySide6.QtCore import QEvent, QObject, QTimer

from roberta_gui import __main__ as command_line
from roberta_gui.gui import application

WORD = "visible"


class FirstPaint(QObject):
    """Prints a word once the window has been painted for the first time."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look for the first paint event, and let all events through."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # The next turn of the event loop: by then the painting is done.
            QTimer.singleShot(0, lambda: print(WORD, flush=True))
        return False


class WatchedSession(application.Session):
    """The product's own session, with somebody looking at the window."""

    def start(self) -> None:
        """Start as always."""
        self.first_paint = FirstPaint()
        self.window.installEventFilter(self.first_paint)
        super().start()


if __name__ == "__main__":
    application.Session = WatchedSession  # type: ignore[misc]
    raise SystemExit(command_line.main([]))
