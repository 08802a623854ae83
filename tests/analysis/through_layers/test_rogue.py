"""Rogue dimensions: shares that add up, and a planted rogue that is found."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics.pairwise import cosine_similarity

from roberta_gui.analysis.through_layers.cosines import random_pairs
from roberta_gui.analysis.through_layers.rogue import (
    cosine_shares,
    most_rogue,
    outliers,
    variance_shares,
)
from tests.analysis.states import CONSTANT, N_FEATURES, N_LAYERS, ROGUE, made_up_states

ROGUE_OF_768 = 588


@pytest.fixture(scope="module")
def gaussian() -> NDArray[np.float64]:
    """Random states in which one feature lies 30 deviations away from zero."""
    states = np.random.default_rng(0).standard_normal((1, 400, 768))
    states[..., ROGUE_OF_768] += 30
    return states


def test_shares_of_the_cosine_sum_to_the_mean_over_distinct_pairs() -> None:
    states = made_up_states(n_tokens=12)
    pairs = list(itertools.combinations(range(12), 2))
    for layer, shares in zip(states.astype(float), cosine_shares(states), strict=True):
        table = cosine_similarity(layer)
        mean = np.mean([table[pair] for pair in pairs])
        np.testing.assert_allclose(shares.sum(), mean, atol=1e-12)


def test_each_share_of_the_cosine_is_that_features_part_of_every_pair() -> None:
    states = made_up_states(n_tokens=7)[1].astype(float)
    parts = [
        states[i] * states[j] / (np.linalg.norm(states[i]) * np.linalg.norm(states[j]))
        for i, j in itertools.combinations(range(7), 2)
    ]

    np.testing.assert_allclose(cosine_shares(states[np.newaxis])[0], np.mean(parts, 0), atol=1e-12)


def test_shares_of_the_variance_sum_to_one() -> None:
    states = made_up_states()
    shares = variance_shares(states)

    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-12)
    assert (shares >= 0).all()
    np.testing.assert_allclose(shares[:, CONSTANT], 0, atol=1e-12)
    covariance = np.cov(states[2].astype(float), rowvar=False)
    np.testing.assert_allclose(
        shares[2], covariance.diagonal() / np.trace(covariance), rtol=1e-9, atol=1e-12
    )


def test_one_offset_feature_makes_random_states_alike_and_centring_undoes_it(
    gaussian: NDArray[np.float64],
) -> None:
    # A state is 900 + 1 in the one feature and 767 in all others: 900 / 1668 = 0.54.
    assert random_pairs(gaussian)[0] == pytest.approx(0.54, abs=0.005)
    centred = gaussian - gaussian.mean(axis=1, keepdims=True)
    assert random_pairs(centred)[0] == pytest.approx(0, abs=0.005)


def test_the_offset_feature_holds_the_whole_mean_cosine_and_hardly_any_variance(
    gaussian: NDArray[np.float64],
) -> None:
    shares = cosine_shares(gaussian)

    assert shares[0, ROGUE_OF_768] == pytest.approx(random_pairs(gaussian)[0], abs=0.002)
    assert np.flatnonzero(outliers(shares)[0]).tolist() == [ROGUE_OF_768]
    assert most_rogue(shares, 1).tolist() == [ROGUE_OF_768]
    assert variance_shares(gaussian)[0, ROGUE_OF_768] < 0.003


def test_the_planted_rogue_leads_in_cosine_and_variance() -> None:
    states = made_up_states()
    for shares in (cosine_shares(states), variance_shares(states)):
        assert most_rogue(shares)[0] == ROGUE
        assert outliers(shares)[:, ROGUE].all()
        assert len(most_rogue(shares)) == 10
        assert len(most_rogue(shares, 99)) == N_FEATURES


def test_equal_shares_are_named_in_the_order_of_their_features() -> None:
    assert most_rogue(np.full((2, 6), 0.5), 4).tolist() == [0, 1, 2, 3]
    assert not outliers(np.full((2, 6), 0.5)).any()


def test_too_few_tokens_have_no_shares() -> None:
    states = made_up_states()
    assert np.isnan(cosine_shares(states[:, :1])).all()
    assert variance_shares(states[:, :1]).tolist() == [[0] * N_FEATURES] * N_LAYERS
    assert variance_shares(states[:, :0]).tolist() == [[0] * N_FEATURES] * N_LAYERS
