"""What is known of listed guesses beyond their pass: which can be written, and what they had."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace

from roberta_gui.findings import guesses
from roberta_gui.findings.comparison.guess_changes import GuessChanges, compare_guesses
from roberta_gui.findings.model import ModelHandle
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis, FloatArray, Replacement, Report, Stop


@dataclass(frozen=True, eq=False)
class KnownGuesses:
    """What is known so far.

    Attributes
    ----------
    forms
        By (mask, row): what to write so that this guess stands in place of the mask; None where
        no text gives it.
    changes
        What they had with every head on, while some are off.
    """

    analysis: Analysis
    baseline: Analysis | None
    forms: Mapping[tuple[int, int], Replacement | None] = field(default_factory=dict)
    changes: GuessChanges | None = None

    def table(self) -> Table:
        """Return the guesses at every mask, compared with every head on where some are off."""
        return guesses.table(self.analysis, self._before)

    def arrays(self) -> Arrays:
        """Return ids and probabilities of the guesses at every mask, (mask, rank)."""
        return guesses.arrays(self.analysis, self._before)

    @property
    def _before(self) -> FloatArray | None:
        return None if self.changes is None else self.changes.before


def know_guesses(
    analysis: Analysis, baseline: Analysis | None, asked: ModelHandle, stop: Stop, report: Report
) -> Generator[KnownGuesses | None, None, KnownGuesses]:
    """Try every guess in its place, a mask a step; then compare it with every head on."""
    known = KnownGuesses(analysis, baseline)
    for mask, fill in enumerate(analysis.fills):
        rows = [candidate.id for candidate in fill.candidates]
        found = asked.engine.replacements(analysis.request, rows, mask, stop)
        forms = {(mask, row): form for row, form in zip(rows, found, strict=True)}
        known = replace(known, forms={**known.forms, **forms})
        yield known
    if baseline is None:
        return known
    return replace(
        known, changes=(yield from compare_guesses(analysis, baseline, asked, stop, report))
    )
