"""States of one run put into another, against explicit runs of transformers with hooks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.words import patching
from roberta_gui.records import AnalysisRequest, FloatArray, Patching
from tests.engine.twins import Twins
from tests.tolerances import SUMMED, log_probability

CLEAN, CORRUPTED = "The old cat <mask> here.", "The young dog <mask> here."
WORD = " sat"
CLOSE = 2 * log_probability(50_265)


def states(twins: Twins, text: str) -> Any:
    with torch.inference_mode():
        return twins.oracle(
            torch.tensor([twins.ids(text)]), output_hidden_states=True
        ).hidden_states


@contextmanager
def patched(twins: Twins, layer: int, places: list[tuple[int, int]], clean: Any) -> Iterator[None]:
    """Let transformers' model find states of another run at some tokens of a layer's input."""
    body = twins.oracle.base_model

    def put_in(_module: Any, _inputs: Any, output: Any) -> Any:
        states = output[0] if isinstance(output, tuple) else output
        for from_token, to_token in places:
            states[0, to_token] = clean[layer][0, from_token]
        return output

    module = body.embeddings if layer == 0 else body.encoder.layer[layer - 1]
    hook = module.register_forward_hook(put_in)
    try:
        yield
    finally:
        hook.remove()


def last(engine: Engine, *args: Any, **options: Any) -> Patching:
    *_, found = engine.patch_steps(*args, **options)
    return found


def word_id(twins: Twins, word: str = WORD) -> int:
    (row,) = twins.tokenizer(word, add_special_tokens=False)["input_ids"]
    return int(row)


def test_every_state_brings_back_what_it_does_in_transformers(twins: Twins) -> None:
    found = last(twins.engine, CLEAN, CORRUPTED, WORD)

    ids, row = twins.ids(CORRUPTED), word_id(twins)
    at = ids.index(twins.tokenizer.mask_token_id)
    clean = states(twins, CLEAN)
    assert found.token_index == at
    assert found.word == WORD
    for layer, token in np.ndindex(4, len(ids)):
        with patched(twins, layer, [(token, token)], clean):
            expected = twins.logs(ids, at)[row]
        assert found.log_probability[layer, token] == pytest.approx(expected, abs=CLOSE)
    ends = [twins.logs(twins.ids(text), at)[row] for text in (CLEAN, CORRUPTED)]
    assert [found.clean_log_probability, found.corrupted_log_probability] == pytest.approx(
        ends, abs=CLOSE
    )
    share = (found.log_probability - ends[1]) / (ends[0] - ends[1])
    regained = twins.engine.patch(CLEAN, CORRUPTED, WORD)
    np.testing.assert_allclose(regained, share, rtol=0, atol=3 * CLOSE / abs(ends[0] - ends[1]))


def test_of_two_words_what_comes_back_is_how_much_likelier_the_first_is(twins: Twins) -> None:
    other = " ran"
    found = last(twins.engine, CLEAN, CORRUPTED, WORD, against=other)

    ids, rows = twins.ids(CORRUPTED), [word_id(twins, word) for word in (WORD, other)]
    at = ids.index(twins.tokenizer.mask_token_id)
    clean = states(twins, CLEAN)
    assert (found.word, found.against) == (WORD, other)

    def target(ids: list[int]) -> float:
        logs = twins.logs(ids, at)
        return float(logs[rows[0]] - logs[rows[1]])

    for layer, token in np.ndindex(4, len(ids)):
        with patched(twins, layer, [(token, token)], clean):
            expected = target(ids)
        assert found.log_probability[layer, token] == pytest.approx(expected, abs=2 * CLOSE)
    ends = [target(twins.ids(text)) for text in (CLEAN, CORRUPTED)]
    assert [found.clean_log_probability, found.corrupted_log_probability] == pytest.approx(
        ends, abs=2 * CLOSE
    )
    assert last(twins.engine, CLEAN, CORRUPTED, WORD).against is None


def test_all_states_of_one_layer_make_the_clean_run(twins: Twins) -> None:
    found = last(twins.engine, CLEAN, CORRUPTED, WORD, sites="layer")

    assert found.log_probability.shape == (4,)
    np.testing.assert_allclose(
        found.log_probability, found.clean_log_probability, rtol=0, atol=SUMMED
    )
    between = abs(found.clean_log_probability - found.corrupted_log_probability)
    np.testing.assert_allclose(found.regained, 1, rtol=0, atol=2 * SUMMED / between)


def test_tokens_without_a_partner_stay_unknown(twins: Twins) -> None:
    longer = "The young black dog and horse <mask> here."
    found = last(twins.engine, CLEAN, longer, WORD)

    unknown = np.isnan(found.log_probability)
    assert unknown.any()
    assert (unknown == unknown[0]).all()
    assert not unknown[:, [0, found.token_index, -1]].any()
    clean, ids = states(twins, CLEAN), twins.ids(longer)
    with patched(twins, 2, [(4, found.token_index)], clean):
        expected = twins.logs(ids, found.token_index)[word_id(twins)]
    assert found.log_probability[2, found.token_index] == pytest.approx(expected, abs=CLOSE)


def test_heads_that_are_off_in_one_run_only(twins: Twins) -> None:
    off = frozenset({(1, 0), (1, 2)})
    found = last(
        twins.engine, CLEAN, AnalysisRequest(CORRUPTED, switched_off=off), WORD, sites="layer"
    )

    at = found.token_index
    clean, ids = states(twins, CLEAN), twins.ids(CORRUPTED)
    with twins.without(1, 0, 2):
        for layer in range(4):
            with patched(twins, layer, [(n, n) for n in range(len(ids))], clean):
                expected = twins.logs(ids, at)[word_id(twins)]
            assert found.log_probability[layer] == pytest.approx(expected, abs=CLOSE)


def test_two_equal_runs_leave_nothing_to_regain(twins: Twins) -> None:
    assert not twins.engine.patch(CLEAN, CLEAN, WORD).any()
    assert not twins.engine.patch(CLEAN, CLEAN, WORD, against=WORD).any()


@pytest.mark.parametrize("room", [1, 10_000])
def test_the_size_of_a_batch_changes_no_value(
    room: int, twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = last(twins.engine, CLEAN, CORRUPTED, WORD).log_probability
    monkeypatch.setattr(patching, "step_room", lambda configuration: room)

    other = last(twins.engine, CLEAN, CORRUPTED, WORD).log_probability

    np.testing.assert_allclose(other, usual, rtol=0, atol=CLOSE)


def test_reusing_layers_is_at_most_six_tenths_of_whole_passes(twins: Twins) -> None:
    """Counted in tokens that a layer reads; the two runs that states come from are included."""
    read = 0

    def count(_layer: int, context: FloatArray) -> FloatArray:
        nonlocal read
        read += context.shape[1]
        return context

    found = last(twins.engine.edited(count), CLEAN, CORRUPTED, WORD)

    n_sites, n_tokens = found.log_probability.size, len(found.tokens)
    assert 0 < read <= 0.6 * n_sites * n_tokens * twins.engine.info.n_layers


def test_what_is_known_grows_from_the_top_layer_down(twins: Twins) -> None:
    told: list[float | None] = []
    shown = list(
        twins.engine.patch_steps(CLEAN, CORRUPTED, WORD, report=lambda _, done: told.append(done))
    )

    known = [np.isfinite(one.log_probability).any(axis=1) for one in shown]
    assert all((rows == np.sort(rows)).all() for rows in known)
    assert shown[-1].fraction == told[-1] == 1
    with pytest.raises(problems.Stopped):
        twins.engine.patch(CLEAN, CORRUPTED, WORD, stop=lambda: True)


def test_what_cannot_be_patched_is_refused(twins: Twins, headless: Engine) -> None:
    with pytest.raises(problems.BadArgument):
        twins.engine.patch(CLEAN, CORRUPTED, WORD, sites="head")  # type: ignore[arg-type]
    with pytest.raises(problems.BadArgument):
        twins.engine.patch(CLEAN, "No mask.", WORD)
    with pytest.raises(problems.NoMaskHead):
        headless.patch(CLEAN, CORRUPTED, WORD)
