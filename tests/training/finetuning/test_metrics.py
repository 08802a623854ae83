import math
import tracemalloc

import numpy as np
import pytest
from scipy.stats import bootstrap, norm
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, matthews_corrcoef

from roberta_gui.records import Task
from roberta_gui.training.evaluation.intervals import wilson
from roberta_gui.training.finetuning.metrics import scores

LABELS = Task("classification", ("a", "b", "c"))
RANDOM = np.random.default_rng(3)
TRUE = RANDOM.integers(3, size=200).astype(np.float64)
SAID = np.where(RANDOM.random(200) < 0.7, TRUE, RANDOM.integers(3, size=200)).astype(np.float64)


def rows(values: np.ndarray) -> list[np.ndarray]:
    return [values[place : place + 1] for place in range(len(values))]


def oracle(true: np.ndarray, said: np.ndarray) -> dict[str, float]:
    return {
        "accuracy": accuracy_score(true, said),
        "macro_f1": f1_score(true, said, average="macro"),
        "matthews": matthews_corrcoef(true, said),
    }


def test_wilsons_interval_solves_its_equation() -> None:
    z = norm.ppf(0.975)

    share, low, high = wilson(17, 20)

    assert share == 0.85
    for end in (low, high):  # where the observed share is just z standard errors away
        assert abs(share - end) == pytest.approx(z * math.sqrt(end * (1 - end) / 20))


def test_scores_hold_every_measure_with_an_interval_and_the_majority_beside_it() -> None:
    found = scores(LABELS, 0.5, rows(TRUE), rows(SAID), majority=1.0, intervals=True)

    right = int((TRUE == SAID).sum())
    assert found.measures["accuracy"] == wilson(right, 200)
    for name, value in oracle(TRUE, SAID).items():
        assert found.measures[name].value == pytest.approx(value)
        assert found.measures[name].low < value < found.measures[name].high
    assert found.baseline["accuracy"] == np.mean(TRUE == 1.0)
    assert found.baseline["matthews"] == 0.0
    np.testing.assert_array_equal(found.confusion, confusion_matrix(TRUE, SAID))
    assert found.rank == (right / 200, -0.5)


def test_bootstrapped_intervals_are_those_of_scipy() -> None:
    true = RANDOM.normal(size=80)
    said = true + RANDOM.normal(size=80)

    def pearson(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.corrcoef(one, other)[0, 1])

    task = Task("regression", ("score",))
    _, low, high = scores(task, 0.5, rows(true), rows(said), 0.0, intervals=True).measures[
        "pearson"
    ]
    theirs = bootstrap(
        (true, said), pearson, paired=True, vectorized=False, n_resamples=1000,
        method="percentile", rng=np.random.default_rng(8),
    ).confidence_interval  # fmt: skip

    # Each end is a quantile of 1,000 draws, off by sqrt(0.025 * 0.975 / 1000) = 0.5 % of them: in
    # that tail of a normal distribution 0.08 standard deviations, 2 % of the width. Two such, and
    # four times over:
    width = theirs.high - theirs.low
    assert [low, high] == pytest.approx([theirs.low, theirs.high], abs=0.12 * width)


def test_bootstrapping_many_labels_takes_no_memory_of_their_square() -> None:
    n = 200
    task = Task("classification", tuple(map(str, range(n))))
    true = np.arange(n, dtype=np.float64)
    tracemalloc.start()
    try:
        found = scores(task, 0.5, rows(true), rows(true[::-1]), majority=0.0, intervals=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found.measures["macro_f1"].value == 0.0
    assert peak < 1000 * n * n * 8 / 10  # a tenth of a float for each pair of labels and draw


def test_words_of_a_text_are_drawn_together() -> None:
    task = Task("tokens", ("a", "b"))
    true = [np.zeros(50) for _ in range(8)]
    said = [np.full(50, place % 2, np.float64) for place in range(8)]

    _, low, high = scores(task, 0.1, true, said, 0.0, intervals=True).measures["accuracy"]

    # Eight texts all right or all wrong, not 400 words: half is known only roughly.
    assert high - low > 0.4


def test_a_regression_has_pearson_and_an_error_and_no_confusion() -> None:
    task = Task("regression", ("score",))
    true = np.arange(20.0)

    found = scores(task, 0.5, rows(true), rows(true * 2), majority=9.5)

    assert found.measures["pearson"].value == pytest.approx(1.0)
    assert math.isnan(found.measures["pearson"].low)
    assert found.measures["rmse"].value == pytest.approx(np.sqrt(np.mean(true**2)))
    assert found.baseline["pearson"] == 0.0
    assert found.confusion.shape == (0, 0)


def test_one_label_alone_tells_nothing_and_a_label_nobody_has_counts_not() -> None:
    found = scores(LABELS, 0.5, rows(np.ones(5)), rows(np.ones(5)), majority=1.0, intervals=True)

    assert found.measures["matthews"] == (0.0, 0.0, 0.0)
    assert found.measures["macro_f1"].value == 1.0
