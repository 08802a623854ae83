"""One vector for each text, from the hidden states of its tokens."""

from collections.abc import Sequence
from itertools import islice
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.analysis.similarity import unit
from roberta_gui.engine.arguments import whole_number
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.forward import batch_states, need_finite, real_tokens
from roberta_gui.engine.measures.reference import batches
from roberta_gui.engine.roberta import Roberta
from roberta_gui.records import FloatArray, Report, Stop, read_only
from roberta_gui.wording import counted

Pooling = Literal["mean", "cls", "max"]


@torch.inference_mode()
def embed(
    network: Roberta,
    texts: Sequence[Sequence[int]],
    layer: int,
    pooling: Pooling,
    normalize: bool,
    batch_tokens: int,
    stop: Stop | None = None,
    report: Report | None = None,
    types: Sequence[Sequence[int]] | None = None,
) -> FloatArray:
    """Pool the hidden states of many texts; those of like length run together.

    Parameters
    ----------
    texts, types
        Token ids, ``<s>`` and ``</s>`` included, and rows of the type table.
    layer
        Which hidden states, 0 the embedding output; negative numbers count from the last layer.
    pooling
        ``mean`` or ``max`` of each feature over all tokens, ``<s>`` and ``</s>`` counted, as
        sentence-transformers does it (Reimers & Gurevych 2019, section 3); ``cls``: that of
        ``<s>``.
    batch_tokens
        Tokens that run at once, padding counted; a longer text runs alone.

    Returns
    -------
    float32 (text, feature), each divided by its length where ``normalize`` says so

    Raises
    ------
    problems.BadArgument, problems.Stopped, problems.TooLittleMemory, problems.NotFinite
        No such layer or pooling, or no room in a batch; else as `Engine.analyse`.
    """
    c = network.configuration
    n_blocks = _n_blocks(layer, c.n_layers)
    _check(pooling, batch_tokens)
    # A text without any token is a row of zeros.
    by_length = sorted(filter(texts.__getitem__, range(len(texts))), key=lambda i: len(texts[i]))
    lengths = [len(texts[index]) for index in by_length]
    embedded = np.zeros((len(texts), c.d_model), np.float32)
    for batch in batches(lengths, batch_tokens):
        if report is not None:
            report("Embedding the texts", batch.start / len(texts))
        ids = [texts[index] for index in by_length[batch]]
        kinds = types and [types[index] for index in by_length[batch]]
        with batch_memory(network.device, len(ids), lengths[batch.stop - 1]):
            for hidden in islice(batch_states(network, ids, kinds, stop), n_blocks + 1):
                last = hidden  # (batch, token, feature)
            need_finite(last)
            real = real_tokens(lengths[batch], network.device)  # (batch, token)
            embedded[by_length[batch]] = _pooled(last.float(), real, pooling).cpu().numpy()
    return read_only(unit(embedded) if normalize else embedded)


def _pooled(hidden: Tensor, real: Tensor, pooling: Pooling) -> Tensor:
    """Pool (batch, token, feature) over the real tokens, bool (batch, token)."""
    if pooling == "cls":
        return hidden[:, 0]  # (batch, feature)
    padding = ~real[:, :, None]  # (batch, token, 1)
    if pooling == "max":
        return hidden.masked_fill(padding, -torch.inf).amax(dim=1)  # (batch, feature)
    summed = hidden.masked_fill(padding, 0).sum(dim=1)  # (batch, feature)
    return summed / real.sum(dim=1, keepdim=True)  # (batch, feature)


def _n_blocks(layer: int, n_layers: int) -> int:
    """Count the blocks below hidden state ``layer``."""
    if not -n_layers - 1 <= whole_number(layer, "layer") <= n_layers:
        raise problems.BadArgument(
            f"There are no hidden states {layer}.",
            f"They go from 0, the embedding output, to {n_layers}; -1 is the last.",
        )
    return layer % (n_layers + 1)


def _check(pooling: str, batch_tokens: int) -> None:
    if pooling not in get_args(Pooling):
        raise problems.BadArgument(
            f"Tokens cannot be pooled by {pooling!r}.", f"One of {', '.join(get_args(Pooling))}."
        )
    if whole_number(batch_tokens, "batch_tokens") < 1:
        raise problems.BadArgument(
            f"No text fits into batches of {counted(batch_tokens, 'token')}.", "Give at least 1."
        )
