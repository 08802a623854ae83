"""Two sentences side by side: how their rows are named, and what is said of them."""

from collections.abc import Sequence
from typing import NamedTuple

from roberta_gui.analysis.sentences.alignment import Alignment, Row
from roberta_gui.findings.names import AxisLabel, token_name
from roberta_gui.records import Analysis, Token
from roberta_gui.wording import counted

_ENDS = tuple(".!?…")
"""After one of these, and a closing quotation mark, no full stop stands."""


class Pair(NamedTuple):
    """Two passes through the same model, with the same heads switched on."""

    a: Analysis
    b: Analysis

    @property
    def is_same(self) -> bool:
        """Whether both sentences are the same tokens."""
        return [t.id for t in self.a.tokens] == [t.id for t in self.b.tokens]


def describe_second(pair: Pair) -> str:
    """Say, in a whole sentence, which sentence B is: its own last sign may end that."""
    text = pair.b.request.text.strip()
    return f"A is the sentence below, B: “{text}”{'' if text[-1:] in _ENDS else '.'}"


def row_name(row: Row, a: Sequence[Token], b: Sequence[Token]) -> str:
    """Name a row of an alignment: A's token and, where it is another one, B's."""
    at_a, at_b = row
    names = [token_name(side[at]) for side, at in ((a, at_a), (b, at_b)) if at is not None]
    if at_a is None or at_b is None:
        return f"{names[0]} ({'A' if at_b is None else 'B'})"
    return names[0] if a[at_a].id == b[at_b].id else " / ".join(names)


def row_label(row: Row, a: Sequence[Token], b: Sequence[Token]) -> AxisLabel:
    """Name a row on the axes of a picture."""
    tokens = [side[at] for side, at in ((a, row[0]), (b, row[1])) if at is not None]
    name = row_name(row, a, b)
    index = tokens[0].index
    if all(token.is_mask for token in tokens):
        return AxisLabel(name, "mask", index=index)
    special = all(token.is_special for token in tokens)
    return AxisLabel(name, "special" if special else "plain", index=index)


def rows_of(tokens: Sequence[int], alignment: Alignment) -> list[int]:
    """Find the rows of tokens of A."""
    place = {at_a: row for row, (at_a, _) in enumerate(alignment.rows) if at_a is not None}
    return [place[token] for token in tokens if token in place]


def describe_unpaired(n_a: int, n_b: int, about_a: str = "", about_b: str = "") -> str:
    """Count the tokens of A and of B without a partner, where there are any.

    Examples
    --------
    >>> told_alone(1, 0), told_alone(2, 1), told_alone(0, 3)
    ('1 token of A', '2 tokens of A and 1 of B', '3 tokens of B')
    """
    told = [(n_a, f"of A{about_a}"), (n_b, f"of B{about_b}")]
    (n, first), *others = ((n, whose) for n, whose in told if n)
    return " and ".join(
        [f"{counted(n, 'token')} {first}"] + [f"{n} {whose}" for n, whose in others]
    )
