"""What Attention draws from: weights, contributions or rollout of all layers."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from roberta_gui.analysis.attention import rollout_steps
from roberta_gui.analysis.heads.words import Groups, to_words, word_groups, word_numbers
from roberta_gui.choices import Measure, Unit
from roberta_gui.findings.model import ModelHandle
from roberta_gui.records import Analysis, FloatArray, Report, Stop


@dataclass(frozen=True, eq=False)
class MeasuredHeads:
    """One measure of one sentence, layer by layer, as far as it is known.

    Attributes
    ----------
    baseline
        In a difference, the pass with every head on, which is taken away; else None.
    groups
        Which tokens each row (and column) stands for.
    layers
        float32 (head, from, to) each; rollout is of all heads, so it has one.
    before
        In a difference, the same of ``baseline``, as many layers.
    known
        Each layer's largest value (of a difference: largest change), if that is known already.
    """

    analysis: Analysis
    baseline: Analysis | None
    measure: Measure
    unit: Unit
    groups: Groups
    layers: Sequence[FloatArray]
    before: Sequence[FloatArray] | None = None
    known: tuple[float, ...] | None = None

    def largest_of(self, layer: int) -> float:
        """Return a layer's largest value, of a difference its largest change."""
        return self.known[layer] if self.known else _highest(self.layers[layer], None)

    @cached_property
    def largest(self) -> float:
        """The largest value of all layers that are known; looked for once."""
        return max(self.known or (float(layer.max(initial=0.0)) for layer in self.layers))

    @property
    def changes(self) -> Iterator[FloatArray]:
        """Each known layer's values, of a difference its changes: float32 (head, from, to)."""
        for layer, values in enumerate(self.layers):
            yield values if self.before is None else values - self.before[layer]

    def place(self, layer: int, head: int) -> tuple[int, int]:
        """Return where the values of a head are: rollout has one matrix a layer."""
        return layer, head if self.measure != "rollout" else 0


def measured_directly(analysis: Analysis) -> MeasuredHeads:
    """Take the weights of the pass as they are."""
    groups = groups_of(analysis, "tokens")
    return MeasuredHeads(analysis, None, "attention", "tokens", groups, tuple(analysis.attention))


def groups_of(analysis: Analysis, unit: Unit) -> Groups:
    """Group the tokens by words, or leave each alone."""
    if unit == "words":
        return word_groups(word_numbers(analysis.tokens))
    return tuple((index,) for index in range(len(analysis.tokens)))


def measure_steps(
    wish: MeasuredHeads, layer: int, asked: ModelHandle | None, stop: Stop, report: Report
) -> Generator[MeasuredHeads | None, None, MeasuredHeads]:
    """Measure layer after layer; what is known is shown from the wanted ``layer`` on.

    Earlier there would be nothing to draw, and the last picture would go for nothing.
    """
    layers: list[FloatArray] = []
    before: list[FloatArray] = []
    known: list[float] = []
    baseline = None if wish.baseline is None else _layers(wish, wish.baseline, asked, stop)
    n_layers = len(wish.analysis.attention)
    found = wish
    for nth, values in enumerate(_layers(wish, wish.analysis, asked, stop)):
        report(f"Layer {nth + 1} of {n_layers}", nth / n_layers)
        layers.append(values)
        if baseline is not None:
            yield None  # one pass a step
            before.append(next(baseline))
        known.append(_highest(values, before[-1] if before else None))
        found = MeasuredHeads(
            wish.analysis, wish.baseline, wish.measure, wish.unit, wish.groups, tuple(layers),
            tuple(before) if baseline is not None else None, tuple(known),
        )  # fmt: skip
        yield found if nth >= layer else None
    return found


def _layers(
    wish: MeasuredHeads, analysis: Analysis, asked: ModelHandle | None, stop: Stop
) -> Iterator[FloatArray]:
    """Give float32 (head, from, to) of each layer."""
    words = word_numbers(analysis.tokens) if wish.unit == "words" else None
    if asked is not None:
        yield from asked.engine.contribution_steps(analysis.request, words, stop)
        return
    each = (
        (rolled[np.newaxis] for rolled in rollout_steps(analysis.attention))
        if wish.measure == "rollout"
        else iter(analysis.attention)
    )
    for values in each:
        yield values if words is None else to_words(values, words).matrix


def _highest(values: FloatArray, before: FloatArray | None) -> float:
    """Return the largest value, or the largest change, head by head to save memory."""
    if before is None:
        return float(values.max(initial=0.0))
    changes = (np.abs(one - other) for one, other in zip(values, before, strict=True))
    return max((float(change.max(initial=0.0)) for change in changes), default=0.0)
