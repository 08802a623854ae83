"""Toast: tells of something done, over the status line, and goes by itself."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from roberta_gui.gui.window.notice_bar import NoticeBar
from roberta_gui.gui.window.status_line import StatusLine

NOTICE_MS: Final = 8000
"""How long a notice stays."""

_EDGE: Final = 6
_WIDEST: Final = 560


class Toast(NoticeBar):
    """Lies at the right over what the status line can spare for a while: nothing moves.

    Where that is too short, it lies above the line. While the pointer is on it, it stays: nobody
    aims at its button and hits what is below.
    """

    def __init__(self, window: QWidget, line: StatusLine) -> None:
        super().__init__()
        self.setParent(window)
        self._line = line
        self._run: Callable[[], object] | None = None
        self._end = QTimer(self, singleShot=True, interval=NOTICE_MS)
        self._end.timeout.connect(self.hide)
        self.dismissed.connect(self._go)
        self.acted.connect(self._act)
        line.installEventFilter(self)

    def tell(
        self, title: str, hint: str, action: str = "", run: Callable[[], object] | None = None
    ) -> None:
        """Show a title and a hint for a while, with a button that does ``run`` if there is one."""
        self._run = run
        self.say(title, hint, problem=False, action=action)
        self._place()
        self.raise_()
        if not self.underMouse():
            self._end.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay."""
        self._end.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go after a while."""
        self._end.start()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the line when the window changes its size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        line = self._line.geometry()
        size = self._arranged(beside=True)
        top = line.top() + 1
        if size.width() > line.width() - self._line.needed() - 2 * _EDGE:
            size = self._arranged(beside=False)
            width = min(size.width(), _WIDEST, line.width() - 2 * _EDGE)
            size = QSize(width, self.heightForWidth(width))
            top = line.top() - size.height() - _EDGE
        else:
            left = self._line.whole_from(line.width() - _EDGE - size.width())
            size = QSize(line.width() - _EDGE - left, line.height() - 2)
        self.setGeometry(QRect(QPoint(line.right() + 1 - _EDGE - size.width(), top), size))

    def _arranged(self, *, beside: bool) -> QSize:
        """Put title and hint beside each other or into two lines; return the size for that."""
        directions = QBoxLayout.Direction
        self.words.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self.words.setSpacing(8 if beside else 1)
        self.pad(1 if beside else 6)
        return self.sizeHint()

    def _go(self) -> None:
        self._end.stop()
        self.hide()

    def _act(self) -> None:
        self._go()
        if self._run is not None:
            self._run()
