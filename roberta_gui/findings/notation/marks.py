"""The values that pictures are drawn from: rows, cells, lines and bars, with their words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.numbers import written
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.records import FloatArray

About = TypeVar("About")
Row = TypeVar("Row")


class Rows(Sequence[Row]):
    """As many rows as a whole vocabulary has: each is made when somebody looks at it."""

    def __init__(self, n: int, made: Callable[[int], Row]) -> None:
        self._nths, self._row = range(n), made

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._nths)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, at: int | slice) -> Row | tuple[Row, ...]:
        """Make a row, or some."""
        nth = self._nths[at]
        return self._row(nth) if isinstance(nth, int) else tuple(map(self._row, nth))


@dataclass(frozen=True, eq=False)
class LayerValues:
    """Values of every layer, float32 (layer + 1, column), nan for none, and what is said of them.

    ``labels`` name the columns, ``tip`` is what hovering a (layer, column) says, ``number`` writes
    a value into its cell. ``signed`` values have zero in the middle of another colour map; where
    ``small_is_strong`` the lowest get the strongest colour. ``hatched`` columns have nothing to be
    compared with.
    """

    values: FloatArray
    labels: tuple[AxisLabel, ...]
    scale: ColourScale
    tip: Callable[[int, int], str]
    signed: bool = False
    number: Callable[[float], str] = written
    small_is_strong: bool = False
    hatched: tuple[int, ...] = ()


_NOTHING = ColourScale(0.0, 1.0)

NO_VALUES = LayerValues(
    np.zeros((0, 0), dtype=np.float32), (), _NOTHING, lambda _layer, _column: ""
)


@dataclass(frozen=True, eq=False)
class LensCells(LayerValues):
    """Values, in a ``unit``, that tint the cells, and the words that are written into them.

    ``word`` stands in a (layer, column); "" where nothing is known yet. ``changed``, bool (layer +
    1, column), gives cells a mark in their corner. Equal ``ids``, int64 (layer + 1, column), have
    the same word; None where nobody knows.
    """

    word: Callable[[int, int], str] = lambda _layer, _column: ""
    unit: str = ""
    changed: NDArray[np.bool_] | None = None
    ids: NDArray[np.int64] | None = None


@dataclass(frozen=True, eq=False)
class Cells:
    """What a map of layers against layers shows, float (row, column), nan where not known.

    Beside the names of ``rows`` and ``columns`` stand titles, where whose layers they are needs
    saying. ``tip`` is what hovering a cell says, ``spoken`` what a screen reader does. Values that
    ``are_bounds``, upper ones, are written as such or not at all; where ``small_is_strong``, small
    ones mean alike.
    """

    values: FloatArray
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    scale: ColourScale
    tip: Callable[[int, int], str]
    spoken: Callable[[int, int], str]
    small_is_strong: bool = False
    row_title: str = ""
    column_title: str = ""
    are_bounds: bool = False


NO_CELLS = Cells(np.zeros((0, 0)), (), (), _NOTHING, NO_VALUES.tip, NO_VALUES.tip)


@dataclass(frozen=True, eq=False)
class StepChanges:
    """What the bars show: how much changes in each step, float (step,), measured as ``unit``.

    ``half_width``, float (step,), is half the 95 % interval; nan where it is not known. The steps
    lie between ``layers``, one more than there are steps; ``tip`` is what hovering a bar says.
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
    and the first baseline is tinted. A ``bridged`` line goes on over gaps.
    """

    name: str
    values: FloatArray
    color: int | None = None
    filled: bool = False
    dashed: bool = False
    bridged: bool = False


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
    ``place``, ``number`` and ``change`` are written instead of the row, the percentage and
    the bits by which it is likelier than that; ``short`` instead of ``number`` where the words
    would have no room beside it.
    """

    word: str
    probability: float
    tip: str
    before: float | None = None
    is_writable: bool = True
    place: str = ""
    number: str = ""
    change: str = ""
    short: str = ""


def headed(
    rows: Iterable[tuple[str, Guess, About]],
) -> tuple[tuple[Guess, ...], tuple[About | None, ...]]:
    """Put a heading above the rows of each part; with them comes what each is about."""
    found, about, before = list[Guess](), list[About | None](), ""
    for part, row, one in rows:
        if part != before:
            before = part
            found.append(Guess("", 0.0, part, place=part))
            about.append(None)
        found.append(row)
        about.append(one)
    return tuple(found), tuple(about)
