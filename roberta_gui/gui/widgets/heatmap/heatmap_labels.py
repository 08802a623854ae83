"""The names along a heatmap: how much room they take, which of them fit, how they are written."""

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.heatmap.margins import HeatmapLayout
from roberta_gui.gui.widgets.painting.axis_label import (
    COSINE,
    LABEL_ANGLE,
    LONGEST_LABEL,
    SINE,
    dress,
)
from roberta_gui.gui.widgets.painting.cell_layout import spaced
from roberta_gui.gui.widgets.painting.drawing import saved, write

_LONGEST_OF_SOME = 66
"""Pixels of a name, at a text zoom of 1, where many tokens share it as a landmark."""


class HeatmapLabels:
    """Knows the names of the tokens on both axes."""

    def __init__(self, labels: Sequence[AxisLabel]) -> None:
        self.labels = tuple(labels)

    def room(self, fit: Callable[[float], HeatmapLayout]) -> float:
        """Find the room that the names take which are written where nothing is lit or zoomed.

        Only those: a long word that nobody sees must not make the cells smaller. ``fit`` lays
        the picture out with so many pixels for names.
        """
        room = 0.0
        # Less room for cells makes fewer names fit, which may be longer ones: it can only grow.
        while (needed := self._needed(fit(room))) > room:
            room = needed
        return room

    def paint_rows(self, painter: QPainter, layout: HeatmapLayout, lit: set[int]) -> None:
        """Write the names at the left, the ``lit`` ones first of all."""
        for row in self._written(layout, layout.rows, lit, _line()):
            room = layout.field.left() - 6
            text, height = self._dress(painter, row, lit=row in lit, most=room)
            middle = layout.row_rect(row).center().y()
            last = layout.below.top() + 2 - height / 2  # lower, and it meets the strip's name
            if layout.margin and row not in lit and middle > last:
                if self.labels[row].kind != "mask":
                    continue
                middle = last
            place = QRectF(0, middle - height / 2, room, height)
            write(painter, place, text, "right")

    def paint_columns(
        self, painter: QPainter, layout: HeatmapLayout, lit: set[int], width: float
    ) -> None:
        """Write the names above, rising, as far as the picture's top and ``width`` let them."""
        top = layout.field.top() - 5
        # Lines that rise lie closer to each other than the places where they begin.
        apart = _line() / SINE
        for column in self._written(layout, layout.columns, lit, apart):
            x = layout.column_rect(column).center().x()
            most = min((top - 8) / SINE, (width - x) / COSINE - 4)
            text, height = self._dress(painter, column, lit=column in lit, most=most)
            with saved(painter):
                painter.translate(x, top)
                painter.rotate(-LABEL_ANGLE)
                painter.drawText(QPointF(2, height * 0.2), text)

    def _needed(self, layout: HeatmapLayout) -> float:
        """Return how long the longest name is that a picture laid out so would write."""
        theme, line = themes.current(), _line()
        written = self._written(layout, range(len(self.labels)), set(), line)
        limit = theme.pixels(LONGEST_LABEL if layout.width >= line else _LONGEST_OF_SOME)
        masks = [self.labels[i].text for i in written if self.labels[i].kind == "mask"]
        others = [self.labels[i].text for i in written if self.labels[i].kind != "mask"]
        widest = theme.widest(masks, "control", bold=True), theme.widest(others, "control")
        return min(max(widest), limit) + 4

    def _dress(self, painter: QPainter, place: int, *, lit: bool, most: float) -> tuple[str, float]:
        """Set pen and font; return the name, cut to ``most`` pixels, and its height."""
        # Rounding must not cut a name that has just the room it needs.
        return dress(painter, self.labels[place], lit=lit, most=max(most, 0) + 1)

    def _written(
        self, layout: HeatmapLayout, visible: range, lit: set[int], apart: float
    ) -> list[int]:
        """Choose whose names fit: the lit ones, masks, then landmarks ``apart`` pixels away."""
        step = max(1, math.ceil(apart / layout.width))
        masks = [i for i in visible if self.labels[i].kind == "mask"]
        others = (i for i in visible if i % step == 0)
        return spaced((*masks, *others), step, (i for i in lit if i in visible))


def _line() -> float:
    return themes.current().metrics("control").height()
