"""The shape of a network: every number that is not a weight."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from roberta_gui import problems
from roberta_gui.outside import brief
from roberta_gui.records import Task
from roberta_gui.wording import counted


def _tanh_gelu(x: Tensor) -> Tensor:
    """Bend by the tanh form of Hendrycks & Gimpel (2016), section 2."""
    return F.gelu(x, approximate="tanh")


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu,
    "gelu_python": F.gelu,
    "gelu_10": lambda x: F.gelu(x).clamp(-10, 10),
    "gelu_new": _tanh_gelu,
    "gelu_fast": _tanh_gelu,
    "gelu_accurate": _tanh_gelu,
    "gelu_pytorch_tanh": _tanh_gelu,
    "gelu_python_tanh": _tanh_gelu,
    "quick_gelu": lambda x: x * torch.sigmoid(1.702 * x),
    "relu": F.relu,
    "relu2": lambda x: F.relu(x).square(),
    "relu6": F.relu6,
    "leaky_relu": F.leaky_relu,
    "silu": F.silu,
    "swish": F.silu,
    "hardswish": F.hardswish,
    "mish": F.mish,
    "sqrtsoftplus": lambda x: F.softplus(x).sqrt(),
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    # The normal distribution that stands in for ReLU² in Ma et al. (2022), section 3.2.
    "laplace": lambda x: 0.5 * (1 + torch.erf((x - 0.707107) / (0.282095 * math.sqrt(2)))),
    "linear": lambda x: x,
}
"""Under the names that configurations use; those with weights of their own are not among them."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The shape of one RoBERTa; together with a weight for every parameter it is the model.

    ``max_positions`` counts the unused rows up to ``padding_id``; ``activation`` is that of the
    blocks (the masked-LM head always uses exact GELU); a ``tied_decoder`` scores words with the
    word embeddings; ``dropout`` is for training only; ``task``: what it was fine-tuned to tell.

    Raises `problems.NotRoberta` for an unknown activation, and `problems.BrokenCheckpoint` where
    the numbers contradict each other.
    """

    n_layers: int
    n_heads: int
    d_model: int
    d_feedforward: int
    vocab_size: int
    max_positions: int
    n_types: int
    padding_id: int
    layer_norm_eps: float
    activation: str
    tied_decoder: bool
    has_mask_head: bool
    dropout: float = 0.0
    task: Task | None = None

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise problems.NotRoberta(
                f"The model uses the activation {brief(self.activation)}.", f"Known are {known}."
            )
        if self.n_heads < 1 or self.d_model % self.n_heads:
            raise problems.BrokenCheckpoint(
                f"{counted(self.d_model, 'feature')} cannot be shared out among "
                f"{counted(self.n_heads, 'head')}.",
                "Check hidden_size and num_attention_heads in config.json.",
            )
        if self.max_tokens < 1:
            raise problems.BrokenCheckpoint(
                f"{self.max_positions} positions leave no room for a token.",
                "Check max_position_embeddings and pad_token_id in config.json.",
            )

    @property
    def max_tokens(self) -> int:
        """Longest input in tokens, ``<s>`` and ``</s>`` counted: 512 for roberta-base."""
        return self.max_positions - self.padding_id - 1

    @property
    def sha256(self) -> str:
        """Name everything that changes what the same weights compute."""
        computed = replace(self, dropout=0.0, task=None)
        return hashlib.sha256(repr(computed).encode()).hexdigest()

    @property
    def d_head(self) -> int:
        """Features of one head."""
        return self.d_model // self.n_heads
