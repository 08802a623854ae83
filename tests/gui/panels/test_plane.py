"""From three axes to the screen: an orthogonal projection, turned by two angles."""

import numpy as np
import pytest

from roberta_gui.gui.panels.plane import Plane

POINTS = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)


def turned(yaw: float, pitch: float) -> Plane:
    plane = Plane()
    plane.set_dimensions(3)
    plane.turn(yaw, pitch)
    return plane


def test_two_dimensions_are_the_first_two_axes() -> None:
    plane = Plane()

    np.testing.assert_array_equal(plane.flat(POINTS), POINTS[:, :2])


@pytest.mark.parametrize("turn", [(0.0, 0.0), (30.0, 10.0), (-400.0, 300.0), (180.0, -300.0)])
def test_turning_is_a_rotation_of_which_two_axes_are_seen(turn: tuple[float, float]) -> None:
    seen = turned(*turn).flat(np.eye(3, dtype=np.float32)).astype(np.float64)

    # The images of the three axes are two orthonormal rows: nothing is stretched or sheared.
    np.testing.assert_allclose(seen.T @ seen, np.eye(2), atol=1e-6)


def test_four_quarter_turns_are_none() -> None:
    plane = turned(0, 0)
    before = plane.flat(POINTS)
    for _ in range(4):
        plane.turn(90, 0)

    np.testing.assert_allclose(plane.flat(POINTS), before, atol=1e-5)


def test_pitch_stops_straight_above_and_below() -> None:
    above, further = turned(0, 500), turned(0, 900)

    np.testing.assert_allclose(above.flat(POINTS), further.flat(POINTS), atol=1e-6)
    _, up = above.flat(np.array([[0, 1, 0]], dtype=np.float32))[0]
    assert up == pytest.approx(0, abs=1e-6)  # looked at from above, the second axis is a point


@pytest.mark.parametrize("n_axes", [1, 2])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_missing_axes_count_as_zero(n_axes: int, dimensions: int) -> None:
    plane = Plane()
    plane.set_dimensions(dimensions)
    padded = np.zeros((50, 3), dtype=np.float32)
    padded[:, :n_axes] = POINTS[:, :n_axes]

    np.testing.assert_allclose(plane.flat(POINTS[:, :n_axes]), plane.flat(padded), atol=1e-6)


def test_turning_never_leaves_the_extent_in_three_dimensions() -> None:
    plane = turned(0, 0)
    cloud = np.stack([POINTS, POINTS * 0.5])
    left, right, bottom, top = plane.extent(cloud)

    assert (left, bottom) == (-right, -top)
    assert (np.linalg.norm(cloud.reshape(-1, 3), axis=1) <= right).mean() > 0.95
    plane.turn(77, -33)
    assert plane.extent(cloud) == (left, right, bottom, top)


def test_one_far_point_does_not_make_a_speck_of_all_others() -> None:
    cloud = np.random.default_rng(1).normal(size=(7, 512, 3)).astype(np.float32)
    plane = Plane()
    near = plane.extent(cloud)
    cloud[3, 5] = (1e4, -1e4, 1e4)

    far = plane.extent(cloud)

    np.testing.assert_allclose(far, near, rtol=0.1)


def test_what_holds_some_points_has_room_around_them_and_none_hold_something() -> None:
    left, right, bottom, top = Plane.around(POINTS[:, :2])

    x, y = POINTS[:, 0], POINTS[:, 1]
    assert left < x.min() <= x.max() < right
    assert bottom < y.min() <= y.max() < top
    assert Plane.around(POINTS[:0, :2]) == (-1.0, 1.0, -1.0, 1.0)
