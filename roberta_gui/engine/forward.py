"""One forward pass: every hidden state and every attention map, and logits where asked.

The layers run here, one at a time, so that a keystroke that makes a 512-token pass worthless
can stop it between two of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import numpy as np
import torch
from torch import Tensor

from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.interruption import end_if, go_on
from roberta_gui.engine.roberta import Roberta, attend, fused_attend, key_mask
from roberta_gui.engine.switching import ALL_ON, Switching
from roberta_gui.problems import NotFinite
from roberta_gui.records import FloatArray, Report, Stop, read_only


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """What one pass over one sentence gives; arrays are float32 and read-only.

    ``hidden`` (layer + 1, token, feature), ``[0]`` the embedding output; ``attention`` (layer,
    head, query, key), rows sum to 1 over key; ``logits`` (row, vocabulary), a row for each token
    asked about; wall time of embeddings and blocks, and of the masked-LM head.
    """

    hidden: FloatArray
    attention: FloatArray
    logits: FloatArray
    layers_seconds: float
    head_seconds: float


@torch.inference_mode()
def run(
    network: Roberta,
    ids: Sequence[int],
    ask: Sequence[int] = (),
    switching: Switching = ALL_ON,
    stop: Stop | None = None,
    report: Report | None = None,
    types: Sequence[int] | None = None,
) -> Pass:
    """Run one sentence through ``network``.

    ``ask`` indexes the tokens whose logits are wanted: the head is a third of a pass when it runs
    on every token, and next to nothing on one or two. ``types`` are rows of the type table.

    Raises `problems.Stopped`, `problems.TooLittleMemory`, `problems.NotFinite`, and
    `problems.NoMaskHead` where logits are asked of a model without the head.
    """
    c, device = network.configuration, network.device
    started = perf_counter()
    with batch_memory(device, 1, len(ids)):
        hidden = room((c.n_layers + 1, len(ids), c.d_model), device)
        attention = room((c.n_layers, c.n_heads, len(ids), len(ids)), device)
        state = looked_up(network, [ids], None if types is None else [types])
        hidden[0] = state[0]
        for layer, block in enumerate(network.blocks):
            go_on(stop, report, f"Layer {layer + 1} of {c.n_layers}", layer / c.n_layers)
            keep = partial(attend, out=attention[layer][None])
            state, _ = block(state, None, switching.edit(layer), keep)  # (1, token, feature)
            hidden[layer + 1] = state[0]
        need_finite(state)
        shown = _hand_over(hidden), _hand_over(attention)
        layers_done = perf_counter()
        end_if(stop)
        asked = logits(network, state[0], ask)
    return Pass(*shown, asked, layers_done - started, perf_counter() - layers_done)


@torch.inference_mode()
def hidden_states(
    network: Roberta,
    sequences: Sequence[Sequence[int]],
    stop: Stop | None = None,
    types: Sequence[Sequence[int]] | None = None,
) -> tuple[FloatArray, ...]:
    """Run several sentences as one padded batch, for their hidden states alone.

    Gives float32 (layer + 1, token, feature) for each, its own length, padding cut away again.
    Raises `problems.Stopped`, `problems.TooLittleMemory` and `problems.NotFinite`.
    """
    if not sequences:
        return ()
    c, lengths = network.configuration, [len(ids) for ids in sequences]
    with batch_memory(network.device, len(sequences), max(lengths)):
        states = room((c.n_layers + 1, len(sequences), max(lengths), c.d_model), network.device)
        for layer, state in enumerate(batch_states(network, sequences, types, stop)):
            states[layer] = state
        need_finite(state)
        shown = _hand_over(states)
    return tuple(shown[:, row, :length] for row, length in enumerate(lengths))


def batch_states(
    network: Roberta,
    sequences: Sequence[Sequence[int]],
    types: Sequence[Sequence[int]] | None = None,
    stop: Stop | None = None,
) -> Iterator[Tensor]:
    """Run sentences as one padded batch: (batch, token, feature) of embeddings and each block.

    Attention is not kept, so torch's fused kernel computes it. Raises `problems.Stopped`.
    """
    state = looked_up(network, sequences, types)
    real = real_tokens([len(ids) for ids in sequences], network.device)
    mask = key_mask(None if real.all() else real, state.dtype)  # (batch, 1, 1, key) or None
    yield state
    for block in network.blocks:
        end_if(stop)
        state, _ = block(state, mask, attend=fused_attend)  # (batch, token, feature)
        yield state


def looked_up(
    network: Roberta,
    sequences: Sequence[Sequence[int]],
    types: Sequence[Sequence[int]] | None = None,
) -> Tensor:
    """Look up sentences as one padded batch: (batch, token, feature)."""

    def padded(rows: Sequence[Sequence[int]], filler: int) -> Tensor:
        longest = max(map(len, rows))
        filled = [[*row, *[filler] * (longest - len(row))] for row in rows]
        return torch.tensor(filled, dtype=torch.int64, device=network.device)  # (batch, token)

    state: Tensor = network.embeddings(
        padded(sequences, network.configuration.padding_id),
        None if types is None else padded(types, 0),
    )
    return state


def logits(network: Roberta, state: Tensor, ask: Sequence[int]) -> FloatArray:
    """Run the head on the asked rows of ``state`` (token, feature): float32 (row, vocabulary).

    The same rows of the same state give the same bits every time, but not in the company of
    other rows: a product of another shape may add in another order. Raises `problems.NoMaskHead`
    and `problems.NotFinite`.
    """
    if not ask:
        return read_only(np.empty((0, network.configuration.vocab_size), np.float32))
    if len(ask) == 1:
        # A vector, not a matrix of one row: in bfloat16 on a CPU that takes a third less time.
        found = network.logits(state[ask[0]])[None]  # (1, vocabulary)
    else:
        rows = state[torch.tensor(ask, device=state.device)]  # (row, feature)
        found = network.logits(rows)  # (row, vocabulary)
    shown = _hand_over(found.float())
    need_softmax(shown.max(axis=-1), state.dtype)
    return shown


def real_tokens(lengths: Sequence[int], device: torch.device) -> Tensor:
    """Mark the tokens of a padded batch that are no padding: bool (batch, token).

    Lengths, not ids, decide: a typed ``<pad>`` is a token like any other.
    """
    order = torch.arange(max(lengths), device=device)  # (token,)
    return order < torch.tensor(lengths, device=device)[:, None]  # (batch, token)


def room(shape: tuple[int, ...], device: torch.device) -> Tensor:
    """Make room that the layers write straight into, float32."""
    if device.type == "cpu":
        # numpy asks the system for huge pages, torch does not: at 512 tokens the first touch of
        # the attention's 150 MB is a good part of the pass otherwise.
        return torch.from_numpy(np.empty(shape, np.float32))
    return torch.empty(shape, device=device)


def _hand_over(values: Tensor) -> FloatArray:
    """Give a tensor's values away as a read-only array: the same memory on a CPU, no copy."""
    array: FloatArray = values.cpu().numpy()
    return read_only(array)


def need_finite(hidden: Tensor) -> None:
    """Raise `problems.NotFinite` unless all hidden states, of any shape, are finite."""
    # A sum with one of them in it is none either, and quicker than asking value by value.
    if not torch.isfinite(hidden.sum(dtype=torch.float32)):
        raise _not_finite("hidden states", hidden.dtype)


def need_softmax(largest: FloatArray, dtype: torch.dtype) -> None:
    """Raise `problems.NotFinite` for logits that softmax makes no probabilities of.

    A logit of −infinity is a word that is never guessed; an infinite or undefined one is the
    largest of its row, and leaves no word a probability. ``largest`` (row,) holds each row's
    largest logit, or another sum over it that goes wrong with that one.
    """
    if not np.isfinite(largest).all():
        raise _not_finite("logits", dtype)


def _not_finite(where: str, dtype: torch.dtype) -> NotFinite:
    hint = "The model's weights are damaged: download or copy it again."
    if dtype is not torch.float32:
        name = str(dtype).removeprefix("torch.")
        hint = (
            f"{name} can overflow: load the model in float32. "
            "If that is no help, its weights are damaged."
        )
    return NotFinite(f"The {where} hold infinite or undefined values.", hint)
