"""Small multiples: where the cells are, and where points are in them."""

import math
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from roberta_gui.gui.widgets.multiples.multiples_layout import SHAPE, MultiplesLayout

SIZES = [(800, 620), (1250, 480), (300, 900), (2500, 1300), (150, 110)]
COUNTS = [1, 3, 7, 13, 25]
HEADER, SMALLEST = 19.0, 120.0


def fit(size: tuple[int, int], n_cells: int) -> MultiplesLayout:
    return MultiplesLayout.fit(*size, n_cells, HEADER, SMALLEST)


def rooms(layout: MultiplesLayout) -> list[QRectF]:
    return [layout.frame(i) | layout.header_room(i) for i in range(layout.n_cells)]


@pytest.mark.parametrize("n_cells", COUNTS)
@pytest.mark.parametrize("size", SIZES)
def test_cells_stand_apart_inside_the_width_and_are_found_again(
    size: tuple[int, int], n_cells: int
) -> None:
    layout = fit(size, n_cells)

    whole = QRectF(0, 0, size[0], layout.height)
    for cell, room in enumerate(rooms(layout)):
        assert whole.contains(room)
        assert layout.cell_at(layout.frame(cell).center()) == cell
        assert layout.cell_at(layout.header_room(cell).center()) == cell
    for one, other in combinations(rooms(layout), 2):
        assert not one.intersects(other)


@pytest.mark.parametrize("n_cells", COUNTS)
@pytest.mark.parametrize("size", SIZES[:4])
def test_no_other_number_of_columns_gives_larger_cells(size: tuple[int, int], n_cells: int) -> None:
    layout = fit(size, n_cells)
    gap, edge = 10, 6
    largest = 0.0
    for columns in range(1, n_cells + 1):
        rows = math.ceil(n_cells / columns)
        wide = (size[0] - edge - gap * (columns - 1)) / columns
        tall = (size[1] - edge - gap * (rows - 1)) / rows - HEADER
        if wide >= SMALLEST and tall >= SMALLEST / SHAPE:
            largest = max(largest, min(wide / SHAPE, tall))

    if layout.height <= size[1]:
        assert min(layout.wide / SHAPE, layout.tall) >= largest - 1
    else:
        assert largest == 0  # scrolled only where no arrangement has large enough cells


def test_where_there_is_no_room_for_all_cells_they_keep_their_smallest_size() -> None:
    layout = fit((400, 300), 25)

    assert layout.height > 300
    assert layout.wide >= SMALLEST
    assert layout.tall >= math.floor(SMALLEST / SHAPE)


def test_between_and_beside_the_cells_there_is_none() -> None:
    layout = fit((800, 620), 7)
    frame = layout.frame(0)

    for point in (
        QPointF(frame.right() + 5, frame.center().y()),
        QPointF(frame.center().x(), frame.bottom() + 5),
        layout.frame(layout.columns * 2).center() + QPointF(frame.width() + 10, 0),
        QPointF(-5, 50),
        QPointF(50, layout.height + 50),
    ):
        assert layout.cell_at(point) is None


def test_both_axes_have_one_scale_and_up_is_up() -> None:
    layout = fit((800, 620), 4)
    xy = np.array([[3, 5], [4, 5], [3, 6]], dtype=np.float32)

    middle, right, above = layout.spots(2, (1, 5, 2, 8), xy)

    centre = layout.frame(2).center()
    assert middle.tolist() == pytest.approx([centre.x(), centre.y()])
    assert right[0] - middle[0] > 0
    assert middle[1] - above[1] == pytest.approx(right[0] - middle[0])
    assert right[1] == middle[1]
    assert above[0] == middle[0]


def test_what_a_cell_shall_show_is_inside_it_and_touches_two_of_its_edges() -> None:
    layout = fit((800, 620), 4)
    left, right, bottom, top = extent = (-7.0, 2.0, -1.0, 0.5)
    corners = np.array([[left, bottom], [right, top]], dtype=np.float32)

    (x1, y1), (x2, y2) = layout.spots(1, extent, corners).tolist()

    frame = layout.frame(1)
    assert frame.left() - 0.01 <= x1 < x2 <= frame.right() + 0.01
    assert frame.top() - 0.01 <= y2 < y1 <= frame.bottom() + 0.01
    assert x2 - x1 == pytest.approx(frame.width(), abs=0.01)


def test_a_point_out_of_sight_waits_at_the_edge_and_is_told_apart() -> None:
    layout = fit((800, 620), 4)
    xy = np.array([[0, 0], [900, 0], [0, -900]], dtype=np.float32)

    shown, outside = layout.spots_in_sight(0, (-1, 1, -1, 1), xy)

    assert outside.tolist() == [False, True, True]
    for x, y in shown.tolist():
        assert layout.frame(0).contains(x, y)
    assert shown[0].tolist() == layout.spots(0, (-1, 1, -1, 1), xy)[0].tolist()
