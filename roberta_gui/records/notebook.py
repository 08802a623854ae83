"""How records are shown in notebooks: in a line or two, as HTML, and as pandas DataFrames."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from html import escape
from itertools import islice
from reprlib import Repr
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from roberta_gui.extras import need

if TYPE_CHECKING:
    import pandas

Word = tuple[str, bool]
"""A readable text, and whether a space leads it."""

# No colours: borders and text take those of the notebook, light or dark.
_TOKEN = "border:1px solid;border-radius:4px;padding:0 4px;margin:1px;display:inline-block"
_CELL = "text-align:left;white-space:pre"

_SHORT = Repr()
_SHORT.maxstring = 60
_NAMED = 3


class ShortRepr:
    """A record whose ``repr`` is a line or two: shapes instead of arrays, counts instead of items.

    Give ``repr=False`` to the dataclass, which would write a longer one of its own.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __repr__(self) -> str:
        shown = (one.name for one in fields(self) if one.repr)
        parts = (f"{name}={_in_short(getattr(self, name))}" for name in shown)
        return f"{type(self).__name__}({', '.join(parts)})"


def _in_short(value: object) -> str:
    """Write a field: what is long by its size, what has a name or a text by that."""
    if isinstance(value, np.ndarray):
        return f"<{value.dtype} {value.shape}>"
    if isinstance(value, Mapping):
        return f"<{len(value)}>"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return _items_in_short(value)
    if name := _name(value):
        return name
    return repr(value) if isinstance(value, ShortRepr) else _SHORT.repr(value)


def _items_in_short(items: Sequence[object]) -> str:
    """Write how many they are, and what the first ones are called; a pair as it is."""
    names = list(map(_name, islice(items, _NAMED)))
    if names and all(names):
        more = ["…"] * (len(items) > _NAMED)
        return f"<{len(items)}: {', '.join([*names, *more])}>"
    return _SHORT.repr(items) if len(items) == 2 else f"<{len(items)}>"


def _name(value: object) -> str:
    """Return the text of a request, a token or a word, or the name of a model; else ""."""
    names = (getattr(value, known, None) for known in ("text", "name"))
    return next((_SHORT.repr(name) for name in names if isinstance(name, str)), "")


def frame(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> "pandas.DataFrame":
    """Make a DataFrame of ``rows``; `problems.MissingPackage` without pandas."""
    made: pandas.DataFrame = need("pandas").DataFrame(list(rows), columns=list(columns))
    return made


def html_of(
    model: str, tokens: Sequence[Word], guesses: Mapping[int, Sequence[tuple[str, bool, float]]]
) -> str:
    """Show the tokens in a row, and below them the guesses at each mask, by its token."""
    shown = "".join(
        f'<span style="{_TOKEN}" title="token {index}">{_written(*token)}</span>'
        for index, token in enumerate(tokens)
    )
    listed = "".join(
        f"<tr><td>{index}</td><td>{rank}</td>"
        f'<td style="{_CELL}">{_written(text, space)}</td><td>{probability:.2%}</td></tr>'
        for index, words in guesses.items()
        for rank, (text, space, probability) in enumerate(words, start=1)
    )
    head = "<tr><th>token</th><th>rank</th><th>guess</th><th>probability</th></tr>"
    table = f"<table>{head}{listed}</table>" if listed else ""
    return f"<div>{shown}<div><small>{_written(model)}</small></div>{table}</div>"


def _written(text: str, leading_space: bool = False) -> str:
    """Write text for HTML, what has no picture as Python writes it: never markup of its own."""
    seen = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
    return escape("␣" * leading_space + seen)
