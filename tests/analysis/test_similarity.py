"""Five measures of likeness, each against somebody else's computation of it."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.spatial import procrustes as scipy_procrustes
from scipy.spatial.distance import pdist
from scipy.stats import pearsonr, rankdata

from roberta_gui.analysis.similarity import (
    debiased_cka,
    mean_cosine,
    neighbour_overlap,
    procrustes,
    rsa,
)
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray
from tests.analysis.representations import brute_force_cka, related, rotation, unrelated
from tests.tolerances import DECOMPOSED, EXACT, STORED

MEASURES: list[Callable[[FloatArray, FloatArray], float | None]] = [
    debiased_cka, rsa, procrustes, neighbour_overlap, mean_cosine,
]  # fmt: skip


@pytest.mark.parametrize("n_tokens", [12, 60, 400])
def test_debiased_cka_is_that_of_the_whole_kernels(n_tokens: int) -> None:
    for seed in range(3):
        x, y = related(n_tokens, 20, 2, seed)

        assert debiased_cka(x, y) == pytest.approx(brute_force_cka(x, y), abs=EXACT)


def test_debiased_cka_of_unequal_widths_is_that_of_the_whole_kernels() -> None:
    x, y = related(50, 20, 2)[:, :, :12].astype(np.float64)
    y = y[:, :5]

    assert debiased_cka(x, y) == pytest.approx(brute_force_cka(x, y), abs=EXACT)


@pytest.mark.parametrize("n_tokens", [100, 1000])
def test_debiased_cka_of_independent_gaussians_is_zero_where_the_biased_one_is_not(
    n_tokens: int,
) -> None:
    x, y = unrelated(n_tokens, 768)
    kernels = [z - z.mean(axis=0) for z in (x, y)]
    biased = np.square(kernels[0].T @ kernels[1]).sum() / (
        np.linalg.norm(kernels[0].T @ kernels[0]) * np.linalg.norm(kernels[1].T @ kernels[1])
    )

    assert abs(debiased_cka(x, y)) < 0.02
    assert biased > 0.4


def test_one_rogue_dimension_makes_unrelated_layers_alike_until_they_are_standardised() -> None:
    x, y = unrelated(1000, 100)
    rogue = 60 * np.random.default_rng(3).standard_normal(1000)
    x[:, 7], y[:, 7] = rogue, rogue

    standardised = [(z - z.mean(axis=0)) / z.std(axis=0) for z in (x, y)]

    assert debiased_cka(x, y) > 0.99
    assert abs(debiased_cka(*standardised)) < 0.03  # one shared feature of a hundred: 0.01


def test_rsa_is_the_rank_correlation_of_cosine_distances() -> None:
    x, y = related(60, 10, 2)

    ranks = (rankdata(pdist(z, "cosine")) for z in (x, y[:, :7]))
    expected = pearsonr(*ranks).statistic

    assert rsa(x, y[:, :7]) == pytest.approx(expected, abs=DECOMPOSED)


@pytest.mark.parametrize("width", [10, 6])
def test_procrustes_is_what_scipy_leaves_once_its_fitted_scale_is_taken_back(width: int) -> None:
    x, y = related(60, 10, 2).astype(np.float64)
    y = y[:, :width]
    padded = np.pad(y, ((0, 0), (0, 10 - width)))

    # scipy also fits a scale, s, which leaves 1 - s² of a unit norm where a fixed one leaves
    # 1 + 1 - 2 s.
    *_, disparity = scipy_procrustes(x, padded)

    assert procrustes(x, y) == pytest.approx(2 - 2 * np.sqrt(1 - disparity), abs=1e-10)
    assert procrustes(y, x) == pytest.approx(procrustes(x, y), abs=1e-10)


@pytest.mark.parametrize("k", [1, 5, 39])
def test_neighbours_are_those_of_largest_cosine(k: int) -> None:
    x, y = related(40, 10, 2).astype(np.float64)

    def nearest(states: FloatArray, token: int) -> set[int]:
        cosines = states @ states[token] / np.linalg.norm(states, axis=1)
        cosines[token] = -np.inf
        return set(np.argsort(-cosines)[:k].tolist())

    shared = [len(nearest(x, token) & nearest(y, token)) / k for token in range(40)]

    assert neighbour_overlap(x, y, k) == pytest.approx(np.mean(shared))


def test_the_mean_cosine_is_that_of_each_tokens_own_vectors() -> None:
    x, y = related(40, 10, 2)
    cosines = [a @ b / np.sqrt((a @ a) * (b @ b)) for a, b in zip(x, y, strict=True)]

    assert mean_cosine(x, y) == pytest.approx(np.mean(cosines), abs=STORED)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_representation_is_wholly_like_itself(
    measure: Callable[[FloatArray, FloatArray], float | None],
) -> None:
    (x,) = related(60, 10, 1)

    same = 0.0 if measure is procrustes else 1.0
    assert measure(x, x) == pytest.approx(same, abs=STORED)
    assert measure(x, 3 * x) == pytest.approx(same, abs=STORED)


@pytest.mark.parametrize("measure", MEASURES[:4])
def test_rotation_and_scale_change_nothing(
    measure: Callable[[FloatArray, FloatArray], float | None],
) -> None:
    x, y = related(60, 10, 2).astype(np.float64)

    assert measure(x @ rotation(10), 0.1 * y) == pytest.approx(measure(x, y), abs=DECOMPOSED)


@pytest.mark.parametrize("measure", [debiased_cka, procrustes])
def test_a_shift_of_all_tokens_changes_nothing(
    measure: Callable[[FloatArray, FloatArray], float],
) -> None:
    x, y = related(60, 10, 2).astype(np.float64)

    assert measure(x + 1000, y) == pytest.approx(measure(x, y), abs=1e-8)


def test_there_is_no_mean_cosine_between_unequal_widths() -> None:
    x, y = unrelated(40, 10, other_features=8)

    assert mean_cosine(x, y) is None


@pytest.mark.parametrize("measure", [debiased_cka, rsa, procrustes])
def test_what_does_not_vary_has_no_likeness(
    measure: Callable[[FloatArray, FloatArray], float],
) -> None:
    (x,) = related(30, 6, 1)

    assert np.isnan(measure(x, np.zeros_like(x)))
    for constant in (0.1, np.pi * 1e9, -1e-9):  # whose mean is off by a rounding
        same = np.full(x.shape, constant, np.float64)
        assert np.isnan(measure(x, same))
        assert np.isnan(measure(same, same))


def test_a_feature_that_hardly_varies_counts_for_what_it_is() -> None:
    x = related(60, 10, 1)[0].astype(np.float64)

    assert procrustes(1e-7 * x + 1, x) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("measure", MEASURES)
def test_what_is_no_number_is_refused(
    measure: Callable[[FloatArray, FloatArray], float | None], value: float
) -> None:
    (x,) = related(30, 6, 1)
    y = x.copy()
    y[3, 2] = value

    for one, other in ((x, y), (y, x)):
        with pytest.raises(BadArgument, match="undefined"):
            measure(one, other)


@pytest.mark.parametrize("measure", MEASURES)
def test_tables_of_different_tokens_and_very_few_tokens_are_refused(
    measure: Callable[[FloatArray, FloatArray], float | None],
) -> None:
    (x,) = related(30, 6, 1)

    for wrong in ((x, x[:-1]), (x[:3], x[:3]), (x[0], x[0]), (x[None], x[None])):
        with pytest.raises(BadArgument):
            measure(*wrong)


@pytest.mark.parametrize("k", [0, 30, -1])
def test_impossible_numbers_of_neighbours_are_refused(k: int) -> None:
    (x,) = related(30, 6, 1)

    with pytest.raises(BadArgument, match="neighbours"):
        neighbour_overlap(x, x, k)
    with pytest.raises(BadArgument, match="whole number"):
        neighbour_overlap(x, x, k + 0.5)  # type: ignore[arg-type]
