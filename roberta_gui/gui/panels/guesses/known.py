"""What is known of listed guesses beyond their pass: which can be written, and what they had."""

from collections.abc import Generator
from dataclasses import dataclass, replace

from roberta_gui.findings.comparison.guess_changes import GuessChanges, compare_guesses
from roberta_gui.findings.model import ModelHandle
from roberta_gui.records import Analysis, Report, Stop


@dataclass(frozen=True, eq=False)
class KnownGuesses:
    """What is known so far.

    Attributes
    ----------
    unwritable
        (mask, row): guesses that no text gives in place of their mask.
    changes
        What they had with every head on, while some are off.
    """

    analysis: Analysis
    baseline: Analysis | None
    unwritable: frozenset[tuple[int, int]] = frozenset()
    changes: GuessChanges | None = None


def know_guesses(
    analysis: Analysis, baseline: Analysis | None, asked: ModelHandle, stop: Stop, report: Report
) -> Generator[KnownGuesses | None, None, KnownGuesses]:
    """Try every guess in its place, a mask a step; then compare it with every head on."""
    known = KnownGuesses(analysis, baseline)
    for mask, fill in enumerate(analysis.fills):
        rows = [candidate.id for candidate in fill.candidates]
        found = asked.engine.replacements(analysis.request, rows, mask, stop)
        lost = {(mask, row) for row, form in zip(rows, found, strict=True) if form is None}
        known = replace(known, unwritable=known.unwritable | lost)
        yield known
    if baseline is None:
        return known
    return replace(
        known, changes=(yield from compare_guesses(analysis, baseline, asked, stop, report))
    )
