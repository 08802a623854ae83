"""How probable whole words are at the masks, however many pieces they have there.

A word of several pieces is scored from left to right: each piece with the earlier ones filled in
and the later ones masked, and the logarithms are summed. It is one of the orders in which the
chain rule may go, for a network that was trained to fill in one mask at a time.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

import numpy as np
import torch
from numpy.typing import NDArray

from roberta_gui import problems
from roberta_gui.engine.arguments import several, whole_number
from roberta_gui.engine.measures import log_probabilities
from roberta_gui.engine.prepared import Prepared, need_mask_head
from roberta_gui.engine.tokens.text_tokenizer import check_text
from roberta_gui.engine.words.queries import Query, batches, read, widened
from roberta_gui.records import FloatArray, WordScores, read_only

_READ_AT_ONCE = 2_000
"""Tokens of filled texts that are read in a small part of 100 ms."""

Asked = tuple[int, int]
"""A mask and a word that is to be scored there, both from 0."""

Pieces = tuple[int, ...]


def check(prepared: Prepared, words: Sequence[str], only: object = None) -> tuple[Asked, ...]:
    """List what is to be scored: ``only`` these (mask, word), or every word at every mask.

    Raises `problems.NoMaskHead`, `problems.UnencodableText`, and `problems.BadArgument` for an
    empty word, and where there is no such mask or word.
    """
    need_mask_head(prepared.network)
    for word in words:
        check_text(word)
    if "" in words:
        raise problems.BadArgument("An empty word cannot be scored.", "Leave it out.")
    shape = len(prepared.masks), len(words)
    if only is None:
        return tuple(np.ndindex(*shape))
    return tuple(sorted({_pair(one, shape) for one in several(only, "masks and words")}))


def _pair(one: object, shape: tuple[int, int]) -> Asked:
    if not isinstance(one, tuple) or len(one) != 2:
        raise problems.BadArgument(f"{one!r} is no mask and word.", "Give (mask, word), from 0.")
    mask, word = whole_number(one[0], "A mask"), whole_number(one[1], "A word")
    if not (0 <= mask < shape[0] and 0 <= word < shape[1]):
        raise problems.BadArgument(
            f"There is no word {word} at mask {mask}.",
            f"Both are counted from 0: there are {shape[0]} masks and {shape[1]} words.",
        )
    return mask, word


@torch.inference_mode()
def steps(
    prepared: Prepared,
    words: Sequence[str],
    asked: Sequence[Asked],
    hidden: FloatArray | None = None,
) -> Generator[None, None, WordScores]:
    """Score what `check` lists; a step takes at most about 100 ms on two cores.

    ``hidden`` are the states of the pass, where that was made: only the head has to read them.
    Of what is not ``asked`` nothing is known in the end.
    Raises `problems.BadArgument` for other states, `Stopped`, `TooLittleMemory` and `NotFinite`.
    """
    at_once = yield from log_probabilities.mask_steps(prepared, hidden)
    shape = len(prepared.masks), len(words)
    scores, ranks = np.full(shape, np.nan), np.full(shape, -1)
    found: dict[Asked, Pieces] = {}
    queries: dict[Query, list[tuple[int, int, int]]] = {}
    for one in _standing(prepared, words, asked):
        if one is None:
            yield
            continue
        (mask, word), rows = one
        found[mask, word] = rows
        if len(rows) == 1:
            scores[mask, word] = at_once[mask, rows[0]]
            ranks[mask, word] = rank_of(at_once[mask], rows[0])
        elif rows:
            chain = _chain(prepared, prepared.masks[mask], rows)
            for query, row in zip(chain, rows, strict=False):
                queries.setdefault(query, []).append((mask, word, row))
            scores[mask, word] = 0.0 if chain else np.nan
    done = 0
    for batch in batches(list(queries), prepared.network.configuration):
        prepared.go_on("Scoring words piece by piece", done / len(queries))
        logarithms = yield from read(prepared, batch)
        for query, row_of in zip(batch, logarithms, strict=True):
            for mask, word, row in queries[query]:
                scores[mask, word] += row_of[row]
        done += len(batch)
    return _record(prepared, words, found, scores, ranks)


def _standing(
    prepared: Prepared, words: Sequence[str], asked: Sequence[Asked]
) -> Iterator[tuple[Asked, Pieces] | None]:
    """Put words in place of masks, and say what then stands there: () for no tokens of its own.

    None is a pause: each time the whole text is tokenized, and with many masks that takes long.
    """
    most = max(1, _READ_AT_ONCE // max(1, len(prepared.tokens)))
    nth = 0
    for mask, at_mask in groupby(asked, itemgetter(0)):
        place = prepared.place(prepared.masks[mask])
        for _, word in at_mask:
            prepared.end_if_stopped()
            nth += 1
            if nth % most == 0:
                prepared.go_on(f"Word {nth} of {len(asked)}", None)
                yield None
            pieces: Pieces = ()
            with suppress(problems.TokenWithoutRow):  # a word that the model does not know
                pieces = place.pieces(words[word])
            yield (mask, word), pieces


def _record(
    prepared: Prepared,
    words: Sequence[str],
    found: Mapping[Asked, Pieces],
    scores: NDArray[np.float64],
    ranks: NDArray[np.int64],
) -> WordScores:
    """Freeze what was found; a word that was not asked for at a mask has no pieces there."""
    pieces_at = tuple(
        tuple(found.get((mask, word), ()) for word in range(len(words)))
        for mask in range(len(prepared.masks))
    )
    first = pieces_at[0] if pieces_at else ((),) * len(words)
    spelled = {row: prepared.tokenizer.spell(row) for rows in found.values() for row in rows}
    asked = prepared.request, prepared.info, tuple(words)
    return WordScores(*asked, first, read_only(scores), read_only(ranks), pieces_at, spelled)


def _chain(prepared: Prepared, mask: int, pieces: Sequence[int]) -> list[Query]:
    """Ask for the pieces one after the other; for none where they do not fit."""
    query = widened(prepared, mask, len(pieces))
    if query is None:
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
