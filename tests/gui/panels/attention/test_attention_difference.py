"""What switching heads off changes, as the Attention panel draws it."""

import re
from dataclasses import replace

import numpy as np
import pytest

from roberta_gui.gui.panels.attention.panel import AttentionPanel
from roberta_gui.records import Analysis
from tests.gui.panels.attention_numbers import contributions_of, heatmap_of, table_of
from tests.gui.shown_panel import ShownPanel, finished
from tests.made_up import made_up_analysis

TEXT = "The cat sat on the <mask>"
OFF = frozenset({(0, 1), (1, 2)})


pytestmark = pytest.mark.panel(kind=AttentionPanel)


def show_switched(shown: ShownPanel, text: str = TEXT) -> tuple[Analysis, Analysis]:
    """Show a sentence with heads off; return it, and the one with every head on."""
    baseline = made_up_analysis(text)
    off = made_up_analysis(text, seed=1)
    off = replace(off, request=replace(off.request, switched_off=OFF))
    shown.show(baseline)
    shown.store.toggle_heads(OFF)
    shown.store.show(off, baseline)
    return off, baseline


def test_without_heads_off_there_is_no_difference_to_draw(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)

    shown.store.choose("attention", difference=True)

    np.testing.assert_array_equal(table_of(shown)[1], analysis.attention[0, 0])
    assert shown.wanted == []


def test_a_difference_is_off_minus_on_with_a_scale_symmetric_about_zero(shown: ShownPanel) -> None:
    off, baseline = show_switched(shown)
    shown.store.choose("attention", difference=True)
    shown.derive()
    shown.store.select_head(2, 1)

    expected = off.attention[2, 1] - baseline.attention[2, 1]
    _, matrix = table_of(shown)
    np.testing.assert_array_equal(matrix, expected)
    most = np.abs(expected).max()
    caption = shown.panel.caption_text()
    assert f"differences −{most:.2g} to {most:.2g} · 2 heads off against every head on" in caption
    assert heatmap_of(shown).scale.low == -heatmap_of(shown).scale.high
    arrays = shown.panel.arrays()
    assert arrays is not None
    np.testing.assert_array_equal(arrays["attention"] - arrays["b"], arrays["difference"])


@pytest.mark.parametrize(("scale", "axes"), [("layer", (1, 2, 3)), ("all", None)])
def test_differences_on_wider_scales(
    shown: ShownPanel, scale: str, axes: tuple[int, ...] | None
) -> None:
    off, baseline = show_switched(shown)
    shown.store.choose("attention", difference=True, scale=scale)
    shown.derive()
    shown.store.select_head(2, 1)

    changes = np.abs(off.attention - baseline.attention).max(axis=axes, keepdims=True)
    most = float(np.broadcast_to(changes, (4, 6, 1, 1))[2, 1, 0, 0])
    assert heatmap_of(shown).scale.high == pytest.approx(most)
    assert not heatmap_of(shown).scale.log


def test_in_place_of_logarithms_changes_have_square_roots_and_the_caption_says_so(
    shown: ShownPanel,
) -> None:
    off, baseline = show_switched(shown)
    shown.store.choose("attention", difference=True, scale="log")
    shown.derive()
    shown.store.select_head(2, 1)
    most = float(np.abs(off.attention[2, 1] - baseline.attention[2, 1]).max())
    scale = heatmap_of(shown).scale

    assert (scale.low, scale.high) == pytest.approx((-most, most))
    # A quarter of the largest change has half of the colours to its side.
    places = scale.colour_rows(np.array([-most, -most / 4, 0, most / 4, most], np.float32))
    np.testing.assert_allclose(places, [0, 63.75, 127.5, 191.25, 255], atol=0.51)
    assert "differences, square-root scale" in shown.panel.caption_text()


def test_a_switched_off_head_is_told_to_be_off(shown: ShownPanel) -> None:
    show_switched(shown)
    shown.store.select_head(0, 1)
    off = shown.panel.caption_text()
    shown.store.select_head(0, 2)

    assert "Layer 1, head 2 · " in off
    assert "switched off: this is its own pattern" in off
    assert "this head spends" not in off
    assert "switched off" not in shown.panel.caption_text()


def test_differences_of_contributions_ask_both_passes(shown: ShownPanel) -> None:
    off, baseline = show_switched(shown)
    shown.store.choose("attention", difference=True, measure="contribution")
    shown.derive()

    expected = contributions_of(off.request)[0, 0] - contributions_of(baseline.request)[0, 0]
    np.testing.assert_array_equal(table_of(shown)[1], expected)


def test_renormalised_differences_are_between_renormalised_rows(shown: ShownPanel) -> None:
    off, baseline = show_switched(shown)
    shown.store.choose("attention", difference=True, specials="renormalise")
    shown.derive()

    inner = [each.attention[0, 0, 1:-1, 1:-1] for each in (off, baseline)]
    scaled = [each / each.sum(1, keepdims=True) for each in inner]
    np.testing.assert_allclose(table_of(shown)[1], scaled[0] - scaled[1], atol=1e-6)


def test_where_nothing_changes_that_is_said_and_the_picture_is_empty(shown: ShownPanel) -> None:
    analysis = made_up_analysis(TEXT)
    off = replace(analysis, request=replace(analysis.request, switched_off=OFF))
    shown.show(analysis)
    shown.store.toggle_heads(OFF)
    shown.store.show(off, analysis)
    shown.store.choose("attention", difference=True)
    shown.derive()

    told = "heads off in layers 1 and 2 change attention only above layer 1"
    assert told in shown.panel.caption_text()
    shown.store.select_head(2, 0)
    assert "2 heads off against every head on; nothing differs here." in shown.panel.caption_text()
    image = heatmap_of(shown).grab().toImage()
    layout = heatmap_of(shown).layout_now()
    middle = layout.row_rect(2).center().y()
    colours = {
        image.pixelColor(round(layout.column_rect(column).center().x()), round(middle)).lightness()
        for column in range(8)
    }
    assert min(colours) >= 254


def test_lines_of_a_changed_rollout_name_no_share_and_no_change_that_they_leave_out(
    shown: ShownPanel,
) -> None:
    off, baseline = show_switched(shown)
    # With heads off every token keeps itself whole: what it has of itself changes most.
    own = np.broadcast_to(np.eye(len(off.tokens), dtype=np.float32), off.attention.shape).copy()
    shown.store.show(replace(off, attention=own), baseline)
    shown.store.choose("attention", difference=True, measure="rollout", drawn_as="arcs")
    shown.derive()
    shown.store.select_head(2, 0)

    _, matrix = table_of(shown)
    apart = np.where(np.eye(len(matrix), dtype=bool), 0, np.abs(matrix))
    row, column = np.unravel_index(np.abs(matrix).argmax(), matrix.shape)
    assert row == column
    caption = shown.panel.caption_text()
    assert "without what tokens keep of themselves: lines hold" in caption
    told = re.search(r"the largest difference: from .+ to .+: −(0\.\d{3})", caption)
    assert told is not None
    assert float(told[1]) == pytest.approx(apart.max(), abs=6e-4)


def test_restored_heads_bring_the_plain_weights_back(shown: ShownPanel) -> None:
    _, baseline = show_switched(shown)
    shown.store.choose("attention", difference=True)
    shown.derive()

    shown.store.restore_heads()

    np.testing.assert_array_equal(table_of(shown)[1], baseline.attention[0, 0])
    assert "differences" not in shown.panel.caption_text()


def test_the_work_of_a_derivation_ends_with_every_layer(shown: ShownPanel) -> None:
    show_switched(shown)
    shown.store.choose("attention", difference=True, unit="words", measure="rollout")

    value = finished(shown.wanted[-1].work(lambda: False, lambda _text, _fraction: None))

    assert len(value.layers) == len(value.layers_b) == 4
    highest = [np.abs(a - b).max() for a, b in zip(value.layers, value.layers_b, strict=True)]
    np.testing.assert_allclose([value.largest_of(layer) for layer in range(4)], highest)
    assert value.largest == pytest.approx(max(highest))
