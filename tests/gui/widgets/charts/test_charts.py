"""Line chart and bar chart: values are where the axis says, pointer and keys choose."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.marks import Line
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT
from roberta_gui.gui.widgets.charts.bar_chart import BarChart, BarSeries
from roberta_gui.gui.widgets.charts.contrast_plot import ContrastPlot
from roberta_gui.gui.widgets.charts.line_chart import LineChart
from roberta_gui.gui.widgets.colours.legend import Legend

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
N_LAYERS = 7


@pytest.fixture
def lines(qtbot: QtBot) -> LineChart:
    chart = LineChart("made up")
    qtbot.addWidget(chart)
    chart.resize(520, 320)
    chart.set_lines(
        [
            Line("chance", np.linspace(0.1, 0.2, N_LAYERS)),
            Line("same word", np.array([math.nan, 0.9, 0.8, 0.7, 0.6, 0.55, 0.5]), 0, filled=True),
            Line("this sentence", np.linspace(-0.1, 0.3, N_LAYERS), 1),
        ]
    )
    with qtbot.waitExposed(chart):
        chart.show()
    return chart


@pytest.fixture
def bars(qtbot: QtBot) -> BarChart:
    chart = BarChart("made up")
    qtbot.addWidget(chart)
    chart.resize(520, 320)
    chart.set_bars(
        ["588", "77", "3", "12"],
        ["tip 588", "tip 77", "tip 3", "tip 12"],
        [
            BarSeries("cosine", np.array([0.31, 0.2, -0.1, 0.0]), 0),
            BarSeries("variance", np.array([0.05, 0.4, 0.1, 0.02]), 4),
        ],
    )
    with qtbot.waitExposed(chart):
        chart.show()
    return chart


def colour_at(chart: LineChart | BarChart, point: QPointF) -> str:
    return QColor(chart.grab().toImage().pixel(int(point.x()), int(point.y()))).name()


# Axes and legend


def test_a_legend_wraps_and_no_sample_leaves_its_width(qapp: object) -> None:
    names = ["random pairs of tokens", "the same word elsewhere", "this sentence"]
    wide, narrow = Legend(names, 900), Legend(names, 200)

    assert narrow.height == pytest.approx(3 * wide.height)
    tops = [sample.top() for sample in narrow.samples(0, 0)]
    assert tops == sorted(set(tops))
    assert all(sample.right() < 200 for sample in narrow.samples(0, 0))


def test_charts_of_nothing_are_blank_and_nothing_is_under_the_pointer(qtbot: QtBot) -> None:
    line_chart, bar_chart = LineChart("none"), BarChart("none")
    vocabulary, middle = ContrastPlot(), QPointF(100, 80)
    for chart in (line_chart, bar_chart, vocabulary):
        qtbot.addWidget(chart)
        chart.resize(240, 200)
        chart.grab()
        assert chart.spot_at(middle) is None


# Lines


def test_equal_steps_of_value_are_equal_steps_on_the_screen_and_up_is_more(
    lines: LineChart,
) -> None:
    heights = [lines.place(2, value).y() for value in (0.0, 0.25, 0.5, 0.75)]

    assert np.diff(heights) == pytest.approx([heights[1] - heights[0]] * 3)
    assert heights[0] > heights[-1]


def test_every_value_lies_inside_the_widget_and_is_drawn_in_its_colour(lines: LineChart) -> None:
    for layer, value in enumerate(np.linspace(-0.1, 0.3, N_LAYERS)):
        place = lines.place(layer, float(value))
        assert lines.rect().contains(place.toPoint())
        assert lines.spot_at(place) == layer
    at = lines.place(3, 0.1)
    assert colour_at(lines, at) == LIGHT.categorical(1).name()


def test_a_gap_in_a_line_stays_a_gap(lines: LineChart) -> None:
    between = (lines.place(0, 0.9) + lines.place(1, 0.9)) / 2

    assert colour_at(lines, between) in (LIGHT.color("card").name(), LIGHT.color("line").name())


def test_the_room_above_the_baseline_is_tinted(lines: LineChart) -> None:
    inside, outside = lines.place(3, 0.37) + QPointF(9, 0), lines.place(3, 0.88) + QPointF(9, 0)

    assert colour_at(lines, inside) != colour_at(lines, outside)


def test_the_tip_tells_every_value_of_a_layer_that_exists(lines: LineChart) -> None:
    assert lines.describe(2).splitlines() == [
        "Layer 2", "chance: 0.133", "same word: 0.800", "this sentence: 0.033",
    ]  # fmt: skip
    assert lines.describe(0).splitlines()[0] == "Embeddings"
    assert "same word" not in lines.describe(0)


def test_a_click_chooses_a_layer_and_arrow_keys_ask_for_its_neighbours(
    lines: LineChart, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(lines.item_clicked) as clicked:
        QTest.mouseClick(lines, LEFT, NONE, lines.place(4, 0.2).toPoint())
    steps: list[int] = []
    lines.stepped.connect(steps.append)
    QTest.keyClick(lines, Qt.Key.Key_Left)
    QTest.keyClick(lines, Qt.Key.Key_Right)

    assert clicked.args == [4, False]
    assert steps == [-1, 1]


def test_a_chosen_or_hovered_layer_is_marked_and_let_go(lines: LineChart) -> None:
    plain = lines.grab().toImage()
    lines.set_selected([3])
    chosen = lines.grab().toImage()
    QTest.mouseMove(lines, lines.place(5, 0.2).toPoint())
    hovered = lines.grab().toImage()
    QTest.mouseMove(lines, QPoint(1, 1))
    lines.set_selected([99])

    assert plain != chosen != hovered
    assert lines.grab().toImage() == plain


# Bars


def test_a_bar_is_as_tall_as_its_share_and_hangs_where_that_is_negative(bars: BarChart) -> None:
    zero = bars.bar_rect(0, 0).bottom()

    heights = [bars.bar_rect(0, item).height() for item in range(4)]
    assert np.array(heights) / heights[0] == pytest.approx([1, 0.2 / 0.31, 0.1 / 0.31, 0])
    assert bars.bar_rect(1, 1).height() / heights[0] == pytest.approx(0.4 / 0.31)
    assert bars.bar_rect(0, 2).top() == pytest.approx(zero)
    assert bars.bar_rect(0, 1).bottom() == pytest.approx(zero)


def test_a_pale_bar_stands_wider_behind_its_own(bars: BarChart) -> None:
    values, behind = np.array([0.1, 0.2]), np.array([0.3, -0.1])
    bars.set_bars(["1", "2"], ["", ""], [BarSeries("x", values, 0, behind)], faint="pale: raw")
    bar, pale = bars.bar_rect(0, 0), bars.bar_rect(0, 0, faint=True)

    assert pale.height() == pytest.approx(3 * bar.height())
    assert pale.left() < bar.left() < bar.right() < pale.right()
    assert bars.bar_rect(0, 1, faint=True).top() == pytest.approx(bar.bottom())
    solid = LIGHT.categorical(0).name()
    assert colour_at(bars, bar.center()) == solid
    above = pale.center() - QPointF(0, pale.height() / 3)
    assert colour_at(bars, above) not in (solid, LIGHT.color("card").name())


def test_bars_have_their_series_colours(bars: BarChart, theme: object) -> None:
    chosen = DARK if theme is DARK else LIGHT
    wear(chosen)

    for series, color in ((0, 0), (1, 4)):
        at = bars.bar_rect(series, 1).center()
        assert colour_at(bars, at) == chosen.categorical(color).name()


def test_the_pointer_tells_its_item_and_a_click_chooses_it(bars: BarChart, qtbot: QtBot) -> None:
    spot = bars.item_rect(2).center().toPoint()

    with qtbot.waitSignal(bars.item_hovered) as hovered:
        QTest.mouseMove(bars, spot)
    with qtbot.waitSignal(bars.item_clicked) as clicked:
        QTest.mouseClick(bars, LEFT, NONE, spot)
    with qtbot.waitSignal(bars.hover_left):
        QTest.mouseMove(bars, QPoint(1, 1))

    assert (hovered.args, clicked.args) == ([2], [2, False])


def test_the_chosen_item_is_told_to_screen_readers_and_outlined(bars: BarChart) -> None:
    plain = bars.grab().toImage()
    bars.set_selected([1])
    chosen = bars.grab().toImage()
    description = bars.accessibleDescription()
    bars.set_selected([])
    bars.set_hovered(1)
    hovered = bars.grab().toImage()
    bars.set_hovered(None)

    assert description == "tip 77"
    assert bars.accessibleDescription() == ""
    assert plain != chosen != hovered != plain
    assert bars.grab().toImage() == plain


def test_left_and_right_walk_over_the_items_and_other_keys_are_left_alone(bars: BarChart) -> None:
    steps: list[int] = []
    bars.stepped.connect(steps.append)
    QTest.keyClick(bars, Qt.Key.Key_Right)
    QTest.keyClick(bars, Qt.Key.Key_Left)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        event = QKeyEvent(QEvent.Type.KeyPress, key, NONE)
        QApplication.sendEvent(bars, event)
        assert not event.isAccepted()

    assert steps == [1, -1]


@pytest.mark.parametrize("size", [(180, 130), (300, 900), (2400, 200)])
def test_charts_stay_inside_the_widget(
    lines: LineChart, bars: BarChart, size: tuple[int, int]
) -> None:
    for chart in (lines, bars):
        chart.resize(*size)
        chart.grab()

    for item in range(4):
        assert bars.rect().contains(bars.item_rect(item).toRect())
    for layer in range(N_LAYERS):
        assert lines.rect().contains(lines.place(layer, 0.3).toPoint())
