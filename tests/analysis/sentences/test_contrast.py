"""Two distributions of guesses, against scipy's Jensen–Shannon distance."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon
from scipy.special import log_softmax

from roberta_gui.analysis.sentences.contrast import contrast
from roberta_gui.problems import BadArgument
from tests.tolerances import EXACT, STORED


def drawn(seed: int, n_words: int = 300, wide: float = 4.0) -> NDArray[np.float32]:
    """Draw the log-probabilities of one mask."""
    logits = np.random.default_rng(seed).normal(scale=wide, size=n_words)
    made: NDArray[np.float32] = log_softmax(logits).astype(np.float32)
    return made


@pytest.mark.parametrize("wide", [0.01, 1.0, 4.0, 20.0])
def test_the_divergence_is_scipys_and_the_words_shares_sum_to_it(wide: float) -> None:
    a, b = drawn(1, wide=wide), drawn(2, wide=wide)

    found = contrast(a, b)

    expected = jensenshannon(np.exp(a, dtype=float), np.exp(b, dtype=float), base=2) ** 2
    assert found.divergence_bits == pytest.approx(expected, abs=STORED)
    assert found.contribution_bits.sum() == pytest.approx(found.divergence_bits, abs=EXACT)
    assert (found.contribution_bits >= 0).all()


def test_swapping_the_sentences_mirrors_the_plot() -> None:
    a, b = drawn(1), drawn(2)

    there, back = contrast(a, b), contrast(b, a)

    np.testing.assert_array_equal(there.a, back.b)
    np.testing.assert_array_equal(there.b, back.a)
    np.testing.assert_allclose(there.contribution_bits, back.contribution_bits, atol=1e-15)


def test_identical_sentences_are_not_apart_at_all() -> None:
    found = contrast(drawn(1), drawn(1))

    assert found.divergence_bits == 0
    assert not found.contribution_bits.any()


def test_guesses_with_nothing_in_common_are_one_bit_apart() -> None:
    never = -np.inf
    found = contrast(np.array([0, never, never]), np.array([never, 0, never]))

    assert found.divergence_bits == 1
    assert found.contribution_bits.tolist() == [0.5, 0.5, 0]


def test_the_words_that_tell_them_apart_come_first_and_equal_ones_by_id() -> None:
    a = np.log([0.4, 0.1, 0.4, 0.1])
    b = np.log([0.1, 0.1, 0.1, 0.7])

    found = contrast(a, b)

    assert found.leading(3).tolist() == [3, 0, 2]
    assert found.leading(99).tolist() == [3, 0, 2, 1]
    assert found.leading(0).tolist() == []


def test_vocabularies_of_two_sizes_are_refused() -> None:
    with pytest.raises(BadArgument, match="300 and 200 words"):
        contrast(drawn(1), drawn(2, n_words=200))
