"""FactList: rows of a name, a text and a number, in parts with a heading each."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from roberta_gui.findings.notation.marks import Guess
from roberta_gui.gui.widgets.painting.drawing import letters
from roberta_gui.gui.widgets.tokens.guess_list import GuessList

_LEFT = Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
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
                painter.setFont(theme.font("small", bold=True))
                self._write(painter, place, row.place, "text")
                painter.setPen(theme.color("line"))
                painter.drawLine(place.bottomLeft(), place.bottomRight())
                continue
            painter.setFont(theme.font("small"))
            self._write(painter, QRectF(place.left(), place.top(), name - _GAP, place.height()),
                        row.place, "muted")  # fmt: skip
            painter.setFont(theme.font("control"))
            self._write(painter, place.adjusted(name, 0, -self._number_room(row), 0), row.word)
            letters(painter, "number", "text")
            painter.drawText(place, _RIGHT, row.number)

    def _number_room(self, row: Guess) -> float:
        return self._width("number", row.number) + _GAP if row.number else 0.0

    def _write(self, painter: QPainter, place: QRectF, text: str, role: str = "text") -> None:
        metrics = QFontMetricsF(painter.font())
        painter.setPen(self.theme.color(role))
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, _LEFT, cut)
