"""Sentences that differ in what stands at the masks, run together: one place is asked of each."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from roberta_gui.engine.climbing import climb_whole, portions, step_room
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.measures import log_probabilities
from roberta_gui.engine.prepared import Prepared
from roberta_gui.engine.roberta import Configuration
from roberta_gui.engine.tokens.long_text import blocks_of, kept_ranges
from roberta_gui.records import FloatArray

_MOST_ROWS = 32
"""Rows of the whole vocabulary that are looked at at once."""


@dataclass(frozen=True, slots=True)
class Query:
    """A sequence of rows of the vocabulary and their types, and the place that is asked about."""

    ids: tuple[int, ...]
    types: tuple[int, ...] | None
    at: int

    def filled(self, at: int, row: int) -> tuple[int, ...]:
        """Give the sequence with another row at one place."""
        return (*self.ids[:at], row, *self.ids[at + 1 :])


def widened(prepared: Prepared, mask: int, n_masks: int) -> Query | None:
    """Put ``n_masks`` masks in place of token ``mask``, and ask about the first of them.

    What no longer fits is cut as the tokenizer would cut it; None where a mask would be.
    """
    ids, types = prepared.ids, prepared.types
    segments = [token.segment for token in prepared.tokens]
    copies = [*range(mask), *[mask] * n_masks, *range(mask + 1, len(ids))]
    blocks = blocks_of([segments[place] for place in copies])
    kept = [at for block in kept_ranges(blocks, prepared.info.max_tokens) for at in block]
    if mask + n_masks - 1 not in kept:
        return None
    places = [copies[at] for at in kept]
    return Query(
        tuple(ids[place] for place in places),
        None if types is None else tuple(types[place] for place in places),
        kept.index(mask),
    )


def batches(queries: Sequence[Query], configuration: Configuration) -> Iterator[Sequence[Query]]:
    """Let sequences of one length and kind run together, as many as one step has room for."""
    alike: dict[tuple[int, tuple[int, ...] | None], list[Query]] = {}
    for query in queries:
        alike.setdefault((len(query.ids), query.types), []).append(query)
    for (length, _), some in alike.items():
        most = min(max(1, step_room(configuration) // length), _MOST_ROWS)
        yield from portions(some, most)


def read(prepared: Prepared, batch: Sequence[Query]) -> Generator[None, None, FloatArray]:
    """Give every word's natural log-probability for each query: float32 (query, vocabulary).

    The queries are of one length, and heads are off as in ``prepared``. Each batch begins a step.
    """
    yield
    with batch_memory(prepared.network.device, len(batch), len(batch[0].ids)):
        sequences = [query.ids for query in batch]
        hidden = yield from climb_whole(prepared, None, sequences, batch[0].types)
        rows = hidden[range(len(batch)), [query.at for query in batch]]  # (query, feature)
        return log_probabilities.of_rows(prepared.network, rows)
