"""Head roles of a model: the sums over several sentences, one pass each."""

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.analysis.heads.roles import ROLES, measure
from roberta_gui.engine import Engine
from roberta_gui.engine.measures import roles
from roberta_gui.records import AnalysisRequest
from tests.engine.twins import Twins
from tests.tolerances import ROW_SUM, information_bits, rounding

TEXTS = ["The cat sat on the mat.", "It rains; we stay.", "", "Well, well, well!"]


@pytest.mark.parametrize("room", [1, 40, 1_000_000])
def test_roles_are_measured_over_all_sentences(
    room: int, twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roles, "step_room", lambda configuration: room)

    steps = list(twins.engine.role_steps(TEXTS))

    queries, start = 0, np.zeros((3, 4))
    for text in TEXTS:
        analysis = twins.engine.analyse(AnalysisRequest(text))
        inner = analysis.attention[:, :, 1:-1, 0].astype(float)
        queries, start = queries + inner.shape[-1], start + inner.sum(axis=-1)
    assert (steps[-1].n_sentences, steps[-1].n_queries) == (4, queries)
    shares = steps[-1].shares
    np.testing.assert_allclose(shares[:, :, ROLES.index("start")], start / queries, atol=ROW_SUM)
    np.testing.assert_allclose(shares.sum(axis=-1), 1, atol=ROW_SUM)
    counts = [step.n_sentences for step in steps]
    assert counts == sorted(counts)
    assert len(counts) == (13 if room == 1 else len(counts))


def test_one_sentence_gives_what_its_analysis_gives(mini: Engine) -> None:
    analysis = mini.analyse(AnalysisRequest(TEXTS[0]))

    *_, found = mini.role_steps(TEXTS[:1])

    expected, n = measure(analysis.attention, analysis.tokens), len(analysis.tokens)
    np.testing.assert_allclose(found.shares, expected.shares, atol=ROW_SUM)
    np.testing.assert_allclose(found.entropy_bits, expected.entropy_bits, atol=information_bits(n))
    np.testing.assert_allclose(found.distance_tokens, expected.distance_tokens, atol=rounding(n, n))
    np.testing.assert_array_equal(found.strongest, expected.strongest)


def test_without_a_sentence_nothing_is_known(twins: Twins) -> None:
    (nothing,) = twins.engine.role_steps([])

    assert nothing.n_sentences == 0
    assert np.isnan(nothing.shares).all()


def test_measuring_ends_when_told_to(twins: Twins) -> None:
    told: list[float | None] = []

    steps = twins.engine.role_steps(
        TEXTS, stop=lambda: len(told) == 2, report=lambda _, fraction: told.append(fraction)
    )
    with pytest.raises(problems.Stopped):
        list(steps)
    assert told == [0, pytest.approx(1 / 4)]
