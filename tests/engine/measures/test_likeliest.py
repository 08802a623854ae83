"""The largest logits: exactly those that sorting everything would name."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from roberta_gui.engine.measures import likeliest


def of(logits: torch.Tensor, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    return likeliest.likeliest(logits, likeliest.run_maxima(logits), k)


def by_sorting(logits: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Sort every row whole: by logit, then by id."""
    ids = np.arange(logits.shape[1])
    return np.stack([np.lexsort((ids, -row))[:k] for row in logits])


@pytest.mark.parametrize("digits", [7, 0], ids=["all different", "many equal"])
@pytest.mark.parametrize(
    ("n_words", "k"),
    [(50265, 10), (101, 10), (64, 64), (65, 64), (63, 5), (128, 128), (1, 1), (5000, 700), (3, 9)],
)
def test_the_largest_are_those_of_a_whole_sort(n_words: int, k: int, digits: int) -> None:
    drawn = np.random.default_rng(n_words).normal(0, 3, (6, n_words))
    logits = np.round(drawn, digits).astype(np.float32)

    ids, values = of(torch.from_numpy(logits), k)

    expected = by_sorting(logits, k)
    np.testing.assert_array_equal(ids, expected)
    np.testing.assert_array_equal(values, np.take_along_axis(logits, expected, 1))


def test_logits_in_half_precision_tie_often_and_are_still_in_order() -> None:
    drawn = np.random.default_rng(1).normal(0, 3, (8, 50265)).astype(np.float32)
    logits = torch.from_numpy(drawn).bfloat16().float()

    ids, values = of(logits, 50)

    assert len(np.unique(values[0])) < 50
    np.testing.assert_array_equal(ids, by_sorting(logits.numpy(), 50))


def test_zeros_of_either_sign_and_infinities_have_their_place() -> None:
    row = np.array([[-0.0, 0.0, -np.inf, -1e-40, 1e-40, np.inf, -3.0, -0.0]], np.float32)

    ids, _ = of(torch.from_numpy(row), 8)

    assert ids.tolist() == [[5, 4, 0, 1, 7, 3, 6, 2]]
