"""The map of heads: cells are where they are clicked, colours follow the values."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.theme import LIGHT
from roberta_gui.gui.widgets.colour_scale import ColourScale
from roberta_gui.gui.widgets.head_map import HeadMap

SHAPES = [(1, 1), (6, 8), (24, 16)]


def make(bot: QtBot, shape: tuple[int, int], size: tuple[int, int] = (360, 320)) -> HeadMap:
    widget = HeadMap(LIGHT, "made up")
    bot.addWidget(widget)
    widget.resize(*size)
    with bot.waitExposed(widget):
        widget.show()
    values = np.linspace(0, 1, shape[0] * shape[1], dtype=np.float32).reshape(shape)
    widget.set_values(values, ColourScale(0.0, 1.0), "{:.2f}".format, signed=False)
    return widget


@pytest.mark.parametrize("shape", SHAPES)
def test_a_click_on_a_cell_names_its_head(qtbot: QtBot, shape: tuple[int, int]) -> None:
    widget = make(qtbot, shape)
    clicked: list[tuple[int, int]] = []
    widget.head_clicked.connect(lambda layer, head: clicked.append((layer, head)))
    corners = [(0, 0), (shape[0] - 1, shape[1] - 1), (shape[0] // 2, shape[1] // 2)]

    for head in corners:
        spot = widget.cell_rect(*head).center().toPoint()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    QTest.mouseClick(
        widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(1, 1)
    )

    assert clicked == corners


@pytest.mark.parametrize("shape", SHAPES[1:])
def test_all_cells_are_inside_and_coloured_by_their_values(
    qtbot: QtBot, shape: tuple[int, int]
) -> None:
    widget = make(qtbot, shape)
    image, ramp = widget.grab().toImage(), LIGHT.weight_map()

    for nth, head in ((0, (0, 0)), (255, (shape[0] - 1, shape[1] - 1))):
        assert widget.rect().contains(widget.cell_rect(*head).toRect())
        spot = widget.cell_rect(*head).topLeft().toPoint() + QPoint(3, 3)
        assert image.pixelColor(spot) == QColor(*ramp[nth].tolist())


def test_signed_values_get_the_colours_of_differences(qtbot: QtBot) -> None:
    widget = make(qtbot, (2, 2))
    values = np.array([[-1, 0], [0, 1]], dtype=np.float32)

    widget.set_values(values, ColourScale(-1.0, 1.0), "".format)

    image, ramp = widget.grab().toImage(), LIGHT.difference_map()
    for nth, head in ((0, (0, 0)), (255, (1, 1))):
        spot = widget.cell_rect(*head).center().toPoint()
        assert image.pixelColor(spot) == QColor(*ramp[nth].tolist())


def test_the_chosen_head_is_outlined_and_told(qtbot: QtBot) -> None:
    widget = make(qtbot, (6, 8))
    before = widget.grab().toImage()

    widget.set_selected(2, 3)

    assert widget.grab().toImage() != before
    assert widget.accessibleDescription() == "Layer 3, head 4"


def test_a_small_map_still_shows_every_head(qtbot: QtBot) -> None:
    widget = make(qtbot, (24, 16), size=(150, 120))

    places = {widget.head_at(widget.cell_rect(n, m).center()) for n in range(24) for m in range(16)}
    assert len(places) == 24 * 16
