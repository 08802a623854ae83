"""HatchedLayerHeatmap: a map of layers in which columns without any value are hatched."""

import numpy as np
from PySide6.QtGui import QPainter

from roberta_gui.findings.marks import LayerValues
from roberta_gui.gui.widgets.heatmap.hatching import hatch, runs
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap


class HatchedLayerHeatmap(LayerHeatmap):
    """Hatches, as maps of heads do, what stands alone: nothing is known of it.

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
        for first, last in runs(self._alone):
            part = layout.column_rect(first) | layout.column_rect(last)
            if not part.isEmpty():
                hatch(painter, part)
