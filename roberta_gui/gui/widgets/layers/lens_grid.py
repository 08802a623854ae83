"""LensGrid: the word that every layer would guess at every token, on a tint."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QResizeEvent

from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.attention.heatmap_layout import Zoom
from roberta_gui.gui.widgets.layers.layer_map import LayerMap
from roberta_gui.gui.widgets.layers.layer_map_layout import LayerMapLayout
from roberta_gui.gui.widgets.layers.layer_values import LayerValues

LEGIBLE = 52
"""Pixels that a column needs for a word, at a text zoom of 1."""

_NARROWEST = 30
_BESIDE = 100


@dataclass(frozen=True, eq=False)
class LensCells(LayerValues):
    """Values that tint the cells, and the words that are written into them.

    Attributes
    ----------
    word
        What stands in a (layer, column); "" where nothing is known yet.
    small_is_strong
        The lowest values get the strongest colour.
    """

    word: Callable[[int, int], str] = lambda _layer, _column: ""
    small_is_strong: bool = False

    def ramp(self, theme: Theme) -> NDArray[np.uint8]:
        """Return the colour map that the values are drawn with."""
        ramp = super().ramp(theme)
        return ramp[::-1] if self.small_is_strong else ramp


class LensGrid(LayerMap):
    """A map of layers with a word in every cell.

    A sentence whose words would not be legible is shown in part, about the selected token: drag
    or Shift with the arrow keys moves on, 0 shows all of it, without words.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "What each layer would guess")
        self._about = 0
        self._is_fitted = True

    @property
    def in_sight(self) -> range:
        """Which columns are in sight."""
        return self.layout_now().columns()

    def set_values(self, shown: LayerValues) -> None:
        """Show other words; what is in sight stays, unless the sentence has become another."""
        is_other = shown.values.shape[1] != self._shown.values.shape[1]
        super().set_values(shown)
        if is_other:
            self._is_fitted = True
            self._fit()

    def bring_into_sight(self, column: int) -> None:
        """Move so that a column can be seen."""
        self._about = column
        if not (self._zoom.left <= column <= self._zoom.left + self._zoom.span - 1):
            middle = column - (self._zoom.span - 1) / 2
            self._look(self._zoom.moved(0, middle - self._zoom.left, self._shown.values.shape[1]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many columns as are legible, until somebody zooms."""
        super().resizeEvent(event)
        if self._is_fitted:
            self._fit()

    def _fit(self) -> None:
        n_columns = self._shown.values.shape[1]
        room = max(self.width() - self.theme.pixels(_BESIDE), 1)
        span = float(min(max(room // self.theme.pixels(LEGIBLE), 6), max(n_columns, 1)))
        zoom = Zoom(0.0, self._about - (span - 1) / 2, span).within(n_columns)
        super()._look(zoom)

    def _look(self, zoom: Zoom) -> None:
        if zoom.span != self._zoom.span:
            self._is_fitted = False
        super()._look(zoom)

    def _widest_label(self) -> float:
        """Let names be cut like the words above them, so that they can stand straight."""
        return min(super()._widest_label(), self.theme.pixels(LEGIBLE) - 8.0)

    def _paint_numbers(self, painter: QPainter, layout: LayerMapLayout) -> None:
        """Write the words into cells that are large enough for some of them."""
        shown = self._shown
        font = self.theme.font("control")
        if layout.height < QFontMetricsF(font).height() + 2:
            font = self.theme.font("small")
        metrics = QFontMetricsF(font)
        if (
            not isinstance(shown, LensCells)
            or layout.height < metrics.ascent() + 2
            or layout.width < self.theme.pixels(_NARROWEST)
        ):
            return
        painter.setFont(font)
        places = shown.scale.places(np.nan_to_num(shown.values))
        inks = [self.theme.text_on(QColor(*rgba)) for rgba in shown.ramp(self.theme).tolist()]
        known = np.isfinite(shown.values)
        for column in layout.columns():
            for layer in np.flatnonzero(known[:, column]).tolist():
                rect = layout.cell_rect(layer, column)
                text = metrics.elidedText(
                    shown.word(layer, column), Qt.TextElideMode.ElideRight, rect.width() - 4
                )
                painter.setPen(inks[places[layer, column]])
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
