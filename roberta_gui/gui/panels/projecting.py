"""What the panels share that draw tokens on principal axes: places and words."""

from dataclasses import dataclass
from functools import partial

from roberta_gui.analysis.axes.first_axis import FirstAxis
from roberta_gui.analysis.axes.reference_axes import Fitted, ReferenceAxes
from roberta_gui.analysis.projection import Basis
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.written_numbers import written
from roberta_gui.records import Analysis, FloatArray, Report, Stop
from roberta_gui.view import View

CLOSE = 0.5
"""Smallest correlation, in absolute value, of which a sentence says "mostly goes with"."""


@dataclass(frozen=True, eq=False)
class Projected:
    """Where the tokens lie: float32 (layer + 1, token, axis), and what it was made from.

    ``before`` is where they lie with every head on, where somebody wants to compare.
    """

    analysis: Analysis
    axes: ReferenceAxes
    fitted: Fitted
    places: FloatArray
    before: FloatArray | None = None


def projection_of(view: View, basis: Basis) -> Derivation | None:
    """Name the work that finds the tokens' places in all layers; None while it cannot be done.

    While heads are switched off, also the places with every head on.
    """
    if view.analysis is None or view.axes is None or view.analysis.model != view.model:
        return None
    fitted = view.axes.fitted(view.display.space, basis)
    if fitted is None:
        return None
    # By what is fitted, not by all axes: those grow while other spaces are fitted.
    work = partial(_project, view.analysis, view.full, view.axes, fitted)
    return Derivation((view.analysis, view.full, fitted), work)


def _project(
    analysis: Analysis,
    full: Analysis | None,
    axes: ReferenceAxes,
    fitted: Fitted,
    stop: Stop,
    report: Report,
) -> Projected:
    before = None if full is None else fitted.axes.transform(full.hidden)
    return Projected(analysis, axes, fitted, fitted.axes.transform(analysis.hidden), before)


def first_axis_words(first: FirstAxis) -> str:
    """Say in a sentence what the first axis of a layer goes with: position, norm, a dimension."""
    (name, r), *others = _told(first)
    rest = ", ".join(f"{other}: {written(each, 2)}" for other, each in others)
    how = "mostly goes with" if abs(r) >= CLOSE else "goes closely with nothing; most with"
    return f"PC1 {how} {name} (r = {written(r, 2)}; {rest}; n = {first.n:,})."


def first_axis_phrase(first: FirstAxis) -> str:
    """Say in few words what the first axis of a layer goes with most, and how closely."""
    name, r = _told(first)[0]
    how = "mostly goes" if abs(r) >= CLOSE else "goes closely with nothing; most"
    return f"PC1 {how} with {name} (r = {written(r, 2)})"


def first_axis_notes(first: FirstAxis) -> tuple[str, str]:
    """Say in two words what the first axis of a layer goes with most, and in short.

    Both are "" where it goes with nothing closely.
    """
    name, r = _told(first)[0]
    if abs(r) < CLOSE:
        return "", ""
    short = written(r, 2).replace("0.", ".").replace("1.00", "1")
    return f"PC1: {name}, {written(r, 2)}", f"{name.replace('dimension', 'dim')} {short}"


def closest(first: FirstAxis) -> str:
    """Name what the first axis of a layer goes with most."""
    return _told(first)[0][0]


def correlation(first: FirstAxis, name: str) -> float | None:
    """Return how closely the first axis of a layer goes with something; None if not measured."""
    return dict(_told(first)).get(name)


def _told(first: FirstAxis) -> list[tuple[str, float]]:
    """Return with what the axis goes and how closely, the closest first."""
    told = [
        ("position", first.position),
        ("norm", first.norm),
        (f"dimension {first.dimension}", first.dimension_r),
    ]
    return sorted(told, key=lambda pair: -abs(pair[1]))


def layer_name(layer: int) -> str:
    """Name a hidden-state layer in the middle of a sentence."""
    return f"layer {layer}" if layer else "the embeddings"


def say_why_empty(empty: EmptyState, view: View, panel: str, basis: Basis) -> None:
    """Say why nothing lies on any axes yet, and how far that is."""
    progress, space = view.progress.get("panel:axes"), view.display.space
    problem = view.problem_of("sentence", "panel:axes", f"panel:{panel}")
    if problem is not None:
        empty.say(problem.title, problem.hint)
    elif view.model is None:
        empty.say("Getting ready", "Hidden states appear as soon as a model is loaded.")
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
        empty.say("Getting ready", "Projecting the sentence.")
