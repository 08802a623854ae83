"""The panel Why this guess: bars of bits, live for the best guess or for typed words."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from roberta_gui.findings.words.why import Why
from roberta_gui.gui.panels.why.panel import WhyPanel
from roberta_gui.gui.widgets.tokens.token_bars import TokenBars
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, WORDS, made_up_analysis

pytestmark = pytest.mark.panel(kind=WhyPanel, size=(520, 400))

TEXT = "The cat sat on the <mask> tonight"


def field(shown: ShownPanel, name: str) -> QLineEdit:
    fields = shown.panel.findChildren(QLineEdit)
    return next(each for each in fields if each.accessibleName() == name)


def bars(shown: ShownPanel) -> TokenBars:
    figure = shown.panel.picture()
    assert isinstance(figure, TokenBars)
    return figure


def known(shown: ShownPanel) -> Why:
    found = shown.panel.known
    assert isinstance(found, Why)
    return found


def test_the_best_guess_is_explained_where_no_word_is_typed(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)

    assert field(shown, "Word that is explained").placeholderText() == f"␣{WORDS[0]}"
    assert known(shown).target.startswith("log₂ p(“")
    assert bars(shown).n_items == len(analysis.tokens)
    assert "occlusion need not add up" in shown.said()


def test_typed_words_are_explained_and_held_against_each_other(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    QTest.keyClicks(field(shown, "Word that is explained"), "table")
    QTest.keyClicks(field(shown, "Word that it is held against"), "roof")
    shown.derive()

    assert known(shown).target == "log₂ p(“␣table”) − log₂ p(“␣roof”)"
    shown.store.choose("why", word="bed")
    assert field(shown, "Word that is explained").text() == "bed"


def test_a_word_of_several_pieces_keeps_the_fields_and_says_why(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    QTest.keyClicks(field(shown, "Word that is explained"), "two-pieces")
    shown.derive()

    assert shown.panel.known is None
    assert "is not one token" in shown.said()
    assert field(shown, "Word that is explained").isVisible()


def test_another_method_is_another_question(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    before = known(shown).bits()
    shown.store.choose("why", method="integrated_gradients")
    shown.derive()

    assert not np.array_equal(before, known(shown).bits())
    assert "0.00 bits are not accounted for." in shown.said()


def test_pointing_at_a_bar_lights_its_token_up_and_a_click_locks_it(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    figure = bars(shown)
    middle = figure.item_rect(2).center().toPoint()

    QTest.mouseMove(figure, middle)
    assert shown.store.view.selection.hovered_token == 2
    QTest.mouseClick(figure, Qt.MouseButton.LeftButton, pos=middle)
    assert shown.store.view.selection.tokens == (2,)


def test_what_hangs_down_lies_below_what_stands_up(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    at = bars(shown).layout_now()

    for token, value in enumerate(known(shown).bits().tolist()):
        bar = at.bar(token, value)
        assert bar.top() == pytest.approx(at.y(max(value, 0.0)))
        assert bar.bottom() == pytest.approx(at.y(min(value, 0.0)))
        assert at.plot.top() <= bar.top() <= bar.bottom() <= at.plot.bottom()


def test_a_low_panel_prints_a_picture_with_room(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.panel.resize(300, 180)

    printed = shown.panel.printed()
    assert printed.size() == bars(shown).size().expandedTo(QSize(480, 260))
    shown.panel.resize(900, 700)
    shown.picture()
    assert shown.panel.printed() is bars(shown)


def test_without_a_mask_the_way_to_one_is_said(shown: ShownPanel) -> None:
    shown.show_text("No mask here")

    assert "No mask in the sentence" in shown.said()
    assert shown.wanted == []


def test_a_model_without_a_head_that_guesses_has_nothing_to_explain(shown: ShownPanel) -> None:
    headless = replace(MADE_UP, name="headless", can_fill_masks=False)
    shown.show(replace(made_up_analysis(TEXT, headless), fills=()))

    assert "This model cannot guess words" in shown.said()
    assert shown.wanted == []


def test_the_sentence_is_tinted_from_here_and_its_values_outlast_the_panel(
    shown: ShownPanel,
) -> None:
    shown.show_text(TEXT)
    shown.button("Tint: why").click()
    assert shown.store.view.choices.surprisal.tint == "why"
    shown.store.choose("surprisal", tint=True)
    assert not shown.button("Tint: why").isChecked()
    shown.store.choose("surprisal", tint="why")
    shown.panel.set_covered(True)
    kept = "why" in shown.store.view.derived
    shown.store.choose("surprisal", tint=True)

    assert kept
    assert "why" not in shown.store.view.derived


def test_a_long_text_waits_until_somebody_agrees_to_its_passes(shown: ShownPanel) -> None:
    shown.show(made_up_analysis("The cat <mask> " + "on the mat " * 40))

    assert shown.wanted == []
    assert "Occlusion reads this long text many times" in shown.said()
    shown.button("Measure: 122 passes").click()
    assert len(shown.wanted) == 1
    shown.store.choose("surprisal", passes=100)
    shown.store.choose("why", method="integrated_gradients")
    assert len(shown.wanted) > 1  # 48 passes, however long the text is
