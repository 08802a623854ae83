"""Guesses at a mask: `Engine.analyse` against transformers' own fill-mask pipeline.

Both read the same weights, use the same threads and start from the text; both end with ten
candidates. Ours gives all hidden states and all attention on the way, the pipeline neither. Every
run has a text that neither side has seen, and no side keeps anything from one run to the next.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from benchmarks.lines import Line, at_least
from benchmarks.measuring import side_by_side
from benchmarks.settings import VOCABULARY, Settings
from benchmarks.texts import sentences
from roberta_gui.engine import Engine, devices
from roberta_gui.records import Analysis, AnalysisRequest

LENGTHS = (9, 20, 50)
MASKS = (1, 2, 4, 8)
TIMES = {"float32": 1.8, "bfloat16": 4.0}
TOP_K = 10


class TopTen:
    """Counts how often both sides name the same ten words, in the same order."""

    def __init__(self) -> None:
        self.n_same = self.n_seen = self.n_shared = 0

    def compare(self, analysis: Analysis, named: Sequence[dict[str, Any]]) -> None:
        """Compare one analysis with what the pipeline gave for the same text."""
        ours = [candidate.id for candidate in analysis.fills[0].candidates]
        theirs = [int(word["token"]) for word in named]
        self.n_seen += 1
        self.n_same += ours == theirs
        self.n_shared += len(set(ours) & set(theirs))

    def told(self) -> str:
        """Say it in words."""
        return f"same top {TOP_K}, in order, in {self.n_same} of {self.n_seen}"


def float32(settings: Settings) -> list[Line]:
    """Both sides in float32: the limit is a ratio, and the same ten words."""
    return [*_measure(settings, "float32"), *_several_masks(settings)]


def bfloat16(settings: Settings) -> list[Line]:
    """Ours in bfloat16, where the CPU computes it in hardware, against the float32 pipeline.

    The pipeline stays in float32 because that is what it does unless it is told otherwise.
    """
    if ("cpu", "bfloat16") not in devices.available():
        return [Line("fill-mask, bfloat16", notes=("this CPU has no bfloat16: not offered here",))]
    return _measure(settings, "bfloat16")


def _measure(settings: Settings, dtype: str) -> list[Line]:
    engine = Engine.load(settings.model, device="cpu", dtype=dtype)
    pipeline = _pipeline(settings)
    lines = []
    for n_tokens in LENGTHS:
        top = TopTen()
        ours, theirs = side_by_side(
            lambda text: engine.analyse(AnalysisRequest(text, top_k=TOP_K)),
            pipeline,
            sentences(n_tokens, settings.runs + 1),
            top.compare,
        )
        what = f"fill-mask, {n_tokens} tokens, {dtype}"
        if dtype == "float32":
            line = at_least(TIMES[dtype], what, ours, theirs, top.told())
            same = top.n_same == top.n_seen
            lines.append(replace(line, holds=bool(line.holds and same)))
        else:
            # Rounding to 8 bits changes the order of near ties: told, not demanded.
            shared = f"{top.n_shared / top.n_seen:.1f} of {TOP_K} words shared on average"
            lines.append(at_least(TIMES[dtype], what, ours, theirs, shared))
    return lines


def _several_masks(settings: Settings) -> list[Line]:
    """Both sides on texts with more and more masks, and how long our head takes of it."""
    engine, pipeline = Engine.load(settings.model, device="cpu"), _pipeline(settings)
    lines = []
    for n_masks in MASKS:
        head: list[float] = []
        texts = [masked(text, n_masks) for text in sentences(20, settings.runs + 1, masked=False)]
        ours, theirs = side_by_side(
            lambda text: engine.analyse(AnalysisRequest(text, top_k=TOP_K)),
            pipeline,
            texts,
            partial(_note_head, head),
        )
        note = f"head and ranking {statistics.median(head) * 1e3:.0f} ms of ours"
        what = f"fill-mask, 20 tokens, {n_masks} mask{'s' * (n_masks > 1)}, float32"
        lines.append(Line(what, ours, theirs, notes=(note,)))
    return lines


def product(settings: Settings) -> list[Line]:
    """Time the head's product with the whole vocabulary at a few masks, beside torch's own layer.

    Ours may be torch's own, where that is the faster one: the claim is that nothing is lost.
    """
    import torch
    import torch.nn.functional as F

    from roberta_gui.engine.fast_layers import linear

    matrix = torch.randn(VOCABULARY, settings.shape.d_model)
    bias = torch.randn(VOCABULARY)
    lines = []
    with torch.inference_mode():
        for n_masks in MASKS[1:]:
            rows = [torch.randn(n_masks, settings.shape.d_model) for _ in range(settings.runs + 1)]
            ours, theirs = side_by_side(
                lambda each: linear(each, matrix, bias),
                lambda each: F.linear(each, matrix, bias),
                rows,
            )
            what = f"the head's product at {n_masks} masks, float32"
            lines.append(at_least(0.9, what, ours, theirs))
    return lines


def _note_head(head: list[float], analysis: Analysis, _named: object) -> None:
    head.append(analysis.seconds["head"])


def masked(text: str, n_masks: int) -> str:
    """Hide ``n_masks`` words of a text, as far apart as can be."""
    words = text.split()
    for nth in range(n_masks):
        words[(2 * nth + 1) * len(words) // (2 * n_masks)] = "<mask>"
    return " ".join(words)


def _pipeline(settings: Settings) -> Callable[[str], Sequence[dict[str, Any]]]:
    from transformers import pipeline

    made: Callable[[str], Sequence[dict[str, Any]]] = pipeline(
        "fill-mask", model=str(settings.model), top_k=TOP_K, device="cpu"
    )
    return made
