"""What could stand at the masks: all of them filled together, and whole words at one, told."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from roberta_gui.findings.notation.names import spaced_word
from roberta_gui.findings.notation.numbers import percentage, written
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Filling, Fillings, WholeWord
from roberta_gui.wording import counted

MOST_WORDS = 10_000
"""Whole words that the engine is asked for, so that each number of pieces has its best ones."""

_BITS = -1 / math.log(2)
"""From natural log-probabilities to bits, −log₂ p."""


def spelled(filling: Filling) -> tuple[str, ...]:
    """Write the words of a filling, from the first mask to the last, as people can read them."""
    return tuple(spaced_word(one.text, one.leading_space) for one in filling.candidates)


def order_matters(filling: Filling) -> float:
    """Tell by how many bits the two orders of filling in disagree; 0 where none matters."""
    left_to_right, right_to_left = filling.by_order
    return abs(left_to_right - right_to_left) * -_BITS


@dataclass(frozen=True, eq=False)
class FilledTogether:
    """Several masks filled together, beside every mask alone and one after the other."""

    fillings: Fillings

    def rows(self) -> Iterator[tuple[str, Filling]]:
        """Give each filling after the way in which it was found, the best ones together first."""
        for filling in self.fillings.together:
            yield "together", filling
        for way, one in (("apart", self.fillings.apart), ("in turn", self.fillings.in_turn)):
            if one is not None:
                yield way, one

    def table(self) -> Table:
        """Return a row for each filling: its words, its bits, and how much the order matters."""
        known = list(self.rows())
        n_masks = len(known[0][1].candidates) if known else 0
        columns = (
            "found", *(f"mask_{mask + 1}" for mask in range(n_masks)), "bits",
            "bits_left_to_right", "bits_right_to_left", "orders_apart_bits", "bits_apart",
            "rank_apart",
        )  # fmt: skip
        return Table(
            columns,
            (
                (
                    way, *spelled(one), one.log_probability * _BITS,
                    *(order * _BITS for order in one.by_order), order_matters(one),
                    one.independent_log_probability * _BITS,
                    one.independent_rank if one.independent_rank > 0 else None,
                )
                for way, one in known
            ),
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
            return "No filling is known yet."
        best = self.fillings.together[0]
        said = f"Likeliest together are {_told(best)}"
        if len(best.candidates) > 1:
            apart = written(order_matters(best), 2)
            said += f", the mean of both orders, which are {apart} bits apart"
        ways = (
            ("Every mask alone", self.fillings.apart),
            ("One after the other", self.fillings.in_turn),
        )
        others = (
            f"{way} gives {'the same' if spelled(one) == spelled(best) else _told(one)}."
            for way, one in ways
            if one is not None
        )
        return " ".join((f"{said}.", *others))


@dataclass(frozen=True, eq=False)
class GuessedWords:
    """Whole words at one mask; ``words`` are best first, whatever their numbers of pieces."""

    words: tuple[WholeWord, ...]

    def listed(self, n_pieces: int | None = None, most: int = 10) -> tuple[WholeWord, ...]:
        """List the best words, of a number of pieces or of any."""
        wanted = (one for one in self.words if n_pieces in (None, len(one.ids)))
        return tuple(one for one, _ in zip(wanted, range(most), strict=False))

    def each_number(self, most: int = 10) -> "GuessedWords":
        """Keep the best words of each number of pieces, those of fewer pieces first."""
        numbers = sorted({len(one.ids) for one in self.words})
        return GuessedWords(tuple(one for n in numbers for one in self.listed(n, most)))

    def table(self) -> Table:
        """Return a row for each word: the bits of all its pieces, and of one in the mean."""
        return Table(
            ("word", "pieces", "bits", "percent", "bits_a_piece", "forms"),
            (
                (
                    one.text, len(one.ids), one.log_probability * _BITS,
                    100 * math.exp(one.log_probability), one.per_piece * _BITS, len(one.forms),
                )
                for one in self.words
            ),
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
        return said


def _told(filling: Filling) -> str:
    words = ", ".join(f"“{word}”" for word in spelled(filling))
    return f"{words}: {written(filling.log_probability * _BITS, 2)} bits"


def _amount(log_probability: float) -> str:
    return f"{written(log_probability * _BITS, 2)} bits, {percentage(math.exp(log_probability))}"
