"""StepBars: how much changes from each layer to the next, so that a big step is seen at once."""

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from roberta_gui.findings.marks import NO_CHANGES, StepChanges
from roberta_gui.findings.numbers import written
from roberta_gui.gui.widgets.painting.figure import Figure

_WIDEST_BAR = 44
_LOWEST_BARS, _LOWEST_WITH_NUMBERS = 20, 28
"""Pixels of height that bars need to be told apart, alone and with numbers on them."""

_AVERAGE = "average"
_WORTH_A_NAME = 0.7
"""The line of the average is named where the bars keep this part of their width."""


class StepBars(Figure[int]):
    """A bar between each two layers, whiskers for its interval, a line for the average.

    Signals
    -------
    step_entered(step), step_left()
        The pointer is on a step, 0 being that from the embeddings, or on none any more.
    layer_chosen(layer)
        A bar was clicked: the layer that the step leads to.
    """

    step_entered = Signal(int)
    step_left = Signal()
    layer_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._shown = NO_CHANGES
        self._current: int | None = None
        self.setAccessibleName("Change from layer to layer")
        # The arrow keys reach each of these numbers in the map itself.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """Return the room below which no difference could be seen."""
        low = self.theme.pixels(_LOWEST_BARS) + self._line() + self._below()
        return QSize(self.theme.pixels(80), math.ceil(low))

    def set_changes(self, shown: StepChanges) -> None:
        """Show other steps."""
        self._shown, self._current = shown, None
        numbers = ", ".join(map(self._number, shown.changes.tolist()))
        self.setAccessibleDescription(f"{shown.unit}: {numbers}" if numbers else "")
        self.repaint_picture()

    # --- geometry

    def bar_rect(self, step: int) -> QRectF:
        """Return a bar's rectangle."""
        strip = self.strip_rect(step)
        high = strip.height() * max(float(self._shown.changes[step]), 0.0) / self._top()
        inset = min(strip.width() * 0.14, 5.0)
        return QRectF(strip.left() + inset, strip.bottom() - high, strip.width() - 2 * inset, high)

    def strip_rect(self, step: int) -> QRectF:
        """Return the room between two layers that a bar stands in."""
        left, top, n = self._side_room(), self._above(), max(len(self._shown.changes), 1)
        free = max(self.width() - 2 * left, 1.0)
        beside_average = self.width() - left - self._average_room()
        if beside_average >= _WORTH_A_NAME * free:
            free = beside_average
        wide = min(free / n, self.theme.pixels(_WIDEST_BAR))
        return QRectF(left + step * wide, top, wide, max(self.height() - top - self._below(), 1.0))

    def step_at(self, point: QPointF) -> int | None:
        """Return the step whose strip a point is in."""
        for step in range(len(self._shown.changes)):
            if self.strip_rect(step).contains(point):
                return step
        return None

    def _top(self) -> float:
        """Return the value that the strips' upper edge stands for: whiskers are inside."""
        reach = self._shown.changes + np.nan_to_num(self._shown.half_width)
        return max(float(reach.max(initial=0.0)), 1e-9)

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.theme.font("small_number"))

    def _line(self) -> float:
        return self._metrics().height() + 2

    @property
    def has_numbers(self) -> bool:
        """Whether the changes can be written on the bars."""
        tall = self.height() - 2 * self._line() - self._below()
        return tall >= self.theme.pixels(_LOWEST_WITH_NUMBERS)

    def _above(self) -> float:
        """Return the height of the title, and of the numbers on the bars."""
        return self._line() * (2 if self.has_numbers else 1)

    def _below(self) -> float:
        return self._metrics().height() + 3

    def _side_room(self) -> float:
        advance = self._metrics().horizontalAdvance
        return max(map(advance, self._shown.layers[:1]), default=0.0) / 2 + 1

    def _average_room(self) -> float:
        return self._metrics().horizontalAdvance(_AVERAGE) + 8

    # --- painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw title, bars, whiskers, numbers, the average, and the layers' names."""
        shown, theme = self._shown, self.theme
        n = len(shown.changes)
        if not n:
            return
        painter.setFont(theme.font("small_number"))
        metrics = self._metrics()
        painter.setPen(theme.color("muted"))
        elide = Qt.TextElideMode.ElideRight
        titles = (f"Change from layer to layer ({shown.unit})", f"Change ({shown.unit})")
        fitting = (t for t in titles if metrics.horizontalAdvance(t) <= self.width())
        title = metrics.elidedText(next(fitting, titles[-1]), elide, self.width())
        painter.drawText(QPointF(0, metrics.ascent()), title)
        largest = int(shown.changes.argmax())
        for step in range(n):
            painter.fillRect(
                self.bar_rect(step), theme.color("accent" if step == largest else "hover")
            )
        self._paint_average(painter)
        self._paint_whiskers(painter)
        if self.has_numbers:
            self._paint_numbers(painter, largest)
        self._paint_names(painter)

    def _paint_whiskers(self, painter: QPainter) -> None:
        painter.setPen(QPen(self.theme.color("text"), 1))
        for step, width in enumerate(self._shown.half_width.tolist()):
            bar, tall = self.bar_rect(step), self.strip_rect(step).height()
            if np.isfinite(width) and width > 0 and bar.width() >= 3:
                reach = tall * width / self._top()
                x = bar.center().x()
                painter.drawLine(QLineF(x, bar.top() - reach, x, bar.top() + reach))

    def _paint_numbers(self, painter: QPainter, largest: int) -> None:
        """Write the changes over their bars, or only the largest where bars are narrow."""
        metrics, changes = self._metrics(), self._shown.changes.tolist()
        texts = list(map(self._number, changes))
        room = self.strip_rect(0).width()
        all_fit = max(map(metrics.horizontalAdvance, texts)) <= room - 2
        for step, text in enumerate(texts):
            if not all_fit and step != largest:
                continue
            bar, strip = self.bar_rect(step), self.strip_rect(step)
            width = float(np.nan_to_num(self._shown.half_width[step]))
            foot = bar.top() - strip.height() * width / self._top()
            wide = max(metrics.horizontalAdvance(text), room)
            left = min(max(strip.center().x() - wide / 2, 0.0), self.width() - wide)
            place = QRectF(left, foot - metrics.height() - 1, wide, metrics.height())
            # The line of the average beside a number would look like its sign.
            painter.fillRect(place.adjusted(-1, 1, 1, -1), self.theme.color("card"))
            painter.setPen(self.theme.color("text" if step == largest else "muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _number(self, change: float) -> str:
        """Write a change in as many digits as tell the largest one from nothing."""
        largest = max(float(self._shown.changes.max()), 1e-9)
        digits = 2 + max(0, math.ceil(-1 - math.log10(largest)))
        return written(change, min(digits, 5))

    def _paint_average(self, painter: QPainter) -> None:
        first, last = self.strip_rect(0), self.strip_rect(len(self._shown.changes) - 1)
        y = first.bottom() - first.height() * float(self._shown.changes.mean()) / self._top()
        painter.setPen(QPen(self.theme.color("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(first.left(), y, last.right() + 4, y))
        metrics = self._metrics()
        if last.right() + self._average_room() <= self.width():
            painter.setPen(self.theme.color("muted"))
            at = QPointF(last.right() + 7, y + metrics.ascent() / 2 - 1)
            painter.drawText(at, _AVERAGE)

    def _paint_names(self, painter: QPainter) -> None:
        """Write the layers' names below the gaps between the bars, as many as fit."""
        metrics, strip = self._metrics(), self.strip_rect(0)
        painter.setPen(self.theme.color("line"))
        last = self.strip_rect(len(self._shown.changes) - 1)
        painter.drawLine(QLineF(strip.left(), strip.bottom(), last.right(), strip.bottom()))
        painter.setPen(self.theme.color("muted"))
        taken = -1.0
        for layer, name in enumerate(self._shown.layers):
            wide = metrics.horizontalAdvance(name)
            middle = strip.left() + layer * strip.width()
            if middle - wide / 2 > taken:
                at = QPointF(middle - wide / 2, strip.bottom() + 2 + metrics.ascent())
                painter.drawText(at, name)
                taken = middle + wide / 2 + 4

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline the bar under the pointer."""
        if self._current is not None:
            painter.setPen(QPen(self.theme.color("text"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.bar_rect(self._current))

    # --- pointer

    def spot_at(self, point: QPointF) -> int | None:
        """Return the step whose strip a point is in."""
        return self.step_at(point)

    def describe(self, spot: int) -> str:
        """Return what hovering a step says."""
        return self._shown.tip(spot)

    def click(self, spot: int, keys: Qt.KeyboardModifier) -> None:
        """Choose the layer that the step leads to."""
        self.layer_chosen.emit(spot + 1)

    def hover(self, spot: int | None) -> None:
        """Tell which step the pointer is on."""
        if spot == self._current:
            return
        self._current = spot
        self.update()
        if spot is None:
            self.step_left.emit()
        else:
            self.step_entered.emit(spot)
