"""FactList: rows of a name, a text and a number, in parts with a heading each."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from roberta_gui.gui.widgets.painting.drawing import letters, write
from roberta_gui.gui.widgets.tokens.guess_list import GuessList

_GAP = 10
_MOST_NAME = 0.4
"""Of the width, what names may take from the texts."""


class FactList(GuessList):
    """A list whose rows have names of their own in place of ranks, and no bars."""

    def say(self, spot: int) -> str:
        """Return a row with its place among all of them."""
        row = self._guesses[spot]
        told = ", ".join(filter(None, (row.place, row.word, row.number)))
        return f"{spot + 1} of {self.n_items}: {told}"

    @property
    def has_bars(self) -> bool:
        """Facts have none."""
        return False

    def paint_picture(self, painter: QPainter) -> None:
        """Write every row."""
        theme = self.theme
        names = [self._width("small", row.place) for row in self._guesses if row.word]
        name = min(max(names, default=0.0) + _GAP, self.width() * _MOST_NAME)
        for nth, row in enumerate(self._guesses):
            place = self.item_rect(nth).adjusted(2, 0, -2, 0)
            if not row.word:
                letters(painter, "small", "text", bold=True)
                write(painter, place, row.place, cut=True)
                painter.setPen(theme.color("line"))
                painter.drawLine(place.bottomLeft(), place.bottomRight())
                continue
            letters(painter, "small", "muted")
            room = QRectF(place.left(), place.top(), name - _GAP, place.height())
            write(painter, room, row.place, cut=True)
            letters(painter, "control", "text")
            taken = self._width("number", row.number) + _GAP if row.number else 0.0
            write(painter, place.adjusted(name, 0, -taken, 0), row.word, cut=True)
            letters(painter, "number", "text")
            write(painter, place, row.number, "right")
