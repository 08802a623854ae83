"""Where A and B part: cosines of the chosen space, the step that parts most, zeros for the same."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.gui.panels.compare_layers.panel import CompareLayersPanel
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.records import Analysis, Run
from tests.gui.shown_panel import ShownPanel, axes_of
from tests.made_up import MADE_UP, made_up_analysis

TEXT, OTHER = "The cat sat on the <mask> tonight", "The cat sat on the <mask> at night"
PAIRS = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 9)]


pytestmark = pytest.mark.panel(kind=CompareLayersPanel, size=(1000, 480))


def compare(shown: ShownPanel, a: Analysis, b: Analysis) -> None:
    shown.show(a, second=Run.of(b))
    shown.derive()


def cosines(
    a: Analysis, b: Analysis, space: Space, pairs: Sequence[tuple[int, int]] = PAIRS
) -> np.ndarray:
    """Centre, scale and multiply by hand."""
    preparations = axes_of(MADE_UP).preparations.get(space)
    assert preparations is not None
    values = np.zeros((len(a.hidden), len(pairs)))
    for layer, prepared in enumerate(preparations.layers):
        for nth, (one, other) in enumerate(pairs):
            x = (a.hidden[layer, one] - prepared.centre) * prepared.scale
            y = (b.hidden[layer, other] - prepared.centre) * prepared.scale
            values[layer, nth] = x @ y / np.linalg.norm(x) / np.linalg.norm(y)
    return values


@pytest.mark.parametrize("space", [Space("raw"), Space("centred"), Space("standardised")])
def test_arrays_and_table_hold_the_cosines_of_the_chosen_space(
    shown: ShownPanel, space: Space
) -> None:
    a, b = made_up_analysis(TEXT), made_up_analysis(OTHER, seed=1)
    compare(shown, a, b)
    shown.store.choose("hidden", space=space)
    shown.derive()
    arrays, table = shown.panel.arrays(), shown.panel.table()
    assert arrays is not None
    assert table is not None
    expected = cosines(a, b, space)

    assert [tuple(pair) for pair in arrays["pairs"].tolist()] == PAIRS
    np.testing.assert_allclose(arrays["cosines"], expected, atol=1e-5)
    np.testing.assert_allclose(arrays["mean"], expected.mean(axis=1), atol=1e-5)
    told = np.array([row[-1] for row in table.rows], dtype=float)
    np.testing.assert_allclose(told, expected.ravel(), atol=1e-5)


def test_the_caption_names_the_step_after_which_the_tokens_are_least_alike(
    shown: ShownPanel,
) -> None:
    a, b = made_up_analysis(TEXT), made_up_analysis(OTHER, seed=1)
    hidden = a.hidden[:, [one for one, _ in PAIRS]].copy()
    states = b.hidden.copy()
    states[:3, [other for _, other in PAIRS]] = hidden[:3]  # they part in layer 3
    compare(shown, a, replace(b, hidden=states))

    caption = shown.panel.caption_text()
    assert "They part most between layer 2 and layer 3" in caption
    assert "1.00 in the embeddings" in caption
    assert "Standardised" in caption
    assert OTHER in caption


def test_where_no_layer_parts_them_that_is_said_instead_of_the_least_of_nothing(
    shown: ShownPanel,
) -> None:
    a, b = made_up_analysis(TEXT), made_up_analysis(OTHER, seed=1)
    states = b.hidden.copy()
    states[:, [other for _, other in PAIRS]] = a.hidden[:, [one for one, _ in PAIRS]]
    compare(shown, a, replace(b, hidden=states))

    assert "no layer parts them by as much as 0.02" in shown.panel.caption_text()


def test_a_cosine_that_rounds_to_zero_has_no_sign(shown: ShownPanel) -> None:
    a, b = made_up_analysis(TEXT), made_up_analysis(OTHER, seed=1)
    one, other = (np.zeros_like(each.hidden) for each in (a, b))
    one[..., 0] = 1
    other[..., 0], other[..., 1] = -0.002, 1
    compare(shown, replace(a, hidden=one), replace(b, hidden=other))
    shown.store.choose("hidden", space=Space("raw"))
    shown.derive()

    caption = shown.panel.caption_text()
    assert "aligned tokens: 0.00 in the embeddings, 0.00 in layer 4" in caption


def test_tokens_without_a_partner_are_hatched_columns_and_told(shown: ShownPanel) -> None:
    a, b = made_up_analysis(TEXT), made_up_analysis(OTHER, seed=1)
    compare(shown, a, b)
    (picture,) = shown.panel.findChildren(LayerHeatmap)
    layout, image = picture.layout_now(), picture.grab().toImage()

    def colours(layer: int, column: int) -> set[int]:
        cell = layout.cell_rect(layer, column).adjusted(3, 3, -3, -3).toRect()
        return {image.pixel(x, y) for x in range(cell.left(), cell.right())
                for y in (cell.top(), cell.top() + 2)}  # fmt: skip

    assert layout.shape[1] == len(PAIRS) + 1
    assert len(colours(2, 8)) > 1  # "night" of B is hatched, its neighbours are plain
    assert len(colours(2, 9)) == 1
    assert "not on both sides" in picture.tip(2, 8)
    assert "Hatched, without a partner: 1 token of B." in shown.panel.caption_text()


def test_with_heads_off_a_sentence_is_held_against_itself_with_every_head_on(
    shown: ShownPanel,
) -> None:
    every = made_up_analysis(TEXT)
    compare(shown, every, made_up_analysis(OTHER, seed=1))
    shown.store.type_second(None)
    off = shown.switch_off((0, 1))
    shown.derive()
    arrays = shown.panel.arrays()
    assert arrays is not None

    same = [(token.index, token.index) for token in every.tokens]
    expected = cosines(off, every, shown.store.view.choices.hidden.space, same)
    np.testing.assert_allclose(arrays["cosines"], expected, atol=1e-5)
    assert "Held against the same sentence with every head on (B)." in shown.panel.caption_text()


def test_the_same_sentence_twice_parts_nowhere_and_says_so(shown: ShownPanel) -> None:
    a = made_up_analysis(TEXT)
    compare(shown, a, replace(a))
    arrays = shown.panel.arrays()
    assert arrays is not None

    np.testing.assert_allclose(arrays["cosines"], 1, atol=1e-6)
    assert "Both sides are the same" in shown.panel.caption_text()


def test_a_click_chooses_layer_and_token_and_keys_walk_through_the_pairs(
    shown: ShownPanel,
) -> None:
    compare(shown, made_up_analysis(TEXT), made_up_analysis(OTHER, seed=1))
    (picture,) = shown.panel.findChildren(LayerHeatmap)
    spot = picture.layout_now().cell_rect(2, 7).center().toPoint()

    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    clicked = shown.store.view.selection
    QTest.keyClick(picture, Qt.Key.Key_Right)
    QTest.keyClick(picture, Qt.Key.Key_Up)
    walked = shown.store.view.selection

    assert (clicked.layer, clicked.tokens) == (2, (7,))
    assert (walked.layer, walked.tokens) == (3, (8,))


def test_on_a_column_that_only_b_has_no_token_stays_lit(shown: ShownPanel) -> None:
    compare(shown, made_up_analysis(TEXT), made_up_analysis(OTHER, seed=1))
    (picture,) = shown.panel.findChildren(LayerHeatmap)
    layout = picture.layout_now()

    QTest.mouseMove(picture, layout.cell_rect(2, 7).center().toPoint())
    lit = shown.store.view.selection.hovered_token
    QTest.mouseMove(picture, layout.cell_rect(2, 8).center().toPoint())

    assert lit == 7
    assert shown.store.view.selection.hovered_token is None


def test_sentences_without_a_common_token_say_so(shown: ShownPanel) -> None:
    a, b = made_up_analysis("one two"), made_up_analysis("three", seed=1)
    a, b = (replace(side, tokens=side.tokens[1:-1], hidden=side.hidden[:, 1:-1]) for side in (a, b))
    b = replace(b, tokens=tuple(replace(token, id=77) for token in b.tokens))
    compare(shown, a, b)

    assert shown.panel.caption_text() == ""
