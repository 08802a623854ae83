"""The sweep over all heads, against transformers with columns of W_O set to zero."""

from dataclasses import replace

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.measures import sweep
from roberta_gui.records import Ablation, AnalysisRequest, Sweep
from tests.engine.twins import Twins
from tests.tolerances import log_probability

TEXT = "The <mask> sat on the <mask>, unbelievably."
WORD = " cat"
CLOSE = log_probability(50_265)

pytestmark = pytest.mark.usefixtures("one_thread")


def swept(engine: Engine, request: AnalysisRequest, ablation: Ablation, mask: int = 0) -> Sweep:
    """Take all steps of a sweep."""
    *_, complete = engine.sweep(request, WORD, ablation, mask)
    return complete


@pytest.mark.parametrize("mask", [0, 1])
def test_every_head_changes_what_its_columns_change_in_transformers(
    mask: int, twins: Twins
) -> None:
    found = swept(twins.engine, AnalysisRequest(TEXT), "zero", mask)

    ids = twins.ids(TEXT)
    place = [at for at, row in enumerate(ids) if row == twins.tokenizer.mask_token_id][mask]
    (word,) = twins.tokenizer(WORD, add_special_tokens=False)["input_ids"]
    baseline = twins.logs(ids, place)[word]
    assert (found.token_index, found.word, found.word_id) == (place, WORD, word)
    assert found.baseline == pytest.approx(baseline, abs=CLOSE)
    assert found.fraction == 1
    for layer, head in np.ndindex(3, 4):
        with twins.without(layer, head):
            change = twins.logs(ids, place)[word] - baseline
        assert found.changes[layer, head] == pytest.approx(change, abs=2 * CLOSE)
    assert np.abs(found.changes).max() > 0.01


@pytest.mark.parametrize("ablation", ["zero", "mean"])
def test_a_sweep_finds_what_an_analysis_with_that_head_off_finds(
    ablation: Ablation, twins: Twins
) -> None:
    already = frozenset({(0, 1), (1, 0), (1, 3)})
    request = AnalysisRequest(TEXT, top_k=2000, switched_off=already)
    guesses = twins.engine.analyse(request).fills[0].candidates
    guess = next(c for c in guesses if c.leading_space and c.text.isalpha())

    *_, found = twins.engine.sweep(request, f" {guess.text}", ablation)

    assert found.word_id == guess.id
    assert found.request == replace(request, ablation=ablation)
    for head in [(0, 0), (1, 2), (2, 3)]:
        off = replace(found.request, switched_off=already | {head})
        (fill, _) = twins.engine.analyse(off).fills
        (probability,) = [c.probability for c in fill.candidates if c.id == found.word_id]
        change = np.log(probability) - found.baseline
        assert found.changes[head] == pytest.approx(change, abs=2 * CLOSE)


@pytest.mark.parametrize("ablation", ["zero", "mean"])
def test_heads_that_were_off_before_change_nothing(ablation: Ablation, twins: Twins) -> None:
    everything = frozenset((1, head) for head in range(4)) | {(2, 1)}

    found = swept(twins.engine, AnalysisRequest(TEXT, switched_off=everything), ablation)

    assert all(found.changes[head] == 0 for head in everything)
    for head in set(np.ndindex(3, 4)) - everything:
        off = AnalysisRequest(TEXT, switched_off=everything | {head}, ablation=ablation)
        expected = twins.engine.log_probabilities(off, [WORD])[0, 0] - found.baseline
        assert found.changes[head] == pytest.approx(expected, abs=2 * CLOSE)


@pytest.mark.parametrize("room", [1, 30, 10_000])
def test_the_size_of_a_batch_changes_no_value(
    room: int, twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = swept(twins.engine, AnalysisRequest(TEXT), "zero").changes
    monkeypatch.setattr(sweep, "step_room", lambda configuration: room)

    other = swept(twins.engine, AnalysisRequest(TEXT), "zero").changes

    np.testing.assert_allclose(other, usual, rtol=0, atol=2 * CLOSE)


def test_heads_become_known_from_the_top_and_stay(twins: Twins) -> None:
    steps = list(twins.engine.sweep(AnalysisRequest(TEXT), WORD))

    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0, 1)
    assert len(set(fractions)) >= 4
    assert np.isnan(steps[0].baseline)
    for step in steps[1:]:
        known = ~np.isnan(step.changes)
        np.testing.assert_array_equal(step.changes[known], steps[-1].changes[known])
        assert (np.diff(known.any(axis=1).astype(int)) >= 0).all()


def test_known_heads_are_ranked_by_how_much_they_hurt(twins: Twins) -> None:
    found = swept(twins.engine, AnalysisRequest(TEXT), "zero")
    changes = np.array([[-1.0, np.nan, 0.5, -3.0], [0.5, -1.0, 0.0, np.nan]])

    ranked = replace(found, changes=changes).ranked

    assert ranked == ((0, 3), (0, 0), (1, 1), (1, 2), (0, 2), (1, 0))


def test_a_sweep_leaves_the_model_as_it_was_to_the_bit(twins: Twins) -> None:
    request = AnalysisRequest(TEXT)
    before = twins.engine.analyse(request)

    swept(twins.engine, request, "mean")

    after = twins.engine.analyse(request)
    np.testing.assert_array_equal(after.hidden, before.hidden)
    np.testing.assert_array_equal(after.attention, before.attention)
    assert after.fills == before.fills


def test_a_sweep_ends_when_told_to(twins: Twins) -> None:
    told: list[float | None] = []

    steps = twins.engine.sweep(
        AnalysisRequest(TEXT),
        WORD,
        stop=lambda: len(told) == 2,
        report=lambda _, fraction: told.append(fraction),
    )
    with pytest.raises(problems.Stopped):
        list(steps)
    assert told == [0, pytest.approx(4 / 12)]


@pytest.mark.parametrize(
    ("text", "word", "mask", "problem"),
    [
        ("No mask.", WORD, 0, problems.BadArgument),
        (TEXT, WORD, 2, problems.BadArgument),
        (TEXT, WORD, -1, problems.BadArgument),
        (TEXT, " unbelievably so", 0, problems.SeveralPieces),
    ],
)
def test_what_cannot_be_watched_is_refused(
    text: str, word: str, mask: int, problem: type[problems.Problem], twins: Twins
) -> None:
    with pytest.raises(problem):
        list(twins.engine.sweep(AnalysisRequest(text), word, mask=mask))


def test_a_model_without_the_head_and_an_unknown_ablation_are_refused(
    twins: Twins, headless: Engine
) -> None:
    with pytest.raises(problems.NoMaskHead):
        list(headless.sweep(AnalysisRequest(TEXT), WORD))
    with pytest.raises(problems.BadArgument, match="'shuffle'"):
        list(twins.engine.sweep(AnalysisRequest(TEXT), WORD, "shuffle"))  # type: ignore[arg-type]
