"""From logits to guesses, against softmax in float64."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import entr, log_softmax, softmax

from roberta_gui import problems
from roberta_gui.engine.measures import fill_mask
from tests.tolerances import ROW_SUM, probability


def spell(row: int) -> tuple[str, bool]:
    """Spell a row by its number; even ones have a leading space."""
    return f"w{row}", row % 2 == 0


def some_logits(n: int = 1, spread: float = 4.0) -> NDArray[np.float32]:
    """Draw rows of logits as large as a real vocabulary."""
    return np.random.default_rng(5).normal(0, spread, (n, 50265)).astype(np.float32)


def test_probabilities_are_over_the_whole_vocabulary() -> None:
    logits = some_logits()
    (fill,) = fill_mask.fill(logits, [6], 10, spell)
    expected = softmax(logits[0].astype(np.float64))
    ranked = np.argsort(-expected)[:10]
    assert [candidate.id for candidate in fill.candidates] == ranked.tolist()
    np.testing.assert_allclose(
        [candidate.probability for candidate in fill.candidates],
        expected[ranked],
        rtol=probability(50265),
    )
    assert fill.covered == pytest.approx(expected[ranked].sum(), rel=probability(50265))
    assert fill.covered < 0.9
    assert fill.entropy_bits == pytest.approx(
        entr(expected).sum() / math.log(2), rel=probability(50265)
    )
    assert fill.token_index == 6


def test_candidates_are_ranked_from_one_and_spelled() -> None:
    (fill,) = fill_mask.fill(np.array([[0.0, 3.0, 1.0]], np.float32), [0], 3, spell)
    assert [(c.rank, c.id, c.text, c.leading_space) for c in fill.candidates] == [
        (1, 1, "w1", False),
        (2, 2, "w2", True),
        (3, 0, "w0", True),
    ]


def test_several_masks_are_ranked_each_for_itself() -> None:
    logits = some_logits(3)
    together = fill_mask.fill(logits, [2, 5, 9], 4, spell)
    assert [fill.token_index for fill in together] == [2, 5, 9]
    for row, fill in enumerate(together):
        assert [candidate.id for candidate in fill.candidates] == np.argsort(-logits[row])[
            :4
        ].tolist()


def test_no_masks_give_no_fills() -> None:
    assert fill_mask.fill(np.empty((0, 9), np.float32), [], 4, spell) == ()


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.integers(1, 50))
def test_equal_probabilities_stand_in_order_of_their_ids(levels: list[int], top_k: int) -> None:
    (fill,) = fill_mask.fill(np.array([levels], np.float32), [0], top_k, spell)
    expected = sorted(range(len(levels)), key=lambda row: (-levels[row], row))[:top_k]
    assert [candidate.id for candidate in fill.candidates] == expected


def test_more_candidates_than_words_are_all_words_and_cover_everything() -> None:
    (fill,) = fill_mask.fill(some_logits()[:, :300], [0], 10**9, spell)
    assert len(fill.candidates) == 300
    assert fill.covered == pytest.approx(1.0, abs=ROW_SUM)
    assert fill.covered <= 1.0


@pytest.mark.parametrize("top_k", [0, -1])
def test_asking_for_no_candidates_is_a_problem(top_k: int) -> None:
    with pytest.raises(problems.BadArgument, match="at least one"):
        fill_mask.fill(some_logits(), [0], top_k, spell)


def test_entropy_runs_from_nothing_to_all_the_bits_of_the_vocabulary() -> None:
    flat = np.full((1, 1024), 7.5, np.float32)
    sure = np.zeros((1, 1024), np.float32)
    sure[0, 3] = 200.0
    assert fill_mask.fill(flat, [0], 1, spell)[0].entropy_bits == pytest.approx(
        10.0, rel=probability(1024)
    )
    assert fill_mask.fill(sure, [0], 1, spell)[0].entropy_bits == 0.0


def test_logits_beyond_what_exp_can_hold_still_give_probabilities() -> None:
    logits = np.array([[3e4, 3e4 - 1.0, -3e4]], np.float32)
    found = fill_mask.log_softmax(logits)
    np.testing.assert_allclose(
        found, log_softmax(logits.astype(np.float64), axis=-1), rtol=probability(3)
    )
    assert fill_mask.fill(logits, [0], 3, spell)[0].candidates[0].probability == pytest.approx(
        1 / (1 + math.exp(-1.0)), rel=probability(3)
    )
