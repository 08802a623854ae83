"""What a comparison looks like: the map's cells, and the bars of its steps."""

import math
from functools import partial

import numpy as np

from roberta_gui.analysis.layer_maps.steps import steps_of
from roberta_gui.findings.marks import NO_CHANGES, Cells, StepChanges
from roberta_gui.findings.scales import ColourScale
from roberta_gui.findings.similarity import captions as words
from roberta_gui.findings.similarity.comparing import SimilarityResult, layer_names
from roberta_gui.records import FloatArray


def cells_of(compared: SimilarityResult) -> Cells:
    """Say how the map is drawn: all of it unknown where there is a reason for none."""
    found, left, right = compared.found, compared.left, compared.right
    columns = left if right is None else right
    values: FloatArray = np.full((left.n_layers + 1, columns.n_layers + 1), np.nan)
    is_distance = found is not None and found.is_distance
    if found is not None:
        values = found.values
    return Cells(
        values,
        layer_names(left.n_layers),
        layer_names(columns.n_layers),
        _scale(values, distance=is_distance),
        partial(words.cell_tip, compared),
        partial(words.describe_cell, compared),
        small_is_strong=is_distance,
        row_title="" if right is None else left.name,
        column_title="" if right is None else right.name,
        are_bounds=found is not None and found.are_bounds,
    )


def changes_of(compared: SimilarityResult) -> StepChanges:
    """Say how the steps through one model's layers are drawn."""
    if compared.found is None or compared.right is not None:
        return NO_CHANGES
    if (steps := steps_of(compared.found)) is None:
        return NO_CHANGES
    measure = compared.found.measure
    return StepChanges(
        steps.changes,
        steps.half_width,
        layer_names(len(steps.changes)),
        words.change_unit(measure),
        partial(words.step_tip, measure, steps),
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
