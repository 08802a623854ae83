"""Caption: what a picture shows, in as many lines as there is room for."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout
from PySide6.QtWidgets import QStyleOption

from roberta_gui.gui.widgets.controls.breaking_text import BreakingLabel, height_of, lay_out
from roberta_gui.gui.widgets.painting.drawing import draw


class Caption(BreakingLabel):
    """A label of so many lines, the last of which ends in an ellipsis where more follows.

    It takes the room of all its lines even where it says little: the picture above it must not
    jump while one text replaces another under the pointer.
    """

    def __init__(self, n_lines: int = 2) -> None:
        super().__init__()
        self._n_lines = n_lines

    def set_lines(self, n_lines: int) -> None:
        """Take the room of so many lines."""
        if n_lines != self._n_lines:
            self._n_lines = n_lines
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Ask for as little width as there may be; the height follows from the width."""
        return QSize(self.minimumSizeHint().width(), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        """Never less than a few letters, on every line."""
        return QSize(super().minimumSizeHint().width(), self.heightForWidth(self.width()))

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        return height_of(lay_out("\n" * (self._n_lines - 1), self.font(), width))

    def lines(self) -> tuple[str, ...]:
        """Return what is written on each line, the last one cut where there is more."""
        layout = lay_out(self.text(), self.font(), self.width())
        starts = [
            layout.lineAt(i).textStart() for i in range(min(layout.lineCount(), self._n_lines))
        ]
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

    def _laid_out(self) -> QTextLayout:
        # Lines that were broken once are not to break again.
        return lay_out("\n".join(self.lines()), self.font(), 1e6)
