"""What the Attention panel draws from: weights, contributions or rollout of all layers."""

from functools import partial

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.attention_steps import MeasuredHeads, groups_of, measure_steps
from roberta_gui.findings.comparison.against import comparable_heads
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.view import View


def is_direct(view: View) -> bool:
    """Whether what is wanted is there with the pass itself."""
    wanted = view.choices.attention.measure, view.choices.attention.unit
    return wanted == ("attention", "tokens") and subtracted(view) is None


def compared(view: View) -> tuple[Comparison | None, str]:
    """Return what can be subtracted from the chosen measure, or why nothing can.

    Rollout follows all heads together: so it needs no head to have a counterpart.
    """
    if view.choices.attention.measure == "rollout" and view.comparison is not None:
        return view.comparison, ""
    return comparable_heads(view.comparison)


def subtracted(view: View) -> Comparison | None:
    """Return what shall be subtracted, where a difference is wanted and there is one."""
    return compared(view)[0] if view.choices.attention.difference else None


def measurement_of(view: View) -> Derivation | None:
    """Name the work that gives what is wanted; None where it is there, or cannot be done now."""
    analysis = view.analysis
    if analysis is None or analysis.model != view.model or is_direct(view):
        return None
    measure, unit = view.choices.attention.measure, view.choices.attention.unit
    comparison = subtracted(view)
    wish = MeasuredHeads(analysis, comparison, measure, unit, groups_of(analysis, unit), ())
    work = partial(measure_steps, wish, view.selection.shown_head[0])
    asked = analysis.model if measure == "contribution" else None
    told = work if asked is not None else partial(work, None)
    return Derivation((analysis, comparison, measure, unit), told, asked)
