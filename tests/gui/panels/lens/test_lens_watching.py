"""A word that is watched through the layers: taken, refused, let go, and named with its colours."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton

from roberta_gui.gui.export.receipt import Picture
from roberta_gui.gui.panels.lens.panel import LensPanel
from roberta_gui.gui.widgets.tokens.guess_table import GuessTable
from tests.gui.panels.lens_panel import (
    LEFT,
    MASK,
    NONE,
    TEXT,
    grid,
    guesses,
    read,
    tint,
    watch,
)
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP

pytestmark = pytest.mark.panel(kind=LensPanel, size=(1000, 520))


def test_a_watched_word_is_followed_by_its_rank(shown: ShownPanel) -> None:
    shown.show_text(TEXT)

    watch(shown, "␣floor")

    watched = read(shown).lens.watched
    assert watched is not None
    assert (watched.text, watched.leading_space) == ("floor", True)
    assert tint(shown, "Rank").isChecked()
    np.testing.assert_array_equal(read(shown).tinted("rank").values, watched.ranks)
    assert f"number {watched.ranks[1, MASK]:,}" in shown.said()
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

    assert "several pieces" in shown.said()
    assert read(shown).lens.watched is None
    assert shown.store.view.problems == {}
    watch(shown, "")
    assert "several pieces" not in shown.said()


def test_a_guess_of_the_list_can_be_watched_by_a_click(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    second = read(shown).lens.candidates(1, MASK)[1]

    guesses(shown).guess_taken.emit(1)
    shown.derive()

    watched = read(shown).lens.watched
    assert watched is not None
    assert watched.text == second.text


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
    assert "number" in shown.said()
    (field,) = shown.panel.heading.findChildren(QLineEdit)
    buttons = field.findChildren(QToolButton)
    button = next(one for one in buttons if "clear" in one.defaultAction().objectName())

    button.click()

    assert tint(shown, "Probability").isChecked()
    assert "number" not in shown.said()
    assert "rank" not in shown.panel.caption_text()
    shown.derive()
    assert read(shown).lens.watched is None


def test_a_note_about_a_word_goes_with_it(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    watch(shown, "two words")
    assert "several pieces" in shown.said()
    (field,) = shown.panel.heading.findChildren(QLineEdit)

    field.clear()

    assert "several pieces" not in shown.said()


def test_a_word_is_watched_as_it_stands_in_the_sentence(shown: ShownPanel) -> None:
    shown.show_text(TEXT)

    watch(shown, "couch")

    assert "Watching ␣couch, the form of “couch” that is one token here." in shown.said()
    assert tint(shown, "Rank").isChecked()
    watched = read(shown).lens.watched
    assert watched is not None
    assert (watched.text, watched.leading_space) == ("couch", True)


def test_a_guess_is_watched_by_its_row_and_not_by_its_letters(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    second = read(shown).lens.candidates(1, MASK)[1]

    guesses(shown).guess_taken.emit(1)
    shown.derive()

    assert read(shown).watch == second.id
    assert read(shown).note == ""


@pytest.mark.parametrize(
    ("name", "told"),
    [("Probability", "100 %"), ("Entropy", "bits"), ("KL", "bits"), ("Rank", "rank")],
)
def test_the_colour_bar_says_what_its_numbers_are(shown: ShownPanel, name: str, told: str) -> None:
    shown.show_text(TEXT)
    watch(shown, "␣floor")

    tint(shown, name).click()

    drawn = Picture(grid(shown).printed(), "", ()).to_svg().decode()
    assert re.search(f">{told}</text>", drawn)


def test_a_guess_of_the_small_table_can_be_watched_too(shown: ShownPanel) -> None:
    shown.panel.resize(520, 400)
    shown.show_text(TEXT)
    best = read(shown).lens.candidates(1, MASK)[0]
    table = guesses(shown)
    assert isinstance(table, GuessTable)
    assert read(shown).lens.watched is None

    QTest.mouseClick(table, LEFT, NONE, QPoint(20, 5))
    shown.derive()

    watched = read(shown).lens.watched
    assert watched is not None
    assert watched.text == best.text
