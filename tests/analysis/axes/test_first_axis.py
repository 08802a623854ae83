"""What the first axis goes with, against numpy's own correlation."""

import numpy as np

from roberta_gui.analysis.axes.reference_axes import first_axes
from tests.analysis.states import CONSTANT, N_LAYERS, ROGUE, made_up_states
from tests.tolerances import DECOMPOSED

SAMPLE = made_up_states(n_tokens=50)
POSITIONS = np.random.default_rng(4).integers(1, 40, 50)
POINTS = np.random.default_rng(5).standard_normal((N_LAYERS, 50, 3)).astype(np.float32)


def r(one: object, other: object) -> float:
    return float(np.corrcoef(np.asarray(one, float), np.asarray(other, float))[0, 1])


def test_every_r_is_pearsons() -> None:
    for layer, first in enumerate(first_axes(POINTS, SAMPLE, POSITIONS)):
        pc1, states = POINTS[layer, :, 0], SAMPLE[layer].astype(float)
        varying = [feature for feature in range(states.shape[1]) if feature != CONSTANT]
        by_feature = {feature: r(pc1, states[:, feature]) for feature in varying}
        largest = max(by_feature, key=lambda feature: abs(by_feature[feature]))

        assert first.n == 50
        np.testing.assert_allclose(first.position, r(pc1, POSITIONS), atol=DECOMPOSED)
        np.testing.assert_allclose(
            first.norm, r(pc1, np.linalg.norm(states, axis=1)), atol=DECOMPOSED
        )
        assert first.dimension == largest
        np.testing.assert_allclose(first.dimension_r, by_feature[largest], atol=DECOMPOSED)


def test_an_axis_along_the_rogue_feature_is_named_by_it() -> None:
    points = -SAMPLE[..., [ROGUE]]
    for first in first_axes(points, SAMPLE, POSITIONS):
        assert first.dimension == ROGUE
        np.testing.assert_allclose(first.dimension_r, -1, atol=DECOMPOSED)


def test_an_axis_of_positions_is_named_by_them() -> None:
    points = np.broadcast_to(POSITIONS[:, np.newaxis].astype(float), (N_LAYERS, 50, 1))
    for first in first_axes(points, SAMPLE, POSITIONS):
        np.testing.assert_allclose(first.position, 1, atol=DECOMPOSED)


def test_what_does_not_vary_goes_with_nothing() -> None:
    still = np.full((N_LAYERS, 50, 1), 0.7)
    for first in first_axes(still, SAMPLE, POSITIONS):
        assert (first.position, first.norm, first.dimension_r) == (0, 0, 0)
    for first in first_axes(POINTS, SAMPLE, np.full(50, 3)):
        assert first.position == 0
