"""Intervals from half samples of sentences: their size, their cover, and why not a bootstrap."""

import numpy as np
import pytest

from roberta_gui.analysis.layer_maps.intervals import (
    FEWEST_UNITS,
    MOST_UNITS,
    Drawing,
    half_width,
    halves,
    units_of,
)
from roberta_gui.analysis.layer_maps.layer_map import layer_map
from roberta_gui.analysis.similarity import debiased_cka
from roberta_gui.analysis.stepped import result_of
from tests.analysis.representations import unrelated


def test_a_half_holds_half_of_the_units_and_none_twice() -> None:
    for n_units in (8, 9, 50):
        drawn = halves(n_units, 300)

        assert drawn.shape == (300, n_units)
        assert (drawn.sum(axis=1) == n_units // 2).all()
        # Each unit is in about half of the halves: five standard deviations of 300 draws.
        np.testing.assert_allclose(drawn.mean(axis=0), n_units // 2 / n_units, atol=0.15)


def test_sentences_stay_whole_in_every_half() -> None:
    sentence = np.repeat(np.arange(150), np.random.default_rng(0).integers(1, 9, 150))

    inside = Drawing.of(sentence, 30).tokens()

    for part in inside:
        whole = set(sentence[part]) & set(sentence[~part])
        assert whole == set()


def test_many_sentences_are_bundled_evenly_and_few_stay_single() -> None:
    many = units_of(np.arange(400))
    few = units_of(np.array([5, 5, 9, 2, 2, 2]))

    assert len(np.unique(many)) == MOST_UNITS
    assert np.ptp(np.bincount(many)) <= 1
    assert len(np.unique(few)) == 3
    assert len({*zip(few, [5, 5, 9, 2, 2, 2], strict=True)}) == 3


def test_the_rescaled_spread_of_half_samples_is_the_standard_error() -> None:
    # Of a mean the standard error is known: the deviation over the square root of n.
    for n_units in (20, 21, 60):
        values = np.random.default_rng(n_units).standard_normal(n_units)
        drawn = halves(n_units, 4000)
        means = drawn @ values / drawn.sum(axis=1)

        from scipy.stats import t

        expected = t.ppf(0.975, n_units - 1) * values.std(ddof=1) / np.sqrt(n_units)
        assert half_width(means, n_units) == pytest.approx(expected, rel=0.05)


def test_too_few_units_give_no_interval() -> None:
    assert halves(FEWEST_UNITS - 1, 10).shape == (0, FEWEST_UNITS - 1)
    assert np.isnan(half_width(np.zeros((10, 2)), FEWEST_UNITS - 1)).all()
    assert np.isnan(half_width(np.zeros((0, 2)), 50)).all()


def test_intervals_of_independent_data_cover_zero_as_often_as_they_say() -> None:
    sentence = np.arange(320) // 8
    covered = []
    for seed in range(60):
        x, y = unrelated(320, 48, seed)
        found = result_of(layer_map("cka", [x], [y], sentence, seed=seed))
        covered.append(abs(found.values[0, 0]) <= found.half_width[0, 0])

    assert np.mean(covered) >= 0.9


def test_intervals_of_alike_layers_cover_the_truth_as_often_as_they_say() -> None:
    # Of Gaussians with y = x + noise of the same size, linear CKA is 1 / 2 · 2 / sqrt(…):
    # cov(x, y) = I, cov(x) = I, cov(y) = 2 I, so ‖cov(x, y)‖² / (‖cov x‖ ‖cov y‖) = 1 / 2.
    sentence = np.arange(400) // 8
    covered = []
    for seed in range(60):
        x, noise = unrelated(400, 16, seed)
        found = result_of(layer_map("cka", [x], [x + noise], sentence, seed=seed))
        covered.append(abs(found.values[0, 0] - 0.5) <= found.half_width[0, 0])

    assert 0.85 <= np.mean(covered) <= 1


def test_a_bootstrap_with_replacement_would_find_likeness_that_is_not_there() -> None:
    x, y = unrelated(300, 256)
    sentence = np.arange(300) // 10
    random = np.random.default_rng(0)
    resampled = []
    for _ in range(20):
        drawn = random.integers(0, 30, 30)
        tokens = np.concatenate([np.flatnonzero(sentence == unit) for unit in drawn])
        resampled.append(debiased_cka(x[tokens], y[tokens]))
    found = result_of(layer_map("cka", [x], [y], sentence))

    assert min(resampled) > 0.2  # the whole bootstrap interval is away from the truth
    assert abs(found.halves).max() < 0.1
    assert abs(found.values[0, 0]) <= found.half_width[0, 0]
