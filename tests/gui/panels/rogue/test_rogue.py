"""Rogue dimensions: parts sum to the mean cosine, the planted one is named, clicks choose."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from roberta_gui import lanes
from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.preparation import Preparation, Preparations
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.gui.panels.rogue.panel import RoguePanel
from roberta_gui.gui.widgets.charts.bar_chart import BarChart, BarSeries
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.view import Progress
from tests.gui.shown_panel import ShownPanel, axes_of
from tests.made_up import MADE_UP, SMALLER, made_up_analysis

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
TEXT = "The cat sat"
ROGUE, N_LAYERS, N_FEATURES = 11, MADE_UP.n_layers + 1, MADE_UP.d_model
RAW, CENTRED = Space("raw"), Space("centred")


def planted() -> ReferenceAxes:
    """Make a reference in which one dimension is far from zero from layer 2 on."""
    random = np.random.default_rng(4)
    sample = random.normal(size=(N_LAYERS, 60, N_FEATURES)).astype(np.float32)
    sample[2:, :, ROGUE] = 8 + 0.1 * sample[2:, :, ROGUE]

    def prepare(space: Space) -> Preparations:
        none = np.zeros((N_FEATURES, 0))
        layers = tuple(
            Preparation(
                states.mean(0, dtype=np.float64) * (space == CENTRED), np.ones(N_FEATURES), none, 1
            )
            for states in sample
        )
        return Preparations(space, layers)

    spaces = {space: prepare(space) for space in (RAW, CENTRED)}
    return replace(axes_of(MADE_UP), sample=sample, preparations=spaces)


pytestmark = pytest.mark.panel(kind=RoguePanel, size=(1200, 560))


@pytest.fixture
def shown(shown: ShownPanel) -> ShownPanel:
    shown.store.choose("hidden", space=RAW)
    shown.show(made_up_analysis(TEXT), planted())
    shown.derive()
    return shown


def bars(shown: ShownPanel) -> BarChart:
    (found,) = shown.panel.findChildren(BarChart)
    return found


def layer_map(shown: ShownPanel) -> LayerHeatmap:
    (found,) = shown.panel.findChildren(LayerHeatmap)
    return found


def arrays(shown: ShownPanel) -> dict[str, NDArray[np.float64]]:
    found = shown.panel.arrays()
    assert found is not None
    return dict(found)


def mean_cosine(states: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average over all pairs, one by one: (layer + 1,)."""
    unit = states / np.linalg.norm(states, axis=-1, keepdims=True)
    cosines = unit @ unit.transpose(0, 2, 1)
    mean: NDArray[np.float64] = cosines[:, *np.triu_indices(states.shape[1], 1)].mean(1)
    return mean


@pytest.mark.parametrize("space", [RAW, CENTRED])
def test_parts_sum_to_the_mean_cosine_of_the_space_and_shares_to_one(
    shown: ShownPanel, space: Space
) -> None:
    shown.store.choose("hidden", space=space)
    shown.derive()
    raw = planted().sample.astype(np.float64)
    states = raw - raw.mean(1, keepdims=True) * (space == CENTRED)
    found = arrays(shown)

    np.testing.assert_allclose(found["part_of_mean_cosine"].sum(1), mean_cosine(states), atol=1e-6)
    np.testing.assert_allclose(found["share_of_variance"].sum(1), 1)
    np.testing.assert_allclose(found["raw_mean_cosine"], mean_cosine(raw), atol=1e-6)
    np.testing.assert_allclose(found["raw_mean"], raw.mean(1), atol=1e-6)
    np.testing.assert_allclose(found["raw_deviation"], raw.std(1), atol=1e-6)
    np.testing.assert_allclose(found["raw_part_of_mean_cosine"].sum(1), mean_cosine(raw), atol=1e-6)
    variances = raw.var(1)
    np.testing.assert_allclose(
        found["raw_share_of_variance"], variances / variances.sum(1, keepdims=True), atol=1e-6
    )


def test_the_planted_dimension_is_named_with_its_share_in_the_layers_that_have_it(
    shown: ShownPanel,
) -> None:
    shown.store.select_layer(3)
    found = arrays(shown)["part_of_mean_cosine"][3]
    caption = shown.panel.caption_text()

    share = found[ROGUE] / found.sum()
    assert share > 0.9
    expected = f"In layer 3 (raw, 60 tokens) dimension {ROGUE} holds {share * 100:.0f} %"
    assert expected in caption
    assert f"mean cosine {found.sum():.2f} of random pairs" in caption
    shown.store.select_layer(1)
    assert "no dimension rules it" in shown.panel.caption_text()


def test_centring_takes_the_rule_away_and_the_caption_tells_what_it_was(shown: ShownPanel) -> None:
    shown.store.select_layer(3)
    raw = arrays(shown)["part_of_mean_cosine"][3].sum()
    before = shown.picture()

    shown.button("Rogue dimensions: Centred").click()
    shown.derive()

    assert shown.store.view.choices.hidden.space == CENTRED
    assert shown.picture() != before
    caption = shown.panel.caption_text()
    assert "near zero" in caption
    assert f"raw it is {raw:.2f}, and dimension {ROGUE} holds" in caption


def test_bars_are_percentages_of_the_raw_mean_cosine_and_of_the_variance(
    shown: ShownPanel,
) -> None:
    shown.store.select_layer(3)
    raw = planted().sample[3].astype(np.float64)
    whole = mean_cosine(raw[np.newaxis])[0]
    unit = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    part = (unit[:, ROGUE, None] * unit[:, ROGUE])[np.triu_indices(len(raw), 1)].mean()
    share = raw.var(axis=0)[ROGUE] / raw.var(axis=0).sum()
    as_raw = [bars(shown).bar_rect(series, 0).height() for series in (0, 1)]

    shown.button("Rogue dimensions: Centred").click()
    shown.derive()
    behind = [bars(shown).bar_rect(series, 0, faint=True).height() for series in (0, 1)]

    assert as_raw[1] / as_raw[0] == pytest.approx(share * whole / part, rel=0.02)
    # The raw bars stay where they were, pale, and the cosine's own bar is next to nothing.
    assert behind[1] / behind[0] == pytest.approx(share * whole / part, rel=0.02)
    assert bars(shown).bar_rect(0, 0).height() < behind[0] / 50


def test_where_raw_states_have_no_mean_cosine_the_axis_of_the_bars_is_not_in_per_cent(
    shown: ShownPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[list[str], str]] = []

    def record(
        _bars: BarChart, _names: object, _tips: object, series: list[BarSeries], **how: object
    ) -> None:
        drawn.append(([each.name for each in series], str(how["unit"])))

    means = mean_cosine(planted().sample.astype(np.float64))
    monkeypatch.setattr(BarChart, "set_bars", record)
    shown.store.select_layer(3)
    shown.store.select_layer(1)

    assert means[3] > 0.5
    assert abs(means[1]) < 0.02
    assert drawn == [
        ([f"% of the mean cosine {means[3]:.3f}", "% of the variance"], " %"),
        (["mean cosine × 100", "variance in %"], ""),
    ]


def test_a_space_in_which_nothing_rules_keeps_the_raw_dimensions_and_their_map(
    shown: ShownPanel,
) -> None:
    shown.store.select_layer(3)
    map_before = layer_map(shown).grab().toImage()
    QTest.keyClick(bars(shown), Qt.Key.Key_Right)
    shown.button("Rogue dimensions: Centred").click()
    shown.derive()
    said = bars(shown).accessibleDescription().splitlines()
    QTest.keyClick(bars(shown), Qt.Key.Key_Left)

    assert said[0] == f"dimension {ROGUE}, layer 3"
    assert [line.split(":")[0] for line in said[1:5:2]] == ["centred", "raw"]
    spot = layer_map(shown).layout_now().cell_rect(4, 0).center().toPoint()
    assert layer_map(shown).grab().toImage().pixel(spot) == map_before.pixel(spot)


def test_by_variance_another_dimension_comes_first(shown: ShownPanel) -> None:
    shown.store.select_layer(3)
    first = int(arrays(shown)["share_of_variance"][3].argmax())

    shown.button("Largest by: Variance").click()

    assert first != ROGUE
    assert f"dimension {first} holds" in shown.panel.caption_text()


def test_the_table_has_a_row_for_every_dimension_of_every_layer(shown: ShownPanel) -> None:
    table = shown.panel.table()
    assert table is not None
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    assert len(rows) == N_LAYERS * N_FEATURES
    row = next(r for r in rows if (r["layer"], r["dimension"]) == ("3", ROGUE))
    assert row["part_of_mean_cosine"] == arrays(shown)["part_of_mean_cosine"][3, ROGUE]


def test_a_click_on_the_map_chooses_the_layer_and_marks_the_dimension_in_both_pictures(
    shown: ShownPanel,
) -> None:
    spot = layer_map(shown).layout_now().cell_rect(4, 0).center().toPoint()

    QTest.mouseClick(layer_map(shown), LEFT, NONE, spot)

    assert shown.store.view.selection.layer == 4
    # The largest of all layers comes first in the map, and in this layer's bars as well.
    assert bars(shown).accessibleDescription().startswith(f"dimension {ROGUE}, layer 4")


def test_a_click_on_a_bar_marks_its_dimension_and_another_lets_it_go(shown: ShownPanel) -> None:
    shown.store.select_layer(3)
    plain = shown.picture()
    spot = bars(shown).item_rect(0).center().toPoint()

    QTest.mouseClick(bars(shown), LEFT, NONE, spot)
    marked, said = shown.picture(), bars(shown).accessibleDescription()
    QTest.mouseClick(bars(shown), LEFT, NONE, spot)

    assert marked != plain
    assert f"dimension {ROGUE}, layer 3" in said
    assert shown.picture() == plain


def test_a_marked_dimension_stays_marked_where_another_layer_puts_it_elsewhere(
    shown: ShownPanel,
) -> None:
    shown.store.select_layer(3)
    QTest.keyClick(bars(shown), Qt.Key.Key_Right)
    shown.store.select_layer(0)

    assert bars(shown).accessibleDescription().startswith(f"dimension {ROGUE}, the embeddings")


def test_keys_walk_over_dimensions_and_layers(shown: ShownPanel) -> None:
    shown.store.select_layer(2)
    for _ in range(2):
        QTest.keyClick(bars(shown), Qt.Key.Key_Right)
    second = bars(shown).accessibleDescription()
    QTest.keyClick(bars(shown), Qt.Key.Key_Left)
    first = bars(shown).accessibleDescription()
    QTest.keyClick(bars(shown), Qt.Key.Key_Left)  # before the first there is none
    QTest.keyClick(layer_map(shown), Qt.Key.Key_Up)
    QTest.keyClick(bars(shown), Qt.Key.Key_Up)  # the panel's own keys: up is a layer on, too

    assert first.startswith(f"dimension {ROGUE}, layer 2")
    assert not second.startswith(f"dimension {ROGUE},")
    assert shown.store.view.selection.layer == 4


def test_hovering_a_bar_lights_the_dimension_up_in_the_map(shown: ShownPanel) -> None:
    before = layer_map(shown).grab().toImage()

    QTest.mouseMove(bars(shown), bars(shown).item_rect(0).center().toPoint())
    lit = layer_map(shown).grab().toImage()
    QTest.mouseMove(bars(shown), QPoint(1, 1))

    assert lit != before
    assert layer_map(shown).grab().toImage() == before


def test_tips_tell_index_parts_mean_and_deviation(shown: ShownPanel) -> None:
    shown.store.select_layer(3)
    QTest.keyClick(bars(shown), Qt.Key.Key_Right)
    found = {name: array[3, ROGUE] for name, array in arrays(shown).items() if array.ndim == 2}
    tip = bars(shown).accessibleDescription()

    assert f"raw: adds {found['part_of_mean_cosine']:.4f} to the mean cosine" in tip
    assert f"holds {found['share_of_variance'] * 100:.2f} % of the variance" in tip
    assert f"raw: mean {found['raw_mean']:.3g}, deviation {found['raw_deviation']:.3g}" in tip
    assert f"hidden[3, :, {ROGUE}]" in tip


def test_where_it_is_tight_one_picture_is_chosen(shown: ShownPanel) -> None:
    wide = (bars(shown).isVisible(), layer_map(shown).isVisible())
    shown.panel.resize(460, 300)
    shown.picture()
    tight = (bars(shown).isVisible(), layer_map(shown).isVisible())

    shown.button("Show: All layers").click()

    assert (wide, tight) == ((True, True), (True, False))
    assert (bars(shown).isVisible(), layer_map(shown).isVisible()) == (False, True)


def test_while_the_reference_is_read_the_panel_says_so(shown: ShownPanel) -> None:
    other = replace(MADE_UP, name="other")
    shown.store.use_model(other)
    shown.store.progress(lanes.AXES, Progress("Fitting the axes", 0.4))

    said = [label.text() for label in shown.panel.findChildren(QLabel) if label.isVisible()]
    assert "Reading the reference sentences" in said
    assert shown.panel.table() is None


def test_a_new_sentence_asks_for_nothing_new(shown: ShownPanel) -> None:
    shown.show(made_up_analysis("Another sentence altogether"))

    assert shown.wanted == []
    assert shown.panel.is_current


def test_nothing_of_the_model_before_is_shown_while_the_next_one_is_measured(
    shown: ShownPanel,
) -> None:
    assert shown.panel.known is not None

    shown.store.use_model(SMALLER)
    shown.store.use_axes(axes_of(SMALLER))

    assert shown.panel.known is None
    assert shown.panel.table() is None
    assert shown.panel.caption_text() == ""
    assert RoguePanel.busy in shown.words()
    shown.derive()
    assert shown.panel.known is not None
    shown.store.choose("hidden", space=CENTRED)
    assert shown.panel.known is not None  # the last space stays in sight until the next is there
