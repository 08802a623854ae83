"""Steps: the changes from layer to layer against numbers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from roberta_gui.analysis.layer_maps.layer_map import LayerMap, Measure, layer_map
from roberta_gui.analysis.layer_maps.steps import CLEARLY, clear_step, steps_of
from roberta_gui.analysis.similarity import debiased_cka
from roberta_gui.analysis.stepped import result_of
from tests.analysis.representations import related
from tests.tolerances import SUMMED


def map_with(near: list[float], *, distance: bool = False) -> LayerMap:
    n = len(near) + 1
    values = np.diag(near, 1) + np.diag(near, -1) + (0 if distance else np.eye(n))
    measure: Measure = "procrustes" if distance else "rsa"
    return LayerMap(measure, values, np.zeros((0, n, n)), np.full((n, n), np.nan), 400, 60, 60)


def test_changes_are_what_the_measure_itself_finds_between_neighbours() -> None:
    layers = related(400, 12, 4)

    steps = steps_of(result_of(layer_map("cka", layers, None, np.arange(400) // 8)))

    assert steps is not None
    expected = [1 - debiased_cka(layers[i], layers[i + 1]) for i in range(3)]
    np.testing.assert_allclose(steps.changes, expected, atol=SUMMED)
    assert steps.largest == int(np.argmax(expected))
    np.testing.assert_allclose(steps.times_average, np.divide(expected, np.mean(expected)), 1e-3)


def test_a_distance_is_itself_the_change() -> None:
    steps = steps_of(map_with([0.1, 0.4, 0.2], distance=True))

    assert steps is not None
    assert steps.changes.tolist() == [0.1, 0.4, 0.2]
    assert steps.largest == 1


@pytest.mark.parametrize(("largest", "even"), [(0.1, True), (0.135, True), (0.16, False)])
def test_a_step_stands_out_from_a_certain_share_of_the_average_on(
    largest: float, even: bool
) -> None:
    changes = np.array([0.1, 0.1, 0.1, largest])

    steps = steps_of(map_with((1 - changes).tolist()))

    assert steps is not None
    assert steps.are_even is even
    assert bool(changes.max() / changes.mean() < CLEARLY) is even


def test_a_step_just_at_that_share_stands_out_in_no_panel() -> None:
    changes = [1.3, 0.7]  # their mean is 1

    steps = steps_of(map_with(changes, distance=True))

    assert steps is not None
    assert steps.are_even
    assert clear_step(np.array(changes)) is None


def test_layers_that_are_all_the_same_have_no_big_step() -> None:
    steps = steps_of(map_with([1.0, 1.0]))

    assert steps is not None
    assert steps.are_even
    assert np.isnan(steps.times_average).all()


def test_unknown_values_and_upper_bounds_have_no_steps() -> None:
    assert steps_of(map_with([0.9, np.nan])) is None
    assert steps_of(replace(map_with([0.9, 0.8], distance=True), are_bounds=True)) is None
    assert steps_of(map_with([])) is None


def test_the_next_largest_step_is_a_rival_only_within_the_interval_of_the_difference() -> None:
    random = np.random.default_rng(1)
    found = map_with([0.9, 0.52, 0.5, 0.8])
    both = random.normal(0, 0.2, (80, 1))  # what all steps share is no doubt about their order
    close = found.values.diagonal(1) + both + random.normal(0, 0.001, (80, 4))
    wide = found.values.diagonal(1) + random.normal(0, 0.1, (80, 4))

    def rival(near: np.ndarray) -> int | None:
        halves = np.stack([np.diag(row, 1) for row in near])
        steps = steps_of(replace(found, halves=halves))
        assert steps is not None
        return steps.rival

    assert (rival(close), rival(wide)) == (None, 1)


@pytest.mark.parametrize("where", range(5))
def test_a_step_well_above_the_mean_is_named_wherever_it_is(where: int) -> None:
    changes = np.full(5, 0.1)
    changes[where] = 0.3

    assert clear_step(changes) == where


def test_a_step_is_clear_from_so_many_times_the_mean_on() -> None:
    # x / ((x + 3) / 4) = CLEARLY  =>  x = 3 CLEARLY / (4 - CLEARLY)
    edge = 3 * CLEARLY / (4 - CLEARLY)

    assert clear_step(np.array([1, 1, edge * 1.01, 1])) == 2
    assert clear_step(np.array([1, 1, edge * 0.99, 1])) is None


def test_two_equal_largest_steps_among_few_are_no_answer() -> None:
    assert clear_step(np.array([0.2, 0.2, 0.2])) is None


def test_nothing_changes_most_where_nothing_changes() -> None:
    assert clear_step(np.zeros(4)) is None
    assert clear_step(np.array([0, 0, 1e-3]), least=0.01) is None
    assert clear_step(np.zeros(0)) is None
