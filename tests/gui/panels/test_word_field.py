"""The fields in which words are typed: what they offer, by mouse and by keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu

from roberta_gui.gui.panels.all_heads.panel import AllHeadsPanel
from roberta_gui.gui.panels.lens.panel import LensPanel
from roberta_gui.gui.panels.patching.panel import PatchingPanel
from roberta_gui.gui.panels.sweep.panel import SweepPanel
from roberta_gui.gui.panels.why.panel import WhyPanel
from roberta_gui.gui.panels.word_field import WordField
from roberta_gui.records import Run
from tests.gui.shown_panel import ShownPanel
from tests.made_up import WORDS, made_up_analysis

TEXT = "The cat sat on the <mask>"
ANSWERS = [f"␣{word}" for word in WORDS[:2]]
FOLLOWING = [LensPanel, SweepPanel, WhyPanel, PatchingPanel, AllHeadsPanel]


@pytest.fixture(params=FOLLOWING, ids=lambda kind: kind.name)
def made(request: pytest.FixtureRequest, qapp: object) -> ShownPanel:
    return ShownPanel(request.param, (900, 520))


def field(shown: ShownPanel) -> WordField:
    places = (shown.panel, shown.panel.heading)
    return next(each for place in places for each in place.findChildren(WordField))


def offered(shown: ShownPanel) -> QMenu:
    """Open the menu by the keyboard."""
    field(shown).setFocus()
    QTest.keyClick(field(shown), Qt.Key.Key_Down)
    (menu,) = field(shown).findChildren(QMenu)
    return menu


def test_words_to_score_and_the_answers_are_offered_to_be_followed(shown: ShownPanel) -> None:
    second = Run.of(made_up_analysis(f"{TEXT} too", seed=0))
    shown.show(made_up_analysis(TEXT), second=second)
    shown.store.choose("words", words="is, used to")

    menu = offered(shown)
    assert [action.text() for action in menu.actions()] == ["is", "used␣to", *ANSWERS]
    menu.actions()[0].trigger()

    chosen = getattr(shown.store.view.choices, shown.panel.name)
    assert field(shown).text() == "is"
    assert "is" in (getattr(chosen, "word", None), getattr(chosen, "watch", None))


def test_a_word_that_is_typed_and_guessed_is_offered_once_as_it_would_stand(
    shown: ShownPanel,
) -> None:
    shown.show(made_up_analysis(TEXT))
    shown.store.choose("words", words=f"{WORDS[1]}, is")
    assert [one.text() for one in offered(shown).actions()] == [ANSWERS[1], "is", ANSWERS[0]]


def test_where_no_space_stands_before_the_mask_the_two_forms_are_two_words(
    shown: ShownPanel,
) -> None:
    shown.show(made_up_analysis("<mask> cats"))
    shown.store.choose("words", words=WORDS[1])
    assert [one.text() for one in offered(shown).actions()] == [WORDS[1], *ANSWERS]


def test_without_a_sentence_nothing_is_offered(shown: ShownPanel) -> None:
    assert offered(shown).isEmpty()


def test_a_click_on_the_arrow_offers_them_too(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT))
    (action,) = (one for one in field(shown).actions() if one.text() == "Offer words")
    action.trigger()

    (menu,) = field(shown).findChildren(QMenu)
    assert [one.text() for one in menu.actions()] == ANSWERS
    assert isinstance(field(shown), QLineEdit)
