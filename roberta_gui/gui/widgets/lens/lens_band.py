"""LensBand: some tokens of a sentence, with the word that every layer would guess at them."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF, QWheelEvent

from roberta_gui.findings.notation.glyphs import SPACE
from roberta_gui.findings.notation.marks import LayerValues, LensCells
from roberta_gui.gui.look.theme import FontRole, Theme
from roberta_gui.gui.widgets.colours.raster import ramp_of
from roberta_gui.gui.widgets.interaction.navigation import notches
from roberta_gui.gui.widgets.layers.layer_heatmap import (
    LayerHeatmap,
    LayersLayout,
    left_of_cells,
)
from roberta_gui.gui.widgets.painting.cell_layout import Zoom

NAME_ROOM = 34
"""Pixels that a token's name needs below its column, at a text zoom of 1."""

TOP = 4

_NARROWEST = 22
_LARGEST_MARK = 7.0


def text_height(metrics: QFontMetricsF) -> float:
    """Return what a line of text needs: from the top of a d to the foot of a visible space."""
    return metrics.tightBoundingRect(f"dp{SPACE}").height() + 2


@lru_cache(maxsize=8)
def inks(theme: Theme, *, is_reversed: bool, is_signed: bool = False) -> NDArray[np.bool_]:
    """Tell for each colour of the map whether white stands out more from it: bool (256,)."""
    ramp = ramp_of(signed=is_signed, small_is_strong=is_reversed)
    white = QColor(Qt.GlobalColor.white)
    return np.array([theme.text_on(QColor(*rgba)) == white for rgba in ramp.tolist()])


class Fitted:
    """Words cut to a width, each measured once: the same few stand in most cells."""

    def __init__(self, font: QFont, width: float) -> None:
        self.metrics = QFontMetricsF(font)
        self.fall = (self.metrics.ascent() - self.metrics.descent()) / 2
        self._width = width
        self._known: dict[str, tuple[str, float]] = {}

    def fit(self, word: str) -> tuple[str, float]:
        """Return what fits of a word, and how wide that is."""
        if word not in self._known:
            text = self.metrics.elidedText(word, Qt.TextElideMode.ElideRight, self._width)
            self._known[word] = text, self.metrics.horizontalAdvance(text)
        return self._known[word]


@lru_cache(maxsize=2)
def fitted(theme: Theme, role: FontRole, width: float) -> Fitted:
    """Return the words of a font, cut to a width; all bands share them."""
    return Fitted(theme.font(role), width)


class LensBand(LayerHeatmap):
    """A map of layers with a word in every cell; its columns are told, not zoomed into."""

    is_zoomed = False  # the bands are scrolled

    zoomed = Signal(float)  # notches of the wheel, with Ctrl: nearer (1) or farther (-1)

    def __init__(self) -> None:
        super().__init__("What each layer would guess")
        self._columns = range(0)
        self._cell = (1.0, 1.0)
        self._shows_ring = False
        self.setMinimumSize(0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # for the grid, its proxy

    @property
    def columns(self) -> range:
        """Which tokens stand here."""
        return self._columns

    @property
    def is_ringed(self) -> bool:
        """Whether the keys of the whole grid move about in this band."""
        return self._shows_ring

    def set_ringed(self, ringed: bool) -> None:
        """Draw the ring of the keyboard, or not."""
        if ringed is not self._shows_ring:
            self._shows_ring = ringed
            self.update()

    def set_place(self, columns: range, cell: float, row: float) -> None:
        """Show these columns, each ``cell`` wide, and layers ``row`` high."""
        if (columns, (cell, row)) != (self._columns, self._cell):
            self._columns, self._cell = columns, (cell, row)
            self.repaint_picture()

    def layout_now(self) -> LayersLayout:
        """Return where everything is."""
        n_layers, n_columns = self._values.shape
        cell, row = self._cell
        left, n_here = round(left_of_cells(n_layers)), max(len(self._columns), 1)
        field = QRectF(left, TOP, math.floor(cell * n_here), row * n_layers)
        zoom = Zoom(0.0, float(self._columns.start), float(n_here))
        return LayersLayout(field, (n_layers, n_columns), zoom, True, straight=True)

    def set_values(self, shown: LayerValues) -> None:
        """Show other words; painted only if some of them stand here."""
        if self._looks_alike(self._shown, shown):
            self._shown, self._values = shown, shown.values
        else:
            super().set_values(shown)

    def _looks_alike(self, one: LayerValues, other: LayerValues) -> bool:
        """Tell whether this band's part of two pictures is the same; of words their ids are."""
        if not isinstance(one, LensCells) or not isinstance(other, LensCells):
            return False
        here = slice(self._columns.start, self._columns.stop)
        looks, parts = [], []
        for each in (one, other):
            look = each.scale, each.small_is_strong, each.signed, each.hatched
            looks.append((*look, each.labels[here]))
            arrays = each.ids, each.values, each.changed
            parts.append([None if a is None else a[:, here].tobytes() for a in arrays])
        return one.ids is not None and looks[0] == looks[1] and parts[0] == parts[1]

    def paint_beside(self, painter: QPainter, layout: LayersLayout) -> None:
        """Leave the colour bar to the grid: one for all bands."""

    def _name_step(self, layout: LayersLayout) -> int:
        """Name as many columns as have room for some letters."""
        return max(1, math.ceil(self.theme.pixels(NAME_ROOM) * 0.8 / layout.width))

    def paint_cells(self, painter: QPainter, layout: LayersLayout) -> None:
        """Write the words into cells that are large enough for some of them."""
        shown, here, field = self._shown, layout.columns, layout.field
        if not isinstance(shown, LensCells):
            return
        role = self._role_for(layout)
        words = fitted(self.theme, role, layout.width - 3)
        narrowest = self.theme.pixels(_NARROWEST)
        if layout.height >= text_height(words.metrics) and layout.width >= narrowest:
            painter.setFont(self.theme.font(role))
            part = slice(here.start, here.stop)
            values = shown.values[:, part]
            places = shown.scale.colour_rows(np.nan_to_num(values))
            order = {"is_reversed": shown.small_is_strong, "is_signed": shown.signed}
            is_white = inks(self.theme, **order)[places]
            # A word without a difference is still the one that the layer guesses.
            is_read = np.isfinite(values) if shown.ids is None else shown.ids[:, part] >= 0
            middle = field.left() + layout.width / 2
            for color in (Qt.GlobalColor.white, Qt.GlobalColor.black):
                painter.setPen(QColor(color))
                in_color = is_white == (color == Qt.GlobalColor.white)
                for layer, nth in np.argwhere(is_read & in_color).tolist():
                    text, advance = words.fit(shown.word(layer, here[nth]))
                    row = layout.shape[0] - layer - 0.5
                    x = middle + nth * layout.width - advance / 2
                    painter.drawText(
                        QPointF(x, field.top() + row * layout.height + words.fall), text
                    )
        self._paint_marks(painter, layout, shown)

    def _role_for(self, layout: LayersLayout) -> FontRole:
        """Choose the letters' size: smaller ones in low rows and narrow columns."""
        control = self.theme.metrics("control")
        low = layout.height < text_height(control) + 4
        return "small" if low or self._is_narrow(layout) else "control"

    def _name_size(self, layout: LayersLayout) -> FontRole:
        """Write the names no larger than the words above them."""
        return "small" if self._is_narrow(layout) else "control"

    def _is_narrow(self, layout: LayersLayout) -> bool:
        return layout.width < self.theme.pixels(NAME_ROOM) + 12

    def _paint_marks(self, painter: QPainter, layout: LayersLayout, shown: LensCells) -> None:
        """Fold down a corner of every cell whose word is another than it was."""
        if shown.changed is None:
            return
        side = min(self.theme.pixels(_LARGEST_MARK), layout.width / 2, layout.height / 1.6)
        painter.setPen(QPen(self.theme.color("card"), 1 if side >= 4 else 0))
        painter.setBrush(self.theme.color("difference_high"))
        for column in layout.columns:
            for layer in np.flatnonzero(shown.changed[:, column]).tolist():
                corner = layout.cell_rect(layer, column).topRight()
                down, across = QPointF(0, side), QPointF(side, 0)
                painter.drawPolygon(QPolygonF([corner - across, corner, corner + down]))

    # --- pointer and keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl; else the bands are scrolled."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(notches(event))
            event.accept()
        else:
            event.ignore()
