"""Packed layers compute what the plain ones compute, and are used only where they can run."""

import copy
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from roberta_gui.engine import fast_layers, forward
from roberta_gui.engine.fast_layers import PackedLinear, can_pack, linear, pack
from roberta_gui.engine.roberta import Roberta
from tests.engine.comparison import SHAPES, difference, some_ids, their_pass
from tests.models import make_oracle, network_of
from tests.tolerances import PASS, rounding

CPU = torch.device("cpu")

needs_packing = pytest.mark.skipif(
    not can_pack(CPU, torch.float32), reason="packed layers do not run on this CPU"
)


def packed_layers(network: Roberta) -> int:
    """Count the packed layers."""
    return sum(isinstance(module, PackedLinear) for module in network.modules())


@needs_packing
@pytest.mark.parametrize("n_tokens", [1, 9, 33, 130])
def test_a_packed_network_agrees_with_transformers(n_tokens: int) -> None:
    oracle = make_oracle(
        n_heads=12, d_model=768, d_feedforward=3072, vocab_size=101, max_positions=140
    )
    network = network_of(oracle)
    pack(network.blocks)
    assert packed_layers(network) == 2 * 6
    ids = some_ids(oracle, n_tokens)
    found = difference(network, their_pass(oracle, ids), ids)
    assert max(found.values()) <= PASS, found


@needs_packing
@pytest.mark.parametrize("name", ["five heads, three layers", "heads of one feature", "relu"])
def test_odd_shapes_can_be_packed(name: str) -> None:
    oracle = make_oracle(**{"vocab_size": 101, **SHAPES[name]})
    network = network_of(oracle)
    pack(network.blocks)
    assert packed_layers(network) == 6 * oracle.config.num_hidden_layers
    ids = some_ids(oracle)
    found = difference(network, their_pass(oracle, ids), ids)
    assert max(found.values()) <= PASS, found


@needs_packing
def test_a_packed_batch_with_padding_gives_what_a_plain_one_gives(network: Roberta) -> None:
    packed = copy.deepcopy(network)
    pack(packed)
    sentences = [[0, 31, 57, 8, 2], [0, 2], [0, 5, 2]]
    for one, other in zip(
        forward.hidden_states(packed, sentences),
        forward.hidden_states(network, sentences),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, atol=PASS)


@needs_packing
def test_a_packed_matrix_can_be_read_bit_by_bit() -> None:
    plain = nn.Linear(48, 32)
    assert torch.equal(PackedLinear(plain).weight, plain.weight)


@needs_packing
def test_gradients_pass_through_a_packed_layer() -> None:
    plain = nn.Linear(48, 32)
    packed = PackedLinear(plain)
    given = [torch.ones(3, 48, requires_grad=True) for _ in range(2)]
    for layer, features in zip((plain, packed), given, strict=True):
        layer(features).square().sum().backward()
    assert given[0].grad is not None
    torch.testing.assert_close(given[1].grad, given[0].grad)


def test_a_precision_without_a_packed_product_stays_plain(network: Roberta) -> None:
    half = copy.deepcopy(network).half()
    pack(half)
    assert packed_layers(half) == 0


@pytest.mark.parametrize("has", [{}, {"architecture": "arm64"}, {"architecture": "x86_64"}])
def test_a_cpu_without_the_kernels_keeps_the_plain_layers(
    monkeypatch: pytest.MonkeyPatch, network: Roberta, has: dict[str, str]
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has)
    plain = copy.deepcopy(network)
    pack(plain)
    assert packed_layers(plain) == 0


def test_an_old_x86_cpu_packs_float32_but_not_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        torch.cpu, "get_capabilities", lambda: {"architecture": "x86_64", "avx2": True}
    )
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)
    assert can_pack(CPU, torch.float32)
    assert not can_pack(CPU, torch.bfloat16)
    assert not can_pack(torch.device("cuda"), torch.float32)


@pytest.mark.parametrize("faster", ["linear", "across"])
def test_a_few_rows_go_the_way_that_was_faster_and_keep_to_it(
    monkeypatch: pytest.MonkeyPatch, faster: str
) -> None:
    timed: list[str] = []

    def seconds(way: Any, *_factors: torch.Tensor) -> float:
        timed.append(way.__name__)
        return 1.0 if way.__name__ == faster else 2.0

    monkeypatch.setattr(fast_layers, "_seconds", seconds)
    known: dict[tuple[int, ...], Any] = {}
    monkeypatch.setattr(fast_layers, "_FASTER", known)
    draw = torch.Generator().manual_seed(3)
    rows, matrix, bias = (torch.randn(*s, generator=draw) for s in ((4, 32), (100, 32), (100,)))

    with torch.inference_mode():
        found = [linear(rows, matrix, bias) for _ in range(2)]

    assert (sorted(timed), [way.__name__ for way in known.values()]) == (
        ["across", "linear"], [faster]
    )  # fmt: skip
    expected = rows.double() @ matrix.double().T + bias.double()
    for each in found:
        np.testing.assert_allclose(each, expected, atol=rounding(33, 40))
    assert torch.equal(*found)
