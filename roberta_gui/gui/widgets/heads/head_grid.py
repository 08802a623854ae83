"""HeadGrid: every head's attention as a thumbnail, all of them in one image."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from roberta_gui.findings.notation.names import head_name
from roberta_gui.gui.widgets.colours.legend import Legend
from roberta_gui.gui.widgets.colours.raster import coloured, ramp_of, strongest
from roberta_gui.gui.widgets.heads.head_cells import HeadCells
from roberta_gui.gui.widgets.heads.head_layout import GAP, HeadLayout
from roberta_gui.gui.widgets.painting.drawing import letters
from roberta_gui.records import FloatArray, Head

_BAR = 4
"""Height of the bar of shares under a thumbnail."""

_WIDEST_BAR = 60

_SMALLEST = 20
"""Side of the thumbnails in a grid with bars where there is too little room for it."""


class HeadGrid(HeadCells):
    """Layers up and heads across, or a flow of heads in an order with a value under each.

    Under each thumbnail there can be a bar of shares, explained by a legend at the top.
    """

    def __init__(self) -> None:
        super().__init__("All heads", narrowest=160, wanted=(340, 320))
        self._places: NDArray[np.uint8] = np.zeros((0, 0), dtype=np.uint8)
        self._signed = False
        self._pooled: tuple[object, QImage] | None = None
        self._shape = (0, 0)
        self._order: tuple[Head, ...] = ()
        self._values: Mapping[Head, str] = {}
        self._shares: FloatArray | None = None
        self._names: tuple[str, ...] = ()

    def set_thumbnails(self, places: NDArray[np.uint8], *, signed: bool = False) -> None:
        """Show uint8 (layer, head, query, key) rows of the colour map, of the signed one if so."""
        n_layers, n_heads, rows, columns = places.shape
        self._shape, self._signed, self._pooled = (n_layers, n_heads), signed, None
        self._places = places.transpose(0, 2, 1, 3).reshape(n_layers * rows, n_heads * columns)
        self.repaint_picture()

    def set_order(self, order: Sequence[Head], values: Mapping[Head, str]) -> None:
        """Let the heads flow in this order, each with its value; without any, they are a grid."""
        if (tuple(order), dict(values)) != (self._order, self._values):
            self._order, self._values = tuple(order), dict(values)
            self.repaint_picture()

    def set_values(self, values: Mapping[Head, str]) -> None:
        """Write other values under the heads of a flow, each where it is; a grid has none."""
        if self._order:
            self.set_order(self._order, values)

    def set_shares(self, shares: FloatArray | None, names: Sequence[str] = ()) -> None:
        """Draw float (layer, head, share) as a bar under each thumbnail; None draws none.

        Shares sum to 1; the last one, whatever else there is, has no colour of its own.
        """
        if shares is not self._shares:
            self._shares, self._names = shares, tuple(names)
            self.repaint_picture()

    # --- geometry

    def height_for(self, room: QSize) -> int:
        """Return the height that all heads need in a room; a grid without bars takes any."""
        if self._order:
            return math.ceil(self._flow(QSizeF(room)).height)
        if self._shares is None:
            return 0
        row = _SMALLEST + GAP + self._bar_room()
        return math.ceil(self._above(room.width()) + self._shape[0] * row + 2)

    def arrange(self) -> HeadLayout:
        """Put the heads into a grid, or into their order."""
        if self._order:
            return self._flow(QSizeF(self.size()))
        left = self.theme.metrics("small_number").horizontalAdvance("88") + 8.0
        top = self._above(self.width())
        return HeadLayout.grid(
            QSizeF(self.size()), self._shape, QPointF(left, top), self._bar_room()
        )

    def _above(self, width: float) -> float:
        """Return the room above a grid: the legend and the numbers of the heads."""
        metrics = self.theme.metrics("small_number")
        return self._legend_room(width) + metrics.height() + 2.0

    def _flow(self, room: QSizeF) -> HeadLayout:
        metrics = self.theme.metrics("small_number", bold=True)
        texts = {*map(head_name, self._order), *self._values.values()}
        widest = self.theme.widest(texts, "small_number", bold=True)
        below = self._bar_room() + 2 * metrics.height() + 2
        top = self._legend_room(room.width()) + 2
        return HeadLayout.flow(room, self._order, top, widest, below)

    def _bar_room(self) -> float:
        return 0.0 if self._shares is None else _BAR + 2.0

    def _legend_room(self, width: float) -> float:
        return 0.0 if self._shares is None else Legend(self._names, width - 8).height + 4

    # --- painting

    def paint_cells(self, painter: QPainter, layout: HeadLayout) -> None:
        """Draw all thumbnails with their bars, and in a flow their names and values."""
        ratio = painter.device().devicePixelRatioF()
        n_pixels = self._n_pixels(layout, ratio)
        image = self._image_of(n_pixels)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setPen(QPen(self.theme.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for layer, head in layout.heads:
            place = layout.rect((layer, head))
            # A copy, not a source rectangle: Qt's SVG writer leaves source rectangles out.
            part = image.copy(head * n_pixels, layer * n_pixels, n_pixels, n_pixels)
            painter.drawImage(place, part)
            painter.drawRect(place)
        if self._shares is not None:
            self._paint_shares(painter, layout, self._shares)
        if not layout.is_grid:
            self._paint_values(painter, layout)

    @property
    def n_pixels(self) -> int:
        """How many pixels a head is drawn with at each side on the screen."""
        return self.n_pixels_at(self.devicePixelRatioF())

    def n_pixels_at(self, ratio: float) -> int:
        """Return the same where so many pixels are drawn for one of Qt's, as in a file."""
        return self._n_pixels(self.layout_now(), ratio)

    def _n_pixels(self, layout: HeadLayout, ratio: float) -> int:
        side: int = self._places.shape[1] // max(self._shape[1], 1)
        return max(1, min(side, int(layout.cell.width() * ratio)))

    def _image_of(self, n_pixels: int) -> QImage:
        """Colour all heads, each shrunk to so many pixels a side: the strongest of several."""
        looks = n_pixels, self.theme
        if self._pooled is None or self._pooled[0] != looks:
            # Both signs are told from the middle, which is between two places.
            middle = 127.5 if self._signed else 0.0
            values = self._places.astype(np.float32) - middle
            for n in self._shape:  # rows of layers, then, turned, columns of heads
                side = len(values) // n
                inside = np.linspace(0, side, n_pixels, endpoint=False).astype(np.intp)
                starts = (np.arange(n)[:, None] * side + inside).ravel()
                values = strongest(values, starts).T
            places = (values + middle).astype(np.uint8, order="C")
            self._pooled = looks, coloured(ramp_of(signed=self._signed), places)
        return self._pooled[1]

    def _paint_shares(self, painter: QPainter, layout: HeadLayout, shares: FloatArray) -> None:
        colors = [self.theme.categorical(nth) for nth in range(len(self._names) - 1)]
        colors.append(self.theme.color("backdrop", 0.35))
        legend = Legend(self._names, self.width() - 8)
        legend.paint_squares(painter, 4, 2, [[color] for color in colors])
        # As wide as the column lets it be: shares are told apart by their widths.
        width = max(layout.cell.width(), min(layout.pitch.width() - GAP, _WIDEST_BAR))
        for head in layout.heads:
            place = layout.rect(head)
            left = place.center().x() - width / 2
            for share, color in zip(shares[head].tolist(), colors, strict=True):
                painter.fillRect(QRectF(left, place.bottom() + 2, share * width, _BAR), color)
                left += share * width

    def _paint_values(self, painter: QPainter, layout: HeadLayout) -> None:
        for head in layout.heads:
            place = layout.rect(head)
            y = place.bottom() + self._bar_room()
            lines = (head_name(head), "text", True), (self._values[head], "muted", False)
            for text, role, bold in lines:
                metrics = letters(painter, "small_number", role, bold=bold)
                x = place.center().x() - metrics.horizontalAdvance(text) / 2
                painter.drawText(QPointF(x, y + metrics.ascent()), text)
                y += metrics.height()
