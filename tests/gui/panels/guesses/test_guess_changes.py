"""What guesses gain and lose is held against passes that list the whole vocabulary."""

from dataclasses import replace

import numpy as np
import pytest

from roberta_gui.engine import Engine
from roberta_gui.findings.comparison.guess_changes import (
    compare_guesses,
    describe_entropy,
    known_before,
)
from roberta_gui.gui.work.loaded_model import LoadedModel
from roberta_gui.records import Analysis, AnalysisRequest, FillMask
from tests.gui.shown_panel import finished

TEXT = "The cat sat on the <mask> and looked at the <mask>."
OFF = frozenset({(1, 5), (3, 1)})


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load("mini", device="cpu")


def whole(engine: Engine, request: AnalysisRequest) -> list[dict[int, float]]:
    """Give every word's probability at each mask, from the engine's own ranking."""
    listed = engine.analyse(replace(request, top_k=engine.info.vocab_size))
    return [{c.id: c.probability for c in fill.candidates} for fill in listed.fills]


def test_each_listed_word_is_looked_up_in_the_other_pass(engine: Engine) -> None:
    baseline = engine.analyse(AnalysisRequest(TEXT))
    analysis = engine.analyse(AnalysisRequest(TEXT, switched_off=OFF))

    changes = finished(
        compare_guesses(
            analysis, baseline, LoadedModel(engine), lambda: False, lambda _text, _share: None
        )
    )

    every_head_on, some_off = whole(engine, baseline.request), whole(engine, analysis.request)
    for mask in range(2):
        before = [every_head_on[mask][c.id] for c in analysis.fills[mask].candidates]
        after = [some_off[mask][c.id] for c in baseline.fills[mask].candidates]
        np.testing.assert_allclose(changes.before[mask], before, rtol=1e-4)
        np.testing.assert_allclose(changes.after[mask], after, rtol=1e-4)
        known = known_before(mask, baseline, changes)
        assert [known[c.id] for c in analysis.fills[mask].candidates] == pytest.approx(
            before, rel=1e-4
        )


def test_until_the_model_has_answered_only_words_of_both_lists_are_known(engine: Engine) -> None:
    baseline: Analysis = engine.analyse(AnalysisRequest(TEXT, top_k=2))

    known = known_before(0, baseline, None)

    assert known == {c.id: c.probability for c in baseline.fills[0].candidates}
    assert known_before(0, None, None) == {}


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (7.3, 7.1, ", 0.2 more than with every head on"),
        (6.0, 7.5, ", 1.5 less than with every head on"),
        (7.3, 7.31, ", as with every head on"),
    ],
)
def test_the_entropy_is_compared_in_words(now: float, before: float, told: str) -> None:
    assert describe_entropy(FillMask(1, (), now, 0.5), FillMask(1, (), before, 0.5)) == told
