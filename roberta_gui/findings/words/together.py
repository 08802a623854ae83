"""What could stand at the masks: all of them filled together, and whole words at one, told."""

import math
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from roberta_gui.analysis.stepped import showing
from roberta_gui.findings.notation.marks import Guess, headed
from roberta_gui.findings.notation.names import spaced_word
from roberta_gui.findings.notation.numbers import percentage, written
from roberta_gui.findings.steps.model import EngineHandle, Reads, written_forms
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.findings.words.started import RequestState, followed
from roberta_gui.records import (
    AnalysisRequest,
    Filling,
    Fillings,
    ModelInfo,
    Replacement,
    Report,
    Stop,
    WholeWord,
)
from roberta_gui.wording import counted

MOST_WORDS = 10_000
"""Whole words that the engine is asked for, so that each number of pieces has its best ones."""

WAYS: Final = {
    "alone": "At the one mask",
    "together": "Jointly: the mean of both orders",
    "apart": "Independently: each mask's own best guess",
    "in turn": "One after the other, from left to right",
}
"""How a filling was found, as a heading above it."""

_SUMMED: Final = (
    "Each piece has a mask of its own: its bits, with the earlier pieces filled in and the later "
    "ones masked, are summed. More pieces sum up to more bits, so bits a piece stand beside them."
)

_BITS = -1 / math.log(2)
"""From natural log-probabilities to bits, −log₂ p."""


def spelled(filling: Filling) -> tuple[str, ...]:
    """Write the words of a filling, from the first mask to the last, as people can read them."""
    return tuple(spaced_word(one.text, one.leading_space) for one in filling.candidates)


def order_matters(filling: Filling) -> float:
    """Tell by how many bits the two orders of filling in disagree; 0 where none matters."""
    left_to_right, right_to_left = filling.by_order
    return abs(left_to_right - right_to_left) * -_BITS


Forms = Mapping[tuple[int, tuple[int, ...]], Replacement | None]
"""By mask and rows of the vocabulary: what to write so that these stand there; None: nothing."""
Rows = tuple[Guess, ...]


@dataclass(frozen=True, eq=False)
class FilledTogether:
    """Several masks filled together, beside every mask alone and one after the other."""

    fillings: Fillings
    forms: Forms = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, Filling]]:
        """Give each filling after the way in which it was found, the best ones together first.

        At a single mask all ways are one.
        """
        for filling in self.fillings.together:
            yield "together" if len(filling.candidates) > 1 else "alone", filling
        for way, one in (("apart", self.fillings.apart), ("in turn", self.fillings.in_turn)):
            if one is not None and len(one.candidates) > 1:
                yield way, one

    def written(self, filling: Filling) -> tuple[Replacement | None, ...]:
        """Give what to write at each mask."""
        return tuple(self.forms.get((at, (c.id,))) for at, c in enumerate(filling.candidates))

    @property
    def wanted(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """What somebody may want to be written: every word of the fillings at its mask."""
        return ((at, (c.id,)) for _, one in self.rows() for at, c in enumerate(one.candidates))

    def listed(self) -> tuple[Rows, tuple[Filling | None, ...]]:
        """Return the list's rows under a heading for each way, and which filling each is."""

        def rows() -> Iterator[tuple[str, Guess, Filling]]:
            for nth, (way, one) in enumerate(self.rows(), start=1):
                yield WAYS[way], _row_of(1 if way in ("apart", "in turn") else nth, one), one

        return headed(rows())

    def table(self) -> Table:
        """Return a row for each filling: its words, its bits, and how much the order matters."""
        known = list(self.rows())
        n_masks = len(known[0][1].candidates) if known else 0
        columns = (
            "found", *(f"mask_{mask + 1}" for mask in range(n_masks)), "bits",
            "bits_left_to_right", "bits_right_to_left", "orders_apart_bits", "rank_apart",
            "bits_apart",
        )  # fmt: skip
        return Table(
            columns,
            [
                (
                    way, *spelled(one), one.log_probability * _BITS,
                    *(order * _BITS for order in one.by_order), order_matters(one),
                    one.independent_rank if one.independent_rank > 0 else None,
                    one.independent_log_probability * _BITS,
                )
                for way, one in known
            ],
        )  # fmt: skip

    def arrays(self) -> Arrays:
        """Return words, (filling, mask), and bits, (filling,), of the best ones together."""
        best = self.fillings.together
        return {
            "words": np.array([spelled(one) for one in best]),
            "bits": np.array([one.log_probability for one in best]) * _BITS,
            "bits_by_order": np.array([one.by_order for one in best]) * _BITS,
            "bits_apart": np.array([one.independent_log_probability for one in best]) * _BITS,
        }

    def caption(self) -> str:
        """Say what is likeliest together, how much the order matters, and what simpler ways say."""
        if not self.fillings.together:
            if self.fillings.complete:
                return "There is no mask to fill."
            return "What is likeliest together is still looked for."
        best = self.fillings.together[0]
        if len(best.candidates) == 1:
            return f"Likeliest is {_told(best)}."
        said = f"Likeliest together are {_told(best)}, the mean of both orders, which are "
        said += f"{written(order_matters(best), 2)} bits apart"
        ways = (
            ("One after the other", self.fillings.in_turn),
            ("Every mask alone", self.fillings.apart),
        )
        others = (
            f"{way} gives {'these, too' if spelled(one) == spelled(best) else _told(one)}."
            for way, one in ways
            if one is not None
        )
        return " ".join((f"{said}.", *others))


@dataclass(frozen=True, eq=False)
class GuessedWords:
    """Whole words at one ``mask``, best first, whatever their numbers of pieces."""

    words: tuple[WholeWord, ...]
    mask: int = 0
    forms: Forms = field(default_factory=dict)

    def written(self, word: WholeWord) -> Replacement | None:
        """Give what to write so that the likeliest form stands there that can be written."""
        best_first = sorted(word.forms, key=lambda form: -form[1])
        found = (self.forms.get((self.mask, ids)) for ids, _ in best_first)
        return next((form for form in found if form is not None), None)

    @property
    def wanted(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """What somebody may want to be written: every form of the listed words."""
        listed = (one for one in self.listed()[1] if one is not None)
        return ((self.mask, ids) for one in listed for ids, _ in one.forms)

    def listed(self) -> tuple[Rows, tuple[WholeWord | None, ...]]:
        """Return the list's rows under a heading for each number of pieces, and their words."""

        def rows() -> Iterator[tuple[str, Guess, WholeWord]]:
            for n in sorted({len(one.ids) for one in self.words}):
                for nth, one in enumerate(self.best(n), start=1):
                    yield f"Words of {counted(n, 'piece')}", _row_of_word(nth, one), one

        return headed(rows())

    def best(self, n_pieces: int | None = None, most: int = 10) -> tuple[WholeWord, ...]:
        """List the best words, of a number of pieces or of any."""
        wanted = (one for one in self.words if n_pieces in (None, len(one.ids)))
        return tuple(one for one, _ in zip(wanted, range(most), strict=False))

    def each_number(self, most: int = 10) -> "GuessedWords":
        """Keep the best words of each number of pieces, those of fewer pieces first."""
        numbers = sorted({len(one.ids) for one in self.words})
        best = tuple(one for n in numbers for one in self.best(n, most))
        return GuessedWords(best, self.mask, self.forms)

    def table(self) -> Table:
        """Return a row for each word: the bits of all its pieces, and of one in the mean."""
        return Table(
            ("word", "pieces", "bits", "percent", "bits_a_piece", "forms"),
            [
                (
                    one.text, len(one.ids), one.log_probability * _BITS,
                    100 * math.exp(one.log_probability), one.per_piece * _BITS, len(one.forms),
                )
                for one in self.words
            ],
        )  # fmt: skip

    def arrays(self) -> Arrays:
        """Return words, their numbers of pieces and their bits: (word,) each."""
        return {
            "words": np.array([one.text for one in self.words]),
            "pieces": np.array([len(one.ids) for one in self.words]),
            "bits": np.array([one.log_probability for one in self.words]) * _BITS,
            "bits_a_piece": np.array([one.per_piece for one in self.words]) * _BITS,
        }

    def caption(self) -> str:
        """Say which word is the likeliest, and which of several pieces."""
        if not self.words:
            return "No whole word is known yet."
        best = max(self.words, key=lambda one: one.log_probability)
        said = f"Likeliest is “{best.text}”: {_amount(best.log_probability)}."
        longer = [one for one in self.words if len(one.ids) > 1]
        if len(best.ids) == 1 and longer:
            long = max(longer, key=lambda one: one.log_probability)
            pieces = counted(len(long.ids), "piece")
            said += f" Of several pieces it is “{long.text}”, {pieces}: "
            said += f"{_amount(long.log_probability)}."
        if len({len(one.ids) for one in self.words}) > 1:
            said += f" {_SUMMED}"
        return said


@dataclass(frozen=True)
class FillRequest:
    """What is asked for: all masks together, or whole words at one ``mask``, counted from 0."""

    request: AnalysisRequest
    model: ModelInfo
    mask: int | None = None
    attempt: int = 0


class FillState(RequestState[FillRequest, FilledTogether | GuessedWords]):
    """What came of a request so far."""

    @property
    def known(self) -> FilledTogether | GuessedWords | None:
        """What was found, once there is a filling or a word."""
        return self.found if self.found is not None and self.found.listed()[0] else None


def fill(
    request: FillRequest, handle: Reads, stop: Stop, report: Report
) -> Generator[FillState, None, FillState]:
    """Fill all masks together, or guess whole words at one, showing better and better ones."""
    engine, read, mask = handle.engine_of(request.model), request.request, request.mask

    def found() -> Iterator[FilledTogether | GuessedWords]:
        told = {"stop": stop, "report": report}
        if mask is None:
            yield from map(FilledTogether, engine.fill_together_steps(read, **told))
        else:
            for words in engine.whole_words_steps(read, mask, top_k=MOST_WORDS, **told):
                yield GuessedWords(words, mask)

    def steps() -> Iterator[FilledTogether | GuessedWords | None]:
        shown: FilledTogether | GuessedWords | None = None
        forms: Forms = {}
        for one in found():
            forms = yield from showing(shown, _with_forms_of(one, forms, engine, read, stop))
            shown = replace(one, forms=forms)
            yield shown

    return (yield from followed(FillState(request), steps))


def _with_forms_of(
    found: FilledTogether | GuessedWords,
    known: Forms,
    engine: EngineHandle,
    request: AnalysisRequest,
    stop: Stop,
) -> Generator[None, None, Forms]:
    """Find how every word of a list is written at its mask, where that is not ``known``."""
    missing = dict.fromkeys(key for key in found.wanted if key not in known)
    for mask in sorted({mask for mask, _ in missing}):
        words = [ids for at, ids in missing if at == mask]
        forms = yield from written_forms(engine, request, words, mask, stop)
        known = {**known, **{(mask, ids): one for ids, one in zip(words, forms, strict=True)}}
    return known


def _row_of(nth: int, one: Filling) -> Guess:
    there = f"{one.independent_rank:,}" if one.independent_rank > 0 else "beyond 10,000"
    forwards, backwards = (written(order * _BITS, 2) for order in one.by_order)
    alone = written(one.independent_log_probability * _BITS, 2)
    tip = (
        f"{_told(one)}\n{forwards} bits from left to right, {backwards} from right to left"
        f"\n{alone} bits as if no mask knew of another, rank {there} by that"
    )
    number = f"{written(one.log_probability * _BITS, 2)} bits"
    if len(one.candidates) > 1:
        number += f" · orders {written(order_matters(one), 2)} apart"
    return Guess(" … ".join(spelled(one)), 0.0, tip, place=f"{nth}", number=number)


def _row_of_word(nth: int, one: WholeWord) -> Guess:
    each = f"{written(one.per_piece * _BITS, 2)} a piece"
    forms = "with and without a space before it" if len(one.forms) > 1 else "in its one form"
    tip = f"{one.text}, {forms}: {_amount(one.log_probability)}\n{each}"
    number = f"{written(one.log_probability * _BITS, 2)} bits"
    number += f" · {each}" if len(one.ids) > 1 else ""
    return Guess(one.text, 0.0, tip, place=f"{nth}", number=number)


def _told(filling: Filling) -> str:
    words = ", ".join(f"“{word}”" for word in spelled(filling))
    return f"{words}: {written(filling.log_probability * _BITS, 2)} bits"


def _amount(log_probability: float) -> str:
    return f"{written(log_probability * _BITS, 2)} bits, {percentage(math.exp(log_probability))}"
