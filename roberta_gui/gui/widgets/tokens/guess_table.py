"""GuessTable: a few ranked words with their probabilities, side by side."""

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QResizeEvent

from roberta_gui.findings.notation.numbers import percentage
from roberta_gui.gui.widgets.tokens.guess_list import GuessList

_LEFT = Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight

_SHORT_WORD = "nnnnn"
"""As wide as a guess is that a table never cuts."""
_MOST_ACROSS = 5
_GAP = 14


class GuessTable(GuessList):
    """Rank, word and percentage, row by row in as many columns as there is room for."""

    def rows_in(self, part: QRectF) -> range:
        """Return all of them: they are few."""
        return range(self.n_items)

    def sizeHint(self) -> QSize:
        """Ask for as many rows as the present width needs."""
        rows = math.ceil(max(self.n_items, 10) / self._across())
        return QSize(self.minimumSizeHint().width(), math.ceil(rows * self._row_height()))

    def minimumSizeHint(self) -> QSize:
        """Be narrow if need be."""
        return QSize(math.ceil(2 * self._narrowest() + _GAP), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the rows anew."""
        super().resizeEvent(event)
        if (height := self.sizeHint().height()) != self.height():
            self.setFixedHeight(height)

    def _across(self) -> int:
        fit = int((self.width() + _GAP) / (self._narrowest() + _GAP))
        return min(max(fit, 2), _MOST_ACROSS)

    def _narrowest(self) -> float:
        """Return the room for a rank, a short word and its percentage, in this font."""
        number = self._width("small_number", percentage(0.888))
        return self._rank_room() + self._width("small", _SHORT_WORD) + number + 4

    def _rank_room(self) -> float:
        return self._width("small_number", "88") + 5

    def _row_height(self) -> float:
        return QFontMetricsF(self.theme.font("small")).height() + 2

    def item_rect(self, item: int) -> QRectF:
        """Return the cell of a guess."""
        across, height = self._across(), self._row_height()
        wide = (self.width() + _GAP) / across
        return QRectF((item % across) * wide, item // across * height, wide - _GAP, height)

    def paint_picture(self, painter: QPainter) -> None:
        """Write every guess."""
        theme, metrics = self.theme, QFontMetricsF(self.theme.font("small"))
        rank_room = self._rank_room()
        for row, guess in enumerate(self._guesses):
            place, chance = self.item_rect(row), percentage(guess.probability)
            painter.setFont(theme.font("small_number"))
            painter.setPen(theme.color("muted"))
            ranked = QRectF(place.left(), place.top(), rank_room - 5, place.height())
            painter.drawText(ranked, _RIGHT, str(row + 1))
            painter.drawText(place, _RIGHT, chance)
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text"))
            number = self._width("small_number", chance)
            written = place.adjusted(rank_room, 0, -number - 4, 0)
            text = metrics.elidedText(guess.word, Qt.TextElideMode.ElideRight, written.width())
            painter.drawText(written, _LEFT, text)
