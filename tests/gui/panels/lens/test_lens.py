"""The logit lens: its cells are the engine's guesses, a click lists ten, a word is followed."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui.engine import Engine
from roberta_gui.findings.lens import LensState
from roberta_gui.findings.notation.marks import LensCells
from roberta_gui.gui.panels.lens.panel import LensPanel
from roberta_gui.gui.widgets.colours.raster import ramp_of
from roberta_gui.gui.widgets.tokens.guess_table import GuessTable
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import Stopped
from roberta_gui.records import AnalysisRequest, Lens
from roberta_gui.view import Derived
from tests.gui.panels.lens_panel import (
    MASK,
    TEXT,
    click,
    grid,
    guesses,
    read,
    remark,
    tint,
)
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, made_up_analysis

pytestmark = pytest.mark.panel(kind=LensPanel, size=(1000, 520))


def test_the_real_engines_guesses_are_what_the_cells_say(engine: Engine) -> None:
    request = AnalysisRequest("The cat sat on the <mask>.")
    analysis, lens = engine.analyse(request), engine.lens(request)
    (fill,) = analysis.fills
    found = LensState(analysis, lens)

    top = fill.candidates[0]
    assert found.word(engine.info.n_layers, fill.token_index).endswith(top.text)
    assert found.tinted("probability").values[-1, fill.token_index] == pytest.approx(
        top.probability
    )
    assert not found.tinted("kl").values[-1].any()


def test_masks_and_the_selected_token_are_read_first(shown: ShownPanel) -> None:
    shown.store.select_token(2)
    shown.show(made_up_analysis(TEXT))

    class Asked:
        """Notes what is asked for."""

        first: tuple[int, ...] = ()

        def engine_of(self, _model: object) -> "Asked":
            return self

        def lens_steps(self, *_args: object, first: tuple[int, ...], **_more: object) -> list[Lens]:
            Asked.first = first
            return []

    list(shown.wanted[-1].work(Asked(), lambda: False, lambda *_: None))

    assert Asked.first == (MASK, 2)


def test_a_click_chooses_layer_and_token_and_lists_ten_guesses(shown: ShownPanel) -> None:
    shown.show_text(TEXT)

    click(shown, 2, 3)

    assert (shown.store.view.selection.layer, shown.store.view.selection.tokens) == (2, (3,))
    expected = read(shown).lens.candidates(2, 3)
    assert len(expected) == 10
    assert f"10: {'␣'}{expected[0].text}" in guesses(shown).accessibleDescription()
    assert "Layer 2 at ␣sat" in shown.said()


def test_without_a_selection_the_first_masks_guesses_are_listed(shown: ShownPanel) -> None:
    shown.show_text(TEXT)

    assert "Layer 1 at <mask>" in shown.said()


def test_where_there_is_no_room_for_a_list_the_guesses_stand_below(
    shown: ShownPanel, qtbot: QtBot
) -> None:
    shown.panel.resize(520, 400)
    shown.show_text(TEXT)
    click(shown, 2, 3)

    qtbot.waitUntil(lambda: "Layer 2 at ␣sat · only the last layer was trained" in shown.said())
    best = read(shown).lens.candidates(2, 3)[0]
    assert isinstance(guesses(shown), GuessTable)
    assert f"1 of 10: ␣{best.text}" in guesses(shown).accessibleDescription()


@pytest.mark.parametrize(
    ("name", "values"),
    [("Entropy", "entropy_bits"), ("KL", "kl_bits")],
)
def test_the_tint_is_what_was_chosen(shown: ShownPanel, name: str, values: str) -> None:
    shown.show_text(TEXT)
    before = grid(shown).grab().toImage()

    tint(shown, name).click()

    assert grid(shown).grab().toImage() != before
    assert name.lower() in shown.panel.caption_text().lower() or "divergence" in (
        shown.panel.caption_text()
    )
    np.testing.assert_array_equal(
        read(shown).tinted("entropy" if name == "Entropy" else "kl").values,
        getattr(read(shown).lens, values),
    )


def test_what_is_not_read_yet_is_shown_as_such(shown: ShownPanel) -> None:
    analysis = shown.show(made_up_analysis(TEXT))
    shown.derive()
    lens = read(shown).lens
    ids = lens.ids.copy()
    ids[:, 3] = -1
    part = LensState(analysis, replace(lens, ids=ids))

    assert part.word(2, 3) == ""
    assert "not read yet" in part.tip(2, 3)
    assert {row[1] for row in part.table().rows} == {0, 1, 2, 4, 5, 6, 7, 8}


def test_what_was_stopped_is_not_said_to_be_read_still(shown: ShownPanel) -> None:
    analysis = shown.show(made_up_analysis(TEXT))
    key = shown.wanted[-1].key
    shown.derive()
    ids = read(shown).lens.ids.copy()
    ids[:, 3] = -1
    part = LensState(analysis, replace(read(shown).lens, ids=ids))
    shown.store.derive("lens", Derived(key, part))
    shown.store.select_token(3)
    under_way = shown.panel.caption_text()

    shown.store.report(panel_lane("lens"), Stopped("What was known by then stays."))

    assert "is being read." in under_way
    assert "being read" not in shown.panel.caption_text()
    assert "is not read." in shown.panel.caption_text()


def test_a_model_without_a_head_says_so_and_is_asked_nothing(shown: ShownPanel) -> None:
    headless = replace(MADE_UP, can_fill_masks=False)
    shown.show(made_up_analysis(TEXT, headless))

    assert shown.wanted == []
    assert "no masked-LM head" in shown.said()


def test_arrow_keys_walk_through_layers_and_tokens(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    grid(shown).setFocus()

    QTest.keyClick(grid(shown), Qt.Key.Key_Up)
    QTest.keyClick(grid(shown), Qt.Key.Key_Right)

    assert shown.store.view.selection.layer == 2
    assert shown.store.view.selection.tokens == (MASK + 1,)


def test_small_entropy_has_the_strong_colour(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    cells = read(shown).cells("entropy")

    assert isinstance(cells, LensCells)
    theme = shown.panel.theme
    np.testing.assert_array_equal(
        ramp_of(signed=cells.signed, small_is_strong=cells.small_is_strong),
        theme.weight_map()[::-1],
    )


def test_the_remark_says_which_tokens_are_in_sight_also_after_scrolling(
    shown: ShownPanel,
) -> None:
    shown.panel.resize(520, 260)
    shown.show_text(" ".join(["word"] * 80))
    assert f"tokens 1 – {grid(shown).in_sight.stop} of 82" in remark(shown)

    QTest.keyClick(grid(shown), Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert f"tokens {grid(shown).in_sight.start + 1} –" in remark(shown)
    assert grid(shown).in_sight.start > 0

    shown.store.select_token(60)
    assert 60 in grid(shown).in_sight
    assert f"tokens {grid(shown).in_sight.start + 1} –" in remark(shown)


def test_percentages_are_written_as_in_the_list(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    lens = read(shown).lens
    chances = lens.log_probabilities.copy()
    chances[2, 3, :3] = np.log([0.99999, 0.0000089, 0.004])
    told = LensState(read(shown).analysis, replace(lens, log_probabilities=chances)).tip(2, 3)

    assert "  100.0 %" in told
    assert "  < 0.1 %" in told
    assert "  0.4 %" in told
    assert read(shown).tinted("probability").scale.labels() == ("0 %", "100 %")


@pytest.mark.parametrize("width", [320, 520, 1000])
def test_it_is_on_screen_that_other_layers_were_not_trained_for_the_head(
    shown: ShownPanel, qtbot: QtBot, width: int
) -> None:
    shown.panel.resize(width, 400)
    shown.show_text(TEXT)

    qtbot.waitUntil(lambda: "trained" in shown.said())
    assert "not trained" in shown.panel.heading.toolTip()
    assert "not trained" in shown.panel.caption_text()


def test_the_last_layers_guesses_are_called_the_models_own(shown: ShownPanel) -> None:
    shown.panel.resize(520, 400)
    shown.show_text(TEXT)

    click(shown, MADE_UP.n_layers, 3)

    assert "the model's own guesses" in shown.said()


def test_a_saved_picture_of_a_long_text_says_which_tokens_it_shows(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    assert "saved picture" not in shown.panel.caption_text()

    shown.show_text(" ".join(["word"] * 300))

    assert "A saved picture shows tokens 1 – 150 of 302." in shown.panel.caption_text()
