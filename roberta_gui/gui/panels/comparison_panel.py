"""What the panels have in common that show nothing but A held against B."""

from collections.abc import Iterator, Sequence

from roberta_gui.analysis.sentences.alignment import Alignment
from roberta_gui.findings.comparison.against import HOW_TO_COMPARE, why_not
from roberta_gui.gui.panels.picture_panel import Result
from roberta_gui.gui.panels.reasons import Reason
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.lanes import SECOND_SENTENCE, SECOND_TOKENS, SENTENCE, Lane
from roberta_gui.records import Analysis
from roberta_gui.view import View


class ComparisonPanel(TokenPanel[Result]):
    """A panel that shows nothing but the comparison of two passes."""

    busy = "Waiting for both sides"
    lanes = (SENTENCE, SECOND_SENTENCE, SECOND_TOKENS)

    @property
    def passes(self) -> tuple[Lane, ...]:
        """Both are shown, or waited for."""
        return self.lanes[:2]

    def is_outdated(self, view: View) -> bool:
        """Tell whether either pass belongs to an earlier text or model."""
        return view.is_stale or view.is_second_stale

    def result(self, view: View) -> Result | None:
        """Return what was found; nothing once there is nothing to compare."""
        return super().result(view) if self.has_two(view) else None

    def has_two(self, view: View) -> bool:
        """Tell whether there are two passes, or will be soon, that can be compared here."""
        return view.against is not None and not (view.comparison and not self.comparable(view))

    def reasons(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing, as far as it is missing for all such panels."""
        if view.against is None and view.model is not None:
            yield Reason("Nothing to compare with", f"{HOW_TO_COMPARE}.")
        if view.comparison is not None and self.comparable(view) is None:
            yield Reason("Not comparable here", why_not(view.comparison, self.needs))
        yield from super().reasons(view)

    @property
    def shown(self) -> Analysis | None:
        """The pass of A."""
        return None if self.compared is None else self.compared.a


def tokens_of(alignment: Alignment) -> Sequence[int | None]:
    """Return A's token of each row; None where a token of B has no partner."""
    return [a for a, _ in alignment.rows]
