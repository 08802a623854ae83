"""The shape of a network: every number that is not a weight."""

from collections.abc import Callable
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from roberta_gui import problems
from roberta_gui.outside import brief

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu,
    # The tanh form of Hendrycks & Gimpel (2016), section 2, under the names configurations use.
    "gelu_new": lambda x: F.gelu(x, approximate="tanh"),
    "gelu_fast": lambda x: F.gelu(x, approximate="tanh"),
    "gelu_pytorch_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "relu": F.relu,
    "silu": F.silu,
    "swish": F.silu,
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """The shape of one RoBERTa; together with a weight for every parameter it is the model.

    Attributes
    ----------
    max_positions
        Rows of the position table, the unused ones up to ``padding_id`` counted.
    n_types
        Rows of the type table; RoBERTa only ever reads row 0.
    activation
        Of the blocks, a key of `ACTIVATIONS`; the masked-LM head always uses exact GELU.
    tied_decoder
        The head scores words with the word embeddings themselves.
    dropout
        Share of values dropped in training; evaluation never drops.

    Raises
    ------
    problems.NotRoberta
        The activation is none that this network knows.
    problems.BrokenCheckpoint
        The numbers contradict each other.
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

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise problems.NotRoberta(
                f"The model uses the activation {brief(self.activation)}.", f"Known are {known}."
            )
        if self.n_heads < 1 or self.d_model % self.n_heads:
            raise problems.BrokenCheckpoint(
                f"{self.d_model} features cannot be shared out among {self.n_heads} heads.",
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
    def d_head(self) -> int:
        """Features of one head."""
        return self.d_model // self.n_heads
