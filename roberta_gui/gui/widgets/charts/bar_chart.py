"""BarChart: a few shares of each of some items, side by side, of either sign."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from roberta_gui.findings.numbers import written
from roberta_gui.gui.widgets.charts.plot import Plot
from roberta_gui.gui.widgets.painting.axis_label import LABEL_ANGLE
from roberta_gui.gui.widgets.painting.drawing import saved
from roberta_gui.gui.widgets.painting.legend import Legend
from roberta_gui.gui.widgets.painting.spoken import Parts
from roberta_gui.records import FloatArray

_WIDEST = 64
_FILLED = 0.76  # of an item's strip by its bars
_GAP = 0.03  # of a bar's width to the next one
_PALE = 0.3  # opacity of the bars behind
_SLIMMER = 0.22  # what a bar with another behind it leaves free of that at either side


@dataclass(frozen=True, eq=False)
class BarSeries:
    """One kind of bar: a share for each item, drawn in a categorical colour.

    ``faint`` is another share of each item that stands pale and wide behind the first.
    """

    name: str
    shares: FloatArray
    color: int
    faint: FloatArray | None = None


class BarChart(Plot[int]):
    """Groups of bars with their items' names below; hover tells more, a click chooses an item.

    Signals
    -------
    bar_hovered(item), bar_left()
        The pointer is on an item's bars (from 0, left to right), or on none any more.
    bar_clicked(item)
        An item was clicked.
    stepped(items)
        An arrow key asks for the item before (-1) or after (1).
    """

    bar_hovered = Signal(int)
    bar_left = Signal()
    bar_clicked = Signal(int)
    stepped = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._tips: tuple[str, ...] = ()
        self._series: tuple[BarSeries, ...] = ()
        self._range = (0.0, 1.0)
        self._faint = ""
        self._selected: int | None = None
        self._hovered: int | None = None
        self.setAccessibleName(name)
        self.setMinimumSize(180, 90)

    def sizeHint(self) -> QSize:
        """Ask for room for a score of items."""
        return QSize(520, 260)

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
        self._describe()
        self.repaint_picture()

    def set_selected(self, item: int | None) -> None:
        """Outline the chosen item."""
        if item != self._selected:
            self._selected = item
            self._describe()
            self.update()

    def _describe(self) -> None:
        item = self._selected
        known = item is not None and item < len(self._tips)
        self.setAccessibleDescription(self._tips[item] if known and item is not None else "")

    def set_hovered(self, item: int | None) -> None:
        """Light up the item under the pointer."""
        if item != self._hovered:
            self._hovered = item
            self.update()

    # --- geometry

    def item_rect(self, item: int) -> QRectF:
        """Return the strip that an item's bars stand in."""
        return self.rect_of(item, item + 1, *self._range)

    def bar_rect(self, series: int, item: int) -> QRectF:
        """Return a bar's rectangle; it hangs from zero where the share is negative."""
        left, right = self._sides(series, slim=self._series[series].faint is not None)
        share = float(self._series[series].shares[item])
        return self.rect_of(item + left, item + right, 0.0, share)

    def faint_rect(self, series: int, item: int) -> QRectF:
        """Return the rectangle of the pale bar behind a bar; empty where there is none."""
        faint, (left, right) = self._series[series].faint, self._sides(series)
        if faint is None:
            return QRectF()
        return self.rect_of(item + left, item + right, 0.0, float(faint[item]))

    def _sides(self, series: int, *, slim: bool = False) -> tuple[float, float]:
        """Return where in their strip, from 0 to 1, the bars of a series begin and end."""
        wide = _FILLED / max(len(self._series), 1)
        left = (1 - _FILLED) / 2 + series * wide
        aside = wide * _SLIMMER if slim else 0.0
        return left + aside, left + wide * (1 - _GAP) - aside

    def item_at(self, point: QPointF) -> int | None:
        """Return the item whose strip a point is in."""
        value = self.value_at(point) if self._names else None
        return None if value is None else min(int(value.x()), len(self._names) - 1)

    def _legend(self) -> Legend:
        names = [series.name for series in self._series] + ([self._faint] if self._faint else [])
        return Legend(names, max(self.width() - 16.0, 40.0))

    def arrange(self) -> None:
        """Draw grid and bars, the pale ones first."""
        metrics, n = QFontMetricsF(self.theme.font("small_number")), max(len(self._names), 1)
        left = metrics.horizontalAdvance(f"−0.00{self.left.unit}") + 10
        top = self._legend().height + 6
        width = max(min(self.width() - left - 8, self.theme.pixels(_WIDEST) * n), 20.0)
        slanted = self._longest() + 2 > width / n
        below = self._longest() * 0.8 + 10 if slanted else metrics.height() + 4
        room = QRectF(left, top, width, max(self.height() - top - below - 4, 20.0))
        self.frame(room, (0.0, n), self._range)
        self.bottom.setTicks([])  # names may be slanted, which pyqtgraph's axes cannot
        items = np.arange(len(self._names))
        for nth, series in enumerate(self._series):
            if series.faint is not None:
                x0, x1 = self._sides(nth)
                self.bars(items + x0, items + x1, series.faint, self._pale(series))
            x0, x1 = self._sides(nth, slim=series.faint is not None)
            ink = self.theme.categorical(series.color)
            self.bars(items + x0, items + x1, series.shares, ink)
        self.draw(pg.InfiniteLine(0.0, angle=0, pen=pg.mkPen(self.theme.color("muted"))))

    def _longest(self) -> float:
        metrics = QFontMetricsF(self.theme.font("small_number"))
        return max(map(metrics.horizontalAdvance, self._names), default=0.0)

    # --- painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw grid, bars and legend, and numbers where they fit."""
        if self._names:
            super().paint_picture(painter)
            self._paint_legend(painter)
            self._paint_numbers(painter, QFontMetricsF(self.theme.font("small_number")))

    def _paint_legend(self, painter: QPainter) -> None:
        """Write what the colours mean; the pale ones show a piece of each colour."""
        legend = self._legend()
        legend.paint(painter, 8, 2)
        inks = [[self.theme.categorical(series.color)] for series in self._series]
        pale = [self._pale(series) for series in self._series if series.faint is not None]
        painter.setPen(Qt.PenStyle.NoPen)
        for sample, colors in zip(legend.samples(8, 2), [*inks, pale], strict=False):
            side = min(sample.height() - 4, sample.width())
            for nth, color in enumerate(colors):
                painter.setBrush(color)
                left = sample.right() - side + nth * side / len(colors)
                painter.drawRect(QRectF(left, sample.top() + 2, side / len(colors), side))

    def _pale(self, series: BarSeries) -> QColor:
        color = self.theme.categorical(series.color)
        color.setAlphaF(_PALE)
        return color

    def _paint_numbers(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        """Write the shares at the ends of the bars that are wide enough."""
        if any(series.faint is not None for series in self._series):
            return  # they would stand on the pale bars
        if self.bar_rect(0, 0).width() < metrics.horizontalAdvance("0.00"):
            return
        painter.setFont(self.theme.font("small_number"))
        painter.setPen(self.theme.color("muted"))
        for nth, series in enumerate(self._series):
            for item, share in enumerate(series.shares.tolist()):
                bar = self.bar_rect(nth, item)
                text = written(share, 2)
                if not float(f"{share:.2f}"):
                    continue  # a row of zeros says nothing
                y = bar.bottom() + metrics.ascent() if share < 0 else bar.top() - 2
                x = bar.center().x() - metrics.horizontalAdvance(text) / 2
                painter.drawText(QPointF(x, y), text)

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline the chosen and the hovered item, and write the names."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for item, role, width in ((self._hovered, "hover", 1.5), (self._selected, "accent", 2.0)):
            if item is not None and item < len(self._names):
                painter.setPen(QPen(self.theme.color(role), width))
                painter.drawRoundedRect(self.item_rect(item).adjusted(1, 0, -1, 0), 4, 4)
        slanted = self._longest() + 2 > self.item_rect(0).width()
        for item, name in enumerate(self._names):
            lit = item in (self._selected, self._hovered)
            painter.setPen(self.theme.color("accent" if lit else "text"))
            painter.setFont(self.theme.font("small_number", bold=lit))
            metrics, strip = QFontMetricsF(painter.font()), self.item_rect(item)
            across = metrics.horizontalAdvance(name)
            with saved(painter):
                painter.translate(strip.center().x(), strip.bottom() + 4 + metrics.ascent())
                if slanted:
                    painter.translate(metrics.ascent() / 3, -metrics.ascent() / 2)
                    painter.rotate(-LABEL_ANGLE)
                painter.drawText(QPointF(-across if slanted else -across / 2, 0), name)

    # --- pointer and keys

    def parts(self) -> Parts[int]:
        """Return every item."""
        return range(len(self._names)), self.item_rect

    def spot_at(self, point: QPointF) -> int | None:
        """Return the item under a point."""
        return self.item_at(point)

    def hover(self, spot: int | None) -> None:
        """Tell which item the pointer is on."""
        if spot is None:
            self.bar_left.emit()
        else:
            self.bar_hovered.emit(spot)

    def describe(self, spot: int) -> str:
        """Return what hovering an item says."""
        return self._tips[spot]

    def click(self, spot: int, keys: Qt.KeyboardModifier) -> None:
        """Choose the item."""
        self.bar_clicked.emit(spot)

    def step(self, up: int, right: int) -> bool:
        """Ask for the item to the left or to the right."""
        if right and self._names:
            self.stepped.emit(right)
        return bool(right and self._names)
