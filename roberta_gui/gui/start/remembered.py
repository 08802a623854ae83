"""What the View shows comes back at the next start: from the View to the preferences, and back."""

from dataclasses import replace

from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.store import ViewStore
from roberta_gui.records import ModelInfo


def remember(preferences: Preferences, store: ViewStore) -> None:
    """Copy what the View shows into the preferences, to come back at the next start."""
    view = store.view
    preferences.layer, preferences.head = view.selection.layer, view.selection.head
    preferences.choices = view.choices
    if view.model is not None:  # else what was remembered has not come back yet
        heads = sorted(view.switched_off)
        preferences.off = ",".join(f"{layer + 1}.{head + 1}" for layer, head in heads)
        preferences.off_weights = view.model.weights_sha256
        preferences.ablation = view.ablation
    preferences.every_head_on = view.right_side.every_head_on


def recall(preferences: Preferences, store: ViewStore) -> None:
    """Bring the remembered choices and selection back, before anything is drawn."""
    store.apply(
        lambda view: replace(
            view,
            choices=preferences.choices,
            right_side=replace(view.right_side, every_head_on=preferences.every_head_on),
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
