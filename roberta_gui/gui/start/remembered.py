"""What the View shows comes back at the next start: from the View to the preferences, and back."""

from dataclasses import replace
from typing import Final

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.store import ViewStore

_DISPLAYED: Final = (
    "scale", "specials", "measure", "drawn_as", "unit", "strips", "line_mass", "difference", "sort",
    "roles", "basis", "dimensions", "trails", "estimator", "tint", "bits",
)  # fmt: skip
"""What of the Display is remembered under its own name."""


def remember(preferences: Preferences, store: ViewStore) -> None:
    """Copy what the View shows into the preferences, to come back at the next start."""
    view = store.view
    preferences.layer, preferences.head = view.selection.layer, view.selection.head
    preferences.space = str(view.display.space)
    for name in _DISPLAYED:
        setattr(preferences, name, getattr(view.display, name))


def recall(preferences: Preferences, store: ViewStore) -> None:
    """Bring the remembered display and selection back, before anything is drawn."""
    known = {name: getattr(preferences, name) for name in _DISPLAYED}
    store.display(space=Space.named(preferences.space), **known)
    store.apply(
        lambda view: replace(
            view,
            selection=replace(view.selection, layer=preferences.layer, head=preferences.head),
        )
    )
