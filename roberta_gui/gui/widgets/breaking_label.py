"""BreakingLabel: text that always fits its width, because even a path may break anywhere."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStyleOption

_WRAP = int(Qt.TextFlag.TextWordWrap) | int(Qt.TextFlag.TextWrapAnywhere)


class BreakingLabel(QLabel):
    """A label that breaks between words where it can and inside them where it must.

    ``QLabel`` itself breaks only between words, and the longest of them holds the window wide.
    As the text is painted here, it is copied from the context menu instead of being selected.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        copy = QAction("Copy", self)
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def sizeHint(self) -> QSize:
        """Ask for one line, or for as many as fit its present width."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Never less than a few letters."""
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 12, metrics.height())

    def heightForWidth(self, width: int) -> int:
        """Return how high the text is when it breaks at ``width`` pixels."""
        room = QRect(0, 0, max(width, 1), 1_000_000)
        return QFontMetrics(self.font()).boundingRect(room, _WRAP, self.text()).height()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write the text in the colour that the style sheet gives it."""
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        painter.setPen(option.palette.color(self.foregroundRole()))
        flags = _WRAP | int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(self.rect(), flags, self.text())
        painter.end()
