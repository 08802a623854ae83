"""Heatmap: a square matrix over tokens as one raster image, with its axes, strips and scale."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.numbers import written_change
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.widgets.colours.colour_bar import bar_room, paint_colour_bar
from roberta_gui.gui.widgets.heatmap.heatmap_labels import HeatmapLabels
from roberta_gui.gui.widgets.heatmap.margins import (
    HeatmapLayout,
    Margins,
    MarginTexts,
    paint_margins,
)
from roberta_gui.gui.widgets.painting.axis_label import COSINE, SINE
from roberta_gui.gui.widgets.painting.cell_layout import Zoom, fitted
from roberta_gui.gui.widgets.painting.cell_map import CellMap, CellOrToken, runs
from roberta_gui.gui.widgets.painting.spoken import Parts
from roberta_gui.records import FloatArray

_LARGEST_CELL = 56
_MARGIN = 14

Tip: TypeAlias = Callable[[int, int], str]
"""What hovering a (row, column) says."""


class Heatmap(CellMap[HeatmapLayout]):
    """Rows look from, columns are looked at; a token's name and strips tell of the token."""

    def __init__(self) -> None:
        super().__init__("Attention", narrowest=180, wanted=(520, 480))
        self._labels = HeatmapLabels(())
        self._room: tuple[object, float] | None = None
        self._margins: Margins | None = None
        self._alone: tuple[int, ...] = ()
        self._tip: Tip | None = None
        self._place = ""

    def set_matrix(
        self,
        matrix: FloatArray,
        labels: Sequence[AxisLabel],
        scale: ColourScale,
        *,
        signed: bool = False,
        margins: Margins | None = None,
        alone: Sequence[int] = (),
        tip: Tip | None = None,
    ) -> None:
        """Show float32 (row, column) values; both axes carry the same tokens.

        With ``signed`` the two sides of zero get colours of their own. The rows and columns
        ``alone``, which rise, are hatched: only A or B has such a token. A cell says ``tip``.
        """
        self._alone, self._tip, self._margins = tuple(alone), tip, margins
        self._labels, self._room = HeatmapLabels(labels), None
        self.show_values(matrix, scale, signed=signed)

    def set_place(self, text: str) -> None:
        """Choose what a tip says last: where in the pass the matrix is from, "" for nothing."""
        self._place = text
        self.setAccessibleDescription(text)

    # --- painting

    def layout_now(self) -> HeatmapLayout:
        """Return where everything is at the present size."""
        about = self.size(), self.theme
        if self._room is None or self._room[0] != about:
            # For the whole picture: while one zooms and pans, the cells must not move.
            whole = Zoom.whole(len(self._values))
            room = self._labels.room(lambda room: self._fit(room, whole))
            self._room = about, room
        return self._fit(self._room[1], self._zoom)

    def _fit(self, label: float, zoom: Zoom) -> HeatmapLayout:
        """Lay the picture out; what does not fit beside the strips' names goes below them.

        Where that leaves the cells too little, names are cut, strips and colour bar left out.
        """
        texts = None if self._margins is None else MarginTexts(self._margins)
        left, bar, margin = label, bar_room(self.scale), 0.0
        if texts is not None:
            left, bar = max(label, texts.least_left), max(bar, texts.least_right)
            margin = float(self.theme.pixels(_MARGIN))
        beyond = max(label * COSINE - 10, bar + margin)
        most = self.theme.pixels(_LARGEST_CELL) * zoom.span

        def lay_out(foot: float = 0.0) -> HeatmapLayout:
            around = QMarginsF(left + 8, label * SINE + 14, beyond, 6 + margin + foot)
            field = fitted(self.size(), around, QSizeF(most, most), square=True)
            shape = len(self._values), len(self._values)
            return HeatmapLayout(field, shape, zoom, margin=margin, foot=foot)

        layout = lay_out()
        if texts is not None and not texts.fit(layout, self.width()):
            layout = lay_out(texts.line)
        side = min(self.width(), self.height())
        if layout.field.width() >= min(side / 3, math.floor(most)):
            return layout
        # The cells keep their room where large text would take it: a tip and the caption tell.
        names = min(label, side / 3)
        around = QMarginsF(names + 8, names * SINE + 14, names * COSINE + 6, 6)
        field = fitted(self.size(), around, QSizeF(most, most), square=True)
        return HeatmapLayout(field, layout.shape, zoom, bare=True)

    def hatched(self, layout: HeatmapLayout) -> Iterable[QRectF]:
        """Return the rows and columns of tokens that only A or B has."""
        rects = layout.row_rect, layout.column_rect
        return [rect(first) | rect(last) for first, last in runs(self._alone) for rect in rects]

    def paint_beside(self, painter: QPainter, layout: HeatmapLayout) -> None:
        """Draw the strips and the colour bar."""
        if layout.bare:
            return
        if self._margins is not None:
            paint_margins(painter, layout, self._margins, self.ramp, self.devicePixelRatioF())
        beside = layout.field.adjusted(0, 0, layout.margin, 0)
        paint_colour_bar(painter, beside, self.scale, self.ramp)

    def outlines(self, layout: HeatmapLayout) -> Iterator[tuple[QRectF, str, float]]:
        """Outline locked rows."""
        for row in self._locked():
            mask = self._labels.labels[row].kind == "mask"
            yield layout.row_rect(row), "mask" if mask else "accent", 2
        yield from super().outlines(layout)

    def _locked(self) -> list[int]:
        return [row for row in self._selected if row < len(self._values)]

    def paint_names(self, painter: QPainter, layout: HeatmapLayout) -> None:
        """Write the names of rows and columns."""
        rows, columns = ({i for i in (place,) if i is not None} for place in self._hovered)
        self._labels.paint_rows(painter, layout, {*self._locked(), *rows})
        self._labels.paint_columns(painter, layout, columns, self.width())

    # --- pointer and keys

    def parts(self) -> Parts[CellOrToken]:
        """Return every row's strongest cell, and all cells of locked rows."""
        layout, n = self.layout_now(), len(self._values)
        strong = np.nan_to_num(np.abs(self._values)).argmax(axis=1).tolist() if n else []
        locked = [(row, column) for row in self._locked() for column in range(n)]

        def place(spot: CellOrToken) -> QRectF:
            return layout.cell_rect(*((spot, spot) if isinstance(spot, int) else spot))

        return list(dict.fromkeys([*enumerate(strong), *locked])), place

    def spot_at(self, point: QPointF) -> CellOrToken | None:
        """Return the cell under a point, or whose name or place in a strip is there."""
        layout = self.layout_now()
        cell = layout.cell_at(point)
        return layout.token_at(point) if cell is None else cell

    def describe(self, spot: CellOrToken) -> str:
        """Return what hovering says."""
        return self.tip_beside(spot) if isinstance(spot, int) else self.tip(*spot)

    def tip(self, row: int, column: int) -> str:
        """Return what hovering a cell says."""
        if self._tip is not None:
            return self._tip(row, column)
        start, end = self._labels.labels[row], self._labels.labels[column]
        value = self._number(float(self._values[row, column]))
        lines = [
            f"from {start.text} to {end.text}: {value}",
            f"tokens {start.token_numbers(row)} and {end.token_numbers(column)}",
            self._place,
        ]
        return "\n".join(line for line in lines if line)

    def tip_beside(self, row: int) -> str:
        """Return what hovering a token's name or its place in a strip says."""
        label, margins = self._labels.labels[row], self._margins
        lines = [label.text, f"token {label.token_numbers(row)}"]
        for each in () if margins is None else (margins.below, margins.beside):
            value = self._number(float(each.values[row]))
            lines.append(f"{each.name} {value}: {each.meaning}")
        return "\n".join(lines)

    def _number(self, value: float) -> str:
        return written_change(value, 4) if self._signed else f"{value:.4f}"
