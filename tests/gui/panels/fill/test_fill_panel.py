"""The panel Fill: all masks together and whole words, started, streamed, stopped, and put in."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from roberta_gui.gui.panels.fill.panel import FillPanel
from roberta_gui.gui.widgets.tokens.fact_list import FactList
from roberta_gui.records import Candidate, Replacement, Run
from roberta_gui.view import Derived
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, MadeUpModel, made_up_analysis

pytestmark = pytest.mark.panel(kind=FillPanel, size=(620, 520))

TWO_MASKS = "The <mask> sat on the <mask>"
HEADINGS = (
    "Jointly: the mean of both orders",
    "Independently: each mask's own best guess",
    "One after the other, from left to right",
)


def listed(shown: ShownPanel) -> FactList:
    figure = shown.panel.picture()
    assert isinstance(figure, FactList)
    return figure


def rows(shown: ShownPanel) -> list[str]:
    figure = listed(shown)
    return [figure.say(row).partition(": ")[2] for row in range(figure.n_items)]


def put_in(shown: ShownPanel, row: int) -> list[Any]:
    """Return what is wanted in the sentence after a click on a row."""
    wanted: list[Any] = []
    shown.panel.replacement_wanted.connect(lambda *one: wanted.append(one))
    shown.panel.replacements_wanted.connect(wanted.extend)
    spot = listed(shown).item_rect(row).center().toPoint()
    QTest.mouseClick(listed(shown), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    return wanted


def test_nothing_is_looked_for_before_somebody_asks(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TWO_MASKS))

    assert shown.wanted == []
    assert "Which words fit together?" in shown.said()
    assert "Start fills 2 masks in both orders" in shown.said()
    shown.store.choose("fill", what="words")
    assert "Which whole words?" in shown.said()


def test_the_three_ways_stand_apart_with_what_the_order_matters(shown: ShownPanel) -> None:
    shown.show_text(TWO_MASKS)

    told = rows(shown)
    headings = [at for at, row in enumerate(told) if row in HEADINGS]
    assert [told[at] for at in headings] == list(HEADINGS)
    assert headings == [0, 11, 13]
    # By 1.0 and 1.5 nats in the two orders: their mean, and half a nat apart.
    assert told[1] == "1, ␣floor … ␣table, 1.80 bits · orders 0.72 apart"
    assert "Likeliest together are" in shown.panel.caption_text()
    assert shown.panel.table() is not None
    assert shown.panel.arrays() is not None


def test_fillings_come_in_and_can_be_stopped(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TWO_MASKS))
    shown.button("Start").click()
    derivation = shown.wanted.pop()
    steps = derivation.work(MadeUpModel(MADE_UP), lambda: False, lambda *_: None)
    counts = []
    assert "Filling the masks" in shown.said()
    for _ in range(3):  # nothing yet, the best, the next one
        shown.store.derive("fill", Derived(derivation.key, next(steps)))
        counts.append(0 if shown.panel.known is None else listed(shown).n_items)
    steps.close()

    assert counts == [0, 2, 3]
    assert "searching" in shown.panel.remark_of(shown.panel.known, shown.store.view)  # type: ignore[attr-defined]
    shown.button("Stop").click()
    shown.derive()

    assert listed(shown).n_items == 3
    assert shown.button("Start").isEnabled()


def test_a_click_wants_every_word_of_a_filling_at_once(shown: ShownPanel) -> None:
    analysis = shown.show_text(TWO_MASKS)

    wanted = put_in(shown, 2)  # the second filling, below its heading

    masks = [fill.token_index for fill in analysis.fills]
    first, second = analysis.fills[0].candidates[1], analysis.fills[1].candidates[2]
    assert [(mask, candidate) for mask, candidate, _ in wanted] == [
        (masks[0], first),
        (masks[1], second),
    ]
    tokens = [analysis.tokens[mask] for mask in masks]
    assert [form for *_, form in wanted] == [
        Replacement(token.start, token.end, f"w{one.id}")
        for token, one in zip(tokens, (first, second), strict=True)
    ]
    assert put_in(shown, 0) == []  # a heading


def test_a_click_on_a_list_of_another_sentence_wants_nothing(shown: ShownPanel) -> None:
    shown.show_text(TWO_MASKS)
    shown.store.type(Run.of(made_up_analysis("Another <mask>")))

    assert put_in(shown, 1) == []


def test_whole_words_have_their_pieces_beside_the_sum(shown: ShownPanel) -> None:
    shown.store.choose("fill", what="words")
    analysis = shown.show(made_up_analysis(TWO_MASKS))
    shown.store.select_mask(1)
    shown.panel.start()
    shown.derive()

    told = rows(shown)
    assert told[0] == "Words of 1 piece"
    assert told[9] == "Words of 2 pieces"
    assert told[10] == "1, unfloor, 12.98 bits · 6.49 a piece"
    token = analysis.tokens[analysis.fills[1].token_index]
    (wanted,) = put_in(shown, 10)
    assert wanted == (
        token.index,
        Candidate(0, -1, "unfloor", False, 0.0),
        Replacement(token.start, token.end, f"w{analysis.fills[1].candidates[0].id}"),
    )
    assert "Likeliest is “floor”" in shown.panel.caption_text()


def test_what_was_found_is_there_again_once_the_sentence_is(shown: ShownPanel) -> None:
    shown.show_text(TWO_MASKS)
    n_rows = listed(shown).n_items
    shown.show(made_up_analysis("The floor sat on the table"))
    assert shown.panel.known is None
    assert "No mask in the sentence" in shown.said()

    shown.show(made_up_analysis(TWO_MASKS))
    assert shown.panel.known is not None
    assert listed(shown).n_items == n_rows


def test_a_model_that_guesses_nothing_says_so(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TWO_MASKS, replace(MADE_UP, can_fill_masks=False)))

    assert "This model cannot guess words" in shown.said()
