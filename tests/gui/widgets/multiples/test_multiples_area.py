"""The room of small multiples: filled where it is enough, scrolled where it is not."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.multiples.cell_marks import Cell
from roberta_gui.gui.widgets.multiples.small_multiples import MultiplesArea
from roberta_gui.gui.widgets.multiples.token_cells import SMALLEST, TokenCells
from tests.gui.widgets.in_sight import in_sight

N_CELLS = 13


@pytest.fixture
def cells(qtbot: QtBot) -> TokenCells:
    cells = TokenCells()
    described = [Cell(f"layer {i}", "", "", (-1, 1, -1, 1)) for i in range(N_CELLS)]
    cells.set_cells(described, np.zeros((N_CELLS, 0, 2), dtype=np.float32))
    return cells


@pytest.fixture
def area(cells: TokenCells, qtbot: QtBot) -> MultiplesArea:
    return in_sight(qtbot, MultiplesArea(cells), 900, 700)


def is_in_sight(area: MultiplesArea, cells: TokenCells, cell: int) -> bool:
    top = cells.cell_rect(cell).top() - area.verticalScrollBar().value()
    return -1 <= top <= top + cells.cell_rect(cell).height() <= area.viewport().height() + 1


def test_a_large_area_shows_all_cells_without_a_scroll_bar(
    area: MultiplesArea, cells: TokenCells
) -> None:
    assert not area.verticalScrollBar().isVisible()
    assert cells.size() == area.viewport().size()
    assert all(is_in_sight(area, cells, cell) for cell in range(N_CELLS))


@pytest.mark.parametrize("size", [(300, 220), (420, 260), (150, 110)])
def test_a_small_area_keeps_cells_large_enough_and_scrolls(
    area: MultiplesArea, cells: TokenCells, size: tuple[int, int]
) -> None:
    area.resize(*size)

    assert area.verticalScrollBar().isVisible()
    assert cells.width() == area.viewport().width()
    assert cells.height() > area.viewport().height()
    assert cells.frame(0).width() >= SMALLEST
    assert not is_in_sight(area, cells, N_CELLS - 1)


def test_a_chosen_cell_is_scrolled_into_sight(area: MultiplesArea, cells: TokenCells) -> None:
    area.resize(300, 220)

    for cell in (N_CELLS - 1, 0, 6):
        area.show_cell(cell)
        assert is_in_sight(area, cells, cell)


def test_the_chosen_cell_stays_in_sight_when_the_area_shrinks(
    area: MultiplesArea, cells: TokenCells
) -> None:
    area.show_cell(N_CELLS - 1)

    area.resize(300, 220)

    assert is_in_sight(area, cells, N_CELLS - 1)
    assert not is_in_sight(area, cells, 0)


def test_more_cells_than_fit_are_scrolled_once_they_are_there(
    area: MultiplesArea, cells: TokenCells
) -> None:
    many = [Cell(f"layer {i}", "", "", (-1, 1, -1, 1)) for i in range(49)]
    cells.set_cells(many, np.zeros((49, 0, 2), dtype=np.float32))
    area.resize(500, 300)

    area.fit()

    assert cells.height() == cells.height_for(cells.size())
    assert cells.height() > 300


def test_it_comes_back_from_small_to_large_as_it_was(
    area: MultiplesArea, cells: TokenCells
) -> None:
    before = cells.size()

    for width in range(900, 200, -70):
        area.resize(width, width * 7 // 9)
    area.resize(900, 700)

    assert cells.size() == before
    assert not area.verticalScrollBar().isVisible()
