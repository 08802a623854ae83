"""How a sentence is broken into bands, each as wide as the room: pure geometry, pixels."""

import math
from dataclasses import dataclass


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
