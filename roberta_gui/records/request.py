"""What is asked of a model: a text, how it is to be run, and how the work is told to end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Head: TypeAlias = tuple[int, int]
"""A head as (layer, head), both from 0."""


Stop = Callable[[], bool]
"""Asked between steps of a long computation: True means "please end now"."""

Report = Callable[[str, float | None], None]
"""Told about progress: a sentence, and the fraction done (None where nobody knows)."""

Ablation = Literal["zero", "mean"]

Estimator = Literal["unmasked", "pll", "pll_word_l2r"]
"""How surprisal is asked for: see `engine.surprisal`."""

WordOrRow = str | int
"""A word as it would stand in the sentence, or a row of the vocabulary."""


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """What to compute: the text, and how many guesses a mask gets.

    Attributes
    ----------
    text
        The sentence; ``""`` is legal.
    pair
        A second segment of the same input (``<s> A </s></s> B </s>``).
    top_k
        How many candidates each mask lists.
    switched_off
        Heads to switch off, as ``(layer, head)`` counted from 0.
    ablation
        What a switched-off head gives instead: zeros, or its mean over the tokens.
    """

    text: str
    pair: str | None = None
    top_k: int = 10
    switched_off: frozenset[tuple[int, int]] = frozenset()
    ablation: Ablation = "zero"
