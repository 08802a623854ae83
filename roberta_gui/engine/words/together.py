"""Fill several masks with what is likeliest together, not one by one.

A network that was trained to fill in one mask at a time gives no joint distribution: the chain
rule gives another product in every order of the masks. So a filling is scored in two orders,
from left to right and back, and the mean counts. A beam search in each order proposes fillings;
of these, those are scored in both orders that can still be among the best.
"""

import math
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray

from roberta_gui.analysis.stepped import showing
from roberta_gui.engine.arguments import count_of
from roberta_gui.engine.measures.fill_mask import best
from roberta_gui.engine.measures.log_probabilities import mask_steps
from roberta_gui.engine.prepared import Prepared
from roberta_gui.engine.words.queries import Query, batches, read
from roberta_gui.engine.words.word_scores import rank_of
from roberta_gui.records import Candidate, Filling, Fillings, FloatArray

MOST_FILLINGS = 1_000
"""So many are found at most: the time that it takes grows with their number."""

_RANKED = 10_000
"""Fillings that are ranked by how probable their words are apart."""

_OPEN = -1

Rows = tuple[int, ...]
"""For each mask, from left to right, the row of the vocabulary in it; `_OPEN`: still a mask."""

Step = tuple[Rows, int, int]
"""What the chain rule multiplies: what stands already, the next mask, and the row put there."""


class Search:
    """The best fillings of one sentence, as far as they are known.

    Parameters
    ----------
    n, beams
        How many fillings to find, and how many beginnings each order goes on with.

    Raises
    ------
    problems.BadArgument
        One of them is no whole number, below 1, or above `MOST_FILLINGS`.
    """

    def __init__(self, prepared: Prepared, n: int, beams: int) -> None:
        for value, what in ((n, "fillings"), (beams, "beams")):
            count_of(value, what, MOST_FILLINGS)
        self._prepared, self._n, self._beams = prepared, n, max(n, beams)
        masks = range(len(prepared.masks))
        self._orders = (masks, masks[::-1])
        self._proposed: dict[Rows, None] = {}
        self._known: dict[tuple[Rows, int, int], float] = {}
        """Natural log-probability of a row at a mask with what stands at the others."""

    @torch.inference_mode()
    def steps(self) -> Iterator[Fillings]:
        """Search in steps of at most about 100 ms on two cores; the last record is complete.

        Raises
        ------
        problems.NoMaskHead
            The model has no masked-LM head.
        problems.Stopped
            ``stop()`` said so between two layers.
        problems.TooLittleMemory, problems.NotFinite
            A batch does not fit the device, or comes to infinite or undefined values.
        """
        prepared = self._prepared
        shown = Fillings(prepared.request, prepared.info, prepared.tokens)
        self._alone = yield from showing(shown, mask_steps(prepared))
        if prepared.masks:
            yield from showing(shown, self._rank_apart())
            apart: Rows = tuple(int(row.argmax()) for row in self._alone)
            self._proposed[apart] = None
            # What is quickly known comes first: with many masks a search takes long.
            yield from showing(shown, self._score([apart]))
            shown = replace(shown, apart=self._filling(apart))
            yield shown
            in_turn = yield from showing(shown, self._beam_search(self._orders[0]))
            yield from showing(shown, self._score([in_turn]))
            shown = replace(shown, in_turn=self._filling(in_turn))
            yield shown
            yield from showing(shown, self._beam_search(self._orders[1]))
            while wanted := self._hopeful():
                yield from showing(shown, self._score(wanted))
                shown = replace(shown, together=self._best())
                scored = sum(map(self._is_scored, self._proposed))
                prepared.go_on("Scoring fillings in both orders", scored / len(self._proposed))
            shown = replace(shown, together=self._best())
        yield replace(shown, complete=True)

    def _rank_apart(self) -> Generator[None, None, None]:
        """Add up how probable words are apart, a mask a step."""
        self._sums = np.zeros(1)
        for row in self._alone:
            self._prepared.end_if_stopped()
            self._sums = largest_sums(self._sums, row.astype(np.float64), _RANKED)
            yield

    def _beam_search(self, order: Sequence[int]) -> Generator[None, None, Rows]:
        """Propose fillings in one order of the masks; give the one that greed arrives at."""
        greedy: Rows = (_OPEN,) * len(order)
        sums = {greedy: 0.0}
        for nth, mask in enumerate(order):
            self._prepared.go_on(f"Mask {nth + 1} of {len(order)}", nth / len(order))
            likeliest = yield from self._ask({(rows, mask): None for rows in sums})
            longer = {
                _put(rows, mask, row): sums[rows] + logarithm
                for (rows, _), found in likeliest.items()
                for row, logarithm in found.items()
            }
            greedy = _put(greedy, mask, next(iter(likeliest[greedy, mask])))
            kept = sorted(longer, key=longer.__getitem__, reverse=True)[: self._beams]
            sums = {rows: longer[rows] for rows in [*kept, greedy]}
        self._proposed.update(dict.fromkeys(sums))
        return greedy

    def _score(self, fillings: Iterable[Rows]) -> Generator[None, None, None]:
        """Ask for whatever is not known yet of fillings in both orders."""
        missing: dict[tuple[Rows, int], list[int] | None] = {}
        for step in chain.from_iterable(map(self._steps_of, fillings)):
            if step not in self._known:
                so_far, mask, row = step
                missing[so_far, mask] = [*(missing.get((so_far, mask)) or ()), row]
        yield from self._ask(missing)

    def _ask(
        self, asked: Mapping[tuple[Rows, int], Sequence[int] | None]
    ) -> Generator[None, None, dict[tuple[Rows, int], dict[int, float]]]:
        """Let the network read sentences with some masks filled, each asked about another mask.

        ``asked`` gives for each the rows of the vocabulary whose log-probability is wanted; None:
        those of the likeliest, best first. With nothing filled it is known what it would say.
        """
        found: dict[tuple[Rows, int], dict[int, float]] = {}

        def note(rows: Rows, mask: int, logarithms: FloatArray) -> None:
            wanted = asked[rows, mask] or best(logarithms, self._beams)
            found[rows, mask] = {row: float(logarithms[row]) for row in wanted}
            for row, one in found[rows, mask].items():
                # Read again among others its last digit may differ: what was shown stays.
                self._known.setdefault((rows, mask, row), one)

        types = None if self._prepared.types is None else tuple(self._prepared.types)
        queries: dict[Query, tuple[Rows, int]] = {}
        for rows, mask in asked:
            if set(rows) == {_OPEN}:
                note(rows, mask, self._alone[mask])
                continue
            ids = self._prepared.ids
            for place, row in zip(self._prepared.masks, rows, strict=True):
                ids[place] = ids[place] if row == _OPEN else row
            queries[Query(tuple(ids), types, self._prepared.masks[mask])] = rows, mask
        for batch in batches(list(queries), self._prepared.network.configuration):
            self._prepared.end_if_stopped()
            read_rows = yield from read(self._prepared, batch)
            for query, logarithms in zip(batch, read_rows, strict=True):
                note(*queries[query], logarithms)
        return found

    def _steps_of(self, rows: Rows) -> Iterator[Step]:
        """Give all that the chain rule multiplies, in both orders."""
        return chain.from_iterable(_chain(rows, order) for order in self._orders)

    def _sum(self, rows: Rows, order: Sequence[int]) -> float:
        """Add up what is known of a filling in an order: what is not counts 0, its most."""
        return sum(self._known.get(step, 0.0) for step in _chain(rows, order))

    def _mean(self, rows: Rows) -> float:
        return sum(self._sum(rows, order) for order in self._orders) / 2

    def _is_scored(self, rows: Rows) -> bool:
        return all(step in self._known for step in self._steps_of(rows))

    def _scored(self) -> list[Rows]:
        """List the fillings that are scored in both orders, best first."""
        scored = filter(self._is_scored, self._proposed)
        return sorted(scored, key=lambda rows: (-self._mean(rows), rows))

    def _hopeful(self) -> list[Rows]:
        """List some fillings that are not scored yet and may be among the best."""
        scored = self._scored()
        least = self._mean(scored[self._n - 1]) if len(scored) >= self._n else -math.inf
        open_ones = [rows for rows in self._proposed if not self._is_scored(rows)]
        hopeful = [rows for rows in open_ones if self._mean(rows) > least]
        return sorted(hopeful, key=self._mean, reverse=True)[: self._n]

    def _best(self) -> tuple[Filling, ...]:
        return tuple(map(self._filling, self._scored()[: self._n]))

    def _filling(self, rows: Rows) -> Filling:
        candidates, apart = [], 0.0
        for row, logarithms in zip(rows, self._alone, strict=True):
            own = float(logarithms[row])
            text, leading_space = self._prepared.tokenizer.spell(row)
            rank = rank_of(logarithms, row)
            candidates.append(Candidate(rank, row, text, leading_space, math.exp(own)))
            apart += own
        is_listed = apart >= self._sums[-1] or len(self._sums) < _RANKED
        rank = 1 + int(np.count_nonzero(self._sums > apart)) if is_listed else -1
        by_order = self._sum(rows, self._orders[0]), self._sum(rows, self._orders[1])
        return Filling(tuple(candidates), self._mean(rows), by_order, apart, rank)


def largest_sums(
    sums: NDArray[np.float64], numbers: NDArray[np.float64], most: int
) -> NDArray[np.float64]:
    """Give the largest sums of one of ``sums`` and one of ``numbers``, largest first: (sum,).

    ``sums`` come largest first. Of two such lists the i-th and the j-th, from 1, have at least
    i · j - 1 others before their sum, so not all pairs need be looked at.
    """
    numbers = _largest(numbers, most)
    of_sums, of_numbers = _pairs(most)
    there = (of_sums < len(sums)) & (of_numbers < len(numbers))
    return _largest(sums[of_sums[there]] + numbers[of_numbers[there]], most)


@cache
def _pairs(most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """List the places i and j, from 0, of all pairs with (i + 1) · (j + 1) ≤ ``most``."""
    n_partners = most // np.arange(1, most + 1)
    starts = np.cumsum(n_partners) - n_partners
    partners = np.arange(n_partners.sum()) - np.repeat(starts, n_partners)
    return np.repeat(np.arange(most), n_partners), partners


def _largest(numbers: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Give the ``most`` largest numbers, largest first."""
    if len(numbers) > most:
        numbers = np.partition(numbers, -most)[-most:]
    return np.sort(numbers)[::-1]


def _put(rows: Rows, mask: int, row: int) -> Rows:
    return (*rows[:mask], row, *rows[mask + 1 :])


def _chain(rows: Rows, order: Sequence[int]) -> Iterator[Step]:
    so_far: Rows = (_OPEN,) * len(rows)
    for mask in order:
        yield so_far, mask, rows[mask]
        so_far = _put(so_far, mask, rows[mask])
