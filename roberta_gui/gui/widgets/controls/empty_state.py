"""EmptyState: what a panel says while it has nothing to show."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.problems import Problem, Stopped


class EmptyState(QWidget):
    """A title, a sentence on what to do, and a progress bar where something is under way.

    Where it tells of a problem, a button can be offered that tries again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._title = named("emptyTitle", QLabel())
        self._text = named("emptyText", QLabel())
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMaximumWidth(220)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(1)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)
        column.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        self._again = named("action", QPushButton())
        self._retry: Callable[[], object] | None = None
        self._again.clicked.connect(self._try_again)
        column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self._bar.hide()
        self._again.hide()

    def say(
        self, title: str, text: str, fraction: float | None = None, *, busy: bool = False
    ) -> None:
        """Show a title and a sentence; with ``busy`` a bar, moving where nobody knows how far."""
        self._title.setText(title)
        self._text.setText(text)
        self._bar.setVisible(busy)
        self._bar.setRange(0, 0 if fraction is None else 1000)
        if fraction is not None:
            self._bar.setValue(round(fraction * 1000))

    def offer_retry(self, problem: Problem | None, retry: Callable[[], object]) -> None:
        """Offer to do again what failed or was stopped; None offers nothing."""
        self._retry = None if problem is None else retry
        self._again.setText("Start again" if isinstance(problem, Stopped) else "Try again")
        self._again.setVisible(problem is not None)

    def _try_again(self) -> None:
        if self._retry is not None:
            self._retry()
