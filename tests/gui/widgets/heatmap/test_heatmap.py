"""The heatmap: where its cells are, which colours they have, and what the pointer does."""

from collections.abc import Sequence

import numpy as np
import pytest
from PySide6.QtCore import QMarginsF, QPoint, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.look.theme import LIGHT, Theme
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.gui.widgets.painting.cell_layout import CellLayout, Zoom, fitted
from roberta_gui.records import FloatArray
from tests.gui.clicks import double_click

LEFT = Qt.MouseButton.LeftButton
SIZES = [1, 12, 60, 512]


def fill(heatmap: Heatmap, size: int) -> FloatArray:
    """Show a random matrix on a scale from 0 to 1."""
    matrix = np.random.default_rng(size).random((size, size), dtype=np.float32)
    labels = [AxisLabel(f"t{i}", "special" if i == 0 else "plain") for i in range(size)]
    heatmap.set_matrix(matrix, labels, ColourScale(0.0, 1.0))
    return matrix


def turn_wheel(heatmap: Heatmap, at: QPointF, notches: int) -> None:
    event = QWheelEvent(
        at, heatmap.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(heatmap, event)


def drag(heatmap: Heatmap, start: QPoint, *stops: QPoint) -> None:
    QTest.mousePress(heatmap, LEFT, Qt.KeyboardModifier.NoModifier, start)
    for stop in stops:
        QTest.mouseMove(heatmap, stop)
    QTest.mouseRelease(heatmap, LEFT, Qt.KeyboardModifier.NoModifier, stops[-1])


def colour_at(image: QImage, point: QPointF) -> str:
    return QColor(image.pixel(int(point.x()), int(point.y()))).name()


def expected_colour(theme: Theme, value: float) -> str:
    """Look a share of the scale up in the theme's own map."""
    return QColor(*theme.weight_map()[round(value * 255)].tolist()).name()


def centre(layout: CellLayout, row: int, column: int) -> QPointF:
    return QPointF(layout.column_rect(column).center().x(), layout.row_rect(row).center().y())


def looked_at(size: int) -> Sequence[int]:
    return sorted({0, size // 3, size // 2, size - 1})


# Geometry


@pytest.mark.parametrize("size", SIZES)
def test_every_cell_is_found_at_its_centre(heatmap: Heatmap, size: int) -> None:
    fill(heatmap, size)
    layout = heatmap.layout_now()

    for row in range(size):
        for column in looked_at(size):
            assert layout.cell_at(centre(layout, row, column)) == (row, column)


@pytest.mark.parametrize("size", SIZES[1:])
@pytest.mark.parametrize("notches", [1, 4, 30])
def test_every_cell_in_sight_is_found_after_zooming(
    heatmap: Heatmap, size: int, notches: int
) -> None:
    fill(heatmap, size)
    field = heatmap.layout_now().field
    turn_wheel(
        heatmap, field.topLeft() + QPointF(field.width() * 0.7, field.height() * 0.4), notches
    )
    layout = heatmap.layout_now()

    rows, columns = layout.rows, layout.columns
    assert rows
    assert columns
    for row in rows:
        assert layout.cell_at(centre(layout, row, columns[0])) == (row, columns[0])
    for column in columns:
        assert layout.cell_at(centre(layout, rows[-1], column)) == (rows[-1], column)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shape", [(180, 160), (900, 260), (260, 900)])
def test_the_cells_stay_inside_the_widget(
    heatmap: Heatmap, size: int, shape: tuple[int, int]
) -> None:
    heatmap.resize(*shape)
    fill(heatmap, size)

    assert heatmap.rect().contains(heatmap.layout_now().field.toRect())


def test_a_long_name_that_nobody_sees_takes_no_room(heatmap: Heatmap) -> None:
    heatmap.resize(500, 320)
    matrix = np.zeros((200, 200), dtype=np.float32)
    short = [AxisLabel(f"t{i}") for i in range(200)]
    heatmap.set_matrix(matrix, short, ColourScale(0.0, 1.0))
    wide = heatmap.layout_now().field.width()
    hidden = [*short[:101], AxisLabel("a very long name indeed"), *short[102:]]
    heatmap.set_matrix(matrix, hidden, ColourScale(0.0, 1.0))
    first = [AxisLabel("a very long name indeed"), *short[1:]]
    with_hidden = heatmap.layout_now().field.width()
    heatmap.set_matrix(matrix, first, ColourScale(0.0, 1.0))

    assert with_hidden == wide
    assert heatmap.layout_now().field.width() < wide


def test_the_cells_stay_where_they_are_while_one_zooms(heatmap: Heatmap) -> None:
    labels = [AxisLabel("a long name" if i == 7 else f"t{i}") for i in range(200)]
    heatmap.set_matrix(np.zeros((200, 200), np.float32), labels, ColourScale(0.0, 1.0))
    field = heatmap.layout_now().field

    for notches in (2, 6, 4):
        turn_wheel(heatmap, field.topLeft() + QPointF(4, 4), notches)
        assert heatmap.layout_now().field == field


def test_a_place_outside_the_cells_is_no_cell(heatmap: Heatmap) -> None:
    fill(heatmap, 12)
    layout = heatmap.layout_now()

    for point in (QPointF(1, 1), layout.field.topLeft() - QPointF(2, 2), QPointF(519, 479)):
        assert layout.cell_at(point) is None


@pytest.mark.parametrize("factor", [0.01, 0.5, 2.0, 100.0])
@pytest.mark.parametrize("size", SIZES)
def test_zoom_is_kept_between_six_cells_and_all_of_them(size: int, factor: float) -> None:
    zoom = Zoom.whole(size).scaled(factor, size * 0.9, size * 0.1, size)

    assert min(6, size) <= zoom.span <= size
    assert 0 <= zoom.top <= size - zoom.span
    assert 0 <= zoom.left <= size - zoom.span


@pytest.mark.parametrize("by", [(-1000.0, 1000.0), (1000.0, -1000.0), (0.5, 0.25)])
def test_panning_stops_at_the_edges(by: tuple[float, float]) -> None:
    zoom = Zoom(4.0, 4.0, 8.0).moved(*by, 20)

    assert zoom.top == min(max(4 + by[0], 0), 12)
    assert zoom.left == min(max(4 + by[1], 0), 12)
    assert zoom.span == 8


def test_what_is_under_the_pointer_stays_there_while_zooming(heatmap: Heatmap) -> None:
    fill(heatmap, 60)
    layout = heatmap.layout_now()
    point = centre(layout, 31, 22)

    for _ in range(3):
        turn_wheel(heatmap, point, 1)
        assert heatmap.layout_now().cell_at(point) == (31, 22)


# Pixels


@pytest.mark.parametrize("size", [1, 3, 12, 40])
def test_each_cell_has_the_colour_of_its_value(heatmap: Heatmap, theme: Theme, size: int) -> None:
    matrix = fill(heatmap, size)
    image, layout = heatmap.grab().toImage(), heatmap.layout_now()

    for row in range(size):
        for column in range(size):
            got = colour_at(image, centre(layout, row, column))
            assert got == expected_colour(theme, matrix[row, column]), (row, column)


def test_each_cell_in_sight_keeps_its_colour_after_zooming(heatmap: Heatmap) -> None:
    matrix = fill(heatmap, 60)
    turn_wheel(heatmap, heatmap.layout_now().field.center(), 5)
    image, layout = heatmap.grab().toImage(), heatmap.layout_now()

    rows, columns = layout.rows, layout.columns
    for row in rows[1:-1]:
        for column in columns[1:-1]:
            got = colour_at(image, centre(layout, row, column))
            assert got == expected_colour(LIGHT, matrix[row, column]), (row, column)


@pytest.mark.parametrize("place", [(0, 0), (511, 511), (1, 510), (255, 256), (300, 7)])
def test_one_strong_weight_among_512_tokens_survives_on_a_small_widget(
    heatmap: Heatmap, place: tuple[int, int]
) -> None:
    heatmap.resize(240, 200)
    matrix = np.zeros((512, 512), dtype=np.float32)
    matrix[place] = 1.0
    heatmap.set_matrix(matrix, [AxisLabel("") for _ in matrix], ColourScale(0.0, 1.0))
    layout = heatmap.layout_now()
    assert layout.width < 1

    image = heatmap.grab().toImage()

    middle = centre(layout, *place)
    near = {colour_at(image, middle + QPointF(x, y)) for x in (-1, 0, 1) for y in (-1, 0, 1)}
    darkest = min(near, key=lambda name: QColor(name).lightnessF())
    assert QColor(darkest).lightnessF() < 0.5  # a mean over the pixel would be nearly white


def test_values_beyond_the_scale_take_its_ends(heatmap: Heatmap) -> None:
    matrix = np.array([[0.0, 0.1], [0.4, 0.9]], dtype=np.float32)
    heatmap.set_matrix(matrix, [AxisLabel("a"), AxisLabel("b")], ColourScale(0.1, 0.4))
    image, layout = heatmap.grab().toImage(), heatmap.layout_now()

    assert colour_at(image, centre(layout, 0, 0)) == expected_colour(LIGHT, 0.0)
    assert colour_at(image, centre(layout, 0, 1)) == expected_colour(LIGHT, 0.0)
    assert colour_at(image, centre(layout, 1, 0)) == expected_colour(LIGHT, 1.0)
    assert colour_at(image, centre(layout, 1, 1)) == expected_colour(LIGHT, 1.0)


def test_a_locked_row_is_outlined_and_let_go(heatmap: Heatmap) -> None:
    fill(heatmap, 12)
    plain = heatmap.grab().toImage()

    heatmap.set_selected([4])
    locked = heatmap.grab().toImage()
    row = heatmap.layout_now().row_rect(4)
    edge = {colour_at(locked, QPointF(row.left() + 40, row.top() + dy)) for dy in (-1, 0, 1)}
    heatmap.set_selected([])

    assert LIGHT.color("accent").name() in edge
    assert heatmap.grab().toImage() == plain


@pytest.mark.parametrize("place", [(3, 7), (None, 2), (5, None), (99, 99)])
def test_a_hover_is_drawn_and_leaves_no_trace(
    heatmap: Heatmap, place: tuple[int | None, int | None]
) -> None:
    fill(heatmap, 12)
    plain = heatmap.grab().toImage()

    heatmap.set_hovered(*place)
    lit = heatmap.grab().toImage()
    heatmap.set_hovered(None, None)

    assert (lit == plain) is (place == (99, 99))
    assert heatmap.grab().toImage() == plain


# Pointer


def test_a_click_tells_its_cell_and_whether_it_extends(heatmap: Heatmap) -> None:
    fill(heatmap, 12)
    layout, clicks = heatmap.layout_now(), []
    heatmap.cell_clicked.connect(lambda *told: clicks.append(told))

    point = centre(layout, 5, 8).toPoint()
    QTest.mouseClick(heatmap, LEFT, Qt.KeyboardModifier.NoModifier, point)
    QTest.mouseClick(heatmap, LEFT, Qt.KeyboardModifier.ControlModifier, point)
    QTest.mouseClick(heatmap, LEFT, Qt.KeyboardModifier.ShiftModifier, point)
    QTest.mouseClick(heatmap, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(1, 1))

    assert clicks == [(5, 8, False), (5, 8, True), (5, 8, True)]


def test_hovering_tells_the_cell_and_that_it_was_left(heatmap: Heatmap, qtbot: QtBot) -> None:
    fill(heatmap, 12)
    layout = heatmap.layout_now()

    with qtbot.waitSignal(heatmap.cell_hovered) as hovered:
        QTest.mouseMove(heatmap, centre(layout, 2, 9).toPoint())
    with qtbot.waitSignal(heatmap.cell_left):
        QTest.mouseMove(heatmap, QPoint(1, 1))

    assert hovered.args == [2, 9]


def test_the_tip_says_from_to_and_the_value(heatmap: Heatmap) -> None:
    matrix = fill(heatmap, 12)

    tip = heatmap.tip(3, 7)

    assert f"from t3 to t7: {matrix[3, 7]:.4f}" in tip
    assert "tokens 4 and 8" in tip


def test_a_double_click_tells_its_cell_and_beside_the_cells_shows_all_again(
    heatmap: Heatmap,
) -> None:
    fill(heatmap, 60)
    turn_wheel(heatmap, heatmap.layout_now().field.center(), 6)
    layout, told = heatmap.layout_now(), []
    assert layout.zoom != Zoom.whole(60)
    heatmap.cell_double_clicked.connect(lambda *cell: told.append(cell))
    point = layout.field.center()
    none = Qt.KeyboardModifier.NoModifier

    double_click(heatmap, LEFT, none, point.toPoint())
    double_click(heatmap, LEFT, none, QPoint(1, 1))

    assert told == [layout.cell_at(QPointF(point.toPoint()))]
    assert heatmap.layout_now().zoom == Zoom.whole(60)


def test_dragging_pans_and_is_no_click(heatmap: Heatmap) -> None:
    fill(heatmap, 60)
    turn_wheel(heatmap, heatmap.layout_now().field.center(), 6)
    before, clicks = heatmap.layout_now(), []
    heatmap.cell_clicked.connect(lambda *told: clicks.append(told))
    start = before.field.center().toPoint()
    end = start - QPoint(round(before.width * 3), round(before.width * 2))

    drag(heatmap, start, (start + end) / 2, end)

    after = heatmap.layout_now()
    assert after.zoom.left == pytest.approx(before.zoom.left + 3, abs=0.2)
    assert after.zoom.top == pytest.approx(before.zoom.top + 2, abs=0.2)
    assert clicks == []


def test_other_tokens_of_the_same_number_keep_the_zoom_and_more_tokens_do_not(
    heatmap: Heatmap,
) -> None:
    fill(heatmap, 60)
    turn_wheel(heatmap, heatmap.layout_now().field.center(), 6)
    zoomed = heatmap.layout_now().zoom

    fill(heatmap, 60)
    assert heatmap.layout_now().zoom == zoomed
    fill(heatmap, 61)
    assert heatmap.layout_now().zoom == Zoom.whole(61)


def test_an_empty_matrix_stands_the_wheel_and_the_pointer(heatmap: Heatmap) -> None:
    fill(heatmap, 0)
    middle = heatmap.layout_now().field.center()

    for notches in (1, -1, 5):
        turn_wheel(heatmap, middle, notches)
    drag(heatmap, middle.toPoint(), middle.toPoint() + QPoint(20, 20))
    double_click(heatmap, LEFT, Qt.KeyboardModifier.NoModifier, middle.toPoint())

    assert heatmap.layout_now().cell_at(middle) is None
    fill(heatmap, 3)
    assert heatmap.layout_now().cell_at(heatmap.layout_now().field.center()) == (1, 1)


def test_the_tip_names_tokens_not_rows_and_where_the_matrix_is_from(heatmap: Heatmap) -> None:
    matrix = np.array([[0.25, 0.75], [0.5, 0.5]], dtype=np.float32)
    labels = [AxisLabel("a", index=4), AxisLabel("b", index=9)]
    heatmap.set_matrix(matrix, labels, ColourScale(0.0, 1.0))

    without = heatmap.tip(0, 1).splitlines()
    heatmap.set_place("attention[3, 2]")

    assert without == ["from a to b: 0.7500", "tokens 5 and 10"]
    assert heatmap.tip(0, 1).splitlines() == [*without, "attention[3, 2]"]
    assert heatmap.accessibleName() == "Attention"
    assert heatmap.accessibleDescription() == "attention[3, 2]"


def test_a_map_as_wide_as_its_panel_begins_at_the_top() -> None:
    around, most = QMarginsF(10, 20, 10, 20), QSizeF(1000, 1000)

    field = fitted(QSize(220, 900), around, most, square=True)

    assert (field.top(), field.left(), field.width()) == (20, 10, 200)


def test_a_small_map_stands_a_little_above_the_middle() -> None:
    field = fitted(QSize(600, 600), QMarginsF(0, 0, 0, 0), QSizeF(300, 300), square=True)

    assert (field.left(), field.top()) == (150, 100)
