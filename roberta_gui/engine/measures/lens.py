"""The logit lens: what each layer would guess, if the masked-LM head read it.

After nostalgebraist (2020), with the whole head: dense, GELU, LayerNorm, then the decoder with
its bias. The embedding matrix alone, which is enough for a causal model, gives other words.
Earlier layers were never trained for this head (Belrose et al. 2023, section 1), so every guess
comes with the entropy of its distribution and its distance from the last layer's.

The head is most of the work. It runs on a few token columns at a time, all layers of them, so
that columns arrive one after the other and no more logits than these are ever in memory.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from roberta_gui.engine import forward
from roberta_gui.engine.devices import memory_problems
from roberta_gui.engine.forward import need_softmax
from roberta_gui.engine.interruption import end_if
from roberta_gui.engine.measures import fill_mask
from roberta_gui.engine.measures.likeliest import likeliest, run_maxima
from roberta_gui.engine.roberta import Configuration, Roberta
from roberta_gui.records import FloatArray, Report, Stop
from roberta_gui.wording import counted

_WORK_PER_STEP = 6.6e9
"""Multiplications that two cores do in under 100 ms: 13 tokens of roberta-base's shape.

With much fewer rows, reading the decoder's matrix is what a step waits for; with a few more, the
product of matrices takes a slower path on a CPU.
"""

_LOGITS_PER_STEP = 8.6e6
"""34 MB of them in float32."""

_WEIGHTS_AT_ONCE = 0.7e6
"""3 MB of them: larger pieces leave the processor's caches, smaller ones are many to share out."""

_LN2 = math.log(2.0)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the lens has found so far; its arrays fill up column by column.

    ``ids`` int64 and ``log_probabilities`` float32 (layer + 1, token, k), natural; ``entropy_bits``
    and ``kl_bits`` float32 (layer + 1, token); of the watched word ``ranks`` int64 and ``watched``
    float32 (layer + 1, token), its log-probability.
    """

    ids: NDArray[np.int64]
    log_probabilities: NDArray[np.float32]
    entropy_bits: NDArray[np.float32]
    kl_bits: NDArray[np.float32]
    ranks: NDArray[np.int64]
    watched: NDArray[np.float32]

    @classmethod
    def empty(cls, n_states: int, n_tokens: int, k: int) -> "Reading":
        """Make room, with -1 and nan where nothing is computed yet."""
        one, several = (n_states, n_tokens), (n_states, n_tokens, k)

        def unknown(shape: tuple[int, ...]) -> NDArray[np.float32]:
            return np.full(shape, np.nan, np.float32)

        return cls(
            np.full(several, -1), unknown(several), unknown(one), unknown(one),
            np.full(one, -1), unknown(one),
        )  # fmt: skip


def read(
    network: Roberta,
    hidden: FloatArray,
    own: Mapping[int, FloatArray],
    columns: Sequence[int],
    reading: Reading,
    watch: int | None = None,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Iterator[list[int]]:
    """Read every state of the token ``columns`` into ``reading``, a few columns a step.

    ``hidden`` is float32 (layer + 1, token, feature). ``own`` holds by token the logits that the
    pass itself gave there, float32 (vocabulary,): its guesses must come out the same to the bit,
    which another product of the same rows might not do. ``watch`` is a row of the vocabulary.
    Raises `problems.Stopped`, `problems.TooLittleMemory` and `problems.NotFinite`.
    """
    n = min(step_tokens(network.configuration), len(columns))
    device = network.device
    with memory_problems(device, f"The lens on {counted(n, 'token')}"):
        rooms = _Rooms.of(network, n, len(hidden))
    for start in range(0, len(columns), n):
        end_if(stop)
        if report is not None:
            report("Reading every layer's guesses", start / len(columns))
        chosen = list(columns[start : start + n])
        with memory_problems(device, f"The lens on {counted(len(chosen), 'token')}"):
            _read_columns(network, hidden, chosen, rooms, watch, reading)
        for token in own.keys() & set(chosen):
            _take_own(own[token], token, watch, reading)
        yield chosen


def order(n_tokens: int, first: Sequence[int]) -> list[int]:
    """List all token columns, ``first`` before the others; what is no token is left out."""
    wanted = dict.fromkeys(token for token in first if 0 <= token < n_tokens)
    return [*wanted, *(token for token in range(n_tokens) if token not in wanted)]


def step_tokens(configuration: Configuration) -> int:
    """Count the token columns that one step can read: fewer for a larger network."""
    c = configuration
    rows = min(_WORK_PER_STEP / (c.d_model * c.vocab_size), _LOGITS_PER_STEP / c.vocab_size)
    return max(int(rows / (c.n_layers + 1)), 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Rooms:
    """Memory that every step writes into anew, float32: to ask for it takes longer than softmax.

    ``logits`` (row, vocabulary) has room for all states of a step's tokens; ``weights`` (token,
    state, vocabulary) for as many tokens as are weighed at once.
    """

    logits: Tensor
    weights: Tensor

    @classmethod
    def of(cls, network: Roberta, n_tokens: int, n_states: int) -> "_Rooms":
        """Make room for ``n_tokens`` columns on the network's device."""
        word = network.embeddings.word.weight
        n_words = network.configuration.vocab_size
        n_weighed = max(int(_WEIGHTS_AT_ONCE / (n_states * n_words)), 1)
        return cls(
            forward.room((n_tokens * n_states, n_words), word.device),
            forward.room((n_weighed, n_states, n_words), word.device),
        )


@torch.inference_mode()
def _read_columns(
    network: Roberta,
    hidden: FloatArray,
    chosen: list[int],
    rooms: _Rooms,
    watch: int | None,
    reading: Reading,
) -> None:
    """Fill in the chosen token columns of ``reading``."""
    word = network.embeddings.word.weight
    states = np.ascontiguousarray(hidden[:, chosen].swapaxes(0, 1))  # (token, state, feature)
    rows = torch.from_numpy(states).to(word.device, word.dtype).flatten(0, 1)  # (row, feature)
    logits = rooms.logits[: len(rows)]  # (row, vocabulary)
    bias = _score(network, rows, logits)
    per_token, n = logits.view(*states.shape[:2], -1), len(rooms.weights)
    weighed = [
        _weigh(per_token[start : start + n], bias, rooms.weights)
        for start in range(0, len(chosen), n)
    ]
    maxima, sums = (torch.cat(parts) for parts in zip(*weighed, strict=True))
    log_total, own, under_last = np.moveaxis(_float64(sums), -1, 0)  # (token, state)
    need_softmax(log_total, word.dtype)
    ids, largest = likeliest(logits, maxima, reading.ids.shape[-1])  # (row, k)
    kl = under_last[:, -1:] - log_total[:, -1:] - (under_last - log_total)  # (token, state)

    def put(into: NDArray[Any], values: NDArray[Any]) -> None:
        by_token = values.reshape(*states.shape[:2], *into.shape[2:])
        into[:, chosen] = by_token.swapaxes(0, 1)

    put(reading.ids, ids)
    put(reading.log_probabilities, largest - log_total.reshape(-1, 1))
    # Rounding can make what is hardly above 0 fall below it.
    put(reading.entropy_bits, np.maximum(log_total - own, 0.0) / _LN2)
    put(reading.kl_bits, np.maximum(kl, 0.0) / _LN2)
    if watch is not None:
        put(reading.ranks, 1 + _n_greater(logits, watch))
        put(reading.watched, _float64(logits[:, watch]) - log_total.ravel())


def _score(network: Roberta, rows: Tensor, logits: Tensor) -> Tensor | None:
    """Run the head on (row, feature) into ``logits``, and give the bias if it is still to come.

    In float32 the bias can wait until the logits are looked at anyway: adding it here would be a
    walk through all of the memory on its own. Half precision rounds, so there it comes first.
    """
    head = network.mask_head
    if head is None or rows.dtype is not torch.float32:
        logits.copy_(network.logits(rows))
        return None
    matrix = head.matrix(network.embeddings.word.weight)  # (vocabulary, feature)
    torch.mm(head.prepare(rows), matrix.T, out=logits)
    return head.bias


def _weigh(logits: Tensor, bias: Tensor | None, room: Tensor) -> tuple[Tensor, Tensor]:
    """Sum over the vocabulary what entropy and divergence of some tokens' states need.

    With s a state's logits less the largest of them, p ∝ e = exp s and S = Σ e: log p = s − log S,
    so the entropy is log S − Σ p s, and KL(last ‖ this) is Σ p_last (log p_last − log p). Taking
    the largest away keeps the sums small, where float32 is exact enough.

    ``logits`` (token, state, vocabulary) are changed in place: they become s. Gives the largest s
    of each run of ids, float32 (row, run), and float32 (token, state, 3): log S, Σ p s, Σ p_last s.
    """
    if bias is not None:
        logits.add_(bias)
    maxima = run_maxima(logits.flatten(0, 1))  # (row, run)
    top = maxima.amax(dim=-1, keepdim=True)  # (row, 1)
    shifted = logits.sub_(top.view(*logits.shape[:2], 1))  # (token, state, vocabulary)
    weights = torch.exp(shifted, out=room[: len(logits)])  # (token, state, vocabulary)
    total = weights.sum(dim=-1)  # (token, state)
    last = weights[:, -1, :, None]  # (token, vocabulary, 1)
    under_last = torch.bmm(shifted, last)[..., 0] / total[:, -1:]  # (token, state)
    own = weights.mul_(shifted).sum(dim=-1) / total  # (token, state)
    return maxima - top, torch.stack([total.log(), own, under_last], dim=-1)


def _take_own(row: FloatArray, token: int, watch: int | None, reading: Reading) -> None:
    """Put the pass's own guesses into the last layer's row, computed as `fill_mask` does it."""
    log_probabilities = fill_mask.log_softmax(row)  # (vocabulary,)
    ids = fill_mask.best(np.exp(log_probabilities), reading.ids.shape[-1])
    reading.ids[-1, token] = ids
    reading.log_probabilities[-1, token] = log_probabilities[ids]
    reading.entropy_bits[-1, token] = fill_mask.entropy_bits(log_probabilities)
    if watch is not None:
        reading.ranks[-1, token] = 1 + np.count_nonzero(row > row[watch])
        reading.watched[-1, token] = log_probabilities[watch]


def _n_greater(logits: Tensor, watch: int) -> NDArray[np.int64]:
    """Count the logits of each row above that of the watched word: int64 (row,)."""
    if logits.device.type == "cpu":
        # torch sums truth values one by one there; numpy counts them many at a time.
        return np.array([np.count_nonzero(row > row[watch]) for row in logits.numpy()])
    return (logits > logits[:, watch, None]).sum(dim=-1).cpu().numpy()


def _float64(values: Tensor) -> NDArray[np.float64]:
    """Give float32 values away as float64, in which sums of few of them lose nothing."""
    array: NDArray[np.float64] = values.cpu().numpy().astype(np.float64)
    return array
