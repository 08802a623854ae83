"""TokenAlignment: which tokens of A and B belong together, found once for two sentences."""

from dataclasses import dataclass

from roberta_gui.analysis.sentences.alignment import Alignment
from roberta_gui.analysis.sentences.comparison import align_runs
from roberta_gui.records import Run
from roberta_gui.view import View


@dataclass(frozen=True, eq=False)
class _Known:
    """Two sentences with what was found: the alignment, and B's partner of each token of A."""

    a: Run
    b: Run
    alignment: Alignment
    second: dict[int, int]


class TokenAlignment:
    """Remembers the alignment of the two sentences that were asked about last."""

    def __init__(self) -> None:
        self._known: _Known | None = None

    def of(self, view: View) -> Alignment | None:
        """Align what is typed in both; None where there is one sentence only."""
        known = self._find(view)
        return known.alignment if known is not None else None

    def second_of(self, view: View) -> dict[int, int]:
        """Map each token of A that has a partner to that in B; kept, since a hover asks for it."""
        known = self._find(view)
        return known.second if known is not None else {}

    def alone(self, view: View, side: int) -> tuple[int, ...]:
        """List the tokens of A (``side`` 0) or of B (1) that have no partner."""
        alignment = self.of(view)
        rows = alignment.rows if alignment is not None else ()
        return tuple(row[side] for row in rows if None in row and row[side] is not None)  # type: ignore[misc]

    def _find(self, view: View) -> _Known | None:
        a, b = view.run, view.second
        if b is None:
            return None
        known = self._known
        if known is None or known.a.tokens is not a.tokens or known.b.tokens is not b.tokens:
            alignment = align_runs(a, b)
            second = dict(alignment.pairs.tolist())
            known = self._known = _Known(a, b, alignment, second)
        return known
