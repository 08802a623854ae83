"""Text that always fits its width, because even a path may break where it must."""

import math

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QFont,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QStyleOption

from roberta_gui.gui.widgets.painting.drawing import draw


def lay_out(text: str, font: QFont, width: float) -> QTextLayout:
    """Break ``text`` into lines of ``width`` pixels: between words, or inside too long ones.

    Qt's flags for ``drawText`` know the one or the other, never the one before the other.
    """
    # A number keeps its per cent sign.
    kept = text.replace("\n", "\u2028").replace(" %", "\N{NO-BREAK SPACE}%")
    layout = QTextLayout(kept, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1.0))
        line.setPosition(QPointF(0, y))
        y += line.height()
    layout.endLayout()
    return layout


def height_of(layout: QTextLayout) -> int:
    """Return how high a text is that was laid out, in whole pixels."""
    return math.ceil(layout.boundingRect().height())


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
        """Ask for one line; what is narrower asks for the height that it needs."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Never less than a few letters."""
        metrics = self.fontMetrics()
        whole = metrics.horizontalAdvance(self.text()) + 2
        return QSize(min(metrics.averageCharWidth() * 12, whole), metrics.height())

    def heightForWidth(self, width: int) -> int:
        """Return how high the text is when it breaks at ``width`` pixels."""
        return height_of(lay_out(self.text(), self.font(), width))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write the text in the colour that the style sheet gives it."""
        draw(self, self._write)

    def _write(self, painter: QPainter) -> None:
        option = QStyleOption()
        option.initFrom(self)
        layout = lay_out(self.text(), self.font(), self.width())
        painter.setPen(option.palette.color(self.foregroundRole()))
        layout.draw(painter, QPointF(0, max(self.height() - height_of(layout), 0) // 2))
