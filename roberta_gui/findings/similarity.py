"""How alike the layers are: what a map shows and says."""

import math
from functools import partial
from typing import Final

import numpy as np

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.layer_maps.layer_map import LayerMap, Measure
from roberta_gui.analysis.layer_maps.procrustes import LEADING
from roberta_gui.analysis.layer_maps.steps import Steps, steps_of
from roberta_gui.findings.notation.marks import NO_CHANGES, Cells, StepChanges
from roberta_gui.findings.notation.names import layer_names, the_layer, the_layer_first
from roberta_gui.findings.notation.numbers import written
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.findings.steps.similarity import SimilarityRequest, SimilarityResult
from roberta_gui.findings.steps.similarity import arrays as arrays
from roberta_gui.findings.steps.similarity import table as table
from roberta_gui.records import FloatArray, ModelInfo
from roberta_gui.wording import counted, on_one_line

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


UNEQUAL: Final = "No cosine between vectors of unequal widths: the other model has other features"


def measured(value: float, half_width: float) -> str:
    """Write a value with its interval, in the digits that the interval leaves sure."""
    if np.isnan(value):
        return "unknown"
    if np.isnan(half_width):
        return written(value, 2)
    digits = 2 if half_width >= 0.005 or half_width == 0 else 3
    # A width that rounds to nothing is still not nothing.
    shown = max(half_width, 10.0**-digits) if half_width > 0 else 0
    return f"{written(value, digits)}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{shown:.{digits}f}"


def cell_line(compared: SimilarityResult, row: int, column: int) -> str:
    """Say what one cell means: both layers, the value, its interval."""
    if compared.found is None:
        return ""
    where = f"{the_layer_first(row)} and {the_layer(column)}"
    if compared.right is not None:
        where = (
            f"{the_layer_first(row)} of {compared.left.name} and "
            f"{the_layer(column)} of {compared.right.name}"
        )
    return f"{where}: {_value(compared.found, row, column)}"


def cell_tip(compared: SimilarityResult, row: int, column: int) -> str:
    """Say beside the pointer the value of a cell, and where it lies in the arrays."""
    found, told = compared.found, describe_cell(compared, row, column)
    if found is not None:
        told = f"{_value(found, row, column)}{_doubt(found, row, column)}"
    return f"{told}\narray index: hidden[{row}] and hidden[{column}]"


def describe_cell(compared: SimilarityResult, row: int, column: int) -> str:
    """Say everything about a cell, n included."""
    if (found := compared.found) is None:
        return f"No value. {compared.obstacle[0]}."
    doubt = _doubt(found, row, column)
    return f"{cell_line(compared, row, column)}{doubt}; {_n(compared, found)}."


def _value(found: LayerMap, row: int, column: int) -> str:
    most, value = "at most " if found.are_bounds else "", found.values[row, column]
    return f"{_SHORT[found.measure]} {most}{measured(value, found.half_width[row, column])}"


def _doubt(found: LayerMap, row: int, column: int) -> str:
    return "" if np.isnan(found.half_width[row, column]) else " (95 % interval)"


def findings(compared: SimilarityResult) -> tuple[str, ...]:
    """Say in two or three sentences what the map shows."""
    found = compared.found
    if found is None:
        return compared.obstacle
    if found.are_bounds or not np.isfinite(found.values).any():
        return ()
    if compared.right is not None:
        return _between_models(compared, compared.right, found)
    if (steps := steps_of(found)) is None:
        return ()
    mean = measured(float(steps.values.mean()), steps.mean_half_width)
    sentences = [
        f"Neighbouring layers: {_SHORT[found.measure]} {mean} on average, "
        f"measured on {_whose(compared)}."
    ]
    if len(steps.values) > 1:
        sentences.append(_none_stands_out(steps) if steps.are_even else _largest(steps))
        if np.isfinite(found.values[0, -1]):
            ends = measured(float(found.values[0, -1]), float(found.half_width[0, -1]))
            sentences.append(f"Embeddings and last layer: {ends}.")
    return tuple(sentences)


def _none_stands_out(steps: Steps) -> str:
    """Say which step is the largest all the same, or which two are."""
    low, high = (written(float(end), 2) for end in (steps.values.min(), steps.values.max()))
    between = f"about {low}" if low == high else f"{low} – {high}"
    which = f"the largest is {step_name(steps.largest)}"
    if steps.rival is not None:
        which = f"{which}, or {step_name(steps.rival)}"
    return f"No step stands out ({between}); {which}."


def _largest(steps: Steps) -> str:
    """Name the step where most changes, and whether it can be told from the next largest."""
    step = steps.largest
    value = measured(float(steps.values[step]), float(steps.half_width[step]))
    text = (
        f"The largest step is from {the_layer(step)} to {step + 1} ({value}): "
        f"{steps.times_average[step]:.1f} times the average change"
    )
    if steps.rival is not None:
        text = f"{text}, though that to layer {steps.rival + 1} may be as large"
    return f"{text}."


def step_name(step: int) -> str:
    """Name a step by its two layers, on one line."""
    return f"{step or 'emb'}\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}{step + 1}"


def step_tip(measure: Measure, steps: Steps, step: int) -> str:
    """Say how much changes in one step, and how much that is beside the others."""
    change, width = float(steps.changes[step]), float(steps.half_width[step])
    lines = [f"{step_name(step)}: change {measured(change, width)}"]
    if measure != "procrustes":
        lines.append(f"{change_unit(measure)} of {written(float(steps.values[step]), 3)}")
    if np.isfinite(times := float(steps.times_average[step])):
        lines.append(f"{times:.2f} times the average")
    return "\n".join(lines)


def change_unit(measure: Measure) -> str:
    """Say what a change is measured as."""
    return "distance" if measure == "procrustes" else f"1 − {_SHORT[measure]}"


def _between_models(
    compared: SimilarityResult, other: ModelInfo, found: LayerMap
) -> tuple[str, ...]:
    """Name the most alike pair, and what the last layers of both are most like."""
    left, right = compared.left.name, other.name
    likeness = -found.values if found.is_distance else found.values
    likeness = np.where(np.isnan(likeness), -np.inf, likeness)
    row, column = (int(i) for i in np.unravel_index(likeness.argmax(), likeness.shape))
    width = found.half_width
    best = measured(float(found.values[row, column]), float(width[row, column]))
    last = int(likeness[-1].argmax())
    like = measured(float(found.values[-1, last]), float(width[-1, last]))
    return (
        f"Most alike on {_whose(compared)}: {the_layer(row)} of {left} and {the_layer(column)} of "
        f"{right} ({best}).",
        f"The last layer of {left} is most like {the_layer(last)} of {right} ({like}).",
    )


def remark(compared: SimilarityResult, ended: str = "") -> str:
    """Say beside the panel's name how much was read, and of which measure.

    ``ended`` is why nothing more will come, such as "stopped"; "" while it may.
    """
    found = compared.found
    if found is None:
        return NAMES[compared.request.measure]
    bounds = f"upper bounds only: {ended}" if ended else "upper bounds, the distances follow"
    more = bounds if found.are_bounds else "interval on hover"
    return f"{_n(compared, found)} · {NAMES[found.measure]} · {more}"


def describe(
    compared: SimilarityResult, scale: tuple[str, str], ended: str = "", *, with_findings: int = 0
) -> str:
    """Say what the whole map is: n, measure, space, scale, and what ± means.

    ``ended`` is why nothing more will come, such as "stopped"; "" while it may. The last
    ``with_findings`` of the findings, which have no room beside the map, stand behind n.
    """
    found = compared.found
    if found is None:
        return "Grey: no values can be given." if any(compared.obstacle) else ""
    said = findings(compared)[-with_findings:] if with_findings else ()
    n = [_n(compared, found), *([] if compared.cut is None else [compared.cut.sentence()])]
    rest = []
    if found.are_bounds:
        bounds = f"from the {LEADING} leading directions of each layer"
        rest.append(
            f"upper bounds only: {ended}; {bounds}"
            if ended
            else f"upper bounds {bounds}, the distances themselves are on their way"
        )
    rest.append(f"{NAMES[found.measure]}, {_space(compared)}")
    if compared.unrelated is not None:
        rest.append(f"shuffled tokens would leave {compared.unrelated:.2f}")
    if not found.are_bounds:
        coming = f"no intervals: {ended}" if ended else "intervals are on their way"
        n_halves = len(found.halves)
        rest.append(
            f"± is the 95 % interval from {n_halves} half-size samples of sentences"
            if n_halves
            else coming
        )
    rest.append(f"scale {scale[0]} to {scale[1]}")
    if not said:
        return f"{'; '.join((*n, *rest))}."
    return f"{'; '.join(n)}. {' '.join(said)} How it was measured: {'; '.join(rest)}."


def _space(compared: SimilarityResult) -> str:
    """Name the space, and on what its means and deviations were found."""
    space = compared.request.space
    if space.mode == "raw":
        return space.phrase
    other = "" if compared.right is None else f" ({compared.right.name}: by these sentences)"
    return f"{space.phrase} by the reference sentences{other}"


def _n(compared: SimilarityResult, found: LayerMap) -> str:
    """Say from how much the map was computed."""
    unit = "tokens" if compared.right is None else "pairs of tokens"
    file = compared.request.file
    of = "" if file is None else f" of {on_one_line(file.name)}"
    return f"n = {found.n_tokens:,} {unit}, {counted(found.n_sentences, 'sentence')}{of}"


def _whose(compared: SimilarityResult) -> str:
    """Name the sentences, where their file's name would be too long."""
    return "the reference sentences" if compared.request.file is None else "your sentences"


def cells_of(compared: SimilarityResult) -> Cells:
    """Say how the map is drawn: all of it unknown where there is a reason for none."""
    found, left, right = compared.found, compared.left, compared.right
    columns = left if right is None else right
    shape, is_distance = (left.n_layers + 1, columns.n_layers + 1), False
    values: FloatArray = np.full(shape, np.nan)
    if found is not None:
        values, is_distance = found.values, found.is_distance
    return Cells(
        values,
        layer_names(left.n_layers),
        layer_names(columns.n_layers),
        _scale(values, distance=is_distance),
        partial(cell_tip, compared),
        partial(describe_cell, compared),
        small_is_strong=is_distance,
        row_title="" if right is None else left.name,
        column_title="" if right is None else right.name,
        are_bounds=found is not None and found.are_bounds,
    )


def changes_of(compared: SimilarityResult) -> StepChanges:
    """Say how the steps through one model's layers are drawn."""
    found = compared.found if compared.right is None else None
    if found is None or (steps := steps_of(found)) is None:
        return NO_CHANGES
    measure = found.measure
    return StepChanges(
        steps.changes,
        steps.half_width,
        layer_names(len(steps.changes)),
        change_unit(measure),
        partial(step_tip, measure, steps),
    )


def _scale(values: FloatArray, *, distance: bool) -> ColourScale:
    """Let the colours run over the values, from and to whole tenths: the ends are printed.

    The end that means "the same" is always among them where layers of one model are compared.
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return ColourScale(0.0, 1.0)
    low, high = (0.0 if distance else math.floor(known.min() * 10) / 10), float(known.max())
    return ColourScale(low, max(math.ceil(high * 10 - 1e-3) / 10, low + 0.1))


RAW = Space("raw")


def caption(found: LayerMap, model: ModelInfo, space: Space = RAW) -> str:
    """Say what a map of one model's layers shows, of its reference sentences."""
    request = SimilarityRequest(found.measure, space)
    compared = SimilarityResult(request, model, found=found, is_final=True)
    told = describe(compared, cells_of(compared).scale.labels())
    return " ".join((told, *findings(compared)))
