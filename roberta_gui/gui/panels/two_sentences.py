"""What the panels have in common that hold a second sentence, B, against the first, A."""

from roberta_gui.findings.comparison.pair import Pair
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.panels.why_empty import say_waiting
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
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


class TwoSentencesPanel(Panel):
    """A panel that shows nothing but the comparison of two sentences."""

    passes = ("sentence", "sentence:second")

    def is_outdated(self, view: View) -> bool:
        """Tell whether either sentence's pass belongs to an earlier text or model."""
        return view.is_stale or view.is_second_stale

    def say_why_empty(self, empty: EmptyState, view: View) -> None:
        """Say what is missing, as far as it is missing for all such panels."""
        problem = view.problem_of(
            "sentence", "sentence:second", "text:second", f"panel:{self.name}"
        )
        if view.second is None and view.model is not None:
            empty.say("One sentence only", "“A | B” in the header (F8) brings a second one.")
        elif problem is not None:
            empty.say(problem.title, problem.hint)
        else:
            say_waiting(empty, view, "Waiting for both sentences")
