"""Text that fits its width: cut short, in lines that break, or in so many of them."""

import math
import sys
from bisect import bisect

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy

from roberta_gui.gui.widgets.painting.drawing import draw, write


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


def cut_to(n_lines: int, text: str, font: QFont, width: float) -> QTextLayout:
    """Lay ``text`` out in so many lines at most; where it is cut, that is seen."""
    whole = lay_out(text, font, width)
    if whole.lineCount() <= n_lines:
        return whole
    too_long = bisect(
        range(len(text)),
        n_lines,
        key=lambda end: lay_out(f"{text[:end]}…", font, width).lineCount(),
    )
    return lay_out(f"{text[: max(too_long - 1, 0)].rstrip()}…", font, width)


def height_of(layout: QTextLayout) -> int:
    """Return how high a text is that was laid out, in whole pixels."""
    return math.ceil(layout.boundingRect().height())


class Paragraph(QLabel):
    """A label for sentences that wrap, in which ``<s>`` is a token and no mark-up."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


class ElidingLabel(QLabel):
    """A line that is cut short where it has too little room; its text stays whole.

    It takes what room is left over, and asks for none. Our own: superqt's needs all of superqt, a
    fifth of the time in which the window opens.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def is_cut(self) -> bool:
        """Whether its end is out of sight."""
        return self.sizeHint().width() > self.width()

    def sizeHint(self) -> QSize:
        """Ask for the room of all of it, and not a part of a pixel less."""
        return self._around(self.text(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Never less than what tells that there is more."""
        return self._around("…", super().minimumSizeHint().height())

    def _around(self, text: str, height: int) -> QSize:
        margins = self.contentsMargins()
        width = math.ceil(QFontMetricsF(self.font()).horizontalAdvance(text))
        return QSize(margins.left() + width + margins.right(), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write as much of the text as there is room for."""
        draw(self, self._write)

    def _write(self, painter: QPainter) -> None:
        painter.setPen(self.palette().color(self.foregroundRole()))
        write(painter, QRectF(self.contentsRect()), self.text(), cut=True)


class BreakingLabel(Paragraph):
    """A label that breaks between words where it can and inside them where it must.

    ``QLabel`` itself breaks only between words, and the longest of them holds the window wide.
    As the text is painted here, it is copied from the context menu instead of being selected.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
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
        return height_of(self.lay_out_in(width))

    def lay_out_in(self, width: int) -> QTextLayout:
        """Break the text into lines of ``width`` pixels."""
        return lay_out(self.text(), self.font(), width)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write the text in its own colour, in as many lines as it takes."""
        draw(self, self._write)

    def _write(self, painter: QPainter) -> None:
        painter.setPen(self.palette().color(self.foregroundRole()))
        layout = self.lay_out_in(self.width())
        free = 0 if self.alignment() & Qt.AlignmentFlag.AlignTop else self.height()
        layout.draw(painter, QPointF(0, max(free - height_of(layout), 0) // 2))


class Caption(BreakingLabel):
    """A label that keeps the room of so many lines even where it says little.

    The picture above it must not jump while one text replaces another under the pointer: what a
    longer text has taken is kept as well, until there is another width or text size. Where the
    picture needs the room, what is longer still is cut; all of it can be read in the tip.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._least, self._most = 2, sys.maxsize
        self._kept = 0

    def set_lines(self, least: int, most: int = sys.maxsize) -> None:
        """Take the room of so many lines at least, and cut what is longer than ``most``."""
        if (least, most) != (self._least, self._most):
            self._least, self._most = least, most
            self._measure_anew()

    def setText(self, text: str) -> None:
        """Write another text, in no less room than the one before took."""
        self._kept = self.heightForWidth(self.width())
        super().setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Forget what texts took at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._measure_anew()

    def changeEvent(self, event: QEvent) -> None:
        """Forget what texts took in another font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._measure_anew()

    def lay_out_in(self, width: int) -> QTextLayout:
        """Break the text into no more lines than there may be."""
        return cut_to(self._most, self.text(), self.font(), width)

    def _measure_anew(self) -> None:
        self._kept = 0
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Ask for as little width as there may be; the height follows from the width."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Never less than a few letters, on every line."""
        return QSize(super().minimumSizeHint().width(), self.heightForWidth(self.width()))

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines, or of the text where that is more."""
        kept = self._kept if width == self.width() else 0
        lines = height_of(lay_out("\n" * (self._least - 1), self.font(), width))
        return max(kept, lines, super().heightForWidth(width))
