"""Cosines and their shares against loops over pairs, and against scikit-learn."""

import itertools

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from roberta_gui.analysis.through_layers import cosines
from roberta_gui.problems import BadArgument
from tests.analysis.states import CONSTANT, N_FEATURES, N_LAYERS, ROGUE, made_up_states
from tests.tolerances import DECOMPOSED, EXACT

STATES = made_up_states(n_tokens=9)
TABLES = np.stack([cosine_similarity(layer.astype(float)) for layer in STATES])


def test_tokens_are_compared_with_themselves_elsewhere() -> None:
    for here, there in ((0, 1), (2, 0), (1, -1)):
        found = cosines.with_itself(STATES[here], STATES[there])

        for token in range(9):
            pair = STATES[[here, there], token].astype(float)
            expected = cosine_similarity(pair)[0, 1]
            np.testing.assert_allclose(found[token], expected, atol=EXACT)


@pytest.mark.parametrize("layer", range(N_LAYERS))
def test_tokens_are_compared_with_each_other(layer: int) -> None:
    states, table = STATES[layer], TABLES[layer]
    others = [np.delete(table[token], token).mean() for token in range(9)]
    pairs = [table[pair] for pair in itertools.combinations(range(9), 2)]

    np.testing.assert_allclose(cosines.between_tokens(states), table, atol=EXACT)
    np.testing.assert_allclose(cosines.with_others(states), others, atol=EXACT)
    np.testing.assert_allclose(cosines.mean_of_pairs(states), np.mean(pairs), atol=EXACT)


def test_anisotropy_of_directions_without_any_preference_is_nothing() -> None:
    isotropic = np.random.default_rng(0).standard_normal((2000, 50))

    # The mean of n(n-1)/2 uncorrelated cosines of variance 1/50: 0.0001 is their deviation.
    assert abs(cosines.mean_of_pairs(isotropic)) < 0.0005


def test_self_similarity_is_the_mean_over_pairs_of_one_word() -> None:
    words = np.array([2, 0, 0, 2, 0, 3, 2, 2, 0])
    found = cosines.self_similarity(STATES[1], words)

    assert np.isnan(found[[1, 3]]).all()  # no occurrence, and a single one
    for word in (0, 2):
        pairs = itertools.combinations(np.flatnonzero(words == word), 2)
        expected = np.mean([TABLES[1][pair] for pair in pairs])
        np.testing.assert_allclose(found[word], expected, atol=EXACT)


def test_a_word_that_its_context_does_not_touch_is_wholly_like_itself() -> None:
    words = np.arange(20) % 5
    vectors = np.random.default_rng(1).standard_normal((5, 8))[words]

    np.testing.assert_allclose(cosines.self_similarity(vectors, words), 1, atol=EXACT)


def test_the_length_of_a_state_does_not_matter() -> None:
    states = STATES[1]
    longer = states.astype(float) * np.linspace(0.1, 1e4, 9)[:, np.newaxis]

    for measure in (cosines.between_tokens, cosines.with_others, cosines.mean_of_pairs):
        np.testing.assert_allclose(measure(longer), measure(states), atol=EXACT)


def test_a_state_without_direction_has_cosine_nothing() -> None:
    states = STATES[1].copy()
    states[3] = 0

    assert cosines.with_itself(states, STATES[0])[3] == 0
    assert not cosines.between_tokens(states)[3].any()
    assert np.isfinite(cosines.mean_of_pairs(states))


def test_too_few_tokens_for_a_pair_have_no_mean_and_no_shares() -> None:
    for n_tokens in (0, 1):
        few = STATES[0, :n_tokens]
        assert np.isnan(cosines.with_others(few)).all()
        assert np.isnan(cosines.mean_of_pairs(few))
        assert np.isnan(cosines.cosine_shares(few)).all()
        assert cosines.variance_shares(few).tolist() == [0] * N_FEATURES
    assert cosines.self_similarity(STATES[0, :0], np.zeros(0, int)).shape == (0,)


def test_words_that_do_not_fit_the_states_are_a_problem() -> None:
    with pytest.raises(BadArgument, match="8 words do not name 9 occurrences"):
        cosines.self_similarity(STATES[0], np.zeros(8, int))


def test_each_share_of_the_cosine_is_that_features_part_of_every_pair() -> None:
    states = made_up_states(n_tokens=7)[1].astype(float)
    parts = [
        states[i] * states[j] / (np.linalg.norm(states[i]) * np.linalg.norm(states[j]))
        for i, j in itertools.combinations(range(7), 2)
    ]

    np.testing.assert_allclose(cosines.cosine_shares(states), np.mean(parts, 0), atol=EXACT)


def test_shares_of_the_variance_sum_to_one() -> None:
    states = made_up_states()[2]
    shares = cosines.variance_shares(states)
    covariance = np.cov(states.astype(float), rowvar=False)

    np.testing.assert_allclose(shares.sum(), 1, atol=EXACT)
    assert (shares >= 0).all()
    assert shares[CONSTANT] == pytest.approx(0, abs=EXACT)
    expected = covariance.diagonal() / np.trace(covariance)
    np.testing.assert_allclose(shares, expected, rtol=DECOMPOSED, atol=EXACT)


def test_one_offset_feature_makes_random_states_alike_and_centring_undoes_it() -> None:
    gaussian = np.random.default_rng(0).standard_normal((400, 768))
    gaussian[:, 588] += 30
    shares = cosines.cosine_shares(gaussian)

    # A state is 900 + 1 in the one feature and 767 in all others: 900 / 1668 = 0.54.
    assert cosines.mean_of_pairs(gaussian) == pytest.approx(0.54, abs=0.005)
    assert cosines.mean_of_pairs(gaussian - gaussian.mean(axis=0)) == pytest.approx(0, abs=0.005)
    assert shares[588] == pytest.approx(shares.sum(), abs=0.002)
    assert cosines.variance_shares(gaussian)[588] < 0.003


def test_the_planted_rogue_leads_in_cosine_and_variance() -> None:
    for states in made_up_states():
        assert cosines.cosine_shares(states).argmax() == ROGUE
        assert cosines.variance_shares(states).argmax() == ROGUE
