"""The Attention panel: the right head, the right scale, the right words about both."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from roberta_gui.choices import Scale
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.panels.attention.panel import AttentionPanel
from roberta_gui.gui.widgets.controls.stepper import Stepper
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.records import Analysis, FloatArray
from tests.gui.clicks import double_click
from tests.gui.shown_panel import ShownPanel

TEXT = "The cat sat on the <mask>"
# Half a step of rounding, and neighbours in the map that share one colour of 8 bits.
NEAR = 1.51
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

AXES = "Row = from (query), column = to (key). "


pytestmark = pytest.mark.panel(kind=AttentionPanel)


def heatmap_of(shown: ShownPanel) -> Heatmap:
    heatmap = shown.panel.picture()
    assert isinstance(heatmap, Heatmap)
    return heatmap


def cell(shown: ShownPanel, row: int, column: int) -> QPointF:
    layout = heatmap_of(shown).layout_now()
    return QPointF(layout.column_rect(column).center().x(), layout.row_rect(row).center().y())


def drawn_places(shown: ShownPanel, size: int) -> FloatArray:
    """Read the heatmap's pixels back as rows of the colour map, float (row, column)."""
    image = heatmap_of(shown).grab().toImage()
    rows = {QColor(*rgba).name(): i for i, rgba in enumerate(LIGHT.weight_map().tolist())}
    return np.array(
        [
            [rows[QColor(image.pixel(cell(shown, r, c).toPoint())).name()] for c in range(size)]
            for r in range(size)
        ],
        dtype=np.float32,
    )


def table_of(shown: ShownPanel) -> tuple[list[str], FloatArray]:
    table = shown.panel.table()
    assert table is not None
    header, *rows = csv.reader(table.to_csv().splitlines())
    return header, np.array([[float(x) for x in row[1:]] for row in rows]).astype(np.float32)


def largest(analysis: Analysis, layer: int, head: int, scale: Scale) -> float:
    """The upper end of each scale, by its definition."""
    part = {
        "head": analysis.attention[layer, head],
        "layer": analysis.attention[layer],
        "all": analysis.attention,
    }[scale]
    return float(part.max())


@pytest.mark.parametrize("scale", ["head", "layer", "all"])
@pytest.mark.parametrize(("layer", "head"), [(0, 0), (3, 5), (1, 2)])
def test_the_chosen_head_is_drawn_on_the_chosen_scale(
    shown: ShownPanel, scale: Scale, layer: int, head: int
) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.select_head(layer, head)
    shown.store.choose("attention", scale=scale)

    high = largest(analysis, layer, head, scale)
    expected = analysis.attention[layer, head] / high * 255
    np.testing.assert_allclose(drawn_places(shown, len(analysis.tokens)), expected, atol=NEAR)
    assert f"scale 0 – {high:.2g} " in shown.panel.caption_text()


def test_the_logarithmic_scale_is_the_same_for_all_heads(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("attention", scale="log")
    captions = set()
    for head in range(3):
        shown.store.select_head(2, head)
        captions.add(shown.panel.caption_text().split(" · ")[1])
        logs = np.log10(np.maximum(analysis.attention[2, head], 1e-4))
        top = np.log10(analysis.attention.max())
        expected = (logs + 4) / (top + 4) * 255
        np.testing.assert_allclose(drawn_places(shown, len(analysis.tokens)), expected, atol=NEAR)

    assert captions == {
        f"logarithmic scale ≤\N{NO-BREAK SPACE}0.0001 to {analysis.attention.max():.2g}"
    }


def test_layers_and_heads_count_from_one_in_words(shown: ShownPanel) -> None:
    shown.show_text(TEXT)

    shown.store.select_head(2, 4)

    assert shown.panel.caption_text().startswith(AXES + "Layer 3, head 5 · ")


def test_the_embeddings_show_the_first_layer(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)

    shown.store.select_layer(0)

    assert shown.panel.caption_text().startswith(AXES + "Layer 1, head 1 · ")
    np.testing.assert_array_equal(table_of(shown)[1], analysis.attention[0, 0])


def steps_of(shown: ShownPanel) -> list[str]:
    """Read what the steppers name."""
    return [step.findChildren(QLabel)[0].text() for step in shown.panel.findChildren(Stepper)]


def test_hovering_a_head_elsewhere_previews_it_and_leaving_brings_the_chosen_back(
    shown: ShownPanel,
) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.select_head(1, 1)

    shown.store.hover_head(3, 4)
    preview = table_of(shown)[1]
    assert "Layer 4, head 5 ·" in shown.panel.caption_text()
    assert {"Layer 4 of 4", "Head 5 of 6"} <= set(steps_of(shown))
    shown.store.end_hover()

    np.testing.assert_array_equal(preview, analysis.attention[3, 4])
    np.testing.assert_array_equal(table_of(shown)[1], analysis.attention[1, 1])
    assert {"Layer 2 of 4", "Head 2 of 6"} <= set(steps_of(shown))


def test_a_step_from_a_previewed_head_leads_to_the_one_beside_it(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    for button, expected in (("Head after", (2, 5)), ("Layer before", (1, 4))):
        shown.store.select_head(0, 0)
        shown.store.hover_head(2, 4)
        shown.button(button).click()
        assert shown.store.view.selection.shown_head == expected
        assert shown.store.view.selection.hovered_head is None


def test_the_caption_says_what_goes_to_specials_and_how_wide_the_head_looks(
    shown: ShownPanel,
) -> None:
    analysis = shown.show_text(TEXT)
    weights = analysis.attention[0, 0].astype(np.float64)
    inner = weights[1:-1]
    share = (inner[:, 0] + inner[:, -1]).mean()
    entropy = -(weights * np.log2(weights)).sum(1).mean()

    caption = shown.panel.caption_text()

    assert f"spends {share * 100:.0f} % of its attention on <s> and </s>" in caption
    assert f"mean entropy {entropy:.1f} bits" in caption


def test_hidden_specials_leave_the_others_as_they_are_and_are_told(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    weights = analysis.attention[0, 0]

    shown.store.choose("attention", specials="hide")

    header, matrix = table_of(shown)
    np.testing.assert_array_equal(matrix, weights[1:-1, 1:-1])
    assert [name.split()[0] for name in header[1:]] == ["1", "2", "3", "4", "5", "6"]
    share = weights[1:-1][:, [0, -1]].astype(np.float64).sum(1).mean()
    assert f"{share * 100:.0f} % of the attention, on <s> and </s>, is hidden" in (
        shown.panel.caption_text()
    )


def test_renormalised_rows_sum_to_one(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)

    shown.store.choose("attention", specials="renormalise")

    _, matrix = table_of(shown)
    inner = analysis.attention[0, 0, 1:-1, 1:-1]
    np.testing.assert_allclose(matrix, inner / inner.sum(1, keepdims=True), rtol=1e-5)


def test_a_click_locks_the_row_it_is_on_even_when_specials_are_hidden(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.choose("attention", specials="hide")

    QTest.mouseClick(heatmap_of(shown), LEFT, NONE, cell(shown, 0, 3).toPoint())

    assert shown.store.view.selection.tokens == (1,)


def test_a_double_click_asks_to_mask_the_row(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.choose("attention", specials="hide")
    asked: list[int] = []
    shown.panel.mask_wanted.connect(asked.append)

    double_click(heatmap_of(shown), LEFT, NONE, cell(shown, 2, 0).toPoint())

    assert asked == [3]


def test_hovering_a_cell_tells_its_value_and_lights_its_row_everywhere(
    shown: ShownPanel, qtbot: QtBot
) -> None:
    analysis = shown.show_text(TEXT)

    QTest.mouseMove(heatmap_of(shown), cell(shown, 2, 4).toPoint())
    qtbot.waitUntil(lambda: shown.store.view.selection.hovered_token == 2)

    value = analysis.attention[0, 0, 2, 4]
    caption = shown.panel.findChild(QLabel, "caption")
    assert caption is not None
    assert f": {value:.3f} · " in caption.text()
    assert f": {value:.3f} · " not in shown.panel.caption_text()  # a picture has no pointer
    shown.store.end_hover()


def test_steppers_choose_layer_and_head(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    layer, head = shown.panel.findChildren(Stepper)

    layer.moved.emit(3)
    head.moved.emit(2)

    assert shown.store.view.selection.shown_head == (2, 1)


def test_an_empty_sentence_with_hidden_specials_is_an_empty_picture(shown: ShownPanel) -> None:
    shown.store.choose("attention", specials="hide")

    shown.show_text("")

    header, matrix = table_of(shown)
    assert (len(header), matrix.size) == (1, 0)
    assert shown.picture().width() > 0
