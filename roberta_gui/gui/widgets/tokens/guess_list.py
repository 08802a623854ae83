"""GuessList: ranked words with bars and probabilities."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QScrollArea

from roberta_gui.findings.marks import Guess
from roberta_gui.findings.numbers import percentage, points
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.gui.widgets.painting.spoken import Parts

_HEADING = 20
"""Pixels of the line above the rows, at a text zoom of 1."""

_LEAST_BAR = 24
_LEAST_ROOM = 60
"""Pixels, at a text zoom of 1, that words must have before a bar is drawn below them."""

_CHANGE = "A − B"
_TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_NONE = "–"
"""Stands in place of a change where the word is none in B."""


@dataclass(frozen=True)
class _Columns:
    """How wide the columns are, in pixels, from left to right."""

    rank: float
    word: float
    bar: float
    number: float
    change: float
    is_below: bool
    """Whether the bars lie below the words, which need all the room beside them."""

    @property
    def has_bars(self) -> bool:
        """Whether there is room for bars, and for marks on them."""
        return self.bar >= _LEAST_BAR

    def bar_rect(self, row: QRectF) -> QRectF:
        """Return where the bar of a row lies."""
        if self.is_below:
            return QRectF(self.rank, row.bottom() - 4, self.bar, 3)
        return QRectF(self.rank + self.word, row.center().y() - 4, self.bar, 8)


class GuessList(Figure[int]):
    """Rows of rank, word, bar and percentage; a click or Enter takes a word.

    Bars are drawn relative to the best guess; the numbers beside them are the probabilities.
    What a probability is compared with is a mark on its bar, and the change in percentage points
    a second number; a line above the rows says so. In a narrow panel the words come first: the
    bars go below them, and give way where there is no room for words, with what the line says.

    Signals
    -------
    guess_taken(row)
        Somebody wants this word in the sentence.
    """

    guess_taken = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._guesses: tuple[Guess, ...] = ()
        self._where = ""
        self._hovered: int | None = None
        self._current = 0
        self.setAccessibleName("Guesses")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_guesses(self, guesses: Sequence[Guess], where: str = "") -> None:
        """Show these guesses, best first; ``where`` they had what they are compared with."""
        self._guesses, self._where = tuple(guesses), where
        self._current = min(self._current, max(len(guesses) - 1, 0))
        self.setFixedHeight(self.sizeHint().height())
        self._describe()
        self.repaint_picture()

    def sizeHint(self) -> QSize:
        """Ask for one line a guess."""
        return QSize(240, int(self._top() + self._row_height() * len(self._guesses)) + 2)

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        super().customEvent(event)
        self.setFixedHeight(self.sizeHint().height())

    def _describe(self) -> None:
        """Tell a screen reader which row the keyboard stands on."""
        self.setAccessibleDescription(self.say(self._current) if self._guesses else "")

    def say(self, spot: int) -> str:
        """Return a word with its place, its probability and what that was before."""
        guess = self._guesses[spot]
        return (
            f"{spot + 1} of {len(self._guesses)}: {guess.word}, "
            f"{percentage(guess.probability)}{self._describe_change(guess)}"
            f"{'' if guess.is_writable else ', which no text gives here'}"
        )

    def _describe_change(self, guess: Guess) -> str:
        if guess.before is None:
            return ""
        is_none = math.isnan(guess.before)
        return f", {'no number' if is_none else percentage(guess.before)} {self._where}"

    def _scroll_to_current(self) -> None:
        """Bring the row that the keyboard stands on into sight, where the list is scrolled."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        scrolled = None if area is None else area.widget()
        if area is None or scrolled is None:
            return
        row = self._row_rect(self._current).toRect()
        middle = self.mapTo(scrolled, row.center())
        area.ensureVisible(middle.x(), middle.y(), 0, row.height())

    def _row_height(self) -> float:
        return float(self.theme.pixels(27))

    def _top(self) -> float:
        """Return the height of the line above the rows, 0 where nothing is compared."""
        return float(self.theme.pixels(_HEADING)) if self._is_compared else 0.0

    def _row_rect(self, row: int) -> QRectF:
        top = self._top() + row * self._row_height()
        return QRectF(0, top, self.width(), self._row_height())

    def _row_at(self, point: QPointF) -> int | None:
        row = int((point.y() - self._top()) // self._row_height())
        return row if 0 <= row < len(self._guesses) else None

    @property
    def has_bars(self) -> bool:
        """Whether the list is wide enough for its bars, and for marks on them."""
        return bool(self._guesses) and self._columns().has_bars

    @property
    def _is_compared(self) -> bool:
        return any(guess.before is not None for guess in self._guesses)

    def _columns(self) -> _Columns:
        """Share the width out among ranks, words, bars and both numbers."""
        advance = {
            role: QFontMetricsF(self.theme.font(role)).horizontalAdvance
            for role in ("control", "number", "small_number")
        }
        rank = advance["small_number"]("88") + 10
        number = max(advance["number"](percentage(g.probability)) for g in self._guesses)
        changes = [_change(g) for g in self._guesses if g.before is not None]
        change = max(map(advance["small_number"], changes)) + 8.0 if changes else 0.0
        widest = max(advance["control"](guess.word) for guess in self._guesses) + 10
        room = self.width() - rank - number - change
        word, beside = min(widest, room), room - widest - 10
        is_below = beside < _LEAST_BAR and room >= self.theme.pixels(_LEAST_ROOM)
        return _Columns(rank, word, room - 10 if is_below else beside, number, change, is_below)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw every row."""
        if not self._guesses:
            return
        theme, columns = self.theme, self._columns()
        control, number = theme.font("control"), theme.font("number")
        small = theme.font("small_number")
        words = QFontMetricsF(control)
        numbers = [[g.probability, g.before or 0.0] for g in self._guesses]
        best = float(np.nanmax(numbers, initial=1e-12))
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        if self._is_compared:
            self._paint_heading(painter, columns)
        for row, guess in enumerate(self._guesses):
            place = self._row_rect(row)
            painter.setPen(theme.color("muted"))
            painter.setFont(small)
            painter.drawText(place.adjusted(2, 0, 0, 0), middle, str(row + 1))
            if guess.before is not None:
                painter.drawText(place.adjusted(0, 0, -2, 0), right | middle, _change(guess))
            painter.setPen(theme.color("text" if guess.is_writable else "muted"))
            painter.setFont(control)
            written = QRectF(columns.rank, place.top(), columns.word, place.height())
            word = words.elidedText(guess.word, Qt.TextElideMode.ElideRight, columns.word - 6)
            painter.drawText(written, middle, word)
            if not guess.is_writable:
                self._paint_dashes(painter, written, words.horizontalAdvance(word))
            painter.setPen(theme.color("text"))
            painter.setFont(number)
            beside = place.adjusted(0, 0, -2 - columns.change, 0)
            painter.drawText(beside, right | middle, percentage(guess.probability))
            if columns.has_bars:
                self._paint_bar(painter, columns.bar_rect(place), guess, best)

    def _paint_heading(self, painter: QPainter, columns: _Columns) -> None:
        """Say above the rows what the marks on the bars and the second numbers are."""
        place = QRectF(0, 0, self.width() - 2, self._top())
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        painter.setFont(self.theme.font("small"))
        painter.setPen(self.theme.color("muted"))
        painter.drawText(place, right | middle, _CHANGE)
        if not columns.has_bars:
            return
        metrics = QFontMetricsF(painter.font())
        named = place.adjusted(columns.rank + 8, 0, -metrics.horizontalAdvance(_CHANGE) - 8, 0)
        name = metrics.elidedText(self._where, Qt.TextElideMode.ElideRight, named.width())
        painter.drawText(named, middle, name)
        mark = QRectF(columns.rank, place.center().y() - 6, 2, 12)
        painter.fillRect(mark, self.theme.color("text"))

    def _paint_dashes(self, painter: QPainter, place: QRectF, width: float) -> None:
        """Underline a word that cannot be written, as tokens are that nobody typed."""
        y = place.center().y() + self.theme.pixels(8)
        painter.setPen(QPen(self.theme.color("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(place.left(), y), QPointF(place.left() + width, y))

    def _paint_bar(self, painter: QPainter, bar: QRectF, guess: Guess, best: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("track"))
        painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        filled = QRectF(bar)
        filled.setWidth(max(bar.width() * guess.probability / best, 4))
        painter.setBrush(self.theme.color("accent"))
        painter.drawRoundedRect(filled, bar.height() / 2, bar.height() / 2)
        if guess.before is not None and not math.isnan(guess.before):
            x = min(bar.left() + bar.width() * guess.before / best, bar.right() - 1)
            mark = QRectF(x - 1, bar.top() - bar.height() / 2, 2, 2 * bar.height())
            painter.fillRect(mark.adjusted(-1, 0, 1, 0), self.theme.color("card"))
            painter.fillRect(mark, self.theme.color("text"))

    def paint_highlights(self, painter: QPainter) -> None:
        """Tint the row under the pointer and, with the keyboard here, outline the current one."""
        painter.setPen(Qt.PenStyle.NoPen)
        if self._hovered is not None and self._hovered < len(self._guesses):
            painter.setBrush(self.theme.color("accent", 0.10))
            painter.drawRoundedRect(self._row_rect(self._hovered), 5, 5)
        if self.is_ringed and self._guesses:
            painter.setPen(self.theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            outline = self._row_rect(self._current).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(outline, 5, 5)

    def parts(self) -> Parts[int]:
        """Return every row."""
        return range(len(self._guesses)), self._row_rect

    def spot_at(self, point: QPointF) -> int | None:
        """Return the row under a point."""
        return self._row_at(point)

    def hover(self, spot: int | None) -> None:
        """Tint the row under the pointer."""
        self._hovered = spot
        self.update()

    def describe(self, spot: int) -> str:
        """Return a word's exact probability."""
        return self._guesses[spot].tip

    def click(self, spot: int, keys: Qt.KeyboardModifier) -> None:
        """Take a word."""
        self._current = spot
        self._describe()
        self.guess_taken.emit(spot)

    def double_click(self, spot: int | None, keys: Qt.KeyboardModifier) -> bool:
        """Take no second word: the first click has taken one, and others may stand there now."""
        return spot is not None

    def step(self, up: int, right: int) -> bool:
        """Go to the word above or below."""
        if not up or not self._guesses:
            return False
        self._current = min(max(self._current - up, 0), len(self._guesses) - 1)
        self._describe()
        self._scroll_to_current()
        self.update()
        return True

    def act(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        """Take a word with Enter or Space."""
        if key not in _TAKES or not self._guesses:
            return False
        self.guess_taken.emit(self._current)
        return True


def _change(guess: Guess) -> str:
    """Write A − B in percentage points, or that there is none."""
    before = math.nan if guess.before is None else guess.before
    return _NONE if math.isnan(before) else points(guess.probability - before)
