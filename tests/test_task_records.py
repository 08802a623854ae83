"""What a fine-tuned model says, and what fine-tuning tells."""

import math
from typing import Any

import numpy as np
import pytest

from roberta_gui.records import AnalysisRequest, Prediction, Task, TaskKind
from roberta_gui.records.finetuning import Interval, Scores, TuningStep
from tests.made_up import make_model, make_tokens


def predicted(kind: TaskKind, logits: Any) -> Prediction:
    task, values = Task(kind, ("cat", "dog")), np.array(logits, np.float32)
    return Prediction(AnalysisRequest("Hi"), make_model(), task, make_tokens([0, 2]), values)


@pytest.mark.parametrize(
    ("kind", "logits", "probabilities", "labels"),
    [
        ("classification", [0.0, math.log(3)], [0.25, 0.75], ("dog",)),
        ("tokens", [[0.0, 0.0], [0.0, math.log(3)]], [[0.5, 0.5], [0.25, 0.75]], ("cat", "dog")),
        ("multi_label", [math.log(3), -math.log(3)], [0.75, 0.25], ("cat",)),
        ("regression", [-2.0, 1000.0], [-2.0, 1000.0], ()),
        ("classification", [1e4, -1e4], [1.0, 0.0], ("cat",)),
    ],
)
def test_logits_become_what_their_task_means(
    kind: TaskKind, logits: Any, probabilities: Any, labels: tuple[str, ...]
) -> None:
    found = predicted(kind, logits)

    np.testing.assert_allclose(found.probabilities, probabilities, rtol=1e-6)
    assert found.labels == labels
    assert not found.probabilities.flags.writeable


def test_the_time_left_follows_from_the_share_that_is_done() -> None:
    def told(done: float) -> TuningStep:
        return TuningStep(0, 1, 10, 0.5, 1e-4, done, 30.0)

    assert told(0.25).seconds_left == 90.0
    assert math.isnan(told(0.0).seconds_left)


@pytest.mark.parametrize("measures", [{}, {"accuracy": Interval(0.5, 0.4, 0.6)}])
def test_scores_without_a_measure_or_its_baseline_are_none(measures: dict[str, Interval]) -> None:
    with pytest.raises(ValueError, match="baseline is missing"):
        Scores(10, 0.5, measures, {}, np.zeros((0, 0), np.int64))
