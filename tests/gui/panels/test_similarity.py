"""Layer similarity: the map against the measures themselves, its words, its choices."""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.analysis.layer_maps.alignment import align, averaged
from roberta_gui.analysis.layer_maps.layer_map import Measure, result_of
from roberta_gui.analysis.layer_maps.samples import Sample
from roberta_gui.analysis.similarity import (
    debiased_cka,
    mean_cosine,
    neighbour_overlap,
    procrustes,
    rsa,
)
from roberta_gui.gui.panels.similarity import LABELS, SimilarityPanel
from roberta_gui.gui.preview import MADE_UP, MADE_UP_TOKENS, MadeUpModel
from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.layers.similarity_map import SimilarityMap
from roberta_gui.problems import BadArgument, NoNetwork
from roberta_gui.records import FloatArray
from roberta_gui.resources import resource
from roberta_gui.view import Derived, Progress
from tests.gui.shown_panel import ShownPanel, axes_of

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
MEASURES = {
    "cka": debiased_cka,
    "cosine": mean_cosine,
    "rsa": rsa,
    "procrustes": procrustes,
    "neighbours": neighbour_overlap,
}


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[ShownPanel]:
    shown = ShownPanel(SimilarityPanel)
    qtbot.addWidget(shown.panel)
    qtbot.addWidget(shown.panel.heading)
    with qtbot.waitExposed(shown.panel):
        shown.panel.show()
    yield shown
    vars(shown).clear()


def written(value: float) -> str:
    """Write a value as people do: no minus before what rounds to zero."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def map_of(shown: ShownPanel) -> SimilarityMap:
    widget = shown.panel.picture()
    assert isinstance(widget, SimilarityMap)
    return widget


def words(shown: ShownPanel) -> str:
    labels = (label for label in shown.panel.findChildren(QLabel) if label.isVisible())
    return " ".join(label.text() for label in labels).replace("\N{NO-BREAK SPACE}", " ")


def choose(shown: ShownPanel, measure: Measure) -> None:
    (segments,) = shown.panel.findChildren(Segments)
    buttons = segments.findChildren(QToolButton)
    next(button for button in buttons if button.text() == LABELS[measure]).click()


def button(shown: ShownPanel, name: str) -> ChoiceButton:
    buttons = shown.panel.findChildren(ChoiceButton)
    return next(b for b in buttons if b.accessibleName().startswith(name))


def choices(shown: ShownPanel, name: str) -> dict[str, bool]:
    """Return what a menu lists, and whether it is marked."""
    return {
        a.text(): a.isChecked() for a in button(shown, name).menu().actions() if a.isCheckable()
    }


def trigger(shown: ShownPanel, name: str, text: str) -> None:
    next(a for a in button(shown, name).menu().actions() if a.text() == text).trigger()


def values_of(shown: ShownPanel) -> FloatArray:
    arrays = shown.panel.arrays()
    assert arrays is not None
    return arrays["values"]


def made_up_sample(model: MadeUpModel) -> Sample:
    sentences = reference_sentences(resource("reference_sentences.txt"))
    return result_of(model.sample(sentences, 4096))


@pytest.mark.parametrize(
    "space", [Space("raw"), Space("standardised"), Space("all_but_the_top", 3)]
)
@pytest.mark.parametrize("measure", list(MEASURES))
def test_the_map_holds_the_measures_of_prepared_states(
    shown: ShownPanel, measure: Measure, space: Space
) -> None:
    shown.show_text("one")
    shown.store.display(space=space)
    choose(shown, measure)
    shown.derive()
    preparations = axes_of(MADE_UP).preparation(space)
    assert preparations is not None
    prepared = preparations.apply(made_up_sample(MadeUpModel()).hidden)

    values = values_of(shown)

    for row, column in ((0, 1), (2, 4), (3, 3)):
        expected = MEASURES[measure](prepared[row], prepared[column])
        assert values[row, column] == pytest.approx(expected, abs=5e-4)


def test_two_models_are_compared_on_the_text_that_both_cut(shown: ShownPanel) -> None:
    shown.show_text("one")
    trigger(shown, "Compared with", "mini · built in")
    shown.derive()
    one, other = MadeUpModel(), MadeUpModel().other("mini", lambda: False, lambda _t, _f: None)
    left, right = made_up_sample(one), made_up_sample(other)
    alignment = align(left, right)
    preparations = axes_of(MADE_UP).preparation(Space())
    assert preparations is not None
    # A second model has no reference axes: its own sample's mean and deviation count.
    states = right.hidden[2].astype(np.float64)
    own = (states - states.mean(axis=0)) / states.std(axis=0)
    rows = averaged(preparations.apply_layer(1, left.hidden[1]), alignment.left, len(own))
    columns = averaged(own.astype(np.float32), alignment.right, len(own))

    values = values_of(shown)

    assert values.shape == (5, 3)
    assert values[1, 2] == pytest.approx(debiased_cka(rows, columns), abs=1e-4)
    assert "Most alike:" in words(shown)
    assert "(mini: by these sentences)" in shown.panel.caption_text()


def test_cosines_of_unequal_widths_are_greyed_with_the_reason(shown: ShownPanel) -> None:
    shown.show_text("one")
    trigger(shown, "Compared with", "mini · built in")
    choose(shown, "cosine")
    shown.derive()

    assert shown.panel.table() is None
    assert "No cosine between unequal widths" in words(shown)
    assert "16 features" in words(shown)


def test_words_tell_how_alike_neighbours_are_and_where_the_largest_step_lies(
    shown: ShownPanel,
) -> None:
    shown.show_text("one")
    near = values_of(shown).diagonal(1)

    said = words(shown)

    lowest = int(near.argmin())
    place = f"layer {lowest}" if lowest else "the embeddings"
    assert f"from {place} to {lowest + 1} ({written(near.min())}" in said
    whole = shown.panel.caption_text().replace("−", "-")
    found = re.search(r"Neighbouring layers: CKA (-?[\d.]+)\s±\s([\d.]+) on average", whole)
    assert found is not None
    assert float(found[1]) == pytest.approx(near.mean(), abs=0.006)
    assert 0 < float(found[2]) < 0.1
    assert "±" in said


def test_the_caption_says_measure_space_n_and_scale(shown: ShownPanel) -> None:
    shown.show_text("one")

    caption = shown.panel.caption_text()

    assert "Debiased linear CKA, standardised by the reference sentences" in caption
    assert f"{MADE_UP_TOKENS} tokens" in caption
    assert "95 % interval from 100 half-size samples of sentences" in caption
    low, high = np.floor(values_of(shown).min() * 10) / 10, 1
    assert f"scale {low:.2g} to {high}".replace("-", "\N{MINUS SIGN}") in caption
    assert "-0.00" not in caption


def test_hovering_a_cell_tells_its_value_interval_and_n(shown: ShownPanel, qtbot: QtBot) -> None:
    shown.show_text("one")
    heat, arrays = map_of(shown), shown.panel.arrays()
    assert arrays is not None
    place = heat.cell_rect(1, 3).center().toPoint()

    with qtbot.waitSignal(heat.cell_entered, check_params_cb=lambda *cell: cell == (1, 3)):
        QTest.mouseMove(heat, QPoint(1, 1))
        QTest.mouseMove(heat, place)

    value, width = arrays["values"][1, 3], arrays["half_width_95"][1, 3]
    line = f"Layer 1 and layer 3: CKA {written(value)} ± {width:.2f}"
    assert line in words(shown)
    assert line in heat.accessibleDescription().replace("\N{NO-BREAK SPACE}", " ")
    assert f"{MADE_UP_TOKENS} tokens" in heat.accessibleDescription()


def test_a_finer_map_tells_of_the_cell_that_is_looked_at(shown: ShownPanel) -> None:
    shown.show_text("one")
    QTest.keyClick(map_of(shown), Qt.Key.Key_Right)

    shown.store.display(space=Space("raw"))
    shown.derive()

    row, column = map_of(shown).current or (0, 0)
    assert row != column
    assert f"Layer {row} and layer {column}: CKA {values_of(shown)[row, column]:.2f}" in words(
        shown
    )


def test_a_click_chooses_the_rows_layer_and_arrow_keys_travel(shown: ShownPanel) -> None:
    shown.show_text("one")
    heat = map_of(shown)

    QTest.mouseClick(heat, LEFT, NONE, heat.cell_rect(3, 1).center().toPoint())
    clicked = shown.store.view.selection.layer
    QTest.keyClick(heat, Qt.Key.Key_Up)
    stepped = shown.store.view.selection.layer
    QTest.keyClick(heat, Qt.Key.Key_Right)

    assert (clicked, stepped, shown.store.view.selection.layer) == (3, 2, 2)


def test_the_table_lists_every_pair_with_its_interval(shown: ShownPanel) -> None:
    shown.show_text("one")
    table = shown.panel.table()
    assert table is not None

    rows = list(csv.DictReader(table.to_csv().splitlines()))

    assert len(rows) == 25
    assert [row["row_layer"] for row in rows[::5]] == ["emb", "1", "2", "3", "4"]
    numbers = np.array([float(row["value"]) for row in rows]).reshape(5, 5)
    np.testing.assert_array_equal(numbers, values_of(shown))


def test_a_text_file_of_the_users_is_read(
    shown: ShownPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("\n".join(f"a sentence number {i} of mine" for i in range(80)))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    shown.show_text("one")
    before = values_of(shown)

    trigger(shown, "Sentences", "Text file…")
    shown.derive()

    assert "sentences of mine.txt" in shown.panel.caption_text()
    assert choices(shown, "Sentences") == {"reference": False, "mine.txt": True}
    assert not np.array_equal(values_of(shown), before)


def test_one_sentence_is_greyed_with_what_it_takes(
    shown: ShownPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("word " * 300)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    shown.show_text("one")

    trigger(shown, "Sentences", "Text file…")
    shown.derive()

    assert shown.panel.table() is None
    assert "mine.txt holds 300 tokens in 1 sentence" in words(shown)


def test_a_file_that_cannot_be_read_is_told_and_the_old_map_stays(
    shown: ShownPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "gone.txt"), ""))
    shown.show_text("one")
    before = values_of(shown)
    trigger(shown, "Sentences", "Text file…")

    with pytest.raises(BadArgument) as raised:
        shown.derive()
    shown.store.report("panel:similarity", raised.value)

    assert "gone.txt cannot be read." in words(shown)
    assert np.array_equal(values_of(shown), before)
    trigger(shown, "Sentences", "reference")
    assert "gone.txt" not in words(shown)
    assert shown.store.view.problems == {}


def test_nothing_chosen_in_a_dialog_changes_nothing(
    shown: ShownPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    shown.show_text("one")

    trigger(shown, "Sentences", "Text file…")
    trigger(shown, "Compared with", "Open folder…")

    assert shown.wanted == []


def test_cached_models_and_an_opened_folder_are_offered_but_never_the_model_in_use(
    shown: ShownPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    shown.show_text("one")
    shown.panel.list_models(("roberta-base", MADE_UP.source))

    trigger(shown, "Compared with", "Open folder…")

    assert choices(shown, "Compared with") == {
        "same model": False, "mini · built in": False, "roberta-base": False, "mine": True,
    }  # fmt: skip


def test_going_back_to_a_finished_map_computes_nothing(shown: ShownPanel) -> None:
    shown.show_text("one")
    first = values_of(shown)
    choose(shown, "rsa")
    shown.derive()

    choose(shown, "cka")
    (wanted,) = shown.wanted
    shown.derive()

    assert wanted.model is None  # the model is not asked again
    assert values_of(shown) is first


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


def test_another_sentence_asks_for_nothing_new(shown: ShownPanel) -> None:
    shown.show_text("one")
    shown.show_text("quite another sentence")

    assert shown.wanted == []


def test_while_sentences_are_read_the_panel_says_so(shown: ShownPanel) -> None:
    shown.store.use_model(MADE_UP)
    shown.store.use_axes(axes_of(MADE_UP))
    shown.store.progress("panel:similarity", Progress("Reading sentences with mini", 0.4))

    assert "Reading sentences with mini" in words(shown)


def test_axes_that_cannot_be_fitted_are_explained_in_their_place(shown: ShownPanel) -> None:
    shown.store.use_model(MADE_UP)
    shown.store.report("background", NoNetwork("No axes.", "Because of this."))

    assert "No axes." in words(shown)
    assert "Because of this." in words(shown)


def test_upper_bounds_are_drawn_but_not_handed_out(shown: ShownPanel) -> None:
    shown.show_text("one")
    before = shown.store.view.derived["similarity"]
    bounds = replace(before.value, found=replace(before.value.found, are_bounds=True))

    shown.store.derive("similarity", Derived(before.key, bounds))

    assert "upper bounds" in shown.panel.caption_text()
    assert (shown.panel.table(), shown.panel.arrays()) == (None, None)
