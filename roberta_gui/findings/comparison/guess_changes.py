"""What the guesses of A have in B, over the whole vocabulary."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import where_b_is
from roberta_gui.findings.comparison.vocabularies import read_vocabularies
from roberta_gui.findings.model import ModelHandle
from roberta_gui.findings.names import spaced_word
from roberta_gui.findings.numbers import percentage
from roberta_gui.records import Candidate, FloatArray, Report, Stop, read_only


@dataclass(frozen=True, eq=False)
class GuessChanges:
    """Probabilities of the words of two lists, each in the pass of the other.

    Attributes
    ----------
    in_b
        float64 (mask, rank): what the words that A lists have in B; nan where the mask has no
        partner, or the word is not one token there.
    first_in_a
        float64 (mask,): what B's first guess has in A; nan likewise.
    """

    comparison: Comparison
    in_b: NDArray[np.float64]
    first_in_a: NDArray[np.float64]


def compare_guesses(
    comparison: Comparison, asked: ModelHandle, stop: Stop, report: Report
) -> Generator[None, None, GuessChanges]:
    """Ask the models for what the lists do not hold: a word of one may be far down in the other."""
    sides, logs = (comparison.a, comparison.b), list[FloatArray]()
    for side in sides:
        engine = asked.engine_of(side.model)
        logs.append((yield from engine.mask_log_probability_steps(side.request, stop)))
    to_b = to_a = np.arange(max(each.shape[1] for each in logs))
    if not comparison.has_same_tokenizer:
        both = yield from read_vocabularies(comparison, asked)
        to_a, to_b = (_index(both.ids, side) for side in (1, 0))
    n = max((len(fill.candidates) for fill in comparison.a.fills), default=0)
    in_b = np.full((len(comparison.a.fills), n), np.nan)
    first_in_a = np.full(len(in_b), np.nan)
    for mask, partner in enumerate(comparison.masks.tolist()):
        if partner >= 0:
            ids = [candidate.id for candidate in comparison.a.fills[mask].candidates]
            in_b[mask] = _picked(logs[1][partner], to_b[ids])
            best = comparison.b.fills[partner].candidates[0].id
            first_in_a[mask] = _picked(logs[0][mask], to_a[[best]])[0]
    return GuessChanges(comparison, read_only(in_b), read_only(first_in_a))


def _index(ids: NDArray[np.intp], side: int) -> NDArray[np.intp]:
    """Say for each row of one side's vocabulary which row of the other's it is; −1 for none."""
    own = ids[:, side]
    found = np.full(int(own.max(initial=-1)) + 1, -1, dtype=np.intp)
    found[own[own >= 0]] = ids[own >= 0, 1 - side]
    return found


def _picked(logarithms: FloatArray, ids: NDArray[np.intp]) -> NDArray[np.float64]:
    """Pick rows out of (vocabulary,): probabilities, nan for the row −1."""
    picked: NDArray[np.float64] = np.append(logarithms.astype(np.float64), np.nan)[ids]
    return np.exp(picked)


def known_in_b(
    mask: int, comparison: Comparison | None, changes: GuessChanges | None
) -> list[float | None]:
    """Say of each listed word what it has in B, as far as that is known; nan: it is none there."""
    if comparison is None:
        return []
    fill, partner = comparison.a.fills[mask], int(comparison.masks[mask])
    listed = {}
    if partner >= 0:
        listed = {
            _key(comparison, c): c.probability for c in comparison.b.fills[partner].candidates
        }
    asked = [None] * len(fill.candidates) if changes is None else changes.in_b[mask].tolist()
    # What the pass itself gave comes first: it is what the list showed before.
    known = zip(fill.candidates, asked, strict=True)
    return [listed.get(_key(comparison, candidate), value) for candidate, value in known]


def _key(comparison: Comparison, candidate: Candidate) -> tuple[object, ...]:
    if comparison.has_same_tokenizer:
        return (candidate.id,)
    return candidate.text, candidate.leading_space


def describe_entropy(mask: int, comparison: Comparison) -> str:
    """Say after a mask's entropy how that compares with B's; "" where the mask has no partner."""
    partner = int(comparison.masks[mask])
    if partner < 0:
        return ""
    now, before = comparison.a.fills[mask], comparison.b.fills[partner]
    where = where_b_is(comparison)
    more = f"{now.entropy_bits - before.entropy_bits:+.1f}"
    if more.strip("+-") == "0.0":
        return f", as {where}"
    return f", {more[1:]} {'more' if more[0] == '+' else 'less'} than {where}"


def describe_changes(mask: int, comparison: Comparison, changes: GuessChanges | None) -> str:
    """Say in sentences which word leads in B, what the second numbers are, and what lacks."""
    where, partner = where_b_is(comparison), int(comparison.masks[mask])
    if partner < 0:
        return f"This mask has no partner {where}: there is nothing to compare."
    told = []
    best, now = comparison.b.fills[partner].candidates[0], comparison.a.fills[mask].candidates[0]
    if _key(comparison, best) != _key(comparison, now) and changes is not None:
        left, had = float(changes.first_in_a[mask]), percentage(best.probability)
        a = "is not one token in A" if np.isnan(left) else f"has {percentage(left)} in A"
        told.append(f"{_word(best)} leads {where} with {had} and {a}.")
    told.append("Last column: A − B in percentage points.")
    n_lacking = 0 if changes is None else int(np.isnan(changes.in_b[mask]).sum())
    if n_lacking:
        are = "word is" if n_lacking == 1 else "words are"
        told.append(f"{n_lacking} {are} not one token {where}: no number stands there.")
    return " ".join(told)


def _word(candidate: Candidate) -> str:
    return spaced_word(candidate.text, candidate.leading_space)
