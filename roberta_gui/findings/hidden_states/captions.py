"""What the panel "Hidden states, layer by layer" says: axes, the big step, where B lies."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.layer_maps.steps import clear_step
from roberta_gui.findings.comparison.against import describe_states
from roberta_gui.findings.hidden_states.projecting import (
    ProjectedTokens,
    closest,
    correlation,
    first_axis_phrase,
    first_axis_words,
)
from roberta_gui.findings.names import ordinary, the_layer, the_layer_first
from roberta_gui.findings.numbers import written
from roberta_gui.wording import counted

PARTNERS = "Thin lines lead from each token's partner in B."

LOOSER = 0.1
"""A correlation that falls by less is not worth a sentence."""


def about(shown: ProjectedTokens, layer: int, *, in_full: bool = False) -> str:
    """Say what the chosen layer's axes hold and go with, and where the picture changes most.

    With ``in_full`` also what the first axis goes with less.
    """
    first, second = shown.fitted.axes.explained[layer, :2].tolist()
    where, space = the_layer_first(layer), shown.fitted.axes.space.phrase
    held = f"PC1 holds {percent(first)}, PC2 {percent(second)} of the variance"
    words = first_axis_words if in_full else first_axis_phrase
    goes = words(shown.fitted.first[layer])
    sentences = [
        f"{where} ({space}): {held}; {goes}.",
        _apart(shown),
        _largest_step(shown),
        _loosened(shown),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def describe(shown: ProjectedTokens, layer: int) -> str:
    """Say that in full, and how the axes were fitted."""
    axes = shown.fitted.axes
    basis = (
        "Joint axes of all layers"
        if axes.basis == "joint"
        else "Each layer on axes of its own, so that places must not be compared across layers"
    )
    return (
        f"{about(shown, layer, in_full=True)} {basis}; fitted on "
        f"{counted(shown.axes.n_tokens, 'token')} of "
        f"{counted(shown.axes.n_sentences, 'reference sentence')}, r over one token of each."
        f"{about_b(shown) if shown.of_b is not None else ''}"
    )


def held(shown: ProjectedTokens, layer: int, n: int = 2) -> str:
    """Say in a line how much of a layer's variance the first ``n`` axes hold."""
    shares = shown.fitted.axes.explained[layer, :n]
    told = " · ".join(f"PC{axis + 1} {share * 100:.1f} %" for axis, share in enumerate(shares))
    return f"{told} of the variance in {the_layer(layer)}"


def plane(shown: ProjectedTokens, layer: int, n: int = 2) -> str:
    """Say what is seen of one layer on the first ``n`` axes, and how they were fitted."""
    told = (
        f"{held(shown, layer, n)}, {shown.fitted.axes.space.phrase}; joint axes of all "
        f"layers, fitted on {counted(shown.axes.n_tokens, 'token')} of "
        f"{counted(shown.axes.n_sentences, 'reference sentence')}."
    )
    return f"{told}{about_b(shown)}"


def about_b(shown: ProjectedTokens) -> str:
    """Say where B lies, or why it lies nowhere; "" with no B."""
    if shown.comparison is None:
        return ""
    told = "" if shown.of_b is None else PARTNERS, describe_states(shown.comparison)
    return "".join(f" {each}" for each in told if each)


def percent(share: float) -> str:
    """Write a share so that small ones are not rounded to nothing."""
    percent = share * 100
    return f"{percent:.0f} %" if percent >= 9.95 or percent < 0.05 else f"{percent:.1f} %"


def _largest_step(shown: ProjectedTokens) -> str:
    """Say between which layers the sentence moves farthest; "" where nothing can be compared."""
    if shown.fitted.axes.basis != "joint" or len(shown.places) < 3 or not shown.analysis.tokens:
        return ""
    moves = _moves(shown, np.diff(shown.places[..., :2], axis=0))
    step = clear_step(moves)
    if step is None:
        return "No step stands out in how far the tokens move."
    return f"The tokens move farthest from {the_layer(step)} to layer {step + 1}."


def _loosened(shown: ProjectedTokens) -> str:
    """Say between which layers what PC1 goes with changes most, if it does."""
    first = shown.fitted.first
    steps = []
    for layer, (here, there) in enumerate(pairwise(first)):
        name = closest(here)
        r = correlation(there, name)
        if r is not None:
            steps.append((abs(r) - abs(correlation(here, name) or 0.0), layer, name))
    change, layer, name = min(steps, default=(0.0, 0, ""))
    if change > -LOOSER:
        return ""
    before, after = (written(correlation(first[at], name) or 0.0, 2) for at in (layer, layer + 1))
    where = f"from {the_layer(layer)} to layer {layer + 1}"
    return f"What PC1 goes with changes most {where}: {name}, r {before} → {after}."


def _apart(shown: ProjectedTokens) -> str:
    """Say in which layer A lies farthest from B, or why B lies nowhere; "" with no B."""
    if shown.moved is None:
        return about_b(shown).strip()
    moves = _moves(shown, shown.moved[..., :2])
    if not np.isfinite(moves).any():
        return "No token has a partner in B."
    if not moves.any():
        return "Every token lies where its partner in B does."
    return f"The tokens lie farthest from their partners in B in {the_layer(int(moves.argmax()))}."


def _moves(shown: ProjectedTokens, differences: NDArray[np.floating]) -> NDArray[np.float64]:
    """Average the lengths of (layer, token, axis) over the tokens that are not special.

    Those of nan, without a partner, are left out.
    """
    lengths = np.linalg.norm(differences.astype(np.float64), axis=-1)
    known = ordinary(shown.analysis.tokens, np.isfinite(lengths).all(axis=0).tolist())
    moves: NDArray[np.float64] = lengths[:, known].sum(axis=1) / (len(known) or np.nan)
    return moves
