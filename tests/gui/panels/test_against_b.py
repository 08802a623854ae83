"""Every panel that has places for tokens shows A beside B, whatever B is, by one rule: A − B."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.findings import path
from roberta_gui.findings.comparison.against import NOTHING_TO_COMPARE, describe_b, names_of
from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.compare_attention.panel import CompareAttentionPanel
from roberta_gui.gui.panels.compare_layers.panel import CompareLayersPanel
from roberta_gui.gui.panels.hidden_states.panel import HiddenStatesPanel
from roberta_gui.gui.panels.layers.panel import LayersPanel
from roberta_gui.gui.panels.lens.panel import LensPanel
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.panels.path.panel import PathPanel
from roberta_gui.gui.panels.token.panel import TokenInspectorPanel
from roberta_gui.gui.widgets.charts.scatter import Scatter
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.records import Analysis, ModelInfo, Run
from roberta_gui.view import with_right_side, with_second, with_second_analysis
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, made_up_analysis, made_up_strangers

TEXT, OTHER = "The cat sat on the <mask> tonight", "The cat sat on the <mask> at night"

SAME_SHAPE = replace(MADE_UP, name="later", weights_sha256="1" * 64)
DEEPER = replace(SAME_SHAPE, name="deep", n_layers=8)
WIDER = replace(MADE_UP, name="wide", d_model=24, n_heads=8, tokenizer_sha256="another")
HEADLESS = replace(SAME_SHAPE, name="headless", can_fill_masks=False)

Against = Callable[[ShownPanel], None]


def in_panel(kind: type[Panel]) -> pytest.MarkDecorator:
    return pytest.mark.panel(kind=kind, size=(1000, 640))


def each_in(**told: tuple[type[Panel], Any]) -> list[Any]:
    """Give each panel's test what it is told."""
    return [pytest.param(value, id=name, marks=in_panel(kind))
            for name, (kind, value) in told.items()]  # fmt: skip


def heads_off(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.type_second(None)
    shown.switch_off((0, 1), (2, 3))


def second_sentence(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT), second=Run.of(made_up_analysis(OTHER, seed=1)))
    shown.derive()


def second_model(shown: ShownPanel, model: ModelInfo) -> None:
    shown.show_text(TEXT)
    shown.store.apply(with_right_side, model=model)
    shown.store.apply(with_second_analysis, made_up_analysis(TEXT, model, seed=2))
    shown.derive()


def another_checkpoint(shown: ShownPanel) -> None:
    second_model(shown, SAME_SHAPE)


def another_depth(shown: ShownPanel) -> None:
    second_model(shown, DEEPER)


def a_mixture(shown: ShownPanel) -> None:
    second_sentence(shown)
    shown.store.apply(with_right_side, model=SAME_SHAPE)
    shown.store.apply(with_second, Run.of(made_up_analysis(OTHER, SAME_SHAPE, seed=2)))
    shown.derive()


every_b = pytest.mark.parametrize(
    "b", [heads_off, second_sentence, another_checkpoint, another_depth, a_mixture]
)


def sides(shown: ShownPanel) -> tuple[Analysis, Analysis, list[tuple[int, int]]]:
    """Return A, B, and the pairs of their tokens."""
    comparison = shown.store.view.comparison
    assert comparison is not None
    return comparison.a, comparison.b, [(i, j) for i, j in comparison.alignment.pairs.tolist()]


def arrays_of(shown: ShownPanel) -> dict[str, Any]:
    arrays = shown.panel.arrays()
    assert arrays is not None
    return dict(arrays)


def remark_of(shown: ShownPanel) -> str:
    return " ".join(label.text() for label in shown.panel.heading.findChildren(QLabel))


def as_deep(layer: int, a: Analysis, b: Analysis) -> int:
    """Find B's layer by hand: from the embeddings to the last layer depth goes from 0 to 1."""
    return round(layer / a.model.n_layers * b.model.n_layers)


@every_b
@pytest.mark.parametrize(
    "numbers",
    each_in(
        hidden=(HiddenStatesPanel, {"coordinates_a_minus_b"}),
        layers=(LayersPanel, {"coordinates_a_minus_b"}),
        path=(PathPanel, {"with_partner_in_b", "with_layer_before_a_minus_b"}),
        lens=(LensPanel, {"top_differs_from_b"}),
        aligned=(CompareLayersPanel, {"cosines", "mean"}),
    ),
)
def test_every_panel_says_what_b_is_and_has_numbers_of_both(
    numbers: set[str], b: Against, shown: ShownPanel
) -> None:
    b(shown)
    comparison = shown.store.view.comparison
    assert comparison is not None

    assert describe_b(comparison) in shown.panel.caption_text()
    assert shown.panel.table() is not None
    arrays = arrays_of(shown)
    assert numbers <= arrays.keys()
    assert all(np.isfinite(arrays[name]).any() for name in numbers)
    shown.picture()
    assert shown.panel.is_current


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.name)
def test_no_tip_of_a_panel_takes_b_for_a_second_sentence(panel: type[Panel]) -> None:
    assert not re.search("(second|other|both) sentence", panel.tip)


@every_b
@in_panel(TokenInspectorPanel)
def test_a_panel_that_shows_a_alone_says_so_as_long_as_there_is_a_b(
    b: Against, shown: ShownPanel
) -> None:
    shown.show_text(TEXT)
    shown.store.select_token(1)
    shown.derive()
    assert "only" not in remark_of(shown)
    assert "Shown only" not in shown.panel.caption_text()

    b(shown)
    shown.store.select_token(1)
    shown.derive()

    comparison = shown.store.view.comparison
    assert comparison is not None
    only = f"only {names_of(comparison).in_a}"
    assert remark_of(shown).endswith(only)
    assert shown.panel.caption_text().endswith(f"Shown {only}.")

    shown.store.toggle_heads(shown.store.view.switched_off)
    shown.store.type_second(None)
    shown.store.apply(with_right_side, model=None)
    shown.derive()
    assert "only" not in remark_of(shown)


@every_b
@pytest.mark.parametrize("n_axes", each_in(hidden=(HiddenStatesPanel, 3), layers=(LayersPanel, 2)))
def test_partners_lie_on_the_axes_of_a_and_what_a_alone_has_is_unknown(
    n_axes: int, b: Against, shown: ShownPanel
) -> None:
    b(shown)
    one, other, pairs = sides(shown)
    axes, table = shown.store.view.axes, shown.panel.table()
    assert axes is not None
    assert table is not None
    loadings = axes.need_fitted(shown.store.view.choices.hidden.space, "joint").axes.loadings

    expected = np.full((len(one.hidden), len(one.tokens), 3), np.nan)
    for layer in range(len(one.hidden)):
        deep = as_deep(layer, one, other)
        for i, j in pairs:
            moved = one.hidden[layer, i].astype(float) - other.hidden[deep, j].astype(float)
            expected[layer, i] = moved @ loadings[layer].astype(float)
    np.testing.assert_allclose(arrays_of(shown)["coordinates_a_minus_b"], expected, atol=1e-4)
    rows = np.array([row[-n_axes:] for row in table.rows], dtype=float)
    np.testing.assert_allclose(rows, expected[..., :n_axes].reshape(-1, n_axes), atol=1e-4)


@pytest.mark.parametrize("title", each_in(
    hidden=(HiddenStatesPanel, HiddenStatesPanel.title), layers=(LayersPanel, LayersPanel.title),
))  # fmt: skip
def test_one_switch_takes_the_marks_of_b_out_of_both_pictures_of_hidden_states(
    title: str, shown: ShownPanel
) -> None:
    second_sentence(shown)
    switch = shown.button(f"{title}: difference")
    assert switch.isChecked()
    assert "B: “" in shown.panel.caption_text()

    switch.click()
    shown.derive()

    assert not switch.isChecked()
    assert "coordinates_a_minus_b" not in arrays_of(shown)
    assert "B: “" not in shown.panel.caption_text()
    assert shown.panel.is_current


@in_panel(CompareLayersPanel)
def test_states_of_another_checkpoint_are_told_to_be_taken_as_if_they_were_of_a(
    shown: ShownPanel,
) -> None:
    another_checkpoint(shown)

    said = "Hidden states of later are taken as if its dimensions were those of made up."
    assert said in shown.panel.caption_text()


@every_b
@in_panel(PathPanel)
def test_cosines_with_partners_and_of_partners_stand_beside_those_of_a(
    b: Against, shown: ShownPanel
) -> None:
    b(shown)
    one, other, pairs = sides(shown)
    axes = shown.store.view.axes
    assert axes is not None
    preparations = axes.need_preparation(shown.store.view.choices.hidden.space)
    last = len(one.hidden) - 1

    def unit(side: Analysis, layer: int, token: int) -> Any:
        prepared = preparations.layers[layer]
        state = side.hidden[as_deep(layer, one, side), token].astype(float)
        state = (state - prepared.centre) * prepared.scale
        return state / np.linalg.norm(state)

    with_b, change = np.full((2, last + 1, len(one.tokens)), np.nan)
    for layer in range(last + 1):
        for i, j in pairs:
            a, partner = unit(one, layer, i), unit(other, layer, j)
            with_b[layer, i] = a @ partner
            change[layer, i] = a @ unit(one, last, i) - partner @ unit(other, last, j)
    arrays = arrays_of(shown)
    np.testing.assert_allclose(arrays["with_partner_in_b"], with_b, atol=1e-5)
    np.testing.assert_allclose(arrays["with_last_layer_a_minus_b"], change, atol=1e-5)
    known: Any = shown.panel.known
    lines = [line.name for line in path.lines_of(known) if line.dashed]
    assert lines == [f"{names_of(known.comparison).b} ({len(other.tokens) - 2} tokens)"]


@every_b
@in_panel(LensPanel)
def test_the_lens_has_the_bits_of_a_watched_word_and_marks_other_top_guesses(
    b: Against, shown: ShownPanel
) -> None:
    shown.store.choose("lens", watch=" word")
    b(shown)
    one, other, pairs = sides(shown)
    read, arrays = shown.store.view.derived["lens"].value, arrays_of(shown)

    bits = np.full(read.lens.entropy_bits.shape, np.nan)
    differs = np.zeros(bits.shape, dtype=bool)
    for layer in range(len(bits)):
        deep = as_deep(layer, one, other)
        for i, j in pairs:
            a, partner = (each.lens.watched.log_probabilities for each in (read, read.of_b))
            bits[layer, i] = (float(a[layer, i]) - float(partner[deep, j])) / np.log(2)
            differs[layer, i] = read.lens.ids[layer, i, 0] != read.of_b.lens.ids[deep, j, 0]
    np.testing.assert_allclose(arrays["watched_bits_likelier_in_a"], bits, atol=1e-5)
    np.testing.assert_array_equal(arrays["top_differs_from_b"], differs)
    shown.button("Tint of the cells: Difference").click()
    caption = shown.panel.caption_text()
    assert "by how much the watched word is likelier " in caption
    assert f"{differs.sum()} of {np.isfinite(bits).sum()} top guesses are others " in caption


@pytest.mark.parametrize(
    "name",
    each_in(
        hidden=(HiddenStatesPanel, "places"), layers=(LayersPanel, "places"),
        path=(PathPanel, "with_last_layer"),
    ),
)  # fmt: skip
def test_of_states_of_another_width_nothing_is_invented_and_the_reason_is_said(
    name: str, shown: ShownPanel
) -> None:
    second_model(shown, WIDER)

    said = "wide has hidden states of 24 dimensions instead of 16"
    assert said in shown.panel.caption_text()
    assert f"{name}_a_minus_b" not in arrays_of(shown)
    shown.picture()


@in_panel(PathPanel)
def test_in_raw_states_the_cosines_of_another_width_stand_beside_those_of_a(
    shown: ShownPanel,
) -> None:
    second_model(shown, WIDER)
    assert (
        "In the raw space cosines in wide stand beside those in made up."
        in shown.panel.caption_text()
    )

    shown.store.choose("hidden", space=Space("raw"))
    shown.derive()
    one, other, pairs = sides(shown)

    def with_last(side: Analysis) -> Any:
        states = side.hidden.astype(float)
        unit = states / np.linalg.norm(states, axis=-1, keepdims=True)
        return (unit * unit[-1]).sum(axis=-1)

    change = arrays_of(shown)["with_last_layer_a_minus_b"]
    for i, j in pairs:
        expected = with_last(one)[:, i] - with_last(other)[:, j]
        np.testing.assert_allclose(change[:, i], expected, atol=1e-5)
    assert "In the raw space" not in shown.panel.caption_text()


@pytest.mark.parametrize(
    "name",
    each_in(
        path=(PathPanel, "Itself at: Partner"), lens=(LensPanel, "Tint of the cells: Difference")
    ),
)
def test_what_shows_a_difference_says_why_it_cannot_be_chosen(name: str, shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    button = shown.button(name)

    assert not button.isEnabled()
    assert button.toolTip().replace("\n", " ") == NOTHING_TO_COMPARE
    second_model(shown, SAME_SHAPE)
    assert button.isEnabled()


@in_panel(LensPanel)
def test_layers_that_guess_no_words_are_no_b_for_the_lens(shown: ShownPanel) -> None:
    second_model(shown, HEADLESS)

    said = "headless has no masked-LM head: guesses are not compared."
    assert said in shown.panel.caption_text()
    assert shown.button("Tint of the cells: Difference").toolTip() == said


def a_and(shown: ShownPanel, a: Analysis, b: Analysis) -> None:
    shown.show(a, second=Run.of(b))
    shown.derive()


@pytest.mark.parametrize(
    "said",
    each_in(
        layers=(LayersPanel, "Every token lies where its partner in B does."),
        path=(PathPanel, "Every token is as its partner in B."),
    ),
)  # fmt: skip
def test_of_the_same_sentence_twice_it_is_said_that_nothing_parts(
    said: str, shown: ShownPanel
) -> None:
    a = made_up_analysis(TEXT)

    a_and(shown, a, replace(a))

    assert said in shown.panel.caption_text()


@pytest.mark.parametrize(
    "kind",
    each_in(hidden=(HiddenStatesPanel, ""), layers=(LayersPanel, ""), path=(PathPanel, ""),
            attention=(CompareAttentionPanel, "")),
)  # fmt: skip
def test_of_sentences_without_a_common_token_it_is_said_that_there_are_no_partners(
    kind: str, shown: ShownPanel
) -> None:
    shown.store.choose("path", against="b")

    a_and(shown, *made_up_strangers())

    shown.picture()
    if isinstance(shown.panel, HiddenStatesPanel):
        (scatter,) = shown.panel.findChildren(Scatter)
        assert scatter.describe(0).endswith("no partner in B")
        return
    assert "No token has a partner in B" in shown.panel.caption_text()
    if not isinstance(shown.panel, LayersPanel | PathPanel):
        return
    for picture in shown.panel.findChildren(LayerHeatmap)[:1]:
        assert "There is no partner on the other side." in picture.tip(1, 0)
    for picture in shown.panel.findChildren(LayerHeatmap)[1:]:
        assert "a difference of" not in picture.tip(1, 0)
