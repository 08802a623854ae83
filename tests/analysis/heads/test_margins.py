"""What stands beside an attention matrix, against loops over its cells."""

import math

import numpy as np
import pytest

from roberta_gui.analysis.attention import entropy_bits
from roberta_gui.analysis.heads.margins import given, received, spread_bits

SCORES = np.exp(3 * np.random.default_rng(0).standard_normal((6, 6)))
ATTENTION = (SCORES / SCORES.sum(1, keepdims=True)).astype(np.float32)


def test_received_is_the_mean_of_each_column() -> None:
    expected = [sum(float(row[key]) for row in ATTENTION) / 6 for key in range(6)]

    np.testing.assert_allclose(received(ATTENTION), expected, rtol=1e-6)


def test_what_all_tokens_receive_of_attention_sums_to_one() -> None:
    assert received(ATTENTION).sum() == pytest.approx(1, abs=1e-6)


def test_given_is_the_sum_of_each_row() -> None:
    lengths = ATTENTION * np.array([2, 1, 5, 0, 3, 1], np.float32)

    np.testing.assert_allclose(given(lengths), [math.fsum(row) for row in lengths], rtol=1e-6)


def test_spread_is_the_entropy_of_each_row_and_its_mean_that_of_the_head() -> None:
    expected = [-sum(w * math.log2(w) for w in row if w > 0) for row in ATTENTION.tolist()]

    np.testing.assert_allclose(spread_bits(ATTENTION), expected, rtol=1e-12)
    assert entropy_bits(ATTENTION) == pytest.approx(sum(expected) / 6)


def test_nothing_receives_and_gives_nothing() -> None:
    nothing = np.zeros((0, 0), dtype=np.float32)

    assert received(nothing).shape == given(nothing).shape == spread_bits(nothing).shape == (0,)
