"""Attention rollout, against a product of matrices written out in loops."""

import numpy as np

from roberta_gui.analysis.attention import rollout, rollout_steps
from tests.tolerances import STORED, SUMMED


def test_rollout_follows_every_path_from_the_lowest_layer_up() -> None:
    drawn = np.random.default_rng(3)
    attention = drawn.dirichlet(np.ones(5), (3, 4, 5)).astype(np.float32)

    found = rollout(attention)

    below = np.eye(5)
    for layer in range(3):
        rolled = np.zeros((5, 5))
        for query in range(5):
            for key in range(5):
                for middle in range(5):
                    mean = sum(float(attention[layer, head, query, middle]) for head in range(4))
                    through = 0.5 * mean / 4 + 0.5 * (query == middle)
                    rolled[query, key] += through * below[middle, key]
        np.testing.assert_allclose(found[layer], rolled, atol=STORED)
        below = rolled
    assert found.dtype == np.float32
    assert not found.flags.writeable


def test_rows_sum_to_one_in_every_layer_however_long_the_text() -> None:
    drawn = np.random.default_rng(4)
    attention = drawn.dirichlet(np.full(130, 0.05), (6, 2, 130)).astype(np.float32)

    np.testing.assert_allclose(rollout(attention).sum(axis=-1), 1, atol=SUMMED)


def test_rows_that_do_not_sum_to_one_are_renormalised() -> None:
    halved = np.full((2, 1, 4, 4), 0.125, dtype=np.float32)

    np.testing.assert_allclose(rollout(halved).sum(axis=-1), 1, atol=STORED)


def test_a_step_is_one_layer() -> None:
    attention = np.random.default_rng(5).dirichlet(np.ones(4), (3, 2, 4)).astype(np.float32)

    steps = list(rollout_steps(attention))

    np.testing.assert_array_equal(np.stack(steps), rollout(attention))
