"""More guesses than an analysis lists, and those that somebody looks for."""

from dataclasses import replace

import numpy as np
import pytest

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import GuessesChoices
from roberta_gui.engine import Engine
from roberta_gui.findings.guesses import (
    caption,
    compare_guesses,
    describe_changes,
    describe_missing,
    list_guesses,
    table,
)
from roberta_gui.findings.guesses import listed as listed_now
from roberta_gui.findings.words.vocabulary import matches
from roberta_gui.gui.work.loaded_model import LoadedModel
from roberta_gui.records import Analysis, AnalysisRequest
from tests.gui.shown_panel import finished
from tests.tolerances import ROW_SUM, listed_probability

REQUEST = AnalysisRequest("The <mask> sat on the <mask>.")


@pytest.fixture(scope="module")
def model(engine: Engine) -> LoadedModel:
    return LoadedModel(engine)


def listed(model: LoadedModel, chosen: GuessesChoices) -> Analysis:
    run = model.engine.analyse(REQUEST)
    found: Analysis = finished(list_guesses(run, chosen, model, lambda: False))
    return found


@pytest.fixture(scope="module")
def whole(model: LoadedModel) -> Analysis:
    return model.engine.analyse(replace(REQUEST, top_k=model.engine.info.vocab_size))


def test_ten_guesses_are_those_of_the_pass(model: LoadedModel) -> None:
    run = model.engine.analyse(REQUEST)

    assert finished(list_guesses(run, GuessesChoices(), model, lambda: False)) is run


def test_fifty_guesses_are_those_of_a_pass_that_lists_fifty(model: LoadedModel) -> None:
    more, direct = (
        listed(model, GuessesChoices(n=50)),
        model.engine.analyse(replace(REQUEST, top_k=50)),
    )

    for fill, expected in zip(more.fills, direct.fills, strict=True):
        assert [(c.rank, c.id, c.text) for c in fill.candidates] == [
            (c.rank, c.id, c.text) for c in expected.candidates
        ]
        probabilities = [c.probability for c in fill.candidates]
        np.testing.assert_allclose(
            probabilities,
            [c.probability for c in expected.candidates],
            rtol=listed_probability(model.engine.info.vocab_size),
        )
        assert fill.covered == pytest.approx(
            expected.covered, rel=listed_probability(model.engine.info.vocab_size)
        )
    assert caption(more).startswith("The 50 listed words hold")


@pytest.mark.parametrize(
    "chosen",
    [
        GuessesChoices(search="^St", n=20),
        GuessesChoices(search="an"),
        GuessesChoices(whole=True, letters=True, n=50),
    ],
)
def test_what_is_looked_for_comes_from_the_whole_vocabulary_with_its_rank(
    model: LoadedModel, whole: Analysis, chosen: GuessesChoices
) -> None:
    found = listed(model, chosen)

    for fill, every in zip(found.fills, whole.fills, strict=True):
        wanted = [c for c in every.candidates if matches((c.text, c.leading_space), chosen)]
        assert [(c.rank, c.id) for c in fill.candidates] == [
            (c.rank, c.id) for c in wanted[: chosen.n]
        ]
    ranks = [row[2] for row in table(found).rows]
    assert ranks == [c.rank for fill in found.fills for c in fill.candidates]


def test_words_match_by_their_letters_whatever_their_case() -> None:
    assert matches(("Street", True), GuessesChoices(search=" ^sTR "))
    assert not matches(("destroy", True), GuessesChoices(search="^str"))
    assert matches(("destroy", True), GuessesChoices(search="str"))
    assert not matches((",", False), GuessesChoices(letters=True))
    assert not matches(("⟨E6⟩", False), GuessesChoices(letters=True))
    assert not matches(("ing", False), GuessesChoices(whole=True))
    assert GuessesChoices(search=" ").is_filtered is False


def test_where_nothing_matches_that_is_said_and_compared_with_nothing(model: LoadedModel) -> None:
    found = listed(model, GuessesChoices(search="qqqqqq"))
    comparison = Comparison(found, model.engine.analyse(REQUEST))

    changes = finished(
        compare_guesses(comparison, model, lambda: False, lambda _text, _share: None)
    )

    assert caption(found) == "No word of the vocabulary is what is looked for."
    assert changes.in_b.shape == (2, 0)
    assert "leads" in describe_changes(0, comparison, changes)
    assert list(table(found).rows) == []


def test_one_listed_word_is_said_as_one(model: LoadedModel) -> None:
    best = model.engine.analyse(REQUEST).fills[0].candidates[0]
    run = replace(
        found := listed(model, GuessesChoices()),
        fills=tuple(replace(fill, candidates=(best,)) for fill in found.fills),
    )

    assert caption(run).startswith("The one listed word holds")


def test_all_is_the_whole_vocabulary_in_the_order_of_the_pass(
    model: LoadedModel, whole: Analysis
) -> None:
    found = listed(model, GuessesChoices(n=0))

    for fill, every in zip(found.fills, whole.fills, strict=True):
        size = model.engine.info.vocab_size
        assert sorted(c.id for c in fill.candidates) == list(range(size))
        np.testing.assert_allclose(
            [c.probability for c in fill.candidates],
            [c.probability for c in every.candidates],
            rtol=listed_probability(size),
        )
        assert fill.candidates[-1] in fill.candidates
        assert fill.covered == pytest.approx(1, abs=ROW_SUM)
        assert fill.filtered == 0
    assert caption(found).startswith(f"The {model.engine.info.vocab_size:,} listed words hold 100.")
    rows = list(table(found).rows)
    assert [row[2] for row in rows[:3]] == [1, 2, 3]


def test_what_a_filter_keeps_from_the_list_is_said(model: LoadedModel, whole: Analysis) -> None:
    chosen = GuessesChoices(whole=True, letters=True)
    found = listed(model, chosen)

    for mask, (fill, every) in enumerate(zip(found.fills, whole.fills, strict=True)):
        hidden = sum(
            c.probability
            for c in every.candidates
            if not matches((c.text, c.leading_space), chosen)
        )
        assert fill.filtered == pytest.approx(hidden, abs=ROW_SUM)
        share = f"{fill.filtered * 100:.1f} %"
        assert f"those that are filtered out {share}" in caption(found, mask)


def test_only_these_words_are_listed_in_every_form_and_the_rest_is_named(
    model: LoadedModel, whole: Analysis
) -> None:
    words = ["is", "are", "used to"]
    run = model.engine.analyse(REQUEST)

    found = listed_now(model.engine, run, GuessesChoices(only=True), words)

    for fill, every in zip(found.fills, whole.fills, strict=True):
        wanted = [c for c in every.candidates if c.text in words]
        assert [(c.rank, c.id) for c in fill.candidates] == [(c.rank, c.id) for c in wanted]
    missing = describe_missing(found.fills[0], words)
    assert missing == "“used to” is not one token: Words scores it. "
    assert describe_missing(found.fills[0], words[:2]) == ""
    several = describe_missing(found.fills[0], ["a b", "c d"])
    assert several == "“a b” and “c d” are not one token each: Words scores them. "
