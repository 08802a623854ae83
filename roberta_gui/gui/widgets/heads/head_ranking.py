"""HeadRanking: heads in order of a number, with bars to either side."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from roberta_gui.findings.notation.names import head_name
from roberta_gui.gui.widgets.heads.head_cells import HeadCells
from roberta_gui.gui.widgets.heads.head_layout import COLUMN_GAP, HeadLayout
from roberta_gui.gui.widgets.painting.drawing import letters, write
from roberta_gui.records import Head

_ROW, _LOW_ROW = 22, 16
_FEW = 8
"""Where fewer rows would have room, they are lower."""
_NARROWEST_BAR = 32
_SIDE, _GAP = 5, 6


@dataclass(frozen=True)
class RankedHead:
    """One row: the head, its number, how that is written, and a second number beside it."""

    head: Head
    value: float
    text: str
    beside: str


class HeadRanking(HeadCells):
    """As many rows as there is room for, the first in the order given on top.

    Where there is more width than height, they go on in a second column, or a third.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, narrowest=150, wanted=(280, 12 * _ROW))
        self._ranked: tuple[RankedHead, ...] = ()
        self._titles = ("", "")
        self._widths: list[float] = []  # of a name and both numbers

    @property
    def n_shown(self) -> int:
        """How many rows have room."""
        return len(self.layout_now().heads)

    def set_ranking(self, ranked: Sequence[RankedHead], titles: tuple[str, str]) -> None:
        """Show heads in this order; the titles are those of both numbers."""
        self._ranked, self._titles = tuple(ranked), titles
        self.repaint_picture()

    def arrange(self) -> HeadLayout:
        """Put the rows below each other, in as many columns as it takes and there is room for."""
        texts = (
            [head_name(row.head) for row in self._ranked],
            [self._titles[0], *(row.text for row in self._ranked)],
            [self._titles[1], *(row.beside for row in self._ranked)],
        )
        self._widths = [self.theme.widest(each, "small_number", bold=True) for each in texts]
        top = self._top()
        room = self.height() - top - 1
        tall, low = (float(self.theme.pixels(row)) for row in (_ROW, _LOW_ROW))
        row = min(max(room / _FEW, low), tall)
        n_rows = max(int(room / row), 1)
        n_columns = min(-(-len(self._ranked) // n_rows), int(self.width() / self._least_width()))
        heads = [ranked.head for ranked in self._ranked[: n_rows * max(n_columns, 1)]]
        return HeadLayout.columns(heads, self.width(), top, row, max(n_columns, 1))

    def outline(self, rect: QRectF) -> QRectF:
        """Outline a whole row."""
        return rect.adjusted(0.5, 0.5, -0.5, -0.5)

    def cross_out(self, painter: QPainter, rect: QRectF) -> None:
        """Cross out the name of a head, not what is known about it."""
        y = rect.center().y()
        painter.setPen(QPen(self.theme.color("danger"), 1.5))
        painter.drawLine(
            QPointF(rect.left() + 3, y),
            QPointF(rect.left() + _SIDE + 2 + self._widths[0], y),
        )

    def paint_cells(self, painter: QPainter, layout: HeadLayout) -> None:
        """Draw names, bars and numbers."""
        shown = {row.head: row for row in self._ranked}
        most = max((abs(shown[head].value) for head in layout.heads), default=0.0) or 1.0
        letters(painter, "small_number", "muted")
        for head in layout.heads[: layout.n_columns]:
            _, _, first, second = self._columns(layout.rect(head))
            write(painter, _across(first, 0, self._top()), self._titles[0], "right")
            write(painter, _across(second, 0, self._top()), self._titles[1], "right")
        for head in layout.heads:
            place, row = layout.rect(head), shown[head]
            name, bar, first, second = self._columns(place)
            top, height = place.top(), place.height()
            letters(painter, "small_number", "text", bold=True)
            write(painter, _across(name, top, height), head_name(head))
            painter.setFont(self.theme.font("small_number"))
            write(painter, _across(first, top, height), row.text, "right")
            painter.setPen(self.theme.color("muted"))
            write(painter, _across(second, top, height), row.beside, "right")
            self._paint_bar(painter, _across(bar, top, height), row.value / most)

    def _paint_bar(self, painter: QPainter, room: QRectF, share: float) -> None:
        if room.width() < _NARROWEST_BAR:
            return
        zero = room.center().x()
        end = zero + share * room.width() / 2
        bar = QRectF(min(zero, end), room.center().y() - 4, max(abs(end - zero), 1.0), 8)
        role = "difference_low" if share < 0 else "difference_high"
        painter.fillRect(bar, self.theme.color(role))
        painter.setPen(QPen(self.theme.color("line"), 1))
        painter.drawLine(QPointF(zero, room.top()), QPointF(zero, room.bottom()))

    def _columns(self, place: QRectF) -> tuple[tuple[float, float], ...]:
        """Return left and right of name, bar and both numbers in a row."""
        name, first, second = self._widths
        left, right = place.left() + _SIDE, place.right() - _SIDE
        inner = right - second - 2 * _GAP
        return (
            (left, left + name), (left + name + _GAP, inner - first - _GAP),
            (inner - first, inner), (right - second, right),
        )  # fmt: skip

    def _least_width(self) -> float:
        """Return how wide a column is whose bars can be told apart."""
        between = 2 * _SIDE + 4 * _GAP + COLUMN_GAP
        return sum(self._widths) + between + self.theme.pixels(_NARROWEST_BAR)

    def _top(self) -> float:
        return self.theme.metrics("small_number").height() + 4.0


def _across(column: tuple[float, float], top: float, height: float) -> QRectF:
    return QRectF(column[0], top, max(column[1] - column[0], 0.0), height)
