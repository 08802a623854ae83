"""Heads are switched off one by one, in runs and in lines, by mouse and by key."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.heads.head_grid import HeadGrid
from tests.gui.clicks import double_click

LEFT = Qt.MouseButton.LeftButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL_SHIFT = SHIFT | Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def grid(qtbot: QtBot) -> HeadGrid:
    widget = HeadGrid()
    qtbot.addWidget(widget)
    widget.resize(420, 360)
    widget.set_thumbnails(np.zeros((3, 4, 5, 5), dtype=np.uint8))
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def toggled(grid: HeadGrid) -> list[set[tuple[int, int]]]:
    told: list[set[tuple[int, int]]] = []
    grid.heads_toggled.connect(lambda heads: told.append(set(heads)))
    return told


def point_of(grid: HeadGrid, layer: int, head: int) -> QPoint:
    return grid.cell_rect(layer, head).center().toPoint()


def drag(grid: HeadGrid, start: tuple[int, int], end: tuple[int, int]) -> None:
    QTest.mousePress(grid, LEFT, SHIFT, point_of(grid, *start))
    QTest.mouseMove(grid, point_of(grid, *end))
    QTest.mouseRelease(grid, LEFT, SHIFT, point_of(grid, *end))


def test_a_shift_click_asks_for_one_head_and_chooses_none(grid: HeadGrid) -> None:
    told, chosen = toggled(grid), list[tuple[int, int]]()
    grid.head_clicked.connect(lambda *head: chosen.append(head))

    QTest.mouseClick(grid, LEFT, SHIFT, point_of(grid, 1, 2))

    assert told == [{(1, 2)}]
    assert chosen == []


def test_a_quick_second_shift_click_is_one_more_and_shows_nothing_alone(grid: HeadGrid) -> None:
    told, alone = toggled(grid), list[tuple[int, int]]()
    grid.head_double_clicked.connect(lambda *head: alone.append(head))

    double_click(grid, LEFT, SHIFT, point_of(grid, 1, 2))

    assert told == [{(1, 2)}, {(1, 2)}]
    assert alone == []


def test_a_run_takes_the_rectangle_between_its_ends(grid: HeadGrid) -> None:
    told = toggled(grid)

    drag(grid, (2, 3), (1, 1))

    assert told == [{(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)}]


def test_a_run_gives_all_heads_the_state_that_its_first_gets(grid: HeadGrid) -> None:
    grid.set_switched_off([(0, 1), (1, 0)])
    told = toggled(grid)

    drag(grid, (0, 0), (0, 3))  # from one that is on: the others go off too
    drag(grid, (1, 0), (0, 1))  # from one that is off: those that are off come on

    assert told == [{(0, 0), (0, 2), (0, 3)}, {(0, 1), (1, 0)}]


def test_a_run_is_shown_before_the_button_is_let_go(grid: HeadGrid) -> None:
    before = grid.grab().toImage()
    QTest.mousePress(grid, LEFT, SHIFT, point_of(grid, 0, 0))
    QTest.mouseMove(grid, point_of(grid, 1, 0))
    during = grid.grab().toImage()
    QTest.mouseRelease(grid, LEFT, SHIFT, point_of(grid, 1, 0))

    grid.set_switched_off([(0, 0), (1, 0)])

    assert during != before
    assert grid.grab().toImage() == during


@pytest.mark.parametrize("keys", [SHIFT, CTRL_SHIFT])
def test_a_shift_click_on_a_number_takes_the_whole_line(
    grid: HeadGrid, keys: Qt.KeyboardModifier
) -> None:
    told = toggled(grid)

    QTest.mouseClick(grid, LEFT, keys, QPoint(4, point_of(grid, 1, 0).y()))
    QTest.mouseClick(grid, LEFT, keys, QPoint(point_of(grid, 0, 2).x(), 3))
    QTest.mouseClick(grid, LEFT, NONE, QPoint(point_of(grid, 0, 2).x(), 3))
    QTest.mouseClick(grid, LEFT, keys, QPoint(2, 2))

    assert told == [{(1, 0), (1, 1), (1, 2), (1, 3)}, {(0, 2), (1, 2), (2, 2)}]


def test_a_line_goes_off_first_and_comes_on_once_all_of_it_is_off(grid: HeadGrid) -> None:
    line = [(0, 0), (0, 1), (0, 2), (0, 3)]
    told = toggled(grid)
    point = QPoint(4, point_of(grid, 0, 0).y())

    grid.set_switched_off(line[:2])
    QTest.mouseClick(grid, LEFT, SHIFT, point)
    grid.set_switched_off(line)
    QTest.mouseClick(grid, LEFT, SHIFT, point)

    assert told == [set(line[2:]), set(line)]


def test_keys_switch_the_chosen_head_or_its_layer(grid: HeadGrid) -> None:
    grid.set_selected(2, 1)
    told = toggled(grid)

    QTest.keyClick(grid, Qt.Key.Key_O)
    QTest.keyClick(grid, Qt.Key.Key_Delete)
    QTest.keyClick(grid, Qt.Key.Key_O, SHIFT)

    assert told == [{(2, 1)}, {(2, 1)}, {(2, 0), (2, 1), (2, 2), (2, 3)}]


def test_a_head_that_is_off_is_crossed_out_and_said_to_be(grid: HeadGrid) -> None:
    grid.set_selected(1, 1)
    plain = grid.accessibleDescription()

    grid.set_switched_off([(1, 1)])

    image = grid.grab().toImage()
    middle = grid.cell_rect(1, 1).center()
    near = [QPointF(middle.x() + dx, middle.y() + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    seen = {QColor(image.pixel(int(p.x()), int(p.y()))).name() for p in near}
    assert LIGHT.color("danger").name() in seen
    assert grid.accessibleDescription() == f"{plain}, switched off"


def test_in_a_flow_a_run_follows_the_order(grid: HeadGrid) -> None:
    order = [(2, 3), (0, 0), (1, 1), (0, 2), (2, 0)]
    grid.set_order(order, dict.fromkeys(order, "50 %"))
    told = toggled(grid)

    drag(grid, (0, 0), (0, 2))

    assert told == [{(0, 0), (1, 1), (0, 2)}]


def test_arrow_keys_follow_the_flow(grid: HeadGrid) -> None:
    order = [(2, 3), (0, 0), (1, 1)]
    grid.set_order(order, dict.fromkeys(order, "50 %"))
    chosen: list[tuple[int, int]] = []
    grid.head_clicked.connect(lambda *head: chosen.append(head))

    for head, key in (((0, 0), Qt.Key.Key_Right), ((0, 0), Qt.Key.Key_Left)):
        grid.set_selected(*head)
        QTest.keyClick(grid, key)
    grid.set_selected(1, 1)
    QTest.keyClick(grid, Qt.Key.Key_Right)

    assert chosen == [(1, 1), (2, 3), (1, 1)]


def test_bars_show_the_shares_in_the_colours_of_the_legend(grid: HeadGrid) -> None:
    shares = np.zeros((3, 4, 3))
    shares[..., 0] = 1.0
    shares[2, 1] = (0.0, 1.0, 0.0)

    grid.set_shares(shares, ("first", "second", "rest"))

    image = grid.grab().toImage()
    for head, nth in (((0, 0), 0), ((2, 1), 1)):
        rect = grid.cell_rect(*head)
        point = QPointF(rect.center().x(), rect.bottom() + 4)
        got = QColor(image.pixel(int(point.x()), int(point.y()))).name()
        assert got == LIGHT.categorical(nth).name()


def test_a_flow_asks_for_the_height_that_all_heads_need(grid: HeadGrid) -> None:
    order = [(layer, head) for layer in range(3) for head in range(4)]
    grid.set_order(order, dict.fromkeys(order, "100 %"))
    narrow, wide = grid.size(), grid.size()
    narrow.setWidth(100)
    wide.setWidth(1200)

    assert grid.height_for(wide) <= wide.height()
    assert grid.height_for(narrow) > narrow.height()
    assert grid.rect().toRectF().contains(grid.cell_rect(2, 3))
