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
    """Cosines of one sentence's tokens, in one space.

    Attributes
    ----------
    with_before
        float64 (layer + 1, token): each token with itself one layer before; the embedding
        output has none, so its row is nan.
    with_embeddings, with_last
        float64 (layer + 1, token): each token with itself at the embedding output, and in the
        last layer.
    with_others
        float64 (layer + 1, token): the mean with all other tokens of the layer.
    between
        float32 (layer + 1, token, token): every token with every other one.
    sentence
        float64 (layer + 1,): the mean over all pairs of ``n_tokens`` tokens, the special ones
        left out; nan where there are fewer than two.
    repeated
        float64 (layer + 1, word): the mean over the pairs of each token that stands in the
        sentence more than once (self-similarity within it).
    n_tokens
        Tokens that are not special.
    """

    with_before: Float64Array
    with_embeddings: Float64Array
    with_last: Float64Array
    with_others: Float64Array
    between: FloatArray
    sentence: Float64Array
    repeated: Float64Array
    n_tokens: int


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceCurves:
    """What a model's reference sentences give in one space, to hold a sentence against.

    Attributes
    ----------
    random_pairs
        float64 (layer + 1,): mean cosine of ``n_sample`` tokens from as many sentences, the
        anisotropy; see :func:`roberta_gui.analysis.through_layers.cosines.mean_of_pairs`.
    self_similarity
        float64 (layer + 1,): the mean over ``n_words`` words of each one's mean cosine with
        itself in other sentences (Ethayarajh 2019, definition 1), ``n_contexts`` in all.
    """

    random_pairs: Float64Array
    self_similarity: Float64Array
    n_sample: int
    n_words: int
    n_contexts: int


def repeated_tokens(tokens: Sequence[Token]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the tokens that stand in a sentence more than once.

    Masks, special and control tokens do not count: they are no words.

    Returns
    -------
    int (occurrence,), int (occurrence,)
        Where they stand, and which of the repeated tokens each is, counted from 0.

    Examples
    --------
    >>> so, it = (Token(0, id, "", 0, 0, False, False, 0, False, 0, b"") for id in (7, 9))
    >>> [places.tolist() for places in repeated_tokens([so, it, so])]
    [[0, 2], [0, 0]]
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

    Parameters
    ----------
    tokens
        The sentence.
    hidden
        float32 (layer + 1, token, feature), as the model gives them.
    preparations
        What the space does to them first.

    Examples
    --------
    >>> from roberta_gui.analysis.axes.modes import Space
    >>> from roberta_gui.analysis.axes.preparation import Preparation
    >>> as_it_is = Preparation(np.zeros(2), np.ones(2), np.zeros((2, 0)), 1.0)
    >>> raw = Preparations(Space("raw"), (as_it_is, as_it_is))
    >>> hidden = np.array([[[1, 0], [1, 0]], [[0, 2], [3, 0]]], dtype=np.float32)
    >>> tokens = [Token(i, 7, "", 0, 0, False, False, i, False, 0, b"") for i in (0, 1)]
    >>> from roberta_gui.analysis.stepped import result_of
    >>> paths = result_of(token_paths(tokens, hidden, raw))
    >>> paths.with_before[1].tolist(), paths.sentence.tolist()
    ([0.0, 1.0], [1.0, 0.0])
    """
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
    """Compare every token of A with its partner in B, a layer a step.

    Parameters
    ----------
    preparations
        What A's space does to both sides first.

    Returns
    -------
    float64 (layer + 1, token)
        Cosines, -1 to 1; exactly 1 where both agree in every bit, nan where a token has no
        partner, and everywhere for hidden states of another width.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from roberta_gui.analysis.axes.modes import Space
    >>> from roberta_gui.analysis.axes.preparation import Preparation
    >>> from roberta_gui.analysis.stepped import result_of
    >>> as_it_is = Preparation(np.zeros(2), np.ones(2), np.zeros((2, 0)), 1.0)
    >>> raw = Preparations(Space("raw"), (as_it_is,))
    >>> a = SimpleNamespace(hidden=np.float32([[[1, 0], [0, 1]]]))
    >>> b = SimpleNamespace(hidden=np.float32([[[1, 0], [1, 0]]]))
    >>> held = SimpleNamespace(a=a, b=b, can_compare_states=True, tokens=np.arange(2))
    >>> held.partners = lambda states, *axes: states
    >>> result_of(with_partners(held, raw)).tolist()
    [[1.0, 0.0]]
    """
    hidden = comparison.a.hidden
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
    """Compare a sentence's ordinary tokens, and those of one word it repeats, a layer a step.

    Returns
    -------
    float64 (layer + 1,) and (layer + 1, word): mean cosines of all pairs.
    """
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

    Parameters
    ----------
    axes
        The model's; only its sample and its repeated words are looked at.
    preparations
        What the space does to them first.

    Examples
    --------
    >>> from roberta_gui.analysis.axes.modes import Space
    >>> from roberta_gui.analysis.axes.preparation import Preparation
    >>> from roberta_gui.analysis.axes.repeated import Repeated
    >>> as_it_is = Preparation(np.zeros(2), np.ones(2), np.zeros((2, 0)), 1.0)
    >>> sample, same = np.eye(2, dtype="float32")[None], np.ones((1, 2, 2), "float32")
    >>> repeated = Repeated(same, np.array([0, 0]), ("so",))
    >>> axes = ReferenceAxes(2, 2, sample, np.array([1, 1]), repeated, {}, {})
    >>> from roberta_gui.analysis.stepped import result_of
    >>> curves = result_of(reference_curves(axes, Preparations(Space("raw"), (as_it_is,))))
    >>> curves.random_pairs.round(6).tolist(), curves.self_similarity.round(6).tolist()
    ([0.0], [1.0])
    """
    pairs, similar = [], []
    words = axes.repeated.words
    for layer, (sample, contexts) in enumerate(zip(axes.sample, axes.repeated.hidden, strict=True)):
        pairs.append(mean_of_pairs(preparations.apply_layer(layer, sample)))
        yield
        prepared = preparations.apply_layer(layer, contexts)
        similar.append(float(np.mean(self_similarity(prepared, words))) if len(words) else np.nan)
        yield
    return ReferenceCurves(
        random_pairs=read_only(np.array(pairs)),
        self_similarity=read_only(np.array(similar)),
        n_sample=axes.sample.shape[1],
        n_words=len(np.unique(words)),
        n_contexts=len(words),
    )
