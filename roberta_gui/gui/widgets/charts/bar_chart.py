"""BarChart: a few shares of each of some items, side by side, of either sign."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from roberta_gui.findings.notation.numbers import written
from roberta_gui.gui.widgets.charts.plot import Plot
from roberta_gui.gui.widgets.colours.legend import Legend
from roberta_gui.gui.widgets.painting.axis_label import write_below
from roberta_gui.gui.widgets.painting.drawing import letters
from roberta_gui.records import FloatArray

_WIDEST = 64
_FILLED = 0.76  # of an item's strip by its bars
_GAP = 0.03  # of a bar's width to the next one
_PALE = 0.3  # opacity of the bars behind
_SLIMMER = 0.22  # what a bar with another behind it leaves free of that at either side


@dataclass(frozen=True, eq=False)
class BarSeries:
    """A share for each item in a categorical colour; ``faint`` ones stand pale and wide behind."""

    name: str
    shares: FloatArray
    color: int
    faint: FloatArray | None = None


class BarChart(Plot):
    """Groups of bars with their items' names below."""

    def __init__(self, name: str) -> None:
        super().__init__(name, narrowest=180, wanted=(520, 260))
        self._names: tuple[str, ...] = ()
        self._series: tuple[BarSeries, ...] = ()
        self._range = (0.0, 1.0)
        self._faint = ""

    def set_bars(
        self,
        names: Sequence[str],
        tips: Sequence[str],
        series: Sequence[BarSeries],
        *,
        at_least: float = 0.0,
        unit: str = "",
        faint: str = "",
    ) -> None:
        """Show other bars: a name and a tip for each item, a share of it in each series.

        The axis reaches up to ``at_least``, so that small shares look small, and is written in
        ``unit``; the legend explains pale bars as ``faint``.
        """
        self._names, self._tips, self._series = tuple(names), tuple(tips), tuple(series)
        self.left.unit, self._faint = unit, faint
        behind = [s.faint for s in self._series if s.faint is not None]
        every = np.concatenate([[0.0, at_least], *(s.shares for s in self._series), *behind])
        low, high = float(every.min()), float(every.max())
        room = 0.1 * max(high - low, 1e-3)  # numbers stand above the bars
        self._range = (low - room if low < -room / 4 else low, high + room)
        self.repaint_picture()

    def bar_rect(self, series: int, item: int, *, faint: bool = False) -> QRectF:
        """Return the rectangle of a bar, or of the ``faint`` one behind it; none where it is not.

        It hangs from zero where the share is negative.
        """
        shares = self._series[series].faint if faint else self._series[series].shares
        if shares is None:
            return QRectF()
        left, right = self._sides(series, faint=faint)
        return self.rect_of(item + left, item + right, 0.0, float(shares[item]))

    def _sides(self, series: int, *, faint: bool) -> tuple[float, float]:
        """Return where in their strip, from 0 to 1, the bars of a series begin and end."""
        wide = _FILLED / max(len(self._series), 1)
        left = (1 - _FILLED) / 2 + series * wide
        is_slim = self._series[series].faint is not None and not faint
        aside = wide * _SLIMMER if is_slim else 0.0
        return left + aside, left + wide * (1 - _GAP) - aside

    def _legend(self) -> Legend:
        names = [series.name for series in self._series] + ([self._faint] if self._faint else [])
        return Legend(names, max(self.width() - 16.0, 40.0))

    def arrange(self) -> None:
        """Draw grid and bars, the pale ones first."""
        metrics, n = self.theme.metrics("small_number"), max(self.n_items, 1)
        left = metrics.horizontalAdvance(f"−0.00{self.left.unit}") + 10
        top = self._legend().height + 6
        width = max(min(self.width() - left - 8, self.theme.pixels(_WIDEST) * n), 20.0)
        slanted = self._longest() + 2 > width / n
        below = self._longest() * 0.8 + 10 if slanted else metrics.height() + 4
        room = QRectF(left, top, width, max(self.height() - top - below - 4, 20.0))
        self.frame(room, (0.0, n), self._range)
        self.bottom.setTicks([])  # names may be slanted, which pyqtgraph's axes cannot
        items = np.arange(self.n_items)
        for nth, series in enumerate(self._series):
            ink = self.theme.categorical(series.color)
            for shares, faint in ((series.faint, True), (series.shares, False)):
                if shares is not None:
                    x0, x1 = self._sides(nth, faint=faint)
                    self.bars(items + x0, items + x1, shares, self._pale(ink) if faint else ink)
        self.draw(pg.InfiniteLine(0.0, angle=0, pen=pg.mkPen(self.theme.color("muted"))))

    def _longest(self) -> float:
        return self.theme.widest(self._names, "small_number")

    def paint_picture(self, painter: QPainter) -> None:
        """Draw grid, bars and legend, and numbers where they fit."""
        if self._names:
            super().paint_picture(painter)
            self._paint_legend(painter)
            self._paint_numbers(painter, self.theme.metrics("small_number"))

    def _paint_legend(self, painter: QPainter) -> None:
        """Write what the colours mean; the pale ones show a piece of each colour."""
        inks = [[self.theme.categorical(series.color)] for series in self._series]
        if self._faint:
            behind = (series for series in self._series if series.faint is not None)
            inks.append([self._pale(self.theme.categorical(series.color)) for series in behind])
        self._legend().paint_squares(painter, 8, 2, inks)

    def _pale(self, ink: QColor) -> QColor:
        pale = QColor(ink)
        pale.setAlphaF(_PALE)
        return pale

    def _paint_numbers(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        """Write the shares at the ends of the bars that are wide enough."""
        if any(series.faint is not None for series in self._series):
            return  # they would stand on the pale bars
        if self.bar_rect(0, 0).width() < metrics.horizontalAdvance("0.00"):
            return
        letters(painter, "small_number", "muted")
        for nth, series in enumerate(self._series):
            for item, share in enumerate(series.shares.tolist()):
                bar, text = self.bar_rect(nth, item), written(share, 2)
                if not float(f"{share:.2f}"):
                    continue  # a row of zeros says nothing
                y = bar.bottom() + metrics.ascent() if share < 0 else bar.top() - 2
                x = bar.center().x() - metrics.horizontalAdvance(text) / 2
                painter.drawText(QPointF(x, y), text)

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline the chosen and the hovered item, and write the names."""
        self.outline(painter)
        lit = [item for item, _, _ in self.outlined()]
        slanted = self._longest() + 2 > self.item_rect(0).width()
        for item, name in enumerate(self._names):
            letters(painter, "small_number", "accent" if item in lit else "text", bold=item in lit)
            strip = self.item_rect(item)
            write_below(painter, QPointF(strip.center().x(), strip.bottom()), name, slanted=slanted)
