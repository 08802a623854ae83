"""GuessTable: a few ranked words with their probabilities, side by side."""

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QResizeEvent

from roberta_gui.findings.notation.numbers import percentage
from roberta_gui.gui.widgets.painting.drawing import letters, write
from roberta_gui.gui.widgets.tokens.guess_list import GuessList

_SHORT_WORD = "nnnnn"
"""As wide as a guess is that a table never cuts."""
_MOST_ACROSS = 5
_USUAL = 10
MOST_ROWS = 5
_GAP = 14


class GuessTable(GuessList):
    """Rank, word and percentage, row by row in as many columns as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._most_rows = MOST_ROWS

    def set_most_rows(self, n_rows: int) -> None:
        """Show no more rows, where the room is needed otherwise."""
        if n_rows != self._most_rows:
            self._most_rows = n_rows
            self._fit()

    @property
    def n_items(self) -> int:
        """How many guesses are shown."""
        return min(super().n_items, self._most_rows * self._across())

    def rows_in(self, part: QRectF) -> range:
        """Return all of them: they are few."""
        return range(self.n_items)

    def sizeHint(self) -> QSize:
        """Ask for as many rows as the present width needs."""
        rows = min(math.ceil(max(self.n_items, _USUAL) / self._across()), self._most_rows)
        return QSize(self.minimumSizeHint().width(), math.ceil(rows * self._row_height()))

    def minimumSizeHint(self) -> QSize:
        """Be narrow if need be."""
        return QSize(math.ceil(2 * self._narrowest() + _GAP), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the rows anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the rows, and let nothing be current that is not shown."""
        if (height := self.sizeHint().height()) != self.height():
            self.setFixedHeight(height)
        if self._current > (last := max(self.n_items - 1, 0)):
            self._go_to(last)
        self.repaint_picture()

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
        return self.theme.metrics("small").height() + 2

    def item_rect(self, item: int) -> QRectF:
        """Return the cell of a guess."""
        across, height = self._across(), self._row_height()
        wide = (self.width() + _GAP) / across
        return QRectF((item % across) * wide, item // across * height, wide - _GAP, height)

    def paint_picture(self, painter: QPainter) -> None:
        """Write every guess."""
        rank_room = self._rank_room()
        for row, guess in enumerate(self._guesses[: self.n_items]):
            place, chance = self.item_rect(row), percentage(guess.probability)
            numbers = letters(painter, "small_number")
            ranked = QRectF(place.left(), place.top(), rank_room - 5, place.height())
            write(painter, ranked, str(row + 1), "right")
            write(painter, place, chance, "right")
            written = place.adjusted(rank_room, 0, -numbers.horizontalAdvance(chance) - 4, 0)
            letters(painter, "small", "text")
            write(painter, written, guess.word, cut=True)
