"""What is asked of a model: a text, how it is to be run, and how the work is told to end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from roberta_gui.records.notebook import ShortRepr

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


@dataclass(frozen=True, slots=True, repr=False)
class AnalysisRequest(ShortRepr):
    """What to compute of a ``text``, which may be "": ``top_k`` candidates a mask.

    ``pair`` is a second segment of the same input (``<s> A </s></s> B </s>``). Heads that are
    ``switched_off``, as ``(layer, head)`` from 0, give zeros instead, or their mean over the tokens
    (``ablation``).
    """

    text: str
    pair: str | None = None
    top_k: int = 10
    switched_off: frozenset[tuple[int, int]] = frozenset()
    ablation: Ablation = "zero"

    def segment_text(self, segment: int | None) -> str:
        """Return the text whose characters the tokens of a segment count."""
        return (self.pair or "") if segment else self.text
