"""EmptyState: what a panel says while it has nothing to show."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip

_GAP: Final = 8
_MARGIN: Final = 9


class EmptyState(QWidget):
    """A title, what to do, a bar where something is under way, and a button for a way out."""

    def __init__(self) -> None:
        super().__init__()
        self._title = named("emptyTitle", QLabel())
        self._text = named("emptyText", QLabel())
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMaximumWidth(220)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        column.setSpacing(_GAP)
        column.addStretch(1)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)
        column.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        self._button = named("action", QPushButton())
        self._way_out: tuple[str, Callable[[], object]] | None = None
        self._button.clicked.connect(self._go)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self._is_busy = False
        self._bar.hide()
        self._button.hide()

    def say(
        self, title: str, text: str, fraction: float | None = None, *, busy: bool = False
    ) -> None:
        """Show a title and a sentence; with ``busy`` a bar, moving where nobody knows how far."""
        self._title.setText(title)
        self._text.setText(text)
        self._is_busy = busy
        self._make_room()
        self._bar.setRange(0, 0 if fraction is None else 1000)
        if fraction is not None:
            self._bar.setValue(round(fraction * 1000))

    def offer(self, way_out: tuple[str, Callable[[], object]] | None) -> None:
        """Offer a way out, a button that says and does this; None offers nothing."""
        self._way_out = way_out
        self._button.setText(way_out[0] if way_out else "")
        self._button.setVisible(way_out is not None)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Leave the sentence, then the bar, to a tip where there is no room for whole lines.

        Title and button always have theirs.
        """
        width, gap = self.width() - 2 * _MARGIN, _GAP + self._bar.sizeHint().height()
        free = self.height() - self._title.heightForWidth(width) - _GAP
        if self._way_out is not None:
            free -= self._button.sizeHint().height() + _GAP
        has_bar = self._is_busy and free >= gap
        needed = self._text.heightForWidth(width) + (gap if has_bar else 0)
        self._bar.setVisible(has_bar)
        self._text.setVisible(free >= needed)
        self.setToolTip("" if free >= needed else plain_tip(self._text.text()))

    def _go(self) -> None:
        if self._way_out is not None:
            self._way_out[1]()
