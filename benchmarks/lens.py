"""The logit lens: `Engine.lens` against the passes that it cannot do without.

The floor is what somebody in a notebook runs and nothing more: one pass of transformers' encoder
(its fastest attention), and one call of the masked-LM head on every state. Ours does on top of it
softmax, ten guesses, entropy and divergence of every state. The second line is a notebook that
wants the same numbers. Each run has a text of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np

from benchmarks.lines import Line, at_least
from benchmarks.measuring import Sample, side_by_side, timed
from benchmarks.settings import Settings
from benchmarks.texts import sentences
from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest, Lens

LENGTH, LONG = 64, 512
MOST = 1.15
TOP_K = 10
TOLERANCE = 2e-5

Guesses: TypeAlias = tuple[Any, Any, Any, Any]
"""torch tensors: log-probabilities and ids (row, k), entropy and divergence in nats."""


class LargestDifference:
    """How far the lens lies from the notebook that computes the same."""

    def __init__(self) -> None:
        self.log_probability = self.entropy = 0.0

    def compare(self, lens: Lens, theirs: Guesses) -> None:
        """Compare all states of one text."""
        shape = lens.log_probabilities.shape
        apart = lens.log_probabilities - theirs[0].numpy().reshape(shape)
        self.log_probability = max(self.log_probability, float(np.abs(apart).max()))
        nats = lens.entropy_bits * np.log(2.0) - theirs[2].numpy().reshape(shape[:2])
        self.entropy = max(self.entropy, float(np.abs(nats).max()))

    @property
    def is_small(self) -> bool:
        """Whether both sides computed the same."""
        return max(self.log_probability, self.entropy) <= TOLERANCE

    def told(self) -> str:
        """Say it in words."""
        return (
            f"largest difference {self.log_probability:.0e} in log-probabilities, "
            f"{self.entropy:.0e} in entropy"
        )


def run(settings: Settings) -> list[Line]:
    """Measure the whole lens, how it streams into the window, and a long text."""
    engine = Engine.load(settings.model, device="cpu")
    floor, notebook = _transformers(settings)

    def ours(text: str) -> Lens:
        return engine.lens(AnalysisRequest(text), TOP_K)

    texts = sentences(LENGTH, settings.runs + 1)
    what = f"logit lens, {LENGTH} tokens, {LENGTH * (engine.info.n_layers + 1)} states"
    apart = LargestDifference()
    least = side_by_side(ours, floor, texts)
    whole = at_least(1 / MOST, f"{what}, one pass and one head call", *least)
    same = side_by_side(ours, notebook, texts, apart.compare)
    long = sentences(LONG, max(settings.runs // 3, 1))
    return [
        replace(whole, holds=bool(whole.holds and apart.is_small), notes=(apart.told(),)),
        Line(f"{what}, the same numbers in a notebook", *same),
        *_streamed(engine, texts, what),
        Line(f"logit lens, {LONG} tokens", Sample(tuple(timed(ours, text)[0] for text in long))),
    ]


def _streamed(engine: Engine, texts: Sequence[str], what: str) -> list[Line]:
    """Time what the window does after an analysis: mask and selected token first, then the rest."""
    steps: list[list[float]] = []
    for text in texts:
        analysis = engine.analyse(AnalysisRequest(text))
        first = (*(fill.token_index for fill in analysis.fills), 1)
        pending = engine.lens_steps(analysis.request, TOP_K, hidden=analysis.hidden, first=first)
        steps.append([])
        lens: Lens | None = None
        while lens is None or not lens.computed.all():
            took, lens = timed(next, pending)
            steps[-1].append(took)
    first_steps, longest, all_steps = (
        Sample(tuple(part(taken) for taken in steps[1:]))  # the first text warms up
        for part in (itemgetter(0), max, sum)
    )
    return [
        Line("its mask and selected columns in the window", first_steps),
        Line("its longest step in the window", longest),
        Line(f"{what}, all its steps in the window", all_steps, notes=("without the pass",)),
    ]


def _transformers(settings: Settings) -> tuple[Callable[[str], Any], Callable[[str], Guesses]]:
    import torch
    from transformers import AutoTokenizer, RobertaForMaskedLM

    tokenizer = AutoTokenizer.from_pretrained(str(settings.model))
    network: Any = RobertaForMaskedLM.from_pretrained(str(settings.model))
    network.eval()

    @torch.inference_mode()
    def floor(text: str) -> Any:
        given = tokenizer(text, return_tensors="pt")
        hidden = network.roberta(**given, output_hidden_states=True).hidden_states
        return network.lm_head(torch.cat(hidden).flatten(0, 1))  # (row, vocabulary)

    @torch.inference_mode()
    def notebook(text: str) -> Guesses:
        scores = floor(text).log_softmax(-1)
        best = scores.topk(TOP_K)
        entropy = -(scores.exp() * scores).sum(-1)
        states = scores.unflatten(0, (network.config.num_hidden_layers + 1, -1))
        divergence = (states[-1].exp() * (states[-1] - states)).sum(-1)
        return best.values, best.indices, entropy, divergence

    return floor, notebook
