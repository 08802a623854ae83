"""The map of likeness: cells, values in them, names, keys, tips."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.marks import Cells
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT
from roberta_gui.gui.widgets.layers.similarity_map import SimilarityMap
from roberta_gui.records import FloatArray
from tests.gui.painted import colours

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def cells(values: FloatArray, *, small_is_strong: bool = False, column_title: str = "") -> Cells:
    rows, columns = (("emb", *map(str, range(1, n))) for n in values.shape)
    return Cells(
        values, rows, columns, ColourScale(0.0, 1.0), lambda row, column: f"tip {row} {column}",
        lambda row, column: f"cell {row} {column}", small_is_strong, column_title=column_title,
    )  # fmt: skip


@pytest.fixture
def shown(qtbot: QtBot) -> SimilarityMap:
    widget = SimilarityMap()
    qtbot.addWidget(widget)
    widget.resize(460, 380)
    widget.set_cells(cells(np.array([[1.0, 0.5, 0.0], [0.5, 1.0, np.nan]])))
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def colour(widget: SimilarityMap, row: int, column: int) -> str:
    """Return the colour at a cell's upper left, away from its text."""
    corner = widget.layout_now().cell_rect(row, column).topLeft().toPoint() + QPoint(4, 4)
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    image.fill(QColor(widget.theme.card))
    painter = QPainter(image)
    widget.paint_picture(painter)
    painter.end()
    return QColor(image.pixel(corner)).name().upper()


def test_colours_run_from_the_low_to_the_high_end(shown: SimilarityMap) -> None:
    assert colour(shown, 0, 0) == LIGHT.weight_high
    assert colour(shown, 0, 2) == LIGHT.weight_low
    assert colour(shown, 0, 1) not in (LIGHT.weight_high, LIGHT.weight_low)


def test_a_distance_is_strongest_where_it_is_small(shown: SimilarityMap) -> None:
    shown.set_cells(cells(np.array([[0.0, 1.0]]), small_is_strong=True))

    assert colour(shown, 0, 0) == LIGHT.weight_high
    assert colour(shown, 0, 1) == LIGHT.weight_low


def test_unknown_cells_are_grey_and_no_colour_of_the_scale(shown: SimilarityMap) -> None:
    known = {QColor(*entry).name().upper() for entry in LIGHT.weight_map().tolist()}

    assert colour(shown, 1, 2) not in known


def test_values_are_written_where_there_is_room(shown: SimilarityMap) -> None:
    def drawn_at(size: int) -> tuple[float, bool]:
        """Return a cell's side, and whether the cell, of one colour, holds anything else."""
        shown.resize(size, size)
        image, place = (
            shown.grab().toImage(),
            shown.layout_now().cell_rect(2, 1).toRect().adjusted(3, 3, -3, -3),
        )
        ratio = image.devicePixelRatio()
        inks = {
            image.pixel(int(x * ratio), int(y * ratio))
            for x in range(place.left(), place.right())
            for y in range(place.top(), place.bottom())
        }
        return shown.layout_now().cell_rect(2, 1).width(), len(inks) > 1

    shown.set_cells(cells(np.full((9, 9), 0.5)))
    sides = dict(drawn_at(size) for size in range(420, 140, -10))

    with_number = [side for side, has_number in sides.items() if has_number]
    without = [side for side, has_number in sides.items() if not has_number]
    assert min(with_number) > max(without)
    # Small, and without the 0.
    in_full = QFontMetrics(LIGHT.font("small_number")).horizontalAdvance("0.50")
    assert min(with_number) < in_full < max(with_number)


@pytest.mark.parametrize("size", [(140, 120), (460, 380), (2400, 1300)])
@pytest.mark.parametrize("shape", [(1, 1), (7, 7), (13, 25), (49, 13)])
def test_every_cell_is_found_where_it_is_drawn(
    shown: SimilarityMap, size: tuple[int, int], shape: tuple[int, int]
) -> None:
    shown.resize(*size)
    shown.set_cells(cells(np.random.default_rng(0).random(shape), column_title="other"))

    layout = shown.layout_now()
    for row in range(shape[0]):
        for column in range(shape[1]):
            assert layout.cell_at(layout.cell_rect(row, column).center()) == (row, column)
    assert layout.cell_at(layout.field.topLeft() - QPoint(1, 1)) is None
    assert layout.cell_at(layout.field.bottomRight() + QPoint(1, 1)) is None
    shown.grab()


def test_layers_grow_upwards_and_to_the_right_from_one_corner(shown: SimilarityMap) -> None:
    corner = shown.layout_now().cell_rect(0, 0)

    assert corner.bottomLeft() == shown.layout_now().field.bottomLeft()
    assert shown.layout_now().cell_rect(1, 0).bottom() == corner.top()
    assert shown.layout_now().cell_rect(0, 1).left() == corner.right()


def test_arrow_keys_start_at_the_chosen_row_and_stop_at_the_edges(
    shown: SimilarityMap, qtbot: QtBot
) -> None:
    rows, entered = list[int](), list[tuple[int, int]]()
    shown.row_chosen.connect(rows.append)
    shown.cell_hovered.connect(lambda *cell: entered.append(cell))
    shown.set_row(1)

    for key in (
        Qt.Key.Key_Down,
        Qt.Key.Key_Down,
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
    ):
        QTest.keyClick(shown, key)

    assert entered == [(0, 1), (0, 2), (1, 2)]
    assert rows == [0, 0, 1]
    assert shown.accessibleDescription() == "cell 1 2"


def test_the_pointer_enters_and_leaves_cells(shown: SimilarityMap, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.cell_hovered):
        QTest.mouseMove(shown, QPoint(1, 1))
        QTest.mouseMove(shown, shown.layout_now().cell_rect(0, 1).center().toPoint())
    with qtbot.waitSignal(shown.cell_left):
        QTest.mouseMove(shown, QPoint(1, 1))

    assert shown.accessibleDescription() == ""


def test_fewer_cells_leave_no_mark_on_one_that_is_gone(shown: SimilarityMap) -> None:
    QTest.keyClick(shown, Qt.Key.Key_Down)
    QTest.keyClick(shown, Qt.Key.Key_Right)
    shown.set_row(5)

    shown.set_cells(cells(np.ones((1, 1))))
    shown.grab()
    QTest.keyClick(shown, Qt.Key.Key_Down)

    assert shown.accessibleDescription() == "cell 0 0"


def test_no_cells_are_drawn_as_nothing_and_keys_do_nothing(shown: SimilarityMap) -> None:
    shown.set_cells(cells(np.zeros((0, 0))))

    shown.grab()
    QTest.keyClick(shown, Qt.Key.Key_Down)
    QTest.mouseClick(shown, LEFT, NONE, QPoint(30, 30))

    assert shown.layout_now().cell_at(shown.layout_now().field.center()) is None


def test_another_theme_is_another_picture(shown: SimilarityMap) -> None:
    wear(DARK)

    assert colour(shown, 0, 0) == DARK.weight_high


def test_values_that_are_upper_bounds_are_written_as_such_or_not_at_all(
    shown: SimilarityMap,
) -> None:
    def has_ink(size: int, *, are_bounds: bool) -> bool:
        shown.resize(size, size)
        shown.set_cells(replace(cells(np.full((4, 4), 0.5)), are_bounds=are_bounds))
        place = shown.layout_now().cell_rect(2, 1).toRect().adjusted(3, 3, -3, -3)
        image = shown.grab(place).toImage()
        return len(colours(image)) > 1

    wide, narrow = 400, 170
    assert has_ink(wide, are_bounds=True)
    assert has_ink(narrow, are_bounds=False)  # ".50" has room where "≤.50" has none
    assert not has_ink(narrow, are_bounds=True)


def test_where_nothing_is_known_there_is_no_colour_scale(shown: SimilarityMap) -> None:
    def right_of_the_cells() -> set[str]:
        left = round(shown.layout_now().field.right()) + 4
        image = shown.grab(QRect(left, 0, shown.width() - left, shown.height())).toImage()
        return colours(image)

    some = right_of_the_cells()
    shown.set_cells(cells(np.full((3, 3), np.nan)))

    assert len(some) > 1
    assert len(right_of_the_cells()) == 1


def test_a_tip_never_reaches_over_the_scale_and_the_words_at_the_right(
    shown: SimilarityMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[QPoint, str]] = []
    monkeypatch.setattr(
        QToolTip, "showText", lambda place, text, *_rest: told.append((place, text))
    )

    for cell in ((0, 0), (0, 2)):
        QTest.mouseMove(shown, QPoint(1, 1))
        QTest.mouseMove(shown, shown.layout_now().cell_rect(*cell).center().toPoint())

    (first, text), (last, _) = (told[0], told[-1])
    wide = QFontMetrics(QToolTip.font()).horizontalAdvance(text)
    right = shown.mapToGlobal(shown.layout_now().field.topRight().toPoint()).x()
    assert text == "tip 0 0"
    assert last.x() + wide < right
    assert first.x() == shown.mapToGlobal(shown.layout_now().cell_rect(0, 0).center().toPoint()).x()


def test_another_picture_can_point_at_a_cell(shown: SimilarityMap, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.cell_hovered, check_params_cb=lambda *cell: cell == (0, 2)):
        shown.point_at((0, 2))
    with qtbot.waitSignal(shown.cell_left):
        shown.point_at((0, 3))  # there is no such cell

    assert shown.current is None
