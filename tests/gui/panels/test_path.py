"""Through the layers: cosines are the states' own, captions name the step, clicks travel."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.gui.panels.path import PathPanel
from roberta_gui.gui.preview import MADE_UP, made_up_analysis
from roberta_gui.gui.widgets.charts.line_chart import LineChart
from roberta_gui.gui.widgets.layers.layer_map import LayerMap
from roberta_gui.gui.widgets.sentence.composition import Composition
from roberta_gui.records import Analysis
from roberta_gui.view import Progress
from tests.gui.shown_panel import ShownPanel, axes_of

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
TEXT = "The cat sat on the <mask> tonight"
LARGE, SMALL = (1250, 640), (500, 420)


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[ShownPanel]:
    shown = ShownPanel(PathPanel)
    shown.panel.resize(*LARGE)
    qtbot.addWidget(shown.panel)
    qtbot.addWidget(shown.panel.heading)
    with qtbot.waitExposed(shown.panel):
        shown.panel.show()
    yield shown
    vars(shown).clear()


def maps(shown: ShownPanel) -> tuple[LayerMap, LayerMap]:
    itself, others = shown.panel.findChildren(LayerMap)
    return itself, others


def chart(shown: ShownPanel) -> LineChart:
    (found,) = shown.panel.findChildren(LineChart)
    return found


def button(shown: ShownPanel, name: str) -> QToolButton:
    return next(b for b in shown.panel.findChildren(QToolButton) if b.accessibleName() == name)


def written(value: float, digits: int = 2) -> str:
    """Write a number with a minus sign, which what rounds to zero has not."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "−" if float(text) else "")


def words(shown: ShownPanel) -> list[str]:
    return [label.text() for label in shown.panel.findChildren(QLabel) if label.isVisible()]


def prepared(analysis: Analysis, space: Space) -> NDArray[np.float64]:
    """Centre and scale by hand, from the preparation's own numbers."""
    preparations = axes_of(MADE_UP).preparation(space)
    assert preparations is not None
    states = np.stack(
        [
            (h - p.centre) * p.scale
            for h, p in zip(analysis.hidden, preparations.layers, strict=True)
        ]
    )
    unit: NDArray[np.float64] = states / np.linalg.norm(states, axis=-1, keepdims=True)
    return unit


def spot(each: LayerMap, layer: int, token: int) -> QPoint:
    return each.layout_now().cell_rect(layer, token).center().toPoint()


# What is shown


@pytest.mark.parametrize("space", [Space("raw"), Space("centred"), Space("standardised")])
def test_arrays_and_table_hold_the_cosines_of_the_chosen_space(
    shown: ShownPanel, space: Space
) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.display(space=space)
    shown.derive()
    shown.store.select_token(3)
    unit = prepared(analysis, space)
    arrays, table = shown.panel.arrays(), shown.panel.table()
    assert arrays is not None
    assert table is not None

    np.testing.assert_allclose(
        arrays["with_layer_before"][1:], (unit[1:] * unit[:-1]).sum(-1), atol=1e-5
    )
    np.testing.assert_allclose(arrays["with_last_layer"], (unit * unit[-1]).sum(-1), atol=1e-5)
    np.testing.assert_allclose(arrays["between"], unit @ unit.transpose(0, 2, 1), atol=1e-5)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    with_third = np.array([row["with_selected_token"] for row in rows], dtype=float)
    np.testing.assert_allclose(with_third, (unit @ unit[:, 3, :, None])[..., 0].ravel(), atol=1e-5)
    first = np.array([row["with_embeddings"] for row in rows], dtype=float)
    np.testing.assert_allclose(first, (unit * unit[0]).sum(-1).ravel(), atol=1e-5)


def leaping(layer: int, tokens: list[int]) -> Analysis:
    """Make up a sentence whose tokens hardly turn but for some, which do into one layer."""
    analysis = made_up_analysis(TEXT)
    hidden = np.repeat(analysis.hidden[:1], len(analysis.hidden), axis=0)
    hidden += 0.01 * np.random.default_rng(0).normal(size=hidden.shape)
    hidden[layer:, tokens] *= -1
    return replace(analysis, hidden=hidden.astype(np.float32))


def show(shown: ShownPanel, analysis: Analysis) -> NDArray[np.float64]:
    """Show raw states; return the cosines of consecutive layers, float (step, token)."""
    shown.store.display(space=Space("raw"))
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
        f"Every layer turns “␣sat” about equally (cosine {written(every.min())} to "
        f"{written(every.max())}, raw); the tokens on average change most from layer 2 to layer 3"
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


def test_even_steps_are_called_even_and_their_range_is_told(shown: ShownPanel) -> None:
    turned = show(shown, leaping(1, []))
    mean = turned[:, 1:-1].mean(axis=1)

    assert (1 - mean).max() < 1.3 * (1 - mean).mean()
    low, high = written(mean.min()), written(mean.max())
    expected = f"Every layer turns the tokens about equally (mean cosine {low} to {high}, raw)."
    assert shown.panel.caption_text().startswith(expected)


# While heads are switched off


def test_with_heads_off_each_token_is_compared_with_itself_with_every_head_on(
    shown: ShownPanel,
) -> None:
    full = shown.show_text(TEXT)
    offered = button(shown, "Itself at: Every head on").isVisible()
    off = shown.switch_off((0, 1), (1, 2))
    space = Space("standardised")
    expected = (prepared(full, space) * prepared(off, space)).sum(-1)
    arrays, table = shown.panel.arrays(), shown.panel.table()
    assert arrays is not None
    assert table is not None

    np.testing.assert_allclose(arrays["with_every_head_on"], expected, atol=1e-5)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert rows[2]["with_every_head_on"] == arrays["with_every_head_on"].ravel()[2]
    mean = expected[:, 1:-1].mean(axis=1)
    layer = int(mean.argmin())
    where = f"layer {layer}" if layer else "the embeddings"
    assert (
        f"The switched-off heads turn the tokens most in {where} "
        f"(mean cosine {written(mean[layer])} with every head on)"
    ) in shown.panel.caption_text()
    before = shown.picture()
    button(shown, "Itself at: Every head on").click()
    assert not offered
    assert shown.picture() != before
    itself, _ = maps(shown)
    assert f"with every head on: {written(expected[3, 2], 3)}" in itself.tip(3, 2)


def test_with_heads_off_tips_tell_what_a_cosine_was_with_every_head_on(shown: ShownPanel) -> None:
    full = shown.show_text(TEXT)
    shown.store.select_token(2)
    off = shown.switch_off((0, 1))
    was, now = (prepared(each, Space("standardised")) for each in (full, off))
    itself, others = maps(shown)

    for tip, old, new in (
        (itself.tip(3, 4), was[3, 4] @ was[2, 4], now[3, 4] @ now[2, 4]),
        (others.tip(3, 4), was[3, 4] @ was[3, 2], now[3, 4] @ now[3, 2]),
    ):
        change = written(new - old, 3)
        sign = "+" if new > old else ""
        assert tip.splitlines()[-1] == f"With every head on: {written(old, 3)}, now {sign}{change}"


def test_with_every_head_on_again_nothing_speaks_of_switched_off_ones(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    plain, caption = maps(shown)[0].tip(3, 2), shown.panel.caption_text()
    shown.switch_off((0, 1))
    button(shown, "Itself at: Every head on").click()

    shown.store.restore_heads()
    shown.derive()

    assert not button(shown, "Itself at: Every head on").isVisible()
    assert maps(shown)[0].tip(3, 2) == plain
    assert shown.panel.caption_text() == caption
    assert "with_every_head_on" not in (shown.panel.arrays() or {})


# What is like what


def test_the_caption_names_the_nearest_token_of_the_chosen_layer(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    unit = prepared(analysis, Space("standardised"))
    shown.store.select_token(2)
    shown.store.select_layer(3)
    cosines = unit[3] @ unit[3, 2]
    cosines[2] = -2

    nearest = analysis.tokens[int(cosines.argmax())].text
    assert f"most like “␣cat” is “␣{nearest}” (cosine {written(cosines.max())}" in (
        shown.panel.caption_text()
    )


def test_chance_is_printed_with_its_n_and_is_the_mean_over_all_pairs(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.display(space=Space("raw"))
    shown.derive()
    shown.store.select_layer(2)
    sample = axes_of(MADE_UP).sample.astype(np.float64)
    unit = sample / np.linalg.norm(sample, axis=-1, keepdims=True)
    pairs = (unit @ unit.transpose(0, 2, 1))[:, *np.triu_indices(sample.shape[1], 1)]
    arrays = shown.panel.arrays()
    assert arrays is not None

    np.testing.assert_allclose(arrays["random_pairs"], pairs.mean(1), atol=1e-5)
    n = sample.shape[1]
    chance, same = pairs[2].mean(), arrays["self_similarity"][2]
    expected = f"random pairs of {n} tokens, one a sentence, have {written(chance)}: "
    side = "above" if same >= chance else "below"
    assert f"{expected}{written(abs(same - chance))} {side} chance." in shown.panel.caption_text()


def test_what_the_reference_gave_is_kept_from_sentence_to_sentence(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    first = shown.panel.arrays()
    shown.show_text("Another one")
    second = shown.panel.arrays()
    assert first is not None
    assert second is not None

    assert second["random_pairs"] is first["random_pairs"]
    assert second["between"].shape != first["between"].shape


@pytest.mark.parametrize(
    ("against", "said"), [("Embeddings", "with the embeddings"), ("Last layer", "last layer")]
)
def test_tokens_can_be_compared_with_where_they_start_and_end(
    shown: ShownPanel, against: str, said: str
) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.select_token(2)
    shown.store.select_layer(2)
    before = shown.picture()
    unit = prepared(analysis, Space("standardised"))

    button(shown, f"Itself at: {against}").click()

    other = unit[0 if against == "Embeddings" else -1, 2]
    assert shown.picture() != before
    assert f"In layer 2 the cosine of “␣cat” with the {said.removeprefix('with the ')} is " in (
        shown.panel.caption_text()
    )
    assert f"is {written(unit[2, 2] @ other)} (" in shown.panel.caption_text()


# Room


def test_with_room_all_pictures_are_shown_and_without_it_the_chosen_one(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.select_token(2)
    every: list[QWidget] = [*maps(shown), chart(shown)]
    wide = [figure.isVisible() for figure in every]
    shown.panel.resize(*SMALL)
    shown.picture()
    tight = [figure.isVisible() for figure in every]

    button(shown, "Compare with: Contexts").click()

    assert wide == [True, True, True]
    assert tight == [True, False, False]
    assert [figure.isVisible() for figure in every] == [False, False, True]
    assert shown.panel.caption_text().startswith("In layer 1 the same word in other contexts")
    assert isinstance(shown.panel.picture(), Composition)


def test_only_choices_that_choose_something_are_shown(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    picture, itself = (
        button(shown, name) for name in ("Compare with: Itself", "Itself at: Embeddings")
    )
    wide = (picture.isVisible(), itself.isVisible())
    shown.panel.resize(*SMALL)
    shown.picture()
    tight = (picture.isVisible(), itself.isVisible())
    button(shown, "Compare with: Others").click()

    assert (wide, tight) == ((False, True), (True, True))
    assert (picture.isVisible(), itself.isVisible()) == (True, False)


# Pointer and keys


def test_a_click_locks_the_token_and_chooses_the_layer(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    _, others = maps(shown)

    QTest.mouseClick(others, LEFT, NONE, spot(others, 3, 2))
    first = (shown.store.view.selection.tokens, shown.store.view.selection.layer)
    QTest.mouseClick(others, LEFT, NONE, spot(others, 1, 2))
    second = (shown.store.view.selection.tokens, shown.store.view.selection.layer)
    QTest.mouseClick(others, LEFT, NONE, spot(others, 1, 2))

    assert first == ((2,), 3)
    assert second == ((2,), 1)  # another layer of the same token: it stays
    assert shown.store.view.selection.tokens == ()


def test_hover_lights_the_token_up_and_a_double_click_asks_to_mask_it(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    itself, _ = maps(shown)
    asked: list[int] = []
    shown.panel.mask_wanted.connect(asked.append)

    QTest.mouseMove(itself, spot(itself, 2, 4))
    hovered = shown.store.view.selection.hovered_token
    QTest.mouseDClick(itself, LEFT, NONE, spot(itself, 2, 4))
    shown.store.end_hover()

    assert hovered == 4
    assert asked == [4]


def test_arrow_keys_go_up_through_the_layers_and_on_to_the_next_token(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.select_layer(2)
    itself, _ = maps(shown)

    QTest.keyClick(itself, Qt.Key.Key_Up)
    up = shown.store.view.selection.layer
    QTest.keyClick(itself, Qt.Key.Key_Left)
    last = shown.store.view.selection.tokens
    QTest.keyClick(itself, Qt.Key.Key_Right)  # beyond the last there is none
    still = shown.store.view.selection.tokens
    QTest.keyClick(itself, Qt.Key.Key_Left)
    QTest.keyClick(chart(shown), Qt.Key.Key_Left)

    assert up == 3
    assert last == still == (len(analysis.tokens) - 1,)
    assert shown.store.view.selection.tokens == (len(analysis.tokens) - 2,)
    assert shown.store.view.selection.layer == 2


def test_a_click_on_the_chart_chooses_a_layer(shown: ShownPanel) -> None:
    shown.show_text(TEXT)

    above_zero = chart(shown).place(4, 0.0).toPoint() - QPoint(0, 20)
    QTest.mouseClick(chart(shown), LEFT, NONE, above_zero)

    assert shown.store.view.selection.layer == 4


def test_pictures_of_an_earlier_sentence_lock_no_token_of_the_new_one(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.show(made_up_analysis("Quite another sentence with many more words than before"))
    itself, _ = maps(shown)

    QTest.mouseClick(itself, LEFT, NONE, spot(itself, 3, 2))
    QTest.mouseMove(itself, spot(itself, 3, 3))
    QTest.keyClick(itself, Qt.Key.Key_Right)

    assert shown.store.view.selection.tokens == ()
    assert shown.store.view.selection.hovered_token is None


def test_tips_name_tokens_layers_and_the_place_in_the_array(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.select_token(2)
    arrays = shown.panel.arrays()
    assert arrays is not None
    itself, others = maps(shown)

    assert itself.tip(3, 2).splitlines() == [
        "␣cat, token 2",
        f"Layer 3 with layer 2: {arrays['with_layer_before'][3, 2]:.3f}",
        "hidden[3]",
    ]
    assert "no layer before" in itself.tip(0, 2)
    assert others.tip(3, 4).splitlines()[:2] == [
        "␣cat with ␣on", f"Layer 3: {written(arrays['between'][3, 2, 4], 3)}",
    ]  # fmt: skip
    assert others.tip(3, 2) == "␣cat: the selected token itself"


# While there is nothing


def test_while_the_reference_is_read_the_panel_says_how_far_that_is(shown: ShownPanel) -> None:
    shown.store.use_model(MADE_UP)
    shown.store.show(made_up_analysis(TEXT))
    shown.store.progress("background", Progress("Fitting the axes", 0.4))

    assert "Reading the reference sentences" in words(shown)


def test_a_space_that_is_not_fitted_yet_shows_no_numbers_of_another_one(shown: ShownPanel) -> None:
    analysis, axes = made_up_analysis(TEXT), axes_of(MADE_UP)
    early = {space: p for space, p in axes.preparations.items() if not space.k}
    shown.show(analysis, replace(axes, preparations=early))
    shown.derive()
    with_early = shown.panel.table()

    shown.store.display(space=Space("drop_top", 3))

    assert with_early is not None
    assert shown.wanted == []
    assert shown.panel.table() is None
    assert shown.panel.caption_text() == ""


def test_a_model_too_narrow_for_a_space_is_told_so(shown: ShownPanel) -> None:
    narrow = replace(MADE_UP, name="narrow", d_model=8)
    shown.show(made_up_analysis(TEXT, narrow))
    shown.derive()

    shown.store.display(space=Space("drop_top", 10))

    assert "No room for “drop top 10”" in words(shown)
