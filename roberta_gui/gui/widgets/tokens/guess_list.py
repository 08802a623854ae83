"""GuessList and GuessTable: ranked words with probabilities, in rows or side by side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QScrollArea

from roberta_gui.findings.notation.marks import Guess
from roberta_gui.findings.notation.numbers import bits_likelier, percentage, written_change
from roberta_gui.gui.look.theme import FontRole
from roberta_gui.gui.widgets.painting.items import Items

_ROW, _HEADING = 27, 20  # pixels of a row, and of the line above the rows, at a text zoom of 1
_LEAST_BAR = 24
_LEAST_ROOM = 60
"""Pixels, at a text zoom of 1, that words must have before a bar is drawn below them."""

_LIKELIER = "bits likelier"
_NONE = "–"
"""Stands in place of a change where the word is none in B."""

_TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_LEFT = Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight

_SHORT_WORD = "nnnnn"
"""As wide as a guess is that a table never cuts."""
_MOST_ACROSS = 5
_GAP = 14


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


class GuessList(Items):
    """Rows of rank, word, bar and percentage; a click or Enter takes a word.

    Bars are drawn relative to the best guess; the numbers beside them are the probabilities.
    What a probability is compared with is a mark on its bar, and by how many bits it is likelier
    than that a second number; a line above the rows says so, and what the first column is. In a
    narrow panel the words come first: the bars go below them, and give way where there is no room
    for words, with what the line says.
    """

    guess_taken = Signal(int)  # somebody wants the word of this row in the sentence

    _guesses: tuple[Guess, ...] = ()

    def __init__(self) -> None:
        super().__init__("Guesses", least=(0, 0), wanted=(240, 0))
        self._where = self._rank = ""
        self._current = 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_guesses(self, guesses: Sequence[Guess], where: str = "", rank: str = "") -> None:
        """Show these guesses, best first; ``where`` they had what they are compared with.

        ``rank`` is written above the first column.
        """
        self._guesses, self._where, self._rank = tuple(guesses), where, rank
        self._tips = [guess.tip for guess in guesses]
        self._current = min(self._current, max(len(guesses) - 1, 0))
        self.setFixedHeight(self.sizeHint().height())
        self.repaint_picture()

    def sizeHint(self) -> QSize:
        """Ask for one line a guess."""
        return QSize(240, int(self._top() + self.theme.pixels(_ROW) * len(self._guesses)) + 2)

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        super().customEvent(event)
        self.setFixedHeight(self.sizeHint().height())

    def told(self) -> str:
        """Say which row the keyboard stands on."""
        return self.say(self._current) if self._guesses else ""

    def say(self, spot: int) -> str:
        """Return a word with its place, its probability and what that was before."""
        guess = self._guesses[spot]
        told = f"{spot + 1} of {self.n_items}: {guess.word}, {_number(guess)}"
        if guess.before is not None:
            change = _change(guess)
            known = (
                "" if math.isnan(guess.before) else f"{percentage(guess.before)} {self._where}, "
            )
            apart = f"{change} bits likelier than {self._where}"
            told += f", no number {self._where}" if change == _NONE else f", {known}{apart}"
        return told if guess.is_writable else f"{told}, which no text gives here"

    # --- geometry

    def item_rect(self, item: int) -> QRectF:
        """Return a row."""
        height = float(self.theme.pixels(_ROW))
        return QRectF(0, self._top() + item * height, self.width(), height)

    def spot_at(self, point: QPointF) -> int | None:
        """Return the row under a point."""
        rows = (row for row in range(self.n_items) if self.item_rect(row).contains(point))
        return next(rows, None)

    def _top(self) -> float:
        """Return the height of the line above the rows, 0 where there is nothing to say."""
        return float(self.theme.pixels(_HEADING)) if self._is_compared or self._rank else 0.0

    @property
    def has_bars(self) -> bool:
        """Whether the list is wide enough for its bars, and for marks on them."""
        return bool(self._guesses) and self._columns().has_bars

    @property
    def _is_compared(self) -> bool:
        return any(guess.before is not None for guess in self._guesses)

    def _width(self, role: FontRole, text: str) -> float:
        return QFontMetricsF(self.theme.font(role)).horizontalAdvance(text)

    def _columns(self) -> _Columns:
        """Share the width out among ranks, words, bars and both numbers."""
        rank = max(self._width("small_number", g.place or "88") for g in self._guesses) + 10
        rank = max(rank, self._width("small", self._rank) + 10)
        number = max(self._width("number", _number(g)) for g in self._guesses)
        changes = [_change(g) for g in self._guesses if g.before is not None]
        change = max((self._width("small_number", c) + 8.0 for c in changes), default=0.0)
        widest = max(self._width("control", guess.word) for guess in self._guesses) + 10
        room = self.width() - rank - number - change
        word, beside = min(widest, room), room - widest - 10
        is_below = beside < _LEAST_BAR and room >= self.theme.pixels(_LEAST_ROOM)
        return _Columns(rank, word, room - 10 if is_below else beside, number, change, is_below)

    # --- painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw every row."""
        if not self._guesses:
            return
        theme, columns = self.theme, self._columns()
        words = QFontMetricsF(theme.font("control"))
        numbers = [[g.probability, g.before or 0.0] for g in self._guesses]
        best = float(np.nan_to_num(numbers).max(initial=0.0)) or 1e-300
        if self._top():
            self._paint_heading(painter, columns)
        for row, guess in enumerate(self._guesses):
            place = self.item_rect(row)
            painter.setPen(theme.color("muted"))
            painter.setFont(theme.font("small_number"))
            painter.drawText(place.adjusted(2, 0, 0, 0), _LEFT, guess.place or str(row + 1))
            if guess.before is not None:
                painter.drawText(place.adjusted(0, 0, -2, 0), _RIGHT, _change(guess))
            painter.setPen(theme.color("text" if guess.is_writable else "muted"))
            painter.setFont(theme.font("control"))
            written = QRectF(columns.rank, place.top(), columns.word, place.height())
            word = words.elidedText(guess.word, Qt.TextElideMode.ElideRight, columns.word - 6)
            painter.drawText(written, _LEFT, word)
            if not guess.is_writable:
                self._paint_dashes(painter, written, words.horizontalAdvance(word))
            painter.setPen(theme.color("text"))
            painter.setFont(theme.font("number"))
            beside = place.adjusted(0, 0, -2 - columns.change, 0)
            painter.drawText(beside, _RIGHT, _number(guess))
            if columns.has_bars and not math.isnan(guess.probability):
                self._paint_bar(painter, columns.bar_rect(place), guess, best)

    def _paint_heading(self, painter: QPainter, columns: _Columns) -> None:
        """Say above the rows what the marks on the bars and the second numbers are."""
        place = QRectF(0, 0, self.width() - 2, self._top())
        painter.setFont(self.theme.font("small"))
        painter.setPen(self.theme.color("muted"))
        painter.drawText(place.adjusted(2, 0, 0, 0), _LEFT, self._rank)
        if not self._is_compared:
            return
        metrics = QFontMetricsF(painter.font())
        named = place.adjusted(columns.rank + 8, 0, -metrics.horizontalAdvance(_LIKELIER) - 8, 0)
        if not columns.has_bars or named.width() < metrics.horizontalAdvance(self._where):
            named = place.adjusted(columns.rank, 0, 0, 0)
            change, end = f"{_LIKELIER} than {self._where}", Qt.TextElideMode.ElideRight
            painter.drawText(named, _RIGHT, metrics.elidedText(change, end, named.width()))
            return
        painter.drawText(place, _RIGHT, _LIKELIER)
        painter.drawText(named, _LEFT, self._where)
        mark = QRectF(columns.rank, place.center().y() - 6, 2, 12)
        painter.fillRect(mark, self.theme.color("text"))

    def _paint_dashes(self, painter: QPainter, place: QRectF, width: float) -> None:
        """Underline a word that cannot be written, as tokens are that nobody typed."""
        y = place.center().y() + self.theme.pixels(8)
        painter.setPen(QPen(self.theme.color("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(place.left(), y), QPointF(place.left() + width, y))

    def _paint_bar(self, painter: QPainter, bar: QRectF, guess: Guess, best: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        filled = QRectF(bar)
        filled.setWidth(max(bar.width() * guess.probability / best, 4))
        for part, role in ((bar, "track"), (filled, "accent")):
            painter.setBrush(self.theme.color(role))
            painter.drawRoundedRect(part, bar.height() / 2, bar.height() / 2)
        if guess.before is not None and not math.isnan(guess.before):
            x = min(bar.left() + bar.width() * guess.before / best, bar.right() - 1)
            mark = QRectF(x - 1, bar.top() - bar.height() / 2, 2, 2 * bar.height())
            painter.fillRect(mark.adjusted(-1, 0, 1, 0), self.theme.color("card"))
            painter.fillRect(mark, self.theme.color("text"))

    def paint_highlights(self, painter: QPainter) -> None:
        """Tint the row under the pointer and, with the keyboard here, outline the current one."""
        painter.setPen(Qt.PenStyle.NoPen)
        for row in self._there([self._hovered]):
            painter.setBrush(self.theme.color("accent", 0.10))
            painter.drawRoundedRect(self.item_rect(row), 5, 5)
        if self.is_ringed and self._guesses:
            painter.setPen(self.theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            outline = self.item_rect(self._current).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(outline, 5, 5)

    # --- pointer and keys

    def hover(self, spot: int | None) -> None:
        """Tint the row under the pointer."""
        self.set_hovered(spot)

    def click(self, spot: int, keys: Qt.KeyboardModifier) -> None:
        """Take a word."""
        self._current = spot
        self._tell()
        self.guess_taken.emit(spot)

    def double_click(self, spot: int | None, keys: Qt.KeyboardModifier) -> bool:
        """Take no second word: the first click has taken one, and others may stand there now."""
        return spot is not None

    def step(self, up: int, right: int) -> bool:
        """Go to the word above or below, and bring it into sight where the list is scrolled."""
        if not up or not self._guesses:
            return False
        self._current = min(max(self._current - up, 0), self.n_items - 1)
        self._tell()
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None and (scrolled := area.widget()) is not None:
            row = self.item_rect(self._current).toRect()
            middle = self.mapTo(scrolled, row.center())
            area.ensureVisible(middle.x(), middle.y(), 0, row.height())
        self.update()
        return True

    def act(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        """Take a word with Enter or Space."""
        if key not in _TAKES or not self._guesses:
            return False
        self.guess_taken.emit(self._current)
        return True


def _number(guess: Guess) -> str:
    """Write how probable a word is."""
    return guess.number or percentage(guess.probability)


def _change(guess: Guess) -> str:
    """Write by how many bits a word is likelier than it was, or that there is no number."""
    if guess.change:
        return guess.change
    change = bits_likelier(guess.probability, guess.before or 0.0)
    return _NONE if math.isnan(change) else written_change(change, 2)


class GuessTable(GuessList):
    """Rank, word and percentage, row by row in as many columns as there is room for."""

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
