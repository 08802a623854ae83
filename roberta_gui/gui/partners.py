"""Partners: which tokens of A and B belong together, found once for two sentences."""

from roberta_gui.analysis.sentences.alignment import Alignment, align
from roberta_gui.view import Typed, View


class Partners:
    """Remembers the alignment of the two sentences that were asked about last."""

    def __init__(self) -> None:
        self._known: tuple[Typed, Typed, Alignment] | None = None

    def of(self, view: View) -> Alignment | None:
        """Align what is typed in both; None where there is one sentence only."""
        a, b = view.typed, view.second.typed if view.second is not None else None
        if a is None or b is None:
            return None
        known = self._known
        if known is None or known[0] is not a or known[1] is not b:
            known = self._known = (a, b, align(a.tokens, b.tokens))
        return known[2]

    def alone(self, view: View, side: int) -> tuple[int, ...]:
        """List the tokens of A (``side`` 0) or of B (1) that have no partner."""
        alignment = self.of(view)
        rows = alignment.rows if alignment is not None else ()
        return tuple(row[side] for row in rows if None in row and row[side] is not None)  # type: ignore[misc]
