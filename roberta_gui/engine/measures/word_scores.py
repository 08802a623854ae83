"""How probable whole words are at the masks, however many pieces they have there.

A word of several pieces is scored from left to right: each piece with the earlier ones filled in
and the later ones masked, and the logarithms are summed. It is one of the orders in which the
chain rule may go, for a network that was trained to fill in one mask at a time.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from roberta_gui import problems
from roberta_gui.engine.arguments import expect_text
from roberta_gui.engine.climbing import climb_whole, step_room
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.interruption import end_if
from roberta_gui.engine.measures import log_probabilities
from roberta_gui.engine.prepared import Prepared, need_mask_head
from roberta_gui.engine.roberta import Roberta
from roberta_gui.engine.tokens.long_text import blocks_of, kept_ranges
from roberta_gui.engine.tokens.places import place_of
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.records import (
    AnalysisRequest,
    FloatArray,
    ModelInfo,
    Report,
    Stop,
    WordScores,
    read_only,
)

_MOST_ROWS = 32
"""Rows of the whole vocabulary that are looked at at once."""


def begin(
    tokenizer: TextTokenizer,
    request: AnalysisRequest,
    model: ModelInfo,
    prepared: Prepared,
    words: Sequence[str],
) -> WordScores:
    """Put every word in place of every mask, and say what then stands there; nothing is scored.

    Raises `problems.BadArgument` for an empty word, and `problems.UnencodableText`.
    """
    for word in words:
        expect_text(word)
    if "" in words:
        raise problems.BadArgument("An empty word cannot be scored.", "Leave it out.")
    places = [place_of(tokenizer, request, prepared.tokens, mask) for mask in prepared.masks]
    pieces = tuple(tuple(map(place.pieces, words)) for place in places)
    shape = len(places), len(words)
    unknown = read_only(np.full(shape, np.nan)), read_only(np.full(shape, -1))
    first = pieces[0] if pieces else ((),) * len(words)
    return WordScores(request, model, tuple(words), first, *unknown, pieces)


@torch.inference_mode()
def steps(
    network: Roberta,
    prepared: Prepared,
    begun: WordScores,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Generator[None, None, WordScores]:
    """Score the words that `begin` gives; a step takes at most about 100 ms on two cores.

    Raises `problems.NoMaskHead`, `Stopped`, `TooLittleMemory` and `NotFinite`.
    """
    need_mask_head(network)
    scores, ranks = begun.log_probability.copy(), begun.rank.copy()
    at_once = yield from log_probabilities.mask_steps(network, prepared, stop, report)
    asked: dict[_Query, list[tuple[int, int, int]]] = {}
    for mask, word in np.ndindex(*scores.shape):
        rows = begun.pieces_at[mask][word]
        if len(rows) == 1 and rows[0] < network.configuration.vocab_size:
            scores[mask, word] = at_once[mask, rows[0]]
            ranks[mask, word] = _rank(at_once[mask], rows[0])
        elif len(rows) > 1:
            queries = list(_chain(network, prepared, prepared.masks[mask], rows))
            for query, row in zip(queries, rows, strict=False):
                asked.setdefault(query, []).append((mask, word, row))
            scores[mask, word] = 0.0 if queries else np.nan
    done = 0
    for batch in _batches(list(asked), step_room(network.configuration)):
        end_if(stop)
        if report is not None:
            report("Scoring words piece by piece", done / len(asked))
        logarithms = yield from _read(network, prepared, batch, stop)
        for query, row_of in zip(batch, logarithms, strict=True):
            for mask, word, row in asked[query]:
                scores[mask, word] += row_of[row]
        done += len(batch)
    return replace(begun, log_probability=read_only(scores), rank=read_only(ranks))


@dataclass(frozen=True, slots=True)
class _Query:
    """A sequence of rows and their types, and the place in it that is asked about."""

    ids: tuple[int, ...]
    types: tuple[int, ...] | None
    at: int


def _chain(
    network: Roberta, prepared: Prepared, mask: int, pieces: Sequence[int]
) -> Iterator[_Query]:
    """Ask for the pieces one after the other; for none where they do not fit."""
    c, k = network.configuration, len(pieces)
    ids, segments = prepared.ids, [token.segment for token in prepared.tokens]
    longer = [*ids[:mask], *[ids[mask]] * k, *ids[mask + 1 :]]
    blocks = blocks_of([*segments[:mask], *[segments[mask]] * k, *segments[mask + 1 :]])
    kept = [place for block in kept_ranges(blocks, c.max_tokens) for place in block]
    if mask + k - 1 not in kept or max(pieces) >= c.vocab_size:
        return
    at = kept.index(mask)
    sequence = [longer[place] for place in kept]
    types = None
    if prepared.types is not None:
        longer_types = [*prepared.types[:mask], *[prepared.types[mask]] * k]
        longer_types += prepared.types[mask + 1 :]
        types = tuple(longer_types[place] for place in kept)
    for nth in range(k):
        filled = [*sequence[:at], *pieces[:nth], *sequence[at + nth :]]
        yield _Query(tuple(filled), types, at + nth)


def _batches(queries: list[_Query], room: int) -> Iterator[list[_Query]]:
    """Let sequences of one length and kind run together, as many as one step has room for."""
    alike: dict[tuple[int, tuple[int, ...] | None], list[_Query]] = {}
    for query in queries:
        alike.setdefault((len(query.ids), query.types), []).append(query)
    for (length, _), some in alike.items():
        most = min(max(1, room // length), _MOST_ROWS)
        for start in range(0, len(some), most):
            yield some[start : start + most]


def _read(
    network: Roberta, prepared: Prepared, batch: list[_Query], stop: Stop | None
) -> Generator[None, None, FloatArray]:
    """Give every word's natural log-probability for each query: float32 (query, vocabulary)."""
    with batch_memory(network.device, len(batch), len(batch[0].ids)):
        sequences = [query.ids for query in batch]
        hidden = yield from climb_whole(network, sequences, prepared, None, stop, batch[0].types)
        rows = hidden[range(len(batch)), [query.at for query in batch]]  # (query, feature)
        return log_probabilities.of_rows(network, rows)


def _rank(logarithms: FloatArray, row: int) -> int:
    """Say which place a row of the vocabulary has among all, equal ones by id, from 1."""
    greater = np.count_nonzero(logarithms > logarithms[row])
    return int(1 + greater + np.count_nonzero(logarithms[:row] == logarithms[row]))
