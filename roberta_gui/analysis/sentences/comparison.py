"""Comparison: A held against B, whatever B is, with one rule for every difference: A − B.

A panel asks for ``view.comparison`` (None: there is nothing to compare) and takes what it draws::

    comparison.difference(bits_a, bits_b, "token")                  # (token,)
    comparison.difference(lens_a, lens_b, "layer", "token")         # (layer + 1, token)
    comparison.difference(head_a, head_b, "token", "token")         # (query, key)
    comparison.partners(bits_b, "token")                            # B's values on A's tokens
    comparison.attention_b[layer]                                   # B's layer that is as deep

It names the axes of the arrays; axes that it leaves out, behind the named ones, are taken as they
are. Every result stands on A's rows and is nan where A has something that B has not: such cells
are drawn hatched. What B is and why something is missing is said by
`roberta_gui.findings.comparison.against`.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.alignment import Alignment, align, align_spans
from roberta_gui.records import Analysis, FloatArray, ModelInfo, Run, read_only

Needs: TypeAlias = Literal["", "can_compare_guesses", "can_compare_heads", "can_compare_states"]
"""What both sides must have in common to be compared in some respect, if anything."""

Axis: TypeAlias = Literal["token", "mask", "layer", "head"]
"""``layer`` counts hidden states, the embeddings first."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two passes: of two sets of heads, two sentences, two models, or any mixture of them."""

    a: Analysis
    b: Analysis

    @cached_property
    def alignment(self) -> Alignment:
        """Which token of A stands for which of B."""
        return align_runs(Run.of(self.a), Run.of(self.b))

    @property
    def has_same_tokenizer(self) -> bool:
        """Whether ids mean the same tokens on both sides."""
        return _mean_the_same(self.a.model, self.b.model)

    @property
    def has_same_tokens(self) -> bool:
        """Whether both sides are the same tokens."""
        ids = [[token.id for token in each.tokens] for each in (self.a, self.b)]
        return self.has_same_tokenizer and ids[0] == ids[1]

    @property
    def has_same_model(self) -> bool:
        """Whether one model made both passes."""
        return self.a.model == self.b.model

    @property
    def has_same_text(self) -> bool:
        """Whether one sentence, or pair, was read in both passes."""
        a, b = self.a.request, self.b.request
        return (a.text, a.pair) == (b.text, b.pair)

    @property
    def has_same_heads(self) -> bool:
        """Whether the same heads are off on both sides."""
        a, b = self.a.request, self.b.request
        same = (a.switched_off, a.ablation) == (b.switched_off, b.ablation)
        return same or not (a.switched_off or b.switched_off)

    @property
    def is_of_heads(self) -> bool:
        """Whether the two differ in nothing but heads that are off in A and on in B."""
        a, b = self.a.request, self.b.request
        is_same = self.has_same_model and self.has_same_text
        return is_same and bool(a.switched_off) and not b.switched_off

    @property
    def can_compare_heads(self) -> bool:
        """Whether a head of A has a counterpart: layers have as many heads."""
        return self.a.model.n_heads == self.b.model.n_heads

    @property
    def can_compare_guesses(self) -> bool:
        """Whether both models guess words."""
        return self.a.model.can_fill_masks and self.b.model.can_fill_masks

    @property
    def can_compare_states(self) -> bool:
        """Whether hidden states are of one width."""
        return self.a.model.d_model == self.b.model.d_model

    @property
    def has_same_depth(self) -> bool:
        """Whether both models have as many layers."""
        return len(self.a.hidden) == len(self.b.hidden)

    @property
    def layers(self) -> NDArray[np.intp]:
        """For each hidden layer of A that of B, (layer + 1,): the same, or the one as deep."""
        return _as_deep(len(self.a.hidden), len(self.b.hidden))

    @property
    def attention_layers(self) -> NDArray[np.intp]:
        """For each layer of A's attention that of B, (layer,), whose output lies as deep."""
        return read_only(np.maximum(self.layers[1:] - 1, 0))

    @property
    def attention_b(self) -> list[FloatArray]:
        """For each layer of A's attention that of B, (head, query, key), on B's tokens."""
        return [self.b.attention[layer] for layer in self.attention_layers]

    @cached_property
    def tokens(self) -> NDArray[np.intp]:
        """For each token of A that of B, (token,); −1 where it has no partner."""
        found = np.full(len(self.a.tokens), -1, dtype=np.intp)
        at_a, at_b = self.alignment.pairs.T
        found[at_a] = at_b
        return read_only(found)

    @property
    def only_in_b(self) -> list[int]:
        """B's tokens that no token of A stands for."""
        return [at_b for at_a, at_b in self.alignment.rows if at_a is None and at_b is not None]

    @property
    def masks(self) -> NDArray[np.intp]:
        """For each mask of A that of B, (mask,), both counted in order; −1 for none."""
        places = {fill.token_index: nth for nth, fill in enumerate(self.b.fills)}
        found = [places.get(int(self.tokens[fill.token_index]), -1) for fill in self.a.fills]
        return read_only(np.array(found, dtype=np.intp))

    def partners(self, b: FloatArray, *axes: Axis) -> FloatArray:
        """Bring B's values onto A's rows, nan where A has what B has not."""
        for place, axis in enumerate(axes):
            b = on_partners(b, self._index(axis), place)
        return read_only(b)

    def difference(self, a: FloatArray, b: FloatArray, *axes: Axis) -> FloatArray:
        """Take A − B on A's rows, nan where A has what B has not."""
        with np.errstate(invalid="ignore"):  # −infinity on both sides is no difference: nan
            found: FloatArray = a - self.partners(b, *axes)
        return read_only(found)

    def _index(self, axis: Axis) -> NDArray[np.intp]:
        """Return the counterpart in B of everything that A has on an axis; −1 for none."""
        if axis == "token":
            return self.tokens
        if axis == "mask":
            return self.masks
        if axis == "layer":
            return self.layers
        n = self.a.model.n_heads
        return np.arange(n) if self.can_compare_heads else np.full(n, -1, dtype=np.intp)


def on_partners(values: FloatArray, index: NDArray[np.intp], axis: int) -> FloatArray:
    """Bring B's values onto A's rows along an axis: those of ``index``, and nan where it is −1."""
    if len(index) == values.shape[axis] and (index == np.arange(len(index))).all():
        return values
    if (index < 0).any():
        end = [(0, 0)] * values.ndim
        end[axis] = (0, 1)  # one more, of nan: what has no partner, −1, finds it
        values = np.pad(values, end, constant_values=np.nan)
    found: FloatArray = values.take(index, axis=axis)
    return found


def align_runs(a: Run, b: Run) -> Alignment:
    """Find which token of A stands for which of B, be the tokenizer another or not."""
    if not _mean_the_same(a.model, b.model):
        return align_spans(a.tokens, b.tokens, a.request, b.request)
    if [token.id for token in a.tokens] == [token.id for token in b.tokens]:
        return Alignment(tuple((index, index) for index in range(len(a.tokens))))
    return align(a.tokens, b.tokens)


def _mean_the_same(a: ModelInfo | None, b: ModelInfo | None) -> bool:
    """Tell whether ids are the same tokens in both models."""
    if a is None or b is None:
        return True
    return (a.tokenizer_sha256, a.vocab_size) == (b.tokenizer_sha256, b.vocab_size)


def _as_deep(n_a: int, n_b: int) -> NDArray[np.intp]:
    """Find for each of ``n_a`` layers the one of ``n_b`` that lies as deep, the first the first."""
    depth = np.arange(n_a) / max(n_a - 1, 1)
    return read_only(np.floor(depth * (n_b - 1) + 0.5).astype(np.intp))
