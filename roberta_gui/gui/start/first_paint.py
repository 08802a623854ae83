"""FirstPaint: tells when a window can be seen, so that heavy work waits until then."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget


class FirstPaint(QObject):
    """Waits for the next time that a window is painted, and tells it once.

    Signals
    -------
    seen()
        The window is on the screen; told in the event loop's next turn, when all is painted.
    """

    seen = Signal()

    _begun = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        # Queued: the paint event is only about to be handled when it comes by here.
        self._begun.connect(self.seen, Qt.ConnectionType.QueuedConnection)
        window.installEventFilter(self)
        window.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look for a paint event, and let all events through."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self._begun.emit()
        return False
