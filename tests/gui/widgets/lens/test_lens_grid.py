"""The grid of the lens: words in bands, which wheel and keys move, and which paper holds whole."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.marks import LensCells
from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.export.receipt import Picture
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.lens.lens_band import LensBand
from roberta_gui.gui.widgets.lens.lens_grid import LensGrid
from tests.gui.widgets.in_sight import in_sight

N_LAYERS = 7


@pytest.fixture
def grid(qtbot: QtBot) -> LensGrid:
    return in_sight(qtbot, LensGrid(), 480, 150)


def cells(n_tokens: int, *, unit: str = "", marked: tuple[int, int] | None = None) -> LensCells:
    changed = np.zeros((N_LAYERS, n_tokens), np.bool_)
    if marked is not None:
        changed[marked] = True
    return LensCells(
        np.full((N_LAYERS, n_tokens), 0.2, np.float32),
        tuple(AxisLabel(f"t{i}") for i in range(n_tokens)),
        ColourScale(0.0, 1.0),
        "layer {}, token {}".format,
        word=lambda layer, token: f"w{layer}.{token}",
        unit=unit,
        changed=None if marked is None else changed,
    )


def turn(grid: LensGrid, notches: int, keys: Qt.KeyboardModifier) -> None:
    """Turn the wheel over the first cell that is in sight."""
    band, place = grid.band_of(grid.in_sight.start), QPointF(60, 20)
    (area,) = grid.findChildren(QScrollArea)
    # Qt passes on only real turns of the wheel to what stands behind.
    for widget in (band, area.viewport()):
        event = QWheelEvent(
            place, QPointF(band.mapToGlobal(place.toPoint())), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
        if event.isAccepted():
            return


def svg(grid: LensGrid) -> str:
    return Picture(grid.printed(), "Lens", ()).to_svg().decode()


def test_a_short_sentence_is_all_in_sight(grid: LensGrid) -> None:
    grid.set_values(cells(10))

    assert grid.in_sight == range(10)


def test_the_wheel_goes_on_to_the_tokens_below(grid: LensGrid, qtbot: QtBot) -> None:
    grid.set_values(cells(80))
    before = grid.in_sight
    assert before.start == 0
    assert len(before) < 40

    with qtbot.waitSignal(grid.sight_changed):
        turn(grid, -3, Qt.KeyboardModifier.NoModifier)

    assert grid.in_sight.start > before.start


def test_the_wheel_with_ctrl_changes_how_many_tokens_stand_beside_each_other(
    grid: LensGrid,
) -> None:
    grid.set_values(cells(80))
    before = len(grid.band_of(0).columns)

    turn(grid, -2, Qt.KeyboardModifier.ControlModifier)
    farther = len(grid.band_of(0).columns)
    QTest.keyClick(grid, Qt.Key.Key_0)

    assert farther > before
    assert len(grid.band_of(0).columns) == before
    QTest.keyClick(grid, Qt.Key.Key_Plus)
    assert len(grid.band_of(0).columns) < before


def test_zooming_out_ends_with_all_tokens_in_one_band(grid: LensGrid) -> None:
    grid.set_values(cells(300))

    for _ in range(40):
        QTest.keyClick(grid, Qt.Key.Key_Minus)

    assert grid.in_sight == range(300)
    assert not grid.grab().isNull()


def test_shift_and_an_arrow_scroll_by_a_band(grid: LensGrid) -> None:
    grid.set_values(cells(80))
    first = grid.band_of(0).columns

    QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)

    assert grid.in_sight.start == first.stop


def test_a_token_is_brought_into_sight_once_and_then_somebody_may_scroll_away(
    grid: LensGrid,
) -> None:
    grid.set_values(cells(80))
    grid.bring_into_sight(2, 70)
    assert 70 in grid.in_sight

    for _ in range(20):
        turn(grid, 10, Qt.KeyboardModifier.NoModifier)
    grid.bring_into_sight(2, 70)

    assert grid.in_sight.start == 0


def test_words_that_are_read_later_do_not_scroll(grid: LensGrid) -> None:
    grid.set_values(cells(80))
    turn(grid, -3, Qt.KeyboardModifier.NoModifier)
    before = grid.in_sight

    grid.set_values(cells(80, unit="bits"))

    assert grid.in_sight == before


def test_the_outline_of_a_chosen_token_is_drawn_in_its_band(grid: LensGrid) -> None:
    grid.set_values(cells(80))
    band = grid.band_of(30)
    before = band.grab().toImage()

    grid.set_selected([30])

    assert band.grab().toImage() != before


def test_a_changed_word_has_a_mark_in_its_corner(grid: LensGrid) -> None:
    grid.resize(700, 400)
    grid.set_values(cells(6, marked=(2, 3)))
    band = grid.band_of(3)
    image = band.grab().toImage()

    def corner(layer: int, token: int) -> str:
        top_right = band.layout_now().cell_rect(layer, token).topRight().toPoint()
        return image.pixelColor(top_right + QPoint(-2, 2)).name()

    assert corner(2, 3) == LIGHT.color("difference_high").name()
    assert corner(2, 2) == corner(1, 3) != corner(2, 3)


def test_the_printed_picture_holds_every_word_however_small_the_screen(grid: LensGrid) -> None:
    grid.resize(180, 128)
    grid.set_values(cells(40, unit="bits"))

    drawn = re.findall(r">([^<>]+)</text>", svg(grid))

    assert {f"w{layer}.{token}" for layer in range(N_LAYERS) for token in range(40)} <= set(drawn)
    assert {f"t{token}" for token in range(40)} <= set(drawn)
    assert "bits" in drawn


def test_no_text_is_turned(grid: LensGrid) -> None:
    grid.set_values(cells(40))

    turned = [
        matrix
        for matrix in re.findall(r'transform="matrix\(([^)]*)\)"', svg(grid))
        if any(abs(float(part)) > 1e-6 for part in matrix.split(",")[1:3])
    ]

    assert turned == []


def test_printed_rows_are_at_least_18_pixels_high(grid: LensGrid) -> None:
    grid.resize(180, 128)
    grid.set_values(cells(40))

    bands = grid.printed().findChildren(LensBand)

    assert min(band.layout_now().height for band in bands) >= 18


def test_a_page_holds_a_part_of_a_very_long_sentence_about_what_is_in_sight(
    grid: LensGrid,
) -> None:
    grid.set_values(cells(512))
    grid.bring_into_sight(0, 300)

    drawn = set(re.findall(r">t(\d+)</text>", svg(grid)))

    assert drawn == set(map(str, grid.printed_tokens))
    assert 100 <= len(drawn) < 512
    assert 300 in grid.printed_tokens


def test_a_new_word_is_painted_even_where_its_colour_is_the_same(grid: LensGrid) -> None:
    before = replace(cells(10), ids=np.zeros((N_LAYERS, 10), np.int64))
    grid.set_values(before)
    band = grid.band_of(3)
    painted = band.grab().toImage()
    ids = np.zeros((N_LAYERS, 10), np.int64)
    ids[2, 3] = 7

    grid.set_values(replace(before, word=lambda layer, token: "new", ids=ids))

    assert band.grab().toImage() != painted


def test_a_band_whose_words_stay_is_not_painted_again(grid: LensGrid) -> None:
    before = replace(cells(80), ids=np.zeros((N_LAYERS, 80), np.int64))
    grid.resize(480, 600)
    grid.set_values(before)
    grid.grab()
    asked: list[int] = []
    ids = np.zeros((N_LAYERS, 80), np.int64)
    ids[2, 25] = 7

    def word(_layer: int, token: int) -> str:
        asked.append(token)
        return "new"

    grid.set_values(replace(before, word=word, ids=ids))
    grid.grab()

    assert set(asked) == set(grid.band_of(25).columns)


def place_of(grid: LensGrid) -> int:
    """Return how far the bands are scrolled, in pixels."""
    (area,) = grid.findChildren(QScrollArea)
    return area.verticalScrollBar().value()


def test_another_height_or_text_size_and_back_leave_in_sight_what_was(grid: LensGrid) -> None:
    grid.set_values(cells(160))
    grid.bring_into_sight(2, 70)
    (area,) = grid.findChildren(QScrollArea)
    for scrolled in (0, 37, -90):  # what was asked for is in sight, whole or not, or it is not
        area.verticalScrollBar().setValue(place_of(grid) + scrolled)
        before = place_of(grid)

        for height in (220, 60, 2000, 150):
            grid.resize(480, height)
        assert place_of(grid) == before, scrolled

        for zoom in (1.5, 0.8, 2.0, 1.0):
            wear(replace(LIGHT, zoom=zoom))
            assert grid.in_sight.start > 20, (scrolled, zoom)
        assert place_of(grid) == before, scrolled


def test_a_cell_that_was_asked_for_where_there_was_room_for_all_stays_in_sight(
    grid: LensGrid,
) -> None:
    grid.set_values(cells(160))
    grid.resize(480, 2000)
    grid.bring_into_sight(2, 150)

    grid.resize(480, 150)
    assert 150 in grid.in_sight

    wear(replace(LIGHT, zoom=2.0))
    assert 150 in grid.in_sight
