"""Guesses in place of a token that is hidden for the list alone."""

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QToolButton

from roberta_gui.choices import GuessesChoices
from roberta_gui.engine import Engine
from roberta_gui.findings.guesses import can_hide, listed_at
from roberta_gui.findings.steps.guesses import know_guesses
from roberta_gui.gui.panels.guesses.panel import GuessesPanel
from roberta_gui.gui.work.loaded_model import LoadedModel
from roberta_gui.problems import BadArgument
from roberta_gui.records import AnalysisRequest, Replacement
from roberta_gui.resources import resource
from tests.gui.panels.guesses.test_guesses import TWO_MASKS, click_row, taken
from tests.gui.shown_panel import ShownPanel, finished
from tests.made_up import made_up_analysis
from tests.models import make_checkpoint
from tests.tolerances import bits, log_probability

pytestmark = pytest.mark.panel(kind=GuessesPanel)


def test_a_selected_token_is_hidden_for_the_list_and_a_click_writes_over_it(
    shown: ShownPanel,
) -> None:
    analysis = shown.show(made_up_analysis("The cat sat"))
    told = taken(shown)
    assert "would stand in its place" in shown.said()

    shown.store.select_token(2)
    shown.panel.start()
    shown.derive()
    click_row(shown, 0)

    ((token, candidate, form),) = told
    assert token == 2
    assert isinstance(form, Replacement)
    assert (form.start, form.end) == (analysis.tokens[2].start, analysis.tokens[2].end)
    assert form.text == f"w{candidate.id}"
    assert "if “cat” were hidden" in shown.said()


def test_beside_masks_the_selected_token_is_hidden_when_asked_for(shown: ShownPanel) -> None:
    shown.show_text(TWO_MASKS)
    button = next(b for b in shown.panel.findChildren(QToolButton) if b.text() == "Selected token")
    assert not button.isEnabled()

    shown.store.select_token(3)
    assert button.isEnabled()
    assert "hidden" not in shown.said()
    button.click()
    shown.panel.start()
    shown.derive()
    assert "if “sat” were hidden" in shown.said()


@pytest.mark.parametrize("text", ["The cat sat on the mat.", "A <mask> sat on the naïve cats."])
def test_guesses_in_place_of_a_token_are_those_of_the_text_with_a_mask_there(
    engine: Engine, text: str
) -> None:
    run = engine.analyse(AnalysisRequest(text))
    asked = LoadedModel(engine)
    for token in filter(lambda each: can_hide(run, each.index), run.tokens):
        masked = text[: token.start] + "<mask>" + text[token.end :]
        nth = sum(each.is_mask for each in run.tokens[: token.index])
        expected = engine.analyse(AnalysisRequest(masked)).fills[nth]
        place = expected.token_index
        steps = know_guesses(
            run, None, token.index, (GuessesChoices(), ()), asked, lambda: False, lambda *_: None
        )
        known = finished(steps)

        (listed,) = known.analysis.fills
        assert [c.id for c in listed.candidates] == [c.id for c in expected.candidates]
        assert listed.entropy_bits == pytest.approx(
            expected.entropy_bits, abs=bits(engine.info.vocab_size)
        )
        assert listed.covered == pytest.approx(
            expected.covered, abs=log_probability(engine.info.vocab_size)
        )
        assert known.at_token is not None
        logs = engine.mask_log_probabilities(masked)[nth]
        rank = 1 + np.count_nonzero(logs > logs[token.id])
        text_of_it, _ = engine.tokenizer.spell(token.id)
        assert (known.at_token.hidden.rank, known.at_token.hidden.text) == (rank, text_of_it)
        for candidate in listed.candidates:
            form = known.forms[0, candidate.id]
            if form is not None:
                assert engine.tokenize(form.applied(text))[place].id == candidate.id


def test_unmasked_stands_beside_hidden_and_in_its_place_when_asked_for(shown: ShownPanel) -> None:
    analysis = shown.show(made_up_analysis("The cat sat"))
    shown.store.select_token(2)
    shown.panel.start()
    shown.derive()
    said = shown.panel.caption_text()
    assert said.startswith("What would stand here if “cat” were hidden: it would be number ")
    assert "unmasked, in sight, it is number 1 (90.0 %)." in said
    table, arrays = shown.panel.table(), shown.panel.arrays()
    assert table is not None
    assert arrays is not None
    assert table.columns[-2:] == ("probability", "probability_unmasked")
    assert arrays["probabilities_unmasked"].shape == arrays["probabilities"].shape == (1, 10)

    shown.button("Unmasked").click()
    shown.derive()

    said = shown.panel.caption_text()
    assert said.startswith(
        "What the model says unmasked, with “cat” in sight: it is number 1 (90.0 %); "
    )
    assert "hidden, it would be number " in said
    known = shown.panel.known
    assert known is not None
    assert known.analysis.fills[0].candidates[0].id == analysis.tokens[2].id
    assert shown.panel.picture().accessibleDescription().endswith(" % hidden")


def test_the_readings_of_a_token_are_those_of_the_text_and_of_the_text_with_a_mask(
    engine: Engine,
) -> None:
    run = engine.analyse(AnalysisRequest("The cat sat on the mat."))
    unmasked = engine.token_log_probabilities(run.request, 2)
    (hidden,) = engine.mask_log_probabilities("The <mask> sat on the mat.")

    for is_unmasked, own, other in ((False, hidden, unmasked), (True, unmasked, hidden)):
        found = listed_at(engine, run, 2, GuessesChoices(n=20, unmasked=is_unmasked))
        candidates = found.analysis.fills[0].candidates
        ids = [c.id for c in candidates]
        assert ids == np.argsort(-own, kind="stable")[:20].tolist()
        size = log_probability(engine.info.vocab_size)
        assert np.log([c.probability for c in candidates]) == pytest.approx(own[ids], abs=size)
        assert np.log(found.other[0]) == pytest.approx(other[ids], abs=size)

    with pytest.raises(BadArgument, match="cannot be hidden"):
        listed_at(engine, run, 0, GuessesChoices())


def test_a_piece_of_a_character_is_not_hidden_and_the_window_says_why(
    shown: ShownPanel, engine: Engine
) -> None:
    run = shown.show(engine.analyse(AnalysisRequest("I love 😀 you")))
    pieces = [token.index for token in run.tokens if token.text == "😀"]
    assert len(pieces) == 4

    for piece in pieces:
        assert not can_hide(run, piece)
        with pytest.raises(BadArgument, match="one of 4 pieces of 😀"):
            listed_at(engine, run, piece, GuessesChoices())
    assert can_hide(run, pieces[0] - 1)
    shown.store.select_token(pieces[1])
    why = f"Token {pieces[1] + 1} cannot be hidden. It is one of 4 pieces of 😀"
    assert why in shown.said()
    button = next(b for b in shown.panel.findChildren(QToolButton) if b.text() == "Selected token")
    assert not button.isEnabled()
    assert why in button.toolTip()


def test_a_token_that_there_is_not_is_refused(engine: Engine) -> None:
    run = engine.analyse(AnalysisRequest("A cat."))

    for token in (-1, len(run.tokens)):
        with pytest.raises(BadArgument, match=f"There is no token {token}"):
            listed_at(engine, run, token, GuessesChoices())


def test_where_a_typed_mask_is_only_letters_no_token_can_be_hidden(tmp_path: Path) -> None:
    mini = resource("models/mini") / "tokenizer.json"
    settings = make_checkpoint(tmp_path, tokenizer_json=mini) / "tokenizer_config.json"
    told = json.loads(settings.read_text(encoding="utf-8")) | {"split_special_tokens": True}
    settings.write_text(json.dumps(told), encoding="utf-8")
    engine = Engine.load(tmp_path, device="cpu")

    run = engine.analyse(AnalysisRequest("The cat <mask> sat"))

    assert run.fills == ()
    assert not engine.info.can_type_mask
    assert not any(can_hide(run, token.index) for token in run.tokens)
    with pytest.raises(BadArgument, match="cannot be hidden"):
        listed_at(engine, run, 2, GuessesChoices())
