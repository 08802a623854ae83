"""Ask a network what it says of labelled texts, a batch at a time."""

from collections.abc import Generator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from roberta_gui.engine.measures.reference import batches, step_tokens
from roberta_gui.records import Task
from roberta_gui.records.finetuning import Scores
from roberta_gui.training.finetuning.encoding import Encoded, batch_of
from roberta_gui.training.finetuning.metrics import scores
from roberta_gui.training.finetuning.objective import TaskLoss, without_dropout


def judge(
    network: TaskLoss, encoded: Sequence[Encoded], majority: float, *, intervals: bool = False
) -> Generator[None, None, Scores]:
    """Score texts in short steps; the scores are the return value.

    ``majority``: from `majority_of` the training texts.
    """
    configuration, task = network.network.configuration, network.task
    device = next(network.parameters()).device
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
