"""The values that pictures are drawn from: rows, cells, lines and bars, with their words."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.findings.names import AxisLabel
from roberta_gui.findings.numbers import hundredths
from roberta_gui.findings.scales import ColourScale
from roberta_gui.records import FloatArray


@dataclass(frozen=True, eq=False)
class LayerValues:
    """Values of every layer, with all that is said about them.

    Attributes
    ----------
    values
        float32 (layer + 1, column); where there is none: nan.
    labels
        A name for each column.
    scale
        Which values get the ends of the colour map.
    tip
        What hovering a (layer, column) says.
    signed
        Values of either sign, zero in the middle of the scale: another colour map.
    number
        How a value is written into its cell.
    small_is_strong
        The lowest values get the strongest colour.
    hatched
        Columns that have nothing to be compared with.
    """

    values: FloatArray
    labels: tuple[AxisLabel, ...]
    scale: ColourScale
    tip: Callable[[int, int], str]
    signed: bool = False
    number: Callable[[float], str] = hundredths
    small_is_strong: bool = False
    hatched: tuple[int, ...] = ()


NO_VALUES = LayerValues(
    np.zeros((0, 0), dtype=np.float32), (), ColourScale(0.0, 1.0), lambda _layer, _column: ""
)


@dataclass(frozen=True, eq=False)
class LensCells(LayerValues):
    """Values that tint the cells, and the words that are written into them.

    Attributes
    ----------
    word
        What stands in a (layer, column); "" where nothing is known yet.
    unit
        What the values are, for the colour bar.
    changed
        bool (layer + 1, column): the cells that get a mark in their corner, None for none.
    ids
        int64 (layer + 1, column): equal ones have the same ``word``; None where nobody knows.
    """

    word: Callable[[int, int], str] = lambda _layer, _column: ""
    unit: str = ""
    changed: NDArray[np.bool_] | None = None
    ids: NDArray[np.int64] | None = None


@dataclass(frozen=True, eq=False)
class Cells:
    """What the map shows.

    Attributes
    ----------
    values
        float (row, column); cells that are not known are nan.
    rows, columns
        Names of the layers on both axes.
    scale
        Which values get the ends of the colour map.
    tip
        What hovering a cell says.
    told
        What a screen reader says of a cell.
    small_is_strong
        Small values get the strong end, because they mean alike.
    row_title, column_title
        Whose layers they are, where that needs saying.
    are_bounds
        The values are upper bounds, and written as such or not at all.
    """

    values: FloatArray
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    scale: ColourScale
    tip: Callable[[int, int], str]
    told: Callable[[int, int], str]
    small_is_strong: bool = False
    row_title: str = ""
    column_title: str = ""
    are_bounds: bool = False


NO_CELLS = Cells(
    np.zeros((0, 0)), (), (), ColourScale(0.0, 1.0), lambda _row, _column: "",
    lambda _row, _column: "",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class StepChanges:
    """What the bars show.

    Attributes
    ----------
    changes
        float (step,): how much changes; 0 is nothing.
    half_width
        float (step,): half the 95 % interval; nan where it is not known.
    layers
        Names of the layers that the steps lie between, one more than there are steps.
    unit
        What a change is measured as.
    tip
        What hovering a bar says.
    """

    changes: FloatArray
    half_width: FloatArray
    layers: tuple[str, ...]
    unit: str
    tip: Callable[[int], str]


NO_CHANGES = StepChanges(np.zeros(0), np.zeros(0), (), "", lambda _step: "")


@dataclass(frozen=True, eq=False)
class Line:
    """One quantity: a value for each layer, nan where there is none.

    ``color`` is the number of a categorical colour; None makes the line a baseline, drawn grey
    and dashed, as those of B are in the colours of A's. With ``filled`` the room between the line
    and the first baseline is tinted.
    """

    name: str
    values: FloatArray
    color: int | None = None
    filled: bool = False
    dashed: bool = False


@dataclass(frozen=True)
class WordBar:
    """A word, its row in the vocabulary, and a value: to the left above 0, to the right below."""

    word: int
    name: str
    value: float
    tip: str


@dataclass(frozen=True)
class Guess:
    """One row: the word as it is written, its probability (0 to 1) and what hovering says.

    ``before`` is the probability that it is compared with, None where it is with none, nan where
    the word is none there; ``is_writable`` is False where no text gives this word in the sentence.
    """

    word: str
    probability: float
    tip: str
    before: float | None = None
    is_writable: bool = True
