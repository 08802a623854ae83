"""Two sentences in the window: they come and go with their arrangement, each with its own ways."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton

from roberta_gui.analysis.sentences.alignment import align
from roberta_gui.findings.surprisal import TokenSurprisal
from roberta_gui.gui.sentence.second_card import SecondCard
from roberta_gui.gui.sentence.sentence_tint import SECOND
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.widgets.sentence.text_index import LIMIT
from roberta_gui.gui.window.arrangements import ARRANGEMENTS, COMPARE
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.records import Run
from roberta_gui.view import Derived, with_second_analysis
from tests.gui.idle_window import IdleWindow
from tests.made_up import made_up_analysis

A, B = "The cat sat on the <mask> tonight", "The dog sat on <mask> tonight"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def make(make: Callable[..., IdleWindow]) -> Callable[..., IdleWindow]:
    def remembering(**options: object) -> IdleWindow:
        return make(Preferences(**{"appearance": "light", "text": A, "second_text": B} | options))  # type: ignore[arg-type]

    return remembering


@pytest.fixture
def idle(make: Callable[..., IdleWindow]) -> IdleWindow:
    return make()


def second(idle: IdleWindow) -> SecondCard:
    return idle.window.compare.second


def press(idle: IdleWindow, key: Qt.Key, keys: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(idle.window, key, keys or Qt.KeyboardModifier.NoModifier)


def letters(idle: IdleWindow) -> list[str]:
    found = idle.window.findChildren(QLabel, "letter")
    return [label.text() for label in found if label.isVisible()]


def show_both(idle: IdleWindow) -> None:
    """Show A's and B's made-up passes."""
    idle.window.compare.toggle()
    idle.window.docks.solo("difference")  # the others would ask a model that is not there
    b = made_up_analysis(B, seed=1)
    idle.store.type_second(Run(B, b.tokens))
    idle.show_text(A)
    idle.store.apply(with_second_analysis, b)


def test_one_sentence_has_no_letter_and_no_second_card(idle: IdleWindow) -> None:
    assert letters(idle) == []
    assert not second(idle).isVisible()


def test_f8_brings_the_second_sentence_with_its_panels_and_again_takes_both(
    idle: IdleWindow,
) -> None:
    press(idle, Qt.Key.Key_F7)
    former = idle.window.docks.arrangement
    press(idle, Qt.Key.Key_F8)
    compared = idle.window.docks.arrangement, letters(idle), second(idle).editor.text()
    press(idle, Qt.Key.Key_F8)

    assert compared == (COMPARE, ["A", "B"], B)
    assert idle.window.docks.arrangement == former == ARRANGEMENTS[1].name
    assert not second(idle).isVisible()
    assert letters(idle) == []


def test_who_asks_for_words_can_type_them_and_see_them_beside_a_second_sentence(
    idle: IdleWindow,
) -> None:
    panel = idle.panel("words")
    press(idle, Qt.Key.Key_F9)
    assert panel.entrance().isVisible()
    assert panel.entrance().hasFocus()

    press(idle, Qt.Key.Key_F8)
    assert second(idle).editor.hasFocus()
    assert panel.is_in_sight


def test_the_button_in_the_header_is_a_toggle(idle: IdleWindow) -> None:
    title = ARRANGEMENTS[2].title
    button = next(b for b in idle.window.findChildren(QToolButton) if b.text() == title)

    button.click()
    on = button.isChecked(), second(idle).isVisible()
    button.click()

    assert on == (True, True)
    assert (button.isChecked(), second(idle).isVisible()) == (False, False)
    assert idle.window.docks.arrangement == "explore"


def test_b_stays_in_every_arrangement_until_it_is_ended_and_its_text_stays(
    idle: IdleWindow,
) -> None:
    idle.window.compare.toggle()
    second(idle).editor.set_text("other")
    idle.store.type_second(Run("other", made_up_analysis("other").tokens))
    for arrangement in ARRANGEMENTS:
        idle.window.docks.arrange(arrangement.name)
        assert second(idle).isVisible()
        assert idle.store.view.second is not None
    idle.window.docks.arrange("layers")

    second(idle).end_wanted.emit()

    assert not second(idle).isVisible()
    assert idle.store.view.second is None
    assert idle.window.docks.arrangement == "layers"
    idle.window.compare.toggle()
    assert second(idle).editor.text() == "other"


def test_b_comes_back_beside_the_panels_it_was_left_with(make: Callable[..., IdleWindow]) -> None:
    before = make()
    before.window.compare.toggle()
    before.window.docks.arrange("words")

    docks, has_second = before.window.docks.remembered(), before.preferences.has_second
    after = make(docks=docks, has_second=has_second)

    assert second(after).isVisible()
    assert (after.window.docks.arrangement, second(after).editor.text()) == ("words", B)
    after.window.compare.toggle()
    assert not after.preferences.has_second


def test_what_is_typed_into_b_is_remembered_as_b(idle: IdleWindow) -> None:
    idle.window.compare.toggle()

    second(idle).editor.set_text("B alone")

    assert (idle.preferences.text, idle.preferences.second_text) == (A, "B alone")


def test_b_begins_as_a_copy_of_a_with_what_its_masks_hide(
    make: Callable[..., IdleWindow],
) -> None:
    idle = make(second_text="")
    first = idle.window.card.editor
    first.replace(0, 3, "<mask>", remember="The")

    idle.window.compare.toggle()

    assert second(idle).editor.text() == first.text()
    assert second(idle).editor.original_at(0) == "The"
    assert not second(idle).editor.document().isUndoAvailable()
    first.set_text("A goes on alone")
    assert second(idle).editor.text() != first.text()


def test_comparing_comes_back_at_the_next_start(make: Callable[..., IdleWindow]) -> None:
    before = make()
    before.window.compare.toggle()
    docks = before.window.docks.remembered()

    after = make(docks=docks)

    assert second(after).isVisible()
    assert second(after).editor.text() == B
    assert after.window.card.editor.hasFocus()


def test_swapping_exchanges_the_sentences_and_each_can_be_undone(idle: IdleWindow) -> None:
    idle.window.compare.toggle()
    press(idle, Qt.Key.Key_B, CTRL | SHIFT)
    first, other = idle.window.card.editor, second(idle).editor
    swapped = first.text(), other.text()
    first.undo()

    assert swapped == (B, A)
    assert (first.text(), other.text()) == (A, A)


def test_undo_and_masks_go_to_the_sentence_that_was_edited_last(idle: IdleWindow) -> None:
    idle.window.compare.toggle()
    press(idle, Qt.Key.Key_L, CTRL | SHIFT)
    assert second(idle).editor.hasFocus()

    second(idle).editor.set_text("one two")
    undo = next(b for b in idle.window.findChildren(QToolButton) if b.text() == "Undo")
    assert undo.isEnabled()
    undo.click()
    undone = second(idle).editor.text()
    press(idle, Qt.Key.Key_M, CTRL)

    assert undone == B
    assert second(idle).editor.text() != B
    assert "<mask>" in second(idle).editor.text()
    assert idle.window.card.editor.text() == A
    idle.window.card.editor.setFocus()
    assert not undo.isEnabled()  # nothing was done to A


def test_too_long_a_paste_into_b_is_kept_in_a_bar_of_its_own(idle: IdleWindow) -> None:
    idle.window.compare.toggle()
    pasted = QMimeData()
    pasted.setText("x" * (LIMIT + 500))
    second(idle).editor.selectAll()

    second(idle).editor.insertFromMimeData(pasted)
    idle.bot.waitUntil(lambda: idle.told() != [])

    assert len(second(idle).editor.text()) == LIMIT
    assert idle.told()[0].startswith("The text for B is too long")
    assert any("500 characters are kept" in text for text in idle.told())
    assert len(idle.window.compare.second.rest.text) == 500


def test_what_was_too_long_for_b_is_kept_while_one_sentence_is_looked_at(
    idle: IdleWindow,
) -> None:
    idle.window.compare.toggle()
    pasted = QMimeData()
    pasted.setText("x" * (LIMIT + 500))
    second(idle).editor.selectAll()
    second(idle).editor.insertFromMimeData(pasted)
    idle.bot.waitUntil(lambda: idle.told() != [])

    idle.window.compare.toggle()
    assert idle.told() == []
    idle.window.compare.toggle()

    assert any("500 characters are kept" in text for text in idle.told())
    assert idle.window.compare.second.rest.text == "x" * 500


def test_half_a_character_in_b_is_told_and_gone_when_comparing_ends(idle: IdleWindow) -> None:
    idle.window.compare.toggle()
    second(idle).editor.set_text("bad \ud83d text")
    idle.window.compare.toggle()

    assert idle.store.view.second is None
    assert not idle.store.view.problems


def test_what_is_chosen_in_one_sentence_shows_at_its_partner(idle: IdleWindow) -> None:
    show_both(idle)
    strip = second(idle).strip

    strip.token_clicked.emit(2, False)
    in_a = idle.store.view.selection.tokens
    strip.token_hovered.emit(3)
    hovered = idle.store.view.selection.hovered_token

    assert in_a == (2,)
    assert hovered == 3
    idle.store.end_hover()


def test_a_token_that_only_b_has_chooses_nothing(idle: IdleWindow) -> None:
    show_both(idle)
    b = made_up_analysis(f"{B} indeed truly and so", seed=1)
    idle.store.type_second(Run(b.request.text, b.tokens))
    idle.store.apply(with_second_analysis, b)
    paired = {int(other) for _, other in pairs(idle)}
    alone = next(token.index for token in b.tokens if token.index not in paired)

    second(idle).strip.token_clicked.emit(alone, False)
    second(idle).strip.token_hovered.emit(alone)

    assert idle.store.view.selection.tokens == ()
    assert idle.store.view.selection.hovered_token is None


def pairs(idle: IdleWindow) -> list[tuple[int, int]]:
    view = idle.store.view
    assert view.analysis is not None
    assert view.second is not None
    assert view.second.analysis is not None
    found = align(view.analysis.tokens, view.second.analysis.tokens).pairs
    return [(int(a), int(b)) for a, b in found]


def test_a_low_window_leaves_room_for_the_panels(idle: IdleWindow) -> None:
    idle.window.card.editor.set_text("word " * 120)
    idle.window.compare.toggle()
    second(idle).editor.set_text("other " * 120)
    idle.window.resize(1280, 800)

    idle.bot.waitUntil(lambda: idle.window.docks.height() > idle.window.height() / 2)


def test_whoever_asks_for_a_second_sentence_can_write_it_at_once(idle: IdleWindow) -> None:
    title = ARRANGEMENTS[2].title
    button = next(b for b in idle.window.findChildren(QToolButton) if b.text() == title)

    button.click()
    in_second = second(idle).editor.hasFocus(), second(idle).editor.textCursor().selectedText()
    button.click()

    assert in_second == (True, "")
    assert idle.window.card.editor.hasFocus()


def test_what_is_selected_goes_with_the_keyboard_but_not_on_the_way_to_the_mask_button(
    idle: IdleWindow,
) -> None:
    idle.window.compare.go_to_second()
    editor = second(idle).editor
    assert editor.textCursor().selectedText() == B
    mask = next(b for b in second(idle).findChildren(QToolButton) if b.text() == "Mask")

    mask.setFocus(Qt.FocusReason.TabFocusReason)
    assert editor.textCursor().selectedText() == B
    editor.setFocus(Qt.FocusReason.TabFocusReason)
    idle.window.card.editor.setFocus(Qt.FocusReason.MouseFocusReason)

    assert editor.textCursor().selectedText() == ""


def test_tokens_without_a_partner_are_hatched_in_both_cards(idle: IdleWindow) -> None:
    show_both(idle)
    cards = idle.window.card, second(idle)
    alone = [cards[0].partners.alone(idle.store.view, side) for side in (0, 1)]
    rows = align(*(made_up_analysis(text).tokens for text in (A, B))).rows

    assert alone == [tuple(a for a, b in rows if b is None), tuple(b for a, b in rows if a is None)]
    assert any(alone)
    for card, places in zip(cards, alone, strict=True):
        tips = [card.strip.describe(token) for token in range(4, 8)]
        hatched = [token for token, tip in enumerate(tips, 4) if "not on both sides" in tip]
        assert hatched == [token for token in places if 4 <= token < 8]


def test_the_second_sentence_is_tinted_as_well_and_asks_for_its_own_surprisal(
    idle: IdleWindow,
) -> None:
    idle.paint()
    asked = list[Derivation]()
    second(idle).tint.derivation_wanted.connect(asked.append)
    show_both(idle)
    none = list(asked)
    idle.store.choose("surprisal", tint=True)
    b = idle.store.view.second.analysis if idle.store.view.second else None
    assert b is not None
    bits = np.linspace(0, 9, len(b.tokens))
    before = second(idle).strip.grab().toImage()
    value = TokenSurprisal(b, "pll", bits)
    idle.store.derive(SECOND, Derived(asked[-1].key, value))

    assert none == []
    assert asked[-1].key == (b, None, "pll")  # A is not held against B once more
    assert second(idle).strip.grab().toImage() != before
    assert f"{bits[3]:.3f} bits" in second(idle).strip.describe(3)
    idle.window.compare.toggle()
    assert SECOND not in idle.store.view.derived


def test_the_surprisal_of_a_second_sentence_that_is_ended_before_it_is_known_is_given_up(
    idle: IdleWindow,
) -> None:
    show_both(idle)
    idle.store.choose("surprisal", tint=True)

    with idle.bot.assertNotEmitted(second(idle).tint.given_up):
        idle.store.select_layer(1)
    with idle.bot.waitSignal(second(idle).tint.given_up):
        idle.store.choose("surprisal", tint=False)
    idle.store.choose("surprisal", tint=True)
    with idle.bot.waitSignal(second(idle).tint.given_up):
        idle.window.compare.toggle()
