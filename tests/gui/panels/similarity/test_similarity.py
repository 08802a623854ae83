"""Layer similarity: the map against the measures themselves, its words, its choices."""

import csv
import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.layer_maps.alignment import align, averaged
from roberta_gui.analysis.layer_maps.layer_map import Measure
from roberta_gui.analysis.similarity import (
    debiased_cka,
    mean_cosine,
    neighbour_overlap,
    procrustes,
    rsa,
)
from roberta_gui.analysis.stepped import result_of
from roberta_gui.gui.panels.similarity.panel import SimilarityPanel
from roberta_gui.gui.widgets.layers.step_bars import StepBars
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import NoNetwork, Stopped
from roberta_gui.view import Derived, Progress
from tests.gui.panels.shown_similarity import (
    choose,
    made_up_sample,
    map_of,
    values_of,
    written,
)
from tests.gui.shown_panel import ShownPanel, axes_of
from tests.made_up import MADE_UP, MADE_UP_TOKENS, SMALLER, MadeUpModel

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
MEASURES = {
    "cka": debiased_cka,
    "cosine": mean_cosine,
    "rsa": rsa,
    "procrustes": procrustes,
    "neighbours": neighbour_overlap,
}


pytestmark = pytest.mark.panel(kind=SimilarityPanel)


@pytest.mark.parametrize(
    "space", [Space("raw"), Space("standardised"), Space("all_but_the_top", 3)]
)
@pytest.mark.parametrize("measure", list(MEASURES))
def test_the_map_holds_the_measures_of_prepared_states(
    shown: ShownPanel, measure: Measure, space: Space
) -> None:
    shown.show_text("one")
    shown.store.choose("hidden", space=space)
    choose(shown, measure)
    shown.derive()
    preparations = axes_of(MADE_UP).preparations.get(space)
    assert preparations is not None
    hidden = made_up_sample(MadeUpModel()).hidden
    prepared = [preparations.apply_layer(*layer) for layer in enumerate(hidden)]

    values = values_of(shown)

    for row, column in ((0, 1), (2, 4), (3, 3)):
        expected = MEASURES[measure](prepared[row], prepared[column])
        assert values[row, column] == pytest.approx(expected, abs=5e-4)


def test_two_models_are_compared_on_the_text_that_both_cut(shown: ShownPanel) -> None:
    shown.show_text("one")
    shown.store.hold_against(model=SMALLER)
    shown.derive()
    left, right = made_up_sample(MadeUpModel()), made_up_sample(MadeUpModel(SMALLER))
    alignment = align(left, right)
    preparations = axes_of(MADE_UP).preparations.get(Space())
    assert preparations is not None
    # A second model has no reference axes: its own sample's mean and deviation count.
    states = right.hidden[2].astype(np.float64)
    own = (states - states.mean(axis=0)) / states.std(axis=0)
    rows = averaged(preparations.apply_layer(1, left.hidden[1]), alignment.left, len(own))
    columns = averaged(own.astype(np.float32), alignment.right, len(own))

    values = values_of(shown)

    assert values.shape == (5, 3)
    assert values[1, 2] == pytest.approx(debiased_cka(rows, columns), abs=1e-4)
    assert "Most alike on the reference sentences:" in shown.said()
    assert "(smaller: by these sentences)" in shown.panel.caption_text()


def test_words_tell_how_alike_neighbours_are_and_where_the_largest_step_lies(
    shown: ShownPanel,
) -> None:
    shown.show_text("one")
    near = values_of(shown).diagonal(1)

    said = shown.said()

    lowest = int(near.argmin())
    assert f"the largest is {lowest or 'emb'} → {lowest + 1}" in said
    assert "measured on the reference sentences" in said
    whole = shown.panel.caption_text().replace("−", "-")
    found = re.search(r"Neighbouring layers: CKA (-?[\d.]+)\s±\s([\d.]+) on average", whole)
    assert found is not None
    assert float(found[1]) == pytest.approx(near.mean(), abs=0.006)
    assert 0 < float(found[2]) < 0.1
    assert "±" in said


def test_the_caption_says_measure_space_n_and_scale(shown: ShownPanel) -> None:
    shown.show_text("one")

    caption = shown.panel.caption_text()

    assert re.match(rf"n = {MADE_UP_TOKENS} tokens, \d+ sentences; ", caption)
    assert "debiased linear CKA, standardised by the reference sentences" in caption
    assert "95 % interval from 100 half-size samples of sentences" in caption
    low, high = np.floor(values_of(shown).min() * 10) / 10, 1
    assert f"scale {low:.2g} to {high}".replace("-", "\N{MINUS SIGN}") in caption
    assert "-0.00" not in caption


def test_hovering_a_cell_tells_its_value_interval_and_n(shown: ShownPanel, qtbot: QtBot) -> None:
    shown.show_text("one")
    heat, arrays = map_of(shown), shown.panel.arrays()
    assert arrays is not None
    place = heat.layout_now().cell_rect(1, 3).center().toPoint()

    with qtbot.waitSignal(heat.cell_hovered, check_params_cb=lambda *cell: cell == (1, 3)):
        QTest.mouseMove(heat, QPoint(1, 1))
        QTest.mouseMove(heat, place)

    value, width = arrays["values"][1, 3], arrays["half_width_95"][1, 3]
    line = f"Layer 1 and layer 3: CKA {written(value)} ± {width:.2f}"
    assert line in shown.said()
    assert line in heat.accessibleDescription().replace("\N{NO-BREAK SPACE}", " ")
    assert f"{MADE_UP_TOKENS} tokens" in heat.accessibleDescription()


def test_a_finer_map_tells_of_the_cell_that_is_looked_at(shown: ShownPanel) -> None:
    shown.show_text("one")
    QTest.keyClick(map_of(shown), Qt.Key.Key_Right)

    shown.store.choose("hidden", space=Space("raw"))
    shown.derive()

    row, column = map_of(shown).current or (0, 0)
    assert row != column
    assert (
        f"Layer {row} and layer {column}: CKA {values_of(shown)[row, column]:.2f}" in shown.said()
    )


def test_a_click_chooses_the_rows_layer_and_arrow_keys_travel(shown: ShownPanel) -> None:
    shown.show_text("one")
    heat = map_of(shown)

    QTest.mouseClick(heat, LEFT, NONE, heat.layout_now().cell_rect(3, 1).center().toPoint())
    clicked = shown.store.view.selection.layer
    QTest.keyClick(heat, Qt.Key.Key_Up)
    stepped = shown.store.view.selection.layer
    QTest.keyClick(heat, Qt.Key.Key_Right)

    assert (clicked, stepped, shown.store.view.selection.layer) == (3, 4, 4)


def test_the_table_lists_every_pair_with_its_interval(shown: ShownPanel) -> None:
    shown.show_text("one")
    table = shown.panel.table()
    assert table is not None

    rows = list(csv.DictReader(table.to_csv().splitlines()))

    assert len(rows) == 25
    assert [row["row_layer"] for row in rows[::5]] == ["emb", "1", "2", "3", "4"]
    numbers = np.array([float(row["value"]) for row in rows]).reshape(5, 5)
    np.testing.assert_array_equal(numbers, values_of(shown))


def test_going_back_to_a_finished_map_computes_nothing(shown: ShownPanel) -> None:
    shown.show_text("one")
    choose(shown, "rsa")
    (wanted,) = shown.wanted
    model = MadeUpModel()
    first, again = (
        wanted.work(model, lambda: False, lambda _text, _fraction: None) for _ in range(2)
    )
    found = result_of(first)

    assert list(again) == [None]
    assert model.known[next(iter(model.known))] is found


def test_the_first_map_is_shown_while_the_intervals_are_still_to_come(shown: ShownPanel) -> None:
    shown.show_text("one")
    choose(shown, "rsa")
    (wanted,) = shown.wanted

    partial = [
        step
        for step in wanted.work(MadeUpModel(), lambda: False, lambda _t, _f: None)
        if step is not None
    ]

    assert not partial[0].is_final
    assert partial[0].found is not None
    assert np.isfinite(partial[0].found.values).all()
    assert np.isnan(partial[0].found.half_width).all()
    assert np.isfinite(np.triu(partial[-1].found.half_width, 1)).all()


def test_a_map_that_was_stopped_promises_no_intervals(shown: ShownPanel) -> None:
    shown.show_text("one")
    choose(shown, "rsa")
    (wanted,) = shown.wanted
    steps = wanted.work(MadeUpModel(), lambda: False, lambda _t, _f: None)
    first = next(step for step in steps if step is not None)
    shown.store.derive("similarity", Derived(wanted.key, first))
    under_way = shown.said()

    shown.store.report(panel_lane("similarity"), Stopped("What was known by then stays."))

    assert "intervals are on their way" in under_way
    assert "no intervals: stopped" in shown.said()
    assert "no intervals: stopped" in shown.panel.caption_text()


def test_another_sentence_asks_for_nothing_new(shown: ShownPanel) -> None:
    shown.show_text("one")
    shown.show_text("quite another sentence")

    assert shown.wanted == []


def test_while_sentences_are_read_the_panel_says_so(shown: ShownPanel) -> None:
    shown.store.use_model(MADE_UP)
    shown.store.use_axes(axes_of(MADE_UP))
    shown.store.progress(panel_lane("similarity"), Progress("Reading sentences with mini", 0.4))

    assert "Reading sentences with mini" in shown.said()


def test_axes_that_cannot_be_fitted_are_explained_in_their_place(shown: ShownPanel) -> None:
    shown.store.use_model(MADE_UP)
    shown.store.report(lanes.AXES, NoNetwork("No axes.", "Because of this."))

    assert "No axes." in shown.said()
    assert "Because of this." in shown.said()


def test_a_bar_points_at_the_step_in_the_map_and_a_click_chooses_its_layer(
    shown: ShownPanel,
) -> None:
    shown.panel.resize(900, 500)
    shown.show_text("one")
    (bars,) = shown.panel.findChildren(StepBars)
    values = values_of(shown)
    place = bars.item_rect(2).center().toPoint()

    QTest.mouseMove(bars, QPoint(1, 1))
    QTest.mouseMove(bars, place)
    pointed = map_of(shown).current
    line = f"Layer 2 and layer 3: CKA {written(values[2, 3])}"
    told = line in shown.said()
    QTest.mouseClick(bars, LEFT, NONE, place)
    QTest.mouseMove(bars, QPoint(1, 1))

    assert (pointed, told, shown.store.view.selection.layer) == ((2, 3), True, 3)
    assert map_of(shown).current is None


def test_upper_bounds_are_drawn_but_not_handed_out(shown: ShownPanel) -> None:
    shown.show_text("one")
    before = shown.store.view.derived["similarity"]
    bounds = replace(before.value, found=replace(before.value.found, are_bounds=True))

    shown.store.derive("similarity", Derived(before.key, bounds))

    assert "upper bounds" in shown.panel.caption_text()
    assert (shown.panel.table(), shown.panel.arrays()) == (None, None)
