"""How far training has moved each layer, and what a probe can read from it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.similarity import FEWEST_TOKENS, debiased_cka
from roberta_gui.records import FloatArray

Float64Array = NDArray[np.float64]

_FOLDS = 5


def kept_shape(start: FloatArray, now: FloatArray) -> Float64Array:
    """Give each layer's debiased CKA, of (layer, sample, feature), with its start: (layer,).

    nan of fewer than four samples.
    """
    if start.shape[1] < FEWEST_TOKENS:
        return np.full(len(start), np.nan)
    pairs = zip(start, now, strict=True)
    return np.array([debiased_cka(before, after) for before, after in pairs])


def moved(start: FloatArray, now: FloatArray) -> Float64Array:
    """Give the mean distance of each layer's vectors to where they began: float64 (layer,).

    As a share of the mean length that they had there.
    """
    apart = np.linalg.norm(now - start, axis=-1).mean(axis=-1)
    length = np.linalg.norm(start, axis=-1).mean(axis=-1)
    return np.asarray(apart / length, np.float64)


def probe(
    states: FloatArray,
    labels: NDArray[Any],
    *,
    numbers: bool = False,
    groups: Sequence[str] | None = None,
) -> Float64Array:
    """Tell how well a linear probe reads labels from each layer: float64 (layer,).

    A ridge probe on standardised features, judged on samples that it was not fitted on (five
    folds, fixed): the share it gets right, or Pearson's r of numbers. Samples of one group, such
    as the halves of a minimal pair, are in one fold; by default each is a group of its own. Labels
    that fewer than five groups have are left out; nan where fewer than two labels are left. A probe
    can find what the model itself makes no use of (Hewitt & Liang 2019). Of states,
    (layer, sample, feature).
    """
    from sklearn.linear_model import Ridge, RidgeClassifier
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    kin = np.arange(len(labels)) if groups is None else np.unique(groups, return_inverse=True)[1]
    if not numbers:
        having = {label: len(np.unique(kin[labels == label])) for label in np.unique(labels)}
        common = np.isin(labels, [label for label, n in having.items() if n >= _FOLDS])
        states, labels, kin = states[:, common], labels[common], kin[common]
    if len(np.unique(labels)) < 2 or len(np.unique(kin)) < _FOLDS:
        return np.full(len(states), np.nan)
    n_features = states.shape[-1]
    ridge = (Ridge if numbers else RidgeClassifier)(alpha=float(n_features))
    model = make_pipeline(StandardScaler(), ridge)
    folds = _folds(labels, kin, numbers=numbers)
    said = [cross_val_predict(model, layer, labels, cv=folds) for layer in states]
    if numbers:
        return np.array([np.corrcoef(one, labels)[0, 1] for one in said])
    return np.array([np.mean(one == labels) for one in said])


def _folds(labels: NDArray[Any], kin: NDArray[np.int64], *, numbers: bool) -> list[Any]:
    """Deal samples out, kin into one fold, labels evenly: places to fit on, and to judge."""
    from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

    alone, together = (KFold, GroupKFold) if numbers else (StratifiedKFold, StratifiedGroupKFold)
    if len(np.unique(kin)) == len(kin):
        return [*alone(_FOLDS, shuffle=True, random_state=0).split(kin, labels)]
    return [*together(_FOLDS, shuffle=True, random_state=0).split(kin, labels, kin)]
