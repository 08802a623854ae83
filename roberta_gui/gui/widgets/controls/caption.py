"""Caption: what a picture shows, in two lines at most."""

from typing import Final

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextLayout
from PySide6.QtWidgets import QStyleOption

from roberta_gui.gui.widgets.controls.breaking_text import BreakingLabel, height_of, lay_out
from roberta_gui.gui.widgets.painting.drawing import draw

LINES: Final = 2


class Caption(BreakingLabel):
    """A label of up to two lines, the second of which ends in an ellipsis where more follows.

    The picture above it must not jump while one text replaces another under the pointer, so it
    keeps the most lines that it has needed until its width changes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._n_lines = 1

    def setText(self, text: str) -> None:
        """Say something else, without giving up a line."""
        super().setText(text)
        self._n_lines = max(self._n_lines, self._needed(self.width()))

    def sizeHint(self) -> QSize:
        """Ask for as little width as there may be; the height follows from the width."""
        return QSize(self.minimumSizeHint().width(), self.heightForWidth(self.width()))

    def heightForWidth(self, width: int) -> int:
        """Return the height of the lines that the text takes at ``width`` pixels."""
        kept = self._n_lines if width == self.width() else 1
        n_lines = max(self._needed(width), kept)
        return height_of(lay_out("\n" * (n_lines - 1), self.font(), width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Begin anew with the lines that the text takes."""
        if event.oldSize().width() != event.size().width():
            self._n_lines = self._needed(self.width())
            self.updateGeometry()
        super().resizeEvent(event)

    def lines(self) -> tuple[str, ...]:
        """Return what is written on each line, the last one cut where there is more."""
        layout = lay_out(self.text(), self.font(), self.width())
        starts = [layout.lineAt(i).textStart() for i in range(min(layout.lineCount(), LINES))]
        ends = [*starts[1:], len(self.text())]
        written = [self.text()[a:b].strip() for a, b in zip(starts, ends, strict=True)]
        metrics, mode = self.fontMetrics(), Qt.TextElideMode.ElideRight
        return tuple(metrics.elidedText(line, mode, self.width()) for line in written)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write the lines in the colour that the style sheet gives them."""
        draw(self, self._write)

    def _write(self, painter: QPainter) -> None:
        option = QStyleOption()
        option.initFrom(self)
        painter.setPen(option.palette.color(self.foregroundRole()))
        self._laid_out().draw(painter, QPointF(0, 0))

    def _needed(self, width: int) -> int:
        return min(max(lay_out(self.text(), self.font(), width).lineCount(), 1), LINES)

    def _laid_out(self) -> QTextLayout:
        # Lines that were broken once are not to break again.
        return lay_out("\n".join(self.lines()), self.font(), 1e6)
