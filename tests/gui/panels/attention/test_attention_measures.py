"""The Attention panel beyond weights: contributions, rollout, and words instead of tokens."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from roberta_gui.analysis.attention import rollout
from roberta_gui.gui.panels.attention.panel import AttentionPanel
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import NoNetwork, Problem
from roberta_gui.records import Analysis, AnalysisRequest, FloatArray
from roberta_gui.view import Derived
from tests.gui.panels.attention_numbers import contributions_of, heatmap_of, table_of
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MadeUpEngine, made_up_analysis

TEXT = "The cat sat on the <mask>"
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


pytestmark = pytest.mark.panel(kind=AttentionPanel)


def in_pieces(text: str = "the damnation <mask>") -> Analysis:
    """Analyse a text as if its second word had two pieces."""
    analysis = made_up_analysis("the dam nation <mask>")
    start, the, dam, nation, mask, end = analysis.tokens
    dam, nation = replace(dam, start=4, end=7), replace(nation, start=7, end=13)
    nation = replace(nation, word=dam.word, leading_space=False)
    mask = replace(mask, start=14, end=20, word=2)
    tokens = (start, the, dam, nation, mask, end)
    return replace(analysis, request=AnalysisRequest(text), tokens=tokens)


def name_of(shown: ShownPanel, row: int) -> QPointF:
    layout = heatmap_of(shown).layout_now()
    return QPointF(layout.field.left() - 10, layout.row_rect(row).center().y())


def empty_title(shown: ShownPanel) -> str:
    title = shown.panel.findChild(QLabel, "emptyTitle")
    assert title is not None
    return title.text() if title.isVisible() else ""


# Contributions


def test_contributions_come_from_the_model_and_are_of_the_chosen_head(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    expected = contributions_of(analysis.request)

    shown.store.choose("attention", measure="contribution")
    shown.derive()
    shown.store.select_head(2, 3)

    np.testing.assert_array_equal(table_of(shown)[1], expected[2, 3])
    assert shown.wanted == []  # all heads are there with one question
    caption = shown.panel.caption_text()
    assert f"scale 0 – {expected[2, 3].max():.2g} · lengths, not shares" in caption
    assert "‖α (x W_V + b_V) W_O‖" in caption


@pytest.mark.parametrize("specials", ["hide", "renormalise"])
def test_contributions_are_never_renormalised(shown: ShownPanel, specials: str) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("attention", measure="contribution", specials=specials)
    shown.derive()
    whole = contributions_of(analysis.request)[0, 0].astype(np.float64)

    np.testing.assert_array_equal(table_of(shown)[1], whole.astype(np.float32)[1:-1, 1:-1])
    share = whole[1:-1, [0, -1]].sum() / whole[1:-1].sum()
    told = f"{share * 100:.0f} % of their sum, from <s> and </s>, is hidden"
    assert told in shown.panel.caption_text()
    is_told = "not renormalised: lengths have no sum" in shown.panel.caption_text()
    assert is_told is (specials == "renormalise")


@pytest.mark.parametrize(("scale", "axes"), [("head", (2, 3)), ("layer", (1, 2, 3)), ("all", None)])
def test_scales_are_of_what_is_measured(
    shown: ShownPanel, scale: str, axes: tuple[int, ...] | None
) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("attention", measure="contribution", scale=scale)
    shown.derive()
    shown.store.select_head(3, 1)

    largest = contributions_of(analysis.request).max(axis=axes, keepdims=True)
    n_layers, n_heads = analysis.attention.shape[:2]
    high = np.broadcast_to(largest, (n_layers, n_heads, 1, 1))[3, 1, 0, 0]
    assert f"scale 0 – {high:.2g} " in shown.panel.caption_text()


def test_while_contributions_are_measured_the_last_picture_stays(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)

    shown.store.choose("attention", measure="contribution")

    np.testing.assert_array_equal(table_of(shown)[1], analysis.attention[0, 0])
    assert not shown.panel.is_current
    assert shown.panel.has_picture
    assert "lengths" not in shown.panel.caption_text()
    shown.derive()
    assert shown.panel.is_current


def test_layers_are_shown_as_they_come_from_the_chosen_one_on(shown: ShownPanel) -> None:
    analysis = shown.show(made_up_analysis(TEXT))
    shown.store.select_layer(3)
    shown.store.choose("attention", measure="rollout")
    derivation = shown.wanted[-1]

    found = list(derivation.work(lambda: False, lambda _text, _fraction: None))
    shown.store.derive("attention", Derived(derivation.key, found[2]))

    assert found[:2] == [None, None]
    assert [len(each.layers) for each in found[2:]] == [3, 4]
    assert "Layers 1 to 3, all heads" in shown.panel.caption_text()
    shown.store.select_layer(4)  # not measured yet: the picture stays what it says it is
    assert "Layers 1 to 3, all heads" in shown.panel.caption_text()
    shown.store.derive("attention", Derived(derivation.key, found[3]))
    assert "Layers 1 to 4, all heads" in shown.panel.caption_text()
    assert shown.panel.shown is analysis


def test_the_first_picture_of_all_is_waited_for_in_words(shown: ShownPanel) -> None:
    shown.store.choose("attention", measure="contribution")
    shown.show(made_up_analysis(TEXT))

    assert empty_title(shown) == "Measuring contributions"
    assert shown.panel.table() is None
    shown.derive()
    assert empty_title(shown) == ""


def test_a_problem_says_what_went_wrong_and_weights_are_there_all_the_same(
    shown: ShownPanel,
) -> None:
    shown.show_text(TEXT)
    shown.store.choose("attention", measure="contribution")
    problem: Problem = NoNetwork("Too little memory.", "Shorten the text.")

    shown.store.report(panel_lane("attention"), problem)
    told = empty_title(shown)
    shown.store.choose("attention", measure="attention")

    assert told == "Too little memory."
    assert empty_title(shown) == ""


def test_back_at_the_weights_what_was_measured_is_let_go(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("attention", measure="contribution")
    shown.derive()

    shown.store.choose("attention", measure="attention")

    assert "attention" not in shown.store.view.derived
    np.testing.assert_array_equal(table_of(shown)[1], analysis.attention[0, 0])


# Rollout


def rolled_by_hand(attention: FloatArray, layer: int) -> FloatArray:
    """Half the mean over heads, half the identity, multiplied up: in float64, from scratch."""
    n = attention.shape[-1]
    rolled = np.eye(n)
    for heads in attention[: layer + 1].astype(np.float64):
        mixed = 0.5 * heads.mean(0) + 0.5 * np.eye(n)
        rolled = (mixed / mixed.sum(1, keepdims=True)) @ rolled
    return rolled


def test_rollout_is_one_picture_a_layer_whichever_head_is_chosen(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("attention", measure="rollout")
    shown.derive()
    expected = rolled_by_hand(analysis.attention, 2)

    for head in (0, 5):
        shown.store.select_head(2, head)
        np.testing.assert_allclose(table_of(shown)[1], expected, atol=1e-6)
        assert "Layers 1 to 3, all heads · " in shown.panel.caption_text()
        # A scale a head means the same as one a layer.
        assert f"scale 0 – {expected.max():.2g} " in shown.panel.caption_text()
    shown.store.select_head(0, 0)
    assert "Layer 1, all heads · " in shown.panel.caption_text()


def test_arcs_of_rollout_leave_out_what_a_token_keeps_of_itself_and_say_how_much(
    shown: ShownPanel,
) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("attention", measure="rollout", drawn_as="arcs", scale="all", line_mass=100)
    shown.derive()
    shown.store.select_head(2, 0)
    rolled = rollout(analysis.attention)
    others = rolled * (1 - np.eye(rolled.shape[1]))
    kept = rolled[2].trace() / rolled.shape[1]
    caption = shown.panel.caption_text()

    assert f"scale 0 – {others.max():.2g}" in caption
    assert f"without the {kept * 100:.0f} % that tokens keep of themselves: lines hold" in caption
    assert "100 % of the rest of each row (56 of 64)" in caption
    np.testing.assert_allclose(table_of(shown)[1], rolled[2], atol=1e-6)  # the numbers are whole


def test_rollout_between_words_still_sums_to_one(shown: ShownPanel) -> None:
    shown.show(in_pieces())
    shown.store.choose("attention", measure="rollout", unit="words")
    shown.derive()

    _, matrix = table_of(shown)
    assert matrix.shape == (5, 5)
    np.testing.assert_allclose(matrix.sum(1), 1, atol=1e-6)


# Words


def test_to_a_word_is_a_sum_and_from_a_word_a_mean(shown: ShownPanel) -> None:
    analysis = shown.show(in_pieces())
    shown.store.choose("attention", unit="words")
    shown.derive()

    header, matrix = table_of(shown)
    groups = [[0], [1], [2, 3], [4], [5]]
    weights = analysis.attention[0, 0].astype(np.float64)
    expected = [[weights[np.ix_(a, b)].sum(1).mean() for b in groups] for a in groups]
    np.testing.assert_allclose(matrix, expected, rtol=1e-5)
    assert header[1:] == ["0 <s>", "1 the", "2–3 ␣damnation", "4 <mask>", "5 </s>"]
    assert " · between words · " in shown.panel.caption_text()


def test_contributions_between_words_are_asked_for_by_word(shown: ShownPanel) -> None:
    # The made-up engine knows only words of one piece: it is asked about three.
    analysis = shown.show(in_pieces("the dam nation <mask>"))
    shown.store.choose("attention", measure="contribution", unit="words")
    shown.derive()

    words = [-1, 0, 1, 1, 2, -1]
    expected = next(MadeUpEngine().contribution_steps(analysis.request, words))
    np.testing.assert_array_equal(table_of(shown)[1], expected[0])
    assert "vectors of a word's pieces are summed" in shown.panel.caption_text()


def test_a_click_on_a_word_locks_all_its_tokens_and_again_lets_them_go(shown: ShownPanel) -> None:
    shown.show(in_pieces())
    shown.store.choose("attention", unit="words")
    shown.derive()
    control = Qt.KeyboardModifier.ControlModifier

    QTest.mouseClick(heatmap_of(shown), LEFT, NONE, name_of(shown, 2).toPoint())
    word = shown.store.view.selection.tokens
    QTest.mouseClick(heatmap_of(shown), LEFT, control, name_of(shown, 1).toPoint())
    both = shown.store.view.selection.tokens
    QTest.mouseClick(heatmap_of(shown), LEFT, control, name_of(shown, 2).toPoint())
    rest = shown.store.view.selection.tokens
    QTest.mouseClick(heatmap_of(shown), LEFT, NONE, name_of(shown, 2).toPoint())
    QTest.mouseClick(heatmap_of(shown), LEFT, NONE, name_of(shown, 2).toPoint())

    assert (word, both, rest) == ((2, 3), (2, 3, 1), (1,))
    assert shown.store.view.selection.tokens == ()


def test_a_token_hovered_elsewhere_lights_its_word(shown: ShownPanel) -> None:
    shown.show(in_pieces())
    shown.store.choose("attention", unit="words")
    shown.derive()
    shown.store.hover_token(2)
    first = shown.picture()
    shown.store.hover_token(3)
    second = shown.picture()
    shown.store.hover_token(1)

    assert first == second
    assert shown.picture() != first
    shown.store.end_hover()


def test_what_is_measured_is_given_up_where_the_weights_of_the_pass_are_wanted_again(
    shown: ShownPanel,
) -> None:
    given_up: list[str] = []
    shown.panel.given_up.connect(lambda: given_up.append(shown.panel.name))
    shown.show(made_up_analysis(TEXT))
    shown.store.choose("attention", measure="contribution")
    asked = len(shown.wanted)

    shown.store.choose("attention", measure="attention")
    shown.store.select_layer(1)

    assert (asked, given_up) == (1, ["attention"])
