"""Log-probabilities at masks, against transformers in float64 and against the guesses."""

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.analysis.stepped import result_of
from roberta_gui.engine import Engine, climbing
from roberta_gui.records import AnalysisRequest
from tests.engine.twins import Twins
from tests.tolerances import ROW_SUM, log_probability

TEXT = "The <mask> sat on the <mask>, unbelievably."
WORDS = [" cat", "cat", " table"]
CLOSE = log_probability(50_265)


def test_words_get_the_log_probabilities_of_transformers(twins: Twins) -> None:
    found = twins.engine.log_probabilities(AnalysisRequest(TEXT), WORDS)

    ids = twins.ids(TEXT)
    logs = twins.logs(ids)
    masks = [place for place, row in enumerate(ids) if row == twins.tokenizer.mask_token_id]
    rows = [twins.tokenizer(word, add_special_tokens=False)["input_ids"] for word in WORDS]
    assert found.shape == (2, 3)
    assert found.dtype == np.float64
    assert not found.flags.writeable
    for mask, place in enumerate(masks):
        for word, (row,) in enumerate(rows):
            assert found[mask, word] == pytest.approx(logs[place, row], abs=CLOSE)
    assert abs(found[0, 0] - found[0, 1]) > 1e-3  # " cat" is not "cat"


def test_the_whole_vocabulary_sums_to_one_and_agrees_with_the_guesses(twins: Twins) -> None:
    request = AnalysisRequest(TEXT, top_k=20)

    found = twins.engine.mask_log_probabilities(request)

    assert found.shape == (2, 50265)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.exp(found, dtype=float).sum(axis=1), 1, atol=ROW_SUM)
    for mask, fill in enumerate(twins.engine.analyse(request).fills):
        for candidate in fill.candidates:
            found_probability = np.exp(found[mask, candidate.id])
            assert found_probability == pytest.approx(candidate.probability, rel=CLOSE)


def test_a_long_pass_pauses_between_layers_and_ends_in_the_same_array(
    twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, told = AnalysisRequest(TEXT), []
    at_once = twins.engine.mask_log_probabilities(request)
    monkeypatch.setattr(climbing, "step_room", lambda configuration: 1)

    steps = twins.engine.mask_log_probability_steps(
        request, report=lambda text, fraction: told.append(text)
    )

    assert [next(steps), next(steps)] == [None, None]  # three layers, two pauses
    np.testing.assert_array_equal(result_of(steps), at_once)
    assert len(told) == 1


def test_heads_that_are_switched_off_are_off(twins: Twins) -> None:
    request = AnalysisRequest(TEXT, switched_off=frozenset({(1, 0), (1, 3)}))

    found = twins.engine.mask_log_probabilities(request)

    ids = twins.ids(TEXT)
    masks = [place for place, row in enumerate(ids) if row == twins.tokenizer.mask_token_id]
    with twins.without(1, 0, 3):
        np.testing.assert_allclose(found, twins.logs(ids)[masks], atol=CLOSE)
    whole = twins.engine.mask_log_probabilities(AnalysisRequest(TEXT))
    assert np.abs(found - whole).max() > 1e-2


def test_a_text_without_a_mask_has_no_rows(twins: Twins) -> None:
    for text in ("", "The cat sat."):
        request = AnalysisRequest(text)
        assert twins.engine.log_probabilities(request, WORDS).shape == (0, 3)
        assert twins.engine.mask_log_probabilities(request).shape == (0, 50265)
    assert twins.engine.log_probabilities(AnalysisRequest(TEXT), []).shape == (2, 0)


@pytest.mark.parametrize("word", [" unbelievably xy", "", "two words"])
def test_a_word_that_is_not_one_token_is_refused(word: str, twins: Twins) -> None:
    with pytest.raises(problems.SeveralPieces):
        twins.engine.log_probabilities(AnalysisRequest(TEXT), [" cat", word])


@pytest.mark.parametrize("text", [TEXT, "No mask at all."])
def test_a_model_without_the_head_says_so(text: str, headless: Engine) -> None:
    with pytest.raises(problems.NoMaskHead):
        headless.log_probabilities(AnalysisRequest(text), [" cat"])
    with pytest.raises(problems.NoMaskHead):
        headless.mask_log_probabilities(AnalysisRequest(text))


def test_the_pass_ends_between_two_layers_when_told_to(twins: Twins) -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(problems.Stopped):
        twins.engine.mask_log_probabilities(AnalysisRequest(TEXT), stop=stop)
    assert len(asked) == 3


def test_a_token_in_sight_has_the_logits_that_transformers_gives_it(twins: Twins) -> None:
    text = "The cat sat on the mat."
    logs = twins.logs(twins.ids(text))
    hidden = twins.engine.analyse(AnalysisRequest(text)).hidden

    for token in range(len(logs)):
        found = twins.engine.token_log_probabilities(text, token)
        np.testing.assert_allclose(found, logs[token], atol=CLOSE)
        saved = twins.engine.token_log_probabilities(text, token, hidden=hidden)
        np.testing.assert_allclose(saved, logs[token], atol=CLOSE)
    with pytest.raises(problems.BadArgument, match="There is no token 30"):
        twins.engine.token_log_probabilities(text, 30)
