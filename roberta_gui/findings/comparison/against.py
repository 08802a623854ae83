"""What A is held against: its name, and how the rows of both are called."""

from dataclasses import dataclass
from typing import Final

from roberta_gui.analysis.sentences.alignment import Row
from roberta_gui.analysis.sentences.comparison import Comparison, Needs
from roberta_gui.findings.notation.names import AxisLabel, axis_label, the_layer, token_name
from roberta_gui.findings.notation.numbers import written
from roberta_gui.problems import BadArgument
from roberta_gui.records import Analysis, Token
from roberta_gui.wording import counted

HOW_TO_COMPARE: Final = "Switch a head off, press A | B, or choose a second model"
NOTHING_TO_COMPARE: Final = (
    "Nothing to compare with: switch a head off, press A | B, or choose a second model"
)

_ENDS = tuple(".!?…")
"""After one of these, and a closing quotation mark, no full stop stands."""


def sides_of(run: Analysis | Comparison, needs: Needs = "") -> tuple[Analysis, Comparison | None]:
    """Return A, and what it is held against, if it is held against anything.

    Raises
    ------
    problems.BadArgument
        A and B have not in common what it ``needs``, of all that a Comparison tells.
    """
    if not isinstance(run, Comparison):
        return run, None
    if hint := why_not(run, needs):
        raise BadArgument("A and B cannot be compared here.", hint)
    return run.a, run


@dataclass(frozen=True, slots=True)
class Sides:
    """How two sides are called: ``a`` and ``b`` in marks and columns, the others in sentences.

    They are A and B only where two sentences in the window are.
    """

    a: str = "A"
    b: str = "B"
    in_a: str = "in A"
    in_b: str = "in B"


def names_of(comparison: Comparison | None) -> Sides:
    """Name both sides by what tells them apart: sentences, models or heads."""
    if comparison is None:
        return Sides()
    a, b = comparison.a.model.name, comparison.b.model.name
    if comparison.is_of_heads:
        off = f"{counted(len(comparison.a.request.switched_off), 'head')} off"
        return Sides(off, "every head on", f"with {off}", "with every head on")
    if comparison.has_same_model:
        a, b = "A", "B"
    elif not comparison.has_same_text:
        a, b = "A", f"B ({b})"
    elif a == b:
        a, b = f"{a} (A)", f"{b} (B)"
    if comparison.has_same_heads:
        return Sides(a, b, f"in {a}", f"in {b}")
    return Sides(a, f"{b}, every head on", f"in {a}", f"in {b} with every head on")


def describe_likelier(bits: float, sides: Sides, digits: int = 2) -> str:
    """Say on which side a word is likelier, and by how much: log₂ p(A) − log₂ p(B)."""
    size = written(abs(bits), digits)
    if not float(size):
        return f"as likely {sides.in_a} as {sides.in_b}"
    return f"{size} bits likelier {sides.in_a if bits > 0 else sides.in_b}"


def describe_more(change: float, digits: int, comparison: Comparison) -> str:
    """Say behind a value how much more or less that is than on the other side."""
    where, size = names_of(comparison).in_b, f"{abs(change):.{digits}f}"
    if not float(size):
        return f", as {where}"
    return f", {size} {'more' if change > 0 else 'less'} than {where}"


def describe_b(comparison: Comparison) -> str:
    """Say, in a whole sentence, what A is held against."""
    if comparison.is_of_heads:
        return "Held against the same sentence with every head on (B)."
    model = "" if comparison.has_same_model else f" in {comparison.b.model.name}"
    heads = "" if comparison.has_same_heads else " with every head on"
    if model and comparison.has_same_text:
        return f"Held against the same sentence{model}{heads} (B)."
    text = comparison.b.request.text.strip()
    said = f"B{model}{heads}: “{text}”"
    return f"{said}{'' if text[-1:] in _ENDS else '.'}"


def describe_not_comparable(comparison: Comparison) -> str:
    """Say in one sentence what two models do not have in common; empty where nothing lacks."""
    a, b = comparison.a.model, comparison.b.model
    lacking = []
    if not comparison.can_compare_heads:
        lacking.append(f"{counted(b.n_heads, 'head')} instead of {a.n_heads} in each layer")
    if not comparison.can_compare_states:
        lacking.append(f"hidden states of {b.d_model} dimensions instead of {a.d_model}")
    if not comparison.has_same_tokenizer:
        lacking.append("another tokenizer")
    if not lacking:
        return ""
    *others, last = lacking
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"{b.name} has {listed}: what has no counterpart is not compared."


def why_not(comparison: Comparison | None, needs: Needs = "") -> str:
    """Say why nothing is compared, or why two models are not in what that ``needs``; else ""."""
    if comparison is None:
        return NOTHING_TO_COMPARE
    if not needs or getattr(comparison, needs):
        return ""
    if needs == "can_compare_states":
        return describe_states(comparison)
    if needs == "can_compare_heads":
        return describe_not_comparable(comparison)
    lacking = comparison.a.model if comparison.b.model.can_fill_masks else comparison.b.model
    return f"{lacking.name} has no masked-LM head: guesses are not compared."


def comparable(comparison: Comparison | None, needs: Needs = "") -> Comparison | None:
    """Return what can be compared in what that ``needs``; None where it cannot."""
    return None if why_not(comparison, needs) else comparison


def layer_of_b(comparison: Comparison | None, layer: int) -> str:
    """Say where the counterpart of one of A's layers is, and which of the layers there it is."""
    where = names_of(comparison).in_b
    if comparison is None or comparison.has_same_depth:
        return where
    return f"{the_layer(int(comparison.layers[layer]))} {where}"


def beside_layer(comparison: Comparison | None, layer: int, first: int | None = None) -> str:
    """Say behind a layer of A's attention, from 0, which of B it is held against; "" for as many.

    With ``first`` behind all of A's layers from that one on.
    """
    if comparison is None or comparison.has_same_depth:
        return ""
    beside = (comparison.attention_layers + 1).tolist()
    end, begin = beside[layer], beside[layer if first is None else first]
    which = f"layer {end}" if begin == end else f"layers {begin} to {end}"
    return f" beside {which} {names_of(comparison).in_b}"


def describe_depth(comparison: Comparison, *, of_attention: bool = False) -> str:
    """Say which layer stands against which, where one model has more of them; "" for as many.

    In a much flatter model the first layers' states lie as deep as its embeddings, which have no
    attention: that is held against its first layer's.
    """
    if comparison.has_same_depth:
        return ""
    layers = comparison.attention_layers + 1 if of_attention else comparison.layers[1:]
    sides = names_of(comparison)
    pairs = ", ".join(f"{a}–{b}" for a, b in enumerate(layers.tolist(), start=1))
    return f"Layers {sides.in_a} stand against those as deep {sides.in_b}: {pairs}."


def describe_partner(comparison: Comparison, token: int) -> str:
    """Say in a tip which token of B a token of A is held against."""
    at, where = int(comparison.tokens[token]), names_of(comparison).in_b
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
            f"have no place among those of {a.name}, and no cosine with them."
        )
    said = f"Hidden states of {b.name} are taken as if its dimensions were those of {a.name}."
    return f"{said} {describe_depth(comparison)}".rstrip()


def row_name(row: Row, comparison: Comparison) -> str:
    """Name a row of an alignment: A's token and, where it is another one, B's."""
    tokens, sides = _tokens_of(row, comparison), names_of(comparison)
    names = [token_name(token) for token in tokens]
    if len(tokens) == 1:
        return f"{names[0]} ({sides.b if row[0] is None else sides.a})"
    return names[0] if tokens[0].id == tokens[1].id else " / ".join(names)


def row_label(row: Row, comparison: Comparison) -> AxisLabel:
    """Name a row on the axes of a picture."""
    return axis_label(*_tokens_of(row, comparison), name=row_name(row, comparison))


def _tokens_of(row: Row, comparison: Comparison) -> list[Token]:
    sides = comparison.a.tokens, comparison.b.tokens
    return [side[at] for side, at in zip(sides, row, strict=True) if at is not None]


def describe_unpaired(
    n_a: int, n_b: int, sides: Sides, about_a: str = "", about_b: str = ""
) -> str:
    """Count the tokens of A and of B without a partner, where there are any.

    Examples
    --------
    >>> names = Sides()
    >>> [describe_unpaired(*n, names) for n in ((1, 0), (2, 1), (0, 3))]
    ['1 token of A', '2 tokens of A and 1 of B', '3 tokens of B']
    """
    told = [(n_a, f"of {sides.a}{about_a}"), (n_b, f"of {sides.b}{about_b}")]
    (n, first), *others = ((n, whose) for n, whose in told if n)
    return " and ".join(
        [f"{counted(n, 'token')} {first}"] + [f"{n} {whose}" for n, whose in others]
    )
