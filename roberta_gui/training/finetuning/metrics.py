"""Ask a network what it says of labelled texts, and score it, with intervals and the majority's."""

import math
from collections.abc import Generator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from roberta_gui.engine.measures.reference import batches, step_tokens
from roberta_gui.records import Task, read_only
from roberta_gui.records.finetuning import Interval, Scores
from roberta_gui.training.evaluation.intervals import wilson
from roberta_gui.training.finetuning.encoding import Encoded, batch_of
from roberta_gui.training.finetuning.objective import TaskLoss, without_dropout

_DRAWS = 1000
_Values = NDArray[np.float64]


def judge(
    network: TaskLoss, encoded: Sequence[Encoded], majority: float, *, intervals: bool = False
) -> Generator[None, None, Scores]:
    """Score texts in short steps against the `majority_of` the training texts."""
    configuration, task = network.network.configuration, network.task
    device = network.network.device
    by_length = sorted(range(len(encoded)), key=lambda place: len(encoded[place].tokens))
    lengths = [len(encoded[place].tokens) for place in by_length]
    said: dict[int, NDArray[np.float64]] = {}
    total = 0.0
    for part in batches(lengths, step_tokens(configuration)):
        chosen = by_length[part]
        batch = batch_of([encoded[place] for place in chosen], task, configuration.padding_id)
        with torch.inference_mode(), without_dropout(network):
            loss, logits = network(*batch.to(device))
        total += float(loss)
        values = logits[..., 0] if task.kind == "regression" else logits.argmax(dim=-1)
        for place, row in zip(chosen, values.cpu().double().numpy(), strict=True):
            said[place] = row[list(encoded[place].said)] if task.kind == "tokens" else row[None]
        yield
    true = [scored(one) for one in encoded]
    n = sum(map(len, true))
    guessed = [said[place] for place in range(len(encoded))]
    return scores(task, total / n, true, guessed, majority, intervals=intervals)


def scored(one: Encoded) -> NDArray[np.float64]:
    """Give the targets that count."""
    return np.array([one.targets[place] for place in one.said], np.float64)


def majority_of(encoded: Sequence[Encoded], task: Task) -> float:
    """Give the commonest label of some texts, or the mean of their numbers."""
    targets = np.concatenate([scored(one) for one in encoded])
    if task.kind == "regression":
        return float(targets.mean())
    return float(np.bincount(targets.astype(np.int64)).argmax())


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

    Both for each text, float (n,): rows of the labels, or numbers; several where the task labels
    words. Intervals are 95 % ones: Wilson's (1927) for the accuracy of texts; else percentiles of a
    bootstrap that draws texts, because the words of one text are no independent witnesses.
    """
    one, other = np.concatenate(true), np.concatenate(said)
    weights = np.ones((1, len(one)))
    values = _measures(task, one, other, weights)
    baseline = _measures(task, one, np.full_like(one, majority), weights)
    found = {name: Interval(float(value[0]), math.nan, math.nan) for name, value in values.items()}
    if intervals:
        drawn = _measures(task, one, other, _drawn([len(text) for text in true]))
        ends = {name: np.quantile(some, (0.025, 0.975)) for name, some in drawn.items()}
        found = {name: Interval(value[0], *map(float, ends[name])) for name, value in found.items()}
    if intervals and task.kind == "classification":
        found["accuracy"] = wilson(int((one == other).sum()), len(one))
    confusion = np.zeros((0, 0), np.int64)
    if task.kind != "regression":
        confusion = _confusion(task, one, other)
    share = {name: float(value[0]) for name, value in baseline.items()}
    return Scores(len(one), loss, found, share, read_only(confusion))


def _drawn(lengths: Sequence[int]) -> _Values:
    """Draw texts with replacement: float (draw, answer), how often each answer is counted."""
    random = np.random.default_rng(0)
    counts = random.multinomial(len(lengths), np.full(len(lengths), 1 / len(lengths)), _DRAWS)
    return np.repeat(counts, lengths, axis=1).astype(np.float64)


def _measures(task: Task, true: _Values, said: _Values, weights: _Values) -> dict[str, _Values]:
    """Give each measure of the task for every row of weights: float (draw,).

    The same as scikit-learn's, which takes one row at a time.
    """
    if task.kind == "regression":
        return _of_numbers(true, said, weights)
    hit = true == said
    # Float (draw, label); every pair of labels would take memory of their square in each draw.
    n_true, n_said = _counts(task, true, weights), _counts(task, said, weights)
    n_hit = _counts(task, true[hit], weights[:, hit])
    total, right = n_true.sum(axis=1), n_hit.sum(axis=1)
    both = n_true + n_said
    f1 = _ratio(2 * n_hit, both)
    # Gorodkin (2004): Matthews' correlation of several labels.
    spread = (total**2 - (n_true**2).sum(axis=1)) * (total**2 - (n_said**2).sum(axis=1))
    covariance = right * total - (n_true * n_said).sum(axis=1)
    return {
        "accuracy": right / total,
        "macro_f1": f1.sum(axis=1) / (both > 0).sum(axis=1),
        "matthews": _ratio(covariance, np.sqrt(spread)),
    }


def _of_numbers(true: _Values, said: _Values, weights: _Values) -> dict[str, _Values]:
    """Give Pearson's r, 0 of a constant, which tells nothing; and the error."""
    shares = weights / weights.sum(axis=1, keepdims=True)
    x, y = (values - (shares @ values)[:, None] for values in (true, said))  # (draw, text)
    spread = (shares * x**2).sum(axis=1) * (shares * y**2).sum(axis=1)
    return {
        "pearson": _ratio((shares * x * y).sum(axis=1), np.sqrt(spread)),
        "rmse": np.sqrt(shares @ (true - said) ** 2),
    }


def _counts(task: Task, labels: _Values, weights: _Values) -> _Values:
    """Count the answers with each label: float (draw, label)."""
    places = labels.astype(np.int64)
    return np.array([np.bincount(places, row, len(task.labels)) for row in weights], np.float64)


def _confusion(task: Task, true: _Values, said: _Values) -> NDArray[np.int64]:
    """Count answers: int64 (true label, said label)."""
    n = len(task.labels)
    return np.bincount((true * n + said).astype(np.int64), minlength=n * n).reshape(n, n)


def _ratio(one: _Values, other: _Values) -> _Values:
    """Divide; 0 where there is nothing to divide by."""
    return np.divide(one, other, out=np.zeros_like(other, np.float64), where=other > 0)
