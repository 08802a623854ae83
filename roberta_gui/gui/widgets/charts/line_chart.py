"""LineChart: a few quantities over the layers, or over the steps of something."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from roberta_gui.findings.notation.marks import Line
from roberta_gui.findings.notation.names import layer_name
from roberta_gui.findings.notation.numbers import written
from roberta_gui.gui.widgets.charts.dots import draw_dot
from roberta_gui.gui.widgets.charts.plot import Plot
from roberta_gui.gui.widgets.colours.legend import Legend

_CROWDED = 12
"""Pixels between two values below which a line has no dots."""
_LEAST_LINES = 66
"""Pixels of height, at a text zoom of 1, that lines alone need."""


class LineChart(Plot):
    """Lines over the layers; hover tells all values of a layer, a click chooses it.

    With another ``axis`` they are over other things, which have names of their own.
    """

    first = -0.5

    def __init__(self, name: str, axis: str = "layer") -> None:
        super().__init__(name, narrowest=180, wanted=(480, 300))
        self._axis = axis
        self._names: tuple[str, ...] = ()
        self._lines: tuple[Line, ...] = ()
        self._range = (0.0, 1.0)

    def set_lines(self, lines: Sequence[Line], names: Sequence[str] = ()) -> None:
        """Show other lines, all over the same layers; the axis holds 0 and every value."""
        self._lines, self._names = tuple(lines), tuple(names)
        known = [line.values[np.isfinite(line.values)] for line in self._lines]
        every = np.concatenate([np.zeros(1), *known])
        low, high = float(every.min()), float(every.max())
        room = 0.06 * max(high - low, 1e-3)
        self._range = (low - room if low < 0 else 0.0, high + room)
        self.repaint_picture()

    @property
    def n_items(self) -> int:
        """How many layers the lines have, the embedding output counted."""
        return len(self._lines[0].values) if self._lines else 0

    def _legend(self) -> Legend:
        return Legend([line.name for line in self._lines], max(self.width() - 16.0, 40.0))

    def least_height(self) -> int:
        """Return what it needs with its legend, so that lines can be told apart."""
        below = 2 * self.theme.metrics("small_number").height() + 8
        return math.ceil(self._legend().height + 12 + below + self.theme.pixels(_LEAST_LINES))

    def arrange(self) -> None:
        """Draw grid and lines, and name as many layers as fit."""
        metrics, n = self.theme.metrics("small_number"), max(self.n_items, 1)
        left, below = metrics.horizontalAdvance("−0.00") + 10, 2 * metrics.height() + 8
        top = self._legend().height + 12
        width, height = max(self.width() - left - 8, 20.0), max(self.height() - top - below, 20.0)
        room = QRectF(left, top, width, height)
        self.frame(room, (-0.5, n - 0.5), self._range, (self._axis, ""))
        names = self._names or [layer_name(layer) for layer in range(self.n_items)]
        widest = max(map(metrics.horizontalAdvance, ("emb", *names[-1:])))
        step = max(1, math.ceil((widest + 6) / (width / n)))
        named = range(0, self.n_items, step)
        self.bottom.setTicks([[(layer, names[layer]) for layer in named]])
        baseline = next((line for line in self._lines if line.color is None), None)
        for line in self._lines:
            if line.filled and baseline is not None:
                self._tint_between(line, baseline)
        layers = np.arange(self.n_items)
        for line in self._lines:
            known = np.isfinite(line.values)
            # A gap stays a gap, except in a line that has values here and there only.
            drawn = known if line.bridged else np.ones_like(known)
            self.draw(
                pg.PlotCurveItem(
                    layers[drawn], line.values[drawn],
                    pen=self._pen(line), antialias=True, connect="finite",
                )
            )  # fmt: skip
            if known.sum() * _CROWDED <= width:
                self.marks(layers[known], line.values[known], [self._color(line)] * known.sum())

    def _tint_between(self, line: Line, baseline: Line) -> None:
        """Tint what the line has beyond the baseline: that is what is to be read."""
        known = np.flatnonzero(np.isfinite(line.values) & np.isfinite(baseline.values))
        edges = (pg.PlotCurveItem(known, each.values[known]) for each in (line, baseline))
        tint = self._color(line)
        tint.setAlphaF(0.13)
        self.draw(pg.FillBetweenItem(*edges, brush=tint))

    def paint_picture(self, painter: QPainter) -> None:
        """Draw grid, lines and legend."""
        if not self._lines:
            return
        super().paint_picture(painter)
        legend = self._legend()
        legend.paint(painter, 8, 2)
        for line, sample in zip(self._lines, legend.samples(8, 2), strict=True):
            middle = sample.center().y()
            painter.setPen(self._pen(line))
            painter.drawLine(QPointF(sample.left(), middle), QPointF(sample.right(), middle))

    def _color(self, line: Line) -> QColor:
        if line.color is None:
            return self.theme.color("muted")
        return self.theme.categorical(line.color)

    def _pen(self, line: Line) -> QPen:
        pen = QPen(self._color(line), 1.5 if line.color is None else 2.0)
        pen.setCosmetic(True)
        if line.color is None or line.dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        return pen

    def paint_highlights(self, painter: QPainter) -> None:
        """Mark the chosen layer and the one under the pointer."""
        room, rim = self.room(), QPen(self.theme.color("card"), 1.5)
        for layer, role, _ in self.outlined():
            x = self.place(layer, 0.0).x()
            painter.setPen(QPen(self.theme.color(role), 1.5))
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
            for line in self._lines:
                if math.isfinite(value := float(line.values[layer])):
                    at = self.place(layer, value)
                    draw_dot(painter, at, 9, self._color(line), rim, shape="dot")

    def hover(self, spot: int | None) -> None:
        """Mark the layer under the pointer."""
        self.set_hovered(spot)

    def describe(self, spot: int) -> str:
        """Return the values of a layer."""
        known = [line for line in self._lines if math.isfinite(line.values[spot])]
        values = [f"{line.name}: {written(float(line.values[spot]), 3)}" for line in known]
        layer = f"Layer {spot}" if spot else "Embeddings"
        name = f"{self._axis.capitalize()} {self._names[spot]}" if self._names else layer
        return "\n".join([name, *values])
