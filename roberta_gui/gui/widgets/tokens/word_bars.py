"""WordBars: words in a list, each with a bar to the left or to the right."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter

from roberta_gui.findings.marks import WordBar
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.gui.widgets.painting.spoken import Parts

_ROW: Final = 22

_LONGEST_BARS: Final = 480
"""Pixels of the longest bars to both sides, at a text zoom of 1: words must stay near theirs."""


class WordBars(Figure[WordBar]):
    """As many words as have room, the first ones first; arrow keys walk through them.

    Painted by hand: its rows are words and have no axis, the one thing pyqtgraph could draw.

    Signals
    -------
    word_hovered(word), word_left()
        The pointer or the keyboard is on a word (its row in the vocabulary), or on none any more.
    """

    word_hovered = Signal(int)
    word_left = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._bars: tuple[WordBar, ...] = ()
        self._sides = ("", "")
        self._hovered: int | None = None
        self.setAccessibleName(name)
        self.setMinimumSize(170, 110)

    def sizeHint(self) -> QSize:
        """Ask for room for a score of words."""
        return QSize(260, 440)

    def set_bars(self, bars: Sequence[WordBar], sides: tuple[str, str]) -> None:
        """Show other words; ``sides`` says what a bar to the left, and one to the right, means."""
        self._bars, self._sides = tuple(bars), sides
        self.repaint_picture()

    def set_hovered(self, word: int | None) -> None:
        """Light up a word, if it is in the list."""
        if word != self._hovered:
            self._hovered = word
            name = next((bar.name for bar in self._bars if bar.word == word), "")
            self.setAccessibleDescription(name)
            self.update()

    # --- geometry

    @property
    def n_shown(self) -> int:
        """How many words have room."""
        row = self.theme.pixels(_ROW)
        return max(min(len(self._bars), int((self.height() - row) // row)), 0)

    def row_rect(self, nth: int) -> QRectF:
        """Return the row of the ``nth`` word."""
        row = self.theme.pixels(_ROW)
        middle, longest = self._middle()
        return QRectF(0, row * (nth + 1), min(middle + longest + 8, self.width()), row)

    def bar_at(self, point: QPointF) -> WordBar | None:
        """Return the word under a point."""
        nth = int(point.y() // self.theme.pixels(_ROW)) - 1
        return self._bars[nth] if 0 <= nth < self.n_shown else None

    def _middle(self) -> tuple[float, float]:
        """Return where bars begin, and how long the longest is."""
        advance = QFontMetricsF(self.theme.font("control")).horizontalAdvance
        widest = max((advance(bar.name) for bar in self._bars[: self.n_shown]), default=0.0)
        name = min(widest + 18, self.width() * 0.34)
        room = min(self.width() - name - 8, float(self.theme.pixels(_LONGEST_BARS)))
        return name + room / 2, room / 2 - 2

    # --- painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the words and their bars, the longest as long as there is room."""
        if not self._bars:
            painter.setFont(self.theme.font("control"))
            painter.setPen(self.theme.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignHCenter, "None tells them apart.")
            return
        middle, longest = self._middle()
        small = QFontMetricsF(self.theme.font("small"))
        painter.setFont(self.theme.font("small"))
        painter.setPen(self.theme.color("muted"))
        head = QRectF(middle - longest, 0, longest - 5, self.theme.pixels(_ROW))
        baseline = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(head, baseline | Qt.AlignmentFlag.AlignRight, self._sides[0])
        head.moveLeft(middle + 5)
        painter.drawText(head, baseline | Qt.AlignmentFlag.AlignLeft, self._sides[1])
        most = max((abs(bar.value) for bar in self._bars), default=0.0) or 1.0
        for nth in range(self.n_shown):
            bar, row = self._bars[nth], self.row_rect(nth)
            painter.setFont(self.theme.font("control"))
            painter.setPen(self.theme.color("text"))
            room = QRectF(4, row.top(), middle - longest - 10, row.height())
            text = QFontMetricsF(painter.font()).elidedText(
                bar.name, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, baseline | Qt.AlignmentFlag.AlignLeft, text)
            self._paint_bar(painter, bar, row, most, small)
        painter.setPen(self.theme.color("line"))
        foot = self.row_rect(self.n_shown - 1).bottom() if self.n_shown else 0.0
        painter.drawLine(QPointF(middle, self.theme.pixels(_ROW)), QPointF(middle, foot))

    def _paint_bar(
        self, painter: QPainter, bar: WordBar, row: QRectF, most: float, metrics: QFontMetricsF
    ) -> None:
        middle, longest = self._middle()
        left = bar.value > 0
        number = _number(abs(bar.value), most)
        # The number stands beyond the bar, so the longest bar leaves it room.
        long = abs(bar.value) / most * (longest - metrics.horizontalAdvance(number) - 6)
        thick = row.height() * 0.45
        top = row.center().y() - thick / 2
        rect = QRectF(middle - long if left else middle, top, max(long, 1.0), thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("difference_high" if left else "difference_low"))
        painter.drawRoundedRect(rect, 2, 2)
        painter.setFont(self.theme.font("small_number"))
        painter.setPen(self.theme.color("muted"))
        beyond = QRectF(0, row.top(), 60, row.height())
        if left:
            beyond.moveRight(rect.left() - 4)
            side = Qt.AlignmentFlag.AlignRight
        else:
            beyond.moveLeft(rect.right() + 4)
            side = Qt.AlignmentFlag.AlignLeft
        painter.drawText(beyond, side | Qt.AlignmentFlag.AlignVCenter, number)

    def paint_highlights(self, painter: QPainter) -> None:
        """Tint the hovered word's row."""
        for nth in range(self.n_shown):
            if self._bars[nth].word == self._hovered:
                painter.setPen(self.theme.color("hover"))
                painter.setBrush(self.theme.color("accent", 0.08))
                painter.drawRoundedRect(self.row_rect(nth).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    # --- pointer and keys

    def parts(self) -> Parts[WordBar]:
        """Return the words that have room."""
        return self._bars[: self.n_shown], lambda bar: self.row_rect(self._bars.index(bar))

    def spot_at(self, point: QPointF) -> WordBar | None:
        """Return the word under a point."""
        return self.bar_at(point)

    def hover(self, spot: WordBar | None) -> None:
        """Tell which word the pointer is on."""
        if spot is None:
            self.word_left.emit()
        else:
            self.word_hovered.emit(spot.word)

    def describe(self, spot: WordBar) -> str:
        """Return what hovering a word says."""
        return spot.tip

    def step(self, up: int, right: int) -> bool:
        """Walk to the word above or below."""
        if not up or not self.n_shown:
            return False
        words = [bar.word for bar in self._bars[: self.n_shown]]
        if self._hovered in words:
            nth = min(max(words.index(self._hovered) - up, 0), len(words) - 1)
        else:
            nth = 0 if up < 0 else len(words) - 1
        self.word_hovered.emit(words[nth])
        return True


def _number(value: float, most: float) -> str:
    """Write a number of bits with as many decimals as all the others beside it.

    ``most`` is the largest of them, by which the decimals are chosen.
    """
    decimals = 3 if most >= 0.1 else 4
    least = 10.0**-decimals
    return f"{value:.{decimals}f}" if value >= least / 2 else f"< {least:.{decimals}f}"
