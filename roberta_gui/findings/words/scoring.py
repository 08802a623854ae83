"""Words that somebody scores at the masks: their bits, side by side with those in B, and said."""

import math
import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import Sides, describe_likelier, names_of
from roberta_gui.findings.notation.names import formula, spaced_word
from roberta_gui.findings.notation.numbers import percentage, written, written_change
from roberta_gui.findings.notation.places import need_places
from roberta_gui.findings.steps.model import ModelHandle
from roberta_gui.findings.tables import Arrays, Table, TableRows
from roberta_gui.records import Analysis, Report, Stop, WordScores, read_only

EXAMPLE: Final = "is, are, were"
"""What somebody might want to score."""

_WORDS = re.compile(r'[^\S\n\t]*"((?:[^"\n]|"")+)"[^\S\n\t]*(?=[,;\n\t]|$)|([^,;\n\t]+)')
"""Those in quotation marks, which may hold commas, as in CSV; else what is between commas."""
_MOST_WORDS = 200
"""Words that are scored at once; more would be a vocabulary."""


def words_in(text: str) -> tuple[str, ...]:
    """Read words and phrases as people type or paste them: by commas or lines, each once.

    What has a comma in it stands in quotation marks, which themselves are doubled there.

    Examples
    --------
    >>> words_in("is, are,were;used  to,  is")
    ('is', 'are', 'were', 'used to')
    >>> words_in('",", .')
    (',', '.')
    """
    found = (quoted.replace('""', '"') or plain for quoted, plain in _WORDS.findall(text))
    words = (" ".join(word.split()) for word in found)
    return tuple(dict.fromkeys(filter(None, words)))[:_MOST_WORDS]


def written_list(words: Iterable[str]) -> str:
    """Write words as `words_in` reads them, without those that nobody can type, as a line's end.

    Examples
    --------
    >>> written_list(["is", ",", "a;b", chr(10)])
    'is, ",", "a;b"'
    """
    forms = {}
    for word in words:
        in_marks = '"{}"'.format(word.replace('"', '""'))
        form = in_marks if any(mark in word for mark in '",;') else word
        if words_in(form) == (word,):
            forms[word] = form
    return ", ".join(forms.values())


@dataclass(frozen=True, slots=True)
class WordScore:
    """One word at one mask: bits, −log₂ p; nan, and rank −1, where there is no number.

    ``pieces`` are readable.
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
    def likelier(self) -> float:
        """By how many bits the word is likelier in A than in B."""
        return self.bits_b - self.bits


@dataclass(frozen=True, slots=True)
class WordPair:
    """The first word against another: log₂ p(first) − log₂ p(other), in A and in B; nan: none."""

    first: str
    other: str
    bits: float
    bits_b: float = math.nan

    @property
    def name(self) -> str:
        """Write it as a difference."""
        return f"{self.first} − {self.other}"

    def describe(self, sides: Sides) -> str:
        """Say by how many bits the first word is likelier, on each side."""
        told = f"{formula(self.first, self.other)}: {written_change(self.bits, 2)} bits"
        if math.isnan(self.bits_b):
            return told
        said = f"{told} {sides.in_a}, {written_change(self.bits_b, 2)} {sides.in_b}"
        apart = self.bits - self.bits_b
        return said if math.isnan(apart) else f"{said}; {written_change(apart, 2)} apart"


def score(
    words: tuple[str, ...],
    analysis: Analysis,
    comparison: Comparison | None,
    handle: ModelHandle,
    stop: Stop,
    report: Report,
) -> Generator["ScoredWords | None", None, "ScoredWords"]:
    """Score words at the masks of an analysed sentence, then in what it is held against."""

    def scores(run: Analysis) -> Generator[None, None, WordScores]:
        engine = handle.engine_of(run.model)
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

    @property
    def sides(self) -> Sides:
        """How both sides are called."""
        return names_of(self.comparison)

    def pairs(self, mask: int) -> tuple[WordPair, ...]:
        """Hold the first word at a mask against each other one, as far as both have numbers."""
        words = self.at(mask)
        pairs = (
            WordPair(first.word, one.word, one.bits - first.bits, one.bits_b - first.bits_b)
            for first, one in zip(words[:1] * (len(words) - 1), words[1:], strict=True)
        )
        return tuple(pair for pair in pairs if not math.isnan(pair.bits))

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
        """Return a row for each word at each mask, with what it has in B where there is one.

        ``bits_first_likelier`` is by how much the first word is likelier than this one.
        """
        numbers = ("rank", "bits", "percent", "bits_first_likelier")[: 3 + (len(self.a.words) > 1)]
        columns = ("mask", "word", "pieces", *numbers)
        in_b = () if self.b is None else (*(f"{name}_b" for name in numbers), "bits_likelier_in_a")

        def rows() -> Iterator[tuple[object, ...]]:
            for mask in range(self.n_masks):
                words = self.at(mask)
                for one in words:
                    first = words[0]
                    own = _numbers(one.bits, one.rank, first.bits)[: len(numbers)]
                    others = _numbers(one.bits_b, one.rank_b, first.bits_b)[: len(numbers)]
                    compared = (*others, one.likelier) if in_b else ()
                    yield (mask + 1, one.word, " + ".join(one.pieces), *own, *compared)

        return Table((*columns, *in_b), TableRows(rows))

    def arrays(self) -> Arrays:
        """Return bits and ranks, (mask, word), of A, and of B where there is one."""
        arrays = {"words": np.array(self.a.words), "bits": self.bits(), "rank": self.a.rank}
        return arrays if self.b is None else arrays | {"bits_b": self.bits_in_b()}

    def caption(self, mask: int = 0) -> str:
        """Say which word is the likeliest at a mask, and which gains most from A to B.

        Raises `problems.BadArgument` where there is no such mask, counted from 0.
        """
        need_places(mask=(mask, self.n_masks))
        known = [one for one in self.at(mask) if not math.isnan(one.bits)]
        if not known:
            return "None of the words has a number here."
        best = min(known, key=lambda one: one.bits)
        said = (
            f"Likeliest is “{best.word}”: {written(best.bits, 2)} bits, "
            f"{percentage(best.probability)}."
        )
        compared = [one for one in known if not math.isnan(one.likelier)]
        if compared:
            most = max(compared, key=lambda one: abs(one.likelier))
            apart = describe_likelier(most.likelier, self.sides)
            said += f" “{most.word}” differs most: {apart}."
        return " ".join([said, *(f"{pair.describe(self.sides)}." for pair in self.pairs(mask)[:1])])


def _numbers(bits: float, rank: int, first: float) -> tuple[float | None, ...]:
    return rank if rank > 0 else None, bits, 100 * 2.0**-bits, bits - first
