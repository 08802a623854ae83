"""ProblemBar: the newest problem that nothing else in the window tells of."""

from collections.abc import Callable

from PySide6.QtCore import Signal

from roberta_gui.gui.window.notice_bar import NoticeBar
from roberta_gui.gui.work.controller import can_retry
from roberta_gui.problems import Problem, Stopped
from roberta_gui.view import View


class ProblemBar(NoticeBar):
    """Tells of one problem until it is put right or the bar is closed.

    Signals
    -------
    retry_wanted(lane)
        What failed there shall be done again.
    log_wanted()
        Somebody wants to read more.
    """

    retry_wanted = Signal(str)
    log_wanted = Signal()

    def __init__(self, is_told: Callable[[str, Problem], bool]) -> None:
        super().__init__()
        self._is_told = is_told
        self._lane = ""
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
        self._lane, self._problem = open_ones[-1] if open_ones else ("", None)
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
