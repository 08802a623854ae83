"""What the View shows comes back at the next start: from the View to the preferences, and back."""

from dataclasses import replace
from typing import Final

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.store import ViewStore
from roberta_gui.records import ModelInfo

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
    if view.model is not None:  # else what was remembered has not come back yet
        heads = sorted(view.switched_off)
        preferences.off = ",".join(f"{layer + 1}.{head + 1}" for layer, head in heads)
        preferences.off_weights = view.model.weights_sha256
        preferences.ablation = view.ablation
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


def heads_left_off(preferences: Preferences, model: ModelInfo) -> frozenset[tuple[int, int]]:
    """Return which heads of this very model were off at the end of the last run."""
    if preferences.off_weights != model.weights_sha256:
        return frozenset()
    found = set()
    for name in preferences.off.split(","):
        layer, _, head = name.partition(".")
        if layer.isdecimal() and head.isdecimal():
            found.add((int(layer) - 1, int(head) - 1))
    return frozenset(
        (layer, head)
        for layer, head in found
        if 0 <= layer < model.n_layers and 0 <= head < model.n_heads
    )
