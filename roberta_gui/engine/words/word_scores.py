"""How probable whole words are at the masks, however many pieces they have there.

A word of several pieces is scored from left to right: each piece with the earlier ones filled in
and the later ones masked, and the logarithms are summed. It is one of the orders in which the
chain rule may go, for a network that was trained to fill in one mask at a time.
"""

from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np
import torch

from roberta_gui import problems
from roberta_gui.engine.arguments import expect_text
from roberta_gui.engine.interruption import end_if
from roberta_gui.engine.measures import log_probabilities
from roberta_gui.engine.prepared import Prepared, need_mask_head
from roberta_gui.engine.roberta import Roberta
from roberta_gui.engine.tokens.places import place_of
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.words.queries import Query, batches, read, widened
from roberta_gui.records import (
    AnalysisRequest,
    FloatArray,
    ModelInfo,
    Report,
    Stop,
    WordScores,
    read_only,
)


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
    rows = {row for at_mask in pieces for of_word in at_mask for row in of_word}
    spelled = {row: tokenizer.spell(row) for row in rows}
    return WordScores(request, model, tuple(words), first, *unknown, pieces, spelled)


@torch.inference_mode()
def steps(
    network: Roberta,
    prepared: Prepared,
    begun: WordScores,
    hidden: FloatArray | None = None,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Generator[None, None, WordScores]:
    """Score the words that `begin` gives; a step takes at most about 100 ms on two cores.

    ``hidden`` are the states of the pass, where that was made: only the head has to read them.
    Raises `problems.NoMaskHead`, `Stopped`, `TooLittleMemory` and `NotFinite`.
    """
    need_mask_head(network)
    scores, ranks = begun.log_probability.copy(), begun.rank.copy()
    at_once = yield from log_probabilities.mask_steps(network, prepared, stop, report, hidden)
    asked: dict[Query, list[tuple[int, int, int]]] = {}
    for mask, word in np.ndindex(*scores.shape):
        rows = begun.pieces_at[mask][word]
        if len(rows) == 1 and rows[0] < network.configuration.vocab_size:
            scores[mask, word] = at_once[mask, rows[0]]
            ranks[mask, word] = rank_of(at_once[mask], rows[0])
        elif len(rows) > 1:
            queries = _chain(network, prepared, prepared.masks[mask], rows)
            for query, row in zip(queries, rows, strict=False):
                asked.setdefault(query, []).append((mask, word, row))
            scores[mask, word] = 0.0 if queries else np.nan
    done = 0
    for batch in batches(list(asked), network.configuration):
        end_if(stop)
        if report is not None:
            report("Scoring words piece by piece", done / len(asked))
        logarithms = yield from read(network, prepared, batch, stop)
        for query, row_of in zip(batch, logarithms, strict=True):
            for mask, word, row in asked[query]:
                scores[mask, word] += row_of[row]
        done += len(batch)
    return replace(begun, log_probability=read_only(scores), rank=read_only(ranks))


def _chain(network: Roberta, prepared: Prepared, mask: int, pieces: Sequence[int]) -> list[Query]:
    """Ask for the pieces one after the other; for none where they do not fit."""
    query = widened(network.configuration, prepared, mask, len(pieces))
    if query is None or max(pieces) >= network.configuration.vocab_size:
        return []
    queries = [query]
    for piece in pieces[:-1]:
        query = replace(query, ids=query.filled(query.at, piece), at=query.at + 1)
        queries.append(query)
    return queries


def rank_of(logarithms: FloatArray, row: int) -> int:
    """Say which place a row of the vocabulary has among all, equal ones by id, from 1."""
    greater = np.count_nonzero(logarithms > logarithms[row])
    return int(1 + greater + np.count_nonzero(logarithms[:row] == logarithms[row]))
