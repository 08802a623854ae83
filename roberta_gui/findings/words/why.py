"""Why a word is guessed: what each token adds to its log-probability at a mask, in bits."""

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from roberta_gui.findings.notation.names import array_index, formula, spelled, token_name
from roberta_gui.findings.notation.numbers import whole_percent, written, written_change
from roberta_gui.findings.steps.model import ModelHandle
from roberta_gui.findings.tables import Arrays, Table, grid
from roberta_gui.problems import Problem, SeveralPieces, UnencodableText
from roberta_gui.records import (
    Analysis,
    Attribution,
    AttributionMethod,
    Report,
    Stop,
    WordOrRow,
    read_only,
)
from roberta_gui.wording import counted


class Method(NamedTuple):
    """A way to share a guess out: its name, alone and within a sentence, and what it does."""

    name: str
    phrase: str
    tip: str


METHODS: Final[Mapping[str, Method]] = {
    "integrated_gradients": Method(
        "Integrated gradients", "integrated gradients",
        "Gradients on the way from masks in place of all words to the sentence, times that way",
    ),
    "gradient_x_input": Method(
        "Gradient × input", "gradient × input",
        "The gradient at the sentence, times the embeddings: true for small changes only",
    ),
    "occlusion": Method(
        "Occlusion", "occlusion", "What is lost when a mask takes the place of this token alone"
    ),
}  # fmt: skip

STEPS: Final = 16
"""Points on the way at which integrated gradients look: half of the library's, for half its time.

What they miss of a guess's bits is said beside them: some hundredths at the most.
"""

TITLE: Final = "Why this guess"
TIP: Final = (
    "How much each token of the sentence adds to a word at the mask, or takes from it, in bits"
)

LEAST_BITS: Final = 0.5
"""Scales reach so far at least: what is next to nothing looks so."""

_ADDS_UP: Final = "integrated_gradients"
"""The one method whose values come to what the sentence has over the baseline."""


@dataclass(frozen=True)
class WhyRequest:
    """Whose log-probability is followed back, less another's ("" for none), at which mask, how."""

    word: WordOrRow
    against: str
    method: AttributionMethod
    mask: int


def passes_needed(analysis: Analysis, method: AttributionMethod) -> int:
    """Count how often the model reads the sentence for it: back takes as long as forwards twice."""
    if method == "occlusion":
        return sum(not (token.is_special or token.is_mask) for token in analysis.tokens)
    return 3 * (STEPS if method == "integrated_gradients" else 1)


def explain(
    question: WhyRequest, analysis: Analysis, handle: ModelHandle, stop: Stop, report: Report
) -> Generator["Why", None, "Why"]:
    """Follow a guess back to the tokens, telling more and more.

    A word that is not one token is no failure: the answer says why it cannot be followed.
    """
    why = Why(analysis)
    engine = handle.engine_of(analysis.model)
    try:
        for attribution in engine.attribute_steps(
            analysis.request, question.word, question.against or None, question.method,
            steps=STEPS, mask=question.mask, stop=stop, report=report,
        ):  # fmt: skip
            why = Why(analysis, attribution)
            yield why
    except (SeveralPieces, UnencodableText) as refusal:
        return Why(analysis, refusal=refusal)
    return why


@dataclass(frozen=True, eq=False)
class Why:
    """What is known by now of where a guess comes from; ``analysis`` only where a window has it."""

    analysis: Analysis | None = None
    attribution: Attribution | None = None
    refusal: Problem | None = None

    @property
    def known(self) -> Attribution | None:
        """The attribution, once a token has a value."""
        one = self.attribution
        return None if one is None or bool(np.isnan(one.values).all()) else one

    def bits(self) -> NDArray[np.float64]:
        """Return what each token adds, in bits, (token,); nan where there is no value."""
        return read_only(_need(self).values / math.log(2))

    @property
    def unaccounted(self) -> float:
        """Bits by which the values miss what the sentence has over the baseline."""
        return _need(self).completeness_error / math.log(2)

    @property
    def target(self) -> str:
        """What is followed back, as a formula."""
        one = _need(self)
        return formula(spelled(one.word), None if one.against is None else spelled(one.against))

    def tip(self, token: int) -> str:
        """Say what one token adds, and where that stands in the array."""
        one = _need(self)
        name, bits = f"{token_name(one.tokens[token])} (token {token + 1})", self.bits()[token]
        if math.isnan(bits):
            return f"{name}: {METHODS[one.method].name} gives it no value"
        adds = f"{name}: {written_change(float(bits), 3)} bits of {self.target}"
        return f"{adds}\n{array_index('bits', token)}"

    def describe_tint(self) -> str:
        """Say what it means that a token is tinted."""
        return (
            f"What each token adds to {self.target}, {METHODS[_need(self).method].phrase}: "
            "orange tokens speak for the word, blue ones against it."
        )

    def table(self) -> Table:
        """Return a row for each token that has a value."""
        one = _need(self)
        n_tokens = len(one.tokens)
        names = {
            "token_index": range(n_tokens),
            "token": [token_name(token) for token in one.tokens],
            "id": [token.id for token in one.tokens],
            "method": [one.method] * n_tokens,
        }
        bits = self.bits()
        return grid([names], {"bits": bits}, ~np.isnan(bits))

    def arrays(self) -> Arrays:
        """Return bits and ids, (token,), and the target's bits in sentence and baseline."""
        one = _need(self)
        return {
            "bits": self.bits(),
            "ids": np.array([token.id for token in one.tokens], dtype=np.int64),
            "score_bits": np.array(one.score / math.log(2)),
            "baseline_score_bits": np.array(one.baseline_score / math.log(2)),
            "word": np.array(one.word),
            "against": np.array(one.against or ""),
            "method": np.array(one.method),
        }

    def caption(self) -> str:
        """Say what the target is, what it comes to, and how much of that the tokens explain."""
        one = _need(self)
        here, there = (written(score / math.log(2)) for score in (one.score, one.baseline_score))
        said = f"{self.target}: {here} bits in the sentence, {there} with every word masked;"
        if one.fraction < 1:
            return f"{said} {whole_percent(one.fraction)} of the work is done."
        left = f"{written(self.unaccounted)} bits are not accounted for"
        if one.method == _ADDS_UP:
            return f"{said} {left}."
        return f"{said} {left} ({METHODS[one.method].phrase} need not add up)."

    @property
    def remark(self) -> str:
        """Say in a few words what all tokens add together."""
        one = _need(self)
        total = written_change(one.total / math.log(2), 2)
        return f"{total} bits from {counted(int((~np.isnan(one.values)).sum()), 'token')}"


def _need(why: Why) -> Attribution:
    """Return the attribution, which whoever asks for its numbers knows to be there."""
    if why.attribution is None:
        raise ValueError("Nothing is known yet.")
    return why.attribution
