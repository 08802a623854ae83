"""All heads in one image: where each thumbnail is, its colours, pointer and keyboard."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT, Theme
from roberta_gui.gui.widgets.heads.head_grid import HeadGrid
from tests.gui.widgets.in_sight import in_sight

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHAPES = [(1, 1), (6, 8), (12, 12), (24, 16), (3, 5), (2, 40)]


@pytest.fixture
def grid(qtbot: QtBot) -> HeadGrid:
    return in_sight(qtbot, HeadGrid(), 420, 360)


def flat_thumbnails(n_layers: int, n_heads: int, seed: int = 0) -> NDArray[np.uint8]:
    """Give each head one colour of its own, over all of its thumbnail."""
    drawn = np.random.default_rng(seed).integers(0, 256, (n_layers, n_heads, 1, 1), dtype=np.uint8)
    return np.broadcast_to(drawn, (n_layers, n_heads, 5, 5)).copy()


def colour_at(image: QImage, point: QPointF) -> str:
    return QColor(image.pixel(int(point.x()), int(point.y()))).name()


def map_colour(theme: Theme, row: int) -> str:
    return QColor(*theme.weight_map()[row].tolist()).name()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [(160, 90), (420, 360), (1600, 300)])
def test_every_head_is_found_at_its_centre_inside_the_widget(
    grid: HeadGrid, shape: tuple[int, int], size: tuple[int, int]
) -> None:
    grid.resize(*size)
    grid.set_thumbnails(flat_thumbnails(*shape))

    for layer in range(shape[0]):
        for head in range(shape[1]):
            rect = grid.cell_rect(layer, head)
            assert grid.head_at(rect.center()) == (layer, head)
            assert grid.rect().toRectF().contains(rect)


def test_beside_the_grid_is_no_head(grid: HeadGrid) -> None:
    assert grid.head_at(QPointF(200, 200)) is None
    grid.set_thumbnails(flat_thumbnails(2, 2))

    for point in (QPointF(0, 0), QPointF(-5, 100), QPointF(419, 359 * 3)):
        assert grid.head_at(point) is None


@pytest.mark.parametrize("shape", SHAPES[:4])
def test_each_thumbnail_has_the_colours_of_its_head(
    grid: HeadGrid, theme: Theme, shape: tuple[int, int]
) -> None:
    places = flat_thumbnails(*shape)
    grid.set_thumbnails(places)
    image = grid.grab().toImage()

    for layer in range(shape[0]):
        for head in range(shape[1]):
            got = colour_at(image, grid.cell_rect(layer, head).center())
            assert got == map_colour(theme, places[layer, head, 0, 0])


def test_a_thumbnail_shows_queries_down_and_keys_across(grid: HeadGrid) -> None:
    places = np.zeros((2, 3, 4, 4), dtype=np.uint8)
    places[1, 2, 0, 3] = 255  # first query, last key
    grid.set_thumbnails(places)
    image, rect = grid.grab().toImage(), grid.cell_rect(1, 2)
    cell = rect.width() / 4

    corner = QPointF(rect.right() - cell / 2, rect.top() + cell / 2)
    other = QPointF(rect.left() + cell / 2, rect.bottom() - cell / 2)
    assert colour_at(image, corner) == map_colour(LIGHT, 255)
    assert colour_at(image, other) == map_colour(LIGHT, 0)


@pytest.mark.parametrize("signed", [False, True])
def test_where_cells_are_smaller_than_their_thumbnails_the_strongest_pixel_stays(
    grid: HeadGrid, signed: bool
) -> None:
    places = np.full((6, 8, 44, 44), 127 if signed else 0, dtype=np.uint8)
    strong = 0 if signed else 255  # far below the middle is as strong as far above it
    places[2, 3, 10, 30] = strong
    grid.resize(200, 150)
    grid.set_thumbnails(places, signed=signed)
    rect, image = grid.cell_rect(2, 3), grid.grab().toImage()
    ramp = LIGHT.difference_map() if signed else LIGHT.weight_map()
    wanted = QColor(*ramp[strong].tolist()).name()

    seen = [
        colour_at(image, QPointF(rect.left() + x, rect.top() + y))
        for x in range(2, int(rect.width()) - 1)
        for y in range(2, int(rect.height()) - 1)
    ]

    assert grid.n_pixels < 44 / 2
    assert seen.count(wanted) >= 1
    assert len(set(seen)) == 2  # nothing is blurred


def test_of_a_small_rise_and_a_larger_fall_on_one_pixel_the_fall_stays(grid: HeadGrid) -> None:
    places = np.full((6, 8, 44, 44), 128, dtype=np.uint8)
    places[..., ::2] = 126  # 1.5 below the middle, which is 127.5; 128 is 0.5 above it
    grid.resize(200, 150)
    grid.set_thumbnails(places, signed=True)
    rect, image = grid.cell_rect(0, 0), grid.grab().toImage()

    assert grid.n_pixels <= 22
    seen = colour_at(image, rect.center())
    assert seen == QColor(*LIGHT.difference_map()[126].tolist()).name()


def test_another_theme_recolours_the_thumbnails_that_are_shown(grid: HeadGrid) -> None:
    places = flat_thumbnails(3, 3)
    grid.set_thumbnails(places)

    wear(DARK)

    image = grid.grab().toImage()
    got = colour_at(image, grid.cell_rect(1, 1).center())
    assert got == map_colour(DARK, places[1, 1, 0, 0])


def test_the_chosen_head_is_outlined_and_one_outside_is_not_drawn(grid: HeadGrid) -> None:
    grid.set_thumbnails(flat_thumbnails(3, 3))
    plain = grid.grab().toImage()

    grid.set_selected(1, 2)
    chosen = grid.grab().toImage()
    grid.set_selected(7, 9)
    beyond = grid.grab().toImage()

    rect = grid.cell_rect(1, 2).adjusted(-3, -3, 3, 3)
    edge = {colour_at(chosen, QPointF(rect.left() + dx, rect.center().y())) for dx in (-1, 0, 1)}
    assert LIGHT.color("accent").name() in edge
    assert beyond == plain


def test_hover_click_and_double_click_tell_the_head(grid: HeadGrid, qtbot: QtBot) -> None:
    grid.set_thumbnails(flat_thumbnails(3, 4))
    told: list[tuple[str, int, int]] = []
    grid.head_clicked.connect(lambda *head: told.append(("click", *head)))
    grid.head_double_clicked.connect(lambda *head: told.append(("double", *head)))
    point = grid.cell_rect(2, 3).center().toPoint()

    with qtbot.waitSignal(grid.head_hovered) as hovered:
        QTest.mouseMove(grid, point)
    with qtbot.waitSignal(grid.head_left):
        QTest.mouseMove(grid, QPoint(1, 1))
    QTest.mouseClick(grid, LEFT, NONE, point)
    QTest.mouseDClick(grid, LEFT, NONE, point)
    QTest.mouseClick(grid, LEFT, NONE, QPoint(1, 1))

    assert hovered.args == [2, 3]
    assert told[0] == ("click", 2, 3)
    assert ("double", 2, 3) in told
    assert {entry[1:] for entry in told} == {(2, 3)}


@pytest.mark.parametrize(
    ("start", "key", "end"),
    [
        ((1, 1), Qt.Key.Key_Up, (2, 1)),
        ((1, 1), Qt.Key.Key_Down, (0, 1)),
        ((1, 1), Qt.Key.Key_Left, (1, 0)),
        ((1, 1), Qt.Key.Key_Right, (1, 2)),
        ((0, 0), Qt.Key.Key_Down, (0, 0)),
        ((0, 0), Qt.Key.Key_Left, (0, 0)),
        ((2, 3), Qt.Key.Key_Up, (2, 3)),
        ((2, 3), Qt.Key.Key_Right, (2, 3)),
        ((9, 9), Qt.Key.Key_Right, (2, 3)),
    ],
)
def test_arrow_keys_travel_and_stop_at_the_edges(
    grid: HeadGrid, start: tuple[int, int], key: Qt.Key, end: tuple[int, int]
) -> None:
    grid.set_thumbnails(flat_thumbnails(3, 4))
    grid.set_selected(*start)
    told: list[tuple[int, int]] = []
    grid.head_clicked.connect(lambda *head: told.append(head))

    QTest.keyClick(grid, key)

    assert told == [end]


def test_layers_grow_upwards_and_heads_to_the_right(grid: HeadGrid) -> None:
    grid.set_thumbnails(flat_thumbnails(3, 4))

    corner, above, beside = (grid.cell_rect(*head) for head in ((0, 0), (1, 0), (0, 1)))

    assert above.bottom() < corner.top()
    assert above.left() == corner.left()
    assert beside.left() > corner.right()
    assert beside.top() == corner.top()


def test_enter_shows_the_chosen_head_alone(grid: HeadGrid) -> None:
    grid.set_thumbnails(flat_thumbnails(3, 4))
    grid.set_selected(2, 1)
    told: list[tuple[int, int]] = []
    grid.head_double_clicked.connect(lambda *head: told.append(head))

    QTest.keyClick(grid, Qt.Key.Key_Return)

    assert told == [(2, 1)]


def test_a_screen_reader_hears_which_head_is_chosen(qtbot: QtBot) -> None:
    grid = HeadGrid()
    qtbot.addWidget(grid)

    grid.set_selected(3, 0)

    assert grid.accessibleName() == "All heads"
    assert grid.accessibleDescription() == "Layer 4, head 1"
