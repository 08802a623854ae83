"""What the logit lens says about its picture."""

from typing import Final

import numpy as np

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import Tint
from roberta_gui.findings.comparison.against import NOTHING_TO_COMPARE
from roberta_gui.findings.glyphs import STRAY_MEANING, is_stray
from roberta_gui.findings.lens.reading import LensState
from roberta_gui.findings.marks import Guess
from roberta_gui.findings.names import spaced_word, the_layer_first, token_name
from roberta_gui.findings.numbers import percentage
from roberta_gui.records import Candidate

CAVEAT: Final = (
    "Every layer is read with the last layer's head, for which the others were not trained: "
    "read the entropy with their guesses. The top row is the model's own."
)
SHORT_CAVEAT: Final = "only the last layer was trained for this head"

_LONGEST_NAME = 18


def caption(read: LensState, layer: int, token: int, tint: Tint, *, has_ended: bool = False) -> str:
    """Say what the colours mean, what one cell holds, and how to read all of it."""
    told = (
        describe_tint(read, tint),
        describe_cell(read, layer, token, has_ended=has_ended),
        describe_changes(read),
        CAVEAT,
    )
    return " ".join(part for part in told if part)


def describe_tint(read: LensState, tint: Tint) -> str:
    """Say what the colours mean."""
    low, high = read.scale(tint).labels()
    unit = "" if tint in ("probability", "rank") else " bits"
    what = {
        "probability": "the probability of the likeliest word",
        "entropy": "the entropy of all guesses",
        "kl": "the divergence of the last layer's guesses from this layer's",
        "rank": "the rank of the watched word",
        "difference": "log-probability of the watched word, A − B",
    }[tint]
    hatched = ""
    if tint == "difference" and read.change_bits is not None:
        is_word = read.of_b is not None and read.of_b.lens.watched is not None
        missing = "no partner in B" if is_word else "a word that is no single token in B"
        hatched = f" Hatched: {missing}." if read.cells(tint).hatched else ""
    return f"Tint: {what}, {low} – {high}{unit}.{hatched}"


def describe_cell(read: LensState, layer: int, token: int, *, has_ended: bool = False) -> str:
    """Say what one cell holds, with its figures; what ``has_ended`` is read no further."""
    guesses = read.lens.candidates(layer, token)
    where = f"{the_layer_first(layer)} at “{token_name(read.analysis.tokens[token])}”"
    if not guesses:
        return f"{where} is not read." if has_ended else f"{where} is being read."
    listed = ", ".join(
        f"{spaced_word(g.text, g.leading_space)} {percentage(g.probability)}" for g in guesses
    )
    return f"{where}: {listed}. {'; '.join(figures(read, layer, token))}."


def figures(read: LensState, layer: int, token: int) -> list[str]:
    """Say how sure a cell is, and how far from the last layer; [] where it is not read yet."""
    lens = read.lens
    if lens.ids[layer, token, 0] < 0:
        return []
    told = [
        f"Entropy {lens.entropy_bits[layer, token]:.2f} bits",
        f"{lens.kl_bits[layer, token]:.2f} bits from the last layer (KL)",
        read.rank(layer, token),
    ]
    if change := read.describe_change(layer, token):
        told.append(change)
    return [part for part in told if part]


def line(read: LensState, layer: int, token: int) -> str:
    """Say in one line which cell is listed, and with which reservation it is to be read."""
    name = token_name(read.analysis.tokens[token])
    if len(name) > _LONGEST_NAME:
        name = f"{name[: _LONGEST_NAME - 1]}…"
    is_last = layer == len(read.lens.ids) - 1
    own = "the model's own guesses" if is_last else SHORT_CAVEAT
    parts = (f"{the_layer_first(layer)} at {name}", _changes(read), own)
    return " · ".join(part for part in parts if part)


def describe_changes(read: LensState) -> str:
    """Say how many of the likeliest words are others than in B; "" with no B."""
    told = _changes(read)
    if read.comparison is not None and not read.comparison.b.model.can_fill_masks:
        return why_no_guesses(read.comparison)
    return f"{told}, marked in their corners." if told else ""


def _changes(read: LensState) -> str:
    if read.changed is None or read.top_in_b is None:
        return ""
    known = np.isfinite(read.top_in_b)
    return f"{read.changed.sum():,} of {known.sum():,} top guesses differ from B's"


def why_no_guesses(comparison: Comparison | None) -> str:
    """Say why no guesses are there to be compared with; "" if there are."""
    if comparison is None:
        return NOTHING_TO_COMPARE
    b = comparison.b.model
    return "" if b.can_fill_masks else f"{b.name} has no masked-LM head: its layers guess no words."


def row(candidate: Candidate) -> Guess:
    """Write a guess as the lists show it."""
    word = spaced_word(candidate.text, candidate.leading_space)
    lines = [f"{word}  {percentage(candidate.probability)}", f"id {candidate.id}"]
    if is_stray(candidate.text):
        lines.append(STRAY_MEANING)
    lines.append("Click to watch it through the layers")
    return Guess(word, candidate.probability, "\n".join(lines))
