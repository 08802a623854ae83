"""What guesses gain and lose is held against passes that list the whole vocabulary."""

from dataclasses import replace

import numpy as np
import pytest

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.engine import Engine
from roberta_gui.findings.guesses import (
    GuessChanges,
    compare_guesses,
    describe_changes,
    describe_entropy,
    known_in_b,
)
from roberta_gui.gui.work.loaded_model import LoadedModel
from roberta_gui.records import AnalysisRequest, FillMask
from tests.gui.shown_panel import finished
from tests.made_up import make_analysis
from tests.models import make_checkpoint
from tests.tolerances import listed_probability

TEXT = "The cat sat on the <mask> and looked at the <mask>."
OFF = frozenset({(1, 5), (3, 1)})


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Make a model of another width, number of layers and vocabulary."""
    folder = tmp_path_factory.mktemp("other")
    return Engine.load(
        str(make_checkpoint(folder, family="xlm-roberta", n_layers=3, d_model=24)), device="cpu"
    )


def whole(engine: Engine, request: AnalysisRequest) -> list[dict[tuple[object, ...], float]]:
    """Give every word's probability at each mask, by its text, from the engine's own ranking."""
    listed = engine.analyse(replace(request, top_k=engine.info.vocab_size))
    return [
        {(c.text, c.leading_space): c.probability for c in reversed(fill.candidates)}
        for fill in listed.fills
    ]


def compared(comparison: Comparison, first: Engine, second: Engine) -> GuessChanges:
    asked = LoadedModel(first)
    asked.second = LoadedModel(second)
    steps = compare_guesses(comparison, asked, lambda: False, lambda _text, _share: None)
    found: GuessChanges = finished(steps)
    return found


def test_each_listed_word_is_looked_up_in_the_other_pass(engine: Engine) -> None:
    b = engine.analyse(AnalysisRequest(TEXT))
    comparison = Comparison(engine.analyse(AnalysisRequest(TEXT, switched_off=OFF)), b)

    changes = compared(comparison, engine, engine)

    a_fills, b_fills = comparison.a.fills, comparison.b.fills
    size = engine.info.vocab_size
    every_head_on = engine.analyse(AnalysisRequest(TEXT, top_k=size)).fills
    some_off = engine.analyse(AnalysisRequest(TEXT, top_k=size, switched_off=OFF)).fills
    for mask in range(2):
        had = {c.id: c.probability for c in every_head_on[mask].candidates}
        has = {c.id: c.probability for c in some_off[mask].candidates}
        expected = [had[c.id] for c in a_fills[mask].candidates]
        np.testing.assert_allclose(
            changes.in_b[mask], expected, rtol=listed_probability(engine.info.vocab_size)
        )
        first = has[b_fills[mask].candidates[0].id]
        np.testing.assert_allclose(
            changes.first_in_a[mask], first, rtol=listed_probability(engine.info.vocab_size)
        )
        found = known_in_b(mask, comparison, changes)
        assert [found(nth) for nth in range(len(expected))] == pytest.approx(
            expected, rel=listed_probability(engine.info.vocab_size)
        )


def test_words_of_another_vocabulary_are_compared_by_their_text(
    engine: Engine, other: Engine
) -> None:
    text, top_k = "The cat sat on the <mask>.", 400
    a, b = (each.analyse(AnalysisRequest(text, top_k=top_k)) for each in (engine, other))
    comparison = Comparison(a, b)

    changes = compared(comparison, engine, other)

    (in_b,), (in_a,) = whole(other, b.request), whole(engine, a.request)
    words = [(c.text, c.leading_space) for c in a.fills[0].candidates]
    np.testing.assert_allclose(
        changes.in_b[0],
        [in_b.get(word, np.nan) for word in words],
        rtol=listed_probability(engine.info.vocab_size),
    )
    assert 0 < np.isnan(changes.in_b).sum() < len(words)
    best = b.fills[0].candidates[0]
    left = in_a.get((best.text, best.leading_space), np.nan)
    np.testing.assert_allclose(
        changes.first_in_a[0], left, rtol=listed_probability(engine.info.vocab_size)
    )
    said = describe_changes(0, comparison, changes)
    assert f"{np.isnan(changes.in_b).sum()} words are not one token in {b.model.name}" in said


def test_until_the_models_have_answered_only_words_of_both_lists_are_known(engine: Engine) -> None:
    b = engine.analyse(AnalysisRequest(TEXT, top_k=2))
    comparison = Comparison(engine.analyse(AnalysisRequest(TEXT)), b)

    known = known_in_b(0, comparison, None)

    had = {c.id: c.probability for c in b.fills[0].candidates}
    listed = comparison.a.fills[0].candidates
    assert [known(nth) for nth in range(len(listed))] == [had.get(c.id) for c in listed]


def test_a_mask_without_a_partner_has_nothing_to_be_compared_with(engine: Engine) -> None:
    a, b = (engine.analyse(AnalysisRequest(text)) for text in (TEXT, "The cat sat on a <mask>."))
    comparison = Comparison(a, b)

    changes = compared(comparison, engine, engine)

    assert np.isfinite(changes.in_b[0]).all()
    assert np.isnan(changes.in_b[1]).all()
    assert describe_entropy(1, comparison) == ""
    assert describe_changes(1, comparison, changes).startswith("This mask has no partner in B")


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (7.3, 7.1, ", 0.2 more than with every head on"),
        (6.0, 7.5, ", 1.5 less than with every head on"),
        (7.3, 7.31, ", as with every head on"),
    ],
)
def test_the_entropy_is_compared_in_words(now: float, before: float, told: str) -> None:
    b = make_analysis()
    a = replace(b, request=replace(b.request, switched_off=OFF))
    place = b.fills[0].token_index
    a, b = (
        replace(each, fills=(FillMask(place, (), bits, 0.5),))
        for each, bits in ((a, now), (b, before))
    )

    assert describe_entropy(0, Comparison(a, b)) == told
