"""WordBars: words in a list, each with a bar to the left or to the right."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from roberta_gui.findings.notation.marks import WordBar
from roberta_gui.gui.widgets.painting.drawing import letters, write
from roberta_gui.gui.widgets.painting.items import Items

_ROW: Final = 22

_LONGEST_BARS: Final = 480
"""Pixels of the longest bars to both sides, at a text zoom of 1: words must stay near theirs."""


class WordBars(Items):
    """As many words as have room, the first ones first; arrow keys walk through them.

    Its signals and what is hovered are words, as rows of the vocabulary. Painted by hand: its rows
    have no axis, the one thing pyqtgraph could draw.
    """

    _bars: tuple[WordBar, ...] = ()

    def __init__(self, name: str) -> None:
        super().__init__(name, narrowest=170, wanted=(260, 440))
        self._sides = ("", "")

    def set_bars(self, bars: Sequence[WordBar], sides: tuple[str, str]) -> None:
        """Show other words; ``sides`` says what a bar to the left, and one to the right, means."""
        self._bars, self._sides = tuple(bars), sides
        self._tips = [bar.tip for bar in bars]
        self.repaint_picture()

    def spoken(self) -> str:
        """Name the word that is lit up, if it is in the list."""
        return next((bar.name for bar in self._bars if bar.word == self._hovered), "")

    @property
    def n_items(self) -> int:
        """How many words have room."""
        row = self.theme.pixels(_ROW)
        return max(min(len(self._bars), int((self.height() - row) // row)), 0)

    def item_rect(self, item: int) -> QRectF:
        """Return the row of a word."""
        row = self.theme.pixels(_ROW)
        middle, longest = self._middle()
        return QRectF(0, row * (item + 1), min(middle + longest + 8, self.width()), row)

    def spot_at(self, point: QPointF) -> int | None:
        """Return the row under a point."""
        nth = int(point.y() // self.theme.pixels(_ROW)) - 1
        return nth if 0 <= nth < self.n_items else None

    def _middle(self) -> tuple[float, float]:
        """Return where bars begin, and how long the longest is."""
        advance = self.theme.metrics("control").horizontalAdvance
        widest = max((advance(bar.name) for bar in self._bars[: self.n_items]), default=0.0)
        name = min(widest + 18, self.width() * 0.34)
        room = min(self.width() - name - 8, float(self.theme.pixels(_LONGEST_BARS)))
        return name + room / 2, room / 2 - 2

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the words and their bars, the longest as long as there is room."""
        if not self._bars:
            letters(painter, "control", "muted")
            amid = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), amid, "None tells them apart.")
            return
        middle, longest = self._middle()
        letters(painter, "small", "muted")
        head = QRectF(middle - longest, 0, longest - 5, self.theme.pixels(_ROW))
        write(painter, head, self._sides[0], "right")
        write(painter, head.translated(longest + 5, 0), self._sides[1])
        most = max((abs(bar.value) for bar in self._bars), default=0.0) or 1.0
        for nth, bar in enumerate(self._bars[: self.n_items]):
            row = self.item_rect(nth)
            letters(painter, "control", "text")
            room = QRectF(4, row.top(), middle - longest - 10, row.height())
            write(painter, room, bar.name, cut=True)
            self._paint_bar(painter, bar, row, most)
        painter.setPen(self.theme.color("line"))
        top = self.theme.pixels(_ROW)
        painter.drawLine(QPointF(middle, top), QPointF(middle, top * (self.n_items + 1)))

    def _paint_bar(self, painter: QPainter, bar: WordBar, row: QRectF, most: float) -> None:
        middle, longest = self._middle()
        is_left, number = bar.value > 0, _number(abs(bar.value), most)
        # The number stands beyond the bar, so the longest bar leaves it room.
        room = self.theme.metrics("small").horizontalAdvance(number) + 6
        long, thick = abs(bar.value) / most * (longest - room), row.height() * 0.45
        top = row.center().y() - thick / 2
        rect = QRectF(middle - long if is_left else middle, top, max(long, 1.0), thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("difference_high" if is_left else "difference_low"))
        painter.drawRoundedRect(rect, 2, 2)
        letters(painter, "small_number", "muted")
        left = rect.left() - 64 if is_left else rect.right() + 4
        beyond = QRectF(left, row.top(), 60, row.height())
        write(painter, beyond, number, "right" if is_left else "left")

    def paint_highlights(self, painter: QPainter) -> None:
        """Tint the hovered word's row."""
        for nth in range(self.n_items):
            if self._bars[nth].word == self._hovered:
                painter.setPen(self.theme.color("hover"))
                painter.setBrush(self.theme.color("accent", 0.08))
                painter.drawRoundedRect(self.item_rect(nth).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def hover(self, spot: int | None) -> None:
        """Tell which word the pointer is on."""
        super().hover(None if spot is None else self._bars[spot].word)

    def step(self, up: int, right: int) -> bool:
        """Walk to the word above or below."""
        if not up or not self.n_items:
            return False
        words = [bar.word for bar in self._bars[: self.n_items]]
        if self._hovered in words:
            nth = min(max(words.index(self._hovered) - up, 0), len(words) - 1)
        else:
            nth = 0 if up < 0 else len(words) - 1
        self.item_hovered.emit(words[nth])
        return True


def _number(value: float, most: float) -> str:
    """Write a number of bits with as many decimals as its neighbours, of which ``most`` decides."""
    decimals = 3 if most >= 0.1 else 4
    least = 10.0**-decimals
    return f"{value:.{decimals}f}" if value >= least / 2 else f"< {least:.{decimals}f}"
