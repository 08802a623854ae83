"""The map of likeness: cells, values in them, names, keys; words beside it; menus of choices."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from roberta_gui.gui.theme import DARK, LIGHT
from roberta_gui.gui.widgets.charts.colour_scale import ColourScale
from roberta_gui.gui.widgets.controls.beside import Beside
from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.layers.similarity_map import Cells, SimilarityMap
from roberta_gui.records import FloatArray

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def cells(values: FloatArray, *, small_is_strong: bool = False, column_title: str = "") -> Cells:
    rows, columns = (("emb", *map(str, range(1, n))) for n in values.shape)
    return Cells(
        values, rows, columns, ColourScale(0.0, 1.0), lambda row, column: f"cell {row} {column}",
        small_is_strong, column_title=column_title,
    )  # fmt: skip


@pytest.fixture
def shown(qtbot: QtBot) -> SimilarityMap:
    widget = SimilarityMap(LIGHT)
    qtbot.addWidget(widget)
    widget.resize(460, 380)
    widget.set_cells(cells(np.array([[1.0, 0.5, 0.0], [0.5, 1.0, np.nan]])))
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def colour(widget: SimilarityMap, row: int, column: int) -> str:
    """Return the colour at a cell's upper left, away from its text."""
    corner = widget.cell_rect(row, column).topLeft().toPoint() + QPoint(4, 4)
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
    def drawn(size: int) -> bool:
        """Tell whether a cell of one colour holds anything else."""
        shown.resize(size, size)
        shown.set_cells(cells(np.full((3, 3), 0.5)))
        image, place = shown.grab().toImage(), shown.cell_rect(2, 1).toRect().adjusted(3, 3, -3, -3)
        ratio = image.devicePixelRatio()
        return (
            len(
                {
                    image.pixel(int(x * ratio), int(y * ratio))
                    for x in range(place.left(), place.right())
                    for y in range(place.top(), place.bottom())
                }
            )
            > 1
        )

    assert drawn(400)
    assert not drawn(140)


@pytest.mark.parametrize("size", [(140, 120), (460, 380), (2400, 1300)])
@pytest.mark.parametrize("shape", [(1, 1), (7, 7), (13, 25), (49, 13)])
def test_every_cell_is_found_where_it_is_drawn(
    shown: SimilarityMap, size: tuple[int, int], shape: tuple[int, int]
) -> None:
    shown.resize(*size)
    shown.set_cells(cells(np.random.default_rng(0).random(shape), column_title="other"))

    for row in range(shape[0]):
        for column in range(shape[1]):
            assert shown.cell_at(shown.cell_rect(row, column).center()) == (row, column)
    assert shown.cell_at(shown.field().topLeft() - QPoint(1, 1)) is None
    assert shown.cell_at(shown.field().bottomRight() + QPoint(1, 1)) is None
    shown.grab()


def test_arrow_keys_start_at_the_chosen_row_and_stop_at_the_edges(
    shown: SimilarityMap, qtbot: QtBot
) -> None:
    rows, entered = list[int](), list[tuple[int, int]]()
    shown.row_chosen.connect(rows.append)
    shown.cell_entered.connect(lambda *cell: entered.append(cell))
    shown.set_row(1)

    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(shown, key)

    assert entered == [(0, 1), (0, 2), (1, 2)]
    assert rows == [0, 0, 1]
    assert shown.accessibleDescription() == "cell 1 2"


def test_the_pointer_enters_and_leaves_cells(shown: SimilarityMap, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.cell_entered):
        QTest.mouseMove(shown, QPoint(1, 1))
        QTest.mouseMove(shown, shown.cell_rect(0, 1).center().toPoint())
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

    assert shown.cell_at(shown.field().center()) is None


def test_another_theme_is_another_picture(shown: SimilarityMap) -> None:
    shown.set_theme(DARK)

    assert colour(shown, 0, 0) == DARK.weight_high


SENTENCES = ("Neighbouring layers are alike.", "The largest step is from layer 1 to 2.")


@pytest.mark.parametrize(
    ("size", "where"),
    [((900, 400), "beside"), ((300, 520), "below"), ((230, 150), "nowhere")],
)
def test_words_go_where_they_leave_the_map_largest(
    qtbot: QtBot, size: tuple[int, int], where: str
) -> None:
    heat = SimilarityMap(LIGHT)
    both = Beside(LIGHT, heat)
    qtbot.addWidget(both)
    heat.set_cells(cells(np.eye(13)))
    both.resize(*size)
    both.set_theme(LIGHT)
    with qtbot.waitExposed(both):
        both.show()

    both.say(SENTENCES)

    label = next(label for label in both.findChildren(QLabel))
    assert both.has_words is (where != "nowhere")
    assert not label.isVisible() or not label.geometry().intersects(heat.geometry())
    if where == "beside":
        assert label.geometry().left() >= heat.geometry().right()
    elif where == "below":
        assert label.geometry().top() >= heat.geometry().bottom()
        assert label.geometry().bottom() <= both.height()
    else:
        assert heat.size() == both.size()


def test_a_menu_lists_the_choices_marks_one_and_tells_of_another(qtbot: QtBot) -> None:
    button = ChoiceButton("Compared with", "Open folder…", "A tip")
    qtbot.addWidget(button)
    button.set_choices({"": "same model", "mini": "mini · built in"}, "mini")
    same, mini, _, other = button.menu().actions()

    assert (same.isChecked(), mini.isChecked()) == (False, True)
    assert button.text() == "mini · built in ▾"
    assert button.accessibleName() == "Compared with: mini · built in"
    with qtbot.waitSignal(button.chosen, check_params_cb=lambda value: value == ""):
        same.trigger()
    with qtbot.waitSignal(button.other_wanted):
        other.trigger()


def test_a_long_name_is_shortened_on_the_button_only(qtbot: QtBot) -> None:
    button = ChoiceButton("Sentences", "Text file…", "A tip")
    qtbot.addWidget(button)
    name = "a-very-long-name-of-a-file-that-somebody-has.txt"

    button.set_choices({name: name}, name)

    assert "…" in button.text()
    assert button.menu().actions()[0].text() == name
