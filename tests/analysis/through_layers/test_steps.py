"""The big step is named only where one stands out."""

import numpy as np
import pytest

from roberta_gui.analysis.through_layers.steps import CLEARLY, clear_step


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
