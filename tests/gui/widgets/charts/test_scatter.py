"""The scatter plot: which point is under the pointer, home, turning, trails."""

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from pyqtgraph.graphicsItems import ScatterPlotItem
from pyqtgraph.graphicsItems.ScatterPlotItem import renderSymbol
from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT
from roberta_gui.gui.widgets.charts.scatter import Point, Scatter
from roberta_gui.records import FloatArray
from tests.gui.clicks import double_click
from tests.gui.widgets.in_sight import in_sight

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PLACES = np.array([[-6, -3], [0, 0], [5, 4], [6, -4]], dtype=np.float32)
COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7")


@pytest.fixture
def scatter(qtbot: QtBot) -> Scatter:
    widget = in_sight(qtbot, Scatter(), 400, 300)
    widget.set_home((-8.0, 8.0, -6.0, 6.0))
    show(widget, PLACES)
    return widget


def show(scatter: Scatter, places: FloatArray) -> None:
    scatter.set_points(
        places,
        [Point(f"t{i}", QColor(COLOURS[i % 4]), f"tip {i}") for i in range(len(places))],
    )


def on_screen(scatter: Scatter, place: FloatArray) -> QPoint:
    """Map a place on the axes to the widget's pixels, by pyqtgraph's own transform."""
    return scatter.place(*place.tolist()).toPoint()


def colours_near(image: QImage, point: QPoint, reach: int = 3) -> set[str]:
    return {
        QColor(image.pixel(point.x() + x, point.y() + y)).name()
        for x in range(-reach, reach + 1)
        for y in range(-reach, reach + 1)
    }


def test_each_point_is_drawn_at_its_place_in_its_colour(scatter: Scatter) -> None:
    image = scatter.grab().toImage()

    for place, colour in zip(PLACES, COLOURS, strict=True):
        assert colour in colours_near(image, on_screen(scatter, place))


def test_a_symbol_is_rendered_once_however_often_its_points_move(
    scatter: Scatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[QBrush] = []

    def noted(*style: Any, **more: Any) -> Any:
        rendered.append(style[3])
        return renderSymbol(*style, **more)

    scatter.resize(410, 300)  # arranged anew, with the symbols that are there
    monkeypatch.setattr(ScatterPlotItem, "renderSymbol", noted)
    scatter.set_points(PLACES, [Point("", QColor("#123456"), "")] * 4)
    scatter.grab()
    assert len(rendered) == 1
    for step in range(1, 4):
        show(scatter, PLACES * (1 - step / 10))
        scatter.grab()
    assert len(rendered) == 1


def test_nothing_is_kept_of_what_was_drawn_before(scatter: Scatter) -> None:
    def references() -> int:
        """Count those by which PySide remembers connections."""
        gc.collect()
        return sum(type(one) is weakref.ref for one in gc.get_objects())

    scatter.grab()
    before = references()
    for step in range(1, 21):
        show(scatter, PLACES * (1 - step / 40))
        scatter.grab()

    assert references() < before + 20


def test_up_is_up_and_right_is_right(scatter: Scatter) -> None:
    low, middle, high = (on_screen(scatter, place) for place in PLACES[:3])

    assert low.x() < middle.x() < high.x()
    assert low.y() > middle.y() > high.y()


def test_the_point_under_the_pointer_is_told_and_that_it_was_left(
    scatter: Scatter, qtbot: QtBot
) -> None:
    for index, place in enumerate(PLACES):
        with qtbot.waitSignal(scatter.item_hovered) as hovered:
            QTest.mouseMove(scatter, on_screen(scatter, place) + QPoint(3, -3))
        assert hovered.args == [index]
    with qtbot.waitSignal(scatter.hover_left):
        QTest.mouseMove(scatter, QPoint(200, 290))


def test_the_tip_of_a_point_stays_while_the_pointer_rests(scatter: Scatter) -> None:
    place = on_screen(scatter, PLACES[1])
    QTest.mouseMove(scatter, place)
    rest = QHelpEvent(QEvent.Type.ToolTip, place, scatter.mapToGlobal(place))

    QApplication.sendEvent(scatter, rest)

    assert QToolTip.text() == "tip 1"
    (tip,) = (each for each in QApplication.topLevelWidgets() if each.inherits("QTipLabel"))
    timers = QAbstractEventDispatcher.instance().registeredTimers(tip)
    # Qt takes a tip away 300 ms after it was asked to, and else after ten seconds.
    assert min(timer.interval for timer in timers) >= 10_000


def test_a_click_tells_the_point_and_whether_it_extends(scatter: Scatter) -> None:
    told: list[tuple[int, bool]] = []
    scatter.item_clicked.connect(lambda *click: told.append(click))

    point = on_screen(scatter, PLACES[2])
    QTest.mouseClick(scatter, LEFT, NONE, point)
    QTest.mouseClick(scatter, LEFT, Qt.KeyboardModifier.ControlModifier, point)
    QTest.mouseClick(scatter, LEFT, NONE, QPoint(200, 290))

    assert told == [(2, False), (2, True)]


def test_a_double_click_tells_the_point_and_beside_points_goes_home(scatter: Scatter) -> None:
    told: list[int] = []
    scatter.item_double_clicked.connect(told.append)
    home = scatter.arranged().viewRange()
    QTest.keyClick(scatter, Qt.Key.Key_Plus)
    assert scatter.arranged().viewRange() != home

    double_click(scatter, LEFT, NONE, on_screen(scatter, PLACES[2]))
    double_click(scatter, LEFT, NONE, QPoint(3, 3))

    assert told == [2]
    np.testing.assert_allclose(scatter.arranged().viewRange(), home, rtol=1e-6)


def test_a_point_out_of_sight_waits_at_the_edge_and_is_found_there(
    scatter: Scatter, qtbot: QtBot
) -> None:
    far = np.array([[900, 0], [0, 0]], dtype=np.float32)
    show(scatter, far)
    edge = on_screen(scatter, np.array([0, 0], dtype=np.float32))
    edge.setX(scatter.width() - 7)

    assert COLOURS[0] in colours_near(scatter.grab().toImage(), edge)
    with qtbot.waitSignal(scatter.item_hovered) as hovered:
        QTest.mouseMove(scatter, edge)
    assert hovered.args == [0]


def test_home_does_not_move_when_points_do(scatter: Scatter) -> None:
    before = scatter.arranged().viewRange()

    show(scatter, PLACES * 3)
    scatter.set_cloud(PLACES * 50)
    scatter.set_trails([(PLACES * 9, QColor(COLOURS[0]))])
    scatter.grab()

    assert scatter.arranged().viewRange() == before


@pytest.mark.parametrize("size", [(180, 100), (900, 200), (200, 700)])
def test_home_is_wholly_in_sight_at_any_size_and_circles_stay_round(
    scatter: Scatter, size: tuple[int, int]
) -> None:
    scatter.resize(*size)
    scatter.grab()

    (left, right), (bottom, top) = scatter.arranged().viewRange()
    assert left <= -8 < 8 <= right
    assert bottom <= -6 < 6 <= top
    width, height = scatter.arranged().viewPixelSize()
    assert width == pytest.approx(height, rel=0.02)


def test_in_turning_mode_dragging_turns_and_is_no_click(scatter: Scatter) -> None:
    turns: list[tuple[float, float]] = []
    clicks: list[int] = []
    scatter.turned.connect(lambda *turn: turns.append(turn))
    scatter.item_clicked.connect(lambda index, _extend: clicks.append(index))
    home = scatter.arranged().viewRange()
    start = on_screen(scatter, PLACES[1])
    scatter.set_turning(True)

    QTest.mousePress(scatter, LEFT, NONE, start)
    for step in (10, 20, 40):
        QTest.mouseMove(scatter, start + QPoint(step, -step))
    QTest.mouseRelease(scatter, LEFT, NONE, start + QPoint(40, -40))
    QTest.mouseClick(scatter, LEFT, NONE, start)

    assert (sum(t[0] for t in turns), sum(t[1] for t in turns)) == (20.0, -20.0)
    assert clicks == [1]
    assert scatter.arranged().viewRange() == home


def test_trails_are_drawn_along_their_path_and_go_again(scatter: Scatter) -> None:
    path = np.array([[-6, 3], [0, 3], [0, 5]], dtype=np.float32)
    plain = scatter.grab().toImage()

    scatter.set_trails([(path, QColor(COLOURS[0])), (path - 1, QColor(COLOURS[1]))])
    drawn = scatter.grab().toImage()
    scatter.set_trails([])

    for corner in path:
        assert COLOURS[0] in colours_near(drawn, on_screen(scatter, corner))
    assert COLOURS[0] not in colours_near(plain, on_screen(scatter, path[1]))
    assert scatter.grab().toImage() == plain


def test_locked_and_hovered_points_stand_out_and_are_let_go(scatter: Scatter) -> None:
    plain = scatter.grab().toImage()

    scatter.set_selected([1])
    locked = scatter.grab().toImage()
    scatter.set_selected([])
    scatter.set_hovered(3)
    hovered = scatter.grab().toImage()
    scatter.set_hovered(None)

    assert LIGHT.color("accent").name() in colours_near(locked, on_screen(scatter, PLACES[1]), 8)
    assert hovered != plain
    assert scatter.grab().toImage() == plain


def test_another_theme_recolours_the_ground(scatter: Scatter) -> None:
    wear(DARK)

    corner = QColor(scatter.grab().toImage().pixel(390, 290)).name()
    assert corner == DARK.color("card").name()


def test_no_points_at_all_stand_the_pointer(scatter: Scatter) -> None:
    hovered: list[int] = []
    scatter.item_hovered.connect(hovered.append)
    show(scatter, np.zeros((0, 2), dtype=np.float32))

    QTest.mouseMove(scatter, QPoint(200, 150))
    QTest.mouseClick(scatter, LEFT, NONE, QPoint(200, 150))
    scatter.grab()

    assert hovered == []


def view_of(scatter: Scatter) -> tuple[float, float, float]:
    """Return the middle of what is in sight, and how wide it is."""
    view = scatter.arranged().viewRect()
    return view.center().x(), view.center().y(), view.width()


def test_plus_and_minus_zoom_about_the_middle_and_0_shows_all(scatter: Scatter) -> None:
    home = view_of(scatter)

    QTest.keyClick(scatter, Qt.Key.Key_Plus)
    QTest.keyClick(scatter, Qt.Key.Key_Plus)
    near = view_of(scatter)
    QTest.keyClick(scatter, Qt.Key.Key_Minus)
    farther = view_of(scatter)
    QTest.keyClick(scatter, Qt.Key.Key_0)

    assert near == pytest.approx((home[0], home[1], home[2] * 0.64), abs=1e-6)
    assert farther[2] == pytest.approx(home[2] * 0.8)
    assert view_of(scatter) == pytest.approx(home, abs=1e-6)


@pytest.mark.parametrize(
    ("key", "x", "y"),
    [
        (Qt.Key.Key_Up, 0, 1),
        (Qt.Key.Key_Down, 0, -1),
        (Qt.Key.Key_Left, -1, 0),
        (Qt.Key.Key_Right, 1, 0),
    ],
)
def test_shift_and_arrows_pan_and_in_three_dimensions_turn(
    scatter: Scatter, key: Qt.Key, x: int, y: int
) -> None:
    turns: list[tuple[float, float]] = []
    scatter.turned.connect(lambda *by: turns.append(by))
    home = view_of(scatter)

    QTest.keyClick(scatter, key, Qt.KeyboardModifier.ShiftModifier)
    panned = view_of(scatter)
    scatter.set_turning(True)
    QTest.keyClick(scatter, key, Qt.KeyboardModifier.ShiftModifier)

    assert (np.sign(panned[0] - home[0]), np.sign(panned[1] - home[1])) == (x, y)
    assert panned[2] == pytest.approx(home[2])
    assert view_of(scatter) == pytest.approx(panned)
    assert turns == [(10.0 * x, -10.0 * y)]  # as dragging the picture that way does


def test_the_wheel_zooms_about_the_pointer_and_dragging_pans(scatter: Scatter) -> None:
    home, at = view_of(scatter), on_screen(scatter, PLACES[2]) + QPoint(0, 40)
    under = scatter.value_at(QPointF(at))
    far = scatter.mapToGlobal(at)
    wheel = QWheelEvent(
        QPointF(at), QPointF(far), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(scatter, wheel)
    near, still = view_of(scatter), scatter.value_at(QPointF(at))
    assert under is not None
    assert still is not None

    QTest.mousePress(scatter, LEFT, NONE, at)
    QTest.mouseMove(scatter, at - QPoint(30, 0))
    QTest.mouseRelease(scatter, LEFT, NONE, at - QPoint(30, 0))
    dragged = scatter.value_at(QPointF(at - QPoint(30, 0)))

    assert near[2] == pytest.approx(home[2] * 0.8)
    assert (still.x(), still.y()) == pytest.approx((under.x(), under.y()))
    assert dragged is not None  # what was taken hold of went along
    assert (dragged.x(), dragged.y()) == pytest.approx((under.x(), under.y()))


def test_what_keys_brought_into_sight_stays_when_the_panel_grows(scatter: Scatter) -> None:
    QTest.keyClick(scatter, Qt.Key.Key_Plus)
    near = view_of(scatter)[2]

    scatter.resize(scatter.width(), scatter.height() + 40)

    assert view_of(scatter)[2] == pytest.approx(near, rel=0.05)


def test_plain_arrow_keys_are_left_to_the_panel(scatter: Scatter) -> None:
    home = view_of(scatter)

    for key in (Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(scatter, event)
        assert not event.isAccepted()

    assert view_of(scatter) == home


def test_the_keyboard_in_the_plot_is_seen(scatter: Scatter) -> None:
    wear(LIGHT)
    scatter.clearFocus()
    without = scatter.grab().toImage()
    scatter.setFocus(Qt.FocusReason.TabFocusReason)
    scatter.activateWindow()

    edge = QPoint(scatter.width() // 4, 0)
    assert QColor(without.pixel(edge)).name() == LIGHT.color("card").name()
    assert QColor(scatter.grab().toImage().pixel(edge)).name() == LIGHT.color("accent").name()
    assert scatter.accessibleName() == "Hidden states"


def test_a_thin_line_leads_to_a_point_from_where_it_was(scatter: Scatter) -> None:
    points = [Point(f"t{i}", QColor(COLOURS[i % 4]), "") for i in range(len(PLACES))]
    before = PLACES.copy()
    before[0] += (3.0, 0.0)
    plain = scatter.grab().toImage()

    scatter.set_points(PLACES, points, before)
    drawn = scatter.grab().toImage()
    scatter.set_points(PLACES, points)

    muted = LIGHT.color("muted").name()
    # Beyond the point's name, just before the ring where it was.
    along = on_screen(scatter, before[0] - np.array([0.4, 0.0], dtype=np.float32))
    assert muted in colours_near(drawn, along, 2)
    assert muted not in colours_near(plain, along, 2)
    assert scatter.grab().toImage() == plain


def test_where_points_were_glides_along(scatter: Scatter, qtbot: QtBot) -> None:
    points = [Point(f"t{i}", QColor(COLOURS[i % 4]), "") for i in range(len(PLACES))]
    scatter.set_points(PLACES, points, PLACES + 1)

    scatter.glide_points(PLACES - 1, PLACES)
    qtbot.waitUntil(lambda: not scatter.is_gliding)
    arrived = scatter.grab().toImage()
    scatter.set_points(PLACES - 1, points, PLACES)

    assert scatter.grab().toImage() == arrived
