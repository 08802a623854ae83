"""GuessTable: ranked words side by side, where a list has no room."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QResizeEvent

from roberta_gui.findings.marks import Guess
from roberta_gui.findings.numbers import percentage
from roberta_gui.gui.widgets.tokens.guess_list import GuessList

_SHORT_WORD = "nnnnn"
"""As wide as a guess is that is never cut."""
_MOST_ACROSS = 5
_GAP = 14


class GuessTable(GuessList):
    """Rank, word and percentage, row by row in as many columns as there is room for."""

    def set_guesses(self, guesses: Sequence[Guess], where: str = "") -> None:
        """Show these guesses, best first; ``where`` they had what they are compared with."""
        super().set_guesses(guesses, where)
        self._stand()

    def sizeHint(self) -> QSize:
        """Ask for as many rows as the present width needs."""
        rows = math.ceil(max(len(self._guesses), 10) / self._across())
        return QSize(self.minimumSizeHint().width(), math.ceil(rows * self._row_height()))

    def minimumSizeHint(self) -> QSize:
        """Be narrow if need be."""
        return QSize(math.ceil(2 * self._narrowest() + _GAP), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the rows anew."""
        super().resizeEvent(event)
        self._stand()

    def _stand(self) -> None:
        """Take the height of the rows, which only the width decides."""
        height = self.sizeHint().height()
        if height != self.height():
            self.setFixedHeight(height)

    def _across(self) -> int:
        fit = int((self.width() + _GAP) / (self._narrowest() + _GAP))
        return min(max(fit, 2), _MOST_ACROSS)

    def _narrowest(self) -> float:
        """Return the room for a rank, a short word and its percentage, in this font."""
        digits = QFontMetricsF(self.theme.font("small_number"))
        word = QFontMetricsF(self.theme.font("small")).horizontalAdvance(_SHORT_WORD)
        return self._rank_room() + word + digits.horizontalAdvance(percentage(0.888)) + 4

    def _rank_room(self) -> float:
        digits = QFontMetricsF(self.theme.font("small_number"))
        return digits.horizontalAdvance("88") + 5

    def _row_height(self) -> float:
        return QFontMetricsF(self.theme.font("small")).height() + 2

    def _row_rect(self, row: int) -> QRectF:
        across, height = self._across(), self._row_height()
        wide = (self.width() + _GAP) / across
        return QRectF((row % across) * wide, row // across * height, wide - _GAP, height)

    def _row_at(self, point: QPointF) -> int | None:
        places = (row for row in range(len(self._guesses)) if self._row_rect(row).contains(point))
        return next(places, None)

    def paint_picture(self, painter: QPainter) -> None:
        """Write every guess."""
        theme = self.theme
        words, numbers = theme.font("small"), theme.font("small_number")
        metrics, digits = QFontMetricsF(words), QFontMetricsF(numbers)
        rank_room = self._rank_room()
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        for row, guess in enumerate(self._guesses):
            place, chance = self._row_rect(row), percentage(guess.probability)
            painter.setFont(numbers)
            painter.setPen(theme.color("muted"))
            ranked = QRectF(place.left(), place.top(), rank_room - 5, place.height())
            painter.drawText(ranked, right | middle, str(row + 1))
            painter.drawText(place, right | middle, chance)
            painter.setFont(words)
            painter.setPen(theme.color("text"))
            written = place.adjusted(rank_room, 0, -digits.horizontalAdvance(chance) - 4, 0)
            text = metrics.elidedText(guess.word, Qt.TextElideMode.ElideRight, written.width())
            painter.drawText(written, middle, text)
