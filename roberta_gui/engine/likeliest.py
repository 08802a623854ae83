"""The k largest logits of many rows, exactly: equal ones by id.

`torch.topk` leaves open which of two equal logits it names, and looks at the whole vocabulary
for each row. Here the vocabulary is cut into short runs of ids; the k largest logits of a row
lie in the k runs with the largest maxima, so only those are searched.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_RUN = 64
"""Ids in a run: few enough to search ten of them, enough that there are not many runs."""


def likeliest(logits: Tensor, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Find the ``k`` largest logits of each row.

    Parameters
    ----------
    logits
        float32 (row, vocabulary), on any device.
    k
        How many, at most the whole vocabulary.

    Returns
    -------
    int64 (row, k), float32 (row, k)
        Ids, largest logit first and equal ones by id, and the logits themselves.
    """
    n_words = logits.shape[1]
    maxima = _maxima(logits)  # (row, run)
    runs = np.broadcast_to(np.arange(maxima.shape[1]), maxima.shape)  # (row, run)
    # Of runs with equal maxima the earlier one holds the smaller ids.
    chosen = _first(maxima, runs, min(k, maxima.shape[1]))  # (row, run)
    ids = (chosen[:, :, None] * _RUN + np.arange(_RUN)).reshape(len(chosen), -1)  # (row, id)
    inside = np.minimum(ids, n_words - 1)  # the last run may be short
    values = logits.gather(1, torch.from_numpy(inside).to(logits.device)).cpu().numpy()
    values = np.where(ids < n_words, values, -np.inf)  # (row, id)
    places = _first(values, ids, min(k, n_words))  # (row, k)
    return np.take_along_axis(ids, places, 1), np.take_along_axis(values, places, 1)


def _maxima(logits: Tensor) -> NDArray[np.float32]:
    """Give the largest logit of each run of ids: float32 (row, run)."""
    n_whole = logits.shape[1] // _RUN
    whole = logits[:, : n_whole * _RUN].view(len(logits), n_whole, _RUN).amax(-1)  # (row, run)
    rest = logits[:, n_whole * _RUN :]
    if rest.shape[1]:
        whole = torch.cat([whole, rest.amax(-1, keepdim=True)], dim=1)  # (row, run)
    maxima: NDArray[np.float32] = whole.cpu().numpy()
    return maxima


def _first(values: NDArray[np.float32], ids: NDArray[Any], n: int) -> NDArray[np.int64]:
    """Find the places of the ``n`` largest values of each row, best first, equal ones by id."""
    # A float's bits, read as an integer, grow with the float; a negative one's shrink. The id
    # below them makes every key different, so that no order is left to chance.
    bits = (values + np.float32(0)).view(np.int32).astype(np.int64)  # -0.0 becomes 0.0
    keys = ids - np.where(bits < 0, bits ^ 0x7FFFFFFF, bits) * 2**32  # smallest first
    if n == keys.shape[1]:
        return np.argsort(keys, axis=1)
    places = np.argpartition(keys, n, axis=1)[:, :n]
    order = np.argsort(np.take_along_axis(keys, places, 1), axis=1)
    return np.take_along_axis(places, order, 1)
