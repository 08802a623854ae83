from dataclasses import replace

import pytest
import torch

from roberta_gui.training.optimizers import make_optimizers, set_rates
from roberta_gui.training.recipe import Optimizer
from roberta_gui.training.start import Start
from tests.training.toy import RECIPE


@pytest.mark.parametrize("kind", ["adamw", "muon"])
def test_every_parameter_is_trained_by_exactly_one_optimizer(start: Start, kind: Optimizer) -> None:
    made = make_optimizers(start.network, replace(RECIPE, optimizer=kind))

    trained = [id(p) for one in made for group in one.param_groups for p in group["params"]]
    assert sorted(trained) == sorted(id(p) for p in start.network.parameters())


def test_muon_gets_the_matrices_inside_the_blocks(start: Start) -> None:
    _, muon = make_optimizers(start.network, replace(RECIPE, optimizer="muon"))

    trained = {id(p) for group in muon.param_groups for p in group["params"]}
    assert isinstance(muon, torch.optim.Muon)
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
