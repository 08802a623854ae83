"""Guesses as the window lists them: which words, how each is written, and what it has in B."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import GuessesChoices
from roberta_gui.findings import guesses
from roberta_gui.findings.guesses import (
    AtToken,
    GuessChanges,
    compare_guesses,
    hide,
    list_guesses,
    list_hidden,
    unhide,
)
from roberta_gui.findings.steps.model import ModelHandle, written_forms
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis, FloatArray, Replacement, Report, Stop

UNTRIED: Final = Replacement(0, 0, "")
"""Stands for a guess that nobody has tried to write yet."""
_ALL: Final = slice(None)

Source = tuple[Analysis | None, Comparison | None, int | None]
"""An analysis, what it is held against, and the token in whose place words are listed."""
Chosen = tuple[GuessesChoices, tuple[str, ...]]
"""Which words are listed, and those to which the list is kept where that is chosen."""


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
    source
        The analysis, comparison and hidden token that the window shows: ``analysis`` lists other
        words of it where somebody looks for more.
    chosen
        Which words these are.
    at_token
        What is said in place of a token, where that is listed and not the masks.
    """

    analysis: Analysis
    comparison: Comparison | None
    forms: Mapping[tuple[int, int], Replacement | None] = field(default_factory=dict)
    changes: GuessChanges | None = None
    source: Source = (None, None, None)
    chosen: Chosen = (GuessesChoices(), ())
    at_token: AtToken | None = None

    def table(self) -> Table:
        """Return the guesses at every mask, compared with B where there is one."""
        if self.at_token is not None:
            return self.at_token.table()
        return guesses.table(self.analysis, self._in_b)

    def arrays(self) -> Arrays:
        """Return ids and probabilities of the guesses at every mask, (mask, rank)."""
        if (at := self.at_token) is not None:
            return guesses.arrays(self.analysis, at.other, at.other_name)
        return guesses.arrays(self.analysis, self._in_b)

    @property
    def _in_b(self) -> FloatArray | None:
        return None if self.changes is None else self.changes.in_b


def know_guesses(
    analysis: Analysis,
    comparison: Comparison | None,
    hidden: int | None,
    chosen: Chosen,
    handle: ModelHandle,
    stop: Stop,
    report: Report,
    *,
    rows: slice = _ALL,
    before: KnownGuesses | None = None,
) -> Generator[KnownGuesses | None, None, KnownGuesses]:
    """List the chosen guesses; try some ``rows`` in their places; then compare them with B.

    ``before`` is what is known of just these guesses.
    """
    source = analysis, comparison, hidden
    known = before
    if known is None and hidden is not None:
        at = yield from list_hidden(analysis, hidden, chosen[0], handle, stop, chosen[1])
        known = KnownGuesses(at.analysis, None, source=source, chosen=chosen, at_token=at)
        yield known
    elif known is None:
        listed = yield from list_guesses(analysis, chosen[0], handle, stop, chosen[1])
        if comparison is not None and listed is not comparison.a:
            comparison = replace(comparison, a=listed)
        known = KnownGuesses(listed, comparison, source=source, chosen=chosen)
    for mask, fill in enumerate(known.analysis.fills):
        tried = [one.id for one in fill.candidates[rows] if (mask, one.id) not in known.forms]
        found = yield from _forms_of(analysis, hidden, mask, tried, handle, stop)
        known = replace(known, forms={**known.forms, **found})
        yield known
    if known.comparison is None or known.changes is not None:
        return known
    changes = yield from compare_guesses(known.comparison, handle, stop, report)
    return replace(known, changes=changes)


def _forms_of(
    analysis: Analysis,
    hidden: int | None,
    mask: int,
    rows: Sequence[int],
    handle: ModelHandle,
    stop: Stop,
) -> Generator[None, None, dict[tuple[int, int], Replacement | None]]:
    """Find what to write so that rows of the vocabulary stand at a mask, or over a token."""
    request, at = (analysis.request, mask) if hidden is None else hide(analysis, hidden)
    found = yield from written_forms(handle.engine, request, rows, at, stop)
    return {
        (mask, row): form if form is None or hidden is None else unhide(form, analysis, hidden)
        for row, form in zip(rows, found, strict=True)
    }
