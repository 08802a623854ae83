"""What Attention draws from: weights, contributions or rollout of all layers."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.attention import rollout_steps
from roberta_gui.analysis.heads.words import Groups, to_words, word_groups, word_numbers
from roberta_gui.analysis.sentences.alignment import align_spans
from roberta_gui.analysis.sentences.comparison import Comparison, on_partners
from roberta_gui.choices import Measure, Unit
from roberta_gui.findings.steps.model import ModelHandle
from roberta_gui.records import Analysis, FloatArray, Report, Stop, Token


@dataclass(frozen=True, eq=False)
class MeasuredHeads:
    """One measure of one sentence, layer by layer, as far as it is known.

    ``groups`` are the tokens that each row (and column) stands for. ``layers`` are float32 (head,
    from, to) each; rollout is of all heads, so it has one. In a difference to ``comparison``
    ``layers_b`` are the same of B over its own groups: for each layer of A that of B which is as
    deep. ``known`` is each layer's largest value (of a difference: the largest one), if it is.
    """

    analysis: Analysis
    comparison: Comparison | None
    measure: Measure
    unit: Unit
    groups: Groups
    layers: Sequence[FloatArray]
    layers_b: Sequence[FloatArray] = ()
    known: tuple[float, ...] | None = None

    def largest_of(self, layer: int) -> float:
        """Return a layer's largest value, by size."""
        if self.known:
            return self.known[layer]
        return float(np.abs(self.drawn(layer)).max(initial=0.0))

    @cached_property
    def largest(self) -> float:
        """The largest value of all layers that are known; looked for once."""
        return max(map(self.largest_of, range(len(self.layers))))

    def drawn(self, layer: int) -> FloatArray:
        """Return a layer's values, (head, from, to), or A − B, 0 where there is no partner."""
        values = self.layers[layer]
        if self.comparison is None:
            return values
        return np.nan_to_num(values - on_rows(self.layers_b[layer], self.partners), copy=False)

    @cached_property
    def groups_b(self) -> Groups:
        """Which tokens of B its rows stand for."""
        return () if self.comparison is None else groups_of(self.comparison.b, self.unit)

    @cached_property
    def partners(self) -> NDArray[np.intp]:
        """For each group of A that of B, (row,); −1 where it has no partner."""
        if self.comparison is None or self.unit == "tokens":
            return np.zeros(0, np.intp) if self.comparison is None else self.comparison.tokens
        places = {group: nth for nth, group in enumerate(self.groups_b)}
        if self.comparison.has_same_tokenizer:
            tokens = self.comparison.tokens
            found = [places.get(tuple(tokens[list(group)].tolist()), -1) for group in self.groups]
            return np.array(found, dtype=np.intp)
        a, b = self.comparison.a, self.comparison.b
        words = _whole_words(a, self.groups), _whole_words(b, self.groups_b)
        pairs = align_spans(*words, a.request, b.request).pairs
        partners = np.full(len(self.groups), -1, dtype=np.intp)
        partners[pairs[:, 0]] = pairs[:, 1]
        return partners


def measured_directly(analysis: Analysis, comparison: Comparison | None = None) -> MeasuredHeads:
    """Take the weights of the pass as they are, and those of B."""
    groups, layers = groups_of(analysis, "tokens"), tuple(analysis.attention)
    of_b = () if comparison is None else comparison.attention_b
    return MeasuredHeads(analysis, comparison, "attention", "tokens", groups, layers, of_b)


def on_rows(values: FloatArray, index: NDArray[np.intp]) -> FloatArray:
    """Bring B's values, (..., row, column), onto A's rows; nan where ``index`` is −1."""
    return on_partners(on_partners(values, index, -2), index, -1)


def _whole_words(side: Analysis, groups: Groups) -> list[Token]:
    """Make one token of a word's pieces, to be aligned by its characters."""
    ends = [(side.tokens[group[0]], side.tokens[group[-1]].end) for group in groups]
    return [replace(first, end=end) for first, end in ends]


def groups_of(analysis: Analysis, unit: Unit) -> Groups:
    """Group the tokens by words, or leave each alone."""
    if unit == "words":
        return word_groups(word_numbers(analysis.tokens))
    return tuple((index,) for index in range(len(analysis.tokens)))


def measure_steps(
    request: MeasuredHeads, layer: int, handle: ModelHandle | None, stop: Stop, report: Report
) -> Generator[MeasuredHeads | None, None, MeasuredHeads]:
    """Measure layer after layer; what is known is shown from the wanted ``layer`` on.

    Earlier there would be nothing to draw, and the last picture would go for nothing.
    """
    compared, n_layers, found = request.comparison, len(request.analysis.attention), request
    of_b = (
        None if compared is None else _as_deep(_layers(request, compared.b, handle, stop), compared)
    )
    for nth, values in enumerate(_layers(request, request.analysis, handle, stop)):
        report(f"Layer {nth + 1} of {n_layers}", nth / n_layers)
        layers_b, known = found.layers_b, found.known or ()
        if of_b is not None:
            yield None  # one pass a step
            layers_b = (*layers_b, next(of_b))
        found = replace(request, layers=(*found.layers, values), layers_b=layers_b)
        known = (*known, float(np.abs(found.drawn(nth)).max(initial=0.0)))
        found = replace(found, known=known)
        yield found if nth >= layer else None
    return found


def _as_deep(layers: Iterator[FloatArray], comparison: Comparison) -> Iterator[FloatArray]:
    """Give for each layer of A that of B which is as deep."""
    at, values = -1, np.zeros((0, 0, 0), np.float32)
    for wanted in comparison.attention_layers.tolist():
        while at < wanted:
            at, values = at + 1, next(layers)
        yield values


def _layers(
    request: MeasuredHeads, analysis: Analysis, handle: ModelHandle | None, stop: Stop
) -> Iterator[FloatArray]:
    """Give float32 (head, from, to) of each layer."""
    words = word_numbers(analysis.tokens) if request.unit == "words" else None
    if handle is not None:
        engine = handle.engine_of(analysis.model)
        yield from engine.contribution_steps(analysis.request, words, stop)
        return
    each = iter(analysis.attention)
    if request.measure == "rollout":
        each = (rolled[np.newaxis] for rolled in rollout_steps(analysis.attention))
    for values in each:
        yield values if words is None else to_words(values, words).matrix
