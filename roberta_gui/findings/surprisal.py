"""Surprisal of a sentence's tokens: measured, compared and said."""

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.sentences.surprisal import WordBits, pseudo_perplexity, word_bits
from roberta_gui.findings.comparison.against import (
    describe_likelier,
    describe_more,
    names_of,
)
from roberta_gui.findings.notation.names import describe_switched_heads, token_name
from roberta_gui.findings.steps.model import ModelHandle
from roberta_gui.findings.tables import Arrays, Table, grid, ids_of
from roberta_gui.records import Analysis, Estimator, ModelInfo, Report, Stop, Token
from roberta_gui.wording import counted

SHORT_NAMES: Final[dict[str, str]] = {
    "unmasked": "Unmasked",
    "pll": "PLL",
    "pll_word_l2r": "PLL by word",
}

TIPS: Final[dict[str, str]] = {
    "unmasked": "Nothing is hidden: one pass, but the model mostly copies what it sees",
    "pll": "Pseudo-log-likelihood: each token hidden alone, a pass for each",
    "pll_word_l2r": "Pseudo-log-likelihood, each token hidden with the later pieces of its word",
}

_METHODS: Final[dict[Estimator, str]] = {
    "unmasked": "Unmasked: each token was in sight while the model was asked about it",
    "pll": "Pseudo-log-likelihood: each token was hidden alone and guessed from all others",
    "pll_word_l2r": "Pseudo-log-likelihood by word: each token was hidden together with the "
    "later pieces of its word",
}

_CAVEATS: Final[dict[Estimator, str]] = {
    "unmasked": "A masked model learns to repeat such tokens, so low bits mean copying, not that "
    "the text was expected; a perplexity would mean nothing here.",
    "pll": "The sum is no probability of the text, and pieces of one word give each other away.",
    "pll_word_l2r": "The sum is no probability of the text: each word was guessed from both sides.",
}


@dataclass(frozen=True, eq=False)
class TokenSurprisal:
    """Bits of each token of an analysed sentence, and of B, as far as they are known.

    ``bits`` is float64 (token,); nan at special tokens, at masks and where nothing is known yet.
    """

    analysis: Analysis
    estimator: Estimator
    bits: NDArray[np.float64]
    comparison: Comparison | None = None
    b: "TokenSurprisal | None" = None

    @cached_property
    def n_scored(self) -> int:
        """How many tokens have a surprisal in the end."""
        return sum(is_scored(token) for token in self.analysis.tokens)

    @cached_property
    def n_known(self) -> int:
        """How many are known by now."""
        return int(np.count_nonzero(~np.isnan(self.bits)))

    @property
    def is_complete(self) -> bool:
        """Whether all tokens that can be scored are."""
        return self.n_known == self.n_scored

    @cached_property
    def bits_b(self) -> NDArray[np.float64] | None:
        """B's bits on A's tokens, (token,); nan where there are none, None without a B."""
        if self.comparison is None or self.b is None:
            return None
        return self.comparison.partners(self.b.bits, "token").astype(np.float64)

    @cached_property
    def difference(self) -> NDArray[np.float64]:
        """Bits by which a token is likelier in A than in B, (token,); nan where one is unknown."""
        if self.comparison is None or self.b is None:
            return np.full_like(self.bits, np.nan)
        # A word is the likelier the fewer bits it has.
        found = self.comparison.difference(-self.bits, -self.b.bits, "token")
        return found.astype(np.float64)

    @property
    def words(self) -> tuple[WordBits, ...]:
        """Words of several tokens, where the estimator scores words."""
        scores_words = self.estimator == "pll_word_l2r"
        words = [token.word for token in self.analysis.tokens]
        return word_bits(self.bits, words) if scores_words else ()

    @property
    def mean(self) -> float:
        """Bits a token, over the known ones; nan where there are none."""
        return float(np.nanmean(self.bits)) if self.n_known else math.nan

    @property
    def method(self) -> str:
        """Say how it is measured."""
        return f"{_METHODS[self.estimator]}."

    @property
    def caveat(self) -> str:
        """Say what it is not, and which heads are off."""
        request = self.analysis.request
        off = describe_switched_heads(request.switched_off, request.ablation)
        return f"{_CAVEATS[self.estimator]} {off}".rstrip()

    @property
    def sums(self) -> str:
        """Say what it comes to, or how far it is."""
        if not self.is_complete:
            return f"{self.n_known} of {counted(self.n_scored, 'token')} are measured so far."
        if not self.n_scored:
            return "No token is scored."
        total, tokens = float(np.nansum(self.bits)), counted(self.n_scored, "token")
        return f"{tokens}, {total:.1f} bits, {self.mean:.2f} a token{self.perplexity}."

    @property
    def perplexity(self) -> str:
        """Say what the estimator makes of that, with the digits that matter."""
        if self.estimator == "unmasked":
            return ""
        number = pseudo_perplexity(self.bits)
        return f", pseudo-perplexity {number:{',.0f' if number >= 100 else '.3g'}}"

    @property
    def compared(self) -> str:
        """Say how that is in B; "" without one."""
        b, comparison = self.b, self.comparison
        if b is None or comparison is None or not b.n_known or not self.is_complete:
            return ""
        sides = names_of(comparison)
        if not b.is_complete:
            return f"{b.n_known} of {b.n_scored} are measured {sides.in_b} so far."
        told = f"{b.mean:.2f} a token{b.perplexity} {sides.in_b}"
        if np.isnan(self.difference).all():
            return f"{told}; no token that is scored has a partner there."
        most = int(np.nanargmax(np.abs(self.difference)))
        name, change = token_name(self.analysis.tokens[most]), float(self.difference[most])
        return f"{told}; most apart is {name}, {describe_likelier(change, sides)}."

    @property
    def compared_mean(self) -> str:
        """Say behind the mean how much more or less that is than in B; "" where it is unknown."""
        if self.comparison is None or self.b is None or not self.b.is_complete:
            return ""
        if not (self.n_known and self.b.n_known):  # the mean of nothing
            return ""
        return describe_more(self.mean - self.b.mean, 2, self.comparison)

    def describe(self) -> str:
        """Say how it was measured, what it comes to, and what it is not."""
        told = (self.method, self.sums, self.compared, self.caveat)
        return " ".join(part for part in told if part)

    def tip(self, token: int) -> str:
        """Say what is known about one token."""
        one, bits = self.analysis.tokens[token], float(self.bits[token])
        name = f"{token_name(one)} (token {token + 1})"
        if not is_scored(one):
            return f"{name}: not scored, it is {'a mask' if one.is_mask else 'no part of the text'}"
        if math.isnan(bits):
            return f"{name}: not measured yet"
        share = f"{bits:.3f} bits, probability {2.0**-bits:.4g} over the whole vocabulary"
        seen = "in sight" if self.estimator == "unmasked" else "hidden"
        tip = f"{name}: {share}, with the token {seen}"
        if self.comparison is None or self.bits_b is None:
            return tip
        sides = names_of(self.comparison)
        if self.comparison.tokens[token] < 0:
            return f"{tip}; no token stands for it {sides.in_b}"
        if math.isnan(self.bits_b[token]):
            return tip
        change = describe_likelier(float(self.difference[token]), sides, 3)
        return f"{tip}; {self.bits_b[token]:.3f} bits {sides.in_b}: {change}"

    def table(self) -> Table:
        """Return a row for each token that has been scored."""
        tokens, columns = self.analysis.tokens, {"bits": self.bits}
        if self.bits_b is not None:
            columns |= {"bits_b": self.bits_b, "bits_likelier_in_a": self.difference}
        names = {
            "token_index": range(len(tokens)),
            "token": [token_name(token) for token in tokens],
            "id": [token.id for token in tokens],
            "word": [token.word for token in tokens],
            "estimator": [self.estimator] * len(tokens),
        }
        return grid([names], columns, ~np.isnan(self.bits))

    def arrays(self) -> Arrays:
        """Return bits, ids and words, (token,); word -1 is none."""
        tokens = self.analysis.tokens
        words = [-1 if token.word is None else token.word for token in tokens]
        arrays = {
            "bits": self.bits,
            "ids": ids_of(tokens),
            "words": np.array(words, dtype=np.int64),
            "estimator": np.array(self.estimator),
        }
        return arrays if self.bits_b is None else {**arrays, "bits_b": self.bits_b}


def chance_bits(model: ModelInfo) -> float:
    """Return the bits of a guess at which all entries of the vocabulary are equally likely."""
    return math.log2(max(model.vocab_size, 2))


def is_scored(token: Token) -> bool:
    """Whether a token has a surprisal."""
    return not (token.is_special or token.is_mask)


def passes_needed(
    analyses: Sequence[Analysis], estimator: Estimator, known: Sequence[TokenSurprisal]
) -> int:
    """Count the passes that `measure_steps` makes through the models."""
    unknown = [one for one in analyses if _recalled(known, one, estimator) is None]
    if estimator == "unmasked":
        return len(unknown)
    return sum(is_scored(token) for one in unknown for token in one.tokens)


Steps: TypeAlias = Generator[TokenSurprisal | None, None, TokenSurprisal]


def measure_steps(
    analysis: Analysis, comparison: Comparison | None, estimator: Estimator,
    known: Sequence[TokenSurprisal], handle: ModelHandle, stop: Stop, report: Report,
) -> Steps:  # fmt: skip
    """Measure what is shown, then what it is compared with (worker thread)."""
    measure = partial(_measure_one, estimator, known, handle, stop, report)
    if comparison is None:
        return (yield from measure(analysis, lambda one: one))
    b = _recalled(known, comparison.b, estimator)
    a = yield from measure(analysis, lambda one: replace(one, comparison=comparison, b=b))
    if b is None:
        show = partial(replace, a, comparison=comparison)
        b = yield from measure(comparison.b, lambda one: show(b=one))
    return replace(a, comparison=comparison, b=b)


def _measure_one(
    estimator: Estimator, known: Sequence[TokenSurprisal], handle: ModelHandle, stop: Stop,
    report: Report, analysis: Analysis, show: Callable[[TokenSurprisal], TokenSurprisal],
) -> Steps:  # fmt: skip
    """Measure token by token; what is new is shown at once, in its place."""
    recalled = _recalled(known, analysis, estimator)
    if recalled is not None:
        return recalled
    shown, bits = None, np.full(len(analysis.tokens), np.nan)
    engine = handle.engine_of(analysis.model)
    for bits in engine.surprisal_steps(analysis.request, estimator, stop, report):
        one = TokenSurprisal(analysis, estimator, bits)
        # Nothing is no news: until there are values, those of the sentence before may stay.
        yield show(one) if one.n_known and bits is not shown else None
        shown = bits
    return TokenSurprisal(analysis, estimator, bits)


def _recalled(
    known: Sequence[TokenSurprisal], analysis: Analysis, estimator: Estimator
) -> TokenSurprisal | None:
    """Return what is known about a pass already, with nothing to compare it with."""
    for one in (one for each in known for one in (each, each.b)):
        if one is not None and one.analysis is analysis and one.estimator == estimator:
            return replace(one, comparison=None, b=None) if one.is_complete else None
    return None


def table(run: Analysis, bits: NDArray[np.float64], estimator: Estimator = "pll") -> Table:
    """Return a row for each token of ``run`` that has bits: float64 (token,), nan for none."""
    return TokenSurprisal(run, estimator, bits).table()


def arrays(run: Analysis, bits: NDArray[np.float64], estimator: Estimator = "pll") -> Arrays:
    """Return bits, ids and words of each token, (token,); see `table`."""
    return TokenSurprisal(run, estimator, bits).arrays()


def caption(run: Analysis, bits: NDArray[np.float64], estimator: Estimator = "pll") -> str:
    """Say how bits were measured, what they come to, and what that is not; see `table`."""
    return TokenSurprisal(run, estimator, bits).describe()
