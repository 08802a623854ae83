"""AdamW, or Muon for the matrices inside the blocks with AdamW for the rest."""

from collections.abc import Sequence

import torch
from torch import nn

from roberta_gui.engine.roberta import Roberta
from roberta_gui.training.recipe import Recipe

# Liu et al. (2019), section 3.1: the second one lower than Adam's own, for stability.
BETAS = (0.9, 0.98)
EPSILON = 1e-6


def make_optimizers(network: Roberta, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Share the parameters out; only matrices inside the blocks and the head decay.

    AdamW: Loshchilov & Hutter (2019). Muon: Jordan et al. (2024), its steps scaled to the size
    of AdamW's (Liu, Su et al. 2025), so that both take the same learning rate.
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
        {"params": matrices, "weight_decay": recipe.weight_decay, "lr": recipe.learning_rate},
        {"params": rest, "weight_decay": 0.0, "lr": recipe.learning_rate},
        {"params": words, "weight_decay": 0.0, "lr": vector_rate},
    ]
    made: list[torch.optim.Optimizer] = [torch.optim.AdamW(groups, betas=BETAS, eps=EPSILON)]
    if inside:
        made.append(
            torch.optim.Muon(
                inside,
                lr=recipe.learning_rate,
                weight_decay=recipe.weight_decay,
                adjust_lr_fn="match_rms_adamw",
            )
        )
    for optimizer in made:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return made


def set_rates(optimizers: Sequence[torch.optim.Optimizer], factor: float) -> None:
    """Set every group to ``factor`` of its own highest learning rate."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * factor
