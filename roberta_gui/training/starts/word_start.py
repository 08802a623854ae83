"""Start values that the text gives: word vectors by what stands together, biases by frequency.

A fresh network otherwise spends its first steps on learning just that.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from roberta_gui.engine.roberta import Roberta

WINDOW = 4
"""Words this near, on either side, count as standing together."""

MOST_TOKENS = 8_000_000
"""Tokens that are counted: more change the vectors little, and counting is slow."""

_BLOCK = 4096
_SMOOTHING = 0.75
"""Power of a context's frequency, so that rare ones do not rule (Levy, Goldberg & Dagan 2015,
"Improving Distributional Similarity", section 3.2)."""

_SPREAD = 0.02  # standard deviation that Roberta draws its embeddings with
_ITERATIONS = 2


@torch.no_grad()
def start_words(network: Roberta, ids: NDArray[np.unsignedinteger[Any]], seed: int = 0) -> None:
    """Give a fresh network word vectors and output biases that fit the text, in place.

    Vectors are a truncated SVD of the positive pointwise mutual information of words that stand
    near each other (Levy & Goldberg 2014, "Neural Word Embedding as Implicit Matrix
    Factorization", sections 3 and 5: U times the square root of S), scaled to the spread of the
    values they replace. Rows that the text has not keep their drawn values. The bias of the
    masked-LM head becomes the log-frequency: what the best guess is before any context is known.
    ``ids`` are the corpus as one stream; the seed is for the SVD's random projections.
    """
    words = network.embeddings.word.weight  # (vocabulary, feature)
    head = network.mask_head
    size, width = words.shape
    counted = torch.from_numpy(_spread(ids).astype(np.int64)).to(words.device)  # (token,)
    frequency = torch.bincount(counted, minlength=size)  # (vocabulary,)
    torch.manual_seed(seed)
    rank = min(width, size)
    with words.device:
        pairs = _mutual_information(counted, size)
    left, sizes, _ = torch.svd_lowrank(pairs, rank, niter=_ITERATIONS)
    vectors = left * sizes.sqrt()  # (vocabulary, rank)
    known = (frequency > 0) & (sizes[0] > 0)  # (vocabulary,)
    known[network.configuration.padding_id] = False
    if known.any():
        vectors *= _SPREAD / vectors[known].std()
        words[known] = 0.0
        words[known, :rank] = vectors[known].to(words.dtype)
    if head is not None:
        counts = frequency.cpu().double() + 1
        head.bias.copy_((counts / counts.sum()).log())


def _spread(ids: NDArray[np.unsignedinteger[Any]]) -> NDArray[np.unsignedinteger[Any]]:
    """Take blocks from everywhere: the first files alone need not stand for all."""
    every = -(-len(ids) // MOST_TOKENS)
    if every <= 1:
        return ids
    whole = ids[: len(ids) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    return whole[::every].reshape(-1)


def _mutual_information(ids: Tensor, size: int) -> Tensor:
    """Count neighbours: sparse float32 (word, context), log p(w, c) / p(w) p'(c) where positive."""
    pairs = _sparse(torch.empty(2, 0, dtype=torch.int64), torch.empty(0), size)
    for distance in range(1, min(WINDOW, len(ids) - 1) + 1):
        near = torch.stack([ids[:-distance], ids[distance:]])  # (2, pair)
        pairs = (pairs + _sparse(near, torch.ones(near.shape[1]), size)).coalesce()
    pairs = (pairs + pairs.t()).coalesce()  # both sides are one context
    coordinates, counts = pairs.indices(), pairs.values()
    total = counts.sum()
    of_word = torch.zeros(size).index_add_(0, coordinates[0], counts)  # (vocabulary,)
    smoothed = of_word**_SMOOTHING
    smoothed /= smoothed.sum()
    expected = of_word[coordinates[0]] / total * smoothed[coordinates[1]]
    information = (counts / total / expected).log()
    kept = information > 0
    return _sparse(coordinates[:, kept], information[kept], size).coalesce()


def _sparse(coordinates: Tensor, values: Tensor, size: int) -> Tensor:
    return torch.sparse_coo_tensor(coordinates, values, (size, size), check_invariants=False)
