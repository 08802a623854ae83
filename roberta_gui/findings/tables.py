"""Numbers behind a picture: tables that become CSV, and named arrays."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from roberta_gui.findings.glyphs import printable
from roberta_gui.records import Token
from roberta_gui.records.notebook import frame

if TYPE_CHECKING:
    import pandas

CELLS_A_STEP = 20_000
"""Of a table, between two looks at whether something more urgent waits: about 20 ms."""


@dataclass(frozen=True)
class Table:
    """Numbers behind a picture: column names, and rows that are made when they are needed.

    That may be on the worker's thread: what the rows are made from must not change any more.
    """

    columns: Sequence[str]
    rows: Iterable[Sequence[object]]

    def to_csv(self) -> str:
        """Return the table as CSV, see :meth:`csv_steps`."""
        text = io.StringIO()
        for _ in self.csv_steps(text):
            pass
        return text.getvalue()

    def to_frame(self) -> "pandas.DataFrame":
        """Return the table as a pandas DataFrame, text as it is.

        Raises
        ------
        problems.MissingPackage
            pandas is not installed.
        """
        return frame(self.columns, self.rows)

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


Arrays: TypeAlias = Mapping[str, NDArray[Any]]
"""Arrays behind a picture, by name."""


def ids_of(tokens: Sequence[Token]) -> NDArray[np.int64]:
    """Return the tokens' rows of the vocabulary, (token,), as arrays hand them out."""
    return np.array([token.id for token in tokens], dtype=np.int64)
