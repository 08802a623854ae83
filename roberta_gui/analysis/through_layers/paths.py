"""Through the layers: how one sentence's tokens turn, and what chance and context would give.

Long work is written as generators of short steps, so that a keystroke never waits for it; the
result is their return value.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.through_layers.cosines import (
    between_tokens,
    mean_of_pairs,
    self_similarity,
    with_itself,
    with_others,
)
from roberta_gui.records import FloatArray, Token, read_only

Float64Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TokenPaths:
    """Cosines of one sentence's tokens, in one space."""

    # (layer + 1, token): each token with itself one layer before, nan at the embedding output; at
    # the embedding output; in the last layer; and the mean with all other tokens of its layer
    with_before: Float64Array
    with_embeddings: Float64Array
    with_last: Float64Array
    with_others: Float64Array
    between: FloatArray  # float32 (layer + 1, token, token): every token with every other one
    # float64 (layer + 1,): the mean over all pairs of ``n_tokens`` tokens, the special ones left
    # out; nan where there are fewer than two
    sentence: Float64Array
    # float64 (layer + 1, word): the mean over the pairs of each token that stands in the sentence
    # more than once (self-similarity within it)
    repeated: Float64Array
    n_tokens: int  # tokens that are not special


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceCurves:
    """What a model's reference sentences give in one space, to hold a sentence against."""

    # float64 (layer + 1,): mean cosine of ``n_sample`` tokens from as many sentences, the
    # anisotropy; see `roberta_gui.analysis.through_layers.cosines.mean_of_pairs`
    random_pairs: Float64Array
    # float64 (layer + 1,): the mean over ``n_words`` words of each one's mean cosine with itself in
    # other sentences (Ethayarajh 2019, definition 1), ``n_contexts`` in all
    self_similarity: Float64Array
    n_sample: int
    n_words: int
    n_contexts: int


def repeated_tokens(tokens: Sequence[Token]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the tokens that stand in a sentence more than once.

    Where they stand, and which of the repeated tokens each is, counted from 0: int (occurrence,)
    each. Masks, special and control tokens do not count: they are no words.
    """
    ids = np.array(
        [-1 if t.is_special or t.is_control or t.is_mask else t.id for t in tokens], dtype=np.int64
    )
    _, which, counts = np.unique(ids, return_inverse=True, return_counts=True)
    places = np.flatnonzero((counts[which] > 1) & (ids >= 0))
    _, words = np.unique(which[places], return_inverse=True)
    return places, words.astype(np.intp)


def token_paths(
    tokens: Sequence[Token], hidden: FloatArray, preparations: Preparations
) -> Generator[None, None, TokenPaths]:
    """Compare every token of a sentence with itself in other layers, and with all others.

    ``hidden``, float32 (layer + 1, token, feature), is as the model gives it. Raises
    `problems.BadArgument` for states of other layers or features than the space is of.
    """
    preparations.need_layers(len(hidden))
    n_layers, n_tokens, _ = hidden.shape
    prepared = np.empty(hidden.shape, dtype=np.float32)
    for layer, states in enumerate(hidden):
        prepared[layer] = preparations.apply_layer(layer, states)
        yield
    between = np.empty((n_layers, n_tokens, n_tokens), dtype=np.float32)
    with_before, first, last, others = np.full((4, n_layers, n_tokens), np.nan)
    # One layer at a time: with 512 tokens all of them together would be one long step.
    for layer in range(n_layers):
        between[layer] = between_tokens(prepared[layer])
        yield
        others[layer] = with_others(prepared[layer])
        if layer:
            with_before[layer] = with_itself(prepared[layer - 1], prepared[layer])
        yield
        first[layer] = with_itself(prepared[layer], prepared[0])
        last[layer] = with_itself(prepared[layer], prepared[-1])
        yield
    sentence, repeated = yield from _within_sentence(tokens, prepared)
    return TokenPaths(
        with_before=read_only(with_before),
        with_embeddings=read_only(first),
        with_last=read_only(last),
        with_others=read_only(others),
        between=read_only(between),
        sentence=read_only(sentence),
        repeated=read_only(repeated),
        n_tokens=sum(not token.is_special for token in tokens),
    )


def with_partners(
    comparison: Comparison, preparations: Preparations
) -> Generator[None, None, Float64Array]:
    """Compare every token of A with its partner in B, in A's space: float64 (layer + 1, token).

    A layer a step. Exactly 1 where both agree in every bit, nan where a token has no partner, and
    everywhere for hidden states of another width.
    """
    hidden = comparison.a.hidden
    preparations.need_layers(len(hidden))
    found = np.full(hidden.shape[:2], np.nan)
    if comparison.can_compare_states:
        partners = comparison.partners(comparison.b.hidden, "layer", "token")
        is_paired = comparison.tokens >= 0
        found[:, is_paired] = 1.0
        for layer, sides in enumerate(zip(hidden, partners, strict=True)):
            differs = is_paired & (sides[0] != sides[1]).any(axis=1)
            found[layer, differs] = with_itself(
                *(preparations.apply_layer(layer, states[differs]) for states in sides)
            )
            yield
    return read_only(found)


def _within_sentence(
    tokens: Sequence[Token], prepared: FloatArray
) -> Generator[None, None, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Give mean cosines of ordinary tokens, (layer + 1,), and of repeated, (layer + 1, word)."""
    ordinary = np.array([not token.is_special for token in tokens], dtype=bool)
    places, words = repeated_tokens(tokens)
    sentence, repeated = np.empty(len(prepared)), []
    for layer, states in enumerate(prepared):
        sentence[layer] = mean_of_pairs(states[ordinary])
        repeated.append(self_similarity(states[places], words))
        yield
    return sentence, np.array(repeated)


def reference_curves(
    axes: ReferenceAxes, preparations: Preparations
) -> Generator[None, None, ReferenceCurves]:
    """Measure anisotropy and self-similarity on a model's reference tokens, a layer a step.

    Words count that stand in two contexts at least: of one alone there is no pair.
    """
    pairs, similar = [], []
    kept = np.bincount(axes.repeated.words)[axes.repeated.words] > 1
    words = np.unique(axes.repeated.words[kept], return_inverse=True)[1]
    for layer, (sample, contexts) in enumerate(zip(axes.sample, axes.repeated.hidden, strict=True)):
        pairs.append(mean_of_pairs(preparations.apply_layer(layer, sample)))
        yield
        prepared = preparations.apply_layer(layer, contexts[kept])
        similar.append(float(np.mean(self_similarity(prepared, words))) if len(words) else np.nan)
        yield
    return ReferenceCurves(
        random_pairs=read_only(np.array(pairs)),
        self_similarity=read_only(np.array(similar)),
        n_sample=axes.sample.shape[1],
        n_words=int(words.max(initial=-1)) + 1,
        n_contexts=len(words),
    )
