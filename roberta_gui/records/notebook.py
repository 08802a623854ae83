"""How records are shown in notebooks: as HTML, and as pandas DataFrames."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from roberta_gui.extras import need

if TYPE_CHECKING:
    import pandas

Word = tuple[str, bool]
"""A readable text, and whether a space leads it."""

# No colours: borders and text take those of the notebook, light or dark.
_TOKEN = "border:1px solid;border-radius:4px;padding:0 4px;margin:1px;display:inline-block"
_CELL = "text-align:left;white-space:pre"


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
