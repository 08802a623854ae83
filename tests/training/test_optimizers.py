from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from roberta_gui.engine import devices
from roberta_gui.training import muon
from roberta_gui.training.muon import Muon, orthogonal
from roberta_gui.training.optimizers import make_optimizers, set_rates
from roberta_gui.training.recipe import Optimizer
from roberta_gui.training.starts.start import Start
from tests.training.toy import RECIPE, training


@pytest.fixture
def multiplied(monkeypatch: pytest.MonkeyPatch) -> set[torch.dtype]:
    """Give the precisions that Muon is multiplying in."""
    noted: set[torch.dtype] = set()

    def note(matrices: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        noted.add(dtype)
        return orthogonal(matrices, dtype)

    monkeypatch.setattr(muon, "orthogonal", note)
    return noted


@pytest.mark.parametrize("kind", ["adamw", "muon"])
def test_every_parameter_is_trained_by_exactly_one_optimizer(start: Start, kind: Optimizer) -> None:
    made = make_optimizers(start.network, replace(RECIPE, optimizer=kind))

    trained = [id(p) for one in made for group in one.param_groups for p in group["params"]]
    assert sorted(trained) == sorted(id(p) for p in start.network.parameters())


def test_muon_gets_the_matrices_inside_the_blocks(start: Start) -> None:
    _, inside = make_optimizers(start.network, replace(RECIPE, optimizer="muon"))

    trained = {id(p) for group in inside.param_groups for p in group["params"]}
    assert isinstance(inside, Muon)
    assert trained == {
        id(p) for name, p in start.network.named_parameters() if p.ndim == 2 and "blocks." in name
    }


def test_biases_norms_and_embeddings_never_decay(start: Start) -> None:
    recipe = replace(RECIPE, weight_decay=0.5)
    names = {id(p): name for name, p in start.network.named_parameters()}

    (adamw,) = make_optimizers(start.network, recipe)

    decaying = {
        names[id(p)] for g in adamw.param_groups if g["weight_decay"] == 0.5 for p in g["params"]
    }
    assert decaying == {
        name
        for name, p in start.network.named_parameters()
        if p.ndim == 2 and "embeddings" not in name
    }


def test_every_group_learns_at_the_same_factor_of_its_own_rate(start: Start) -> None:
    made = make_optimizers(start.network, replace(RECIPE, learning_rate=0.1, vector_rate=0.02))

    set_rates(made, 0.5)

    assert {group["lr"] for one in made for group in one.param_groups} == {0.05, 0.01}
    words = id(start.network.embeddings.word.weight)
    (rate,) = (g["lr"] for g in made[0].param_groups if words in map(id, g["params"]))
    assert rate == 0.01


def test_muon_steps_as_torchs_own_does() -> None:
    drawn = [torch.randn(12, 20), torch.randn(20, 12), torch.randn(12, 20)]
    ours, theirs = ([nn.Parameter(one.clone()) for one in drawn] for _ in range(2))
    optimizer = Muon(ours, lr=0.1, weight_decay=0.2, dtype=torch.bfloat16)
    oracle: Any = torch.optim.Muon(theirs, lr=0.1, weight_decay=0.2, adjust_lr_fn="match_rms_adamw")

    for _ in range(3):
        for one, other in zip(ours, theirs, strict=True):
            one.grad = torch.randn_like(one)
            other.grad = one.grad.clone()
        optimizer.step()
        oracle.step()

    # Both round each of about ten products in a row to bfloat16, in another order.
    step = 0.1 * 0.2 * 20**0.5
    tolerance = 3 * step * 10 * torch.finfo(torch.bfloat16).eps
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=tolerance, rtol=0)


def test_muons_directions_are_about_equally_long_and_are_those_of_the_gradient() -> None:
    matrices = torch.randn(3, 20, 12)

    found = orthogonal(matrices, torch.float32)

    left, _, right = torch.linalg.svd(matrices, full_matrices=False)
    lengths = left.mT @ found @ right.mT  # (matrix, 12, 12)
    diagonal = lengths.diagonal(dim1=1, dim2=2)
    # Jordan et al. (2024): the coefficients leave singular values between 0.7 and 1.2.
    assert 0.5 < diagonal.min() <= diagonal.max() < 1.3
    torch.testing.assert_close(lengths, torch.diag_embed(diagonal), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("half", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_muon_multiplies_in_bfloat16_where_it_is_told_to(
    start: Start, multiplied: set[torch.dtype], half: bool, dtype: torch.dtype
) -> None:
    _, inside = make_optimizers(start.network, replace(RECIPE, optimizer="muon"), half=half)
    for parameter in start.network.parameters():
        parameter.grad = torch.randn_like(parameter)

    inside.step()

    assert multiplied == {dtype}


def test_a_run_in_float32_has_all_products_in_it_however_fast_bfloat16_is(
    tokenizer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    multiplied: set[torch.dtype],
) -> None:
    monkeypatch.setattr(devices, "has_fast_bfloat16", lambda device: True)

    training(tokenizer_folder, tmp_path, replace(RECIPE, optimizer="muon", steps=1)).run()

    assert multiplied == {torch.float32}


def test_muon_makes_room_for_its_momentum_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    weight = nn.Parameter(torch.randn(4, 6))
    weight.grad = torch.randn_like(weight)
    optimizer = Muon([weight], lr=0.1, weight_decay=0.0, dtype=torch.float32)
    optimizer.step()
    monkeypatch.setattr(torch, "zeros_like", None)

    optimizer.step()

    assert optimizer.state[weight]["momentum_buffer"].shape == weight.shape
