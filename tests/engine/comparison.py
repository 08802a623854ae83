"""How our network is held against transformers' own: shapes, tolerance, and the differences."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from roberta_gui.engine import forward
from roberta_gui.engine.roberta import Roberta

SHAPES: dict[str, dict[str, Any]] = {
    "as roberta, only small": {},
    "five heads, three layers": {"n_heads": 5, "d_model": 40, "n_layers": 3},
    "one head, one layer": {"n_heads": 1, "n_layers": 1},
    "heads of one feature": {"n_heads": 16, "d_model": 16},
    "a decoder of its own": {"tied": False},
    "no masked-LM head": {"mask_head": False},
    "relu": {"activation": "relu"},
    "gelu in its tanh form": {"activation": "gelu_new"},
    "silu": {"activation": "silu"},
    "two types": {"n_types": 2},
    "padding in row 0": {"padding_id": 0},
    "padding in row 4": {"padding_id": 4},
    "another epsilon": {"layer_norm_eps": 1e-3},
    "XLM-RoBERTa": {"family": "xlm-roberta"},
    "CamemBERT": {"family": "camembert", "tied": False},
}


def their_pass(oracle: Any, ids: list[int]) -> dict[str, NDArray[np.float32]]:
    """Run transformers' model over one sentence."""
    with torch.inference_mode():
        given = oracle(torch.tensor([ids]), output_hidden_states=True, output_attentions=True)
    found = {"hidden": torch.cat(given.hidden_states), "attention": torch.cat(given.attentions)}
    if "logits" in given:
        found["logits"] = given.logits[0]
    return {name: value.numpy() for name, value in found.items()}


def difference(
    network: Roberta, expected: dict[str, NDArray[np.float32]], ids: list[int]
) -> dict[str, float]:
    """Give the largest difference of each thing that a pass gives."""
    ours = forward.run(network, ids, range(len(ids)) if "logits" in expected else ())
    return {
        name: float(np.abs(getattr(ours, name) - theirs).max()) for name, theirs in expected.items()
    }


def some_ids(oracle: Any, n: int = 23, seed: int = 0) -> list[int]:
    """Draw ids of which none is the padding."""
    generator = np.random.default_rng(seed)
    return [int(row) for row in generator.integers(5, oracle.config.vocab_size, n)]
