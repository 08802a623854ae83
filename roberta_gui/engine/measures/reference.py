"""Hidden states of many texts, a little at a time, and one vector for each text."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.analysis.similarity import unit
from roberta_gui.engine.arguments import whole_number
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.forward import batch_states, hidden_states, need_finite, real_tokens
from roberta_gui.engine.interruption import go_on
from roberta_gui.engine.roberta import Configuration, Roberta
from roberta_gui.records import FloatArray, Report, Stop, Token, TokenStates, read_only
from roberta_gui.wording import counted

Pooling = Literal["mean", "cls", "max"]
Cut = tuple[tuple[Token, ...], int]
"""A text's tokens, and how many more were cut off."""

_WORK_PER_STEP = 5e9
"""Multiplications that two cores do in well under 100 ms: 64 tokens of roberta-base's shape."""

_MOST_TOKENS = 8192


def states(
    network: Roberta, texts: Sequence[Cut], stop: Stop | None = None, report: Report | None = None
) -> Iterator[TokenStates]:
    """Run all ``texts``, batch by batch, and give the states of their non-special tokens.

    Texts of like length run together, so the order is by length. The first text of a batch takes
    the batch's time, at most about 100 ms. Raises `problems.Stopped`, `TooLittleMemory` and
    `NotFinite`.
    """
    most = step_tokens(network.configuration)
    for chosen, ids, types, share in _alike(texts, range(len(texts)), most):
        go_on(stop, report, "Reading the sentences", share)
        found = hidden_states(network, ids, stop, types)
        for index, hidden in zip(chosen, found, strict=True):
            tokens, dropped = texts[index]
            kept = tuple(token for token in tokens if not token.is_special)
            states = read_only(hidden[:, [token.index for token in kept]])
            yield TokenStates(index, kept, states, dropped)


@torch.inference_mode()
def embed(
    network: Roberta,
    texts: Sequence[Cut],
    layer: int,
    pooling: Pooling,
    normalize: bool,
    batch_tokens: int,
    stop: Stop | None = None,
    report: Report | None = None,
) -> FloatArray:
    """Pool the hidden states of many texts: float32 (text, feature).

    ``layer`` 0 is the embedding output; negative numbers count from the last. ``pooling`` is the
    ``mean`` or ``max`` of each feature over all tokens, ``<s>`` and ``</s>`` counted, as
    sentence-transformers does it (Reimers & Gurevych 2019, section 3); ``cls``: that of ``<s>``.
    ``batch_tokens`` run at once, padding counted; a longer text runs alone. Raises
    `problems.BadArgument`, `Stopped`, `TooLittleMemory` and `NotFinite`.
    """
    c = network.configuration
    n_blocks = _n_blocks(layer, c.n_layers, pooling, batch_tokens)
    embedded = np.zeros((len(texts), c.d_model), np.float32)
    # A text without any token is a row of zeros.
    some = [index for index, (tokens, _) in enumerate(texts) if tokens]
    for chosen, ids, types, share in _alike(texts, some, batch_tokens):
        go_on(stop, report, "Embedding the texts", share)
        lengths = [len(row) for row in ids]
        with batch_memory(network.device, len(ids), lengths[-1]):
            for hidden in islice(batch_states(network, ids, types, stop), n_blocks + 1):
                last = hidden  # (batch, token, feature)
            need_finite(last)
            real = real_tokens(lengths, network.device)  # (batch, token)
            embedded[chosen] = _pooled(last.float(), real, pooling).cpu().numpy()
    return read_only(unit(embedded) if normalize else embedded)


def _alike(
    texts: Sequence[Cut], chosen: Iterable[int], most_tokens: int
) -> Iterator[tuple[list[int], list[list[int]], list[list[int]], float]]:
    """Batch texts of like length: their indexes, ids and types, and which share is done."""
    by_length = sorted(chosen, key=lambda index: len(texts[index][0]))
    for batch in batches([len(texts[index][0]) for index in by_length], most_tokens):
        rows = [texts[index][0] for index in by_length[batch]]
        ids = [[token.id for token in tokens] for tokens in rows]
        types = [[token.type_id for token in tokens] for tokens in rows]
        yield by_length[batch], ids, types, batch.start / len(texts)


def step_tokens(configuration: Configuration) -> int:
    """Count the tokens, padding included, that one step can run: fewer for a larger network.

    Fixed by the network's shape and not by a stopwatch: batches of another shape round
    otherwise, and axes fitted twice must come out the same.
    """
    c = configuration
    per_token = c.n_layers * (4 * c.d_model**2 + 2 * c.d_model * c.d_feedforward)
    return int(min(max(_WORK_PER_STEP // per_token, 1), _MOST_TOKENS))


def batches(lengths: Sequence[int], most_tokens: int) -> Iterator[slice]:
    """Cut ascending ``lengths`` into batches of at most ``most_tokens``, padding counted.

    A text longer than that is a batch of its own.
    """
    start = 0
    for end in range(1, len(lengths) + 1):
        if end == len(lengths) or (end + 1 - start) * lengths[end] > most_tokens:
            yield slice(start, end)
            start = end


def _pooled(hidden: Tensor, real: Tensor, pooling: Pooling) -> Tensor:
    """Pool (batch, token, feature) over the real tokens, bool (batch, token)."""
    if pooling == "cls":
        return hidden[:, 0]  # (batch, feature)
    padding = ~real[:, :, None]  # (batch, token, 1)
    if pooling == "max":
        return hidden.masked_fill(padding, -torch.inf).amax(dim=1)  # (batch, feature)
    summed = hidden.masked_fill(padding, 0).sum(dim=1)  # (batch, feature)
    return summed / real.sum(dim=1, keepdim=True)  # (batch, feature)


def _n_blocks(layer: int, n_layers: int, pooling: str, batch_tokens: int) -> int:
    """Count the blocks below hidden state ``layer``, once all that was asked for is checked."""
    if not -n_layers - 1 <= whole_number(layer, "layer") <= n_layers:
        raise problems.BadArgument(
            f"There are no hidden states {layer}.",
            f"They go from 0, the embedding output, to {n_layers}; -1 is the last.",
        )
    if pooling not in get_args(Pooling):
        raise problems.BadArgument(
            f"Tokens cannot be pooled by {pooling!r}.", f"One of {', '.join(get_args(Pooling))}."
        )
    if whole_number(batch_tokens, "batch_tokens") < 1:
        raise problems.BadArgument(
            f"No text fits into batches of {counted(batch_tokens, 'token')}.", "Give at least 1."
        )
    return layer % (n_layers + 1)
