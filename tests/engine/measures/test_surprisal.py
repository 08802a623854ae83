"""Surprisal, against transformers run on every masked copy by itself."""

import itertools
from copy import copy

import numpy as np
import pytest
from numpy.typing import NDArray

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.measures import surprisal
from roberta_gui.records import AnalysisRequest, Estimator
from tests.engine.twins import Twins
from tests.tolerances import bits

TEXT = "The hippopotamus didn't <mask> unbelievably 😀 fast."
CLOSE = bits(50_265)

pytestmark = pytest.mark.usefixtures("one_thread")


def expected_bits(twins: Twins, text: str, estimator: Estimator) -> NDArray[np.float64]:
    """Score a text by the definitions, one pass for each token."""
    encoding = twins.tokenizer(text)
    ids, words = list(encoding["input_ids"]), encoding.word_ids()
    mask_id = twins.tokenizer.mask_token_id
    bits = np.full(len(ids), np.nan)
    for place in range(1, len(ids) - 1):
        if ids[place] == mask_id:
            continue
        masked = list(ids)
        if estimator != "unmasked":
            masked[place] = mask_id
        if estimator == "pll_word_l2r":
            later = range(place + 1, len(ids))
            for other in (at for at in later if words[at] == words[place]):
                masked[other] = mask_id
        bits[place] = -twins.logs(masked, place)[ids[place]] / np.log(2)
    return bits


@pytest.mark.parametrize("estimator", ["unmasked", "pll", "pll_word_l2r"])
def test_every_estimator_is_what_transformers_gives_copy_by_copy(
    estimator: Estimator, twins: Twins
) -> None:
    found = twins.engine.surprisal(AnalysisRequest(TEXT), estimator)

    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected_bits(twins, TEXT, estimator), atol=CLOSE)
    unscored = [
        token.index for token in twins.engine.tokenize(TEXT) if np.isnan(found[token.index])
    ]
    assert [twins.engine.tokenize(TEXT)[at].text for at in unscored] == ["<s>", "<mask>", "</s>"]


def test_words_of_one_piece_score_the_same_by_both_masked_estimators(twins: Twins) -> None:
    tokens = twins.engine.tokenize(TEXT)
    alone = [t.index for t in tokens if [u.word for u in tokens].count(t.word) == 1]

    pll, l2r = (
        twins.engine.surprisal(AnalysisRequest(TEXT), estimator)
        for estimator in ("pll", "pll_word_l2r")
    )

    assert 3 < len(alone) < len(tokens) - 3
    np.testing.assert_allclose(pll[alone], l2r[alone], atol=CLOSE)
    assert np.nanmax(np.abs(pll - l2r)) > 1e-2


@pytest.mark.parametrize("step_tokens", [1, 20, 55, 10_000])
@pytest.mark.parametrize("estimator", ["pll", "pll_word_l2r"])
def test_the_size_of_a_batch_changes_no_value(
    step_tokens: int, estimator: Estimator, twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = twins.engine.surprisal(AnalysisRequest(TEXT), estimator)
    monkeypatch.setattr(surprisal, "step_tokens", lambda configuration: step_tokens)

    np.testing.assert_allclose(
        twins.engine.surprisal(AnalysisRequest(TEXT), estimator), usual, rtol=0, atol=CLOSE
    )


@pytest.mark.parametrize("estimator", ["unmasked", "pll", "pll_word_l2r"])
def test_values_arrive_from_left_to_right_and_stay(
    estimator: Estimator, twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surprisal, "step_tokens", lambda configuration: 10)

    steps = list(twins.engine.surprisal_steps(AnalysisRequest(TEXT), estimator))

    assert np.isnan(steps[0]).all()
    for earlier, later in itertools.pairwise(steps):
        known = ~np.isnan(earlier)
        np.testing.assert_array_equal(later[known], earlier[known])
        known_later = np.flatnonzero(~np.isnan(later[1:-1]))
        scored = np.flatnonzero(~np.isnan(steps[-1][1:-1]))
        assert known_later.tolist() == scored[: len(known_later)].tolist()
    assert not any(step.flags.writeable for step in steps)
    np.testing.assert_allclose(steps[-1], expected_bits(twins, TEXT, estimator), atol=CLOSE)


def test_switched_off_heads_are_off_in_every_copy(twins: Twins) -> None:
    request = AnalysisRequest(TEXT, switched_off=frozenset({(0, 2)}))

    found = twins.engine.surprisal(request)

    with twins.without(0, 2):
        np.testing.assert_allclose(found, expected_bits(twins, TEXT, "pll"), atol=CLOSE)


@pytest.mark.parametrize("estimator", ["unmasked", "pll"])
def test_texts_without_a_token_to_score_have_no_surprisal(
    estimator: Estimator, twins: Twins
) -> None:
    for text, n_tokens in (("", 2), ("<mask><mask>", 4)):
        found = twins.engine.surprisal(AnalysisRequest(text), estimator)
        assert found.shape == (n_tokens,)
        assert np.isnan(found).all()


def test_a_text_of_two_segments_is_scored_in_both(twins: Twins) -> None:
    found = twins.engine.surprisal(AnalysisRequest("It rains.", pair="We stay."))

    special = [t.is_special for t in twins.engine.tokenize("It rains.", "We stay.")]
    assert np.isnan(found).tolist() == special


def test_progress_is_told_and_the_work_ends_when_told_to(
    twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surprisal, "step_tokens", lambda configuration: 10)
    told: list[float | None] = []

    def stop() -> bool:
        return len(told) >= 2

    with pytest.raises(problems.Stopped):
        twins.engine.surprisal(
            AnalysisRequest(TEXT), stop=stop, report=lambda _, fraction: told.append(fraction)
        )
    assert told[0] == 0
    assert told[1] == pytest.approx(1 / 11)


def test_an_unknown_estimator_and_a_model_without_the_head_are_refused(
    twins: Twins, headless: Engine
) -> None:
    with pytest.raises(problems.BadArgument, match="'wishful'"):
        twins.engine.surprisal(AnalysisRequest(TEXT), "wishful")  # type: ignore[arg-type]
    for estimator in ("unmasked", "pll", "pll_word_l2r"):
        with pytest.raises(problems.NoMaskHead):
            headless.surprisal(AnalysisRequest(""), estimator)


def test_without_a_mask_in_the_vocabulary_only_unmasked_surprisal_can_be_had(
    mini: Engine,
) -> None:
    engine = mini.edited(lambda _layer, context: context)
    engine.tokenizer = copy(mini.tokenizer)
    engine.tokenizer.mask_id = None

    with pytest.raises(problems.BadArgument, match="no mask"):
        engine.surprisal_steps("The cat")
    found = engine.surprisal("The cat", "unmasked")
    assert np.isnan(found).tolist() == [True, False, False, True]
