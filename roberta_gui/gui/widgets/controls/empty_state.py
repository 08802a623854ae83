"""EmptyState: what a panel says while it has nothing to show."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from roberta_gui.gui.widgets.controls.named import named


class EmptyState(QWidget):
    """A title, a sentence on what to do, and a progress bar where something is under way."""

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
        column.addStretch(2)
        self._bar.hide()

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
