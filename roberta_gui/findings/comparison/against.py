"""What A is held against: its name, and how the rows of both are called."""

from collections.abc import Sequence
from typing import Final

from roberta_gui.analysis.sentences.alignment import Row
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.notation.names import AxisLabel, axis_label, token_name
from roberta_gui.problems import BadArgument
from roberta_gui.records import Analysis, Token
from roberta_gui.wording import counted

HOW_TO_COMPARE: Final = "Switch a head off, press A | B, or choose a second model"
NOTHING_TO_COMPARE: Final = (
    "Nothing to compare with: switch a head off, press A | B, or choose a second model"
)

_ENDS = tuple(".!?…")
"""After one of these, and a closing quotation mark, no full stop stands."""


def sides_of(run: Analysis | Comparison, needs: str = "") -> tuple[Analysis, Comparison | None]:
    """Return A, and what it is held against, if it is held against anything.

    Raises
    ------
    problems.BadArgument
        A and B have not in common what it ``needs``, of all that a Comparison tells.
    """
    if not isinstance(run, Comparison):
        return run, None
    if needs and not getattr(run, needs):
        raise BadArgument("A and B cannot be compared here.", describe_not_comparable(run))
    return run.a, run


def name_of_b(comparison: Comparison) -> str:
    """Name what A is held against in few words, as marks and columns do."""
    if comparison.is_of_heads:
        return "every head on"
    name = _name_without_heads(comparison)
    return name if comparison.has_same_heads else f"{name}, every head on"


def where_b_is(comparison: Comparison, *, first: bool = False) -> str:
    """Say where B's value is from, as in "2 bits more than in B"; ``first`` in a sentence."""
    if comparison.is_of_heads:
        return "With every head on" if first else "with every head on"
    where = f"{'In' if first else 'in'} {_name_without_heads(comparison)}"
    return where if comparison.has_same_heads else f"{where} with every head on"


def describe_more(change: float, digits: int, comparison: Comparison) -> str:
    """Say behind a value how much more or less that is than in B."""
    where, size = where_b_is(comparison), f"{abs(change):.{digits}f}"
    if not float(size):
        return f", as {where}"
    return f", {size} {'more' if change > 0 else 'less'} than {where}"


def _name_without_heads(comparison: Comparison) -> str:
    if comparison.has_same_model:
        return "B"
    model = comparison.b.model.name
    return model if _has_same_text(comparison) else f"B in {model}"


def describe_b(comparison: Comparison) -> str:
    """Say, in a whole sentence, what A is held against."""
    if comparison.is_of_heads:
        return "A is the sentence below, B the same with every head on."
    model = "" if comparison.has_same_model else f" in {comparison.b.model.name}"
    heads = "" if comparison.has_same_heads else " with every head on"
    if model and _has_same_text(comparison):
        return f"A is the sentence below, B the same{model}{heads}."
    text = comparison.b.request.text.strip()
    said = f"A is the sentence below, B{model}{heads}: “{text}”"
    return f"{said}{'' if text[-1:] in _ENDS else '.'}"


def describe_not_comparable(comparison: Comparison) -> str:
    """Say in one sentence what two models do not have in common; empty where nothing lacks."""
    a, b = comparison.a.model, comparison.b.model
    lacking = []
    if not comparison.can_compare_heads:
        lacking.append(f"{b.n_layers} × {b.n_heads} heads instead of {a.n_layers} × {a.n_heads}")
    if not comparison.can_compare_states:
        lacking.append(f"hidden states of {b.d_model} dimensions instead of {a.d_model}")
    if not comparison.has_same_tokenizer:
        lacking.append("another tokenizer")
    if not lacking:
        return ""
    *others, last = lacking
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"{b.name} has {listed}: what has no counterpart is not compared."


def comparable_heads(comparison: Comparison | None) -> tuple[Comparison | None, str]:
    """Return A and B where each head has a counterpart; where none has, why not."""
    if comparison is None:
        return None, NOTHING_TO_COMPARE
    if comparison.can_compare_heads:
        return comparison, ""
    return None, describe_not_comparable(comparison)


def describe_partner(comparison: Comparison, token: int) -> str:
    """Say in a tip which token of B a token of A is held against."""
    at, where = int(comparison.tokens[token]), where_b_is(comparison)
    if at < 0:
        return f"no partner {where}"
    return f"{where}: {token_name(comparison.b.tokens[at])}, token {at + 1}"


def describe_states(comparison: Comparison) -> str:
    """Say with which reservation hidden states are compared, or why they are not; "" for none."""
    a, b = comparison.a.model, comparison.b.model
    if comparison.has_same_model:
        return ""
    if not comparison.can_compare_states:
        return (
            f"{b.name} has hidden states of {b.d_model} dimensions instead of {a.d_model}: they "
            "have no place among A's, and no cosine with them."
        )
    depth = "" if a.n_layers == b.n_layers else f", each layer with the as deep of {b.n_layers}"
    return f"Hidden states of {b.name} are taken as if its dimensions were A's{depth}."


def _has_same_text(comparison: Comparison) -> bool:
    return comparison.a.request.text == comparison.b.request.text


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
    return axis_label(*tokens, name=row_name(row, a, b))


def describe_unpaired(n_a: int, n_b: int, about_a: str = "", about_b: str = "") -> str:
    """Count the tokens of A and of B without a partner, where there are any.

    Examples
    --------
    >>> describe_unpaired(1, 0), describe_unpaired(2, 1), describe_unpaired(0, 3)
    ('1 token of A', '2 tokens of A and 1 of B', '3 tokens of B')
    """
    told = [(n_a, f"of A{about_a}"), (n_b, f"of B{about_b}")]
    (n, first), *others = ((n, whose) for n, whose in told if n)
    return " and ".join(
        [f"{counted(n, 'token')} {first}"] + [f"{n} {whose}" for n, whose in others]
    )
