"""TokenAlignment: which tokens of A and B belong together, found once for two sentences."""

from roberta_gui.analysis.sentences.alignment import Alignment
from roberta_gui.analysis.sentences.comparison import align_runs
from roberta_gui.view import View


class TokenAlignment:
    """Remembers the alignment of the two sentences that were asked about last."""

    def __init__(self) -> None:
        self._tokens: tuple[object, object] = (None, None)
        self._alignment: Alignment | None = None
        self._second: dict[int, int] = {}

    def of(self, view: View) -> Alignment | None:
        """Align what is typed in both; None where there is one sentence only."""
        a, b, known = view.run, view.second, self._tokens
        if b is None:
            return None
        if self._alignment is None or known[0] is not a.tokens or known[1] is not b.tokens:
            self._tokens, self._alignment = (a.tokens, b.tokens), align_runs(a, b)
            self._second = dict(self._alignment.pairs.tolist())
        return self._alignment

    def second_of(self, view: View) -> dict[int, int]:
        """Map each token of A that has a partner to that in B; kept, since a hover asks for it."""
        return self._second if self.of(view) is not None else {}

    def alone(self, view: View, side: int) -> tuple[int, ...]:
        """List the tokens of A (``side`` 0) or of B (1) that have no partner."""
        alignment = self.of(view)
        rows = alignment.rows if alignment is not None else ()
        return tuple(row[side] for row in rows if None in row and row[side] is not None)  # type: ignore[misc]
