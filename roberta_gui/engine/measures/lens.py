"""The logit lens: what each layer would guess, if the masked-LM head read it.

After nostalgebraist (2020), with the whole head: the embedding matrix alone, which is enough for a
causal model, gives other words. Earlier layers were never trained for this head (Belrose et al.
2023, section 1), so every guess comes with its distribution's entropy and distance from the last.

The head is most of the work. It runs on a few token columns at a time, all layers of them, so
that columns arrive one after the other and no more logits than these are ever in memory.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from roberta_gui.engine import forward
from roberta_gui.engine.arguments import count_of
from roberta_gui.engine.devices import memory_problems
from roberta_gui.engine.forward import need_softmax
from roberta_gui.engine.measures import fill_mask
from roberta_gui.engine.measures.likeliest import likeliest, run_maxima
from roberta_gui.engine.measures.watching import row_watched
from roberta_gui.engine.prepared import Prepared, need_mask_head
from roberta_gui.engine.roberta import Configuration, Roberta
from roberta_gui.records import FloatArray, Lens, WatchedWord, WordOrRow, read_only
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

_NEVER = -1e4
"""Nats below the likeliest word: no probability is left of it in float32, as of −infinity."""

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


class Lenses:
    """One request to one model, looked through before any work is done for it.

    Raises what `Engine.lens_steps` raises at once.
    """

    def __init__(
        self,
        prepared: Prepared,
        top_k: int,
        hidden: FloatArray | None,
        watch: WordOrRow | None,
    ) -> None:
        need_mask_head(prepared.network)
        count_of(top_k, "words")
        info = prepared.info
        self._prepared, self._network = prepared, prepared.network
        self._k = min(top_k, info.vocab_size)
        self._watch: int | None = None
        if watch is not None:
            self._watch = row_watched(prepared, next(iter(prepared.masks), None), watch)
        self._hidden = prepared.states_of(hidden)

    def steps(self, first: Sequence[int]) -> Iterator[Lens]:
        """Read step by step, the ``first`` columns before the others; each record holds more."""
        prepared, network, watch = self._prepared, self._network, self._watch
        hidden, columns, masks = self._hidden, order(len(prepared.tokens), first), prepared.masks
        if hidden is None:
            done = prepared.passed(masks)
            hidden, logits = done.hidden, done.logits
        else:
            prepared.end_if_stopped()
            logits = self._logits_at(hidden, masks)
        # What the pass itself gave at its masks: its guesses must come out the same to the bit,
        # which another product of the same rows might not do.
        own = dict(zip(masks, logits, strict=True))
        n = min(step_tokens(network.configuration), len(columns))
        with self._memory(len(columns)):
            reading = Reading.empty(len(hidden), len(columns), self._k)
        if not columns:
            yield self._record(reading)
            return
        with self._memory(n):
            rooms = _rooms(network, n, len(hidden))
        for start in range(0, len(columns), n):
            prepared.go_on("Reading every layer's guesses", start / len(columns))
            chosen = list(columns[start : start + n])
            with self._memory(len(chosen)):
                _read_columns(network, hidden, chosen, rooms, watch, reading)
                for token in own.keys() & set(chosen):
                    _take_own(own[token], token, watch, reading)
                shown = self._record(reading)
            yield shown

    def _memory(self, n_tokens: int) -> AbstractContextManager[None]:
        """Turn running out of memory into a problem."""
        return memory_problems(self._network.device, f"The lens on {counted(n_tokens, 'token')}")

    @torch.inference_mode()
    def _logits_at(self, hidden: FloatArray, masks: Sequence[int]) -> FloatArray:
        """Run the head on the last states of the masks, as the pass did: float32 (mask, word)."""
        # A copy in torch's own memory, laid out as the pass had it: else the last bit may differ.
        word = self._network.embeddings.word.weight
        last = torch.tensor(hidden[-1], device=word.device, dtype=word.dtype)  # (token, feature)
        return forward.logits(self._network, last, masks)

    def _record(self, reading: Reading) -> Lens:
        """Freeze what has been read so far."""
        found = {
            name: read_only(getattr(reading, name).copy()) for name in Reading.__dataclass_fields__
        }
        ranks, log_probabilities = found.pop("ranks"), found.pop("watched")
        watched = None
        if self._watch is not None:
            spelled = self._prepared.tokenizer.spell(self._watch)
            watched = WatchedWord(self._watch, *spelled, ranks, log_probabilities)
        return Lens(
            request=self._prepared.request,
            model=self._prepared.info,
            tokens=self._prepared.tokens,
            spelled=SpelledWords(found["ids"], self._prepared.tokenizer.spell),
            watched=watched,
            dropped_tokens=self._prepared.dropped,
            **found,
        )


class SpelledWords(Mapping[int, tuple[str, bool]]):
    """Readable texts of the words in ``ids``, each spelled when somebody looks it up.

    A long text has thousands of different words in its layers, and few of them are looked at.
    """

    def __init__(self, ids: NDArray[np.int64], spell: fill_mask.Spell) -> None:
        self._ids, self._spell = ids, spell

    @cached_property
    def _rows(self) -> frozenset[int]:
        return frozenset(np.unique(self._ids[self._ids >= 0]).tolist())

    def __getitem__(self, row: int) -> tuple[str, bool]:
        if row not in self._rows:
            raise KeyError(row)
        return self._spell(row)

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._rows))

    def __len__(self) -> int:
        return len(self._rows)


def order(n_tokens: int, first: Sequence[int]) -> list[int]:
    """List all token columns, ``first`` before the others; what is no token is left out."""
    wanted = dict.fromkeys(token for token in first if 0 <= token < n_tokens)
    return [*wanted, *(token for token in range(n_tokens) if token not in wanted)]


def step_tokens(configuration: Configuration) -> int:
    """Count the token columns that one step can read: fewer for a larger network."""
    c = configuration
    rows = min(_WORK_PER_STEP / (c.d_model * c.vocab_size), _LOGITS_PER_STEP / c.vocab_size)
    return max(int(rows / (c.n_layers + 1)), 1)


def _rooms(network: Roberta, n_tokens: int, n_states: int) -> tuple[Tensor, Tensor]:
    """Make memory that every step writes into anew: to ask for it takes longer than softmax.

    float32 (row, vocabulary) for the logits of all states of a step's tokens, and (token, state,
    vocabulary) for as many tokens as are weighed at once.
    """
    n_words, device = network.configuration.vocab_size, network.device
    n_weighed = max(int(_WEIGHTS_AT_ONCE / (n_states * n_words)), 1)
    logits = forward.room((n_tokens * n_states, n_words), device)
    return logits, forward.room((n_weighed, n_states, n_words), device)


@torch.inference_mode()
def _read_columns(
    network: Roberta,
    hidden: FloatArray,
    chosen: list[int],
    rooms: tuple[Tensor, Tensor],
    watch: int | None,
    reading: Reading,
) -> None:
    """Fill in the chosen token columns of ``reading``."""
    word = network.embeddings.word.weight
    states = np.ascontiguousarray(hidden[:, chosen].swapaxes(0, 1))  # (token, state, feature)
    rows = torch.from_numpy(states).to(word.device, word.dtype).flatten(0, 1)  # (row, feature)
    logits, weights = rooms[0][: len(rows)], rooms[1]  # (row, vocabulary), (token, state, …)
    bias = _score(network, rows, logits)
    per_token, n = logits.view(*states.shape[:2], -1), len(weights)
    weighed = [
        _weigh(per_token[start : start + n], bias, weights) for start in range(0, len(chosen), n)
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
    sums = _summed(shifted, room)
    if sums.isnan().any():  # 0 times the −infinity of a word that is never guessed
        sums = _summed(shifted.clamp(min=_NEVER), room)
    return maxima - top, sums


def _summed(shifted: Tensor, room: Tensor) -> Tensor:
    """Give log S, Σ p s and Σ p_last s of s, (token, state, vocabulary): (token, state, 3)."""
    weights = torch.exp(shifted, out=room[: len(shifted)])  # (token, state, vocabulary)
    total = weights.sum(dim=-1)  # (token, state)
    last = weights[:, -1, :, None]  # (token, vocabulary, 1)
    under_last = torch.bmm(shifted, last)[..., 0] / total[:, -1:]  # (token, state)
    own = weights.mul_(shifted).sum(dim=-1) / total  # (token, state)
    return torch.stack([total.log(), own, under_last], dim=-1)


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
