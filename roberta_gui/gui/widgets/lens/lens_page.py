"""What the lens takes on the screen and on paper: its words' sizes, its colour bar, a page."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from roberta_gui.findings.notation.marks import NO_VALUES, LayerValues, LensCells
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.colours.colour_bar import paint_colour_bar
from roberta_gui.gui.widgets.colours.raster import ramp_of
from roberta_gui.gui.widgets.layers.layer_heatmap import LARGEST_CELL, left_of_cells
from roberta_gui.gui.widgets.lens.lens_band import (
    NAME_ROOM,
    TOP,
    LensBand,
    text_height,
)
from roberta_gui.gui.widgets.painting.drawing import saved
from roberta_gui.gui.widgets.painting.figure import Figure

WIDEST_WORD = 70
"""Pixels that a column takes for its words at most, unless there is room, at a zoom of 1."""

WIDEST_PRINTED = 90
"""The same on paper, which has room."""

PRINTED_SPAN, PRINTED_BANDS = 30, 5
PRINTED_ROW = 20

_BESIDE_BAR = 32


@dataclass(frozen=True)
class Measures:
    """The sizes that words ask for, in pixels."""

    wanted: float  # width of a column in which most words stand whole
    least: float  # no column is narrower, unless somebody zooms out,
    widest: float  # and none is wider
    lowest: float  # height of a row into which a line of text just fits,
    easy: float  # that is easy to read,
    tallest: float  # and at most
    below: float  # what a band takes besides its rows: the names under them, and a gap


@dataclass(frozen=True)
class Bands:
    """A sentence in bands below each other, every one with all layers of ``span`` columns.

    ``cell`` and ``row`` are the width of a column and the height of a layer, ``height`` is a
    whole band's.
    """

    n_columns: int
    span: int
    cell: float
    row: float
    height: float

    @classmethod
    def fit(
        cls,
        shape: tuple[int, int],
        room: tuple[float, float],
        measures: Measures,
        span: int | None = None,
    ) -> "Bands":
        """Break (layer, column) values for a room of some width and height.

        One band if its columns are not too narrow, else as few as leave most words whole, or
        ``span`` columns in each. Where rows have too little height bands are higher than the room.
        """
        n_layers, n_columns = max(shape[0], 1), max(shape[1], 1)
        width, height = max(room[0], 1.0), room[1]
        if span is None:
            span = n_columns
            if n_columns * measures.least > width:
                span = max(int(width / measures.wanted), 1)
                span = math.ceil(n_columns / math.ceil(n_columns / span))
        span = min(max(span, 1), n_columns)
        cell = min(width / span, measures.widest)
        if cell >= 8:
            cell = float(math.floor(cell))  # whole pixels, so that bands stand exactly in line
        n_bands = math.ceil(n_columns / span)
        all_seen = math.floor((height / n_bands - measures.below) / n_layers)
        one_seen = math.floor((height - measures.below) / n_layers)
        readable = min(max(one_seen, measures.lowest), measures.easy)
        row = float(min(max(all_seen, readable), measures.tallest))
        band = n_layers * row + measures.below
        n_seen = math.floor(height / band)
        if 0 < n_seen < n_bands and height / n_seen < 1.2 * band:
            band = height / n_seen  # whole bands in sight, no sliver of the next one
        return cls(n_columns, span, cell, row, band)

    @property
    def n_bands(self) -> int:
        """How many bands there are."""
        return math.ceil(self.n_columns / self.span)

    @property
    def total(self) -> int:
        """The height of all bands."""
        return math.ceil(self.n_bands * self.height)

    def columns(self, band: int) -> range:
        """Return the columns of a band."""
        return range(band * self.span, min((band + 1) * self.span, self.n_columns))

    def band_of(self, column: int) -> int:
        """Return the band in which a column stands."""
        return min(column // self.span, self.n_bands - 1)

    def seen(self, top: float, bottom: float) -> range:
        """Return the columns of the bands that are mostly between two heights."""
        first = min(max(math.floor(top / self.height + 0.5), 0), self.n_bands - 1)
        last = min(max(math.ceil(bottom / self.height - 0.5) - 1, first), self.n_bands - 1)
        return range(self.columns(first).start, self.columns(last).stop)


def measures_for(shown: LayerValues) -> Measures:
    """Measure what the sentence's own words need: most guesses are those, or as long.

    Not the guesses themselves, which come one column after the other: columns must not jump.
    """
    theme = themes.current()
    metrics, small = (theme.metrics(role) for role in ("control", "small"))
    least, widest = theme.pixels(NAME_ROOM), theme.pixels(WIDEST_WORD)
    most = _enough_for((label.text for label in shown.labels), 6 / 7)
    lowest = math.ceil(text_height(small))
    wide, tall = (float(theme.pixels(side)) for side in LARGEST_CELL)
    return Measures(
        wanted=min(max(most, least), widest),
        least=least,
        widest=wide,
        lowest=lowest,
        easy=lowest + theme.pixels(4),
        tallest=tall,
        below=TOP + metrics.height() + theme.pixels(8),
    )


def _enough_for(texts: Iterable[str], share: float) -> float:
    """Return the width of a column in which a share of the words stand whole, 0 for none."""
    # Bold, as the names of masks and of what the pointer is on.
    advance = themes.current().metrics("control", bold=True).horizontalAdvance
    counted = Counter(texts)
    lengths = np.repeat([*map(advance, counted)], [*counted.values()])
    return float(np.quantile(lengths, share)) + 5 if lengths.size else 0.0


def bar_room(shown: LayerValues) -> float:
    """Return how much room the colour bar takes with its numbers and its unit."""
    texts = (*shown.scale.labels(), shown.unit if isinstance(shown, LensCells) else "")
    return _BESIDE_BAR + themes.current().widest(texts, "small_number")


class LensBar(Figure[None]):
    """The colour bar of all bands, which stays when they are scrolled.

    Painted by hand: pyqtgraph's colour bar belongs to an image, and these cells are words.
    """

    def __init__(self) -> None:
        super().__init__("Colours")
        self._shown: LayerValues = NO_VALUES
        self._bottom = 0.0

    def set_values(self, shown: LayerValues, bottom: float) -> None:
        """Explain other colours; the bar stands on ``bottom``."""
        self._shown, self._bottom = shown, bottom
        self.setFixedWidth(math.ceil(bar_room(shown)))
        self.repaint_picture()

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the bar."""
        if self._shown.values.size:
            height = min(self._bottom, self.height() - 4.0) - TOP
            paint_bar(painter, QRectF(-8, TOP, 0, max(height, 8.0)), self._shown)


def paint_bar(painter: QPainter, field: QRectF, shown: LayerValues) -> None:
    """Draw the colour bar of ``shown`` to the right of ``field``."""
    unit = shown.unit if isinstance(shown, LensCells) else ""
    ramp = ramp_of(signed=shown.signed, small_is_strong=shown.small_is_strong)
    paint_colour_bar(painter, field, shown.scale, ramp, unit)


class PrintedLens(QWidget):
    """The lens on a page: bands of ``PRINTED_SPAN`` tokens, all or ``PRINTED_BANDS`` of them."""

    def __init__(
        self,
        shown: LayerValues,
        first: int,
        chosen: tuple[int | None, Sequence[int]],
        least: float,
    ) -> None:
        theme = themes.current()
        super().__init__()
        self._shown = shown
        n_layers, n_columns = shown.values.shape
        columns = printed_columns(n_columns, first)
        measures = measures_for(shown)
        if isinstance(shown, LensCells):
            texts = {shown.word(layer, each) for each in columns for layer in range(n_layers)}
            texts |= {shown.labels[each].text for each in columns}
            most = min(_enough_for(texts, 1.0), theme.pixels(WIDEST_PRINTED))
            measures = replace(measures, wanted=max(measures.least, most))
        beside = left_of_cells(n_layers) + bar_room(shown)
        span = math.ceil(len(columns) / max(math.ceil(len(columns) / PRINTED_SPAN), 1))
        width = max(span * measures.wanted, least - beside)
        row = theme.pixels(PRINTED_ROW)
        shape = (n_layers, max(len(columns), 1))
        n_bands = math.ceil(shape[1] / max(span, 1))
        high = n_bands * (n_layers * row + measures.below)
        self._bands = Bands.fit(shape, (width, high), measures, span)
        parts = map(self._bands.columns, range(self._bands.n_bands))
        self._placed = [self._band(columns[part.start : part.stop], chosen) for part in parts]
        self._right = left_of_cells(n_layers) + self._bands.cell * self._bands.span
        self.resize(QSize(math.ceil(self._right + bar_room(shown)), self._bands.total))

    def _band(self, columns: range, chosen: tuple[int | None, Sequence[int]]) -> LensBand:
        band = LensBand()
        band.setParent(self)
        band.set_values(self._shown)
        band.set_place(columns, self._bands.cell, self._bands.row)
        band.set_layer(chosen[0])
        band.set_selected(chosen[1])
        return band

    def paint(self, painter: QPainter) -> None:
        """Draw all bands, and the colour bar beside the first."""
        for nth, band in enumerate(self._placed):
            with saved(painter):
                painter.translate(QPointF(0, nth * self._bands.height))
                band.paint(painter)
        rows = self._bands.row * self._shown.values.shape[0]
        if self._shown.values.size:
            right = math.floor(self._right)
            paint_bar(painter, QRectF(right, TOP, 0, rows), self._shown)


def printed_columns(n_columns: int, first: int) -> range:
    """Say which columns a page shows: all, or as many as it holds, beginning near ``first``."""
    most = PRINTED_SPAN * PRINTED_BANDS
    start = min(max(first, 0), max(n_columns - most, 0))
    return range(start, min(start + most, n_columns))
