"""TokenBars: one bar a token in the sentence's order, from a few to hundreds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.numbers import written_change
from roberta_gui.gui.widgets.charts.plot import Plot
from roberta_gui.gui.widgets.painting.axis_label import write_below
from roberta_gui.gui.widgets.painting.drawing import letters
from roberta_gui.gui.widgets.tokens.token_bars_layout import BarsLayout, lay_out_bars

PRINTED: Final = QSize(480, 260)
"""The least size of an exported picture."""


@dataclass(frozen=True)
class Bracket:
    """A line over the bars from ``first`` to ``last`` at the height of what they give together."""

    first: int
    last: int
    value: float


@dataclass(frozen=True, eq=False)
class Bars:
    """What is drawn.

    Attributes
    ----------
    labels
        Name of each token; special tokens and masks get no bar but a ground of their own.
    values, marks
        float64 (token,), from 0, and what each is compared with, drawn across it; nan draws none.
    is_signed
        Whether values may be below 0: bars then hang from it, in the colours of differences.
    at_least
        The axis reaches so far at least, so that small values look small.
    mean
        Where a dashed line is drawn; nan draws none.
    barless
        What the ground of special tokens and masks means; "" where they have bars, too.
    """

    labels: Sequence[AxisLabel] = ()
    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    tips: Sequence[str] = ()
    brackets: Sequence[Bracket] = ()
    at_least: float = 1.0
    mean: float = math.nan
    marks: NDArray[np.float64] | None = None
    unit: str = ""
    bracket_name: str = ""
    mark_name: str = ""
    is_signed: bool = False
    barless: str = "not scored"

    @property
    def highest(self) -> float:
        """Where the highest of what is drawn ends."""
        marks = np.empty(0) if self.marks is None else self.marks
        every = np.concatenate([self.values, marks, [bracket.value for bracket in self.brackets]])
        return float(np.nanmax(every, initial=max(self.at_least, 1e-3)))

    @property
    def lowest(self) -> float:
        """Where the lowest of signed bars ends; else 0."""
        return float(np.nanmin(self.values, initial=0.0)) if self.is_signed else 0.0


class TokenBars(Plot):
    """Bars with their tokens below; names drop out where they would overlap, low bars first."""

    _layout: BarsLayout | None = None
    _named: tuple[tuple[int, ...], dict[int, float]] | None = None

    def __init__(self, name: str) -> None:
        super().__init__(name, narrowest=180, wanted=(480, 240))
        self._bars = Bars()
        self._low, self._high = 0.0, 1.0
        self._by_height: list[int] = []

    def set_bars(self, bars: Bars) -> None:
        """Show other bars."""
        self._bars, self._tips = bars, bars.tips
        self._high = 1.08 * bars.highest
        # Numbers stand below what hangs down.
        self._low = bars.lowest - 0.12 * (self._high - bars.lowest) if bars.lowest < 0 else 0.0
        heights = np.nan_to_num(np.abs(bars.values), nan=-1.0)
        self._by_height = np.argsort(-heights, kind="stable").tolist()
        self.repaint_picture()

    def printed(self) -> "TokenBars":
        """Return the bars with room for their heights and names, in a picture of their own."""
        if (room := self.size().expandedTo(PRINTED)) == self.size():
            return self
        copy = TokenBars(self.accessibleName())
        copy.resize(room)
        copy.set_bars(self._bars)
        copy.set_selected(self._selected)
        return copy

    def layout_now(self) -> BarsLayout:
        """Return where everything is at the present size."""
        if self._layout is None:
            names = [label.text for label in self._bars.labels]
            self._layout = lay_out_bars(self.size(), names, self._high, self._low)
        return self._layout

    def item_rect(self, item: int) -> QRectF:
        """Return the strip that a token's bar stands in."""
        return self.layout_now().slot(item)

    def labels(self) -> dict[int, float]:
        """Return where names are written: those of lit tokens first, then of the highest bars."""
        lit = tuple(self._there((self._hovered, *reversed(self._selected))))
        if self._named is None or self._named[0] != lit:
            self._named = lit, self.layout_now().labels((*lit, *self._by_height))
        return self._named[1]

    def repaint_picture(self) -> None:
        """Forget the kept picture and where everything was."""
        self._layout = self._named = None
        super().repaint_picture()

    def arrange(self) -> None:
        """Draw grid, bars and the mean."""
        at, n = self.layout_now(), max(self.n_items, 1)
        self.frame(at.plot, (0.0, n), (self._low, self._high))
        self.bottom.setTicks([])  # names are slanted or aside, which pyqtgraph's axes cannot
        there = np.flatnonzero(np.nan_to_num(self._bars.values))
        half = at.bar(0, 0.0).width() / 2 / at.slot_width
        values, middle = self._bars.values[there], there + 0.5
        self.bars(middle - half, middle + half, values, self._inks(values))
        if self._bars.is_signed:
            self.draw(pg.InfiniteLine(0.0, angle=0, pen=pg.mkPen(self.theme.color("muted"))))
        if not math.isnan(self._bars.mean):
            self.draw(pg.InfiniteLine(self._bars.mean, angle=0, pen=self._mean_pen()))

    def paint_picture(self, painter: QPainter) -> None:
        """Draw grounds, grid, bars, lines, and numbers where they fit."""
        if not self._bars.labels:
            return
        at = self.layout_now()
        metrics = self.theme.metrics("small_number")
        self._paint_grounds(painter, at)
        super().paint_picture(painter)
        self._paint_brackets(painter, at)
        self._paint_marks(painter, at)
        if at.slot_width >= metrics.horizontalAdvance("00.0"):
            self._paint_numbers(painter, at, metrics)
        self._paint_heading(painter)

    def _inks(self, values: NDArray[np.float64]) -> QColor | list[QColor]:
        if not self._bars.is_signed:
            return self.theme.color("accent")
        ramp = self.theme.difference_map()
        below, above = QColor(*ramp[0].tolist()), QColor(*ramp[-1].tolist())
        return [below if value < 0 else above for value in values.tolist()]

    def _mean_pen(self) -> QPen:
        pen: QPen = pg.mkPen(self.theme.color("text"), style=Qt.PenStyle.DashLine)
        return pen

    def _bracket_pen(self) -> QPen:
        return QPen(self.theme.categorical(1), 2)

    def _paint_grounds(self, painter: QPainter, at: BarsLayout) -> None:
        """Mark the tokens that get no bar."""
        painter.setPen(Qt.PenStyle.NoPen)
        for token, label in enumerate(self._bars.labels):
            if label.kind != "plain":
                painter.setBrush(self.theme.color("mask_soft" if label.kind == "mask" else "track"))
                painter.drawRect(at.slot(token))

    def _paint_brackets(self, painter: QPainter, at: BarsLayout) -> None:
        painter.setPen(self._bracket_pen())
        for bracket in self._bars.brackets:
            y = at.y(bracket.value)
            left, right = at.slot(bracket.first).left() + 1, at.slot(bracket.last).right() - 1
            painter.drawLine(QPointF(left, y), QPointF(right, y))
            for x in (left, right):
                painter.drawLine(QPointF(x, y), QPointF(x, y + 4))

    def _marks(self) -> list[tuple[int, float]]:
        """Return the tokens that have a mark, with its value."""
        marks = [] if self._bars.marks is None else self._bars.marks.tolist()
        return [(token, mark) for token, mark in enumerate(marks) if not math.isnan(mark)]

    def _paint_marks(self, painter: QPainter, at: BarsLayout) -> None:
        for token, mark in self._marks():
            bar, y = at.bar(token, mark), round(at.y(mark))  # crisp
            over = min(3.0, bar.left() - at.slot(token).left())
            rect = QRectF(bar.left() - over, y - 1, bar.width() + 2 * over, 2)
            painter.fillRect(rect.adjusted(0, -1, 0, 1), self.theme.color("card"))
            painter.fillRect(rect, self.theme.color("text"))

    def _paint_numbers(self, painter: QPainter, at: BarsLayout, metrics: QFontMetricsF) -> None:
        """Write the values above bars and lines."""
        values, spots = self._bars.values.tolist(), []
        crowded = set()
        for bracket in self._bars.brackets:
            middle = (at.slot(bracket.first).left() + at.slot(bracket.last).right()) / 2
            spots.append((middle, bracket.value))
            crowded |= {
                token
                for token in range(bracket.first, bracket.last + 1)
                if abs(at.y(bracket.value) - at.y(values[token])) < metrics.height() + 2
            }
        spots += [
            (at.middle(token), value)
            for token, value in enumerate(values)
            if not math.isnan(value) and token not in crowded
        ]
        letters(painter, "small_number", "text")
        height = metrics.tightBoundingRect("0").height()
        marks = {at.middle(token): at.y(mark) for token, mark in self._marks()}
        for x, value in spots:
            text = written_change(value, 1) if self._bars.is_signed else f"{value:.1f}"
            across, y = metrics.horizontalAdvance(text), at.y(value) - 3
            if value < 0:
                y += height + 6  # below a bar that hangs down
            mark = marks.get(x, y + 3)
            if y - metrics.ascent() - 2 < mark <= y + 3:
                y = mark - 4  # above a mark that would cross it
            room = QRectF(x - across / 2 - 1, y - height - 1, across + 2, height + 3)
            painter.fillRect(room, self.theme.color("card"))  # else lines would cross it
            painter.drawText(QPointF(x - across / 2, y), text)

    def _paint_heading(self, painter: QPainter) -> None:
        """Say above the picture what its axis and lines are."""
        metrics, x = letters(painter, "small"), 8.0
        y = metrics.ascent() + 1
        mean, mark = f"mean {self._bars.mean:.2f}", self._bars.mark_name if self._marks() else ""
        parts = [
            (self._bars.unit, None, True),
            (mean, self._mean_pen(), not math.isnan(self._bars.mean)),
            (mark, QPen(self.theme.color("text"), 2), bool(mark)),
            (self._bars.bracket_name, self._bracket_pen(), bool(self._bars.brackets)),
        ]
        for text, pen in ((text, pen) for text, pen, is_there in parts if is_there):
            if pen is not None:
                painter.setPen(pen)
                painter.drawLine(QPointF(x, y - 4), QPointF(x + 18, y - 4))
                x += 23
            painter.setPen(self.theme.color("muted"))
            painter.drawText(QPointF(x, y), text)
            x += metrics.horizontalAdvance(text) + 16
        room = self.width() - x - 18 - metrics.horizontalAdvance(self._bars.barless)
        if (
            room > 0
            and self._bars.barless
            and any(label.kind != "plain" for label in self._bars.labels)
        ):
            painter.fillRect(QRectF(x, 4, 12, metrics.height() - 5), self.theme.color("track"))
            painter.drawText(QPointF(x + 18, y), self._bars.barless)

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline the selected and the hovered token, and write the names."""
        if not self._bars.labels:
            return
        self.outline(painter)
        lit = self._there((self._hovered, *self._selected))
        for token, x in self.labels().items():
            self._paint_label(painter, token, x, lit=token in lit)

    def _paint_label(self, painter: QPainter, token: int, x: float, *, lit: bool) -> None:
        label, at = self._bars.labels[token], self.layout_now()
        role = {"special": "muted", "mask": "mask_text"}.get(label.kind, "text")
        metrics = letters(painter, "small", bold=lit)
        text = metrics.elidedText(label.text, Qt.TextElideMode.ElideRight, at.longest)
        bottom = at.plot.bottom()
        if at.leader:
            painter.setPen(self.theme.color("accent" if lit else "muted"))
            middle = QPointF(at.middle(token), bottom + 1)
            painter.drawLine(middle, QPointF(x, bottom + at.leader + 1))
        painter.setPen(self.theme.color("accent" if lit else role))
        write_below(painter, QPointF(x, bottom + at.leader), text, slanted=not at.is_flat)

    def spot_at(self, point: QPointF) -> int | None:
        """Return the token under a point."""
        return self.layout_now().token_at(point)
