"""What is known of listed guesses beyond their pass: which can be written, and what they had."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings import guesses
from roberta_gui.findings.guesses import GuessChanges, compare_guesses
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
    comparison, changes
        What A is held against, and what the guesses have there.
    """

    analysis: Analysis
    comparison: Comparison | None
    forms: Mapping[tuple[int, int], Replacement | None] = field(default_factory=dict)
    changes: GuessChanges | None = None

    def table(self) -> Table:
        """Return the guesses at every mask, compared with B where there is one."""
        return guesses.table(self.analysis, self._in_b)

    def arrays(self) -> Arrays:
        """Return ids and probabilities of the guesses at every mask, (mask, rank)."""
        return guesses.arrays(self.analysis, self._in_b)

    @property
    def _in_b(self) -> FloatArray | None:
        return None if self.changes is None else self.changes.in_b


def know_guesses(
    analysis: Analysis,
    comparison: Comparison | None,
    asked: ModelHandle,
    stop: Stop,
    report: Report,
) -> Generator[KnownGuesses | None, None, KnownGuesses]:
    """Try every guess in its place, a mask a step; then compare it with B."""
    known = KnownGuesses(analysis, comparison)
    for mask, fill in enumerate(analysis.fills):
        rows = [candidate.id for candidate in fill.candidates]
        found = asked.engine.replacements(analysis.request, rows, mask, stop)
        forms = {(mask, row): form for row, form in zip(rows, found, strict=True)}
        known = replace(known, forms={**known.forms, **forms})
        yield known
    if comparison is None:
        return known
    return replace(known, changes=(yield from compare_guesses(comparison, asked, stop, report)))
