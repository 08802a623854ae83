"""Heads' outputs changed by a function of one's own, beside hooks in transformers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest, FloatArray
from tests.engine.changed_checkpoints import rewrite
from tests.engine.small_folders import without_template
from tests.engine.twins import Twins
from tests.models import make_checkpoint
from tests.tolerances import PASS

SENTENCE = "The cat sat on the <mask>."
LAYER, HEAD = 1, 2


def scaled(layer: int, context: FloatArray) -> FloatArray:
    """Turn one head's output around and make it three times as long."""
    if layer == LAYER:
        context[HEAD] *= -3
    return context


def silenced(layer: int, context: FloatArray) -> FloatArray:
    """Give nothing instead of one head's output."""
    return context * (np.arange(len(context)) != HEAD)[:, None, None] if layer == LAYER else context


def unchanged(_layer: int, context: FloatArray) -> FloatArray:
    return context


def test_an_edit_is_a_hook_before_w_o_in_transformers(twins: Twins) -> None:
    output = twins.oracle.base_model.encoder.layer[LAYER].attention.output.dense
    d_head = twins.engine.info.d_model // twins.engine.info.n_heads

    def hook(_module: Any, inputs: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
        joined = inputs[0].clone()
        joined[..., HEAD * d_head : (HEAD + 1) * d_head] *= -3
        return (joined,)

    handle = output.register_forward_pre_hook(hook)
    try:
        with torch.inference_mode():
            ids = torch.tensor([twins.ids(SENTENCE)])
            right = twins.oracle(ids, output_hidden_states=True, output_attentions=True)
    finally:
        handle.remove()
    found = twins.engine.edited(scaled).analyse(SENTENCE)
    hidden = torch.cat(right.hidden_states).numpy()
    np.testing.assert_allclose(found.hidden, hidden, atol=PASS)
    np.testing.assert_allclose(found.attention, torch.cat(right.attentions).numpy(), atol=PASS)
    assert np.abs(hidden - twins.engine.analyse(SENTENCE).hidden).max() > 100 * PASS


MEASURES: dict[str, Callable[[Engine, AnalysisRequest], Any]] = {
    "analyse": lambda engine, asked: engine.analyse(asked).hidden,
    "lens": lambda engine, asked: engine.lens(asked).log_probabilities,
    "surprisal": lambda engine, asked: engine.surprisal(asked),
    "mask_log_probabilities": lambda engine, asked: engine.mask_log_probabilities(asked),
    "score_words": lambda engine, asked: engine.score_words(asked, ["cat"]).log_probability,
    "sweep": lambda engine, asked: list(engine.sweep(asked, "cat"))[-1].changes,
    "fill_together": lambda engine, asked: [one.by_order for one in engine.fill_together(asked)],
    "whole_words": lambda engine, asked: [
        one.log_probability for one in engine.whole_words(asked, max_pieces=2)
    ],
    "attribute": lambda engine, asked: engine.attribute(asked, "cat", method="occlusion").values,
    "patch": lambda engine, asked: (
        list(engine.patch_steps(replace(asked, text="A dog sat on the <mask>."), asked, "cat"))[
            -1
        ].log_probability
    ),
}


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_silencing_a_head_is_switching_it_off_in_every_measure(
    twins: Twins, measure: Callable[[Engine, AnalysisRequest], Any]
) -> None:
    off = AnalysisRequest(SENTENCE, switched_off=frozenset({(LAYER, HEAD)}))
    found = measure(twins.engine.edited(silenced), AnalysisRequest(SENTENCE))
    np.testing.assert_allclose(found, measure(twins.engine, off), atol=10 * PASS)


def test_texts_that_run_together_are_edited_as_well(twins: Twins) -> None:
    edited = twins.engine.edited(silenced)
    texts = ["The cat.", SENTENCE]
    for read in edited.token_states(texts):
        alone = edited.analyse(texts[read.text_index]).hidden
        kept = [token.index for token in read.tokens]
        np.testing.assert_allclose(read.hidden, alone[:, kept], atol=PASS)
    assert not np.allclose(edited.embed(texts), twins.engine.embed(texts), atol=PASS)


def test_an_edit_leaves_the_engine_that_it_came_from_alone(twins: Twins) -> None:
    before = twins.engine.analyse(SENTENCE).hidden
    edited = twins.engine.edited(scaled)
    assert not np.allclose(edited.analyse(SENTENCE).hidden, before, atol=PASS)
    np.testing.assert_array_equal(twins.engine.analyse(SENTENCE).hidden, before)
    edited.close()
    np.testing.assert_array_equal(twins.engine.analyse(SENTENCE).hidden, before)


def test_an_edit_that_changes_nothing_changes_nothing(twins: Twins) -> None:
    same = twins.engine.edited(unchanged)
    plain = twins.engine.analyse(SENTENCE)
    np.testing.assert_allclose(same.analyse(SENTENCE).hidden, plain.hidden, atol=PASS)
    contributions = twins.engine.contributions(SENTENCE)
    np.testing.assert_allclose(same.contributions(SENTENCE), contributions, atol=PASS)


def test_edits_of_edits_run_in_the_order_in_which_they_were_given(twins: Twins) -> None:
    told: list[str] = []

    def first(_layer: int, context: FloatArray) -> FloatArray:
        told.append("first")
        return context

    def second(_layer: int, context: FloatArray) -> FloatArray:
        told.append("second")
        return context

    twins.engine.edited(first).edited(second).analyse(SENTENCE)
    assert told == ["first", "second"] * twins.engine.info.n_layers


@pytest.mark.parametrize("returned", [None, 1.0, "cat", np.zeros((1, 2, 3), np.float32)])
def test_an_edit_that_returns_something_else_is_told(twins: Twins, returned: Any) -> None:
    with pytest.raises(problems.BadArgument, match="The edit of layer 0 returned") as told:
        twins.engine.edited(lambda _layer, _context: returned).analyse(SENTENCE)
    assert "(head, token, d_head)" in told.value.hint


@pytest.mark.parametrize("factor", [np.nan, np.inf, 1e300])
def test_an_edit_that_returns_no_numbers_is_told_as_such(twins: Twins, factor: float) -> None:
    def undefined(layer: int, context: FloatArray) -> FloatArray:
        return (context.astype(np.float64) + 1) * (factor if layer == LAYER else 1)

    with pytest.raises(problems.BadArgument, match="edit of layer 1 returned infinite or undef"):
        twins.engine.edited(undefined).analyse(SENTENCE)


def test_an_edit_is_not_blamed_for_weights_that_are_undefined(tmp_path: Path) -> None:
    def damaged(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        tensors["roberta.encoder.layer.0.intermediate.dense.weight"].fill_(torch.nan)
        return tensors

    rewrite(make_checkpoint(tmp_path, family="xlm-roberta"), damaged)
    engine = Engine.load(tmp_path, device="cpu")

    with pytest.raises(problems.NotFinite, match="weights are damaged"):
        engine.edited(unchanged).analyse(SENTENCE)


def test_a_text_without_any_token_is_edited_as_any_other(tmp_path: Path) -> None:
    engine = Engine.load(without_template(tmp_path), device="cpu").edited(unchanged)

    assert engine.analyse("").hidden.shape == (3, 0, 32)
