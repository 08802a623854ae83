"""One pass: what it keeps, where it stops, and what switching heads off does to it."""

import copy
from typing import Any

import numpy as np
import pytest
import torch

from roberta_gui import problems
from roberta_gui.engine import forward
from roberta_gui.engine.roberta import Roberta
from roberta_gui.engine.switching import ALL_ON, Switching, switching_of
from tests.tolerances import PASS, ROW_SUM

IDS = [0, 31, 57, 8, 99, 12, 64, 2]


def off(*heads: tuple[int, int], ablation: str = "zero", network: Roberta) -> Switching:
    """Switch ``(layer, head)`` off."""
    return switching_of(heads, ablation, network.configuration)


def test_a_pass_gives_read_only_float32_arrays_with_the_axes_of_the_contract(
    network: Roberta,
) -> None:
    found = forward.run(network, IDS, [3])
    assert found.hidden.shape == (4, 8, 32)
    assert found.attention.shape == (3, 4, 8, 8)
    assert found.logits.shape == (1, 101)
    for array in (found.hidden, found.attention, found.logits):
        assert array.dtype == np.float32
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_a_later_pass_leaves_the_arrays_of_an_earlier_one_alone(network: Roberta) -> None:
    first = forward.run(network, IDS, [3])
    kept = first.hidden.copy(), first.attention.copy(), first.logits.copy()
    forward.run(network, IDS[::-1], [2])
    np.testing.assert_array_equal(first.hidden, kept[0])
    np.testing.assert_array_equal(first.attention, kept[1])
    np.testing.assert_array_equal(first.logits, kept[2])


def test_logits_come_for_the_asked_tokens_in_the_asked_order(network: Roberta) -> None:
    everything = forward.run(network, IDS, range(len(IDS))).logits
    np.testing.assert_allclose(
        forward.run(network, IDS, [6, 2]).logits, everything[[6, 2]], atol=PASS
    )
    assert forward.run(network, IDS).logits.shape == (0, 101)


@pytest.mark.parametrize(
    ("dtype", "relative"), [(torch.bfloat16, 0.10), (torch.float16, 0.015)], ids=str
)
def test_half_precision_keeps_attention_rows_whole_and_stays_near_float32(
    network: Roberta, dtype: torch.dtype, relative: float
) -> None:
    half = copy.deepcopy(network).to(dtype)
    rough, exact = forward.run(half, IDS * 6, [3]), forward.run(network, IDS * 6, [3])
    assert rough.attention.dtype == rough.hidden.dtype == rough.logits.dtype == np.float32
    np.testing.assert_allclose(rough.attention.sum(axis=-1), 1.0, atol=ROW_SUM)
    error = np.linalg.norm(rough.hidden - exact.hidden) / np.linalg.norm(exact.hidden)
    assert 0 < error < relative
    # A softmax that had run in half precision would leave its rounding in every entry.
    as_half = torch.tensor(rough.attention).to(dtype).float().numpy()
    assert not np.array_equal(as_half, rough.attention)


@pytest.mark.parametrize("patience", range(4))
def test_a_pass_stops_before_the_next_layer_or_the_head(network: Roberta, patience: int) -> None:
    asked: list[None] = []
    reported: list[tuple[str, float | None]] = []

    def stop() -> bool:
        asked.append(None)
        return len(asked) > patience

    def report(text: str, fraction: float | None) -> None:
        reported.append((text, fraction))

    with pytest.raises(problems.Stopped):
        forward.run(network, IDS, [3], stop=stop, report=report)
    done = [("Layer 1 of 3", 0.0), ("Layer 2 of 3", 1 / 3), ("Layer 3 of 3", 2 / 3)]
    assert reported == done[:patience]


def test_a_batch_stops_before_the_next_layer(network: Roberta) -> None:
    answers = iter([False, False, True])
    with pytest.raises(problems.Stopped):
        forward.hidden_states(network, [IDS, IDS[:3]], stop=lambda: next(answers))
    assert next(answers, None) is None


def test_a_padded_batch_gives_what_single_passes_give(network: Roberta) -> None:
    # The third holds a typed padding token, which is a token like any other.
    sentences = [IDS, IDS[:3], [0, 44, 1, 1, 12, 2], [7], IDS[::-1]]
    for ids, states in zip(sentences, forward.hidden_states(network, sentences), strict=True):
        np.testing.assert_allclose(states, forward.run(network, ids).hidden, atol=PASS)
        assert not states.flags.writeable


def test_texts_of_one_length_and_no_texts_at_all_are_batches_too(network: Roberta) -> None:
    both = forward.hidden_states(network, [IDS, IDS[::-1]])
    np.testing.assert_allclose(both[1], forward.run(network, IDS[::-1]).hidden, atol=PASS)
    assert forward.hidden_states(network, []) == ()


def test_a_pass_that_does_not_fit_is_a_problem_and_the_next_one_runs(network: Roberta) -> None:
    def refuse(module: torch.nn.Module, inputs: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    before = forward.run(network, IDS)
    handle = network.blocks[1].register_forward_pre_hook(refuse)
    with pytest.raises(problems.TooLittleMemory, match="8 tokens"):
        forward.run(network, IDS)
    with pytest.raises(problems.TooLittleMemory, match="2 texts of 8 tokens"):
        forward.hidden_states(network, [IDS, IDS])
    handle.remove()
    np.testing.assert_array_equal(forward.run(network, IDS).hidden, before.hidden)


def test_a_switched_off_head_is_a_head_whose_output_columns_are_zero(
    network: Roberta, oracle: Any
) -> None:
    heads = [(0, 1), (0, 3), (2, 0)]
    theirs = copy.deepcopy(oracle)
    for layer, head in heads:
        mixing = theirs.roberta.encoder.layer[layer].attention.output.dense.weight
        mixing.data[:, 8 * head : 8 * head + 8] = 0
    with torch.inference_mode():
        expected = theirs(torch.tensor([IDS]), output_hidden_states=True, output_attentions=True)
    found = forward.run(network, IDS, range(8), off(*heads, network=network))
    np.testing.assert_allclose(found.hidden, torch.cat(expected.hidden_states), atol=PASS)
    np.testing.assert_allclose(found.attention, torch.cat(expected.attentions), atol=PASS)
    np.testing.assert_allclose(found.logits, expected.logits[0], atol=PASS)
    plain = forward.run(network, IDS, range(8))
    assert np.abs(found.logits - plain.logits).max() > 0.01


def test_a_head_switched_to_its_mean_gives_every_token_the_same(
    network: Roberta, oracle: Any
) -> None:
    """The mean is taken over all tokens of this pass, lower layers already switched."""
    theirs = copy.deepcopy(oracle)

    def use_means(module: torch.nn.Module, inputs: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
        joined = inputs[0].clone()
        joined[..., 16:24] = joined[..., 16:24].mean(dim=1, keepdim=True)
        return (joined,)

    for layer in (0, 2):
        mixing = theirs.roberta.encoder.layer[layer].attention.output.dense
        mixing.register_forward_pre_hook(use_means)
    with torch.inference_mode():
        expected = theirs(torch.tensor([IDS]), output_hidden_states=True)
    switching = off((0, 2), (2, 2), ablation="mean", network=network)
    found = forward.run(network, IDS, (), switching)
    np.testing.assert_allclose(found.hidden, torch.cat(expected.hidden_states), atol=PASS)
    assert np.abs(found.hidden[-1] - forward.run(network, IDS).hidden[-1]).max() > 0.01


@pytest.mark.parametrize("ablation", ["zero", "mean"])
def test_a_switched_off_head_still_shows_its_own_attention(network: Roberta, ablation: str) -> None:
    plain = forward.run(network, IDS)
    found = forward.run(network, IDS, (), off((0, 1), ablation=ablation, network=network))
    np.testing.assert_array_equal(found.attention[0], plain.attention[0])
    assert np.abs(found.attention[1] - plain.attention[1]).max() > 1e-4


def test_switching_back_on_gives_the_same_bits(network: Roberta) -> None:
    before = forward.run(network, IDS, [3])
    forward.run(network, IDS, [3], off((1, 1), ablation="mean", network=network))
    assert off(network=network) == ALL_ON
    after = forward.run(network, IDS, [3], off(network=network))
    for one, other in (
        (before.hidden, after.hidden),
        (before.attention, after.attention),
        (before.logits, after.logits),
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("head", [(3, 0), (0, 4), (-1, 0), (0, -1)])
def test_a_head_outside_the_model_is_a_problem_that_tells_the_range(
    network: Roberta, head: tuple[int, int]
) -> None:
    with pytest.raises(problems.NoSuchHead, match="Layers go from 0 to 2, heads from 0 to 3"):
        off(head, network=network)


def test_an_unknown_way_to_switch_off_is_a_problem_that_tells_the_known(network: Roberta) -> None:
    with pytest.raises(problems.BadArgument, match="zero or mean"):
        off((0, 0), ablation="noise", network=network)
