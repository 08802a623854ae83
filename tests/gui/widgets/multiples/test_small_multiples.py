"""Small multiples: the same tokens in every cell, pointer, lasso and keys."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from roberta_gui.gui.export.receipt import Picture
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT
from roberta_gui.gui.widgets.multiples.small_multiples import SmallMultiples
from tests.gui.clicks import double_click
from tests.gui.widgets.in_sight import in_sight
from tests.gui.widgets.layers.drawn_cells import (
    COLOURS,
    N_CELLS,
    PLACES,
    around,
    at,
    changed,
    colours_in,
    shot,
    show,
)

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def cells(qtbot: QtBot) -> SmallMultiples:
    widget = in_sight(qtbot, SmallMultiples(), 700, 400)
    show(widget, [PLACES * (1 - cell / 10) for cell in range(N_CELLS)])
    return widget


def drag(cells: SmallMultiples, *corners: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
    QTest.mousePress(cells, LEFT, keys, corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(cells, corner)
    QTest.mouseRelease(cells, LEFT, keys, corners[-1])


def test_every_token_is_drawn_in_every_cell_at_its_place_in_its_colour(
    cells: SmallMultiples,
) -> None:
    image = shot(cells)

    for cell in range(N_CELLS):
        for (x, y), colour in zip((PLACES * (1 - cell / 10)).tolist(), COLOURS, strict=True):
            assert colour in colours_in(image, around(at(cells, cell, x, y)))


@pytest.mark.parametrize("n_tokens", [60, 512])
def test_many_tokens_are_drawn_at_their_places_too(cells: SmallMultiples, n_tokens: int) -> None:
    places = np.random.default_rng(1).uniform(-4.5, 4.5, (N_CELLS, n_tokens, 2))
    show(cells, list(places.astype(np.float32)))
    image = shot(cells)

    last = n_tokens - 1  # nothing lies on top of it
    for cell in range(N_CELLS):
        x, y = places[cell, last]
        assert COLOURS[last % 4] in colours_in(image, around(at(cells, cell, x, y), 2))


def test_a_token_far_out_waits_inside_the_frame_and_its_tip_says_so(
    cells: SmallMultiples,
) -> None:
    show(cells, [np.array([[900, 0], [0, 0]], dtype=np.float32)] * 2)

    assert cells.frame(1).contains(cells.spot(1, 0))
    assert "further out" in cells.tip_of(1, 0)
    assert cells.tip_of(1, 1) == "tip 1\nlayer 1: PC1 0.00, PC2 0.00"


def test_the_token_under_the_pointer_is_told_and_that_it_was_left(
    cells: SmallMultiples, qtbot: QtBot
) -> None:
    for cell, token in ((0, 0), (4, 2)):
        with qtbot.waitSignal(cells.item_hovered) as hovered:
            QTest.mouseMove(cells, cells.spot(cell, token).toPoint() + QPoint(3, -3))
        assert hovered.args == [token]
    with qtbot.waitSignal(cells.hover_left):
        QTest.mouseMove(cells, at(cells, 4, -7, 4))
    with qtbot.waitSignal(cells.hover_left):
        QApplication.sendEvent(cells, QEvent(QEvent.Type.Leave))
    QToolTip.hideText()


def test_a_hovered_token_lights_up_in_every_cell_and_nothing_else_changes(
    cells: SmallMultiples,
) -> None:
    before = shot(cells)
    cells.set_hovered(1)
    after = shot(cells)
    cells.set_hovered(None)

    accent = LIGHT.color("accent").name()
    for cell in range(N_CELLS):
        assert accent in colours_in(after, around(cells.spot(cell, 1), 8))
    far = [
        (x, y)
        for x, y in changed(before, after)
        if all(abs(cells.spot(c, 1).x() - x) > 12 or abs(cells.spot(c, 1).y() - y) > 12
               for c in range(N_CELLS))
    ]  # fmt: skip
    assert {cells.cell_at(QPointF(x, y)) for x, y in far} == {0}  # the name, in the chosen cell
    assert shot(cells) == before


def test_a_hovered_tokens_name_stands_in_the_cell_under_the_pointer(
    cells: SmallMultiples,
) -> None:
    cells.set_hovered(1)
    cells.set_pointed(3)
    with_name = shot(cells)
    cells.set_pointed(2)

    moved = {cells.cell_at(QPointF(x, y)) for x, y in changed(with_name, shot(cells))}

    assert moved == {2, 3}


def test_hovering_a_token_repaints_only_where_it_is(cells: SmallMultiples, qtbot: QtBot) -> None:
    painted: list[QRegion] = []
    paint = cells.paintEvent

    def noted(event: QPaintEvent) -> None:
        painted.append(QRegion(event.region()))
        paint(event)

    cells.paintEvent = noted  # type: ignore[method-assign]
    cells.set_hovered(1)
    qtbot.waitUntil(lambda: bool(painted))

    (region,) = painted
    grid = [QPoint(x, y) for x in range(0, 700, 5) for y in range(0, 400, 5)]
    assert sum(map(region.contains, grid)) < 0.05 * len(grid)
    for cell in range(N_CELLS):
        dot = around(cells.spot(cell, 1), 6).toAlignedRect()
        assert QRegion(dot).subtracted(region).isEmpty()


def test_locked_tokens_have_rings_and_names_in_every_cell_and_the_others_fade(
    cells: SmallMultiples,
) -> None:
    cells.set_selected([0])
    one = shot(cells)
    cells.set_selected([0, 2])
    two = shot(cells)

    accent = LIGHT.color("accent").name()
    for cell in range(N_CELLS):
        room = around(cells.spot(cell, 2), 40)
        assert accent in colours_in(two, around(cells.spot(cell, 2), 7))
        assert len(changed(one.copy(room.toRect()), two.copy(room.toRect()))) > 150  # a name too
        assert COLOURS[1] in colours_in(one, around(cells.spot(cell, 1)))
        assert COLOURS[1] not in colours_in(two, around(cells.spot(cell, 1)))


def test_the_chosen_cell_is_outlined_and_read_out(cells: SmallMultiples) -> None:
    before = shot(cells)
    cells.set_chosen(3)
    after = shot(cells)

    accent, frame = LIGHT.color("accent").name(), cells.frame(3)
    edge = QRectF(frame.left() - 2, frame.center().y(), 3, 3)
    assert accent in colours_in(after, edge)
    assert accent not in colours_in(before, edge)
    assert cells.accessibleName() == "Hidden states, layer by layer"
    assert cells.accessibleDescription() == "layer 3. tip of 3"


def test_clicks_tell_the_token_and_whether_they_extend(cells: SmallMultiples) -> None:
    told: list[tuple[int, bool]] = []
    twice: list[int] = []
    cells.item_clicked.connect(lambda *click: told.append(click))
    cells.item_double_clicked.connect(twice.append)
    point = cells.spot(4, 3).toPoint()

    QTest.mouseClick(cells, LEFT, NONE, point)
    QTest.mouseClick(cells, LEFT, CONTROL, point)
    QTest.mouseClick(cells, LEFT, NONE, at(cells, 4, -7, 4))
    double_click(cells, LEFT, NONE, point)

    assert told[:2] == [(3, False), (3, True)]
    assert {token for token, _ in told} == {3}
    assert twice == [3]


def test_a_click_on_a_name_and_a_double_click_on_the_ground_choose_a_cell(
    cells: SmallMultiples,
) -> None:
    chosen: list[int] = []
    cells.cell_chosen.connect(chosen.append)

    QTest.mouseClick(cells, LEFT, NONE, at(cells, 1, -7, 4))
    double_click(cells, LEFT, NONE, at(cells, 1, -7, 4))
    QTest.mouseClick(cells, LEFT, NONE, cells.cell_rect(4).topLeft().toPoint() + QPoint(9, 8))

    assert chosen == [1, 4]


def test_a_lasso_takes_the_tokens_inside_it_in_its_own_cell(cells: SmallMultiples) -> None:
    taken: list[tuple[tuple[int, ...], bool]] = []
    clicked: list[object] = []
    cells.lassoed.connect(lambda *held: taken.append(held))
    cells.item_clicked.connect(lambda *click: clicked.append(click))
    right = [at(cells, 2, x, y) for x, y in ((3, 5), (7.5, 5), (7.5, -4.8), (3, -4.8))]
    upper = [at(cells, 0, x, y) for x, y in ((-2, 5), (7.5, 5), (7.5, 1), (-2, 1))]
    empty = [at(cells, 0, x, y) for x, y in ((-7, 5), (-5, 5), (-5, 3))]

    drag(cells, *right)
    drag(cells, *upper, keys=SHIFT)
    drag(cells, *empty)

    assert taken == [((2, 3), False), ((1, 2), True), ((), False)]
    assert clicked == []


def test_a_lasso_is_drawn_while_it_lasts(cells: SmallMultiples) -> None:
    before = shot(cells)
    corners = [at(cells, 2, x, y) for x, y in ((3, 5), (7, 5), (7, -4), (3, -4))]

    QTest.mousePress(cells, LEFT, NONE, corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(cells, corner)
    during = {cells.cell_at(QPointF(x, y)) for x, y in changed(before, shot(cells))}
    QTest.mouseRelease(cells, LEFT, NONE, corners[-1])

    assert during == {2}
    assert shot(cells) == before


def test_escape_ends_a_lasso_and_is_the_windows_own_otherwise(cells: SmallMultiples) -> None:
    taken: list[object] = []
    cells.lassoed.connect(lambda *held: taken.append(held))

    def escape_is_taken() -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, NONE)
        event.ignore()
        QApplication.sendEvent(cells, event)
        return event.isAccepted()

    before = escape_is_taken()
    QTest.mousePress(cells, LEFT, NONE, at(cells, 2, 3, 5))
    QTest.mouseMove(cells, at(cells, 2, 7, -4))
    during = escape_is_taken()
    QTest.keyClick(cells, Qt.Key.Key_Escape)
    QTest.mouseRelease(cells, LEFT, NONE, at(cells, 2, 7, 4))

    assert (before, during, escape_is_taken()) == (False, True, False)
    assert taken == []


@pytest.mark.parametrize(
    ("start", "key", "end"),
    [
        (1, Qt.Key.Key_Right, 2),
        (2, Qt.Key.Key_Right, 3),  # on to the next row
        (3, Qt.Key.Key_Left, 2),
        (0, Qt.Key.Key_Left, 0),
        (4, Qt.Key.Key_Right, 4),
        (0, Qt.Key.Key_Down, 3),
        (2, Qt.Key.Key_Down, 4),  # the last row is shorter
        (4, Qt.Key.Key_Down, 4),
        (4, Qt.Key.Key_Up, 1),
        (1, Qt.Key.Key_Up, 1),
        (99, Qt.Key.Key_Left, 3),
    ],
)
def test_arrow_keys_travel_through_rows_of_three(
    cells: SmallMultiples, start: int, key: Qt.Key, end: int
) -> None:
    chosen: list[int] = []
    cells.cell_chosen.connect(chosen.append)
    cells.set_chosen(start)

    QTest.keyClick(cells, key)

    assert cells.frame(3).top() > cells.frame(2).top() == cells.frame(0).top()
    assert chosen == [end]


def test_resting_on_a_cell_tells_about_it(cells: SmallMultiples) -> None:
    point = at(cells, 2, -7, 4)

    QApplication.sendEvent(cells, QHelpEvent(QEvent.Type.ToolTip, point, cells.mapToGlobal(point)))

    assert QToolTip.text() == "tip of 2"
    QToolTip.hideText()


def test_an_export_holds_every_token_as_a_shape(cells: SmallMultiples) -> None:
    places = np.random.default_rng(1).uniform(-4, 4, (N_CELLS, 400, 2)).astype(np.float32)
    show(cells, list(places), n_cloud=10)

    svg = Picture(cells, "Layers", ("note",)).to_svg().decode()

    assert svg.count("<circle") == N_CELLS * 400
    assert svg.count("<image") == N_CELLS
    for cell in range(N_CELLS):
        assert f">layer {cell}<" in svg


def test_sentences_grow_and_shrink_while_old_tokens_are_locked(cells: SmallMultiples) -> None:
    cells.set_selected([3, 2])
    cells.set_hovered(3)
    show(cells, [PLACES[:2]] * 2)
    fewer = shot(cells)
    cells.set_hovered(None)
    cells.set_selected([])

    assert shot(cells) == fewer
    assert cells.locked() == []


def test_another_theme_recolours_everything(cells: SmallMultiples) -> None:
    show(cells, [PLACES] * 2, n_cloud=200)
    light = shot(cells)

    wear(DARK)

    assert DARK.color("card").name() in colours_in(shot(cells), cells.frame(0))
    assert LIGHT.color("card").name() not in colours_in(shot(cells), cells.frame(0))
    wear(LIGHT)
    assert shot(cells) == light


def test_without_cells_nothing_is_chosen_hovered_or_drawn(qtbot: QtBot) -> None:
    cells = SmallMultiples()
    qtbot.addWidget(cells)
    cells.resize(300, 200)
    told: list[object] = []
    for signal in (cells.cell_chosen, cells.item_hovered, cells.lassoed, cells.item_clicked):
        signal.connect(lambda *what: told.append(what))

    QTest.mouseMove(cells, QPoint(50, 50))
    QTest.mouseClick(cells, LEFT, NONE, QPoint(50, 50))
    drag(cells, QPoint(50, 50), QPoint(90, 50), QPoint(90, 90))
    QTest.keyClick(cells, Qt.Key.Key_Right)

    assert told == []
    assert colours_in(shot(cells), QRectF(0, 0, 300, 200)) == {LIGHT.color("card").name()}
