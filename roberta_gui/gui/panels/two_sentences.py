"""What the panels have in common that hold a second sentence, B, against the first, A."""

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from roberta_gui.analysis.sentences.alignment import Alignment
from roberta_gui.findings.comparison.pair import Pair, describe_second
from roberta_gui.gui.panels.picture_panel import Finding, PicturePanel
from roberta_gui.gui.panels.reasons import Reason, no_model, no_sentence, problem_in, taking_turns
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.records import Analysis
from roberta_gui.view import View


def pair_of(view: View) -> Pair | None:
    """Return the passes to compare; None where one is missing or another model's."""
    a, b = view.analysis, view.second.analysis if view.second is not None else None
    if a is None or b is None or not a.model == b.model == view.model:
        return None
    one, other = a.request, b.request
    if (one.switched_off, one.ablation) != (other.switched_off, other.ablation):
        return None
    return Pair(a, b)


def baseline_of(view: View) -> Pair | None:
    """Return the same with every head on, while heads are switched off and both are there."""
    pair, second = pair_of(view), view.second
    baseline = (
        None
        if second is None or view.baseline is None or second.baseline is None
        else second.baseline
    )
    if pair is None or baseline is None or view.baseline is None or not pair.a.request.switched_off:
        return None
    texts = [each.request.text for each in pair]
    return (
        Pair(view.baseline, baseline)
        if texts == [view.baseline.request.text, baseline.request.text]
        else None
    )


class Compared(Finding, Protocol):
    """What was found of two sentences."""

    @property
    def pair(self) -> Pair:
        """Which two."""


Comparing = TypeVar("Comparing", bound=Compared)


class TwoSentencesPanel(TokenPanel, PicturePanel[Comparing]):
    """A panel that shows nothing but the comparison of two sentences."""

    passes = ("sentence", "sentence:second")

    def is_outdated(self, view: View) -> bool:
        """Tell whether either sentence's pass belongs to an earlier text or model."""
        return view.is_stale or view.is_second_stale

    def result(self, view: View) -> Comparing | None:
        """Return what was found; nothing once there is one sentence only."""
        return None if view.second is None else super().result(view)

    def reasons(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing, as far as it is missing for all such panels."""
        if view.second is None and view.model is not None:
            yield Reason("One sentence only", "“A | B” in the header (F8) brings a second one.")
        yield problem_in(view, *self.passes, "text:second", f"panel:{self.name}")
        yield no_model(view)
        yield no_sentence(view)
        yield taking_turns("Waiting for both sentences")

    @property
    def shown(self) -> Analysis | None:
        """The first sentence's pass."""
        known = self.known
        return None if known is None else known.pair.a

    def caption_text(self) -> str:
        """Say what the picture shows, and which sentence B is."""
        known, text = self.known, super().caption_text()
        return f"{text} {describe_second(known.pair)}" if known is not None and text else text


def tokens_of(alignment: Alignment) -> Sequence[int | None]:
    """Return A's token of each row; None where a token of B has no partner."""
    return [a for a, _ in alignment.rows]
