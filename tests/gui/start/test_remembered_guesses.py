"""What masks hide and what was guessed at them comes back at the next start."""

import math
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from roberta_gui.gui.start.preferences import Preferences, recall, remember
from roberta_gui.gui.store import ViewStore
from tests.gui.idle_window import IdleWindow


def test_answers_come_back_to_the_last_digit_and_damaged_ones_are_left_out() -> None:
    stored = '["0123abcd", 1, "the ____ sat", "cat", 1, 0.5, "", -1, NaN, "cat", 0.5, ""]'
    preferences = Preferences(answers=(stored, "damaged", '["too", "short"]', "[[]]" * 9))
    store = ViewStore()

    recall(preferences, store)
    remember(preferences, store)

    (answer,) = store.view.answers
    assert (answer.guess, answer.rank, answer.bits, answer.stood_rank) == ("cat", 1, 0.5, -1)
    assert math.isnan(answer.stood_bits)
    assert preferences.answers == (stored,)


@pytest.mark.parametrize(
    "damaged",
    [
        '["0f", 1e999, "a ____", "cat", 1, 0.5, "", -1, NaN, "cat", 0.5, ""]',
        '["0f", 1, "a ____", "cat", Infinity, 0.5, "", -1, NaN, "cat", 0.5, ""]',
        '["0f", 1, "a ____", "cat", 1, 0.5, "dog", 1e300, 2.0, "cat", 0.5, ""]',
        '["0f", 1, "a ____", "cat", 1, -5000.0, "", -1, NaN, "cat", 0.5, ""]',
        '["0f", ' + "9" * 5000 + ', "a ____", "cat", 1, 0.5, "", -1, NaN, "cat", 0.5, ""]',
        "[" * 100_000,
    ],
)
def test_an_answer_with_a_number_that_none_can_have_is_left_out(damaged: str) -> None:
    store = ViewStore()

    recall(Preferences(answers=(damaged,)), store)

    assert store.view.answers == ()


def test_hidden_words_whose_place_is_no_place_in_a_text_do_not_keep_the_window_shut(
    qtbot: QtBot, tmp_path: Path
) -> None:
    damaged = ("9" * 5000 + " cat", "9" * 20 + " cat", "-1 cat", "4 cat", "5")
    kept = Preferences(
        text="The <mask> sat",
        hidden_words=damaged,
        second_text="One <mask>",
        has_second=True,
        second_hidden_words=damaged,
    )

    window = IdleWindow(tmp_path, qtbot, kept)

    assert window.window.card.editor.hidden_words == {4: "cat"}
    assert window.window.compare.second.editor.hidden_words == {4: "cat"}
    window.close()


def test_hidden_words_are_remembered_and_one_undo_brings_all_of_them_back(
    idle: IdleWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    editor, text = idle.window.card.editor, "One two three four"
    editor.set_text(text)
    idle.show_text(text)
    idle.store.choose("cloze", first=True)
    idle.window.docks.focus("cloze")
    assert isinstance(QApplication.focusWidget(), QLineEdit)

    hidden = {4: "two", 17: "four"}
    idle.panel("cloze").text_wanted.emit(lambda *_known: ("One <mask> three <mask>", hidden))
    assert editor.text() == "One <mask> three <mask>"
    idle.show_text(editor.text())
    assert dict(idle.store.view.hidden_words) == hidden
    idle.window.history.undo()
    assert editor.text() == text
    idle.window.history.redo()
    idle.show_text(editor.text())

    kept = Preferences(text=editor.text())
    remember(kept, idle.store)
    again = IdleWindow(tmp_path, qtbot, kept)
    assert again.window.card.editor.hidden_words == hidden
    again.close()


def test_what_masks_of_the_second_sentence_hide_is_remembered_too(
    idle: IdleWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    idle.show_text("One two three four")
    idle.window.compare.toggle()
    editor = idle.window.compare.second.editor
    editor.set_text("One two five four")
    editor.replace(8, 12, "<mask>", remember="five")
    kept = idle.preferences
    assert (kept.second_text, editor.hidden_words) == ("One two <mask> four", {8: "five"})

    again = IdleWindow(tmp_path, qtbot, kept)
    assert again.window.compare.second.editor.hidden_words == {8: "five"}
    again.close()
