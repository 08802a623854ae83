"""HeadRanking: heads in order of a number, with bars to either side."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.attention.head_cells import HeadCells
from roberta_gui.gui.widgets.attention.head_layout import Head, HeadLayout

_ROW = 22
_NARROWEST_BAR = 36


@dataclass(frozen=True)
class RankedHead:
    """One row: the head, its number, how that is written, and a second number beside it."""

    head: Head
    value: float
    text: str
    beside: str


class HeadRanking(HeadCells):
    """As many rows as there is room for, the first in the order given on top."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._ranked: tuple[RankedHead, ...] = ()
        self._titles = ("", "")
        self.setMinimumSize(150, 80)

    @property
    def n_shown(self) -> int:
        """How many rows have room."""
        return len(self.layout_now().heads)

    def sizeHint(self) -> QSize:
        """Ask for room for a dozen rows."""
        return QSize(280, 12 * _ROW)

    def set_ranking(self, ranked: Sequence[RankedHead], titles: tuple[str, str]) -> None:
        """Show heads in this order; the titles are those of both numbers."""
        self._ranked, self._titles = tuple(ranked), titles
        self.rearrange()

    def arrange(self) -> HeadLayout:
        """Put the rows below each other."""
        top, row = self._top(), float(self.theme.pixels(_ROW))
        room = max(int((self.height() - top - 1) / row), 1)
        heads = [ranked.head for ranked in self._ranked[:room]]
        return HeadLayout.column(heads, self.width(), top, row)

    def outline(self, rect: QRectF) -> QRectF:
        """Outline a whole row."""
        return rect.adjusted(0.5, 0.5, -0.5, -0.5)

    def cross_out(self, painter: QPainter, rect: QRectF) -> None:
        """Cross out the name of a head, not what is known about it."""
        metrics = QFontMetricsF(self.theme.font("small_number", bold=True))
        y = rect.center().y()
        painter.setPen(QPen(self.theme.color("danger"), 1.5))
        painter.drawLine(
            QPointF(rect.left() + 3, y),
            QPointF(rect.left() + 9 + metrics.horizontalAdvance("88.88"), y),
        )

    def paint_cells(self, painter: QPainter, layout: HeadLayout) -> None:
        """Draw names, bars and numbers."""
        name, bar, first, second = self._columns()
        shown = self._ranked[: len(layout.heads)]
        most = max((abs(row.value) for row in shown), default=0.0) or 1.0
        middle = Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | middle
        painter.setFont(self.theme.font("small_number"))
        painter.setPen(self.theme.color("muted"))
        painter.drawText(_across(first, 0, self._top()), right, self._titles[0])
        painter.drawText(_across(second, 0, self._top()), right, self._titles[1])
        for row in shown:
            place = layout.rect(row.head)
            top, height = place.top(), place.height()
            painter.setPen(self.theme.color("text"))
            painter.setFont(self.theme.font("small_number", bold=True))
            text = f"{row.head[0] + 1}.{row.head[1] + 1}"
            painter.drawText(_across(name, top, height), middle, text)
            painter.setFont(self.theme.font("small_number"))
            painter.drawText(_across(first, top, height), right, row.text)
            painter.setPen(self.theme.color("muted"))
            painter.drawText(_across(second, top, height), right, row.beside)
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

    def _columns(self) -> tuple[tuple[float, float], ...]:
        """Return left and right of name, bar and both numbers."""
        metrics = QFontMetricsF(self.theme.font("small_number", bold=True))
        advance = metrics.horizontalAdvance
        name = (6.0, 12.0 + advance("88.88"))
        second = max(map(advance, (self._titles[1], *(row.beside for row in self._ranked))))
        first = max(map(advance, (self._titles[0], *(row.text for row in self._ranked))))
        right = self.width() - 6.0
        inner = right - second - 12.0
        return (
            name, (name[1] + 4, inner - first - 10), (inner - first, inner), (right - second, right)
        )  # fmt: skip

    def _top(self) -> float:
        return QFontMetricsF(self.theme.font("small_number")).height() + 4.0


def _across(column: tuple[float, float], top: float, height: float) -> QRectF:
    return QRectF(column[0], top, max(column[1] - column[0], 0.0), height)
