"""What the Attention panel draws from: weights, contributions or rollout of all layers."""

from functools import partial

from roberta_gui.findings.attention.measured import MeasuredHeads, groups_of, measure_steps
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.records import Analysis
from roberta_gui.view import View


def is_direct(view: View) -> bool:
    """Whether what is wanted is there with the pass itself."""
    wanted = view.choices.attention.measure, view.choices.attention.unit
    return wanted == ("attention", "tokens") and subtracted(view) is None


def subtracted(view: View) -> Analysis | None:
    """Return the pass that shall be taken away, where a difference is wanted and there is one."""
    return view.baseline if view.choices.attention.difference else None


def measurement_of(view: View) -> Derivation | None:
    """Name the work that gives what is wanted; None where it is there, or cannot be done now."""
    analysis = view.analysis
    if analysis is None or analysis.model != view.model or is_direct(view):
        return None
    measure, unit, baseline = (
        view.choices.attention.measure,
        view.choices.attention.unit,
        subtracted(view),
    )
    wish = MeasuredHeads(analysis, baseline, measure, unit, groups_of(analysis, unit), ())
    work = partial(measure_steps, wish, view.selection.shown_head[0])
    asked = analysis.model if measure == "contribution" else None
    told = work if asked is not None else partial(work, None)
    return Derivation((analysis, baseline, measure, unit), told, asked)
