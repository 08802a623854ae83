"""StepBars: how much changes from each layer to the next, so that a big step is seen at once."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from roberta_gui.findings.notation.marks import NO_CHANGES, StepChanges
from roberta_gui.findings.notation.numbers import written
from roberta_gui.gui.widgets.charts.plot import Plot
from roberta_gui.gui.widgets.painting.drawing import letters, outline

_WIDEST_BAR = 44
_LOWEST_BARS, _LOWEST_WITH_NUMBERS = 20, 28
"""Pixels of height that bars need to be told apart, alone and with numbers on them."""

_NARROWEST_WITH_WHISKER = 3

_AVERAGE = "average"
_WORTH_A_NAME = 0.7
"""The line of the average is named where the bars keep this part of their width."""


class StepBars(Plot):
    """A bar between each two layers, whiskers for its interval, a line for the average.

    Step 0 leads from the embeddings to layer 1.
    """

    _shown = NO_CHANGES

    def __init__(self) -> None:
        super().__init__("Change from layer to layer", narrowest=0, wanted=(-1, -1))
        # The arrow keys reach each of these numbers in the map itself.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """Return the room below which no difference could be seen."""
        low = self.theme.pixels(_LOWEST_BARS) + self._line() + self._below()
        return QSize(self.theme.pixels(80), math.ceil(low))

    def set_changes(self, shown: StepChanges) -> None:
        """Show other steps."""
        self._shown, self._hovered = shown, None
        self.repaint_picture()

    def spoken(self) -> str:
        """Read out every change."""
        numbers = ", ".join(map(self._number, self._shown.changes.tolist()))
        return f"{self._shown.unit}: {numbers}" if numbers else ""

    # --- geometry

    def bar_rect(self, step: int) -> QRectF:
        """Return a bar's rectangle."""
        change, inset = max(float(self._shown.changes[step]), 0.0), self._inset()
        return self.rect_of(step + inset, step + 1 - inset, 0.0, change)

    @property
    def n_items(self) -> int:
        """How many steps there are."""
        return len(self._shown.changes)

    def _inset(self) -> float:
        """Return what a bar leaves free of its strip at either side, the strip being 1."""
        return min(0.14, 5.0 * max(len(self._shown.changes), 1) / self.room().width())

    def _top(self) -> float:
        """Return the value that the strips' upper edge stands for: whiskers are inside."""
        reach = self._shown.changes + np.nan_to_num(self._shown.half_width)
        return max(float(reach.max(initial=0.0)), 1e-9)

    def _metrics(self) -> QFontMetricsF:
        return self.theme.metrics("small_number")

    def _line(self) -> float:
        return self._metrics().height() + 2

    @property
    def has_numbers(self) -> bool:
        """Whether the changes can be written on the bars."""
        tall = self.height() - 2 * self._line() - self._below()
        return tall >= self.theme.pixels(_LOWEST_WITH_NUMBERS)

    def _below(self) -> float:
        return self._metrics().height() + 3

    def _average_room(self) -> float:
        return self._metrics().horizontalAdvance(_AVERAGE) + 8

    # --- painting

    def arrange(self) -> None:
        """Draw bars, whiskers and the average, and name as many layers as fit."""
        shown, theme, steps = self._shown, self.theme, np.arange(len(self._shown.changes))
        n, left = max(len(steps), 1), theme.widest(shown.layers[:1], "small_number") / 2 + 1
        free = max(self.width() - 2 * left, 1.0)
        beside_average = self.width() - left - self._average_room()
        if beside_average >= _WORTH_A_NAME * free:
            free = beside_average
        wide = min(free / n, theme.pixels(_WIDEST_BAR))
        top = self._line() * (2 if self.has_numbers else 1)  # for the title, and the numbers
        tall = max(self.height() - top - self._below(), 1.0)
        self.frame(QRectF(left, top, n * wide, tall), (0.0, n), (0.0, self._top()), grid=False)
        self.left.setTicks([])
        self.bottom.setTicks([self._fitting_names(wide)])
        if not len(steps):
            return
        inks = [theme.color("hover")] * n
        inks[int(shown.changes.argmax())] = theme.color("accent")
        inset = self._inset()
        self.bars(steps + inset, steps + 1 - inset, np.maximum(shown.changes, 0), inks)
        for y, role, style in (
            (0.0, "line", Qt.PenStyle.SolidLine),
            (float(shown.changes.mean()), "muted", Qt.PenStyle.DashLine),
        ):
            pen = pg.mkPen(theme.color(role), style=style)
            self.draw(pg.PlotCurveItem([0, n], [y, y], pen=pen))
        if wide - 2 * inset * wide >= _NARROWEST_WITH_WHISKER:
            sure = np.isfinite(shown.half_width) & (shown.half_width > 0)
            at, height = (steps + 0.5)[sure], 2 * shown.half_width[sure]
            values, pen = np.maximum(shown.changes, 0)[sure], pg.mkPen(theme.color("text"))
            self.draw(pg.ErrorBarItem(x=at, y=values, height=height, pen=pen))

    def _fitting_names(self, wide: float) -> list[tuple[int, str]]:
        """Return the layers whose names have room between the bars, each ``wide`` pixels."""
        advance, fitting, taken = self._metrics().horizontalAdvance, [], -math.inf
        for layer, name in enumerate(self._shown.layers):
            half = advance(name) / 2
            if layer * wide - half > taken:
                fitting.append((layer, name))
                taken = layer * wide + half + 4
        return fitting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the bars, their title, and numbers where they have room."""
        shown, metrics = self._shown, self._metrics()
        if not len(shown.changes):
            return
        super().paint_picture(painter)
        letters(painter, "small_number", "muted")
        elide = Qt.TextElideMode.ElideRight
        titles = (f"Change from layer to layer ({shown.unit})", f"Change ({shown.unit})")
        fitting = (t for t in titles if metrics.horizontalAdvance(t) <= self.width())
        title = metrics.elidedText(next(fitting, titles[-1]), elide, self.width())
        painter.drawText(QPointF(0, metrics.ascent()), title)
        end = self.place(len(shown.changes), float(shown.changes.mean()))
        if end.x() + self._average_room() <= self.width():
            painter.drawText(end + QPointF(7, metrics.ascent() / 2 - 1), _AVERAGE)
        if self.has_numbers:
            self._paint_numbers(painter, int(shown.changes.argmax()))

    def _paint_numbers(self, painter: QPainter, largest: int) -> None:
        """Write the changes over their bars, or only the largest where bars are narrow."""
        metrics, changes = self._metrics(), self._shown.changes.tolist()
        texts = list(map(self._number, changes))
        room = self.item_rect(0).width()
        all_fit = max(map(metrics.horizontalAdvance, texts)) <= room - 2
        for step, text in enumerate(texts):
            if not all_fit and step != largest:
                continue
            width = float(np.nan_to_num(self._shown.half_width[step]))
            foot = self.place(step + 0.5, max(changes[step], 0.0) + width)
            wide = max(metrics.horizontalAdvance(text), room)
            left = min(max(foot.x() - wide / 2, 0.0), self.width() - wide)
            place = QRectF(left, foot.y() - metrics.height() - 1, wide, metrics.height())
            # The line of the average beside a number would look like its sign.
            painter.fillRect(place.adjusted(-1, 1, 1, -1), self.theme.color("card"))
            painter.setPen(self.theme.color("text" if step == largest else "muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _number(self, change: float) -> str:
        """Write a change in as many digits as tell the largest one from nothing."""
        largest = max(float(self._shown.changes.max()), 1e-9)
        digits = 2 + max(0, math.ceil(-1 - math.log10(largest)))
        return written(change, min(digits, 5))

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline the bar under the pointer."""
        if self._hovered is not None:
            outline(painter, self.bar_rect(self._hovered), "text", 1.5)

    # --- pointer

    def describe(self, spot: int) -> str:
        """Return what hovering a step says."""
        return self._shown.tip(spot)

    def hover(self, spot: int | None) -> None:
        """Light a step up, and tell which it is."""
        if spot != self._hovered:
            self.set_hovered(spot)
            super().hover(spot)
