"""Surprisal of the sentence's tokens: asked for once, shown by the strip and by its panel."""

from functools import partial
from typing import Final

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import AS_AT_FIRST
from roberta_gui.findings.surprisal import TokenSurprisal, measure_steps, passes_needed
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.store import ViewStore
from roberta_gui.view import View
from roberta_gui.wording import counted, rough_time

NAME: Final = "surprisal"
"""Under which name the View keeps it."""

SECOND: Final = "surprisal:second"
"""The same of a second sentence."""


def surprisal_of(view: View) -> Derivation | None:
    """Say what to ask the models for, so that surprisal can be shown; None if it cannot be had.

    It is asked for in B too, where there is a B whose model can be asked; what is known is not.
    What takes many passes waits until somebody agrees to it, see :func:`passes_to_allow`.
    """
    analysis, estimator = view.analysis, view.choices.surprisal.estimator
    if analysis is None or not analysis.model.can_fill_masks or passes_to_allow(view):
        return None
    comparison = _askable(view)
    work = partial(measure_steps, analysis, comparison, estimator, _known(view))
    return Derivation((analysis, comparison, estimator), work, analysis.model)


def passes_to_allow(view: View) -> int:
    """Return how many passes somebody must agree to first: 0 where there are few, or were."""
    analysis, chosen = view.analysis, view.choices.surprisal
    if analysis is None or not analysis.model.can_fill_masks:
        return 0
    comparison = _askable(view)
    measured = (analysis,) if comparison is None else (analysis, comparison.b)
    needed = passes_needed(measured, chosen.estimator, _known(view))
    return needed if needed > chosen.passes else 0


def describe_cost(view: View) -> str:
    """Say what those passes take; the pass that was made for the pictures gives the time."""
    passes = passes_to_allow(view)
    seconds = 0.0 if view.analysis is None else view.analysis.seconds.get("layers", 0.0)
    cost = f"Measure: {counted(passes, 'pass', 'passes')}"
    return f"{cost}, {rough_time(seconds * passes)}" if seconds else cost


def allow(store: ViewStore, passes: int) -> None:
    """Agree to so many passes, and to those of a text that is a little longer: typing goes on."""
    most = AS_AT_FIRST.surprisal.passes
    while most < passes:
        most *= 2
    store.choose("surprisal", passes=most)


def known_surprisal(view: View) -> TokenSurprisal | None:
    """Return what is known by now; it may still belong to the sentence before."""
    derived = view.derived.get(NAME)
    return derived.value if derived is not None else None


def _askable(view: View) -> Comparison | None:
    """Return what the sentence is compared with, if the model of B can be asked."""
    comparison = view.comparison
    return comparison if comparison is not None and comparison.b.model.can_fill_masks else None


def _known(view: View) -> list[TokenSurprisal]:
    return [view.derived[name].value for name in (NAME, SECOND) if name in view.derived]
