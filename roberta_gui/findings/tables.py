"""Numbers behind a picture: tables that become CSV, and named arrays."""

import csv
import io
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from roberta_gui.extras import need
from roberta_gui.findings.notation.glyphs import printable
from roberta_gui.findings.notation.names import layer_names, token_name
from roberta_gui.records import Head, TextRow, Token
from roberta_gui.records.notebook import frame
from roberta_gui.whole_file import whole_file

if TYPE_CHECKING:
    import pandas

CELLS_A_STEP = 20_000
"""Between two looks at whether something more urgent waits: about 20 ms."""


@dataclass(frozen=True)
class TableRows:
    """Rows that ``make`` makes anew each time they are walked: none is kept."""

    make: Callable[[], Iterator[Sequence[object]]]

    def __iter__(self) -> Iterator[Sequence[object]]:
        return self.make()


@dataclass(frozen=True)
class Table:
    """Numbers behind a picture: column names, and rows that are made when they are needed.

    That may be on the worker's thread: what the rows are made from must not change any more.
    """

    columns: Sequence[str]
    rows: Iterable[Sequence[object]]

    def __post_init__(self) -> None:
        if isinstance(self.rows, Iterator):  # the second who asks would get an empty table
            raise TypeError("The rows of a table are walked more than once: give TableRows.")

    def to_csv(self) -> str:
        """Return the table as CSV, see `csv_steps`."""
        text = io.StringIO()
        for _ in self.csv_steps(text):
            pass
        return text.getvalue()

    def to_frame(self) -> "pandas.DataFrame":
        """Return a pandas DataFrame, text as it is; `problems.MissingPackage` without pandas."""
        return frame(self.columns, self.rows)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write a Parquet file, whole or not at all; `problems.MissingPackage` without pyarrow."""
        arrow, parquet = need("pyarrow", "parquet"), need("pyarrow.parquet", "parquet")
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        content = {name: [row[name] for row in rows] for name in self.columns}
        with whole_file(Path(path)) as file:
            parquet.write_table(arrow.table(content), file)

    def csv_steps(self, text: TextIO) -> Iterator[None]:
        """Write the table as CSV (RFC 4180), floats to the last digit, some rows a step.

        Of text, what no document can hold is written as its glyph.
        """
        writer = csv.writer(text)
        writer.writerow(self.columns)
        n_cells = 0
        for row in self.rows:
            writer.writerow([printable(cell) if isinstance(cell, str) else cell for cell in row])
            n_cells += len(row)
            if n_cells >= CELLS_A_STEP:
                n_cells = 0
                yield


def table(rows: Iterable[TextRow]) -> Table:
    """Table what `Engine.table` tells of many texts: a row each, the best guess at every mask."""
    known = tuple(rows)
    has_bits = any(row.bits is not None for row in known)
    n_masks = max((len(row.guesses or ()) for row in known), default=0)
    columns = ["text", "n_tokens", "dropped_tokens", *("bits", "n_scored") * has_bits]
    for mask in range(1, n_masks + 1):
        columns += [f"guess_{mask}", f"probability_{mask}"]

    def cells(row: TextRow) -> tuple[object, ...]:
        best = [fill.candidates[0] for fill in row.guesses or ()]
        guesses = [cell for one in best for cell in (one.text, one.probability)]
        none = [None] * (2 * n_masks - len(guesses))
        bits = (row.bits, row.n_scored) * has_bits
        return row.text, row.n_tokens, row.dropped_tokens, *bits, *guesses, *none

    return Table(tuple(columns), [cells(row) for row in known])


def aligned(table: Table) -> str:
    """Write a table in columns, numbers to the right."""
    rows = [tuple(table.columns), *(tuple(map(_cell, row)) for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    kinds = [all(_is_number(cell) for cell in column[1:]) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(row, widths, kinds, strict=True)
        ).rstrip()
        for row in rows
    )
    return "".join(f"{line}\n" for line in lines)


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _is_number(cell: str) -> bool:
    return cell == "–" or cell.lstrip("-").replace(".", "", 1).replace("e-", "").isdecimal()


Axis: TypeAlias = Mapping[str, Sequence[object]]
"""The columns that name the places on an axis of arrays."""


def grid(
    axes: Sequence[Axis],
    columns: Mapping[str, NDArray[Any]],
    known: NDArray[np.bool_] | None = None,
    unknown: object = float("nan"),
) -> Table:
    """Table arrays of one shape, a row a cell: where it lies on each axis, then its values.

    Only ``known`` cells have a row; ``unknown`` stands for nan.
    """
    cells = np.ones(next(iter(columns.values())).shape, dtype=bool) if known is None else known

    def rows() -> Iterator[tuple[object, ...]]:
        for at in zip(*np.nonzero(cells), strict=True):
            where = (axis[name][i] for axis, i in zip(axes, at, strict=True) for name in axis)
            values = (array[at].item() for array in columns.values())
            yield *where, *(value if value == value else unknown for value in values)

    return Table((*(name for axis in axes for name in axis), *columns), TableRows(rows))


def layers_and_tokens(n_layers: int, tokens: Sequence[Token]) -> tuple[Axis, Axis]:
    """Name the axes of arrays (layer + 1, token) for `grid`."""
    names = [token_name(token) for token in tokens]
    return {"layer": layer_names(n_layers)}, {"token_index": range(len(tokens)), "token": names}


def layers_and_heads(values: NDArray[Any]) -> tuple[Axis, Axis]:
    """Name the axes of arrays (layer, head, …) for `grid`, counted from 1."""
    n_layers, n_heads = values.shape[:2]
    return {"layer": range(1, n_layers + 1)}, {"head": range(1, n_heads + 1)}


def as_mask(heads: Iterable[Head], values: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark some heads among those of arrays (layer, head, …): bool (layer, head)."""
    marked = np.zeros(values.shape[:2], dtype=bool)
    for head in heads:
        marked[head] = True
    return marked


Arrays: TypeAlias = Mapping[str, NDArray[Any]]
"""Arrays behind a picture, by name."""


def ids_of(tokens: Sequence[Token]) -> NDArray[np.int64]:
    """Return the tokens' rows of the vocabulary, (token,), as arrays hand them out."""
    return np.array([token.id for token in tokens], dtype=np.int64)
