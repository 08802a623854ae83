"""HeadMap: one number for every head, layers up and heads across, as colours."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.widgets.colours.colour_bar import bar_room, paint_colour_bar
from roberta_gui.gui.widgets.colours.raster import ramp_of
from roberta_gui.gui.widgets.heads.head_cells import HeadCells
from roberta_gui.gui.widgets.heads.head_layout import HeadLayout
from roberta_gui.gui.widgets.painting.drawing import outline

_LARGEST = (140, 84)


class HeadMap(HeadCells):
    """Numbers are written into the cells where all of them fit; unknown ones are grey."""

    def __init__(self, name: str) -> None:
        super().__init__(name, narrowest=150, wanted=(380, 300))
        self._values: NDArray[np.floating] = np.zeros((0, 0))
        self._scale = ColourScale(-1.0, 1.0)
        self._write: Callable[[float], str] = str
        self._signed = True

    def set_values(
        self,
        values: NDArray[np.floating],
        scale: ColourScale,
        write: Callable[[float], str],
        *,
        signed: bool = True,
    ) -> None:
        """Show float (layer, head), nan where nothing is known, on a scale about 0.

        Not ``signed``, they are on a scale from 0, in the colours of weights.
        """
        self._values, self._scale, self._write = values, scale, write
        self._signed = signed
        self.repaint_picture()

    def arrange(self) -> HeadLayout:
        """Fill the room beside the numbers of the layers and the colour bar."""
        metrics = self.theme.metrics("small_number")
        left, top = metrics.horizontalAdvance("88") + 10.0, metrics.height() + 4.0
        width = max(self.width() - left - bar_room(self._scale), 20.0)
        room = QRectF(left, top, width, self.height() - top - 3)
        n_layers, n_heads = self._values.shape
        largest = QSizeF(*map(self.theme.pixels, _LARGEST))
        return HeadLayout.table(room, (n_layers, n_heads), largest)

    def outline(self, rect: QRectF) -> QRectF:
        """Outline a cell on its own edge: the next one is near."""
        return rect.adjusted(-0.5, -0.5, 0.5, 0.5)

    def paint_cells(self, painter: QPainter, layout: HeadLayout) -> None:
        """Draw the cells, their numbers where they fit, and the colour bar."""
        ramp = ramp_of(signed=self._signed)
        places = self._scale.colour_rows(np.nan_to_num(self._values))
        numbers = self._numbers(layout)
        painter.setFont(self.theme.font("small_number"))
        for head in layout.heads:
            place = layout.rect(head)
            if np.isnan(self._values[head]):
                painter.fillRect(place, self.theme.color("track"))
                continue
            color = QColor(*ramp[places[head]].tolist())
            painter.fillRect(place, color)
            if numbers:
                painter.setPen(self.theme.text_on(color))
                number = self._write(float(self._values[head]))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, number)
        field = QRectF(layout.corner, layout.rect(layout.heads[-1]).bottomRight())
        # Where all is zero, the cells alone would not be seen.
        outline(painter, field.adjusted(-0.5, -0.5, 0.5, 0.5))
        paint_colour_bar(painter, field, self._scale, ramp)

    def _numbers(self, layout: HeadLayout) -> bool:
        """Tell whether the cells are large enough for all numbers."""
        metrics = self.theme.metrics("small_number")
        known = self._values[~np.isnan(self._values)].tolist()
        widest = self.theme.widest(map(self._write, known), "small_number")
        return layout.cell.width() >= widest + 4 and layout.cell.height() >= metrics.height()
