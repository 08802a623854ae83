"""What guesses gain and lose while heads are switched off, over the whole vocabulary."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.findings.model import ModelHandle
from roberta_gui.findings.names import spaced_word
from roberta_gui.findings.numbers import percentage
from roberta_gui.records import Analysis, Candidate, FillMask, FloatArray, Report, Stop


@dataclass(frozen=True, eq=False)
class GuessChanges:
    """Probabilities of the words of two lists, each in the pass of the other.

    Attributes
    ----------
    analysis, baseline
        The sentence with heads switched off, and with every head on.
    before
        float64 (mask, rank): of the words that ``analysis`` lists, with every head on.
    after
        float64 (mask, rank): of the words that ``baseline`` lists, with heads switched off.
    """

    analysis: Analysis
    baseline: Analysis
    before: NDArray[np.float64]
    after: NDArray[np.float64]


def compare_guesses(
    analysis: Analysis, baseline: Analysis, asked: ModelHandle, stop: Stop, report: Report
) -> Generator[None, None, GuessChanges]:
    """Ask the model for what the lists do not hold: a word of one may be far down in the other."""
    every_head_on = yield from asked.engine.mask_log_probability_steps(baseline.request, stop)
    some_off = yield from asked.engine.mask_log_probability_steps(analysis.request, stop)
    return GuessChanges(
        analysis,
        baseline,
        _picked(every_head_on, analysis.fills),
        _picked(some_off, baseline.fills),
    )


def _picked(logarithms: FloatArray, fills: Sequence[FillMask]) -> NDArray[np.float64]:
    """Pick the listed words out of (mask, vocabulary): probabilities, (mask, rank)."""
    ids = np.array([[candidate.id for candidate in fill.candidates] for fill in fills])
    return np.exp(np.take_along_axis(logarithms.astype(np.float64), ids, axis=1))


def known_before(
    mask: int, baseline: Analysis | None, changes: GuessChanges | None
) -> dict[int, float]:
    """Say by id what words had with every head on, as far as it is known already."""
    if baseline is None:
        return {}
    known = {c.id: c.probability for c in baseline.fills[mask].candidates}
    if changes is not None:
        listed = changes.analysis.fills[mask].candidates
        both = zip(listed, changes.before[mask].tolist(), strict=True)
        # What the pass itself gave comes first: it is what the list showed before.
        known = {c.id: probability for c, probability in both} | known
    return known


def describe_entropy(fill: FillMask, before: FillMask) -> str:
    """Say after a mask's entropy how that compares with every head on."""
    more = f"{fill.entropy_bits - before.entropy_bits:+.1f}"
    if more.strip("+-") == "0.0":
        return ", as with every head on"
    return f", {more[1:]} {'more' if more[0] == '+' else 'less'} than with every head on"


def describe_changes(
    mask: int, analysis: Analysis, baseline: Analysis, changes: GuessChanges | None
) -> str:
    """Say in sentences which word led with every head on, and what the second numbers are."""
    told = []
    best, now = baseline.fills[mask].candidates[0], analysis.fills[mask].candidates[0]
    if best.id != now.id and changes is not None:
        left = percentage(float(changes.after[mask, 0]))
        told.append(f"{_word(best)} led with {percentage(best.probability)} and has {left} now.")
    told.append("Last column: the change in percentage points.")
    return " ".join(told)


def _word(candidate: Candidate) -> str:
    return spaced_word(candidate.text, candidate.leading_space)
