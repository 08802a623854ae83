"""Guess first: a guess is typed, and only then shown beside the model's own; the score is kept."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.panels.cloze.panel import ClozePanel
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import UnencodableText
from tests.gui.shown_panel import ShownPanel
from tests.made_up import WORDS, made_up_analysis

pytestmark = pytest.mark.panel(kind=ClozePanel, size=(460, 480))

TEXT = "The <mask> sat on the <mask>"


@pytest.fixture
def guessing(shown: ShownPanel) -> ShownPanel:
    """Show two masks at which somebody is to guess."""
    shown.store.choose("cloze", first=True)
    shown.show(made_up_analysis(TEXT))
    shown.store.note_hidden([(4, "floor")])
    return shown


def field(shown: ShownPanel) -> QLineEdit:
    (found,) = shown.panel.findChildren(QLineEdit)
    return found


def enter(shown: ShownPanel, guess: str) -> None:
    QTest.keyClicks(field(shown), guess)
    QTest.keyClick(field(shown), Qt.Key.Key_Return)


def rows(shown: ShownPanel) -> list[str]:
    figure = shown.panel.picture()
    assert isinstance(figure, GuessList)
    return [figure.say(row) for row in range(figure.n_items)]


def entry(shown: ShownPanel, text: str) -> QAction:
    menus = shown.panel.findChildren(QMenu)
    return next(one for menu in menus for one in menu.actions() if one.text() == text)


def mask_shown(shown: ShownPanel) -> int:
    return shown.store.view.selection.mask


def test_the_model_s_guesses_are_hidden_until_a_guess_is_entered(guessing: ShownPanel) -> None:
    assert "The model's guesses are hidden until you guess." in guessing.words()
    assert rows(guessing) == []

    enter(guessing, "roof")
    assert "Your guess is being scored." in guessing.words()
    guessing.derive()

    assert len(rows(guessing)) == len(WORDS)
    (answer,) = guessing.store.view.answers
    assert (answer.guess, answer.stood, answer.mask) == ("roof", "floor", 0)
    assert f"“roof” has {answer.bits:.2f} bits" in guessing.said()
    assert "“floor” stood there" in guessing.said()
    assert "1 guess: " in guessing.said()
    assert field(guessing).text() == ""


def test_enter_once_more_goes_on_to_the_next_mask_that_waits(guessing: ShownPanel) -> None:
    enter(guessing, "roof")
    guessing.derive()

    QTest.keyClick(field(guessing), Qt.Key.Key_Return)
    assert mask_shown(guessing) == 1
    assert rows(guessing) == []
    QTest.keyClick(field(guessing), Qt.Key.Key_Return)  # nothing is typed
    assert guessing.wanted == []

    enter(guessing, "a table cloth")
    guessing.derive()
    assert guessing.store.view.unanswered == ()
    assert guessing.store.view.answers[-1].rank == -1
    guessing.button("Next").click()
    assert mask_shown(guessing) == 0
    assert len(rows(guessing)) == len(WORDS)


def test_a_mask_can_be_revealed_without_a_guess_and_the_draft_stays(guessing: ShownPanel) -> None:
    QTest.keyClicks(field(guessing), "roof")

    guessing.button("Reveal").click()
    guessing.derive()

    assert guessing.store.view.answers[0].guess == ""
    assert len(rows(guessing)) == len(WORDS)
    assert field(guessing).text() == "roof"
    assert "1 mask only looked at" in guessing.said() or "hidden word" in guessing.said()
    assert not guessing.button("Reveal").isEnabled()


def test_starting_again_hides_all_guesses_again(guessing: ShownPanel) -> None:
    enter(guessing, "roof")
    guessing.derive()

    guessing.button("Start again").click()

    assert guessing.store.view.answers == ()
    assert rows(guessing) == []
    assert not guessing.button("Start again").isEnabled()


def test_a_guess_that_cannot_be_read_is_told_and_not_lost(guessing: ShownPanel) -> None:
    enter(guessing, "roof")
    problem = UnencodableText("This cannot be read.", "Write something else.")
    guessing.store.report(panel_lane("cloze"), problem)

    assert "This cannot be read. Write something else." in guessing.words()
    assert guessing.panel.tells(problem)
    assert field(guessing).text() == "roof"


def test_a_guess_about_a_sentence_that_has_changed_is_asked_no_more(guessing: ShownPanel) -> None:
    enter(guessing, "roof")

    guessing.show(made_up_analysis("Another <mask>"))
    guessing.wanted.clear()
    guessing.store.hover_token(1)
    guessing.store.end_hover()

    assert guessing.wanted == []
    assert field(guessing).text() == "roof"


def test_the_switch_can_be_turned_on_where_the_reason_says_it_is_off(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT))
    assert "Guess before the model" in shown.words()
    offer = next(b for b in shown.panel.findChildren(QPushButton) if b.isVisible())

    offer.click()

    assert shown.store.view.choices.cloze.first
    assert shown.store.view.unanswered == (0, 1)


def test_enter_in_the_field_turns_it_on_with_the_guess_that_is_typed(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT))

    enter(shown, "roof")
    shown.derive()

    assert shown.store.view.choices.cloze.first
    assert [answer.guess for answer in shown.store.view.answers] == ["roof"]


def test_a_guess_where_nothing_is_hidden_stays_in_the_field(guessing: ShownPanel) -> None:
    guessing.show(made_up_analysis("No mask"))

    enter(guessing, "roof")

    assert guessing.wanted == []
    assert field(guessing).text() == "roof"


def test_without_a_mask_the_menu_that_hides_words_is_offered_and_the_score_stays(
    guessing: ShownPanel,
) -> None:
    guessing.show(made_up_analysis("No mask"))
    assert "No word is hidden" in guessing.words()
    assert guessing.button("Hide words").isVisible()

    guessing.show(made_up_analysis(TEXT))
    enter(guessing, "roof")
    guessing.derive()
    guessing.show(made_up_analysis("No mask"))

    assert "No word is hidden." in guessing.words()
    assert "1 guess: " in guessing.said()
    assert guessing.panel.table() is not None


def rewritings(shown: ShownPanel) -> list[Callable[..., Any]]:
    wanted: list[Callable[..., Any]] = []
    shown.panel.text_wanted.connect(wanted.append)
    return wanted


def test_words_are_hidden_as_the_menu_says_and_brought_back(guessing: ShownPanel) -> None:
    wanted = rewritings(guessing)

    entry(guessing, "Word 1").trigger()
    entry(guessing, "Every 2nd word").trigger()
    entry(guessing, "Bring all words back").trigger()

    every, back = wanted
    hidden = every("One two three", {}, "<mask>")
    assert hidden == ("<mask> two <mask>", {0: "One", 11: "three"})
    assert back(*hidden, "<mask>") == ("One two three", {})
    chosen = guessing.store.view.choices.cloze
    assert (chosen.every, chosen.start) == (2, 1)
    assert entry(guessing, "Every 2nd word").isChecked()


def test_the_words_that_are_selected_can_be_hidden(guessing: ShownPanel) -> None:
    wanted = rewritings(guessing)
    guessing.store.select_tokens([])
    marked = entry(guessing, "The words I marked")
    assert not marked.isEnabled()

    guessing.store.select_tokens([3, 4, 6])  # "sat on the"; a mask among them stays one
    marked.trigger()

    ((text, hidden),) = [change(TEXT, {4: "floor"}, "<mask>") for change in wanted]
    assert text == "The <mask> <mask> <mask> the <mask>"
    assert list(hidden.values()) == ["floor", "sat", "on"]


def test_the_masks_of_another_pass_wait_for_a_guess_of_their_own(guessing: ShownPanel) -> None:
    enter(guessing, "roof")
    guessing.derive()
    known = guessing.store.view.analysis

    guessing.show(made_up_analysis("The <mask> slept"))
    assert guessing.store.view.unanswered == (0,)

    assert known is not None
    guessing.show(known)  # an undo brings the sentence back
    assert guessing.store.view.unanswered == (1,)


def test_the_list_is_for_reading(guessing: ShownPanel, qtbot: QtBot) -> None:
    enter(guessing, "roof")
    guessing.derive()

    with qtbot.assertNotEmitted(guessing.panel.replacement_wanted):
        guessing.panel.picture().setFocus()
        QTest.keyClick(guessing.panel.picture(), Qt.Key.Key_Return)


def test_where_heads_are_switched_a_guess_is_scored_again_and_no_old_number_is_said(
    guessing: ShownPanel,
) -> None:
    enter(guessing, "roof")
    guessing.derive()
    (before,) = guessing.store.view.answers
    baseline = guessing.store.view.analysis
    assert baseline is not None

    guessing.store.toggle_heads([(0, 1)])
    made = made_up_analysis(TEXT, seed=1)
    request = replace(made.request, switched_off=frozenset({(0, 1)}))
    guessing.store.show(replace(made, request=request), baseline)
    assert guessing.store.view.unanswered == (1,)  # what is revealed stays so
    assert "Your guess is being scored." in guessing.words()
    assert f"{before.bits:.2f} bits" not in f"{guessing.words()[0]} {rows(guessing)}"
    assert "1 mask measured with other heads on." in guessing.panel.caption_text()
    assert not guessing.panel.is_current
    guessing.derive()

    (after,) = guessing.store.view.answers
    assert (after.guess, after.stood, after.heads) == ("roof", "floor", "1.2: zero")
    assert after.bits != before.bits
    assert f"“roof” has {after.bits:.2f} bits" in guessing.said()
    assert "other heads" not in guessing.panel.caption_text()
    table, arrays = guessing.panel.table(), guessing.panel.arrays()
    assert table is not None
    assert arrays is not None
    assert table.columns[-1] == "heads_off"
    assert [row[-1] for row in table.rows] == [*arrays["heads_off"]] == ["1.2: zero"]
    assert [*arrays["bits"]] == [after.bits]
    assert guessing.panel.is_current

    guessing.store.restore_heads()
    guessing.derive()
    assert guessing.store.view.answers == (before,)
