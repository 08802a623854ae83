"""GuessList: ranked words with their probabilities, in rows."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea

from roberta_gui.findings.notation.marks import Guess, Rows
from roberta_gui.findings.notation.numbers import bits_likelier, percentage, written_change
from roberta_gui.gui.look.theme import FontRole
from roberta_gui.gui.widgets.painting.drawing import letters, outline, write
from roberta_gui.gui.widgets.painting.items import Items
from roberta_gui.gui.widgets.painting.spoken import Parts

_ROW, _HEADING = 27, 20  # pixels of a row, and of the line above the rows, at a text zoom of 1
_LEAST_BAR = 24
_LEAST_ROOM = 60
"""Pixels, at a text zoom of 1, that words must have before a bar is drawn below them."""

LIKELIER = "bits likelier"
MOST_PRINTED = 200
"""Rows of an exported picture; they tell how wide columns are, and screen readers meet all."""
_NONE = "–"
"""Stands in place of a change where the word is none in B."""

_TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


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
    is_short: bool
    """Whether numbers are as short as can be."""

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

    keeps_picture = False  # of a whole vocabulary only the rows in sight are ever made and drawn

    _guesses: Sequence[Guess] = ()
    _measured: Sequence[Guess] = ()
    _exposed: QRectF | None = None  # what is drawn of it now; all, for an export

    def __init__(self) -> None:
        super().__init__("Guesses")
        self._where, self._change, self._rank = "", LIKELIER, ""
        self._current = 0
        self._columns: _Columns | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_guesses(
        self, guesses: Sequence[Guess], where: str = "", change: str = LIKELIER, rank: str = ""
    ) -> None:
        """Show these guesses, best first; ``where`` they had what they are compared with.

        ``change`` names the second numbers, ``rank`` the first column.
        """
        before, self._guesses = self._guesses, guesses
        self._presses.lose(lambda row: row < len(guesses) and guesses[row].word == before[row].word)
        self._where, self._change, self._rank = where, change, rank
        self._tips = Rows(len(guesses), lambda row: guesses[row].tip)
        self._measured = [*guesses[:MOST_PRINTED], *guesses[max(len(guesses) - 1, MOST_PRINTED) :]]
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

    def repaint_picture(self) -> None:
        """Share the width out anew."""
        self._columns = None
        super().repaint_picture()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are exposed."""
        self._exposed = QRectF(event.rect())
        super().paintEvent(event)
        self._exposed = None

    def parts(self) -> Parts[int]:
        """Return all rows; of very many those in sight, and the one that the keyboard is on."""
        if not self.is_long:
            return super().parts()
        return sorted({*self.rows_in_sight(), self._current}), self.item_rect

    @property
    def is_long(self) -> bool:
        """Whether there are more rows than a picture can have."""
        return self.n_items > MOST_PRINTED

    def printed(self) -> "GuessList":
        """Return the list, of very many rows the first in a picture of their own."""
        if not self.is_long:
            return self
        copy = GuessList()
        copy.resize(self.size())
        copy.set_guesses(self._measured[:MOST_PRINTED], self._where, self._change, self._rank)
        copy.resize(self.width(), copy.height())
        return copy

    def spoken(self) -> str:
        """Say which row the keyboard stands on."""
        return self.say(self._current) if self._guesses else ""

    def say(self, spot: int) -> str:
        """Return a word with its place, its probability and what that was before."""
        guess = self._guesses[spot]
        told = f"{spot + 1:,} of {self.n_items:,}: {guess.word}, {_number(guess)}"
        if guess.before is not None:
            change = _change(guess)
            known = (
                "" if math.isnan(guess.before) else f"{percentage(guess.before)} {self._where}, "
            )
            apart = f"{known}{change} bits likelier than {self._where}"
            if self._change != LIKELIER:  # no difference, but the other number itself
                apart = f"{change} {self._where}"
            told += f", no number {self._where}" if change == _NONE else f", {apart}"
        return told if guess.is_writable else f"{told}, which no text gives here"

    # --- geometry

    def item_rect(self, item: int) -> QRectF:
        """Return a row."""
        height = float(self.theme.pixels(_ROW))
        return QRectF(0, self._top() + item * height, self.width(), height)

    def spot_at(self, point: QPointF) -> int | None:
        """Return the row under a point."""
        rows = self.rows_in(QRectF(point, QSizeF(0, 0)))
        return next((row for row in rows if self.item_rect(row).contains(point)), None)

    def rows_in(self, part: QRectF) -> range:
        """Return the rows of which something lies in a part of the list."""
        first, last = (
            (y - self._top()) // self.theme.pixels(_ROW) for y in (part.top(), part.bottom())
        )
        return range(self.n_items)[max(int(first), 0) : max(int(last) + 1, 0)]

    def rows_in_sight(self) -> range:
        """Return the rows that can be seen now."""
        return self.rows_in(QRectF(self.visibleRegion().boundingRect()))

    def _rows(self) -> Iterator[tuple[int, Guess]]:
        """Give the rows that have to be drawn now."""
        part = QRectF(self.rect()) if self._exposed is None else self._exposed
        return ((row, self._guesses[row]) for row in self.rows_in(part))

    def _top(self) -> float:
        """Return the height of the line above the rows, 0 where there is nothing to say."""
        return float(self.theme.pixels(_HEADING)) if self._is_compared or self._rank else 0.0

    @property
    def has_bars(self) -> bool:
        """Whether the list is wide enough for its bars, and for marks on them."""
        return bool(self._guesses) and self._shared().has_bars

    @property
    def _is_compared(self) -> bool:
        return any(guess.before is not None for guess in self._measured)

    def _width(self, role: FontRole, text: str) -> float:
        return self.theme.metrics(role).horizontalAdvance(text)

    def _shared(self) -> _Columns:
        """Share the width out among ranks, words, bars and both numbers, once for all rows."""
        if self._columns is None:
            self._columns = self._share()
        return self._columns

    def _share(self) -> _Columns:
        rank = max(self._width("small_number", g.place or "88") for g in self._measured) + 10
        rank = max(rank, self._width("small", self._rank) + 10)
        numbers = [
            max(self._width("number", _number(g, is_short=is_short)) for g in self._measured)
            for is_short in (False, True)
        ]
        changes = [_change(g) for g in self._measured if g.before is not None]
        change = max((self._width("small_number", c) + 8.0 for c in changes), default=0.0)
        widest = max(self._width("control", guess.word) for guess in self._measured) + 10
        is_short = self.width() - rank - change - numbers[False] < widest
        number = numbers[is_short]
        room = self.width() - rank - number - change
        word, beside = min(widest, room), room - widest - 10
        is_below = beside < _LEAST_BAR and room >= self.theme.pixels(_LEAST_ROOM)
        bar = room - 10 if is_below else beside
        return _Columns(rank, word, bar, number, change, is_below, is_short)

    # --- painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw every row, or those that are exposed."""
        if not self._guesses:
            return
        columns = self._shared()
        numbers = [[g.probability, g.before or 0.0] for g in self._measured]
        best = float(np.nan_to_num(numbers).max(initial=0.0)) or 1e-300
        if self._top():
            self._paint_heading(painter, columns)
        for row, guess in self._rows():
            place = self.item_rect(row)
            letters(painter, "small_number")
            write(painter, place.adjusted(2, 0, 0, 0), guess.place or str(row + 1))
            if guess.before is not None:
                write(painter, place.adjusted(0, 0, -2, 0), _change(guess), "right")
            words = letters(painter, "control", "text" if guess.is_writable else "muted")
            written = QRectF(columns.rank, place.top(), columns.word, place.height())
            word = words.elidedText(guess.word, Qt.TextElideMode.ElideRight, columns.word - 6)
            write(painter, written, word)
            if not guess.is_writable:
                self._paint_dashes(painter, written, words.horizontalAdvance(word))
            letters(painter, "number", "text")
            beside = place.adjusted(0, 0, -2 - columns.change, 0)
            write(painter, beside, _number(guess, is_short=columns.is_short), "right")
            if columns.has_bars and not math.isnan(guess.probability):
                self._paint_bar(painter, columns.bar_rect(place), guess, best)

    def _paint_heading(self, painter: QPainter, columns: _Columns) -> None:
        """Say above the rows what the marks on the bars and the second numbers are."""
        place = QRectF(0, 0, self.width() - 2, self._top())
        metrics = letters(painter, "small")
        write(painter, place.adjusted(2, 0, 0, 0), self._rank)
        if not self._is_compared:
            return
        change = self._change
        if change == LIKELIER:
            change = f"{change} than {self._where}"
            most = place.width() - columns.rank
            change = metrics.elidedText(change, Qt.TextElideMode.ElideRight, most)
        write(painter, place, change, "right")
        named = place.adjusted(columns.rank + 8, 0, -metrics.horizontalAdvance(change) - 8, 0)
        if not columns.has_bars or named.width() < metrics.horizontalAdvance(self._where):
            return
        write(painter, named, self._where)
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
            ring = self.item_rect(self._current).adjusted(0.5, 0.5, -0.5, -0.5)
            outline(painter, ring, "accent", radius=5)

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
        self._go_to(self._current - up)
        return True

    def _go_to(self, row: int) -> None:
        self._current = min(max(row, 0), self.n_items - 1)
        self._tell()
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None and (scrolled := area.widget()) is not None:
            rect = self.item_rect(self._current).toRect()
            middle = self.mapTo(scrolled, rect.center())
            area.ensureVisible(middle.x(), middle.y(), 0, rect.height())
        self.update()

    def act(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        """Take a word with Enter or Space; go to an end, or as far as what is in sight."""
        if not self._guesses or held:
            return False
        page = max(len(self.rows_in_sight()) - 1, 1)
        rows = {
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self.n_items,
            Qt.Key.Key_PageUp: self._current - page,
            Qt.Key.Key_PageDown: self._current + page,
        }
        if key in rows:
            self._go_to(rows[key])
        elif key in _TAKES:
            self.guess_taken.emit(self._current)
        return key in rows or key in _TAKES


def _number(guess: Guess, *, is_short: bool = False) -> str:
    """Write how probable a word is."""
    number = guess.number or percentage(guess.probability)
    return guess.short or number if is_short else number


def _change(guess: Guess) -> str:
    """Write by how many bits a word is likelier than it was, or that there is no number."""
    if guess.change:
        return guess.change
    change = bits_likelier(guess.probability, guess.before or 0.0)
    return _NONE if math.isnan(change) else written_change(change, 2)
