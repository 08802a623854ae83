"""What "Through the layers" says: one answer for the big step, and what switched-off heads do."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.through_layers.paths import ReferenceCurves, token_paths
from roberta_gui.findings.path import PathsResult, describe
from roberta_gui.gui.panels.path.panel import PathPanel
from roberta_gui.records import Analysis
from tests.gui.panels.path_parts import TEXT, maps, prepared, written
from tests.gui.shown_panel import ShownPanel, axes_of, finished
from tests.made_up import MADE_UP, made_up_analysis

pytestmark = pytest.mark.panel(kind=PathPanel, size=(1250, 640))


def leaping(layer: int, tokens: list[int]) -> Analysis:
    """Make up a sentence whose tokens hardly turn but for some, which do into one layer."""
    analysis = made_up_analysis(TEXT)
    hidden = np.repeat(analysis.hidden[:1], len(analysis.hidden), axis=0)
    hidden += 0.01 * np.random.default_rng(0).normal(size=hidden.shape)
    hidden[layer:, tokens] *= -1
    return replace(analysis, hidden=hidden.astype(np.float32))


def show(shown: ShownPanel, analysis: Analysis) -> NDArray[np.float64]:
    """Show raw states; return the cosines of consecutive layers, float (step, token)."""
    shown.store.choose("hidden", space=Space("raw"))
    shown.show(analysis)
    shown.derive()
    unit = prepared(analysis, Space("raw"))
    turned: NDArray[np.float64] = (unit[1:] * unit[:-1]).sum(-1)
    return turned


def test_the_caption_names_the_step_in_which_the_selected_token_changes_most(
    shown: ShownPanel,
) -> None:
    turned = show(shown, leaping(3, [2]))
    shown.store.select_tokens([2])
    mean = turned[:, 1:-1].mean(axis=1)

    assert turned[:, 2].argmin() == mean.argmin() == 2
    assert (
        f"“␣cat” changes most from layer 2 to layer 3 (cosine {written(turned[2, 2])}, raw); "
        f"so do the tokens on average (mean cosine {written(mean[2])})."
    ) in shown.panel.caption_text()
    shown.store.select_tokens([3])
    every = turned[:, 3]
    assert (
        f"No step of “␣sat” stands out (cosine about {written(every.mean())}, "
        "raw); the tokens on average change most from layer 2 to layer 3"
    ) in shown.panel.caption_text()


def test_another_step_of_the_tokens_on_average_is_named_beside_the_tokens_own(
    shown: ShownPanel,
) -> None:
    analysis = leaping(3, [1, 3, 4, 5, 6])
    hidden = analysis.hidden.copy()
    hidden[1:, 2] *= -1
    show(shown, replace(analysis, hidden=hidden))
    shown.store.select_tokens([2])

    caption = shown.panel.caption_text()
    assert "“␣cat” changes most from the embeddings to layer 1 (cosine −1.00, raw)" in caption
    assert "; the tokens on average change most from layer 2 to layer 3 (mean" in caption


def test_without_a_selected_token_the_sentence_is_summed_up_and_a_click_is_offered(
    shown: ShownPanel,
) -> None:
    turned = show(shown, leaping(2, [1, 2]))
    mean = turned[:, 1:-1].mean(axis=1)
    before = shown.picture()

    caption = shown.panel.caption_text()
    shown.store.select_token(2)

    expected = f"the largest step is from layer 1 to layer 2 (mean cosine {written(mean[1])}, raw)."
    assert caption.startswith(f"Averaged over the tokens {expected}")
    assert "token most like all others" in caption
    assert shown.picture() != before


def test_where_no_step_stands_out_that_is_said_and_their_range_is_told(shown: ShownPanel) -> None:
    analysis = leaping(1, [])
    noise = np.random.default_rng(1).normal(size=analysis.hidden.shape)
    wide = np.array([1, 1, 1, 1.4, 1.3])[: len(noise), np.newaxis, np.newaxis]
    hidden = analysis.hidden + wide * noise.astype(np.float32)
    turned = show(shown, replace(analysis, hidden=hidden.astype(np.float32)))
    mean = turned[:, 1:-1].mean(axis=1)

    assert (1 - mean).max() < 1.3 * (1 - mean).mean()
    low, high = written(mean.min()), written(mean.max())
    assert low != high
    expected = f"No step stands out (mean cosine {low} to {high}, raw)."
    assert shown.panel.caption_text().startswith(expected)


@pytest.mark.parametrize("token", [None, 2])
def test_of_a_single_step_it_is_not_told_how_it_compares_with_others(token: int | None) -> None:
    analysis = leaping(1, [2])
    curves = ReferenceCurves(np.zeros(5), np.zeros(5), 0, 0, 0)
    preparations = axes_of(MADE_UP).preparations.get(Space("raw"))
    assert preparations is not None
    captions = []
    for n_layers in (2, 5):
        hidden = analysis.hidden[:n_layers]
        raw = Preparations(Space("raw"), preparations.layers[:n_layers])
        paths = finished(token_paths(analysis.tokens, hidden, raw))
        found = PathsResult(analysis, raw, paths, curves)
        captions.append(describe(found, 0, token, ["itself"]))

    assert captions[0] == ""
    assert "from the embeddings to layer 1" in captions[1]


# While heads are switched off


def test_with_heads_off_each_token_is_compared_with_itself_with_every_head_on(
    shown: ShownPanel,
) -> None:
    baseline = shown.show_text(TEXT)
    offered = shown.button("Itself at: Partner").isEnabled()
    off = shown.switch_off((0, 1), (1, 2))
    space = Space("standardised")
    expected = (prepared(baseline, space) * prepared(off, space)).sum(-1)
    arrays, table = shown.panel.arrays(), shown.panel.table()
    assert arrays is not None
    assert table is not None

    np.testing.assert_allclose(arrays["with_partner_in_b"], expected, atol=1e-5)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert rows[2]["with_partner_in_b"] == arrays["with_partner_in_b"].ravel()[2]
    mean = expected[:, 1:-1].mean(axis=1)
    layer = int(mean.argmin())
    where = f"layer {layer}" if layer else "the embeddings"
    assert (
        f"The tokens are least like their partners with every head on in {where} "
        f"(mean cosine {written(mean[layer])})"
    ) in shown.panel.caption_text()
    before = shown.picture()
    shown.button("Itself at: Partner").click()
    assert not offered
    assert shown.picture() != before
    itself, _ = maps(shown)
    assert f"with its partner on the other side: {written(expected[3, 2], 3)}" in itself.tip(3, 2)


def test_with_heads_off_tips_tell_what_a_cosine_was_with_every_head_on(shown: ShownPanel) -> None:
    baseline = shown.show_text(TEXT)
    shown.store.select_token(2)
    off = shown.switch_off((0, 1))
    was, now = (prepared(each, Space("standardised")) for each in (baseline, off))
    itself, others = maps(shown)

    for tip, old, new in (
        (itself.tip(3, 4), was[3, 4] @ was[2, 4], now[3, 4] @ now[2, 4]),
        (others.tip(3, 4), was[3, 4] @ was[3, 2], now[3, 4] @ now[3, 2]),
    ):
        change = written(new - old, 3)
        sign = "+" if new > old else ""
        told = f"with every head on: {written(old, 3)}, a difference of {sign}{change}"
        assert tip.splitlines()[-1] == told


def test_with_every_head_on_again_nothing_speaks_of_switched_off_ones(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    plain, caption = maps(shown)[0].tip(3, 2), shown.panel.caption_text()
    shown.switch_off((0, 1))
    shown.button("Itself at: Partner").click()

    shown.store.restore_heads()
    shown.derive()

    assert not shown.button("Itself at: Partner").isEnabled()
    assert maps(shown)[0].tip(3, 2) == plain
    assert shown.panel.caption_text() == caption
    assert "with_partner_in_b" not in (shown.panel.arrays() or {})
