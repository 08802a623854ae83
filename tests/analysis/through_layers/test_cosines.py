"""Cosines against loops over pairs, and against scikit-learn."""

import itertools

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from roberta_gui.analysis.through_layers import cosines
from roberta_gui.problems import BadArgument
from tests.analysis.states import N_LAYERS, made_up_states

STATES = made_up_states(n_tokens=9)
TABLES = np.stack([cosine_similarity(layer.astype(float)) for layer in STATES])


def test_consecutive_layers_are_compared_token_by_token() -> None:
    found = cosines.consecutive(STATES)

    assert found.shape == (N_LAYERS - 1, 9)
    for layer, token in np.ndindex(found.shape):
        pair = STATES[layer : layer + 2, token].astype(float)
        np.testing.assert_allclose(found[layer, token], cosine_similarity(pair)[0, 1], atol=1e-12)


@pytest.mark.parametrize("layer", [0, 2, -1])
def test_every_layer_is_compared_with_one(layer: int) -> None:
    found = cosines.to_layer(STATES, layer)

    for token in range(9):
        expected = cosine_similarity(STATES[:, token].astype(float))[:, layer]
        np.testing.assert_allclose(found[:, token], expected, atol=1e-12)
    np.testing.assert_allclose(found[layer], 1, atol=1e-12)


def test_tokens_are_compared_within_their_layer() -> None:
    np.testing.assert_allclose(cosines.to_token(STATES, 4), TABLES[:, 4], atol=1e-12)
    for layer, table in enumerate(TABLES):
        np.testing.assert_allclose(cosines.between_tokens(STATES[layer]), table, atol=1e-12)


def test_the_mean_with_the_others_leaves_the_token_itself_out() -> None:
    expected = [[np.delete(table[token], token).mean() for token in range(9)] for table in TABLES]

    np.testing.assert_allclose(cosines.with_others(STATES), expected, atol=1e-12)


def test_anisotropy_is_the_mean_over_all_pairs_of_different_tokens() -> None:
    pairs = list(itertools.combinations(range(9), 2))
    expected = [np.mean([table[pair] for pair in pairs]) for table in TABLES]

    np.testing.assert_allclose(cosines.random_pairs(STATES), expected, atol=1e-12)


def test_anisotropy_of_directions_without_any_preference_is_nothing() -> None:
    isotropic = np.random.default_rng(0).standard_normal((1, 2000, 50))

    # The mean of n(n-1)/2 uncorrelated cosines of variance 1/50: 0.0001 is their deviation.
    assert abs(cosines.random_pairs(isotropic)[0]) < 0.0005


def test_self_similarity_is_the_mean_over_pairs_of_one_word() -> None:
    words = np.array([2, 0, 0, 2, 0, 3, 2, 2, 0])
    found = cosines.self_similarity(STATES, words)

    assert found.shape == (N_LAYERS, 4)
    assert np.isnan(found[:, [1, 3]]).all()  # no occurrence, and a single one
    for word in (0, 2):
        pairs = list(itertools.combinations(np.flatnonzero(words == word), 2))
        expected = [np.mean([table[pair] for pair in pairs]) for table in TABLES]
        np.testing.assert_allclose(found[:, word], expected, atol=1e-12)


def test_a_word_that_its_context_does_not_touch_is_wholly_like_itself() -> None:
    words = np.arange(20) % 5
    vectors = np.random.default_rng(1).standard_normal((1, 5, 8))[:, words]

    np.testing.assert_allclose(cosines.self_similarity(vectors, words), 1, atol=1e-12)


def test_the_length_of_a_state_does_not_matter() -> None:
    longer = STATES.astype(float) * np.linspace(0.1, 1e4, 9)[:, np.newaxis]

    for measure in (cosines.consecutive, cosines.with_others, cosines.random_pairs):
        np.testing.assert_allclose(measure(longer), measure(STATES), atol=1e-12)


def test_a_state_without_direction_has_cosine_nothing() -> None:
    states = STATES.copy()
    states[:, 3] = 0

    assert not cosines.consecutive(states)[:, 3].any()
    assert not cosines.to_token(states, 3).any()
    assert np.isfinite(cosines.random_pairs(states)).all()


def test_too_few_tokens_for_a_pair_have_no_mean() -> None:
    for n_tokens in (0, 1):
        assert np.isnan(cosines.with_others(STATES[:, :n_tokens])).all()
        assert np.isnan(cosines.random_pairs(STATES[:, :n_tokens])).all()
    assert cosines.consecutive(STATES[:1]).shape == (0, 9)
    assert cosines.self_similarity(STATES[:, :0], np.zeros(0, int)).shape == (N_LAYERS, 0)


def test_words_that_do_not_fit_the_states_are_a_problem() -> None:
    with pytest.raises(BadArgument, match="8 words do not name 9 occurrences"):
        cosines.self_similarity(STATES, np.zeros(8, int))
