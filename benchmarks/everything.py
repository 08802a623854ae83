"""Hidden states, all attention and guesses: `Engine.analyse` against transformers' eager forward.

What somebody in a notebook writes today: the tokenizer, one forward with ``output_attentions`` and
``output_hidden_states`` (attention maps exist only in the eager implementation), softmax and
top-k at the mask. Both sides end with the same: float32 numpy arrays of every layer, and ten
candidates. The other side may keep its layers as a tuple of arrays that share torch's memory, so
it copies nothing; ours gives one array. Both run without gradients.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.fill_mask import TOP_K
from benchmarks.lines import Line, at_least
from benchmarks.measuring import side_by_side
from benchmarks.settings import Settings
from benchmarks.texts import sentences
from roberta_gui.engine import Engine
from roberta_gui.records import Analysis, AnalysisRequest

LENGTHS = (32, 512)
TIMES = 1 / 0.75
TOLERANCE = 2e-5


class Outputs(NamedTuple):
    """What the eager forward gives, a layer an array."""

    hidden: tuple[NDArray[np.float32], ...]
    attention: tuple[NDArray[np.float32], ...]
    top_ids: tuple[int, ...]


class LargestDifference:
    """How far the two sides lie apart, over all runs."""

    def __init__(self) -> None:
        self.hidden = self.attention = 0.0
        self.same_words = True

    def compare(self, analysis: Analysis, outputs: Outputs) -> None:
        """Compare every number of one analysis."""
        for ours, theirs in zip(analysis.hidden, outputs.hidden, strict=True):
            self.hidden = max(self.hidden, float(np.abs(ours - theirs).max()))
        for ours, theirs in zip(analysis.attention, outputs.attention, strict=True):
            self.attention = max(self.attention, float(np.abs(ours - theirs).max()))
        ids = tuple(candidate.id for candidate in analysis.fills[0].candidates)
        self.same_words = self.same_words and ids == outputs.top_ids

    @property
    def is_small(self) -> bool:
        """Whether both sides computed the same."""
        return max(self.hidden, self.attention) <= TOLERANCE and self.same_words

    def told(self) -> str:
        """Say it in words."""
        words = "same" if self.same_words else "not the same"
        return (
            f"largest difference {self.hidden:.0e} in hidden states, "
            f"{self.attention:.0e} in attention; {words} top {TOP_K}"
        )


def run(settings: Settings) -> list[Line]:
    """Measure both lengths; the limit is a ratio, and that both computed the same."""
    engine = Engine.load(settings.model, device="cpu")
    eager = _eager(settings)
    lines = []
    for n_tokens in LENGTHS:
        apart = LargestDifference()
        ours, theirs = side_by_side(
            lambda text: engine.analyse(AnalysisRequest(text, top_k=TOP_K)),
            eager,
            sentences(n_tokens, settings.runs + 1),
            apart.compare,
        )
        what = f"everything, {n_tokens} tokens, float32"
        line = at_least(TIMES, what, ours, theirs, apart.told())
        lines.append(replace(line, holds=bool(line.holds and apart.is_small)))
    return lines


def _eager(settings: Settings) -> Callable[[str], Outputs]:
    import torch
    from transformers import AutoTokenizer, RobertaForMaskedLM

    tokenizer = AutoTokenizer.from_pretrained(str(settings.model))
    network: Any = RobertaForMaskedLM.from_pretrained(
        str(settings.model), attn_implementation="eager"
    )
    network.eval()

    @torch.inference_mode()
    def forward(text: str) -> Outputs:
        given = tokenizer(text, return_tensors="pt")
        out = network(**given, output_attentions=True, output_hidden_states=True)
        mask = int((given["input_ids"][0] == tokenizer.mask_token_id).nonzero()[0, 0])
        probabilities = out.logits[0, mask].softmax(-1)
        return Outputs(
            tuple(layer[0].numpy() for layer in out.hidden_states),
            tuple(layer[0].numpy() for layer in out.attentions),
            tuple(probabilities.topk(TOP_K).indices.tolist()),
        )

    return forward
