"""Tables of labelled texts: CSV, TSV, Parquet, and CoNLL with a word a line."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from roberta_gui import problems
from roberta_gui.extras import need
from roberta_gui.outside import read_bytes, reading, require_regular
from roberta_gui.records.finetuning import CONLL
from roberta_gui.wording import counted, on_one_line

_LARGEST = 1_000_000_000  # bytes; the largest task of GLUE takes 80 MB
MOST_CELLS = 100_000_000  # equal ones take next to no bytes


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under named columns; ``name`` is the file's, to be read."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notices: tuple[str, ...] = ()  # what was left out, in whole sentences


def read_table(path: Path) -> Table:
    """Read a table by what its name ends with; of lines that begin with ``# `` the first are notes.

    CSV is quoted as spreadsheets do it; in TSV a quotation mark is a letter like any other, as in
    the files of GLUE. CoNLL has a word a line with its columns between blanks or tabs and an empty
    line after each sentence; its columns are called 1, 2, …, and a row holds a sentence, joined
    by spaces. Raises `problems.BadArgument` for what is no such table, or has no rows, and
    `problems.MissingPackage` for Parquet without pyarrow.
    """
    ends = path.suffix.lower()
    name = on_one_line(path.name)
    hint = "CSV, TSV, Parquet and CoNLL can be read, as UTF-8, with the columns' names on top."
    with reading(name, hint, problems.BadArgument, "cannot be read as a table"):
        if ends in (".parquet", ".pq"):
            columns, rows = _parquet(path)
        else:
            text = read_bytes(path, _LARGEST).decode("utf-8-sig")
            columns, rows = _conll(text) if ends in CONLL else _separated(text, ends)
        fitting = tuple(row for row in rows if len(row) == len(columns))
    if not fitting:
        raise problems.BadArgument(f"{name} has no rows.", hint)
    odd = len(rows) - len(fitting)
    told = f"{counted(odd, 'row')} of {name} had too many or too few columns: left out."
    return Table(name, columns, fitting, (told,) if odd else ())


def _separated(text: str, ends: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    lines = io.StringIO(text, newline="")
    begin = 0
    while lines.readline().startswith("# "):
        begin = lines.tell()
    lines.seek(begin)
    if ends in (".tsv", ".tab"):
        read = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        read = csv.reader(lines, strict=True)
    columns = tuple(next(read, ()))
    return columns, [tuple(row) for row in read if row]


def _parquet(path: Path) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    parquet = need("pyarrow.parquet", "parquet")
    require_regular(path)
    with parquet.ParquetFile(path) as file:
        about = file.metadata
        groups = map(about.row_group, range(about.num_row_groups))
        if sum(group.total_byte_size for group in groups) > _LARGEST:
            raise ValueError(f"unpacked it is larger than {_LARGEST / 1e6:g} MB")
        if about.num_rows * about.num_columns > MOST_CELLS:
            raise ValueError(f"it has more than {MOST_CELLS:,} cells")
        table = file.read()
    values = [[_written(value) for value in column.to_pylist()] for column in table.columns]
    return tuple(table.column_names), list(zip(*values, strict=True))


def _written(value: object) -> str:
    """Write a cell as CSV would; a list of words or labels with spaces between."""
    if isinstance(value, list):
        return " ".join(map(_written, value))
    return "" if value is None else str(value)


def _conll(text: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    sentences = [list(words) for words in _sentences(text.splitlines())]
    width = max((len(word) for words in sentences for word in words), default=0)
    rows = [
        tuple(" ".join(column) for column in zip(*words, strict=True))
        if {len(word) for word in words} == {width}
        else ()
        for words in sentences
    ]
    return tuple(str(place) for place in range(1, width + 1)), rows


def _sentences(lines: Iterable[str]) -> Iterator[Iterable[list[str]]]:
    """Cut at empty lines; notes, and marks where a document begins, are none of the text."""
    words: list[list[str]] = []
    for line in (*lines, ""):
        if line.strip() and not line.startswith(("# ", "-DOCSTART-")):
            words.append(line.split())
        elif words and not line.strip():
            yield words
            words = []
