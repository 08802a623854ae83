"""The Words panel: what is typed is scored, beside B, and put into the sentence by a click."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.engine import Engine
from roberta_gui.findings.notation.numbers import percentage, written_change
from roberta_gui.findings.words.scoring import ScoredWords, score, words_in
from roberta_gui.gui.panels.words.panel import WordsPanel
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.gui.work.loaded_model import LoadedModel
from roberta_gui.records import AnalysisRequest, Candidate, Replacement
from tests.gui.shown_panel import ShownPanel, finished
from tests.made_up import made_up_analysis
from tests.tolerances import log_probability

pytestmark = pytest.mark.panel(kind=WordsPanel, size=(460, 400))

TEXT = "The <mask> sat on the <mask>"
WORDS = "floor, unbelievably"


def field(shown: ShownPanel) -> QLineEdit:
    (found,) = shown.panel.findChildren(QLineEdit)
    return found


def typed(shown: ShownPanel, words: str) -> None:
    field(shown).clear()
    QTest.keyClicks(field(shown), words)
    shown.derive()


def beside_the_name(shown: ShownPanel) -> list[str]:
    return [label.text() for label in shown.panel.heading.findChildren(QLabel)]


def listed(shown: ShownPanel) -> GuessList:
    figure = shown.panel.picture()
    assert isinstance(figure, GuessList)
    return figure


def rows(shown: ShownPanel) -> list[str]:
    figure = listed(shown)
    return [figure.say(row) for row in range(figure.n_items)]


def test_typed_words_are_scored_at_the_chosen_mask(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    typed(shown, WORDS)

    probability = {c.text: c.probability for c in analysis.fills[0].candidates}["floor"]
    first, second, pair = rows(shown)
    assert first.startswith(f"1 of 3: floor, {-math.log2(probability):.2f} bits")
    assert second.startswith("2 of 3: unbelievably, ")
    assert pair.startswith("3 of 3: floor − unbelievably, +")
    assert "mask 1/2 · bits" in beside_the_name(shown)
    shown.store.select_mask(1)
    assert "mask 2/2 · bits" in beside_the_name(shown)


def test_the_words_are_remembered_and_shown_in_the_field(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    typed(shown, WORDS)

    assert shown.store.view.choices.words.words == WORDS
    shown.store.choose("words", words="cat")
    assert field(shown).text() == "cat"


def test_without_words_the_best_guesses_are_offered(shown: ShownPanel) -> None:
    analysis = shown.show(made_up_analysis(TEXT))
    assert "Which words?" in shown.words()

    shown.button("Score the best guesses").click()
    shown.derive()

    guesses = [c.text for c in analysis.fills[0].candidates[:5]]
    named = [row.split(": ")[1].split(",")[0] for row in rows(shown)]
    assert named == [*guesses, *(f"{guesses[0]} − {other}" for other in guesses[1:])]


def test_a_guess_that_is_a_comma_is_scored_and_what_cannot_be_typed_is_not(
    shown: ShownPanel,
) -> None:
    made = made_up_analysis(TEXT)
    fill, other = made.fills
    comma, newline, *others = fill.candidates
    best = [replace(comma, text=","), replace(newline, text="\n"), *others]
    shown.show(replace(made, fills=(replace(fill, candidates=best), other)))

    shown.button("Score the best guesses").click()

    scored = (",", *(c.text for c in others[:4]))
    assert words_in(shown.store.view.choices.words.words) == scored


def test_a_click_puts_the_word_in_place_of_the_mask(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    typed(shown, WORDS)
    told: list[tuple[int, Candidate, Replacement]] = []
    shown.panel.replacement_wanted.connect(lambda *wanted: told.append(wanted))

    figure = listed(shown)
    place = figure.item_rect(1).center().toPoint()
    QTest.mouseClick(figure, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    ((token, guess, form),) = told
    assert token == analysis.fills[0].token_index
    assert guess.text == "unbelievably"
    assert form == Replacement(4, 10, "unbelievably")


def test_a_pair_of_words_is_nothing_to_put_in(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    typed(shown, WORDS)
    told: list[object] = []
    shown.panel.replacement_wanted.connect(lambda *wanted: told.append(wanted))

    listed(shown).guess_taken.emit(2)

    assert told == []


def test_a_sentence_without_a_mask_has_no_list_to_click(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    typed(shown, WORDS)
    told: list[object] = []
    shown.panel.replacement_wanted.connect(lambda *wanted: told.append(wanted))

    shown.show(made_up_analysis("No mask here"))
    listed(shown).guess_taken.emit(1)

    assert shown.panel.known is None
    assert told == []


def scored(engine: Engine, a: AnalysisRequest, b: AnalysisRequest | None) -> ScoredWords:
    analysis = engine.analyse(a)
    compared = None if b is None else Comparison(analysis, engine.analyse(b))
    words = ("is", "are", "used to")
    handle = LoadedModel(engine)
    found: ScoredWords = finished(
        score(words, analysis, compared, handle, lambda: False, lambda *_: None)
    )
    return found


def test_the_pass_that_was_made_gives_what_one_of_its_own_gives(engine: Engine) -> None:
    a, b = (AnalysisRequest(f"The {noun} <mask> here.") for noun in ("keys", "key"))
    off = replace(a, switched_off=frozenset({(1, 2), (3, 4)}))

    for other in (b, off):
        found = scored(engine, a, other)
        for scores, request in ((found.a, a), (found.b, other)):
            own = engine.score_words(request, ["is", "are", "used to"])
            assert scores is not None
            np.testing.assert_allclose(
                scores.log_probability, own.log_probability,
                rtol=0, atol=2 * log_probability(engine.info.vocab_size),
            )  # fmt: skip
    assert scored(engine, a, None).b is None


def test_a_row_has_the_numbers_of_both_sides(shown: ShownPanel, engine: Engine) -> None:
    a, b = (AnalysisRequest(f"The {noun} <mask> here.") for noun in ("keys", "key"))
    found = scored(engine, a, b)
    assert isinstance(shown.panel, WordsPanel)
    assert found.analysis is not None
    shown.show(found.analysis)
    shown.store.choose("words", words="is, are, used to")
    shown.panel.draw_result(found, shown.store.view, is_new=True)

    first, likelier = found.at(0)[0], found.at(0)[0].likelier
    shares = f"{percentage(first.probability)} | {percentage(2.0**-first.bits_b)}"
    told = f"1 of 5: is, {first.bits:.2f} | {first.bits_b:.2f} bits · {shares}, "
    assert rows(shown)[0].startswith(told)
    assert written_change(likelier, 2) in rows(shown)[0]
