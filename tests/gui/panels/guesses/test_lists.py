"""What the Guesses panel lists on demand: all words, only those of the user, all masks at once."""

import gc
import weakref
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from roberta_gui.gui.panels.guesses.panel import GuessesPanel
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.records import Candidate, Replacement
from tests.gui.panels.guesses.test_guesses import TWO_MASKS, taken
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, made_up_analysis

pytestmark = pytest.mark.panel(kind=GuessesPanel)


def test_all_asks_only_how_the_words_in_sight_are_written(shown: ShownPanel) -> None:
    analysis = shown.show(made_up_analysis("One <mask>", replace(MADE_UP, vocab_size=2_000)))
    told = taken(shown)
    shown.store.choose("guesses", n=0)
    shown.derive()
    known, figure = shown.panel.known, shown.panel.picture()
    assert known is not None
    assert isinstance(figure, GuessList)
    assert len(known.forms) <= 300 < figure.n_items == 2_000

    QTest.keyClick(figure, Qt.Key.Key_End)
    assert figure.n_items - 1 in figure.rows_in_sight()
    shown.derive()
    QTest.keyClick(figure, Qt.Key.Key_Up)
    QTest.keyClick(figure, Qt.Key.Key_Return)

    ((token, candidate, form),) = told
    assert token == analysis.fills[0].token_index
    assert candidate.rank == 1_999
    assert isinstance(form, Replacement)
    assert "A saved picture has the first 200." in shown.panel.caption_text()
    printed = shown.panel.printed()
    assert isinstance(printed, GuessList)
    assert printed.n_items == 200


def test_only_my_words_are_those_of_the_panel_words(shown: ShownPanel) -> None:
    shown.show_text("One <mask>")

    shown.button("Only my words").click()
    shown.derive()
    assert "Type the words to list above" in shown.said()
    field = next(
        f
        for f in shown.panel.findChildren(QLineEdit)
        if f.isVisible() and not f.text() and f.accessibleName() == "Words to list"
    )
    QTest.keyClicks(field, "w13, used to")
    shown.derive()

    assert shown.store.view.choices.words.words == "w13, used to"
    known = shown.panel.known
    assert known is not None
    assert [c.text for c in known.analysis.fills[0].candidates] == ["w13"]
    assert "“used to” is not one token: Words scores it." in shown.panel.caption_text()


def test_all_masks_are_filled_by_one_button(shown: ShownPanel) -> None:
    analysis = shown.show(made_up_analysis(TWO_MASKS))
    told = list[list[tuple[int, Candidate, Replacement | None]]]()
    shown.panel.replacements_wanted.connect(told.append)

    shown.button("Fill all masks with the first word of each list").click()
    assert told == []  # the worker may still find how they are written
    shown.panel.start()
    shown.derive()

    (places,) = told
    first, second = analysis.fills
    assert places == [
        (first.token_index, first.candidates[0], Replacement(4, 10, f"w{first.candidates[0].id}")),
        (second.token_index, second.candidates[0], Replacement(22, 28, "w11")),
    ]


def test_no_mask_is_filled_with_what_somebody_is_to_guess_first(shown: ShownPanel) -> None:
    shown.show_text(TWO_MASKS)
    told = list[object]()
    shown.panel.replacements_wanted.connect(told.append)
    shown.store.choose("cloze", first=True)

    shown.panel.fill_all()

    assert told == []
    assert "Hidden until you guess" in shown.words()


@pytest.mark.parametrize("is_hidden", [False, True])
def test_a_list_holds_on_to_no_pass_that_is_gone(shown: ShownPanel, is_hidden: bool) -> None:
    shown.show_text("One <mask>")
    shown.switch_off((1, 2))
    shown.store.choose("guesses", n=0, token=is_hidden)
    shown.store.select_token(1)
    shown.derive()
    known = shown.panel.known
    assert known is not None
    passes = [weakref.ref(found) for found in (known.comparison, known.at_token) if found]
    assert passes
    del known

    shown.show(made_up_analysis("No such thing"))
    shown.panel.forget()
    gc.collect()

    assert [found() for found in passes] == [None]
