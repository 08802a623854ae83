"""How probable words are at the masks: a few of them, or the whole vocabulary."""

import math
from collections.abc import Generator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from roberta_gui.engine.climbing import climb_whole
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.forward import need_softmax
from roberta_gui.engine.measures import fill_mask
from roberta_gui.engine.prepared import Prepared, need_mask_head
from roberta_gui.engine.roberta import Roberta
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only


@torch.inference_mode()
def mask_steps(
    prepared: Prepared, hidden: FloatArray | None = None, tokens: Sequence[int] | None = None
) -> Generator[None, None, FloatArray]:
    """Give every word's natural log-probability at each mask: float32 (mask, vocabulary).

    At the ``tokens`` instead, where some are given, as they stand. Where the pass was made, its
    ``hidden`` states, float32 (layer + 1, token, feature), save it.
    A step takes at most about 100 ms on two cores. Raises `problems.NoMaskHead`, `BadArgument` for
    other states, `Stopped`, `TooLittleMemory` and `NotFinite`.
    """
    network, masks = prepared.network, prepared.masks if tokens is None else tokens
    need_mask_head(network)
    states = prepared.states_of(hidden)
    if not masks:
        return read_only(np.empty((0, network.configuration.vocab_size), np.float32))
    prepared.go_on("Prepared the sentence", None)
    with batch_memory(network.device, 1, len(prepared.tokens)):
        if states is not None:
            word = network.embeddings.word.weight
            rows = torch.tensor(states[-1, masks], device=word.device, dtype=word.dtype)
            return of_rows(network, rows)
        last = yield from climb_whole(prepared, None)
        return of_rows(network, last[0, masks])


def of_rows(network: Roberta, rows: Tensor) -> FloatArray:
    """Give every word's natural log-probability for rows (row, feature) of the last layer.

    Gives float32 (row, vocabulary); raises `problems.NotFinite`.
    """
    logits: FloatArray = network.logits(rows).float().cpu().numpy()  # (row, vocabulary)
    need_softmax(logits.max(axis=-1), rows.dtype)
    return read_only(fill_mask.log_softmax(logits))


def of_one_word_each(network: Roberta, rows: Tensor, ids: Sequence[int]) -> NDArray[np.float64]:
    """Give the natural log-probability of one word for each row (row, feature): float64 (row,).

    Raises `problems.NotFinite`.
    """
    words = torch.tensor(ids, device=rows.device)[:, None]  # (row, 1)
    picked: NDArray[np.float32] = logarithms(network, rows).gather(1, words)[:, 0].cpu().numpy()
    return picked.astype(np.float64)


def of_target(
    network: Roberta, rows: Tensor, word: int, against: int | None
) -> NDArray[np.float64]:
    """Give log p(word), or log p(word) − log p(against), for rows (row, feature): float64 (row,).

    Natural logarithms; raises `problems.NotFinite`.
    """
    every = logarithms(network, rows)
    less = 0.0 if against is None else every[:, against].cpu().double()
    found: NDArray[np.float64] = (every[:, word].cpu().double() - less).numpy()
    return found


def need_guessed(logarithm: float, *words: str) -> None:
    """Raise `problems.BadArgument` where a word's log-probability, or that of two, is no number.

    A word whose logit is −infinity stays at −infinity whatever changes: there is nothing to follow.
    """
    if not math.isfinite(logarithm):
        named = " or ".join(f"“{word.strip() or word}”" for word in words)
        raise BadArgument(f"This model never guesses {named}.", "Watch another word.")


def logarithms(network: Roberta, rows: Tensor) -> Tensor:
    """Give every word's natural log-probability on the model's device: (row, vocabulary).

    Raises `problems.NotFinite`.
    """
    logits = network.logits(rows).float()
    need_softmax(logits.detach().amax(dim=-1).cpu().numpy(), rows.dtype)
    return torch.log_softmax(logits, dim=-1)
