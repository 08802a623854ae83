"""Arcs: names at both sides, lines as dark as their values, and only a token's own on a hover."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.export.receipt import Picture
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.arcs.arc_lines import GAP, MOST_LINES, Side, lines_in_sight
from roberta_gui.gui.widgets.arcs.arcs import SIDES, Arcs
from roberta_gui.gui.widgets.painting.cell_layout import Zoom
from roberta_gui.records import FloatArray
from tests.gui.clicks import double_click
from tests.gui.widgets.in_sight import in_sight

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def arcs(qtbot: QtBot) -> Arcs:
    return in_sight(qtbot, Arcs(), 520, 480)


def fill(arcs: Arcs, matrix: FloatArray, *, signed: bool = False) -> None:
    labels = [AxisLabel(f"t{i}") for i in range(len(matrix))]
    scale = ColourScale(-1.0 if signed else 0.0, 1.0)
    arcs.set_lines(matrix, matrix != 0, labels, scale, signed=signed)


def straight(n: int, value: float = 1.0) -> FloatArray:
    """Each token looks at itself: level lines, easy to find."""
    return np.eye(n, dtype=np.float32) * np.float32(value)


def ink_at(arcs: Arcs, row: int) -> float:
    """Return how far from the card the darkest pixel is in the middle of a row, 0 to 255."""
    layout = arcs.layout_now()
    image, x = arcs.grab().toImage(), round(layout.field.center().x())
    y, card = round(layout.y_of(row)), QColor(LIGHT.card)
    near = [QColor(image.pixel(x, y + dy)) for dy in (-2, -1, 0, 1)]
    return max(abs(c.lightness() - card.lightness()) + c.saturation() for c in near)


def place(arcs: Arcs, side: Side, row: int) -> QPoint:
    return arcs.layout_now().name_rect(side, row, 10).center().toPoint()


@pytest.mark.parametrize("size", [1, 12, 60, 512])
@pytest.mark.parametrize("shape", [(520, 480), (190, 170), (1400, 900)])
def test_every_name_is_found_where_it_is_written(
    arcs: Arcs, size: int, shape: tuple[int, int]
) -> None:
    arcs.resize(*shape)
    fill(arcs, straight(size))
    layout = arcs.layout_now()

    assert arcs.rect().contains(layout.field.toRect())
    for side in ("from", "to"):
        for row in sorted({0, size // 2, size - 1}):
            assert layout.at(layout.name_rect(side, row, 8).center()) == (side, row)
    assert layout.at(QPointF(layout.field.center().x(), 1)) is None


def test_names_and_numbers_keep_clear_of_each_other_and_of_the_edge(arcs: Arcs) -> None:
    fill(arcs, straight(9))
    layout = arcs.layout_now()
    name, number = (rect("to", 4, 10) for rect in (layout.name_rect, layout.number_rect))

    assert layout.field.right() < name.left() < name.right() <= number.left()
    assert layout.number_rect("from", 4, 10).left() >= 0
    assert number.right() < arcs.width()


def test_a_line_is_as_dark_as_its_value_however_many_there_are(arcs: Arcs) -> None:
    values = np.diag(np.array([1.0, 0.5, 0.25, 0.0], np.float32))
    fill(arcs, values)
    few = [ink_at(arcs, row) for row in range(4)]

    assert few[0] > few[1] > few[2] > few[3] == 0
    layout = arcs.layout_now()
    shown = lines_in_sight(values, values != 0, ColourScale(0.0, 1.0), layout, signed=False)
    np.testing.assert_allclose(shown.opacity, [0.25, 0.5, 1.0], atol=0.5 / 255)


def test_hovering_a_token_leaves_only_the_lines_from_it_or_to_it(arcs: Arcs) -> None:
    matrix = straight(6)
    fill(arcs, matrix)
    before = [ink_at(arcs, row) for row in range(6)]

    arcs.set_hovered(2)
    hovered = [ink_at(arcs, row) for row in range(6)]
    arcs.set_hovered(4, incoming=True)
    incoming = [ink_at(arcs, row) for row in range(6)]
    arcs.set_hovered(None)

    assert min(before) > 200
    assert [row for row in range(6) if hovered[row] > 200] == [2]
    assert [row for row in range(6) if incoming[row] > 200] == [4]
    assert [ink_at(arcs, row) for row in range(6)] == before


def test_locked_tokens_keep_their_lines_while_nothing_is_hovered(arcs: Arcs) -> None:
    fill(arcs, straight(6))

    arcs.set_selected([1, 5])
    locked = [row for row in range(6) if ink_at(arcs, row) > 200]
    arcs.set_hovered(3)

    assert locked == [1, 5]
    assert [row for row in range(6) if ink_at(arcs, row) > 200] == [3]


def test_arcs_of_chosen_tokens_only_come_with_a_token_and_go_with_it(arcs: Arcs) -> None:
    fill(arcs, straight(6))
    with_all = arcs.grab().toImage()

    arcs.set_only_chosen(True)
    nobody, none = [row for row in range(6) if ink_at(arcs, row) > 200], arcs.grab().toImage()
    arcs.set_selected([1])
    arcs.set_hovered(3)
    hovered = [row for row in range(6) if ink_at(arcs, row) > 200]
    arcs.set_hovered(None)
    locked = [row for row in range(6) if ink_at(arcs, row) > 200]
    arcs.set_selected([])
    again = arcs.grab().toImage()
    arcs.set_only_chosen(False)

    assert (nobody, hovered, locked) == ([], [3], [1])
    assert none == again != with_all
    assert arcs.grab().toImage() == with_all


def test_signs_have_colours_of_their_own(arcs: Arcs) -> None:
    fill(arcs, np.diag(np.array([-1.0, 1.0], np.float32)), signed=True)
    layout, image = arcs.layout_now(), arcs.grab().toImage()
    x = round(layout.field.center().x())

    low, high = (QColor(image.pixel(x, round(layout.y_of(row)))) for row in (0, 1))

    assert low.blue() > low.red()
    assert high.red() > high.blue()


def test_the_strongest_lines_are_drawn_where_there_are_too_many(arcs: Arcs) -> None:
    matrix = np.random.default_rng(0).random((80, 80), dtype=np.float32)
    fill(arcs, matrix)

    shown = lines_in_sight(
        matrix, matrix > 0, ColourScale(0.0, 1.0), arcs.layout_now(), signed=False
    )

    assert len(shown.opacity) == MOST_LINES
    weakest = np.sort(matrix, axis=None)[-MOST_LINES]
    assert shown.opacity[0] == pytest.approx(weakest, abs=0.5 / 255)
    assert (np.diff(shown.opacity) >= 0).all()  # the strong ones lie over the faint ones


def test_a_larger_picture_has_room_for_more_lines_and_few_are_all_drawn(arcs: Arcs) -> None:
    matrix = np.random.default_rng(0).random((80, 80), dtype=np.float32)
    fill(arcs, matrix)
    small = arcs.n_drawn()
    arcs.resize(520, 960)
    large = arcs.n_drawn()
    fill(arcs, straight(80))

    assert small is not None
    assert large is not None
    assert 80 < small < large < MOST_LINES
    assert arcs.n_drawn() is None


def test_only_lines_that_cross_what_is_in_sight_are_drawn(arcs: Arcs) -> None:
    matrix = np.zeros((60, 60), dtype=np.float32)
    for row, column in ((2, 3), (30, 31), (0, 59), (58, 57)):
        matrix[row, column] = 1
    fill(arcs, matrix)
    for _ in range(6):
        QTest.keyClick(arcs, Qt.Key.Key_Plus)
    layout = arcs.layout_now()
    assert 22 < layout.zoom.top + layout.zoom.span / 2 < 38

    shown = lines_in_sight(matrix, matrix > 0, ColourScale(0.0, 1.0), layout, signed=False)

    starts = {
        round((y - layout.height / 2) / layout.height + layout.zoom.top) for y in shown.starts
    }
    assert starts == {30, 0}


def test_the_pointer_tells_which_token_and_which_side(arcs: Arcs) -> None:
    fill(arcs, straight(6))
    told: list[tuple[int, bool]] = []
    arcs.token_hovered.connect(lambda row, incoming: told.append((row, incoming)))

    QTest.mouseMove(arcs, place(arcs, "from", 1))
    QTest.mouseMove(arcs, place(arcs, "to", 4))

    assert told == [(1, False), (4, True)]


def test_a_click_locks_and_a_double_click_masks(arcs: Arcs) -> None:
    fill(arcs, straight(6))
    clicks: list[tuple[int, bool]] = []
    twice: list[int] = []
    arcs.token_clicked.connect(lambda row, extend: clicks.append((row, extend)))
    arcs.token_double_clicked.connect(twice.append)

    QTest.mouseClick(arcs, LEFT, NONE, place(arcs, "from", 2))
    QTest.mouseClick(arcs, LEFT, Qt.KeyboardModifier.ControlModifier, place(arcs, "to", 5))
    double_click(arcs, LEFT, NONE, place(arcs, "to", 3))

    assert clicks[:2] == [(2, False), (5, True)]
    assert twice == [3]


def test_the_tip_lists_the_strongest_lines_first(arcs: Arcs) -> None:
    matrix = np.zeros((12, 12), dtype=np.float32)
    matrix[3] = np.arange(12) / 16
    fill(arcs, matrix)
    arcs.set_place("attention[0, 1]")

    lines = arcs.describe(("from", 3)).splitlines()

    assert lines[:3] == ["from t3, token 4", "t11: 0.6875", "t10: 0.6250"]
    assert lines[-2:] == ["and 3 more lines", "attention[0, 1]"]
    assert arcs.describe(("to", 11)).splitlines()[1] == "t3: 0.6875"
    assert arcs.accessibleDescription() == "attention[0, 1]"


def test_wheel_and_keys_zoom_and_pan_and_beside_all_is_seen_again(arcs: Arcs) -> None:
    fill(arcs, straight(60))
    middle = arcs.layout_now().field.center()
    event = QWheelEvent(
        middle, arcs.mapToGlobal(middle), QPoint(), QPoint(0, 120 * 4),
        Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(arcs, event)
    zoom = arcs.layout_now().zoom
    assert zoom.span == pytest.approx(60 * 0.8**4)

    QTest.keyClick(arcs, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    panned = arcs.layout_now().zoom
    double_click(arcs, LEFT, NONE, QPoint(2, 2))

    assert panned.top == pytest.approx(zoom.top + zoom.span / 4)
    assert arcs.layout_now().zoom == Zoom.whole(60)


def test_dragging_pans_and_is_no_click(arcs: Arcs) -> None:
    fill(arcs, straight(60))
    for _ in range(5):
        QTest.keyClick(arcs, Qt.Key.Key_Plus)
    before, clicks = arcs.layout_now(), []
    arcs.token_clicked.connect(lambda *told: clicks.append(told))
    start = before.field.center().toPoint()

    QTest.mousePress(arcs, LEFT, NONE, start)
    for by in (20, 40):
        QTest.mouseMove(arcs, start - QPoint(0, by))
    QTest.mouseRelease(arcs, LEFT, NONE, start - QPoint(0, 40))

    moved = arcs.layout_now().zoom.top - before.zoom.top
    assert moved == pytest.approx(40 / before.height, rel=0.01)
    assert clicks == []


def test_nothing_at_all_stands_pointer_and_keys(arcs: Arcs) -> None:
    fill(arcs, straight(0))

    QTest.mouseMove(arcs, QPoint(200, 200))
    QTest.mouseClick(arcs, LEFT, NONE, QPoint(200, 200))
    QTest.keyClick(arcs, Qt.Key.Key_Plus)

    assert arcs.layout_now().at(QPointF(200, 200)) is None
    assert not arcs.grab().isNull()


def test_an_exported_svg_holds_a_curve_a_line(arcs: Arcs) -> None:
    fill(arcs, straight(5))

    svg = Picture(arcs, "Attention", ()).to_svg().decode()

    paths = [part.split('d="')[1].split('"')[0] for part in svg.split("<path")[1:] if 'd="' in part]
    curves = [path for path in paths if "C" in path]
    assert len(curves) == 5
    assert svg.count("<image") == 1  # the colour bar alone


def test_an_exported_picture_looks_as_on_the_screen(arcs: Arcs) -> None:
    fill(arcs, straight(5) + np.eye(5, k=2, dtype=np.float32) * np.float32(0.6))
    layout, screen = arcs.layout_now(), arcs.grab().toImage()

    picture = Picture(arcs, "", ()).to_image()

    offset = picture.height() - 2 * arcs.height()
    field = layout.field.adjusted(0, 2, 0, -2).toRect()
    mine = _darkness(screen, field.left(), field.top(), field.width(), field.height(), 1)
    theirs = _darkness(
        picture, 2 * (field.left() + 16), 2 * field.top() + offset - 48,
        2 * field.width(), 2 * field.height(), 2,
    )  # fmt: skip
    assert mine == pytest.approx(theirs, rel=0.15)


def _darkness(image: QImage, left: int, top: int, width: int, height: int, step: int) -> float:
    """Return the mean darkness of a part, 0 (white) to 255."""
    part = image.copy(left, top, width, height).convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(part.constBits(), np.uint8).reshape(height, part.bytesPerLine())
    return 255 - float(rows[:, :width].mean())


@pytest.mark.parametrize("width", [180, 260, 520])
def test_in_large_text_the_arcs_keep_a_third_of_a_narrow_widget_and_nothing_is_cut_off(
    qtbot: QtBot, width: int
) -> None:
    wear(replace(LIGHT, zoom=2.0))
    arcs = in_sight(qtbot, Arcs(), width, 300)
    labels = [AxisLabel(name) for name in ("<s>", "␣unbelievably", "<mask>")]
    arcs.set_lines(straight(3), straight(3) != 0, labels, ColourScale(0.0, 1.0))

    layout, room = arcs.layout_now(), QRectF(arcs.rect())
    assert layout.field.width() >= width / 3 - GAP
    assert all(room.contains(layout.name_rect(side, 1, 20)) for side in SIDES)
    image = arcs.grab().toImage()
    ends = {image.pixelColor(x, y).name().upper() for x in (0, width - 1) for y in range(300)}
    assert ends == {LIGHT.card}
