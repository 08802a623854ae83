"""The logit lens: its cells are the engine's guesses, a click lists ten, a word is followed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.engine import Engine
from roberta_gui.gui.export import Picture
from roberta_gui.gui.panels.lens import LensPanel
from roberta_gui.gui.panels.lens_reading import Read
from roberta_gui.gui.preview import MADE_UP, MadeUpEngine, made_up_analysis
from roberta_gui.gui.widgets.layers.lens_band import LensCells
from roberta_gui.gui.widgets.layers.lens_grid import LensGrid
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.gui.widgets.tokens.guess_table import GuessTable
from roberta_gui.problems import SeveralPieces
from roberta_gui.records import AnalysisRequest, Lens
from tests.gui.shown_panel import ShownPanel

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
TEXT = "The cat sat on the <mask> tonight"
MASK = 6


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[ShownPanel]:
    shown = ShownPanel(LensPanel)
    shown.panel.resize(1000, 520)
    qtbot.addWidget(shown.panel)
    qtbot.addWidget(shown.panel.heading)
    with qtbot.waitExposed(shown.panel):
        shown.panel.show()
    shown.panel.heading.show()
    yield shown
    vars(shown).clear()


def grid(shown: ShownPanel) -> LensGrid:
    (found,) = shown.panel.findChildren(LensGrid)
    return found


def guesses(shown: ShownPanel) -> GuessList:
    (found,) = (each for each in shown.panel.findChildren(GuessList) if each.isVisible())
    return found


def read(shown: ShownPanel) -> Read:
    value = shown.store.view.derived["lens"].value
    assert isinstance(value, Read)
    return value


def tint(shown: ShownPanel, name: str) -> QToolButton:
    buttons = shown.panel.heading.findChildren(QToolButton)
    return next(button for button in buttons if button.text() == name)


def watch(shown: ShownPanel, word: str) -> None:
    (edit,) = shown.panel.heading.findChildren(QLineEdit)
    edit.setText(word)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    shown.derive()


def words(shown: ShownPanel) -> str:
    labels = shown.panel.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def remark(shown: ShownPanel) -> str:
    labels = shown.panel.heading.findChildren(QLabel)
    return "\n".join(label.toolTip() for label in labels)


def click(shown: ShownPanel, layer: int, token: int) -> None:
    band = grid(shown).band_of(token)
    place = band.layout_now().cell_rect(layer, token).center().toPoint()
    QTest.mouseClick(band, LEFT, NONE, place)


def test_the_real_engines_guesses_are_what_the_cells_say() -> None:
    engine = Engine.load("mini", device="cpu")
    request = AnalysisRequest("The cat sat on the <mask>.")
    analysis, lens = engine.analyse(request), engine.lens(request)
    (fill,) = analysis.fills
    found = Read(analysis, lens)

    top = fill.candidates[0]
    assert found.word(engine.info.n_layers, fill.token_index).endswith(top.text)
    assert found.values("probability")[-1, fill.token_index] == pytest.approx(top.probability)
    assert not found.values("kl")[-1].any()


def test_masks_and_the_selected_token_are_read_first(shown: ShownPanel) -> None:
    shown.store.select_token(2)
    shown.show(made_up_analysis(TEXT))

    class Asked:
        """Notes what is asked for."""

        first: tuple[int, ...] = ()

        @property
        def engine(self) -> "Asked":
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
    assert "Layer 2 at ␣sat" in words(shown)


def test_without_a_selection_the_first_masks_guesses_are_listed(shown: ShownPanel) -> None:
    shown.show_text(TEXT)

    assert "Layer 1 at <mask>" in words(shown)


def test_where_there_is_no_room_for_a_list_the_guesses_stand_below(
    shown: ShownPanel, qtbot: QtBot
) -> None:
    shown.panel.resize(520, 400)
    shown.show_text(TEXT)
    click(shown, 2, 3)

    qtbot.waitUntil(lambda: "Layer 2 at ␣sat · only the last layer was trained" in words(shown))
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
        read(shown).values("entropy" if name == "Entropy" else "kl"),
        getattr(read(shown).lens, values),
    )


def test_a_watched_word_is_followed_by_its_rank(shown: ShownPanel) -> None:
    shown.show_text(TEXT)

    watch(shown, "␣floor")

    watched = read(shown).lens.watched
    assert watched is not None
    assert (watched.text, watched.leading_space) == ("floor", True)
    assert tint(shown, "Rank").isChecked()
    np.testing.assert_array_equal(read(shown).values("rank"), watched.ranks)
    assert f"number {watched.ranks[1, MASK]:,}" in words(shown)
    arrays = shown.panel.arrays()
    assert arrays is not None
    np.testing.assert_array_equal(arrays["watched_ranks"], watched.ranks)


def test_ranks_without_a_word_follow_the_models_own_best_guess(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    best = read(shown).word(MADE_UP.n_layers, MASK)

    tint(shown, "Rank").click()
    shown.derive()

    watched = read(shown).lens.watched
    assert watched is not None
    assert f"␣{watched.text}" == best


def test_a_word_that_cannot_be_watched_is_a_quiet_line_and_the_rest_is_read(
    shown: ShownPanel,
) -> None:
    shown.show_text(TEXT)

    watch(shown, "two words")

    assert "several pieces" in words(shown)
    assert read(shown).lens.watched is None
    assert shown.store.view.problems == {}
    watch(shown, "")
    assert "several pieces" not in words(shown)


def test_a_guess_of_the_list_can_be_watched_by_a_click(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    second = read(shown).lens.candidates(1, MASK)[1]

    guesses(shown).guess_taken.emit(1)
    shown.derive()

    watched = read(shown).lens.watched
    assert watched is not None
    assert watched.text == second.text


def test_what_is_not_read_yet_is_shown_as_such(shown: ShownPanel) -> None:
    analysis = shown.show(made_up_analysis(TEXT))
    shown.derive()
    lens = read(shown).lens
    ids = lens.ids.copy()
    ids[:, 3] = -1
    part = Read(analysis, replace(lens, ids=ids))

    assert part.word(2, 3) == ""
    assert "not read yet" in part.tip(2, 3)
    assert {row[1] for row in part.table().rows} == {0, 1, 2, 4, 5, 6, 7, 8}


def test_a_model_without_a_head_says_so_and_is_asked_nothing(shown: ShownPanel) -> None:
    headless = replace(MADE_UP, can_fill_masks=False)
    shown.show(made_up_analysis(TEXT, headless))

    assert shown.wanted == []
    assert "no masked-LM head" in words(shown)


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
    np.testing.assert_array_equal(cells.ramp(theme), theme.weight_map()[::-1])


def test_the_remark_says_which_tokens_are_in_sight_also_after_scrolling(
    shown: ShownPanel,
) -> None:
    shown.panel.resize(520, 260)
    shown.show_text(" ".join(["word"] * 80))
    assert f"tokens 0 – {grid(shown).in_sight.stop - 1} of 82" in remark(shown)

    QTest.keyClick(grid(shown), Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert f"tokens {grid(shown).in_sight.start} –" in remark(shown)
    assert grid(shown).in_sight.start > 0

    shown.store.select_token(60)
    assert 60 in grid(shown).in_sight
    assert f"tokens {grid(shown).in_sight.start} –" in remark(shown)


def test_an_unknown_word_gives_the_tint_back(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    tint(shown, "Entropy").click()

    watch(shown, "two words")

    assert tint(shown, "Entropy").isChecked()
    assert "entropy" in shown.panel.caption_text()


def test_a_word_stays_asked_for_while_it_is_looked_up(shown: ShownPanel) -> None:
    shown.show_text(TEXT)

    tint(shown, "Rank").click()

    assert tint(shown, "Rank").isChecked()
    shown.derive()
    assert tint(shown, "Rank").isChecked()


def test_the_fields_own_button_lets_go_of_word_rank_and_note(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    watch(shown, "␣floor")
    assert "number" in words(shown)
    (field,) = shown.panel.heading.findChildren(QLineEdit)
    (button,) = field.findChildren(QToolButton)

    button.click()

    assert tint(shown, "Probability").isChecked()
    assert "number" not in words(shown)
    assert "rank" not in shown.panel.caption_text()
    shown.derive()
    assert read(shown).lens.watched is None


def test_a_note_about_a_word_goes_with_it(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    watch(shown, "two words")
    assert "several pieces" in words(shown)
    (field,) = shown.panel.heading.findChildren(QLineEdit)

    field.clear()

    assert "several pieces" not in words(shown)


def test_a_word_that_needs_its_space_is_followed_with_it(
    shown: ShownPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = MadeUpEngine.lens_steps

    def lens_steps(*told: Any, watch: str | None = None, **more: Any) -> Iterator[Lens]:
        if watch == "couch":
            raise SeveralPieces("“couch” is several pieces.", "")
        return real(*told, watch=watch, **more)

    monkeypatch.setattr(MadeUpEngine, "lens_steps", lens_steps)
    shown.show_text(TEXT)

    watch(shown, "couch")

    assert "Watching ␣couch; “couch” alone is not one token." in words(shown)
    assert tint(shown, "Rank").isChecked()
    watched = read(shown).lens.watched
    assert watched is not None
    assert (watched.text, watched.leading_space) == ("couch", True)


@pytest.mark.parametrize(
    ("name", "told"),
    [("Probability", "100 %"), ("Entropy", "bits"), ("KL", "bits"), ("Rank", "rank")],
)
def test_the_colour_bar_says_what_its_numbers_are(shown: ShownPanel, name: str, told: str) -> None:
    shown.show_text(TEXT)
    watch(shown, "␣floor")

    tint(shown, name).click()

    drawn = Picture(grid(shown).printed(), shown.panel.theme, "", ()).to_svg().decode()
    assert re.search(f">{told}</text>", drawn)


def test_percentages_are_written_as_in_the_list(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    lens = read(shown).lens
    chances = lens.log_probabilities.copy()
    chances[2, 3, :3] = np.log([0.99999, 0.0000089, 0.004])
    told = Read(read(shown).analysis, replace(lens, log_probabilities=chances)).tip(2, 3)

    assert "  100.0 %" in told
    assert "  < 0.1 %" in told
    assert "  0.4 %" in told
    assert read(shown).scale("probability").labels() == ("0 %", "100 %")


@pytest.mark.parametrize("width", [320, 520, 1000])
def test_it_is_on_screen_that_other_layers_were_not_trained_for_the_head(
    shown: ShownPanel, qtbot: QtBot, width: int
) -> None:
    shown.panel.resize(width, 400)
    shown.show_text(TEXT)

    qtbot.waitUntil(lambda: "trained" in words(shown))
    assert "not trained" in shown.panel.heading.toolTip()
    assert "not trained" in shown.panel.caption_text()


def test_the_last_layers_guesses_are_called_the_models_own(shown: ShownPanel) -> None:
    shown.panel.resize(520, 400)
    shown.show_text(TEXT)

    click(shown, MADE_UP.n_layers, 3)

    assert "the model's own guesses" in words(shown)


def test_a_guess_of_the_small_table_can_be_watched_too(shown: ShownPanel) -> None:
    shown.panel.resize(520, 400)
    shown.show_text(TEXT)
    third = read(shown).lens.candidates(1, MASK)[2]
    table = guesses(shown)
    assert isinstance(table, GuessTable)
    across = table.width() // 5

    QTest.mouseClick(table, LEFT, NONE, QPoint(2 * across + 20, 5))
    shown.derive()

    watched = read(shown).lens.watched
    assert watched is not None
    assert watched.text == third.text


def test_a_saved_picture_of_a_long_text_says_which_tokens_it_shows(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    assert "saved picture" not in shown.panel.caption_text()

    shown.show_text(" ".join(["word"] * 300))

    assert "A saved picture shows tokens 0 – 149 of 302." in shown.panel.caption_text()
