"""What "Guesses, A against B" draws, says and hands out, computed in the background."""

import math
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.sentences.contrast import Contrast, contrast
from roberta_gui.findings.comparison.against import Sides, describe_likelier, names_of
from roberta_gui.findings.notation.marks import WordBar
from roberta_gui.findings.notation.names import spaced_word
from roberta_gui.findings.notation.numbers import written
from roberta_gui.findings.steps.model import ModelHandle, Reads
from roberta_gui.findings.tables import Arrays, Table, TableRows
from roberta_gui.findings.words.vocabulary import Word, spell_vocabulary
from roberta_gui.records import Analysis, FloatArray, ModelInfo, Report, Stop, read_only

LISTED: Final = 40
"""Words in the list at most."""

_TOP, _DISTANT = 8, 12
_LEAST_DISTANT: Final = np.log(1e-4)
"""A word that neither sentence gives this much is far from the diagonal by chance."""


@dataclass(frozen=True, eq=False)
class Vocabularies:
    """All words of A, then those that only B has, spelled for a reader in ``names``.

    ``ids`` is int (word, 2): the word's row in A's and in B's vocabulary, −1 where it is no token.
    """

    models: tuple[ModelInfo, ModelInfo]
    ids: NDArray[np.intp]
    names: tuple[str, ...]

    def taken(self, logs: FloatArray, side: int) -> FloatArray:
        """Bring log-probabilities, (row,), of A (0) or B (1) to the words; −inf for none."""
        found: FloatArray = np.append(logs, -np.inf).astype(logs.dtype)[self.ids[:, side]]
        return read_only(found)


def pair_words(a: Sequence[Word], b: Sequence[Word]) -> NDArray[np.intp]:
    """Find for each word of A that of B with the same text, −1 for none; (row of A,).

    Where pieces look alike, the first ones belong together, the second ones, and so on.

    Examples
    --------
    >>> pair_words([("cat", True), ("x", False), ("x", False)], [("x", False), ("cat", True)])
    array([ 1,  0, -1])
    """
    rows = defaultdict[Word, list[int]](list)
    for row in range(len(b) - 1, -1, -1):
        rows[b[row]].append(row)
    found = (rows[word].pop() if rows.get(word) else -1 for word in a)
    return np.fromiter(found, dtype=np.intp, count=len(a))


def read_vocabularies(
    comparison: Comparison, handle: ModelHandle
) -> Generator[None, None, Vocabularies]:
    """Spell the words of A, and those of B if its tokenizer is another one, in short steps."""
    models = comparison.a.model, comparison.b.model
    a = yield from spell_vocabulary(handle.engine_of(models[0]))
    rows, names = np.arange(len(a), dtype=np.intp), [spaced_word(*word) for word in a]
    if comparison.has_same_tokenizer:
        return Vocabularies(models, np.stack([rows, rows], axis=1), tuple(names))
    b = yield from spell_vocabulary(handle.engine_of(models[1]))
    at_b = pair_words(a, b)
    only = np.setdiff1d(np.arange(len(b), dtype=np.intp), at_b)
    ids = np.stack([np.append(rows, np.full(len(only), -1)), np.append(at_b, only)], axis=1)
    names += (spaced_word(*b[row]) for row in only.tolist())
    return Vocabularies(models, read_only(ids), tuple(names))


def read_logarithms(
    runs: Sequence[Analysis], asked: Reads, stop: Stop
) -> Generator[None, None, list[FloatArray]]:
    """Give every word's natural log-probability at the masks of each pass: (mask, vocabulary)."""
    logs = list[FloatArray]()
    for run in runs:
        read = asked.engine_of(run.model).mask_log_probability_steps
        logs.append((yield from read(run.request, stop, hidden=run.hidden)))
    return logs


@dataclass(frozen=True, eq=False)
class ContrastAt:
    """The guesses at the ``nth`` of ``n_masks`` that both sides have, and what is said of them.

    ``words`` are all that either has: what one lacks has no probability.
    """

    comparison: Comparison
    nth: int
    n_masks: int
    contrast: Contrast
    words: Vocabularies

    @property
    def names(self) -> tuple[str, ...]:
        """All words, spelled for a reader."""
        return self.words.names

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """All words, what tells the two apart most first."""
        return self.contrast.leading(len(self.contrast.a))

    @cached_property
    def _telling(self) -> list[int]:
        """The words of the list: those that contribute most, and anything at all."""
        return [int(w) for w in self.order[:LISTED] if self.contrast.contribution_bits[w] > 0]

    @cached_property
    def marked(self) -> tuple[int, ...]:
        """List the words that shall have names: what tells most, the top of each, the distant."""
        a, b = self.contrast.a, self.contrast.b
        top = [*_largest(a, _TOP), *_largest(b, _TOP)]
        seen = (np.maximum(a, b) > _LEAST_DISTANT) & np.isfinite(a) & np.isfinite(b)
        apart = np.abs(np.subtract(a, b, out=np.zeros_like(a), where=seen))
        distant = [word for word in _largest(apart, _DISTANT) if apart[word] > 1]
        words = (*self._telling[: LISTED // 2], *top, *distant)
        return tuple(dict.fromkeys(int(word) for word in words))

    @cached_property
    def bars(self) -> list[WordBar]:
        """List the words that contribute most; what A gives more is positive."""
        return [
            WordBar(word, self.names[word], self._signed(word), self.tip(word))
            for word in self._telling
        ]

    def tip(self, word: int) -> str:
        """Say how probable a word is in each, and what it adds."""
        sides, logs = self.sides, (float(self.contrast.a[word]), float(self.contrast.b[word]))
        places = zip((sides.in_a, sides.in_b), self.words.ids[word].tolist(), logs, strict=True)
        told = [
            f"{written(-log / math.log(2))} bits, {_percent(log)} {where}  (id {row})"
            if row >= 0
            else f"not one token {where}"
            for where, row, log in places
        ]
        if np.isfinite(logs).all():
            told.append(describe_likelier((logs[0] - logs[1]) / math.log(2), sides))
        bits = self.contrast.contribution_bits[word]
        return "\n".join([self.names[word], *told, f"adds {bits:.4f} bits to the divergence"])

    @property
    def sides(self) -> Sides:
        """How the two sides are called."""
        return names_of(self.comparison)

    @cached_property
    def caption(self) -> str:
        """Say how far the guesses are apart, and how many words only one of the two has."""
        known = self.contrast
        which = f"Mask {self.nth + 1} of {self.n_masks}" if self.n_masks > 1 else "The mask"
        divergence = known.divergence_bits
        if divergence == 0:
            return f"{which}: both sides give the same guesses, the divergence is 0 bits."
        share = float(known.contribution_bits[self.order[:10]].sum() / max(divergence, 1e-12))
        top = [
            f"first {where} “{self.names[int(logs.argmax())]}” {_percent(logs.max())}"
            for where, logs in ((self.sides.in_a, known.a), (self.sides.in_b, known.b))
        ]
        told = (
            f"{which}: Jensen–Shannon divergence {divergence:.3f} bits (0: the same guesses, "
            f"1: none in common); {', '.join(top)}. Ten of {len(known.a):,} words make up "
            f"{min(share, 1) * 100:.0f} % of it."
        )
        if self.comparison.has_same_tokenizer:
            return told
        a, b = (self.words.ids < 0).sum(axis=0).tolist()
        return (
            f"{told} Words are compared by their text; {b:,} are not one token {self.sides.in_b}, "
            f"{a:,} not {self.sides.in_a}: there they have no probability."
        )

    def table(self) -> Table:
        """Return the whole vocabulary, what tells the two apart most first."""
        header = ("id_a", "id_b", "word", "log_probability_a", "log_probability_b", "signed_bits")
        return Table(header, TableRows(self._rows))

    def arrays(self) -> Arrays:
        """Return both distributions over the vocabulary and each word's contribution."""
        known = self.contrast
        return {
            "log_probabilities_a": known.a,
            "log_probabilities_b": known.b,
            "contribution_bits": known.contribution_bits,
            "divergence_bits": np.array(known.divergence_bits),
            "ids": self.words.ids,
        }

    def _rows(self) -> Iterator[tuple[object, ...]]:
        known = self.contrast
        for word in map(int, self.order):
            a, b = float(known.a[word]), float(known.b[word])
            yield *self.words.ids[word].tolist(), self.names[word], a, b, self._signed(word)

    def _signed(self, word: int) -> float:
        bits = float(self.contrast.contribution_bits[word])
        return bits if self.contrast.a[word] >= self.contrast.b[word] else -bits


@dataclass(frozen=True, eq=False)
class ContrastResult:
    """The guesses at each mask that both sides have, in order."""

    comparison: Comparison
    masks: tuple[ContrastAt, ...]

    def words_for(self, comparison: Comparison) -> Vocabularies | None:
        """Return the words if they are those of the same models."""
        words = self.masks[0].words
        return words if words.models == (comparison.a.model, comparison.b.model) else None

    def mask(self, nth: int) -> ContrastAt:
        """Return the ``nth`` mask's guesses, or the last one's."""
        return self.masks[min(nth, len(self.masks) - 1)]


def n_masks(comparison: Comparison) -> tuple[int, int]:
    """Count the masks of A and of B."""
    a, b = (sum(token.is_mask for token in side.tokens) for side in (comparison.a, comparison.b))
    return a, b


def find_contrast(
    comparison: Comparison,
    words: Vocabularies | None,
    handle: ModelHandle,
    stop: Stop,
    report: Report,
) -> Generator[None, None, ContrastResult]:
    """Ask for every word at every mask of both; spell the vocabulary if need be."""
    a, b = comparison.a, comparison.b
    logs_a, logs_b = yield from read_logarithms((a, b), handle, stop)
    if words is None:
        report("Reading the vocabulary", None)
        words = yield from read_vocabularies(comparison, handle)
    found, n = [], min(len(logs_a), len(logs_b))  # by order; what one has more has no partner
    for nth in range(n):
        both = contrast(words.taken(logs_a[nth], 0), words.taken(logs_b[nth], 1))
        at = ContrastAt(comparison, nth, n, both, words)
        yield
        # Once, here: sorting a vocabulary takes longer than drawing it.
        _ = at.marked, at.bars, at.caption
        found.append(at)
        yield
    return ContrastResult(comparison, tuple(found))


def _largest(values: FloatArray, n: int) -> NDArray[np.intp]:
    """List where the ``n`` largest values are, the largest first."""
    n = min(n, len(values))
    places = np.argpartition(-values, n - 1)[:n]
    return np.asarray(places[np.argsort(-values[places], kind="stable")])


def _percent(log: float) -> str:
    percent = float(np.exp(log)) * 100
    return f"{percent:.1f} %" if percent >= 0.1 else f"{percent:.2g} %"
