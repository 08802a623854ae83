"""Mean cosine of each token with itself, between all layers at once."""

from collections.abc import Sequence

import numpy as np

from roberta_gui.analysis.layer_maps.intervals import Drawing, Halved, HalvedSteps
from roberta_gui.analysis.similarity import unit
from roberta_gui.records import FloatArray


def cosine_steps(
    left: Sequence[FloatArray], right: Sequence[FloatArray] | None, drawing: Drawing
) -> HalvedSteps:
    """Work out the map of mean cosines in short steps.

    The measure is :func:`roberta_gui.analysis.similarity.mean_cosine`.

    nan between layers of different widths: their features have nothing to do with each other.

    Parameters
    ----------
    left, right
        float32 (token, feature) of each layer; ``right`` None compares ``left`` with itself.

    Examples
    --------
    >>> import numpy as np
    >>> layer = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    >>> steps = cosine_steps([layer], [layer, -layer, layer[:, :2]], Drawing.of(np.arange(40), 0))
    >>> from roberta_gui.analysis.stepped import result_of
    >>> result_of(steps).values.round(4).tolist()
    [[1.0, -1.0, nan]]
    """
    rows = []
    for states in left:
        rows.append(unit(states))
        yield None
    columns = rows if right is None else []
    for states in right or ():
        columns.append(unit(states))
        yield None
    draws = np.concatenate([np.ones((1, len(drawing.unit)), dtype=bool), drawing.tokens()])
    weights = draws / np.maximum(draws.sum(axis=1, keepdims=True), 1)  # (draw, token)
    means = np.full((len(draws), len(rows), len(columns)), np.nan)
    for at, row in enumerate(rows):
        for beside, column in enumerate(columns):
            if right is None and beside < at:
                means[:, at, beside] = means[:, beside, at]
            elif row.shape == column.shape:
                means[:, at, beside] = weights @ np.einsum("tf,tf->t", row, column)
        yield None
    return Halved(means[0], means[1:])
