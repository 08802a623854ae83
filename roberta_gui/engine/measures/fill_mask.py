"""Guesses at the masks: from rows of logits to ranked candidates.

Every probability is over the whole vocabulary. Dividing by the listed ones' sum instead would
turn an unsure model into a sure one; `FillMask.covered` tells how much the list leaves out.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from roberta_gui.engine.arguments import count_of
from roberta_gui.records import Candidate, FillMask, FloatArray

Spell = Callable[[int], tuple[str, bool]]
"""Gives a vocabulary row's readable text, and whether a space leads it."""


def fill(
    logits: FloatArray, token_indexes: Sequence[int], top_k: int, spell: Spell
) -> tuple[FillMask, ...]:
    """Rank the ``top_k`` best guesses at each mask, from logits float32 (mask, vocabulary).

    ``token_indexes`` says which token each row belongs to.
    """
    count_of(top_k, "candidates")
    fills = []
    for row, token_index in zip(logits, token_indexes, strict=True):
        log_probabilities = log_softmax(row)  # (vocabulary,)
        probabilities = np.exp(log_probabilities)  # (vocabulary,)
        candidates = tuple(
            Candidate(rank, word, *spell(word), float(probabilities[word]))
            for rank, word in enumerate(best(probabilities, top_k), start=1)
        )
        covered = min(1.0, math.fsum(candidate.probability for candidate in candidates))
        fills.append(FillMask(token_index, candidates, entropy_bits(log_probabilities), covered))
    return tuple(fills)


def log_softmax(logits: FloatArray) -> NDArray[np.float32]:
    """Turn logits (..., vocabulary) into natural log-probabilities, float32, of the same shape.

    The largest logit is taken away first: the result is the same, and exp cannot overflow.
    """
    shifted = logits.astype(np.float32) - logits.max(axis=-1, keepdims=True)
    total = np.exp(shifted).sum(axis=-1, keepdims=True, dtype=np.float32)
    log_probabilities: NDArray[np.float32] = shifted - np.log(total)
    return log_probabilities


def best(probabilities: FloatArray, k: int) -> list[int]:
    """List the ``k`` most probable ids of (vocabulary,), best first, equal ones by id.

    Sorting the whole vocabulary would take longer than the masked-LM head, so only those at
    least as probable as the k-th are sorted: more than k where several share its place.
    """
    k = min(k, len(probabilities))
    threshold = np.partition(probabilities, -k)[-k]
    (ids,) = np.nonzero(probabilities >= threshold)
    order = np.lexsort((ids, -probabilities[ids]))
    return [int(row) for row in ids[order[:k]]]


def entropy_bits(log_probabilities: FloatArray) -> float:
    """Measure how undecided a distribution over (vocabulary,) is, in bits (Shannon 1948)."""
    probabilities = np.exp(log_probabilities)  # (vocabulary,)
    # A word of probability 0 adds nothing to the entropy, though its logarithm is −infinity.
    some = probabilities > 0
    nats = -float(np.sum(probabilities[some] * log_probabilities[some], dtype=np.float64))
    return max(nats, 0.0) / math.log(2.0)
