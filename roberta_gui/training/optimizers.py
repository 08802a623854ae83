"""AdamW, or Muon for the matrices inside the blocks with AdamW for the rest."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from roberta_gui.engine.roberta import Roberta
from roberta_gui.training.muon import Muon
from roberta_gui.training.recipe import Recipe

# Liu et al. (2019), section 3.1: the second one lower than Adam's own, for stability.
BETAS = (0.9, 0.98)
EPSILON = 1e-6


def make_optimizers(
    network: Roberta, recipe: Recipe, *, half: bool = False
) -> list[torch.optim.Optimizer]:
    """Share the parameters out; only matrices inside the blocks and the head decay.

    The network stands on its device already; ``half``: Muon's own products are in bfloat16.
    """
    inside: list[nn.Parameter] = []
    matrices: list[nn.Parameter] = []
    words: list[nn.Parameter] = []
    rest: list[nn.Parameter] = []
    for name, parameter in network.named_parameters():
        if name in ("embeddings.word.weight", "mask_head.bias", "mask_head.decoder.weight"):
            words.append(parameter)
        elif parameter.ndim != 2 or name.startswith("embeddings."):
            rest.append(parameter)
        elif recipe.optimizer == "muon" and name.startswith("blocks."):
            inside.append(parameter)
        else:
            matrices.append(parameter)
    vector_rate = recipe.vector_rate or recipe.learning_rate
    groups = [
        {"params": matrices, "weight_decay": recipe.weight_decay, "peak": recipe.learning_rate},
        {"params": rest, "weight_decay": 0.0, "peak": recipe.learning_rate},
        {"params": words, "weight_decay": 0.0, "peak": vector_rate},
    ]
    made: list[torch.optim.Optimizer] = [adamw(groups, network.device)]
    if inside:
        dtype = torch.bfloat16 if half else torch.float32
        made.append(Muon(inside, recipe.learning_rate, recipe.weight_decay, dtype=dtype))
        made[-1].param_groups[0]["peak"] = recipe.learning_rate
    return made


def adamw(groups: Sequence[dict[str, Any]], device: torch.device) -> torch.optim.AdamW:
    """Make AdamW (Loshchilov & Hutter 2019) of groups that name their highest rate, ``peak``."""
    fused = device.type in ("cpu", "cuda")  # one pass over memory, not ten
    return torch.optim.AdamW(groups, betas=BETAS, eps=EPSILON, fused=fused)


def restore(optimizer: torch.optim.Optimizer, content: Mapping[str, Any]) -> None:
    """Put an optimizer where another one of the same recipe stood; only the recipe sets it up.

    Raises whatever comes of content that is not of such a one.
    """
    set_up = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": content["state"], "param_groups": set_up})
    moments = [values for values in optimizer.state.values() if values]
    if any(values.keys() != moments[0].keys() for values in moments):
        raise ValueError("some moments are missing")
    for parameter, values in optimizer.state.items():
        if any(value.ndim and value.shape != parameter.shape for value in values.values()):
            raise ValueError("its moments are of other weights")


def set_rates(optimizers: Sequence[torch.optim.Optimizer], factor: float) -> None:
    """Set every group to ``factor`` of its own highest learning rate."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * factor
