"""The tint of the sentence: chosen in its card, asked for there, and never of another sentence."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.numbers import written_change
from roberta_gui.findings.surprisal import TokenSurprisal
from roberta_gui.gui.sentence.second_card import SecondCard
from roberta_gui.gui.sentence.sentence_card import SentenceCard
from roberta_gui.gui.sentence.sentence_tint import SECOND, why_of
from roberta_gui.gui.sentence.token_alignment import TokenAlignment
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.tokens.tint import TintLegend
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.records import Analysis, AnalysisRequest, ModelInfo, Run
from roberta_gui.view import Derived, with_second
from tests.gui.shown_panel import finished
from tests.made_up import MADE_UP, MadeUpModel, made_up_analysis

TEXT = "The cat sat on the mat"
BITS = np.array([math.nan, 1.0, 6.5, 2.0, 3.0, 0.5, 3.5, math.nan])


class Card:
    """A sentence card on a store of its own, and what it asks for."""

    def __init__(self, bot: QtBot) -> None:
        self.store = ViewStore()
        self.card = SentenceCard(self.store, TokenAlignment())
        self.store.changed.connect(self.card.draw)
        self.wanted = wanted = list[Derivation]()
        self.card.tint.derivation_wanted.connect(wanted.append)
        self.explained = explained = list[Derivation]()
        self.card.tint.why_wanted.connect(explained.append)
        self.card.resize(900, 160)
        bot.addWidget(self.card)
        with bot.waitExposed(self.card):
            self.card.show()

    def show(self, text: str) -> Analysis:
        analysis = made_up_analysis(text)
        self.store.use_model(analysis.model)
        self.type(text)
        self.store.show(analysis)
        return analysis

    def type(self, text: str) -> None:
        self.store.type(Run(text, made_up_analysis(text).tokens))

    def measure(self) -> None:
        """Hand over what was asked for last."""
        view, key = self.store.view, self.wanted[-1].key
        assert view.analysis is not None
        value = TokenSurprisal(view.analysis, view.choices.surprisal.estimator, BITS)
        self.store.derive("surprisal", Derived(key, value))

    def work(self, asked: "Asked") -> TokenSurprisal:
        """Do the work that was asked for last."""
        value: TokenSurprisal = finished(self.wanted[-1].work(asked, *QUIET))
        return value

    def picture(self) -> QImage:
        layout = self.card.layout()
        assert layout is not None
        layout.activate()
        first, last = (self.card.strip.chip_rect(index) for index in (0, 7))
        return self.card.strip.viewport().grab(first.united(last)).toImage()

    def action(self, text: str) -> QAction:
        return next(a for a in self.card.tint.choice.menu().actions() if a.text() == text)

    def tip(self, token: int) -> str:
        return self.card.strip.describe(token)


@pytest.fixture
def card(qtbot: QtBot) -> Iterator[Card]:
    card = Card(qtbot)
    yield card
    vars(card).clear()


def test_without_a_tint_nothing_is_asked_and_no_legend_is_shown(card: Card) -> None:
    card.show(TEXT)

    assert card.wanted == []
    assert not card.card.tint.legend.isVisible()
    assert card.card.tint.choice.text() == "Tint"


def test_a_chosen_estimator_is_asked_for_and_its_values_tint_the_tokens(card: Card) -> None:
    analysis = card.show(TEXT)
    plain = card.picture()
    card.action("PLL by word").trigger()

    assert card.wanted[-1].key == (analysis, None, "pll_word_l2r")
    assert card.card.tint.legend.isVisible()
    assert card.card.tint.choice.text() == "Tint: PLL by word"
    card.measure()
    tinted = card.picture()
    assert tinted != plain
    assert "6.500 bits" in card.tip(2)
    card.action("No tint").trigger()
    assert card.picture() == plain
    assert "bits" not in card.tip(2)


def test_known_values_are_not_asked_for_again(card: Card) -> None:
    card.show(TEXT)
    card.action("PLL").trigger()
    card.measure()
    card.wanted.clear()
    card.store.hover_token(2)
    card.store.end_hover()

    assert card.wanted == []
    card.action("Unmasked").trigger()
    assert len(card.wanted) == 1


def test_while_typing_the_tokens_that_stayed_keep_their_tint(card: Card) -> None:
    card.show(TEXT)
    card.action("PLL").trigger()
    card.measure()
    before = card.picture()
    card.type(TEXT + " tonight")
    typing = card.picture()
    card.store.show(made_up_analysis(TEXT + " tonight"))  # its own values are still to come
    waiting = card.picture()

    assert typing not in (before, waiting)
    assert card.tip(2).count("bits") == 0
    assert card.wanted[-1].key == (card.store.view.analysis, None, "pll")


def test_numbers_under_the_tokens_can_be_bits_or_ids(card: Card) -> None:
    card.show(TEXT)
    card.action("PLL").trigger()
    card.measure()
    bits = card.picture()
    card.action("Bits under the tokens").trigger()

    assert not card.store.view.choices.surprisal.bits
    assert card.picture() != bits


def test_the_tokens_can_be_tinted_by_how_much_likelier_they_are_in_a_than_in_b(card: Card) -> None:
    card.show(TEXT)
    card.action("PLL").trigger()
    reason = card.action("Difference").toolTip()
    a, b = card.store.view.analysis, made_up_analysis("The cat sat on mat")
    assert a is not None
    mat = replace(b.tokens[5], id=a.tokens[6].id)
    b = replace(b, tokens=(*b.tokens[:5], mat, b.tokens[6]))
    card.store.apply(with_second, Run.of(b))
    card.action("Difference").trigger()
    asked = Asked()
    card.store.derive("surprisal", Derived(card.wanted[-1].key, card.work(asked)))
    tinted, legend = card.picture(), card.card.tint.legend

    assert reason.startswith("Nothing to compare with")
    assert [request.text for request in asked.requests] == [TEXT, "The cat sat on mat"]
    assert (
        legend.accessibleName() == "Tint from −1.0 to +1.0 bits likelier"
    )  # "mat" is one token later
    assert "6.000 bits, " in card.tip(6)
    assert "5.000 bits in B: 1.000 bits likelier in B" in card.tip(6).replace("\n", " ")
    assert "no token stands for it in B" in card.tip(5).replace("\n", " ")
    card.action("Difference").trigger()
    assert card.picture() != tinted
    assert legend.accessibleName() == "Tint from 0 to 6.64 bits"


def test_a_model_that_gives_no_bits_offers_no_tint(card: Card) -> None:
    card.store.choose("surprisal", tint=True)
    headless = replace(MADE_UP, can_fill_masks=False)
    card.store.use_model(headless)
    card.type(TEXT)
    card.store.show(made_up_analysis(TEXT, headless))

    assert not card.card.tint.choice.isVisible()
    assert not card.card.tint.legend.isVisible()
    assert card.wanted == []


def test_the_legend_prints_the_ends_of_its_scale(card: Card) -> None:
    card.show(TEXT)
    card.action("PLL").trigger()

    assert card.card.tint.legend.accessibleName() == "Tint from 0 to 6.64 bits"  # log2(100)
    assert "100 entries" in card.card.tint.legend.toolTip()
    assert all(label.text() != "" for label in card.card.findChildren(QLabel) if label.isVisible())


QUIET = (lambda: False, lambda _text, _fraction: None)


class Asked:
    """Stands for the model: a token costs its index in bits, and as many more as heads are off."""

    def __init__(self) -> None:
        self.requests = list[AnalysisRequest]()

    def engine_of(self, _model: ModelInfo) -> "Asked":
        return self

    def surprisal_steps(self, request: AnalysisRequest, *_more: Any) -> Iterator[Any]:
        self.requests.append(request)
        bits = np.arange(len(request.text.split()) + 2, dtype=float) + len(request.switched_off)
        bits[[0, -1]] = math.nan
        yield bits


def test_with_heads_off_the_second_sentence_is_measured_as_it_is_shown(qtbot: QtBot) -> None:
    a, b = less(TEXT), less("A dog barks")
    store, wanted, asked = ViewStore(), list[Derivation](), Asked()
    card = SecondCard(store, TokenAlignment())
    qtbot.addWidget(card)
    card.tint.derivation_wanted.connect(wanted.append)
    store.changed.connect(card.draw)
    store.use_model(a.model)
    store.type(Run.of(a))
    store.switch_heads(a.request.switched_off, "zero")
    store.show(a)
    store.apply(with_second, Run.of(b))
    store.choose("surprisal", tint=True, estimator="pll")

    store.derive(SECOND, Derived(wanted[-1].key, finished(wanted[-1].work(asked, *QUIET))))

    assert asked.requests == [b.request]
    assert "dog (token 3): 3.000 bits" in card.strip.describe(2)


def less(text: str) -> Analysis:
    """Make up a pass with one head switched off."""
    request = AnalysisRequest(text, switched_off=frozenset({(0, 1)}))
    return replace(made_up_analysis(text), request=request)


def test_what_should_be_known_about_a_model_is_told_when_it_comes_into_use(
    card: Card, qtbot: QtBot
) -> None:
    told = replace(MADE_UP, name="old", notices=("It is read otherwise.", "It lacks a row."))

    with qtbot.waitSignal(card.card.notice) as notice:
        card.store.use_model(told)

    assert notice.args == ["About old:", "It is read otherwise. It lacks a row."]
    with qtbot.assertNotEmitted(card.card.notice):
        card.store.use_model(MADE_UP)


def test_the_limit_of_tokens_names_the_model_s_own_special_tokens(card: Card) -> None:
    card.store.use_model(replace(MADE_UP, special_tokens=("[CLS]", "[SEP]")))
    card.type(TEXT)

    tips = [label.toolTip() for label in card.card.findChildren(QLabel)]
    assert any("[CLS] and [SEP] counted" in tip for tip in tips)


def test_a_long_text_is_tinted_when_somebody_agrees_to_so_many_passes(card: Card) -> None:
    card.action("PLL").trigger()
    assert card.card.tint.measure.isHidden()
    card.show("word " * 200)
    assert card.wanted == []
    assert card.card.tint.measure.isVisible()
    assert card.card.tint.measure.text() == "Measure: 200 passes"
    card.card.tint.measure.click()

    assert len(card.wanted) == 1
    assert card.card.tint.measure.isHidden()


def explained(card: Card, text: str = "The cat <mask> on the mat") -> Analysis:
    """Tint by what each token adds to the best guess, and hand over what was asked for."""
    analysis = card.show(text)
    card.action("Why this guess").trigger()
    asked = card.explained[-1]
    model = MadeUpModel(analysis.model)
    card.store.derive("why", Derived(asked.key, finished(asked.work(model, *QUIET))))
    return analysis


def test_the_tokens_can_be_tinted_by_what_each_adds_to_a_guess(card: Card) -> None:
    analysis = explained(card)

    why = card.store.view.derived["why"].value
    legend, most = card.card.tint.legend, float(np.nanmax(np.abs(why.bits())))
    assert most > 0.5
    assert legend.accessibleName() == (
        f"Tint from {written_change(-most, 1)} to {written_change(most, 1)} bits"
    )
    assert "blue ones against it" in legend.toolTip()
    assert why.tip(2) in card.tip(2)
    assert card.card.tint.choice.text() == "Tint: Why this guess"
    assert not card.action("Difference").isEnabled()
    assert card.wanted == []  # nobody asked for surprisal
    tinted = card.picture()
    card.action("No tint").trigger()
    assert card.picture() != tinted
    assert analysis is card.store.view.analysis


def test_what_tokens_add_is_kept_for_those_that_stay_until_the_new_sentence_is_asked_about(
    card: Card,
) -> None:
    explained(card)
    before = card.picture()
    card.type("The cat <mask> on the mat tonight")
    typing = card.picture()
    card.store.show(made_up_analysis("The cat <mask> on the mat tonight"))

    assert typing != before
    asked = why_of(card.store.view)
    assert asked is not None
    assert card.explained[-1].key == asked.key
    assert "bits of log" not in card.tip(2)


def test_without_a_mask_there_is_no_guess_to_explain(card: Card) -> None:
    card.store.choose("surprisal", tint="why")
    card.show(TEXT)

    assert not card.card.tint.legend.isVisible()
    assert card.explained == []
    assert "no guess to explain" in card.action("Why this guess").toolTip()


def test_a_long_text_is_explained_once_somebody_agrees_to_the_passes(card: Card) -> None:
    card.store.choose("surprisal", tint="why")
    card.show("The cat <mask> " + "on the mat " * 40)

    measure = card.card.tint.measure
    assert card.explained == []
    assert measure.text().startswith("Measure: 122 passes")
    measure.click()
    assert len(card.explained) == 1
    assert not measure.isVisible()


def test_a_tint_tells_no_guess_before_somebody_has_guessed(card: Card) -> None:
    word = explained(card).fills[0].candidates[0].text
    assert word in card.card.tint.legend.toolTip()
    card.store.choose("cloze", first=True)

    assert card.card.tint.legend.isHidden()
    assert word not in card.tip(2)


def test_the_legend_says_what_its_ends_are_where_they_are_written_as_before(qtbot: QtBot) -> None:
    legend = TintLegend()
    qtbot.addWidget(legend)
    legend.set_ends("0", "15.6 bits", "by chance among 50,265 tokens")

    legend.set_ends("0", "15.6 bits", "by chance among 50,000 tokens")

    assert legend.toolTip() == plain_tip("by chance among 50,000 tokens")
