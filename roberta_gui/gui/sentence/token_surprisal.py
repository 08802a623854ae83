"""Surprisal of the sentence's tokens: asked for once, shown by the strip and by its panel."""

from functools import partial
from typing import Final

from roberta_gui.findings.surprisal import TokenSurprisal, measure_steps
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.view import View

NAME: Final = "surprisal"
"""Under which name the View keeps it."""

SECOND: Final = "surprisal:second"
"""The same of a second sentence."""


def surprisal_of(view: View) -> Derivation | None:
    """Say what to ask the models for, so that surprisal can be shown; None if it cannot be had.

    It is asked for in B too, where there is a B whose model can be asked; what is known is not.
    """
    analysis, estimator = view.analysis, view.choices.surprisal.estimator
    if analysis is None or not analysis.model.can_fill_masks:
        return None
    comparison = view.comparison
    if comparison is not None and not comparison.b.model.can_fill_masks:
        comparison = None
    known = [view.derived[name].value for name in (NAME, SECOND) if name in view.derived]
    work = partial(measure_steps, analysis, comparison, estimator, known)
    return Derivation((analysis, comparison, estimator), work, analysis.model)


def known_surprisal(view: View) -> TokenSurprisal | None:
    """Return what is known by now; it may still belong to the sentence before."""
    derived = view.derived.get(NAME)
    return derived.value if derived is not None else None
