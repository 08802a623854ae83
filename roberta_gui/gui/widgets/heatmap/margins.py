"""What stands along a heatmap: tokens' names, and thin strips with a value for each."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from roberta_gui.findings.names import AxisLabel
from roberta_gui.findings.scales import ColourScale, ends_of
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.painting.axis_label import (
    COSINE,
    LABEL_ANGLE,
    LONGEST_LABEL,
    SINE,
    dress,
)
from roberta_gui.gui.widgets.painting.cell_layout import CellLayout, spaced
from roberta_gui.gui.widgets.painting.colour_scale import coloured
from roberta_gui.gui.widgets.painting.drawing import saved
from roberta_gui.gui.widgets.painting.raster import along, strongest
from roberta_gui.records import FloatArray

_BETWEEN = 4
"""Pixels between the cells and a strip along them."""

_GAP = 6
_SPACE = "  "

_LONGEST_OF_SOME = 66
"""Pixels of a name, at a text zoom of 1, where many tokens share it as a landmark."""


@dataclass(frozen=True, eq=False)
class Strip:
    """One value a token, with a scale of its own.

    ``name`` stands at its end, with the ends of the scale in ``unit``; ``meaning`` goes on in a
    tip after the token's name and value.
    """

    values: FloatArray
    scale: ColourScale
    name: str
    meaning: str
    unit: str = ""

    @property
    def ends(self) -> str:
        """Write which values the lightest and the darkest place of the strip stand for."""
        low = self.scale.low
        return ends_of(self.scale, self.unit, clipped=bool((self.values < low).any()))


@dataclass(frozen=True, eq=False)
class Margins:
    """What stands along a heatmap."""

    below: Strip
    beside: Strip


@dataclass(frozen=True)
class HeatmapLayout(CellLayout):
    """The cells, with strips along them.

    ``margin`` is what the strips take, with their gap, ``foot`` the height of a line of text
    below them, or 0.
    """

    margin: float = 0.0
    foot: float = 0.0

    @property
    def below(self) -> QRectF:
        """Where the strip of the columns is."""
        field, thick = self.field, self.margin - _BETWEEN
        return QRectF(field.left(), field.bottom() + _BETWEEN, field.width(), thick)

    @property
    def beside(self) -> QRectF:
        """Where the strip of the rows is."""
        field, thick = self.field, self.margin - _BETWEEN
        return QRectF(field.right() + _BETWEEN, field.top(), thick, field.height())

    def token_at(self, point: QPointF) -> int | None:
        """Return whose name at the left, or place in a strip, is under a point."""
        field, (row, column) = self.field, (int(place) for place in self.place_at(point))
        x, y, margin = point.x(), point.y(), self.margin
        is_below = field.bottom() <= y <= field.bottom() + margin and bool(margin)
        if is_below and field.left() <= x < field.right():
            return column if column < self.shape[1] else None
        is_at_side = x < field.left() or field.right() <= x <= field.right() + margin
        is_in = is_at_side and field.top() <= y < field.bottom() and row < self.shape[0]
        return row if is_in else None


class MarginTexts:
    """The names of both strips and the ends of their scales, and how much room they take."""

    def __init__(self, margins: Margins) -> None:
        metrics = QFontMetricsF(themes.current().font("small"))
        below, beside = margins.below, margins.beside
        self.left = below.name, below.ends
        self.right = f"↑ {beside.name}", beside.ends
        self.line = metrics.height()
        """The height of a line."""
        self.least_left, self.least_right = (
            max(map(metrics.horizontalAdvance, both)) + 2 for both in (self.left, self.right)
        )
        """Pixels that the longer of a strip's two texts takes."""
        self._both = tuple(
            metrics.horizontalAdvance(_SPACE.join(both)) for both in (self.left, self.right)
        )

    def fit(self, layout: HeatmapLayout, width: float) -> bool:
        """Tell whether each strip's two texts have room in one line of a picture so wide."""
        left, right = layout.below.left() - _GAP, width - layout.beside.left()
        return self._both[0] <= left and self._both[1] <= right


def paint_margins(
    painter: QPainter,
    layout: HeatmapLayout,
    margins: Margins,
    ramp: NDArray[np.uint8],
    ratio: float,
) -> None:
    """Draw both strips and their names; ``ramp`` is the colour map, uint8 (256, 4) RGBA."""
    ways = (
        (layout.below, along(margins.below.values[None, :], 1, layout, ratio, strongest)),
        (layout.beside, along(margins.beside.values[:, None], 0, layout, ratio, strongest)),
    )
    for (place, seen), each in zip(ways, (margins.below, margins.beside), strict=True):
        painter.drawImage(place, coloured(ramp, each.scale.places(seen)))
        painter.setPen(QPen(themes.current().color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))
    _paint_texts(painter, layout, MarginTexts(margins))


def _paint_texts(painter: QPainter, layout: HeatmapLayout, texts: MarginTexts) -> None:
    """Write the one name at the left of its strip, the other below its own, with the ends."""
    theme = themes.current()
    painter.setFont(theme.font("small"))
    painter.setPen(theme.color("muted"))
    metrics = QFontMetricsF(painter.font())
    below = layout.below
    first = below.center().y() + metrics.ascent() / 2 - 1
    lines: tuple[tuple[str, ...], ...] = (texts.left, texts.right)
    if not layout.foot:
        lines = tuple((_SPACE.join(both),) for both in lines)
    for side, both in zip(("left", "right"), lines, strict=True):
        for nth, text in enumerate(both):
            x = layout.beside.left() - _BETWEEN / 2
            if side == "left":
                x = below.left() - _GAP - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(x, first + nth * texts.line), text)


class HeatmapLabels:
    """Knows the names of the tokens on both axes."""

    def __init__(self, labels: Sequence[AxisLabel]) -> None:
        theme = themes.current()
        self.labels = tuple(labels)
        self._metrics = QFontMetricsF(theme.font("control"))
        self._bold = QFontMetricsF(theme.font("control", bold=True))

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
        for row in self._written(layout, layout.rows, lit, self._metrics.height()):
            room = layout.field.left() - 6
            text, height = self._dress(painter, row, lit=row in lit, most=room)
            middle = layout.row_rect(row).center().y()
            last = layout.below.top() + 2 - height / 2  # lower, and it meets the strip's name
            if layout.margin and row not in lit and middle > last:
                if self.labels[row].kind != "mask":
                    continue
                middle = last
            place = QRectF(0, middle - height / 2, room, height)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text
            )

    def paint_columns(
        self, painter: QPainter, layout: HeatmapLayout, lit: set[int], width: float
    ) -> None:
        """Write the names above, rising, as far as the picture's top and ``width`` let them."""
        top = layout.field.top() - 5
        # Lines that rise lie closer to each other than the places where they begin.
        apart = self._metrics.height() / SINE
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
        written = self._written(layout, range(len(self.labels)), set(), self._metrics.height())
        is_full = layout.width >= self._metrics.height()
        limit = themes.current().pixels(LONGEST_LABEL if is_full else _LONGEST_OF_SOME)
        texts = {(self.labels[i].text, self.labels[i].kind == "mask") for i in written}
        widths = ((self._bold if bold else self._metrics).horizontalAdvance(t) for t, bold in texts)
        return min(max(widths, default=0.0), limit) + 4

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
