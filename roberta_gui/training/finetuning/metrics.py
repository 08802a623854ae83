"""How well a task is solved, with intervals, and what the majority would give."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from roberta_gui.records import Task, read_only
from roberta_gui.records.finetuning import Interval, Scores

_DRAWS = 500
_Values = NDArray[np.float64]


def scores(
    task: Task,
    loss: float,
    true: Sequence[_Values],
    said: Sequence[_Values],
    majority: float,
    *,
    intervals: bool = False,
) -> Scores:
    """Compare what was said with what is true.

    Parameters
    ----------
    true, said
        For each text, float (n,): rows of the labels, or numbers; several where the task labels
        words.
    majority
        The commonest label of the training texts, or their mean.
    intervals
        95 % ones: Wilson's (1927) for the accuracy of texts; else percentiles of a bootstrap that
        draws texts, because the words of one text are no independent witnesses.
    """
    from sklearn.metrics import confusion_matrix

    flat_true, flat_said = np.concatenate(true), np.concatenate(said)
    values = measures(task, flat_true, flat_said)
    found = {name: Interval(value, math.nan, math.nan) for name, value in values.items()}
    if intervals:
        found = _bootstrapped(task, true, said, values)
    if intervals and task.kind == "classification":
        right = int((flat_true == flat_said).sum())
        found["accuracy"] = wilson(right, len(flat_true))
    confusion = np.zeros((0, 0), np.int64)
    if task.kind != "regression":
        places = range(len(task.labels))
        confusion = confusion_matrix(flat_true, flat_said, labels=places).astype(np.int64)
    baseline = measures(task, flat_true, np.full_like(flat_true, majority))
    return Scores(len(flat_true), loss, found, baseline, read_only(confusion))


def measures(task: Task, true: _Values, said: _Values) -> dict[str, float]:
    """Give each measure of the task; Pearson's r of a constant is 0: it tells nothing."""
    from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef, root_mean_squared_error

    if task.kind == "regression":
        varies = np.ptp(true) > 0 and np.ptp(said) > 0
        pearson = float(np.corrcoef(true, said)[0, 1]) if varies else 0.0
        return {"pearson": pearson, "rmse": float(root_mean_squared_error(true, said))}
    labels = np.unique(np.concatenate([true, said]))
    f1 = f1_score(true, said, labels=labels, average="macro", zero_division=0.0)
    matthews = matthews_corrcoef(true, said) if len(labels) > 1 else 0.0
    return {
        "accuracy": float(accuracy_score(true, said)),
        "macro_f1": float(f1),
        "matthews": float(matthews),
    }


def wilson(right: int, n: int) -> Interval:
    """Give a share with the interval of Wilson (1927), "Probable Inference"."""
    from scipy.stats import binomtest

    interval = binomtest(right, n).proportion_ci(0.95, method="wilson")
    return Interval(right / n, float(interval.low), float(interval.high))


def _bootstrapped(
    task: Task, true: Sequence[_Values], said: Sequence[_Values], values: dict[str, float]
) -> dict[str, Interval]:
    random = np.random.default_rng(0)
    drawn: dict[str, list[float]] = {name: [] for name in values}

    def pick(of: Sequence[_Values], places: NDArray[np.int64]) -> _Values:
        return np.concatenate([of[place] for place in places])

    for _ in range(_DRAWS):
        places = random.integers(len(true), size=len(true))
        for name, value in measures(task, pick(true, places), pick(said, places)).items():
            drawn[name].append(value)
    ends = {name: np.quantile(some, (0.025, 0.975)) for name, some in drawn.items()}
    return {n: Interval(value, *map(float, ends[n])) for n, value in values.items()}
