"""Small multiples: names, moves, shapes, headers, and the line that explains the marks."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from roberta_gui.gui.export.receipt import Picture
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.charts.scatter import Point
from roberta_gui.gui.widgets.multiples.cell_marks import Cell, Mark, header_texts
from roberta_gui.gui.widgets.multiples.cell_names import NAMED
from roberta_gui.gui.widgets.multiples.small_multiples import SmallMultiples
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


@pytest.fixture
def cells(qtbot: QtBot) -> SmallMultiples:
    widget = in_sight(qtbot, SmallMultiples(), 700, 400)
    show(widget, [PLACES * (1 - cell / 10) for cell in range(N_CELLS)])
    return widget


def has_ink(image: QImage, rect: QRectF) -> bool:
    """Whether anything dark stands in a part of a picture."""
    return min(QColor(colour).lightness() for colour in colours_in(image, rect)) < 90


def has_name(cells: SmallMultiples, image: QImage, cell: int) -> bool:
    """Whether there is a name right of the second point, where one has room."""
    spot = cells.spot(cell, 1)
    return has_ink(image, QRectF(spot.x() + 8, spot.y() - 7, 12, 14))


def test_names_of_few_tokens_stand_in_the_chosen_cell_and_in_every_exported_one(
    cells: SmallMultiples,
) -> None:
    cells.set_chosen(2)
    first = shot(cells)
    cells.set_chosen(4)
    image = shot(cells)
    svg = Picture(cells, "Layers", ()).to_svg().decode()

    assert [cell for cell in range(N_CELLS) if has_name(cells, first, cell)] == [2]
    assert [cell for cell in range(N_CELLS) if has_name(cells, image, cell)] == [4]
    assert [svg.count(f">t{token}<") for token in range(4)] == [N_CELLS] * 4


def test_many_tokens_have_no_names_until_one_is_locked(cells: SmallMultiples) -> None:
    places = np.random.default_rng(1).uniform(-4, 4, (N_CELLS, NAMED + 1, 2)).astype(np.float32)
    show(cells, list(places))
    svg = Picture(cells, "Layers", ()).to_svg().decode()
    cells.set_selected([7])
    locked = Picture(cells, "Layers", ()).to_svg().decode()

    assert svg.count(">t7<") == 0
    assert (locked.count(">t7<"), locked.count(">t8<")) == (N_CELLS, 0)


def test_names_of_crowded_tokens_stand_apart_with_a_line_and_cover_none(
    cells: SmallMultiples,
) -> None:
    crowd = np.array([[0.15 * i, 0.5 * (i % 3)] for i in range(12)], dtype=np.float32)
    show(cells, [crowd])
    svg = Picture(cells, "Layers", ()).to_svg().decode()

    named = [token for token in range(12) if f">t{token}<" in svg]
    assert len(named) >= 10
    image = shot(cells)
    for token in range(12):
        colour = COLOURS[token % 4]
        assert colour in colours_in(image, around(cells.spot(0, token), 3))


def test_lines_lead_from_where_tokens_were_and_end_where_nothing_moved(
    cells: SmallMultiples,
) -> None:
    plain = shot(cells)
    now = np.stack([PLACES * (1 - cell / 10) for cell in range(N_CELLS)])
    before = now.copy()
    before[3] += (0, 3)
    points = [Point(f"t{i}", QColor(COLOURS[i]), "") for i in range(4)]
    cells.set_points(now, points, before)
    moved = shot(cells)
    cells.set_points(now, points, now)

    half_way = at(cells, 3, *(PLACES[1] * 0.7 + (0, 1.5)))
    on_line = [QColor(c).lightness() for c in colours_in(moved, around(half_way, 2))]
    assert min(on_line) < 200  # thin, and softened at its edges
    assert min(QColor(c).lightness() for c in colours_in(plain, around(half_way, 2))) > 220
    assert {cells.cell_at(QPointF(x, y)) for x, y in changed(plain, moved)} == {3}
    assert shot(cells) == plain


def test_a_point_that_matters_is_a_square(cells: SmallMultiples) -> None:
    points = [Point("", QColor(COLOURS[i]), "", matters=i == 1) for i in range(4)]
    cells.set_points(np.stack([PLACES] * N_CELLS), points)
    image = shot(cells)
    svg = Picture(cells, "Layers", ()).to_svg().decode()
    size = cells.dot_size
    baseline = [
        sum(
            QColor(image.pixel(round(spot.x()) + x, round(spot.y()) + y)).name() == COLOURS[token]
            for x in range(-5, 6)
            for y in range(-5, 6)
        )
        for token, spot in ((t, cells.spot(1, t)) for t in (0, 1))
    ]
    assert baseline[1] > baseline[0]  # a square of the same size holds more
    assert baseline[1] <= size**2
    assert svg.count("<circle") == 3 * N_CELLS


def test_marks_are_explained_below_all_cells_as_far_as_there_is_room(
    cells: SmallMultiples,
) -> None:
    frames = [cells.frame(cell) for cell in range(N_CELLS)]
    cells.set_marks(
        [
            Mark("ramp", "", "9", "place in the sentence: token 0"),
            Mark("square", "mask", "mask"),
            Mark("dust", "backdrop", "reference"),
        ]
    )
    bottom = max(frame.bottom() for frame in frames)
    line = QRectF(0, bottom + 3, 700, 400)
    wide = Picture(cells, "Layers", ()).to_svg().decode()
    seen = colours_in(shot(cells), line)
    cells.resize(250, 400)
    narrow = Picture(cells, "Layers", ()).to_svg().decode()

    assert [frame == cells.frame(cell) for cell, frame in enumerate(frames)] != [True] * N_CELLS
    assert {LIGHT.color("mask").name(), LIGHT.early.lower()} <= seen
    assert all(f">{text}<" in wide for text in ("mask", "reference", "9"))
    assert ">reference<" not in narrow


def test_headers_are_shortened_alike_until_they_fit() -> None:
    def cell(name: str, short: str, shortest: str) -> Cell:
        notes = ("PC1: position, 0.84", "position .84")
        return Cell(name, "12 %", "", (0, 1, 0, 1), notes[0], (short, shortest), notes[1])

    cells = [cell("embeddings", "emb", "emb"), cell("layer 1", "layer 1", "1")]

    def texts(room: float) -> list[tuple[str, str]]:
        return header_texts(cells, room, lambda text: 6.0 * len(text))

    assert texts(213) == [("embeddings", "PC1: position, 0.84"), ("layer 1", "PC1: position, 0.84")]
    assert texts(170) == [("embeddings", "position .84"), ("layer 1", "position .84")]
    assert texts(152) == [("emb", "position .84"), ("layer 1", "position .84")]
    assert texts(130) == [("emb", "position .84"), ("1", "position .84")]
    assert texts(100) == [("embeddings", ""), ("layer 1", "")]
