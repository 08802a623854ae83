"""The quiet bars in which problems and notices are told."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, QTimer, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.widgets.controls.breaking_text import BreakingLabel
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.window.status_line import StatusLine
from roberta_gui.gui.work.controller import can_retry
from roberta_gui.lanes import WINDOW, Lane
from roberta_gui.problems import Problem, Stopped
from roberta_gui.view import View

NOTICE_MS: Final = 8000
"""How long a passing notice stays."""

_EDGE: Final = 6
_WIDEST: Final = 560


class NoticeBar(QFrame):
    """A title over a hint, perhaps one thing to do about it (``acted``), and a way to close it."""

    acted = Signal()
    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = named("noticeTitle", BreakingLabel())
        self._hint = named("noticeHint", BreakingLabel())
        self._action = named("action", QPushButton())
        self._action.clicked.connect(self.acted)
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setToolTip("Close this notice")
        close.setAccessibleName("Close this notice")
        close.clicked.connect(self.dismissed)
        row = self._row = QHBoxLayout(self)
        row.setSpacing(10)
        self._words = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._words.addWidget(self._title)
        self._words.addWidget(self._hint, 1)
        row.addLayout(self._words, 1)
        row.addWidget(self._action)
        row.addWidget(close)
        self.arrange()
        self.hide()

    def arrange(self, *, beside: bool = False) -> QSize:
        """Put title and hint beside each other or into two lines; return the size for that."""
        directions = QBoxLayout.Direction
        self._words.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self._words.setSpacing(8 if beside else 1)
        room = 1 if beside else 6
        self._row.setContentsMargins(12, room, 8, room)
        return self.sizeHint()

    def say(self, title: str, hint: str, *, problem: bool, action: str = "") -> None:
        """Show a title and a hint; ``problem`` colours the bar, ``action`` labels a button."""
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._action.setText(action)
        self._action.setToolTip(plain_tip(f"{action}: what can be done about it" if action else ""))
        self._action.setVisible(bool(action))
        named("problemBar" if problem else "noticeBar", self)
        self.update()
        self.show()


class ProblemBar(NoticeBar):
    """Tells of the newest problem that nothing else does, until it is right or the bar is closed.

    ``retry_wanted(lane)`` asks to do again what failed there, ``log_wanted()`` to read more.
    """

    retry_wanted = Signal(object)
    log_wanted = Signal()

    def __init__(self, is_told: Callable[[Lane, Problem], bool]) -> None:
        super().__init__()
        self._is_told = is_told
        self._lane = WINDOW
        self._problem: Problem | None = None
        self._closed: Problem | None = None
        self.acted.connect(self._act)
        self.dismissed.connect(self._close_it)

    def draw(self, view: View) -> None:
        """Show the newest problem that no panel tells of itself, if there is one."""
        open_ones = [
            (lane, problem)
            for lane, problem in view.problems.items()
            if not isinstance(problem, Stopped) and not self._is_told(lane, problem)
        ]
        self._lane, self._problem = open_ones[-1] if open_ones else (WINDOW, None)
        if self._problem is None or self._problem is self._closed:
            self.hide()
        else:
            action = "Try again" if can_retry(self._lane) else "Open log folder"
            self.say(self._problem.title, self._problem.hint, problem=True, action=action)

    def _close_it(self) -> None:
        """Hide the bar; the problem stays noted, because nothing was put right."""
        self._closed = self._problem
        self.hide()

    def _act(self) -> None:
        if can_retry(self._lane):
            self.retry_wanted.emit(self._lane)
        else:
            self.log_wanted.emit()


class Toast(NoticeBar):
    """Tells of something done, at the right over what the status line can spare, for a while.

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
        size = self.arrange(beside=True)
        top = line.top() + 1
        if size.width() > line.width() - self._line.needed() - 2 * _EDGE:
            size = self.arrange()
            width = min(size.width(), _WIDEST, line.width() - 2 * _EDGE)
            size = QSize(width, self.heightForWidth(width))
            top = line.top() - size.height() - _EDGE
        else:
            left = self._line.whole_from(line.width() - _EDGE - size.width())
            size = QSize(line.width() - _EDGE - left, line.height() - 2)
        self.setGeometry(QRect(QPoint(line.right() + 1 - _EDGE - size.width(), top), size))

    def _go(self) -> None:
        self._end.stop()
        self.hide()

    def _act(self) -> None:
        self._go()
        if self._run is not None:
            self._run()
