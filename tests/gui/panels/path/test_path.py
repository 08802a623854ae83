"""Through the layers: cosines are the states' own, captions name the step, clicks travel."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from roberta_gui import lanes
from roberta_gui.analysis.axes.modes import Space
from roberta_gui.gui.panels.path.panel import PathPanel
from roberta_gui.gui.widgets.charts.line_chart import LineChart
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.gui.widgets.painting.composition import Composition
from roberta_gui.view import Progress
from tests.gui.clicks import double_click
from tests.gui.panels.path_parts import TEXT, maps, prepared, written
from tests.gui.shown_panel import ShownPanel, axes_of
from tests.made_up import MADE_UP, made_up_analysis

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
LARGE, SMALL = (1250, 640), (500, 420)


pytestmark = pytest.mark.panel(kind=PathPanel, size=LARGE)


def chart(shown: ShownPanel) -> LineChart:
    (found,) = shown.panel.findChildren(LineChart)
    return found


def spot(each: LayerHeatmap, layer: int, token: int) -> QPoint:
    return each.layout_now().cell_rect(layer, token).center().toPoint()


# What is shown


@pytest.mark.parametrize("space", [Space("raw"), Space("centred"), Space("standardised")])
def test_arrays_and_table_hold_the_cosines_of_the_chosen_space(
    shown: ShownPanel, space: Space
) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("hidden", space=space)
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
    shown.store.choose("hidden", space=Space("raw"))
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

    shown.button(f"Itself at: {against}").click()

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
    every = (*maps(shown), chart(shown))
    wide = [figure.isVisible() for figure in every]
    shown.panel.resize(*SMALL)
    shown.picture()
    tight = [figure.isVisible() for figure in every]

    shown.button("Compare with: Contexts").click()

    assert wide == [True, True, True]
    assert tight == [True, False, False]
    assert [figure.isVisible() for figure in every] == [False, False, True]
    assert shown.panel.caption_text().startswith("In layer 1 the same word in other contexts")
    assert isinstance(shown.panel.picture(), Composition)


def test_only_choices_that_choose_something_are_shown(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    picture, itself = (
        shown.button(name) for name in ("Compare with: Itself", "Itself at: Embeddings")
    )
    wide = (picture.isVisible(), itself.isVisible())
    shown.panel.resize(*SMALL)
    shown.picture()
    tight = (picture.isVisible(), itself.isVisible())
    shown.button("Compare with: Others").click()

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
    double_click(itself, LEFT, NONE, spot(itself, 2, 4))
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
        "␣cat, token 3",
        f"Layer 3 with layer 2: {arrays['with_layer_before'][3, 2]:.3f}",
        "array index: hidden[3, 2]",
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
    shown.store.progress(lanes.AXES, Progress("Fitting the axes", 0.4))

    assert "Reading the reference sentences" in shown.words()


def test_a_space_that_is_not_fitted_yet_shows_no_numbers_of_another_one(shown: ShownPanel) -> None:
    analysis, axes = made_up_analysis(TEXT), axes_of(MADE_UP)
    early = {space: p for space, p in axes.preparations.items() if not space.k}
    shown.show(analysis, replace(axes, preparations=early))
    shown.derive()
    with_early = shown.panel.table()

    shown.store.choose("hidden", space=Space("drop_top", 3))

    assert with_early is not None
    assert shown.wanted == []
    assert shown.panel.table() is None
    assert shown.panel.caption_text() == ""


def test_a_model_too_narrow_for_a_space_is_told_so(shown: ShownPanel) -> None:
    narrow = replace(MADE_UP, name="narrow", d_model=8)
    shown.show(made_up_analysis(TEXT, narrow))
    shown.derive()

    shown.store.choose("hidden", space=Space("drop_top", 10))

    assert "No room for “drop top 10”" in shown.words()
