"""The k largest logits of many rows, exactly: equal ones by id.

`torch.topk` leaves open which of two equal logits it names, and looks at the whole vocabulary
for each row. Here the vocabulary is cut into short runs of ids; the k largest logits of a row
lie in the k runs with the largest maxima, so only those are searched.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_RUN = 64
"""Ids in a run: few enough to search ten of them, enough that there are not many runs."""


def run_maxima(logits: Tensor) -> Tensor:
    """Give the largest logit of each run of ids: (row, vocabulary) -> (row, run)."""
    n_whole = logits.shape[1] // _RUN
    whole = logits[:, : n_whole * _RUN].view(len(logits), n_whole, _RUN).amax(-1)  # (row, run)
    rest = logits[:, n_whole * _RUN :]
    return torch.cat([whole, rest.amax(-1, keepdim=True)], dim=1) if rest.shape[1] else whole


def likeliest(
    logits: Tensor, maxima: Tensor, k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Find the ``k`` largest logits of float32 (row, vocabulary), whose `run_maxima` are given.

    Gives int64 and float32 (row, k): ids, largest logit first and equal ones by id, and the logits.
    """
    n_words = logits.shape[1]
    runs = torch.arange(maxima.shape[1], device=logits.device).expand_as(maxima)  # (row, run)
    # Of runs with equal maxima the earlier one holds the smaller ids.
    chosen = _first(maxima, runs, min(k, maxima.shape[1]))  # (row, run)
    columns = torch.arange(_RUN, device=logits.device)  # (id,)
    ids = (chosen[:, :, None] * _RUN + columns).flatten(1)  # (row, id)
    values = logits.gather(1, ids.clamp(max=n_words - 1))  # (row, id)
    values.masked_fill_(ids >= n_words, -math.inf)  # the last run may be short
    best = _first(values, ids, min(k, n_words))  # (row, k)
    return ids.gather(1, best).cpu().numpy(), values.gather(1, best).cpu().numpy()


def _first(values: Tensor, ids: Tensor, n: int) -> Tensor:
    """Find the columns of the ``n`` largest values of each row, best first, equal ones by id."""
    # One more than asked for: it may be equal to the last, and have the smaller id.
    largest = values.topk(min(n + 1, values.shape[1]))
    columns = largest.indices[:, :n]
    tied = (largest.values[:, 1:] == largest.values[:, :-1]).any(dim=1)  # (row,)
    if tied.any():
        exact = _first_of_equals(values[tied].cpu().numpy(), ids[tied].cpu().numpy(), n)
        columns[tied] = torch.from_numpy(exact).to(columns.device)
    return columns


def _first_of_equals(
    values: NDArray[np.float32], ids: NDArray[np.int64], n: int
) -> NDArray[np.int64]:
    """Do the same where some values are equal: rare in float32, the rule in half precision."""
    # A float's bits, read as an integer, grow with the float; a negative one's shrink. The id
    # below them makes every key different, so that no order is left to chance.
    bits = (values + np.float32(0)).view(np.int32).astype(np.int64)  # -0.0 becomes 0.0
    keys = ids - np.where(bits < 0, bits ^ 0x7FFFFFFF, bits) * 2**32  # smallest first
    if n == keys.shape[1]:
        return np.argsort(keys, axis=1)
    columns = np.argpartition(keys, n, axis=1)[:, :n]
    order = np.argsort(np.take_along_axis(keys, columns, 1), axis=1)
    return np.take_along_axis(columns, order, 1)
