"""One head as the Attention panel shows it: which rows, on which scale, with which names."""

from roberta_gui.findings.attention.shown import Look, look_of
from roberta_gui.view import View


def wanted_look(view: View) -> Look:
    """Say how what is wanted is shown, once it is there."""
    return look_of(view.choices.attention, view.choices.attention.measure)
