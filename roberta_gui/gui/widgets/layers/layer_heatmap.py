"""LayerHeatmap: values of every layer as one raster image, the last layer on top."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSizeF, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from roberta_gui.findings.notation.marks import NO_VALUES, LayerValues
from roberta_gui.findings.notation.names import layer_name
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.theme import FontRole
from roberta_gui.gui.widgets.colours.colour_bar import bar_room
from roberta_gui.gui.widgets.colours.raster import mean
from roberta_gui.gui.widgets.painting.axis_label import COSINE, SINE, dress, write_below
from roberta_gui.gui.widgets.painting.cell_layout import Cell, CellLayout, fitted, spaced
from roberta_gui.gui.widgets.painting.cell_map import CellMap, CellOrToken, runs
from roberta_gui.gui.widgets.painting.spoken import Parts

LARGEST_CELL = (110, 56)
_LONGEST_LABEL = 100


@dataclass(frozen=True)
class LayersLayout(CellLayout):
    """``straight`` tells whether a column's name has room below its cell; else names slant."""

    straight: bool = False


def left_of_cells(n_layers: int) -> float:
    """Return how much room the layers' names take."""
    names = map(layer_name, (0, n_layers))
    return themes.current().widest(names, "small_number", bold=True) + 8


class LayerHeatmap(CellMap[LayersLayout]):
    """Layers up, tokens or dimensions across; arrow keys ask for the next one."""

    stepped = Signal(int, int)  # layers up, columns to the right

    pool = staticmethod(mean)

    def __init__(self, name: str) -> None:
        super().__init__(name, narrowest=180, wanted=(520, 300))
        self._shown = NO_VALUES
        self._layer: int | None = None

    def set_values(self, shown: LayerValues) -> None:
        """Show other values; the columns in sight stay where their number did not change."""
        self._shown = shown
        self.show_values(
            shown.values, shown.scale, signed=shown.signed, small_is_strong=shown.small_is_strong
        )

    def set_layer(self, layer: int | None) -> None:
        """Outline the chosen layer."""
        if layer != self._layer:
            self._layer = layer
            self.setAccessibleDescription("" if layer is None else f"Layer {layer_name(layer)}")
            self.update()

    # --- painting

    def layout_now(self) -> LayersLayout:
        """Return where everything is at the present size."""
        (n_layers, n_columns), span = self._values.shape, self._zoom.span
        wide, tall = map(self.theme.pixels, LARGEST_CELL)
        left, bar = left_of_cells(n_layers), bar_room(self.scale)
        texts = (label.text for label in self._shown.labels)
        label = self.theme.widest(texts, "control", bold=True)
        label = min(label, self.theme.pixels(_LONGEST_LABEL))
        straight = label + 6 <= min(max(self.width() - left - bar, 24.0) / span, wide)
        line = self.theme.metrics("control").height()
        below = line if straight else label * SINE + line / 2
        most = QSizeF(wide * span, tall * max(n_layers, 1))
        field = fitted(self.size(), QMarginsF(left, 4, bar, below + 8), most)
        return LayersLayout(field, (n_layers, n_columns), self._zoom, True, straight)

    def hatched(self, layout: LayersLayout) -> Iterator[QRectF]:
        """Return the columns that have nothing to be compared with."""
        for first, last in runs(self._shown.hatched):
            yield layout.column_rect(first) | layout.column_rect(last)

    def numbers(self, layout: LayersLayout) -> tuple[dict[Cell, str], QFont] | None:
        """Return the values if the cells are large enough for all of them."""
        shown, columns = self._shown, layout.columns
        font = self.theme.font("small_number")
        metrics = QFontMetricsF(font)
        if layout.height < metrics.height() or layout.width < metrics.horizontalAdvance("0.00"):
            return None
        seen = shown.values[:, columns.start : columns.stop]
        texts = {
            (layer, columns[nth]): shown.number(float(seen[layer, nth]))
            for layer, nth in zip(*np.nonzero(np.isfinite(seen)), strict=True)
        }
        widest = max(map(metrics.horizontalAdvance, set(texts.values())), default=0.0)
        return (texts, font) if widest <= layout.width - 4 else None

    def outlines(self, layout: LayersLayout) -> Iterator[tuple[QRectF, str, float]]:
        """Outline the chosen layer and locked columns, too."""
        yield from super().outlines(layout)
        if self._layer is not None and self._layer < layout.shape[0]:
            yield layout.row_rect(self._layer), "accent", 1.5
        for column in self._locked(layout):
            mask = self._shown.labels[column].kind == "mask"
            yield layout.column_rect(column), "mask" if mask else "accent", 2

    def _locked(self, layout: LayersLayout) -> list[int]:
        return [column for column in self._selected if column in layout.columns]

    def paint_names(self, painter: QPainter, layout: LayersLayout) -> None:
        """Write the names of layers and columns."""
        layer, column = self._hovered
        names = list(map(layer_name, range(layout.shape[0])))
        chosen = {each for each in (self._layer, layer) if each is not None}
        self.paint_row_names(painter, layout, names, chosen)
        hovered = () if column is None or column not in layout.columns else (column,)
        lit = {*self._locked(layout), *hovered}
        step = self._name_step(layout)
        regular = (place for place in layout.columns if place % step == 0)
        for place in spaced(regular, step, lit):
            self._paint_column_name(painter, layout, place, lit=place in lit)

    def _name_step(self, layout: LayersLayout) -> int:
        """Say how many columns share one name."""
        height = self.theme.metrics("control").height()
        return 1 if layout.straight else max(1, math.ceil(height / layout.width))

    def _name_size(self, layout: LayersLayout) -> FontRole:
        """Choose the letters of the columns' names."""
        return "control"

    def _paint_column_name(
        self, painter: QPainter, layout: LayersLayout, column: int, *, lit: bool
    ) -> None:
        middle, most = layout.column_rect(column).center().x(), self.theme.pixels(_LONGEST_LABEL)
        # Slanting names hang to the left of their columns: what would leave the widget is cut off.
        room = self._name_step(layout) * layout.width - 3
        room = room if layout.straight else min(most, (middle - 2) / COSINE)
        size, label = self._name_size(layout), self._shown.labels[column]
        text, _ = dress(painter, label, lit=lit, most=room, size=size)
        foot = QPointF(middle, layout.field.bottom())
        write_below(painter, foot, text, slanted=not layout.straight)

    # --- pointer and keys

    def parts(self) -> Parts[CellOrToken]:
        """Return the cells of the chosen layer, or the last one, and those of locked columns."""
        layout = self.layout_now()
        last, columns = layout.shape[0] - 1, layout.columns if self._values.size else ()
        layer = last if self._layer is None else min(self._layer, last)
        cells: list[CellOrToken] = [(layer, column) for column in columns]
        locked = self._locked(layout)
        cells += [(n, column) for column in locked for n in range(last + 1) if n != layer]
        return cells, lambda cell: QRectF() if isinstance(cell, int) else layout.cell_rect(*cell)

    def tip(self, row: int, column: int) -> str:
        """Return what hovering a cell says."""
        return self._shown.tip(row, column)

    def step(self, up: int, right: int) -> bool:
        """Ask for the next layer or column."""
        if self._values.size:
            self.stepped.emit(up, right)
        return bool(self._values.size)
