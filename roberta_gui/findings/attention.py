"""What is said of one head; layer and head count from 0, as in the arrays."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.attention import special_share
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import AttentionChoices
from roberta_gui.findings.comparison.against import (
    beside_layer,
    describe_unpaired,
    names_of,
    sides_of,
)
from roberta_gui.findings.notation.numbers import whole_percent, written_change
from roberta_gui.findings.notation.places import need_head
from roberta_gui.findings.notation.scales import UNREADABLE, ends_of, too_faint, why_roots
from roberta_gui.findings.steps.attention import measured_directly
from roberta_gui.findings.steps.attention_head import DrawnHead, show
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis, FloatArray
from roberta_gui.wording import special_names

AXES: Final = {
    "map": "Row = from (query), column = to (key).",
    "arcs": "Left = from (query), right = to (key).",
}
_MUCH_BEYOND: Final = 0.1
"""From so much on it is told that a part lies beyond the end of the colours."""

NAMED: Final = 3
"""How many tokens a line about one token names."""


def table(run: Analysis | Comparison, layer: int, head: int) -> Table:
    """Return a head's weights, or A − B: one row a query, one column a key.

    Raises
    ------
    problems.NoSuchHead
        The model has no such layer or head, as for all functions here.
    """
    return _drawn(run, layer, head).table()


def arrays(run: Analysis | Comparison, layer: int, head: int) -> Arrays:
    """Return a head's weights, (query, key), with what tokens receive and how widely they look."""
    return _drawn(run, layer, head).arrays()


def caption(run: Analysis | Comparison, layer: int, head: int) -> str:
    """Say what a head looks at most, in whole sentences."""
    return describe(_drawn(run, layer, head))


def _drawn(run: Analysis | Comparison, layer: int, head: int) -> DrawnHead:
    a, comparison = sides_of(run, "can_compare_heads")
    need_head(a.attention, layer, head)
    return show(measured_directly(a, comparison), layer, head, AttentionChoices())


def describe(shown: DrawnHead, told: str = "") -> str:
    """Say what the axes are, then what is drawn (``told``, else its facts), then what it means."""
    axes = AXES[shown.choices.drawn_as]
    return " ".join(part for part in (axes, told or facts(shown), _explained(shown)) if part)


def facts(shown: DrawnHead, n_drawn: int | None = None) -> str:
    """Say in a line what is drawn, on which scale, and what of it rests on special tokens.

    ``n_drawn`` is how many lines are drawn, where there are more than have room.
    """
    measure, specials = shown.measured.measure, shown.look.specials
    parts = [_head(shown), _scale(shown) + _about_roots(shown)]
    if shown.measured.unit == "words":
        parts.append("between words")
    if measure == "contribution":
        parts.append("lengths, not shares")
    if shown.comparison is not None:
        parts.append(_largest_change(shown, shown.comparison))
    else:
        if shown.is_off:
            parts.append(_about_off(shown))
        parts.append(_on_specials(shown))
        if measure == "attention":
            names = special_names(shown.analysis.model.special_tokens)
            with_specials = "" if specials == "show" else f" with {names}"
            mean = float(shown.row_bits.mean()) if len(shown.row_bits) else 0.0
            parts.append(f"mean entropy{with_specials} {mean:.1f} bits")
    if shown.choices.drawn_as == "arcs":
        parts.append(_lines(shown, n_drawn))
    elif shown.faint_share > UNREADABLE:
        what = "differences" if shown.is_difference else "whole"
        remedy = "“Automatic scale” in Draw ▾ shows it"
        parts.append(too_faint(shown.faint_share, f"the {what}", remedy))
    return " · ".join(parts) + "."


def hovered(shown: DrawnHead, told: str) -> str:
    """Say in a line which head it is of, what is hovered, and on which scale."""
    return " · ".join((_head(shown), told, _scale(shown))) + "."


def cell(shown: DrawnHead, row: int, column: int) -> str:
    """Say what one token gives another."""
    names = [shown.name(place) for place in (row, column)]
    looks, value = f"from {names[0]} to {names[1]}", float(shown.matrix[row, column])
    if shown.in_b is None:
        return f"{looks}: {value:.3f}"
    if {row, column} & set(shown.alone):
        return f"{looks}: not in both, nothing to compare"
    a, b = float(shown.now[row, column]), float(shown.in_b[row, column])
    sides = names_of(shown.measured.comparison)
    return f"{looks}: {written_change(value, 3)} ({sides.a} {a:.3f}, {sides.b} {b:.3f})"


def strongest(shown: DrawnHead, row: int, *, incoming: bool) -> str:
    """Name the tokens that one token gives most to, or with ``incoming`` receives most from."""
    drawn = shown.for_lines
    values = drawn[:, row] if incoming else drawn[row]
    order = np.argsort(-np.abs(values), kind="stable")[:NAMED]
    told = (f"{shown.name(int(i))} {_number(shown, float(values[i]))}" for i in order)
    return f"{'to' if incoming else 'from'} {shown.name(row)}: {', '.join(told)}"


def _explained(shown: DrawnHead) -> str:
    """Explain the measure, the unit and the strips, for whoever did not choose them."""
    told, measure = [], shown.measured.measure
    if measure == "contribution":
        told.append(
            "A contribution is ‖α (x W_V + b_V) W_O‖: the length of the vector that the head adds "
            "to the query from the key, without output bias and residual (Kobayashi et al. 2020)."
        )
    if measure == "rollout":
        told.append(
            "Rollout says how much of each token's start is in each token after the layer: half "
            "the mean of all heads and half the token itself, followed through the layers "
            "(Abnar & Zuidema 2020); rows sum to 1."
        )
        if shown.analysis.request.switched_off:
            told.append("Switched-off heads count with their own pattern.")
    if shown.measured.unit == "words":
        told.append(
            "Between words: the vectors of a word's pieces are summed, then measured."
            if measure == "contribution"
            else "Between words: to a word the sum over its pieces, from a word their mean."
        )
    if shown.is_difference:
        sides = names_of(shown.measured.comparison)
        told.append(f"Differences are the values {sides.in_a} minus those {sides.in_b}.")
    if shown.choices.strips and shown.choices.drawn_as == "map" and len(shown.kept):
        clipped = bool((shown.beside < shown.beside_scale.low).any())
        ends, (name, whole) = ends_of(shown.beside_scale, clipped=clipped), beside(shown)
        told.append(
            "Strips, each on a scale of its own: "
            f"received, the {received_meaning(shown)}, {ends_of(shown.received_scale)}; "
            f"{name}, the {whole}, {ends}."
        )
    return " ".join(told)


def received_meaning(shown: DrawnHead) -> str:
    """Say what the strip below the map is of."""
    return "difference of the mean of the column" if shown.is_difference else "mean of the column"


def beside(shown: DrawnHead) -> tuple[str, str]:
    """Name the strip beside the map, and say what it is of."""
    if shown.measured.measure == "contribution":
        return "given", "sum of the row's lengths"
    return "entropy", "bits of the row, how widely the token looks"


def _scale(shown: DrawnHead) -> str:
    if not shown.is_difference:
        return shown.scale.describe()
    if shown.scale.root:
        return f"differences, {shown.scale.describe()}"
    return shown.scale.describe("differences")


def _about_roots(shown: DrawnHead) -> str:
    """Say why a head has another scale than its neighbours, and what that scale does not show."""
    if not shown.scale.root:
        return ""
    told = []
    if shown.look.scale == "auto":
        told.append(why_roots(shown.faint_on_linear))
    if shown.beyond_share > _MUCH_BEYOND:
        share, most = f"{shown.beyond_share * 100:.0f} %", f"{shown.largest:.2g}"
        told.append(f"{share} is beyond its end, up to {most}")
    return f" ({'; '.join(told)})" if told else ""


def _head(shown: DrawnHead) -> str:
    if shown.measured.measure != "rollout":
        beside = beside_layer(shown.comparison, shown.layer)
        return f"Layer {shown.layer + 1}, head {shown.head + 1}{beside}"
    layers = f"Layers 1 to {shown.layer + 1}" if shown.layer else "Layer 1"
    return f"{layers}, all heads{beside_layer(shown.comparison, shown.layer, first=0)}"


def _about_off(shown: DrawnHead) -> str:
    """Say what there is to see of a head that is switched off."""
    if shown.measured.measure == "attention":
        return "switched off: this is its own pattern, which goes no further"
    if shown.analysis.request.ablation == "mean":
        return "switched off: it gives its mean instead"
    return "switched off: it adds nothing"


def _on_specials(shown: DrawnHead) -> str:
    """Say how much rests on special tokens, and whether it can be seen."""
    measure, whole, specials_shown = shown.measured.measure, shown.whole, shown.look.specials
    share = _special_length if measure == "contribution" else special_share
    told = whole_percent(share(whole, shown.is_special))
    of_what = f"of what {shown.measured.unit} are made of"
    who = "it spends" if shown.is_off else "this head spends"
    specials = special_names(shown.analysis.model.special_tokens)
    if specials_shown == "show":
        return {
            "attention": f"{who} {told} of its attention on {specials}",
            "contribution": f"{told} of their sum comes from {specials}",
            "rollout": f"{specials} make up {told} {of_what}",
        }[measure]
    verb = "hidden" if specials_shown == "hide" else "left out before scaling"
    what = {
        "attention": f"of the attention, on {specials},",
        "contribution": f"of their sum, from {specials},",
        "rollout": f"{of_what}, {specials},",
    }[measure]
    if shown.choices.specials != specials_shown:
        verb = "hidden, not renormalised: lengths have no sum to scale to"
    return f"{told} {what} is {verb}"


def _special_length(whole: FloatArray, special: NDArray[np.bool_]) -> float:
    """Return the share of all lengths, in rows that are not special, that special tokens bring."""
    rows = whole if special.all() else whole[~special]
    total = float(rows.sum(dtype=np.float64))
    return float(rows[:, special].sum(dtype=np.float64)) / total if total else 0.0


def _lines(shown: DrawnHead, n_drawn: int | None) -> str:
    """Say how much of each row the lines hold, and how many they are."""
    n, of = int(shown.lines.sum()), shown.lines.size
    row, own, mass = "each row", "", shown.choices.line_mass
    if shown.omits_own:
        row, own = "the rest of each row", f"without {_kept(shown)} of themselves: "
    if n_drawn is None:
        return f"{own}lines hold {mass} % of {row} ({n:,} of {of:,})"
    return f"{own}the {n_drawn:,} strongest lines in sight ({mass} % of {row} would be {n:,})"


def _kept(shown: DrawnHead) -> str:
    """Say what the lines leave out; a difference has no whole that it could be a share of."""
    unit = shown.measured.unit
    whole = float(shown.matrix.sum(dtype=np.float64))
    if shown.is_difference or not whole:
        return f"what {unit} keep"
    kept = 1 - float(shown.for_lines.sum(dtype=np.float64)) / whole
    return f"the {kept * 100:.0f} % that {unit} keep"


def _largest_change(shown: DrawnHead, compared: Comparison) -> str:
    matrix = shown.for_lines
    sides = names_of(compared)
    against = f"{sides.a} against {sides.b}"
    told = f"{against}; {_nothing(shown, compared)}"
    if matrix.any():  # a change that is not drawn would be looked for in vain
        row, column = np.unravel_index(int(np.abs(matrix).argmax()), matrix.shape)
        told = f"{against}; the largest difference: {cell(shown, int(row), int(column))}"
    if not shown.alone:
        return told
    return f"{told} · hatched, without a partner: {describe_unpaired(len(shown.alone), 0, sides)}"


def _nothing(shown: DrawnHead, compared: Comparison) -> str:
    """Say why a difference is empty: what a head gives first reaches the layer after its own."""
    layers = sorted({layer + 1 for layer, _ in shown.analysis.request.switched_off})
    is_above = shown.measured.measure == "rollout" or not layers or shown.layer + 1 > layers[0]
    if not compared.is_of_heads or is_above:
        return "nothing differs here"
    own = f"layer {layers[0]}"
    if len(layers) > 1:
        own = f"layers {', '.join(map(str, layers[:-1]))} and {layers[-1]}"
    return f"nothing differs here: heads off in {own} change attention only above layer {layers[0]}"


def _number(shown: DrawnHead, value: float) -> str:
    return written_change(value, 3) if shown.is_difference else f"{value:.3f}"
