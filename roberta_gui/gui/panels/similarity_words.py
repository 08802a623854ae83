"""What a map of likeness says, in words: findings, captions, and the line for one cell."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.layer_maps.layer_map import LayerMap, Measure
from roberta_gui.analysis.layer_maps.procrustes import LEADING
from roberta_gui.gui.panels.comparing import Compared

NAMES: Final[dict[Measure, str]] = {
    "cka": "debiased linear CKA",
    "cosine": "mean cosine",
    "rsa": "RSA",
    "procrustes": "Procrustes distance",
    "neighbours": "shared neighbours",
}

MEANINGS: Final[dict[Measure, str]] = {
    "cka": "Debiased linear CKA: do the tokens form the same shape, up to turning and scale? "
    "1 is the same, 0 unrelated",
    "cosine": "Mean cosine of each token's own two vectors: do the very features agree?",
    "rsa": "Rank correlation of the cosine distances of all pairs of tokens",
    "procrustes": "What the best turning leaves: 0 is the same shape, 2 the farthest",
    "neighbours": "Share of each token's ten nearest tokens that both layers agree on",
}

_SHORT: Final[dict[Measure, str]] = {
    "cka": "CKA", "cosine": "cosine", "rsa": "RSA", "procrustes": "distance",
    "neighbours": "overlap",
}  # fmt: skip


class _Step(NamedTuple):
    """The step from one layer to the next: a value, how sure it is, and where."""

    value: float
    half_width: float
    layer: int


def layer_names(n_layers: int) -> tuple[str, ...]:
    """Name the hidden-state layers as everywhere: ``emb``, then from 1."""
    return ("emb", *(str(layer) for layer in range(1, n_layers + 1)))


def is_distance(measure: Measure) -> bool:
    """Whether small values mean alike."""
    return measure == "procrustes"


def measured(value: float, half_width: float) -> str:
    """Write a value with its interval, in the digits that the interval leaves sure."""
    if np.isnan(value):
        return "unknown"
    if np.isnan(half_width):
        return _digits(value, 2)
    digits = 2 if half_width >= 0.005 or half_width == 0 else 3
    # A width that rounds to nothing is still not nothing.
    shown = max(half_width, 10.0**-digits) if half_width > 0 else 0
    return f"{_digits(value, digits)}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{shown:.{digits}f}"


def cell_line(compared: Compared, row: int, column: int) -> str:
    """Say what one cell means: both layers, the value, its interval."""
    found = compared.found
    if found is None:
        return ""
    value, width = found.values[row, column], found.half_width[row, column]
    if compared.right is None:
        where = f"{_layer(row)} and {_layer(column)}"
    else:
        where = (
            f"{_layer(row)} of {compared.left.name} and {_layer(column)} of {compared.right.name}"
        )
    most = "at most " if found.are_bounds else ""
    return _sentence(f"{where}: {_SHORT[found.measure]} {most}{measured(value, width)}")


def cell_tip(compared: Compared, row: int, column: int) -> str:
    """Say what one cell means, with array indexes and n, on lines of their own."""
    found = compared.found
    if found is None:
        return ""
    doubt = "" if np.isnan(found.half_width[row, column]) else "±: 95 % interval, "
    return (
        f"{cell_line(compared, row, column)}\n"
        f"{doubt}{_read_from(compared, found)}\n"
        f"hidden[{row}] and hidden[{column}]"
    )


def findings(compared: Compared) -> tuple[str, ...]:
    """Say in two or three sentences what the map shows."""
    found = compared.found
    if found is None or found.are_bounds or not np.isfinite(found.values).any():
        return ()
    if compared.right is not None:
        return _between_models(compared, found)
    if not np.isfinite(found.values.diagonal(1)).all() or len(found.values) < 2:
        return ()
    near, near_halves = found.values.diagonal(1), found.halves.diagonal(1, 1, 2)
    mean, width = float(near.mean()), float(found.sure_to(near_halves.mean(axis=1)))
    sentences = [
        f"Neighbouring layers: {_SHORT[found.measure]} {measured(mean, width)} on average.",
        _largest_step(found, near, near_halves),
    ]
    if len(found.values) > 2 and np.isfinite(found.values[0, -1]):
        ends = measured(float(found.values[0, -1]), float(found.half_width[0, -1]))
        sentences.append(f"Between the embeddings and the last layer: {ends}.")
    return tuple(sentences)


def _largest_step(found: LayerMap, near: NDArray[np.float64], halves: NDArray[np.float64]) -> str:
    """Name the step where most changes, and whether it can be told from the next largest."""
    sign = -1.0 if is_distance(found.measure) else 1.0
    order = np.argsort(sign * near, kind="stable")
    first = int(order[0])
    step = _Step(float(near[first]), float(found.sure_to(halves[:, first])), first)
    text = (
        f"The largest step is from {_layer(step.layer)} to {step.layer + 1} "
        f"({measured(step.value, step.half_width)})"
    )
    if len(order) > 1 and len(halves):
        second = int(order[1])
        apart = abs(float(near[second] - near[first]))
        if apart <= float(found.sure_to(halves[:, second] - halves[:, first])):
            return f"{text}, though that to layer {second + 1} may be as large."
    return f"{text}."


def _between_models(compared: Compared, found: LayerMap) -> tuple[str, ...]:
    """Name the most alike pair, and what the last layers of both are most like."""
    if compared.right is None:
        return ()
    left, right = compared.left.name, compared.right.name
    likeness = -found.values if is_distance(found.measure) else found.values
    likeness = np.where(np.isnan(likeness), -np.inf, likeness)
    row, column = (int(i) for i in np.unravel_index(likeness.argmax(), likeness.shape))
    width = found.half_width
    best = measured(float(found.values[row, column]), float(width[row, column]))
    last = int(likeness[-1].argmax())
    like = measured(float(found.values[-1, last]), float(width[-1, last]))
    return (
        f"Most alike: {_layer(row)} of {left} and {_layer(column)} of {right} ({best}).",
        f"The last layer of {left} is most like {_layer(last)} of {right} ({like}).",
    )


def remark(compared: Compared) -> str:
    """Say beside the panel's name which measure on how much."""
    found = compared.found
    if found is None:
        return NAMES[compared.wish.measure]
    unit = "tokens" if compared.right is None else "pairs of tokens"
    more = "upper bounds, the distances follow" if found.are_bounds else "interval on hover"
    return f"{NAMES[found.measure]} · {found.n_tokens:,} {unit} · {more}"


def caption(compared: Compared, scale: tuple[str, str]) -> str:
    """Say what the whole map is: measure, space, sentences, n, scale, and what ± means."""
    found = compared.found
    if found is None:
        return ""
    parts = [
        f"{NAMES[found.measure][0].upper()}{NAMES[found.measure][1:]}, {_space(compared)}, "
        f"on {_read_from(compared, found)}",
        f"scale {scale[0]} to {scale[1]}",
    ]
    if compared.unrelated is not None:
        parts.append(f"shuffled tokens would leave {compared.unrelated:.2f}")
    if found.are_bounds:
        parts.append(
            f"upper bounds from the {LEADING} leading directions of each layer, "
            "the distances themselves are on their way"
        )
    elif len(found.halves):
        parts.append(
            f"± is the 95 % interval from {len(found.halves)} half-size samples of sentences"
        )
    else:
        parts.append("intervals are on their way")
    return f"{'; '.join(parts)}."


def _space(compared: Compared) -> str:
    """Name the space, and on what its means and deviations were found."""
    space = compared.wish.space
    label = space.label.lower()
    if space.mode == "raw":
        return label
    if compared.right is None:
        return f"{label} by the reference sentences"
    return f"{label} by the reference sentences ({compared.right.name}: by these sentences)"


def _read_from(compared: Compared, found: LayerMap) -> str:
    unit = "tokens" if compared.right is None else "pairs of tokens"
    file = compared.wish.file
    source = f"sentences of {file.name}" if file is not None else "reference sentences"
    return f"{found.n_tokens:,} {unit} of {found.n_sentences:,} {source}"


def _digits(value: float, digits: int) -> str:
    """Write so many digits, with a minus sign; what rounds to zero has none."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else "\N{MINUS SIGN}")


def _layer(layer: int) -> str:
    return f"layer {layer}" if layer else "the embeddings"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
