"""Strips along a heatmap: their colours, their place, and what the pointer learns there."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.gui.widgets.heatmap.margins import Margins, Strip
from roberta_gui.records import FloatArray
from tests.gui.clicks import double_click
from tests.gui.widgets.in_sight import in_sight

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
UNIT = ColourScale(0.0, 1.0)


def fill(heatmap: Heatmap, below: FloatArray, beside: FloatArray, *, signed: bool = False) -> None:
    n = len(below)
    labels = [AxisLabel(f"t{i}", index=i + 3) for i in range(n)]
    scale = ColourScale(-1.0 if signed else 0.0, 1.0)
    margins = Margins(
        Strip(below, scale, "received", "the mean"), Strip(beside, scale, "given", "the sum")
    )
    matrix = np.zeros((n, n), dtype=np.float32)
    heatmap.set_matrix(matrix, labels, scale, signed=signed, margins=margins)


def below_of(heatmap: Heatmap, column: int) -> QPointF:
    layout = heatmap.layout_now()
    return QPointF(layout.column_rect(column).center().x(), layout.below.center().y())


def beside_of(heatmap: Heatmap, row: int) -> QPointF:
    layout = heatmap.layout_now()
    return QPointF(layout.beside.center().x(), layout.row_rect(row).center().y())


def test_each_token_has_its_value_in_each_strip(heatmap: Heatmap) -> None:
    below, beside = (
        np.array([0, 0.25, 1, 0.5], np.float32),
        np.array([1, 0.75, 0, 0.125], np.float32),
    )
    fill(heatmap, below, beside)
    image, ramp = heatmap.grab().toImage(), LIGHT.weight_map()

    for place, values in ((below_of, below), (beside_of, beside)):
        for row, value in enumerate(values.tolist()):
            colour = QColor(image.pixel(place(heatmap, row).toPoint()))
            assert colour.getRgb() == tuple(ramp[round(value * 255)].tolist())


def test_among_512_tokens_the_strongest_on_a_pixel_is_seen(heatmap: Heatmap) -> None:
    below = np.zeros(512, dtype=np.float32)
    below[[77, 300]] = 1.0
    fill(heatmap, below, below)
    image, strip = heatmap.grab().toImage(), heatmap.layout_now().below
    dark = [
        x
        for x in range(round(strip.left()), round(strip.right()))
        if QColor(image.pixel(x, round(strip.center().y()))).lightness() < 120
    ]

    expected = [strip.left() + (i + 0.5) * strip.width() / 512 for i in (77, 300)]
    assert len(dark) == 2
    np.testing.assert_allclose(dark, expected, atol=1.0)


def test_signed_strips_have_two_colours_and_the_larger_size_wins_a_pixel(heatmap: Heatmap) -> None:
    values = np.zeros(512, dtype=np.float32)
    values[::2] = 0.2
    values[100:110] = -0.9
    fill(heatmap, values, values, signed=True)
    image, strip = heatmap.grab().toImage(), heatmap.layout_now().below

    x = strip.left() + 105 * strip.width() / 512
    colour = QColor(image.pixel(round(x), round(strip.center().y())))

    assert colour.blue() > colour.red() + 60


def test_the_strips_keep_clear_of_cells_and_edge(heatmap: Heatmap) -> None:
    for shape in ((520, 480), (190, 170), (1300, 300)):
        heatmap.resize(*shape)
        fill(heatmap, np.zeros(9, np.float32), np.zeros(9, np.float32))
        layout = heatmap.layout_now()
        assert layout.below.top() > layout.field.bottom()
        assert layout.beside.left() > layout.field.right()
        assert heatmap.rect().contains(layout.below.toAlignedRect())
        assert heatmap.rect().contains(layout.beside.toAlignedRect())


@pytest.mark.parametrize("shape", [(520, 480), (240, 400), (1300, 300), (300, 330)])
def test_names_and_ends_of_the_scales_have_room_inside_the_widget(
    heatmap: Heatmap, shape: tuple[int, int]
) -> None:
    heatmap.resize(*shape)
    fill(heatmap, np.zeros(60, np.float32), np.zeros(60, np.float32))
    layout, metrics = heatmap.layout_now(), QFontMetricsF(LIGHT.font("small"))
    left, right = ("received", "0 – 1"), ("↑ given", "0 – 1")

    room = layout.below.left() - 6, heatmap.width() - layout.beside.left()
    for texts, wide in zip((left, right), room, strict=True):
        lines = texts if layout.foot else ("  ".join(texts),)
        assert max(map(metrics.horizontalAdvance, lines)) <= wide
    bottom = layout.below.center().y() + metrics.ascent() / 2 + (layout.foot > 0) * layout.foot
    assert bottom <= heatmap.height()


def test_the_ends_of_a_strip_are_told_apart_and_say_what_is_below() -> None:
    values = np.array([5.2, 5.64, 5.66], np.float32)
    bits = Strip(values, ColourScale(5.64, 5.66), "entropy", "", "bits")
    shares = Strip(values, ColourScale(0.0, 0.0234), "received", "")
    changes = Strip(values, ColourScale(-0.5, 0.5), "received", "")

    assert bits.ends == "≤ 5.64 – 5.66 bits"
    assert shares.ends == "0 – 0.023"
    assert changes.ends == "±0.5"


def test_names_and_strips_tell_their_token_and_cells_do_not(heatmap: Heatmap) -> None:
    fill(heatmap, np.zeros(9, np.float32), np.zeros(9, np.float32))
    hovered: list[int] = []
    clicked: list[tuple[int, bool]] = []
    twice: list[int] = []
    cells: list[tuple[int, int]] = []
    heatmap.token_hovered.connect(hovered.append)
    heatmap.token_clicked.connect(lambda row, extend: clicked.append((row, extend)))
    heatmap.token_double_clicked.connect(twice.append)
    heatmap.cell_hovered.connect(lambda row, column: cells.append((row, column)))
    layout = heatmap.layout_now()
    name = QPoint(round(layout.field.left() - 10), round(layout.row_rect(6).center().y()))
    cell = QPointF(layout.column_rect(2).center().x(), layout.row_rect(1).center().y())

    for point in (below_of(heatmap, 4).toPoint(), beside_of(heatmap, 5).toPoint(), name):
        QTest.mouseMove(heatmap, point)
    QTest.mouseClick(heatmap, LEFT, NONE, name)
    QTest.mouseClick(
        heatmap, LEFT, Qt.KeyboardModifier.ShiftModifier, below_of(heatmap, 4).toPoint()
    )
    double_click(heatmap, LEFT, NONE, name)
    QTest.mouseMove(heatmap, cell.toPoint())

    assert hovered == [4, 5, 6]
    assert clicked[:2] == [(6, False), (4, True)]
    assert twice == [6]
    assert cells == [(1, 2)]


def test_a_tip_beside_the_cells_says_both_values(heatmap: Heatmap) -> None:
    fill(heatmap, np.array([0, 0.25, 1], np.float32), np.array([0.5, 0.75, 0], np.float32))

    assert heatmap.tip_beside(1).splitlines() == [
        "t1",
        "token 5",
        "received 0.2500: the mean",
        "given 0.7500: the sum",
    ]


def test_signed_values_are_told_with_their_sign(heatmap: Heatmap) -> None:
    labels = [AxisLabel("a", index=4), AxisLabel("bc", index=5, last=7)]
    matrix = np.array([[-0.25, 0.5], [0, 1]], np.float32)
    heatmap.set_matrix(matrix, labels, ColourScale(-1, 1), signed=True)
    layout, image = heatmap.layout_now(), heatmap.grab().toImage()
    ramp = LIGHT.difference_map()

    assert heatmap.tip(0, 0).splitlines()[0] == "from a to a: −0.2500"
    assert heatmap.tip(0, 1).splitlines() == ["from a to bc: +0.5000", "tokens 5 and 6–8"]
    for row in range(2):
        for column in range(2):
            centre = QPointF(
                layout.column_rect(column).center().x(), layout.row_rect(row).center().y()
            )
            colour = QColor(image.pixel((centre + QPointF(3, 3)).toPoint()))
            step = round((matrix[row, column] + 1) / 2 * 255)
            near = [tuple(ramp[i].tolist()) for i in range(max(step - 1, 0), min(step + 2, 256))]
            assert colour.getRgb() in near


def test_the_numbers_of_a_signed_colour_bar_stay_inside_the_widget(heatmap: Heatmap) -> None:
    heatmap.resize(300, 300)
    changes = np.full((30, 30), 0.096, np.float32)
    scale = ColourScale(-0.096, 0.096)
    heatmap.set_matrix(changes, [AxisLabel("t")] * 30, scale, signed=True)
    widest = max(
        QFontMetricsF(LIGHT.font("small_number")).horizontalAdvance(text) for text in scale.labels()
    )

    # The bar begins 14 pixels beside the cells, is 10 wide, and its numbers stand 5 further.
    assert heatmap.layout_now().field.right() + 14 + 10 + 5 + widest <= heatmap.width()


@pytest.mark.parametrize("size", [(260, 240), (180, 160), (180, 480), (520, 160)])
@pytest.mark.parametrize("n_tokens", [1, 16, 512])
def test_in_large_text_the_cells_keep_a_third_of_a_small_widget_and_nothing_is_cut_off(
    qtbot: QtBot, size: tuple[int, int], n_tokens: int
) -> None:
    wear(replace(LIGHT, zoom=2.0))
    heatmap = in_sight(qtbot, Heatmap(), *size)
    values = np.linspace(0, 1, n_tokens, dtype=np.float32)
    fill(heatmap, values, values)

    field, room = heatmap.layout_now().field, QRectF(heatmap.rect())
    largest = n_tokens * heatmap.theme.pixels(56)
    assert field.width() >= min(*size, 3 * largest) // 3
    assert room.contains(field)
    image = heatmap.grab().toImage()
    edge = {image.pixelColor(image.width() - 1, y).name().upper() for y in range(image.height())}
    assert edge == {LIGHT.card}
