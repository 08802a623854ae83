"""LineChart: a few quantities over the layers, from the embeddings to the last one."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from roberta_gui.findings.marks import Line
from roberta_gui.findings.names import layer_name
from roberta_gui.findings.numbers import written
from roberta_gui.gui.widgets.charts.dots import draw_dot
from roberta_gui.gui.widgets.charts.plot import Plot
from roberta_gui.gui.widgets.painting.legend import Legend
from roberta_gui.gui.widgets.painting.spoken import Parts


class LineChart(Plot[int]):
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

    def layer_at(self, point: QPointF) -> int | None:
        """Return the layer whose column a point is in."""
        value = self.value_at(point) if self._lines else None
        return None if value is None else min(max(round(value.x()), 0), self.n_layers - 1)

    def _legend(self) -> Legend:
        names = [line.name for line in self._lines]
        return Legend(names, max(self.width() - 16.0, 40.0))

    # --- painting

    def arrange(self) -> None:
        """Draw grid and lines, and name as many layers as fit."""
        metrics = QFontMetricsF(self.theme.font("small_number"))
        left, below = metrics.horizontalAdvance("−0.00") + 10, 2 * metrics.height() + 8
        top = self._legend().height + 12
        width, height = max(self.width() - left - 8, 20.0), max(self.height() - top - below, 20.0)
        room = QRectF(left, top, width, height)
        self.frame(room, (-0.5, max(self.n_layers, 1) - 0.5), self._range, ("layer", ""))
        column = width / max(self.n_layers, 1)
        step = max(1, math.ceil((metrics.horizontalAdvance("emb") + 6) / column))
        named = range(0, self.n_layers, step)
        self.bottom.setTicks([[(layer, layer_name(layer)) for layer in named]])
        baseline = next((line for line in self._lines if line.color is None), None)
        for line in self._lines:
            if line.filled and baseline is not None:
                self._tint_between(line, baseline)
        layers = np.arange(self.n_layers)
        for line in self._lines:
            self.draw(
                pg.PlotCurveItem(
                    layers, line.values, pen=self._pen(line), antialias=True, connect="finite"
                )  # a gap stays a gap
            )
            known = np.isfinite(line.values)
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
        for layer, role in ((self._hovered, "hover"), (self._layer, "accent")):
            if layer is None or layer >= self.n_layers:
                continue
            x = self.place(layer, 0.0).x()
            painter.setPen(QPen(self.theme.color(role), 1.5))
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
            for line in self._lines:
                if math.isfinite(value := float(line.values[layer])):
                    at = self.place(layer, value)
                    draw_dot(painter, at, 9, self._color(line), rim, shape="dot")

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

    def parts(self) -> Parts[int]:
        """Return every layer."""
        return range(self.n_layers), lambda n: self.rect_of(n - 0.5, n + 0.5, *self._range)

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
