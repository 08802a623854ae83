"""What the panels share that draw tokens on principal axes: places and words."""

from functools import partial

from roberta_gui.analysis.projection import Basis
from roberta_gui.findings.hidden_states.projecting import project
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.why_empty import say_waiting
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.view import View


def projection_of(view: View, basis: Basis) -> Derivation | None:
    """Name the work that finds the tokens' places in all layers; None while it cannot be done.

    While heads are switched off, also the places with every head on.
    """
    if view.analysis is None or view.axes is None or view.analysis.model != view.model:
        return None
    fitted = view.axes.fitted(view.choices.hidden.space, basis)
    if fitted is None:
        return None
    # By what is fitted, not by all axes: those grow while other spaces are fitted.
    work = partial(project, view.analysis, view.baseline, view.axes, fitted)
    return Derivation((view.analysis, view.baseline, fitted), work)


def say_why_empty(empty: EmptyState, view: View, panel: str, basis: Basis) -> None:
    """Say why nothing lies on any axes yet, and how far that is."""
    progress, space = view.progress.get("panel:axes"), view.choices.hidden.space
    problem = view.problem_of("sentence", "panel:axes", f"panel:{panel}")
    if problem is not None:
        empty.say(problem.title, problem.hint)
    elif view.model is None:
        say_waiting(empty, view, "Projecting the sentence")
    elif progress is not None and view.axes is None:
        empty.say(
            "Fitting the axes",
            "Once for each model: its axes are fitted on reference sentences, "
            "so that they never jump while you type.",
            progress.fraction,
            busy=True,
        )
    elif view.axes is not None and space not in view.axes.spaces:
        text = "This model has too few dimensions to take so many away."
        empty.say(f"{space.label} leaves nothing", text)
    elif progress is not None and view.axes is not None and not view.axes.is_complete:
        what = space.label.lower() if basis == "joint" else "axes for each layer"
        empty.say(
            f"Fitting {what}",
            "Raw, centred and standardised on joint axes are there already; the others follow.",
            progress.fraction,
            busy=True,
        )
    else:
        say_waiting(empty, view, "Projecting the sentence")
