"""LineChart: a few quantities over the layers, from the embeddings to the last one."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPen,
    QPolygonF,
)

from roberta_gui.findings.marks import Line
from roberta_gui.findings.names import layer_name
from roberta_gui.findings.numbers import true_minus, written
from roberta_gui.gui.widgets.charts.chart_parts import dot, paint_grid, round_ticks
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.gui.widgets.painting.legend import Legend


class LineChart(Figure[int]):
    """Lines over the layers; hover tells all values of a layer, a click chooses it.

    Signals
    -------
    layer_clicked(layer)
        A layer was clicked.
    stepped(layers)
        An arrow key asks for the layer before (-1) or after (1).
    """

    layer_clicked = Signal(int)
    stepped = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()
        self._range = (0.0, 1.0)
        self._layer: int | None = None
        self._hovered: int | None = None
        self.setAccessibleName(name)
        self.setMinimumSize(180, 130)

    def sizeHint(self) -> QSize:
        """Ask for room for a dozen layers."""
        return QSize(480, 300)

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines, all over the same layers; the axis holds 0 and every value."""
        self._lines = tuple(lines)
        known = [line.values[np.isfinite(line.values)] for line in self._lines]
        every = np.concatenate([np.zeros(1), *known])
        low, high = float(every.min()), float(every.max())
        room = 0.06 * max(high - low, 1e-3)
        self._range = (low - room if low < 0 else 0.0, high + room)
        self.repaint_picture()

    def set_layer(self, layer: int | None) -> None:
        """Mark the chosen layer."""
        if layer != self._layer:
            self._layer = layer
            self.setAccessibleDescription("" if layer is None else f"Layer {layer_name(layer)}")
            self.update()

    # --- geometry

    @property
    def n_layers(self) -> int:
        """How many layers the lines have, the embedding output counted."""
        return len(self._lines[0].values) if self._lines else 0

    def place(self, layer: int, value: float) -> QPointF:
        """Return where a value of a layer is drawn."""
        plot, (low, high) = self._plot(), self._range
        x = plot.left() + (layer + 0.5) * plot.width() / max(self.n_layers, 1)
        return QPointF(x, plot.bottom() - (value - low) / (high - low) * plot.height())

    def layer_at(self, point: QPointF) -> int | None:
        """Return the layer whose column a point is in."""
        plot = self._plot()
        if not self.n_layers or not plot.contains(point):
            return None
        share = (point.x() - plot.left()) / plot.width()
        return min(int(share * self.n_layers), self.n_layers - 1)

    def _legend(self) -> Legend:
        names = [line.name for line in self._lines]
        return Legend(names, max(self.width() - 16.0, 40.0))

    def _plot(self) -> QRectF:
        metrics = QFontMetricsF(self.theme.font("small_number"))
        left, below = metrics.horizontalAdvance("−0.00") + 10, 2 * metrics.height() + 8
        top = self._legend().height + 12
        width, height = self.width() - left - 8, self.height() - top - below
        return QRectF(left, top, max(width, 20.0), max(height, 20.0))

    # --- painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw grid, legend and lines."""
        if not self._lines:
            return
        self._paint_axes(painter)
        legend = self._legend()
        legend.paint(painter, 8, 2)
        baseline = next((line for line in self._lines if line.color is None), None)
        for line in self._lines:
            if line.filled and baseline is not None:
                self._paint_between(painter, line, baseline)
        for line, sample in zip(self._lines, legend.samples(8, 2), strict=True):
            middle = sample.center().y()
            painter.setPen(self._pen(line))
            painter.drawLine(QPointF(sample.left(), middle), QPointF(sample.right(), middle))
            self._paint_line(painter, line)

    def _paint_axes(self, painter: QPainter) -> None:
        plot, (low, high) = self._plot(), self._range
        metrics = QFontMetricsF(self.theme.font("small_number"))
        most = max(2, min(int(plot.height() / (2.4 * metrics.height())), 7))
        ticks = round_ticks(low, high, most)
        marks = [(self.place(0, tick).y(), true_minus(f"{tick:.4g}")) for tick in ticks]
        paint_grid(painter, plot, marks)
        column = plot.width() / self.n_layers
        step = max(1, math.ceil((metrics.horizontalAdvance("emb") + 6) / column))
        painter.setPen(self.theme.color("muted"))
        for layer in range(0, self.n_layers, step):
            foot = QPointF(self.place(layer, low).x(), plot.bottom() + metrics.height() + 1)
            text = layer_name(layer)
            painter.drawText(foot - QPointF(metrics.horizontalAdvance(text) / 2, 0), text)
        room = QRectF(plot.left(), plot.bottom() + metrics.height() + 4, plot.width(), 40)
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, "layer")

    def _color(self, line: Line) -> QColor:
        if line.color is None:
            return self.theme.color("muted")
        return self.theme.categorical(line.color)

    def _pen(self, line: Line) -> QPen:
        pen = QPen(self._color(line), 1.5 if line.color is None else 2.0)
        if line.color is None:
            pen.setStyle(Qt.PenStyle.DashLine)
        return pen

    def _paint_line(self, painter: QPainter, line: Line) -> None:
        known = [layer for layer in range(self.n_layers) if math.isfinite(line.values[layer])]
        places = {layer: self.place(layer, float(line.values[layer])) for layer in known}
        painter.setPen(self._pen(line))
        for layer in known:
            if layer + 1 in places:  # a gap stays a gap
                painter.drawLine(places[layer], places[layer + 1])
        for layer in known:
            dot(painter, places[layer], self._color(line), self.theme.color("card"), 3.0)

    def _paint_between(self, painter: QPainter, line: Line, baseline: Line) -> None:
        """Tint what the line has beyond the baseline: that is what is to be read."""
        known = np.flatnonzero(np.isfinite(line.values) & np.isfinite(baseline.values))
        there = [self.place(int(n), float(line.values[n])) for n in known]
        back = [self.place(int(n), float(baseline.values[n])) for n in known[::-1]]
        tint = self._color(line)
        tint.setAlphaF(0.13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawPolygon(QPolygonF([*there, *back]))

    def paint_highlights(self, painter: QPainter) -> None:
        """Mark the chosen layer and the one under the pointer."""
        plot = self._plot()
        for layer, role in ((self._hovered, "hover"), (self._layer, "accent")):
            if layer is None or layer >= self.n_layers:
                continue
            x = self.place(layer, 0.0).x()
            painter.setPen(QPen(self.theme.color(role), 1.5))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            for line in self._lines:
                if math.isfinite(value := float(line.values[layer])):
                    dot(painter, self.place(layer, value), self._color(line), self._rim(), 4.5)

    def _rim(self) -> QColor:
        return self.theme.color("card")

    # --- pointer and keys

    def tip(self, layer: int) -> str:
        """Return what hovering a layer says."""
        lines = [f"{line.name}: {written(float(line.values[layer]), 3)}" for line in self._lines]
        known = [
            text
            for text, line in zip(lines, self._lines, strict=True)
            if math.isfinite(line.values[layer])
        ]
        return "\n".join([f"Layer {layer}" if layer else "Embeddings", *known])

    def spot_at(self, point: QPointF) -> int | None:
        """Return the layer under a point."""
        return self.layer_at(point)

    def hover(self, spot: int | None) -> None:
        """Mark the layer under the pointer."""
        if spot != self._hovered:
            self._hovered = spot
            self.update()

    def describe(self, spot: int) -> str:
        """Return what hovering a layer says."""
        return self.tip(spot)

    def click(self, spot: int, keys: Qt.KeyboardModifier) -> None:
        """Choose the layer."""
        self.layer_clicked.emit(spot)

    def step(self, up: int, right: int) -> bool:
        """Ask for the layer before or after."""
        if right and self._lines:
            self.stepped.emit(right)
        return bool(right and self._lines)
