"""The map of heads: colours of either sign, numbers where they fit, unknown ones grey."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.look.theme import LIGHT, Theme
from roberta_gui.gui.widgets.heads.head_map import HeadMap

VALUES = np.array([[-2.0, -1.0, 0.0], [1.0, 2.0, np.nan]])


@pytest.fixture
def heads(qtbot: QtBot) -> HeadMap:
    widget = HeadMap("A map")
    qtbot.addWidget(widget)
    widget.resize(420, 260)
    widget.set_values(VALUES, ColourScale(-2.0, 2.0), lambda value: f"{value:.1f}")
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def colour_at(image: QImage, point: QPointF) -> str:
    return QColor(image.pixel(int(point.x()), int(point.y()))).name()


def test_each_cell_has_the_colour_of_its_number(heads: HeadMap, theme: Theme) -> None:
    image, ramp = heads.grab().toImage(), theme.difference_map().tolist()

    for (layer, head), value in np.ndenumerate(VALUES):
        corner = heads.cell_rect(layer, head).topLeft() + QPointF(3, 3)
        color = theme.color("track").name()
        if not np.isnan(value):
            color = QColor(*ramp[int((value + 2) / 4 * 255 + 0.5)]).name()
        assert colour_at(image, corner) == color


def test_zero_is_the_ground_and_the_signs_have_different_colours(heads: HeadMap) -> None:
    image = heads.grab().toImage()
    low, zero, high = (
        colour_at(image, heads.cell_rect(*head).topLeft() + QPointF(3, 3))
        for head in ((0, 0), (0, 2), (1, 1))
    )

    assert low == LIGHT.color("difference_low").name()
    assert QColor(zero).lightness() > 250
    assert high == LIGHT.color("difference_high").name()


def test_numbers_are_written_only_where_all_of_them_fit(heads: HeadMap) -> None:
    def inks(image: QImage) -> set[str]:
        rect = heads.cell_rect(0, 2)
        return {
            colour_at(image, QPointF(x, rect.center().y()))
            for x in range(int(rect.left()) + 2, int(rect.right()) - 2)
        }

    assert len(inks(heads.grab().toImage())) > 2
    heads.set_values(np.zeros((20, 40)), ColourScale(-2.0, 2.0), lambda value: f"{value:.1f}")
    assert len(inks(heads.grab().toImage())) <= 2


@pytest.mark.parametrize("shape", [(1, 1), (6, 8), (12, 12), (24, 16), (2, 40)])
@pytest.mark.parametrize("size", [(150, 90), (420, 260), (1600, 300)])
def test_every_head_is_found_at_its_centre_inside_the_widget(
    heads: HeadMap, shape: tuple[int, int], size: tuple[int, int]
) -> None:
    heads.resize(*size)
    heads.set_values(np.zeros(shape), ColourScale(-1.0, 1.0), str)

    for layer in range(shape[0]):
        for head in range(shape[1]):
            rect = heads.cell_rect(layer, head)
            assert heads.head_at(rect.center()) == (layer, head)
            assert heads.rect().toRectF().contains(rect)


def test_numbers_from_zero_on_get_the_colours_of_weights(heads: HeadMap) -> None:
    values = np.array([[0.0, 0.5], [0.25, 1.0]], dtype=np.float32)

    heads.set_values(values, ColourScale(0.0, 1.0), "{:.2f}".format, signed=False)

    image, ramp = heads.grab().toImage(), LIGHT.weight_map().tolist()
    for nth, head in ((0, (0, 0)), (255, (1, 1))):
        corner = heads.cell_rect(*head).topLeft() + QPointF(3, 3)
        assert colour_at(image, corner) == QColor(*ramp[nth]).name()


def test_the_chosen_head_stands_out_among_cells_of_the_outlines_colour(
    heads: HeadMap, theme: Theme
) -> None:
    heads.set_values(np.ones((2, 3)), ColourScale(0.0, 1.0), str, signed=False)
    heads.set_selected(1, 1)
    image, cell = heads.grab().toImage(), heads.cell_rect(1, 1)
    card, middle = theme.color("card"), cell.center().y()

    def is_card(x: float) -> bool:
        color = QColor(image.pixel(int(x), int(middle)))
        return abs(color.lightness() - card.lightness()) < 60

    assert any(is_card(cell.left() + inside) for inside in (1, 2))
    assert any(is_card(cell.right() - inside) for inside in (1, 2, 3))
    heads.set_selected(0, 0)
    image = heads.grab().toImage()
    assert not any(is_card(cell.left() + inside) for inside in (1, 2))
