"""Words that somebody scores at the masks: their bits, side by side with those in B, and said."""

import math
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.model import ModelHandle
from roberta_gui.findings.notation.names import spaced_word
from roberta_gui.findings.notation.numbers import percentage, written
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis, Report, Stop, WordScores, read_only

EXAMPLE: Final = "is, are, were"
"""What somebody might want to score."""

_SEPARATORS = re.compile(r"[,;\n\t]+")
_MOST_WORDS = 200
"""Words that are scored at once; more would be a vocabulary."""


def words_in(text: str) -> tuple[str, ...]:
    """Read words and phrases as people type or paste them: by commas or lines, each once.

    Examples
    --------
    >>> words_in("is, are,were;used  to,  is")
    ('is', 'are', 'were', 'used to')
    """
    words = (" ".join(word.split()) for word in _SEPARATORS.split(text))
    return tuple(dict.fromkeys(filter(None, words)))[:_MOST_WORDS]


@dataclass(frozen=True, slots=True)
class WordScore:
    """One word at one mask: bits, −log₂ p; nan, and rank −1, where there is no number.

    ``pieces`` are readable. ``change`` is A − B in bits: below 0 the word is likelier in A.
    """

    word: str
    pieces: tuple[str, ...]
    bits: float
    rank: int
    bits_b: float = math.nan
    rank_b: int = -1

    @property
    def probability(self) -> float:
        """The word's share at the mask, in A."""
        return float(2.0**-self.bits)

    @property
    def change(self) -> float:
        """Bits in A less those in B."""
        return self.bits - self.bits_b


def score(
    words: tuple[str, ...],
    analysis: Analysis,
    comparison: Comparison | None,
    asked: ModelHandle,
    stop: Stop,
    report: Report,
) -> Generator["ScoredWords | None", None, "ScoredWords"]:
    """Score words at the masks of an analysed sentence, then in what it is held against."""

    def scores(run: Analysis) -> Generator[None, None, WordScores]:
        engine = asked.engine_of(run.model)
        steps = engine.score_words_steps(run.request, words, stop, report, hidden=run.hidden)
        return (yield from steps)

    found = ScoredWords((yield from scores(analysis)), None, analysis, comparison)
    if comparison is None:
        return found
    yield found
    return replace(found, b=(yield from scores(comparison.b)))


@dataclass(frozen=True, eq=False)
class ScoredWords:
    """Words scored in A, and in B where there is one: nth mask for nth mask.

    ``analysis`` and ``comparison`` are the passes that they belong to, where these were made.
    """

    a: WordScores
    b: WordScores | None = None
    analysis: Analysis | None = None
    comparison: Comparison | None = None

    @property
    def n_masks(self) -> int:
        """How many masks A has."""
        return len(self.a.log_probability)

    def at(self, mask: int) -> tuple[WordScore, ...]:
        """Return every word at a mask, in the order in which they were typed."""
        a, b = self.a, self.b
        bits, in_b = self.bits(), self.bits_in_b()
        has_b = b is not None and mask < len(b.rank)
        return tuple(
            WordScore(
                word,
                tuple(spaced_word(*a.spelled[row]) for row in a.pieces_at[mask][nth]),
                float(bits[mask, nth]),
                int(a.rank[mask, nth]),
                float(in_b[mask, nth]),
                int(b.rank[mask, nth]) if b is not None and has_b else -1,
            )
            for nth, word in enumerate(a.words)
        )

    def bits(self) -> NDArray[np.float64]:
        """Return −log₂ p of each word in A, float64 (mask, word)."""
        return read_only(-self.a.log_probability / math.log(2))

    def bits_in_b(self) -> NDArray[np.float64]:
        """Return the same in B, on A's masks; nan where B has no such mask, or there is no B."""
        found = np.full_like(self.a.log_probability, np.nan)
        if self.b is not None:
            n = min(len(found), len(self.b.log_probability))
            found[:n] = -self.b.log_probability[:n] / math.log(2)
        return read_only(found)

    def table(self) -> Table:
        """Return a row for each word at each mask, with what it has in B where there is one."""
        columns = ("mask", "word", "pieces", "rank", "bits", "percent")
        in_b = () if self.b is None else ("rank_b", "bits_b", "percent_b", "a_minus_b_bits")

        def rows() -> Iterator[tuple[object, ...]]:
            for mask in range(self.n_masks):
                for one in self.at(mask):
                    own = _numbers(one.bits, one.rank)
                    others = (*_numbers(one.bits_b, one.rank_b), one.change)
                    pieces = " + ".join(one.pieces)
                    yield (mask + 1, one.word, pieces, *own, *(others if in_b else ()))

        return Table((*columns, *in_b), rows())

    def arrays(self) -> Arrays:
        """Return bits and ranks, (mask, word), of A, and of B where there is one."""
        arrays = {"words": np.array(self.a.words), "bits": self.bits(), "rank": self.a.rank}
        return arrays if self.b is None else arrays | {"bits_b": self.bits_in_b()}

    def caption(self, mask: int = 0) -> str:
        """Say which word is the likeliest at a mask, and which gains most from A to B."""
        known = [one for one in self.at(mask) if not math.isnan(one.bits)]
        if not known:
            return "None of the words has a number here."
        best = min(known, key=lambda one: one.bits)
        said = (
            f"Likeliest is “{best.word}”: {written(best.bits, 2)} bits, "
            f"{percentage(best.probability)}."
        )
        compared = [one for one in known if not math.isnan(one.change)]
        if compared:
            most = max(compared, key=lambda one: abs(one.change))
            said += f" “{most.word}” differs most: {describe_change(most)}."
        return said


def describe_change(one: WordScore) -> str:
    """Say in which of A and B a word is likelier, and by how many bits."""
    if math.isnan(one.change):
        return "no number in one of the two"
    amount = written(abs(one.change), 2)
    if float(amount) == 0:
        return "as likely in A as in B"
    return f"{amount} bits likelier in {'A' if one.change < 0 else 'B'}"


def _numbers(bits: float, rank: int) -> tuple[int | None, float, float]:
    return rank if rank > 0 else None, bits, 100 * 2.0**-bits
