"""How probable whole words are at the masks, however many pieces they have there.

A word of several pieces is scored from left to right: each piece with the earlier ones filled in
and the later ones masked, and the logarithms are summed. It is one of the orders in which the
chain rule may go, for a network that was trained to fill in one mask at a time.
"""

from collections.abc import Collection, Generator, Sequence
from dataclasses import replace

import numpy as np
import torch

from roberta_gui import problems
from roberta_gui.engine.arguments import expect_text
from roberta_gui.engine.measures import log_probabilities
from roberta_gui.engine.prepared import Prepared, need_mask_head
from roberta_gui.engine.words.queries import Query, batches, read, widened
from roberta_gui.records import FloatArray, WordScores, read_only


def begin(prepared: Prepared, words: Sequence[str]) -> WordScores:
    """Put every word in place of every mask, and say what then stands there; nothing is scored.

    Raises `problems.BadArgument` for an empty word, and `problems.UnencodableText`.
    """
    for word in words:
        expect_text(word)
    if "" in words:
        raise problems.BadArgument("An empty word cannot be scored.", "Leave it out.")
    places = list(map(prepared.place, prepared.masks))
    pieces = tuple(tuple(map(place.pieces, words)) for place in places)
    shape = len(places), len(words)
    unknown = read_only(np.full(shape, np.nan)), read_only(np.full(shape, -1))
    first = pieces[0] if pieces else ((),) * len(words)
    rows = {row for at_mask in pieces for of_word in at_mask for row in of_word}
    spelled = {row: prepared.tokenizer.spell(row) for row in rows}
    asked = prepared.request, prepared.info, tuple(words)
    return WordScores(*asked, first, *unknown, pieces, spelled)


@torch.inference_mode()
def steps(
    prepared: Prepared,
    begun: WordScores,
    hidden: FloatArray | None = None,
    only: Collection[tuple[int, int]] | None = None,
) -> Generator[None, None, WordScores]:
    """Score the words that `begin` gives; a step takes at most about 100 ms on two cores.

    ``hidden`` are the states of the pass, where that was made: only the head has to read them.
    Of the others than ``only`` these (mask, word) nothing is known in the end.
    Raises `problems.NoMaskHead`, `Stopped`, `TooLittleMemory` and `NotFinite`.
    """
    need_mask_head(prepared.network)
    scores, ranks = begun.log_probability.copy(), begun.rank.copy()
    at_once = yield from log_probabilities.mask_steps(prepared, hidden)
    asked: dict[Query, list[tuple[int, int, int]]] = {}
    for mask, word in np.ndindex(*scores.shape) if only is None else only:
        rows = begun.pieces_at[mask][word]
        if len(rows) == 1 and rows[0] < prepared.info.vocab_size:
            scores[mask, word] = at_once[mask, rows[0]]
            ranks[mask, word] = rank_of(at_once[mask], rows[0])
        elif len(rows) > 1:
            queries = _chain(prepared, prepared.masks[mask], rows)
            for query, row in zip(queries, rows, strict=False):
                asked.setdefault(query, []).append((mask, word, row))
            scores[mask, word] = 0.0 if queries else np.nan
    done = 0
    for batch in batches(list(asked), prepared.network.configuration):
        prepared.go_on("Scoring words piece by piece", done / len(asked))
        logarithms = yield from read(prepared, batch)
        for query, row_of in zip(batch, logarithms, strict=True):
            for mask, word, row in asked[query]:
                scores[mask, word] += row_of[row]
        done += len(batch)
    return replace(begun, log_probability=read_only(scores), rank=read_only(ranks))


def _chain(prepared: Prepared, mask: int, pieces: Sequence[int]) -> list[Query]:
    """Ask for the pieces one after the other; for none where they do not fit."""
    query = widened(prepared, mask, len(pieces))
    if query is None or max(pieces) >= prepared.info.vocab_size:
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
