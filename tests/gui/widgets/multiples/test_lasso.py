"""The lasso: what is inside, against the rule counted out edge by edge."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from roberta_gui.gui.widgets.multiples.small_multiples import Lasso
from roberta_gui.records import FloatArray

STAR = [(50, 0), (79, 90), (2, 35), (98, 35), (21, 90)]
SQUARE = [(10, 10), (90, 10), (90, 90), (10, 90)]


def drawn(corners: FloatArray | list[tuple[int, int]]) -> Lasso:
    first, *others = (QPointF(float(x), float(y)) for x, y in corners)
    lasso = Lasso(first)
    for corner in others:
        lasso.draw_to(corner)
    return lasso


def random_loop(seed: int) -> FloatArray:
    corners: FloatArray = np.random.default_rng(seed).uniform(0, 100, (30, 2))
    return corners


def crossings(x: float, y: float, corners: FloatArray) -> int:
    """Count the edges that a ray from a point to the right crosses (Shimrat 1962)."""
    edges = zip(corners, np.roll(corners, -1, axis=0), strict=True)
    return sum(
        (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1)
        for (x1, y1), (x2, y2) in edges
    )


@pytest.mark.parametrize("corners", [SQUARE, STAR, *map(random_loop, range(4))])
def test_it_holds_what_a_ray_leaves_through_an_odd_number_of_edges(
    corners: FloatArray | list[tuple[int, int]],
) -> None:
    spots = np.random.default_rng(9).uniform(-20, 120, (400, 2)).astype(np.float32)
    loop = np.array(corners, dtype=np.float64)
    inside = [crossings(x, y, loop) % 2 == 1 for x, y in spots.tolist()]

    assert drawn(corners).holds(spots).tolist() == inside
    assert any(inside)


def test_a_loop_of_one_point_holds_nothing() -> None:
    lasso = Lasso(QPointF(5, 5))
    lasso.draw_to(QPointF(6, 5))  # shorter than a step

    assert not lasso.holds(np.array([[5, 5], [5.5, 5], [9, 9]], dtype=np.float32)).any()


def test_of_no_points_it_holds_none() -> None:
    assert drawn(SQUARE).holds(np.zeros((0, 2), dtype=np.float32)).tolist() == []
