"""HatchedLayerHeatmap: a map of layers in which columns without any value are hatched."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QPainter

from roberta_gui.findings.marks import LayerValues
from roberta_gui.gui.widgets.heatmap.difference_map import runs
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap


class HatchedLayerHeatmap(LayerHeatmap):
    """Hatches, as `DifferenceMap` does, what stands alone: nothing is known of it.

    Columns in which one layer or another has no value stay as they are.
    """

    _alone: tuple[int, ...] = ()

    def set_values(self, shown: LayerValues) -> None:
        """Show other values; columns of nothing but nan are hatched."""
        empty = np.isnan(shown.values).all(axis=0)
        self._alone = tuple(np.flatnonzero(empty).tolist())
        super().set_values(shown)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the cells, then hatch."""
        super().paint_picture(painter)
        layout = self.layout_now()
        hatch = QBrush(self.theme.color("muted", 0.55), Qt.BrushStyle.BDiagPattern)
        for first, last in runs(self._alone):
            part = layout.column_rect(first) | layout.column_rect(last)
            if not part.isEmpty():
                painter.fillRect(part, self.theme.color("track"))
                painter.fillRect(part, hatch)
