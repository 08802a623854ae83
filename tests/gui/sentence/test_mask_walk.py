"""The mask that walks through the sentence: which word it hides next, by key and by button."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from roberta_gui.engine import Engine
from roberta_gui.gui.sentence.mask_walk import next_hidden, word_spans
from roberta_gui.records import AnalysisRequest, Run
from tests.gui.idle_window import IdleWindow

TEXT = "The cat, unbelievably, sat."


def show(idle: IdleWindow, engine: Engine) -> None:
    """Show what stands in the editor as the engine reads it."""
    analysis = engine.analyse(AnalysisRequest(idle.window.card.editor.text()))
    idle.store.use_model(analysis.model)
    idle.store.type(Run.of(analysis))
    idle.store.show(analysis)


def test_words_are_whole_and_punctuation_is_none(engine: Engine) -> None:
    spans = word_spans(TEXT, engine.tokenize(TEXT))

    assert [TEXT[slice(*span)] for span in spans] == ["The", "cat", "unbelievably", "sat"]


def test_the_walk_goes_on_behind_the_mask_and_ends_behind_the_last_word(engine: Engine) -> None:
    text = "The <mask> sat."
    tokens = engine.tokenize(text)

    assert next_hidden(text, tokens, {(4, 10): "cat"}, 0) == ((4, 10), (11, 14))
    assert next_hidden("A <mask>.", engine.tokenize("A <mask>."), {(2, 8): "b"}, 0)[1] is None
    assert next_hidden(text, tokens, {}, 0) == (None, (0, 3))
    assert next_hidden(text, tokens, {}, 11) == (None, (11, 14))
    assert next_hidden("", engine.tokenize(""), {}, 0) == (None, None)


def test_key_and_button_hide_one_word_after_the_other_and_undo_brings_each_back(
    idle: IdleWindow, engine: Engine
) -> None:
    card = idle.window.card
    card.editor.set_text(TEXT)
    show(idle, engine)
    button = next(b for b in card.findChildren(QToolButton) if b.text() == "Next word")
    seen = []
    presses = [
        lambda: QTest.keyClick(idle.window, Qt.Key.Key_F4),
        button.click,
        card.walk_mask,
        idle.window.compare.walk_mask,
        card.walk_mask,
    ]
    for press in presses:
        press()
        seen.append(card.editor.text())
        show(idle, engine)

    assert seen == [
        "<mask> cat, unbelievably, sat.",
        "The <mask>, unbelievably, sat.",
        "The cat, <mask>, sat.",
        "The cat, unbelievably, <mask>.",
        TEXT,
    ]
    for expected in reversed(seen[:-1]):
        card.editor.undo()
        assert card.editor.text() == expected
    card.editor.undo()
    assert card.editor.text() == TEXT


def test_the_walk_begins_with_the_selected_word_and_waits_for_tokens(
    idle: IdleWindow, engine: Engine
) -> None:
    card = idle.window.card
    card.editor.set_text(TEXT)
    show(idle, engine)
    idle.store.select_token(2)
    card.walk_mask()
    assert card.editor.text() == "The <mask>, unbelievably, sat."

    card.editor.undo()
    card.editor.set_text("Another text")  # of which no tokens are known
    card.walk_mask()
    assert card.editor.text() == "Another text"
