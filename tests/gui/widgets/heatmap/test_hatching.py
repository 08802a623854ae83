"""The map of differences: its colours are symmetric, and what has no partner is hatched."""

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.gui.widgets.painting.cell_map import runs
from tests.gui.painted import colours


def make(bot: QtBot, alone: tuple[int, ...] = ()) -> Heatmap:
    widget = Heatmap()
    bot.addWidget(widget)
    widget.resize(420, 400)
    with bot.waitExposed(widget):
        widget.show()
    matrix = np.zeros((5, 5), dtype=np.float32)
    matrix[0, 0], matrix[1, 1], matrix[4, 4] = 0.25, -0.25, 0.125
    labels = [AxisLabel(f"t{i}") for i in range(5)]
    scale = ColourScale(-0.25, 0.25)
    widget.set_matrix(
        matrix, labels, scale, signed=True, alone=alone, tip="row {}, column {}".format
    )
    return widget


def colours_in(widget: Heatmap, row: int, column: int) -> set[str]:
    """Return all colours inside of a cell."""
    layout = widget.layout_now()
    cell = (layout.row_rect(row) & layout.column_rect(column)).adjusted(3, 3, -3, -3).toRect()
    return colours(widget.grab().toImage(), cell)


def test_more_in_a_and_more_in_b_get_the_ends_and_none_the_cards_colour(
    qtbot: QtBot, theme: Theme
) -> None:
    widget = make(qtbot)
    low, high = theme.difference_map()[0], theme.difference_map()[255]

    assert colours_in(widget, 0, 0) == {QColor(*high[:3].tolist()).name()}
    assert colours_in(widget, 1, 1) == {QColor(*low[:3].tolist()).name()}
    assert colours_in(widget, 0, 1) == colours_in(widget, 2, 3)
    assert widget.scale.labels() == ("−0.25", "0.25")


def test_rows_and_columns_without_a_partner_are_hatched_and_others_are_not(qtbot: QtBot) -> None:
    widget = make(qtbot, alone=(2, 3))

    for cell in ((2, 0), (3, 4), (0, 2), (4, 3), (2, 3)):
        assert len(colours_in(widget, *cell)) > 1, cell
    for cell in ((0, 0), (1, 4), (4, 1)):
        assert len(colours_in(widget, *cell)) == 1, cell


def test_a_tip_is_the_panels_own(qtbot: QtBot) -> None:
    assert make(qtbot).tip(3, 1) == "row 3, column 1"


def test_runs_join_neighbours_only() -> None:
    assert list(runs([])) == []
    assert list(runs([4])) == [(4, 4)]
    assert list(runs([0, 1, 3])) == [(0, 1), (3, 3)]


@pytest.mark.parametrize("alone", [0, 200, 511])
def test_a_single_token_among_512_is_seen_to_be_hatched(
    qtbot: QtBot, theme: Theme, alone: int
) -> None:
    widget = make(qtbot)
    matrix = np.full((512, 512), 0.25, dtype=np.float32)
    labels = [AxisLabel(f"t{i}") for i in range(512)]
    widget.set_matrix(matrix, labels, ColourScale(-0.25, 0.25), signed=True, alone=(alone,))
    image, layout = widget.grab().toImage(), widget.layout_now()
    high = QColor(*theme.difference_map()[255][:3].tolist()).name()
    column = layout.column_rect(511 if alone < 256 else 0).center().x()
    field = layout.field.toRect()

    row_colours = [
        QColor(image.pixel(int(column), y)).name() for y in range(field.top(), field.bottom() + 1)
    ]
    hatched = [y for y, color in enumerate(row_colours, field.top()) if color != high]

    assert 3 <= len(hatched) <= 4
    middle = sum(hatched) / len(hatched)
    assert middle == pytest.approx(layout.row_rect(alone).center().y(), abs=2.5)
