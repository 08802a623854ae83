"""LayerHeatmap: values of every layer as one raster image, the last layer on top."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
)

from roberta_gui.findings.marks import NO_VALUES, LayerValues
from roberta_gui.findings.names import layer_name
from roberta_gui.gui.widgets.layers.layer_heatmap_layout import LayerHeatmapLayout
from roberta_gui.gui.widgets.layers.layer_values import ramp_of, raster
from roberta_gui.gui.widgets.painting.axis_label import LABEL_ANGLE
from roberta_gui.gui.widgets.painting.colour_bar import bar_room, paint_colour_bar
from roberta_gui.gui.widgets.painting.drawing import hatch, saved
from roberta_gui.gui.widgets.painting.presses import extends
from roberta_gui.gui.widgets.painting.spoken import Parts
from roberta_gui.gui.widgets.painting.zoom import Zoom
from roberta_gui.gui.widgets.painting.zoomed_figure import ZoomedFigure

_LONGEST_LABEL = 100
_LARGEST_CELL = (110, 56)


class LayerHeatmap(ZoomedFigure[tuple[int, int]]):
    """Layers up, tokens or dimensions across; hover tells the value, a click chooses.

    Signals
    -------
    cell_hovered(layer, column), cell_left()
        The pointer is on a cell, or on none any more.
    cell_clicked(layer, column, extend)
        A cell was clicked; ``extend`` with Ctrl or Shift.
    cell_double_clicked(layer, column)
        A cell was clicked twice.
    stepped(layers, columns)
        An arrow key asks for the next layer up (1) or down (-1), or the next column.
    """

    cell_hovered = Signal(int, int)
    cell_left = Signal()
    cell_clicked = Signal(int, int, bool)
    cell_double_clicked = Signal(int, int)
    stepped = Signal(int, int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._shown = NO_VALUES
        self._widest: float | None = None
        self._layer: int | None = None
        self._selected: tuple[int, ...] = ()
        self._hovered: tuple[int | None, int | None] = (None, None)
        self.setAccessibleName(name)
        self.setMinimumSize(180, 110)

    def sizeHint(self) -> QSize:
        """Ask for room for a sentence."""
        return QSize(520, 300)

    def set_values(self, shown: LayerValues) -> None:
        """Show other values; the columns in sight stay where their number did not change."""
        if shown.values.shape[1] != self._shown.values.shape[1]:
            self._zoom = Zoom.whole(shown.values.shape[1])
        self._shown, self._widest = shown, None
        self.repaint_picture()

    def set_layer(self, layer: int | None) -> None:
        """Outline the chosen layer."""
        if layer != self._layer:
            self._layer = layer
            self.setAccessibleDescription("" if layer is None else f"Layer {layer_name(layer)}")
            self.update()

    def set_selected(self, columns: Sequence[int]) -> None:
        """Outline locked columns."""
        if self._selected != tuple(columns):
            self._selected = tuple(columns)
            self.update()

    def set_hovered(self, layer: int | None, column: int | None) -> None:
        """Light up a layer and a column."""
        if self._hovered != (layer, column):
            self._hovered = (layer, column)
            self.update()

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._widest = None
        super().customEvent(event)

    # --- painting

    def layout_now(self) -> LayerHeatmapLayout:
        """Return where everything is at the present size."""
        theme = self.theme
        small = QFontMetricsF(theme.font("small_number", bold=True))
        n_layers, n_columns = self._shown.values.shape
        wide, tall = (theme.pixels(side) for side in _LARGEST_CELL)
        return LayerHeatmapLayout.fit(
            self.width(),
            self.height(),
            (n_layers, n_columns),
            self._zoom,
            row_label=max(small.horizontalAdvance(layer_name(n)) for n in (0, n_layers)),
            column_label=min(self._widest_label(), theme.pixels(_LONGEST_LABEL)),
            line=QFontMetricsF(theme.font("control")).height(),
            bar=bar_room(self._shown.scale),
            largest=(wide, tall),
        )

    def _widest_label(self) -> float:
        """Measure all labels, once: at 512 tokens that takes longer than painting the rest."""
        if self._widest is None:
            advance = QFontMetricsF(self.theme.font("control", bold=True)).horizontalAdvance
            self._widest = max(
                map(advance, {label.text for label in self._shown.labels}), default=0
            )
        return self._widest

    def paint_picture(self, painter: QPainter) -> None:
        """Draw cells, numbers where they fit, and the colour bar."""
        if not self._shown.values.size:
            return
        layout = self.layout_now()
        ratio = self.devicePixelRatioF()
        painter.drawImage(layout.field, raster(self._shown, layout, ratio))
        self._paint_gaps(painter, layout)
        hatch(painter, (layout.column_rect(each) for each in self._shown.hatched))
        self._paint_numbers(painter, layout)
        painter.setPen(QPen(self.theme.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(layout.field.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._paint_bar(painter, layout)

    def _paint_bar(self, painter: QPainter, layout: LayerHeatmapLayout) -> None:
        paint_colour_bar(painter, layout.field, self._shown.scale, ramp_of(self._shown))

    def _paint_gaps(self, painter: QPainter, layout: LayerHeatmapLayout) -> None:
        painter.setPen(QPen(self.theme.color("card"), 1))
        field = layout.field
        if layout.height >= 9:
            for layer in range(layout.n_layers - 1):
                y = layout.row_rect(layer).top()
                painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
        if layout.width >= 9:
            for column in layout.columns():
                x = layout.column_rect(column).left()
                if field.left() < x < field.right():
                    painter.drawLine(QPointF(x, field.top()), QPointF(x, field.bottom()))

    def _paint_numbers(self, painter: QPainter, layout: LayerHeatmapLayout) -> None:
        """Write the values into cells that are large enough for all of them."""
        shown, columns = self._shown, layout.columns()
        font = self.theme.font("small_number")
        metrics = QFontMetricsF(font)
        if layout.height < metrics.height() or layout.width < metrics.horizontalAdvance("0.00"):
            return
        seen = shown.values[:, columns.start : columns.stop]
        texts = {
            (layer, columns[nth]): shown.number(float(seen[layer, nth]))
            for layer, nth in zip(*np.nonzero(np.isfinite(seen)), strict=True)
        }
        if max(map(metrics.horizontalAdvance, set(texts.values())), default=0) > layout.width - 4:
            return
        painter.setFont(font)
        places = shown.scale.places(np.nan_to_num(shown.values))
        inks = [self.theme.text_on(QColor(*rgba)) for rgba in ramp_of(shown).tolist()]
        for (layer, column), text in texts.items():
            painter.setPen(inks[places[layer, column]])
            painter.drawText(layout.cell_rect(layer, column), Qt.AlignmentFlag.AlignCenter, text)

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline the chosen layer, locked columns and what is hovered, and write the names."""
        if not self._shown.values.size:
            return
        layout = self.layout_now()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        in_sight = layout.columns()
        locked = [column for column in self._selected if column in in_sight]
        layer, column = self._hovered
        painter.setPen(QPen(self.theme.color("hover"), 1.5))
        if layer is not None and layer < layout.n_layers:
            painter.drawRect(layout.row_rect(layer))
        if column is not None and column in in_sight:
            painter.drawRect(layout.column_rect(column))
        if self._layer is not None and self._layer < layout.n_layers:
            painter.setPen(QPen(self.theme.color("accent"), 1.5))
            painter.drawRect(layout.row_rect(self._layer))
        for place in locked:
            mask = self._shown.labels[place].kind == "mask"
            painter.setPen(QPen(self.theme.color("mask" if mask else "accent"), 2))
            painter.drawRect(layout.column_rect(place))
        self._paint_layer_names(painter, layout)
        lit = {*locked, *(() if column is None or column not in in_sight else (column,))}
        for place in self._named(layout, lit):
            self._paint_column_name(painter, layout, place, lit=place in lit)

    def _paint_layer_names(self, painter: QPainter, layout: LayerHeatmapLayout) -> None:
        height = QFontMetricsF(self.theme.font("small_number")).height()
        step = max(1, math.ceil(height / layout.height))
        chosen = {self._layer, self._hovered[0]}
        for layer in range(layout.n_layers):
            lit = layer in chosen
            near = any(n is not None and abs(n - layer) < step for n in chosen)
            if not lit and (layer % step or near):
                continue
            painter.setFont(self.theme.font("small_number", bold=lit))
            painter.setPen(self.theme.color("accent" if lit else "muted"))
            row = layout.row_rect(layer)
            room = QRectF(0, row.center().y() - height / 2, row.left() - 6, height)
            alignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, alignment, layer_name(layer))

    def _named(self, layout: LayerHeatmapLayout, lit: set[int]) -> list[int]:
        """Choose whose names fit: the lit ones, then every so many that stay clear of those."""
        step, columns = self._name_step(layout), layout.columns()
        regular = (i for i in columns if i % step == 0 and all(abs(i - j) >= step for j in lit))
        return [*lit, *regular]

    def _name_step(self, layout: LayerHeatmapLayout) -> int:
        """Say how many columns share one name."""
        height = QFontMetricsF(self.theme.font("control")).height()
        return 1 if layout.straight else max(1, math.ceil(height / layout.width))

    def _name_font(self, layout: LayerHeatmapLayout, *, bold: bool) -> QFont:
        """Choose the letters of the columns' names."""
        return self.theme.font("control", bold=bold)

    def _paint_column_name(
        self, painter: QPainter, layout: LayerHeatmapLayout, column: int, *, lit: bool
    ) -> None:
        label, rect = self._shown.labels[column], layout.column_rect(column)
        role = {"special": "muted", "mask": "mask_text"}.get(label.kind, "text")
        painter.setPen(self.theme.color("accent" if lit else role))
        font = self._name_font(layout, bold=lit or label.kind == "mask")
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        foot = QPointF(rect.center().x(), layout.field.bottom() + 4)
        limit = float(self.theme.pixels(_LONGEST_LABEL))
        if layout.straight:
            width = max(rect.width(), self._name_step(layout) * layout.width)
            room = QRectF(foot.x() - width / 2, foot.y(), width, metrics.height())
            text = metrics.elidedText(label.text, Qt.TextElideMode.ElideRight, width - 3)
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, text)
            return
        # Names hang to the left of their columns: what would leave the widget is cut off.
        limit = min(limit, (foot.x() - 2) / math.cos(math.radians(LABEL_ANGLE)))
        text = metrics.elidedText(label.text, Qt.TextElideMode.ElideRight, limit)
        with saved(painter):
            painter.translate(foot.x() + metrics.ascent() / 3, foot.y() + metrics.ascent() / 2)
            painter.rotate(-LABEL_ANGLE)
            painter.drawText(QPointF(-metrics.horizontalAdvance(text), 0), text)

    # --- pointer and keys

    @property
    def n_cells(self) -> int:
        """How many columns there are."""
        return len(self._shown.values.T)

    def cell_size(self) -> QSizeF:
        """Return the width of a column in pixels; all layers are always in sight."""
        return QSizeF(self.layout_now().width, 0)

    def cells_at(self, point: QPointF) -> tuple[float, float] | None:
        """Return the column under a point."""
        layout = self.layout_now()
        return (0.0, layout.column_at(point)) if layout.field.contains(point) else None

    def parts(self) -> Parts[tuple[int, int]]:
        """Return the cells of the chosen layer, or the last one, and those of locked columns."""
        layout = self.layout_now()
        last, columns = layout.n_layers - 1, layout.columns() if self._shown.values.size else ()
        layer = last if self._layer is None else min(self._layer, last)
        locked = [column for column in self._selected if column in columns]
        cells = [(layer, column) for column in columns]
        cells += [(n, column) for column in locked for n in range(last + 1) if n != layer]
        return cells, lambda cell: layout.cell_rect(*cell)

    def spot_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the (layer, column) under a point."""
        return self.layout_now().cell_at(point)

    def hover(self, spot: tuple[int, int] | None) -> None:
        """Tell which cell the pointer is on."""
        if spot is None:
            self.cell_left.emit()
        else:
            self.cell_hovered.emit(*spot)

    def tip(self, layer: int, column: int) -> str:
        """Return what hovering a cell says."""
        return self._shown.tip(layer, column)

    def describe(self, spot: tuple[int, int]) -> str:
        """Return what hovering a cell says."""
        return self.tip(*spot)

    def click(self, spot: tuple[int, int], keys: Qt.KeyboardModifier) -> None:
        """Tell which cell was clicked."""
        self.cell_clicked.emit(*spot, extends(keys))

    def double_click(self, spot: tuple[int, int] | None, keys: Qt.KeyboardModifier) -> bool:
        """Tell which cell was clicked twice; outside the cells: see all columns again."""
        if spot is None:
            return super().double_click(spot, keys)
        self.cell_double_clicked.emit(*spot)
        return True

    def step(self, up: int, right: int) -> bool:
        """Ask for the next layer or column."""
        if self._shown.values.size:
            self.stepped.emit(up, right)
        return bool(self._shown.values.size)
