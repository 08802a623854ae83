"""What is read off the rows of a matrix, against loops over its cells."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from roberta_gui.analysis.attention import entropy_bits, spread_bits, strongest_lines
from roberta_gui.problems import BadArgument
from tests.tolerances import EXACT


def by_hand(row: list[float], mass: float) -> set[int]:
    """Take weights, the largest first, until they hold their share; then those as strong."""
    order = sorted(range(len(row)), key=lambda i: -abs(row[i]))
    wanted = mass * sum(abs(value) for value in row)
    held, taken = 0.0, set()
    for place in order:
        if held >= wanted * (1 - 1e-6):
            break
        held += abs(row[place])
        taken.add(place)
    weakest = min((abs(row[i]) for i in taken), default=np.inf)
    return {i for i, value in enumerate(row) if value and abs(value) >= weakest}


def chosen(lines: NDArray[np.bool_]) -> list[set[int]]:
    return [set(np.flatnonzero(row).tolist()) for row in lines]


@given(
    arrays(np.float32, (3, 7), elements=st.integers(-8, 8).map(lambda n: n / 8)),
    st.sampled_from([0.2, 0.5, 0.8, 0.95, 1.0]),
)
def test_the_same_lines_are_chosen_as_by_hand(matrix: NDArray[np.float32], mass: float) -> None:
    assert chosen(strongest_lines(matrix, mass)) == [by_hand(row, mass) for row in matrix.tolist()]


def test_the_lines_of_attention_hold_their_share_and_one_fewer_would_not() -> None:
    scores = np.exp(2 * np.random.default_rng(3).standard_normal((40, 60)))
    attention = (scores / scores.sum(1, keepdims=True)).astype(np.float32)

    lines = strongest_lines(attention, 0.8)

    for weights, kept in zip(attention.astype(np.float64), lines, strict=True):
        assert weights[kept].sum() >= 0.8 - 1e-6
        assert weights[kept].sum() - weights[kept].min() < 0.8


def test_equal_weights_keep_as_many_as_their_share_needs() -> None:
    fifths = np.full((1, 5), 0.2, dtype=np.float32)
    one, other = np.array([[0.4, 0.4, 0.2]], np.float32), np.array([[0.5, 0.3, 0.2]], np.float32)

    assert strongest_lines(fifths, 0.8).sum() == 5  # none of equals is left out
    assert strongest_lines(one, 0.8).tolist() == [[True, True, False]]
    assert strongest_lines(other, 0.8).tolist() == [[True, True, False]]


def test_nothing_is_chosen_from_nothing() -> None:
    assert not strongest_lines(np.zeros((2, 4), dtype=np.float32), 0.8).any()
    assert strongest_lines(np.zeros((0, 0), dtype=np.float32), 0.8).shape == (0, 0)


@pytest.mark.parametrize("mass", [0, -0.5, 1.01, float("nan")])
def test_a_share_is_over_0_and_up_to_1(mass: float) -> None:
    with pytest.raises(BadArgument):
        strongest_lines(np.ones((2, 2), dtype=np.float32), mass)


def test_spread_is_the_entropy_of_each_row_and_its_mean_that_of_the_head() -> None:
    scores = np.exp(3 * np.random.default_rng(0).standard_normal((6, 6)))
    attention = (scores / scores.sum(1, keepdims=True)).astype(np.float32)
    expected = [-sum(w * math.log2(w) for w in row if w > 0) for row in attention.tolist()]

    np.testing.assert_allclose(spread_bits(attention), expected, rtol=EXACT)
    assert entropy_bits(attention) == pytest.approx(sum(expected) / 6)


def test_no_token_looks_nowhere() -> None:
    assert spread_bits(np.zeros((0, 0), dtype=np.float32)).shape == (0,)
