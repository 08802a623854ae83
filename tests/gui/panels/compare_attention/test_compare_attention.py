"""Attention, A − B: numbers are the heads' own, what has no partner is left out, clicks choose."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from roberta_gui.gui.panels.compare_attention.panel import CompareAttentionPanel
from roberta_gui.gui.widgets.heads.head_map import HeadMap
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.records import Analysis, Run
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, made_up_analysis

TEXT, OTHER = "The cat sat on the <mask> tonight", "The dog sat on <mask> tonight"
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def sentence(text: str, seed: int = 0) -> Analysis:
    """Make up a sentence in which equal words have equal ids."""
    analysis = made_up_analysis(text, seed=seed)
    ids = [3 + sum(map(ord, token.text)) % 90 for token in analysis.tokens]
    tokens = tuple(
        token if token.is_special or token.is_mask else replace(token, id=new)
        for token, new in zip(analysis.tokens, ids, strict=True)
    )
    return replace(analysis, tokens=tokens)


pytestmark = pytest.mark.panel(kind=CompareAttentionPanel, size=(900, 520))


def compare(shown: ShownPanel, a: Analysis, b: Analysis) -> None:
    shown.show(a, second=Run.of(b))
    shown.derive()


def told_on(shown: ShownPanel, scale: str) -> str:
    shown.store.choose("attention", scale=scale)
    return shown.panel.caption_text()


def variations(a: Analysis, b: Analysis) -> np.ndarray:
    """Compare every head's rows by hand, where "the" before the mask has no partner."""
    one, other = [0, 1, 2, 3, 4, 6, 7, 8], [0, 1, 2, 3, 4, 5, 6, 7]
    apart = a.attention[..., one, :][..., one] - b.attention[..., other, :][..., other]
    return np.asarray(np.abs(apart).sum(-1).mean(-1) / 2)


def test_arrays_and_table_hold_the_difference_of_aligned_tokens(shown: ShownPanel) -> None:
    a, b = sentence(TEXT), sentence(OTHER, 1)
    compare(shown, a, b)
    shown.store.select_head(2, 3)
    arrays, table = shown.panel.arrays(), shown.panel.table()
    assert arrays is not None
    assert table is not None
    # cat/dog faces alone; "the" before the mask has no partner.
    pairs = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (6, 5), (7, 6), (8, 7)]
    one, other = (list(side) for side in zip(*pairs, strict=True))
    expected = a.attention[2, 3][np.ix_(one, one)] - b.attention[2, 3][np.ix_(other, other)]

    assert arrays["pairs"].tolist() == [list(pair) for pair in pairs]
    np.testing.assert_array_equal(arrays["difference"], expected)
    rows = [[float(value) for value in row[1:]] for row in table.rows]  # type: ignore[arg-type]
    np.testing.assert_allclose([row[:-1] for row in rows], expected)
    np.testing.assert_allclose([row[-1] for row in rows], np.abs(expected).sum(1) / 2, rtol=1e-5)
    mean = np.abs(expected).sum(1).mean() / 2
    assert arrays["total_variation"][2, 3] == pytest.approx(mean, rel=1e-5)


def test_the_caption_says_how_far_apart_and_which_heads_are_most(shown: ShownPanel) -> None:
    a, b = sentence(TEXT), sentence(OTHER, 1)
    compare(shown, a, b)
    shown.store.select_head(1, 4)
    arrays = shown.panel.arrays()
    assert arrays is not None
    caption, variation = shown.panel.caption_text(), arrays["total_variation"]
    layer, head = np.unravel_index(variation.argmax(), variation.shape)

    assert "Layer 2, head 5" in caption
    assert f"mean |difference| {np.abs(arrays['difference']).mean():.4f}" in caption
    assert f"total variation of a row {variation[1, 4]:.3f}" in caption
    assert f"apart: {layer + 1}.{head + 1} ({variation.max():.3f})" in caption
    assert "Hatched, without a partner and in no sum: 1 token of A (" in caption
    assert OTHER in caption


def test_the_same_sentence_twice_is_zero_everywhere_and_says_so(shown: ShownPanel) -> None:
    a = sentence(TEXT)
    compare(shown, a, replace(a))
    arrays = shown.panel.arrays()
    assert arrays is not None

    assert not arrays["difference"].any()
    assert not arrays["total_variation"].any()
    assert "every difference is 0" in shown.panel.caption_text()


def test_swapping_the_sentences_turns_every_sign(shown: ShownPanel) -> None:
    a, b = sentence(TEXT), sentence(OTHER, 1)
    compare(shown, a, b)
    before = shown.panel.arrays()
    compare(shown, b, a)
    after = shown.panel.arrays()
    assert before is not None
    assert after is not None

    np.testing.assert_array_equal(after["difference"], -before["difference"])
    np.testing.assert_array_equal(after["pairs"], before["pairs"][:, ::-1])
    np.testing.assert_array_equal(after["total_variation"], before["total_variation"])


def test_a_click_in_the_small_map_chooses_the_head(shown: ShownPanel) -> None:
    compare(shown, sentence(TEXT), sentence(OTHER, 1))
    (heads,) = shown.panel.findChildren(HeadMap)

    QTest.mouseClick(heads, LEFT, NONE, heads.cell_rect(3, 5).center().toPoint())

    assert shown.store.view.selection.shown_head == (3, 5)
    assert "Layer 4, head 6" in shown.panel.caption_text()


def test_a_click_on_a_cell_locks_as_token_and_what_only_b_has_locks_nothing(
    shown: ShownPanel,
) -> None:
    compare(shown, sentence(OTHER), sentence(TEXT, 1))  # now "the" is in B alone
    (picture,) = shown.panel.findChildren(Heatmap)
    layout = picture.layout_now()

    QTest.mouseClick(picture, LEFT, NONE, layout.row_rect(6).center().toPoint())
    locked = shown.store.view.selection.tokens
    QTest.mouseClick(picture, LEFT, NONE, layout.row_rect(5).center().toPoint())

    assert locked == (5,)
    assert shown.store.view.selection.tokens == locked
    assert "not on both sides" in picture.tip(5, 5)
    assert "␣cat" in picture.tip(2, 2)
    assert "␣dog / ␣cat" in picture.tip(2, 2)


def test_the_scale_reaches_to_the_largest_difference_of_head_layer_or_all(
    shown: ShownPanel,
) -> None:
    compare(shown, sentence(TEXT), sentence(OTHER, 1))
    shown.store.select_head(2, 3)
    (picture,) = shown.panel.findChildren(Heatmap)
    arrays = shown.panel.arrays()
    assert arrays is not None
    largest = arrays["largest_difference"]
    expected = {
        "head": np.abs(arrays["difference"]).max(), "layer": largest[2].max(),
        "all": largest.max(), "log": np.abs(arrays["difference"]).max(),
    }  # fmt: skip

    for scale, most in expected.items():
        shown.store.choose("attention", scale=scale)
        assert (picture.scale.low, picture.scale.high) == pytest.approx((-most, most))


def test_root_places_small_differences_by_their_square_roots(shown: ShownPanel) -> None:
    compare(shown, sentence(TEXT), sentence(OTHER, 1))
    (picture,) = shown.panel.findChildren(Heatmap)
    shown.button("Root").click()
    most = picture.scale.high
    values = np.array([-most, -most / 4, 0, most / 4, most], np.float32)

    np.testing.assert_allclose(
        picture.scale.colour_rows(values), [0, 63.75, 127.5, 191.25, 255], atol=1
    )
    assert "square-root scale" in shown.panel.caption_text()
    assert "square-root" not in told_on(shown, "head")


def test_differences_that_would_be_too_faint_have_square_roots_unless_told_otherwise(
    shown: ShownPanel,
) -> None:
    a, b = sentence(TEXT), sentence(OTHER, 1)
    flat, peaked = (np.full_like(each.attention, 0.01) for each in (a, b))
    peaked[:, :, 1:] += 0.01
    peaked[:, :, 1, 1] = 0.25
    compare(shown, replace(a, attention=flat), replace(b, attention=peaked))
    (picture,) = shown.panel.findChildren(Heatmap)
    arrays = shown.panel.arrays()
    assert arrays is not None
    sizes = np.abs(arrays["difference"])
    share = sizes[sizes < 0.08 * sizes.max()].sum() / sizes.sum()
    told = f"{share * 100:.0f} % of the whole is too faint to see here: “Auto” shows it"

    assert share > 0.6
    assert picture.scale.root
    assert (
        f"; on a linear one {share * 100:.0f} % would be too faint)" in shown.panel.caption_text()
    )
    assert told in told_on(shown, "head")
    assert not picture.scale.root


def test_differences_that_can_be_seen_are_linear(shown: ShownPanel) -> None:
    compare(shown, sentence(TEXT), sentence(OTHER, 1))
    (picture,) = shown.panel.findChildren(Heatmap)

    assert shown.button("Auto").isChecked()
    assert not picture.scale.root
    arrays = shown.panel.arrays()
    assert arrays is not None
    assert picture.scale.high == pytest.approx(np.abs(arrays["difference"]).max())


@pytest.mark.parametrize("way", ["hide", "renormalise"])
def test_specials_are_left_out_as_in_attention_and_what_is_hidden_is_told(
    shown: ShownPanel, way: str
) -> None:
    a, b = sentence(TEXT), sentence(OTHER, 1)
    compare(shown, a, b)
    shown.button(way.capitalize()).click()
    shown.derive()
    shown.store.select_head(2, 3)
    arrays = shown.panel.arrays()
    assert arrays is not None
    one, other = [1, 2, 3, 4, 6, 7], [1, 2, 3, 4, 5, 6]
    inner = [each.attention[2, 3, 1:-1, 1:-1].astype(float) for each in (a, b)]
    if way == "renormalise":
        inner = [each / each.sum(1, keepdims=True) for each in inner]
    at_a, at_b = (np.array(at) - 1 for at in (one, other))
    expected = inner[0][np.ix_(at_a, at_a)] - inner[1][np.ix_(at_b, at_b)]
    hidden = [
        each.attention[2, 3][at][:, [0, -1]].sum(1).mean() * 100
        for each, at in ((a, one), (b, other))
    ]

    assert arrays["pairs"].tolist() == [list(pair) for pair in zip(one, other, strict=True)]
    np.testing.assert_allclose(arrays["difference"], expected, atol=1e-6)
    mean = np.abs(expected).sum(1).mean() / 2
    assert arrays["total_variation"][2, 3] == pytest.approx(mean, rel=1e-4)
    caption = shown.panel.caption_text()
    assert f": {hidden[0]:.0f} % of the attention in A, {hidden[1]:.0f} % in B." in caption
    assert ("rows renormalised" in caption) is (way == "renormalise")


def test_with_heads_off_a_sentence_is_held_against_itself_with_every_head_on(
    shown: ShownPanel,
) -> None:
    every = sentence(TEXT)
    compare(shown, every, sentence(OTHER, 1))
    shown.store.type_second(None)
    off = shown.switch_off((0, 1))
    shown.derive()
    arrays = shown.panel.arrays()
    assert arrays is not None

    apart = np.abs(off.attention - every.attention).sum(-1).mean(-1) / 2
    np.testing.assert_allclose(arrays["total_variation"], apart, rtol=1e-4)
    assert "Held against the same sentence with every head on (B)." in shown.panel.caption_text()


def test_without_a_second_sentence_it_says_how_to_get_one(shown: ShownPanel) -> None:
    compare(shown, sentence(TEXT), sentence(OTHER, 1))
    shown.store.type_second(None)

    assert any("A | B" in text for text in shown.words())
    assert shown.panel.table() is None
    assert shown.panel.is_current


def test_passes_with_other_heads_switched_off_are_never_mixed(shown: ShownPanel) -> None:
    a, b = sentence(TEXT), sentence(OTHER, 1)
    off = replace(a.request, switched_off=frozenset({(0, 1)}))
    compare(shown, replace(a, request=off), b)

    assert shown.wanted == []
    assert shown.panel.table() is None


def test_another_models_second_pass_is_not_compared(shown: ShownPanel) -> None:
    other = made_up_analysis(OTHER, replace(MADE_UP, name="other"))
    compare(shown, sentence(TEXT), other)

    assert shown.panel.table() is None
