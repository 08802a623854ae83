"""The map of layers: where its cells are, which colours they have, what pointer and keys do."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.marks import LayerValues
from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.numbers import written
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.look.theme import LIGHT, Theme
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.gui.widgets.painting.cell_layout import CellLayout, Zoom
from roberta_gui.records import FloatArray
from tests.gui.clicks import double_click
from tests.gui.widgets.in_sight import in_sight

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
N_LAYERS = 13
SIZES = [1, 12, 60, 512]


@pytest.fixture
def shown(qtbot: QtBot) -> LayerHeatmap:
    return in_sight(qtbot, LayerHeatmap("made up"), 620, 360)


def fill(
    shown: LayerHeatmap, n_columns: int, *, signed: bool = False, names: str = "token"
) -> FloatArray:
    """Show random values, from 0 to 1 or from -1 to 1."""
    low = -1.0 if signed else 0.0
    random = np.random.default_rng(n_columns)
    values = random.uniform(low, 1, (N_LAYERS, n_columns)).astype(np.float32)
    labels = tuple(AxisLabel(f"{names}{i}") for i in range(n_columns))
    scale = ColourScale(low, 1.0)
    tip = "layer {}, column {}".format
    shown.set_values(LayerValues(values, labels, scale, tip, signed, lambda _value: ""))
    return values


def middle(layout: CellLayout, layer: int, column: int) -> QPointF:
    return layout.cell_rect(layer, column).center()


def looked_at(n_columns: int) -> Sequence[int]:
    return sorted({0, n_columns // 3, n_columns // 2, n_columns - 1})


def colour_at(image: QImage, point: QPointF) -> str:
    return QColor(image.pixel(int(point.x()), int(point.y()))).name()


def turn_wheel(shown: LayerHeatmap, at: QPointF, notches: int) -> None:
    event = QWheelEvent(
        at, shown.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(shown, event)


# Geometry


@pytest.mark.parametrize("n_columns", SIZES)
def test_every_cell_is_found_at_its_middle(shown: LayerHeatmap, n_columns: int) -> None:
    fill(shown, n_columns)
    layout = shown.layout_now()

    for layer in range(N_LAYERS):
        for column in looked_at(n_columns):
            assert layout.cell_at(middle(layout, layer, column)) == (layer, column)


def test_the_last_layer_is_on_top_and_the_embeddings_stand_at_the_bottom(
    shown: LayerHeatmap,
) -> None:
    fill(shown, 12)
    layout = shown.layout_now()

    assert layout.row_rect(N_LAYERS - 1).top() == layout.field.top()
    assert layout.row_rect(0).bottom() == pytest.approx(layout.field.bottom())


@pytest.mark.parametrize("n_columns", SIZES)
@pytest.mark.parametrize("size", [(180, 110), (900, 140), (220, 800), (2400, 1300)])
@pytest.mark.parametrize("names", ["7", "a long name of a token "])
def test_the_cells_stay_inside_the_widget(
    shown: LayerHeatmap, n_columns: int, size: tuple[int, int], names: str
) -> None:
    shown.resize(*size)
    fill(shown, n_columns, names=names)

    assert shown.rect().contains(shown.layout_now().field.toRect())


def test_names_stand_straight_where_each_has_room_below_its_cells(shown: LayerHeatmap) -> None:
    fill(shown, 6, names="ab")
    straight = shown.layout_now().straight
    fill(shown, 60, names="ab")

    assert straight
    assert not shown.layout_now().straight


def test_a_place_outside_the_cells_is_no_cell(shown: LayerHeatmap) -> None:
    fill(shown, 12)
    field = shown.layout_now().field

    for outside in (QPointF(1, 1), field.bottomRight() + QPointF(3, 3)):
        assert shown.layout_now().cell_at(outside) is None


# Colours


@pytest.mark.parametrize("signed", [False, True])
def test_a_cell_has_the_colour_of_its_value(
    shown: LayerHeatmap, theme: Theme, signed: bool
) -> None:
    values = fill(shown, 12, signed=signed)
    layout, image = shown.layout_now(), shown.grab().toImage()
    ramp = theme.difference_map() if signed else theme.weight_map()

    for layer in range(N_LAYERS):
        for column in range(12):
            share = (values[layer, column] + 1) / 2 if signed else values[layer, column]
            near = {QColor(*ramp[place].tolist()).name() for place in _about(share * 255)}
            assert colour_at(image, middle(layout, layer, column)) in near


def _about(place: float) -> list[int]:
    return [int(np.clip(round(place) + step, 0, 255)) for step in (-1, 0, 1)]


def test_a_value_that_does_not_exist_has_a_colour_of_its_own(shown: LayerHeatmap) -> None:
    values = np.full((3, 4), 0.5, dtype=np.float32)
    values[0] = np.nan
    labels = (AxisLabel("x"),) * 4
    shown.set_values(LayerValues(values, labels, ColourScale(0.0, 1.0), lambda _a, _b: ""))
    image = shown.grab().toImage()

    assert colour_at(image, middle(shown.layout_now(), 0, 2)) == LIGHT.color("track").name()
    assert colour_at(image, middle(shown.layout_now(), 1, 2)) != LIGHT.color("track").name()


def test_where_columns_are_narrower_than_a_pixel_their_mean_is_shown(shown: LayerHeatmap) -> None:
    shown.resize(180, 200)
    values = np.tile(np.array([0.0, 1.0], dtype=np.float32), (2, 2000))
    labels = (AxisLabel("x"),) * 4000
    shown.set_values(LayerValues(values, labels, ColourScale(0.0, 1.0), lambda _a, _b: ""))
    layout, image = shown.layout_now(), shown.grab().toImage()

    across = np.linspace(layout.field.left() + 2, layout.field.right() - 2, 20)
    seen = [QColor(image.pixel(int(x), int(layout.row_rect(1).center().y()))) for x in across]

    ramp = [QColor(*rgba).lightness() for rgba in LIGHT.weight_map()[100:156].tolist()]
    assert all(min(ramp) <= colour.lightness() <= max(ramp) for colour in seen)


def test_numbers_are_written_where_all_of_them_fit(shown: LayerHeatmap) -> None:
    written: list[float] = []

    def number(value: float) -> str:
        written.append(value)
        return f"{value:.2f}"

    for n_columns in (60, 8):
        values = np.random.default_rng(0).random((3, n_columns), dtype=np.float32)
        labels = (AxisLabel("x"),) * n_columns
        written.clear()
        scale = ColourScale(0.0, 1.0)
        shown.set_values(LayerValues(values, labels, scale, lambda _a, _b: "", number=number))
        shown.grab()

        expected = [] if n_columns == 60 else sorted(values.ravel().tolist())
        assert sorted(written) == expected


@pytest.mark.parametrize(
    ("value", "text"), [(0.126, "0.13"), (-0.126, "−0.13"), (-0.004, "0.00"), (1.0, "1.00")]
)
def test_numbers_have_two_digits_and_nothing_is_never_negative(value: float, text: str) -> None:
    assert written(value) == text


# Pointer and keys


def test_the_pointer_tells_its_cell_and_that_it_left(shown: LayerHeatmap, qtbot: QtBot) -> None:
    fill(shown, 12)
    cell = middle(shown.layout_now(), 5, 7).toPoint()

    with qtbot.waitSignal(shown.cell_hovered) as hovered:
        QTest.mouseMove(shown, cell)
    with qtbot.waitSignal(shown.cell_left):
        QTest.mouseMove(shown, QPoint(2, 2))

    assert hovered.args == [5, 7]


def test_a_click_tells_its_cell_and_a_double_click_too(shown: LayerHeatmap, qtbot: QtBot) -> None:
    fill(shown, 12)
    cell = middle(shown.layout_now(), 5, 7).toPoint()

    with qtbot.waitSignal(shown.cell_clicked) as plain:
        QTest.mouseClick(shown, LEFT, NONE, cell)
    with qtbot.waitSignal(shown.cell_clicked) as extended:
        QTest.mouseClick(shown, LEFT, Qt.KeyboardModifier.ShiftModifier, cell)
    with qtbot.waitSignal(shown.cell_double_clicked) as twice:
        double_click(shown, LEFT, NONE, cell)

    assert (plain.args, extended.args, twice.args) == ([5, 7, False], [5, 7, True], [5, 7])


def test_the_wheel_zooms_into_the_columns_about_the_pointer(shown: LayerHeatmap) -> None:
    fill(shown, 60)
    field = shown.layout_now().field
    at = field.topLeft() + QPointF(field.width() * 0.7, field.height() * 0.4)
    before = shown.layout_now().place_at(at)[1]

    turn_wheel(shown, at, 3)
    layout = shown.layout_now()

    assert layout.zoom.span == pytest.approx(60 * 0.8**3)
    assert layout.place_at(at)[1] == pytest.approx(before, abs=0.2)
    assert layout.row_rect(0).height() * N_LAYERS == pytest.approx(layout.field.height())
    for column in layout.columns:
        assert layout.cell_at(middle(layout, 4, column)) == (4, column)


def test_dragging_pans_and_is_no_click(shown: LayerHeatmap, qtbot: QtBot) -> None:
    fill(shown, 60)
    start = middle(shown.layout_now(), 5, 30)
    turn_wheel(shown, start, 4)
    before = shown.layout_now()

    with qtbot.assertNotEmitted(shown.cell_clicked):
        QTest.mousePress(shown, LEFT, NONE, start.toPoint())
        for across in (20, 60):
            QTest.mouseMove(shown, start.toPoint() - QPoint(across, 0))
        QTest.mouseRelease(shown, LEFT, NONE, start.toPoint() - QPoint(60, 0))

    moved = shown.layout_now().zoom.left - before.zoom.left
    assert moved == pytest.approx(60 / before.width, rel=0.1)


def test_a_double_click_outside_the_cells_and_0_show_all_columns_again(shown: LayerHeatmap) -> None:
    fill(shown, 60)
    for again in ("mouse", "key"):
        QTest.keyClick(shown, Qt.Key.Key_Plus)
        assert shown.layout_now().zoom.span < 60
        if again == "mouse":
            double_click(shown, LEFT, NONE, QPoint(2, 2))
        else:
            QTest.keyClick(shown, Qt.Key.Key_0)
        assert shown.layout_now().zoom == Zoom.whole(60)


@pytest.mark.parametrize(
    ("key", "step"),
    [
        (Qt.Key.Key_Up, [1, 0]),
        (Qt.Key.Key_Down, [-1, 0]),
        (Qt.Key.Key_Left, [0, -1]),
        (Qt.Key.Key_Right, [0, 1]),
    ],
)
def test_arrow_keys_step_up_to_later_layers_and_across(
    shown: LayerHeatmap, qtbot: QtBot, key: Qt.Key, step: list[int]
) -> None:
    fill(shown, 12)

    with qtbot.waitSignal(shown.stepped) as stepped:
        QTest.keyClick(shown, key)

    assert stepped.args == step


def test_shift_and_arrows_pan_by_a_quarter_of_what_is_in_sight(shown: LayerHeatmap) -> None:
    fill(shown, 60)
    for _ in range(4):
        QTest.keyClick(shown, Qt.Key.Key_Plus)
    before = shown.layout_now().zoom

    QTest.keyClick(shown, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)

    assert shown.layout_now().zoom.left == pytest.approx(before.left + before.span / 4)


def test_other_keys_are_left_to_the_panel_and_an_empty_map_takes_none(shown: LayerHeatmap) -> None:
    for key in (Qt.Key.Key_A, Qt.Key.Key_Up):
        event = QKeyEvent(QEvent.Type.KeyPress, key, NONE)
        QApplication.sendEvent(shown, event)
        assert not event.isAccepted()


# Highlights


def test_layer_and_columns_that_are_chosen_or_hovered_change_the_picture(
    shown: LayerHeatmap,
) -> None:
    fill(shown, 12)
    pictures = [shown.grab().toImage()]
    changes: list[Callable[[], None]] = [
        lambda: shown.set_layer(4),
        lambda: shown.set_selected([3]),
        lambda: shown.set_hovered(None, 8),
        lambda: shown.set_hovered(2, 8),
    ]
    for change in changes:
        change()
        pictures.append(shown.grab().toImage())

    assert all(one != next_ for one, next_ in itertools.pairwise(pictures))
    assert shown.accessibleDescription() == "Layer 4"
    shown.set_layer(None)
    shown.set_selected([])
    shown.set_hovered(None, None)
    assert shown.grab().toImage() == pictures[0]


def test_what_is_chosen_out_of_range_is_not_drawn(shown: LayerHeatmap) -> None:
    fill(shown, 12)
    before = shown.grab().toImage()

    shown.set_layer(99)
    shown.set_selected([99])
    shown.set_hovered(99, 99)

    assert shown.grab().toImage() == before
