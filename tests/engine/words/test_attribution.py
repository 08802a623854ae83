"""What each token adds to a guess, against captum on transformers' model and against re-runs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest, Attribution
from tests.engine.twins import Twins
from tests.tolerances import PASS, log_probability

TEXT = "The cat <mask> on the mat, <mask>."
WORD, OTHER = " sat", " dog"
SUMMED = 32 * PASS
"""A token's value sums a product for each of the 32 features, each off by a pass's error."""


def row_of(twins: Twins, word: str) -> int:
    (row,) = twins.tokenizer(word, add_special_tokens=False)["input_ids"]
    return int(row)


def theirs(
    twins: Twins, against: str | None = None
) -> tuple[Callable[..., Tensor], Tensor, Tensor]:
    """Give the target as captum takes it, the sentence's ids, and the baseline's."""
    ids = torch.tensor([twins.ids(TEXT)])
    mask_id = twins.tokenizer.mask_token_id
    at = ids[0].tolist().index(mask_id)
    baseline = ids.clone()
    baseline[0, 1:-1] = mask_id
    rows = [row_of(twins, word) for word in (WORD, against) if word is not None]

    def target(given: Tensor) -> Tensor:
        scores = torch.log_softmax(twins.oracle(given).logits[:, at], dim=-1)
        return scores[:, rows[0]] - (scores[:, rows[1]] if against is not None else 0)

    return target, ids, baseline


def explained_by(
    kind: str, target: Callable[..., Tensor], twins: Twins, ids: Tensor, **options: Any
) -> Any:
    # Imported here: it brings matplotlib and its list of fonts, for which every worker would wait.
    from captum import attr

    embeddings = twins.oracle.base_model.embeddings
    return getattr(attr, kind)(target, embeddings).attribute(ids, **options)


@pytest.mark.parametrize("against", [None, OTHER])
def test_integrated_gradients_are_those_of_captum(against: str | None, twins: Twins) -> None:
    found = twins.engine.attribute(TEXT, WORD, against, steps=20)

    target, ids, baseline = theirs(twins, against)
    options: dict[str, Any] = {"baselines": baseline, "n_steps": 20, "method": "gausslegendre"}
    expected = explained_by("LayerIntegratedGradients", target, twins, ids, **options)
    np.testing.assert_allclose(found.values, expected[0].sum(-1).detach(), rtol=0, atol=SUMMED)
    assert (found.word, found.against) == (WORD, against)


def test_gradient_times_input_is_that_of_captum(twins: Twins) -> None:
    found = twins.engine.attribute(TEXT, WORD, method="gradient_x_input")

    target, ids, _ = theirs(twins)
    expected = explained_by("LayerGradientXActivation", target, twins, ids)
    np.testing.assert_allclose(found.values, expected[0].sum(-1).detach(), rtol=0, atol=SUMMED)


def test_occlusion_is_what_every_word_loses_when_it_is_masked(twins: Twins) -> None:
    found = twins.engine.attribute(TEXT, WORD, OTHER, method="occlusion", mask=1)

    ids, mask_id = twins.ids(TEXT), twins.tokenizer.mask_token_id
    at = [place for place, row in enumerate(ids) if row == mask_id][1]
    word, other = row_of(twins, WORD), row_of(twins, OTHER)

    def score(sentence: list[int]) -> float:
        logs = twins.logs(sentence, at)
        return float(logs[word] - logs[other])

    within = 4 * log_probability(50_265)  # four logarithms
    for place, row in enumerate(ids):
        if place in (0, len(ids) - 1):
            assert np.isnan(found.values[place])
        elif row == mask_id:
            assert found.values[place] == 0
        else:
            masked = [*ids[:place], mask_id, *ids[place + 1 :]]
            expected = score(ids) - score(masked)
            assert found.values[place] == pytest.approx(expected, abs=within)
    assert found.score == pytest.approx(score(ids), abs=within)
    everywhere = [ids[0], *[mask_id] * (len(ids) - 2), ids[-1]]
    assert found.baseline_score == pytest.approx(score(everywhere), abs=within)


def test_more_steps_leave_less_unexplained(twins: Twins) -> None:
    few, many = (twins.engine.attribute(TEXT, WORD, steps=steps) for steps in (2, 64))

    assert many.completeness_error < few.completeness_error / 10
    assert many.total == pytest.approx(many.score - many.baseline_score, abs=0.01)
    assert many.values[0] == many.values[-1] == 0  # the same in sentence and baseline


def last(engine: Engine, request: AnalysisRequest) -> Attribution:
    *_, found = engine.attribute_steps(request, WORD)
    return found


def test_switched_off_heads_have_no_part_in_it(twins: Twins) -> None:
    off = frozenset({(1, 0), (2, 3)})
    found = last(twins.engine, AnalysisRequest(TEXT, switched_off=off))

    target, ids, baseline = theirs(twins)
    with twins.without(1, 0), twins.without(2, 3):
        options: dict[str, Any] = {"baselines": baseline, "n_steps": 32, "method": "gausslegendre"}
        expected = explained_by("LayerIntegratedGradients", target, twins, ids, **options)
    np.testing.assert_allclose(found.values, expected[0].sum(-1).detach(), rtol=0, atol=SUMMED)


def test_a_typed_padding_token_moves_no_position(twins: Twins) -> None:
    """Positions are counted from the sentence, not from its baseline."""
    found = twins.engine.attribute("A cat <pad> <mask> there.", WORD, steps=64)

    assert found.total == pytest.approx(found.score - found.baseline_score, abs=0.01)


@pytest.mark.parametrize("method", ["integrated_gradients", "occlusion"])
def test_values_come_while_the_work_goes_on(method: Any, twins: Twins) -> None:
    told: list[float | None] = []
    long = TEXT + " cat" * 40
    shown = list(
        twins.engine.attribute_steps(
            long, WORD, method=method, report=lambda _, done: told.append(done)
        )
    )

    assert shown[-1].fraction == told[-1] == 1
    assert [one.fraction for one in shown] == sorted(one.fraction for one in shown)
    with pytest.raises(problems.Stopped):
        twins.engine.attribute(TEXT, WORD, method=method, stop=lambda: True)


def test_what_cannot_beexplained_by_is_refused(twins: Twins, headless: Engine) -> None:
    engine = twins.engine
    with pytest.raises(problems.BadArgument, match="no attribution"):
        engine.attribute(TEXT, WORD, method="magic")  # type: ignore[arg-type]
    for steps in (0, 10**6, 10**5000):
        with pytest.raises(problems.BadArgument, match="steps"):
            engine.attribute(TEXT, WORD, steps=steps)
    for text, mask in ((TEXT, 2), ("No mask.", 0)):
        with pytest.raises(problems.BadArgument, match="no mask"):
            engine.attribute(text, WORD, mask=mask)
    with pytest.raises(problems.BadArgument, match="no gradients"):
        engine.edited(lambda _layer, context: context).attribute(TEXT, WORD)
    with pytest.raises(problems.SeveralPieces):
        engine.attribute(TEXT, "unfathomably")
    with pytest.raises(problems.NoMaskHead):
        headless.attribute(TEXT, WORD)


def test_an_edited_engine_can_occlude(twins: Twins) -> None:
    plain = twins.engine.attribute(TEXT, WORD, method="occlusion")
    edited = twins.engine.edited(lambda _layer, context: context)

    found = edited.attribute(TEXT, WORD, method="occlusion")

    np.testing.assert_allclose(found.values, plain.values, rtol=0, atol=2 * log_probability(50_265))
