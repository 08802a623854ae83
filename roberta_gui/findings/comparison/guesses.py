"""What "Guesses, A against B" draws, says and hands out, computed in the background."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.sentences.contrast import Contrast, contrast
from roberta_gui.findings.marks import WordBar
from roberta_gui.findings.model import ModelHandle
from roberta_gui.findings.names import spaced_word
from roberta_gui.findings.numbers import written
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import FloatArray, ModelInfo, Report, Stop

LISTED: Final = 40
"""Words in the list at most."""

_SPELLED_AT_ONCE: Final = 2000
_TOP, _DISTANT = 8, 12
_LEAST_DISTANT: Final = np.log(1e-4)
"""A word that neither sentence gives this much is far from the diagonal by chance."""


@dataclass(frozen=True, eq=False)
class ContrastAt:
    """The guesses at one mask that both sentences have, and what is said about them.

    ``nth`` of ``n_masks``; ``names`` holds the whole vocabulary, spelled for a reader.
    """

    comparison: Comparison
    nth: int
    n_masks: int
    contrast: Contrast
    names: tuple[str, ...]

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """All words, what tells the two apart most first."""
        return self.contrast.leading(len(self.contrast.a))

    @cached_property
    def marked(self) -> tuple[int, ...]:
        """List the words that shall have names: what tells most, the top of each, the distant."""
        known = self.contrast
        a, b = known.a, known.b
        top = [*_largest(a, _TOP), *_largest(b, _TOP)]
        apart = np.where(np.maximum(a, b) > _LEAST_DISTANT, np.abs(a - b), 0.0)
        distant = [word for word in _largest(apart, _DISTANT) if apart[word] > 1]
        telling = [word for word in self.order[: LISTED // 2] if known.contribution_bits[word] > 0]
        words = (*telling, *top, *distant)
        return tuple(dict.fromkeys(int(word) for word in words))

    @cached_property
    def bars(self) -> list[WordBar]:
        """List the words that contribute most; what A gives more is positive."""
        known = self.contrast
        words = [int(w) for w in self.order[:LISTED] if known.contribution_bits[w] > 0]
        return [
            WordBar(word, self.names[word], self._signed(word), self.tip(word)) for word in words
        ]

    def tip(self, word: int) -> str:
        """Say how probable a word is in each, and what it adds."""
        a, b = float(self.contrast.a[word]), float(self.contrast.b[word])
        return (
            f"{self.names[word]}  (id {word})\n"
            f"A {_percent(a)}, log {written(a, 2)}\nB {_percent(b)}, log {written(b, 2)}\n"
            f"adds {self.contrast.contribution_bits[word]:.4f} bits to the divergence"
        )

    @cached_property
    def caption(self) -> str:
        """Say how far the guesses are apart."""
        known, n = self.contrast, self.n_masks
        which = f"Mask {self.nth + 1} of {n}" if n > 1 else "The mask"
        divergence = known.divergence_bits
        if divergence == 0:
            return f"{which}: A and B give the same guesses, the divergence is 0 bits."
        leading = self.order[:10]
        share = float(known.contribution_bits[leading].sum() / max(divergence, 1e-12))
        top = [
            f"{side}'s first guess “{self.names[int(logs.argmax())]}” {_percent(logs.max())}"
            for side, logs in (("A", known.a), ("B", known.b))
        ]
        return (
            f"{which}: Jensen–Shannon divergence {divergence:.3f} bits (0: the same guesses, "
            f"1: none in common). {'; '.join(top)}. Ten of {len(known.a):,} words make up "
            f"{min(share, 1) * 100:.0f} % of it."
        )

    def table(self) -> Table:
        """Return the whole vocabulary, what tells the two apart most first."""
        return Table(
            ("id", "word", "log_probability_a", "log_probability_b", "signed_bits"), self._rows()
        )

    def arrays(self) -> Arrays:
        """Return both distributions over the vocabulary and each word's contribution."""
        known = self.contrast
        return {
            "log_probabilities_a": known.a,
            "log_probabilities_b": known.b,
            "contribution_bits": known.contribution_bits,
            "divergence_bits": np.array(known.divergence_bits),
        }

    def _rows(self) -> Iterator[tuple[object, ...]]:
        known = self.contrast
        for word in map(int, self.order):
            a, b = float(known.a[word]), float(known.b[word])
            yield word, self.names[word], a, b, self._signed(word)

    def _signed(self, word: int) -> float:
        bits = float(self.contrast.contribution_bits[word])
        return bits if self.contrast.a[word] >= self.contrast.b[word] else -bits


@dataclass(frozen=True, eq=False)
class FoundContrast:
    """The guesses at each mask that both sentences have, in order."""

    comparison: Comparison
    masks: tuple[ContrastAt, ...]

    def names_for(self, model: ModelInfo) -> tuple[str, ...] | None:
        """Return the vocabulary if it is that model's."""
        return self.masks[0].names if self.comparison.a.model == model else None

    def mask(self, nth: int) -> ContrastAt:
        """Return the ``nth`` mask's guesses, or the last one's."""
        return self.masks[min(nth, len(self.masks) - 1)]


def n_masks(comparison: Comparison) -> tuple[int, int]:
    """Count the masks of A and of B."""
    a, b = (sum(token.is_mask for token in side.tokens) for side in (comparison.a, comparison.b))
    return a, b


def find_contrast(
    comparison: Comparison,
    names: tuple[str, ...] | None,
    asked: ModelHandle,
    stop: Stop,
    report: Report,
) -> Generator[None, None, FoundContrast]:
    """Ask for every word at every mask of both; spell the vocabulary if need be."""
    a, b = comparison.a, comparison.b
    logs_a = yield from asked.engine_of(a.model).mask_log_probability_steps(a.request, stop)
    logs_b = yield from asked.engine_of(b.model).mask_log_probability_steps(b.request, stop)
    if names is None:
        report("Reading the vocabulary", None)
        spelled: list[str] = []
        for start in range(0, logs_a.shape[1], _SPELLED_AT_ONCE):
            ids = range(start, min(start + _SPELLED_AT_ONCE, logs_a.shape[1]))
            spelled += (spaced_word(*spelling) for spelling in asked.engine.spell(ids))
            yield
        names = tuple(spelled)
    found, n = [], min(len(logs_a), len(logs_b))  # by order; what one has more has no partner
    for nth in range(n):
        at = ContrastAt(comparison, nth, n, contrast(logs_a[nth], logs_b[nth]), names)
        yield
        # Once, here: sorting a vocabulary takes longer than drawing it.
        _ = at.marked, at.bars, at.caption
        found.append(at)
        yield
    return FoundContrast(comparison, tuple(found))


def _largest(values: FloatArray, n: int) -> NDArray[np.intp]:
    """List where the ``n`` largest values are, the largest first."""
    n = min(n, len(values))
    places = np.argpartition(-values, n - 1)[:n]
    return np.asarray(places[np.argsort(-values[places], kind="stable")])


def _percent(log: float) -> str:
    percent = float(np.exp(log)) * 100
    return f"{percent:.1f} %" if percent >= 0.1 else f"{percent:.2g} %"
