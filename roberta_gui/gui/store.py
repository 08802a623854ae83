"""THE shared view state: one View, one signal.

Panels ask for changes here and hear of them here. One change is one signal that carries the new
and the previous View, so nobody ever sees a new analysis with an old selection.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Concatenate, ParamSpec

from PySide6.QtCore import QObject, QTimer, Signal

from roberta_gui import view as transitions
from roberta_gui.records import Answer
from roberta_gui.records.words import MOST_ANSWERS
from roberta_gui.view import View

P = ParamSpec("P")

HOVER_GRACE_MS = 300
"""How long a hover outlives the pointer: long enough to cross a gap without flicker."""


def _kept(*answers: Answer) -> tuple[Answer, ...]:
    """Keep the newest answer at each mask, where the first one stood."""
    newest = {(one.fingerprint, one.mask): one for one in answers}
    return tuple(newest.values())[-MOST_ANSWERS:]


def _step(transition: Callable[Concatenate[View, P], View]) -> Callable[Concatenate[Any, P], None]:
    """Make a method of the store that replaces its View by what ``transition`` makes of it."""

    def step(self: "ViewStore", /, *args: P.args, **changes: P.kwargs) -> None:
        self.apply(transition, *args, **changes)

    return step


class ViewStore(QObject):
    """Holds the View that the window shows; its steps are what can be asked for.

    ``changed(new, previous)`` comes once a change, never when the new View equals the old one. A
    change that is made while one is told is told next: the last View anybody hears is the newest.
    """

    changed = Signal(object, object)

    def __init__(self, view: View | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view or View()
        self._told = self._view
        self._telling = False
        self._hover_end = QTimer(self, singleShot=True, interval=HOVER_GRACE_MS)
        self._hover_end.timeout.connect(self.end_hover)

    @property
    def view(self) -> View:
        """The View that is shown now."""
        return self._view

    def apply(self, transition: Callable[..., View], *args: Any, **changes: Any) -> None:
        """Replace the View by ``transition(view, …)`` and tell everybody, if it differs."""
        view = transition(self._view, *args, **changes)
        # An equal View stays the very object that was told: panels ask whether they drew it.
        self._view = self._told if view == self._told else view
        if self._telling:
            return
        self._telling = True
        try:
            while self._view is not self._told:
                previous, self._told = self._told, self._view
                self.changed.emit(self._told, previous)
        finally:
            self._telling = False

    show = _step(transitions.with_analysis)
    show_second = _step(transitions.with_second_analysis)
    hold_against = _step(transitions.with_right_side)
    type = _step(transitions.with_typed)
    type_second = _step(transitions.with_second_typed)
    toggle_heads = _step(transitions.toggled_heads)
    restore_heads = _step(lambda view: transitions.with_switched_off(view, ()))
    switch_heads = _step(transitions.with_switches)
    ablate = _step(transitions.with_ablation)
    use_model = _step(transitions.with_model)
    use_axes = _step(lambda view, axes: replace(view, axes=axes))
    report = _step(transitions.with_problem)
    progress = _step(transitions.with_progress)
    derive = _step(transitions.with_derived)
    forget = _step(lambda view, name: transitions.with_derived(view, name, None))
    choose = _step(transitions.with_chosen)
    note_hidden = _step(lambda view, words: replace(view, hidden_words=tuple(words)))
    answer = _step(lambda view, answers: replace(view, answers=_kept(*view.answers, *answers)))
    forget_answers = _step(lambda view: replace(view, answers=()))
    select_layer = _step(transitions.with_layer)
    select_head = _step(transitions.with_head)
    travel = _step(transitions.travelled)
    select_token = _step(transitions.with_token)
    select_tokens = _step(transitions.with_tokens)
    select_mask = _step(transitions.with_mask)

    def hover_token(self, token: int) -> None:
        """Light a token up in every panel."""
        self._hover_end.stop()
        self.apply(transitions.with_hovered_token, token)

    def hover_head(self, attention_layer: int, head: int) -> None:
        """Preview a head in every panel."""
        self._hover_end.stop()
        self.apply(transitions.with_hovered_head, (attention_layer, head))

    def leave(self) -> None:
        """End the hover after a short grace, because the pointer left."""
        # Every move over nothing says so again, and so does the pointer over a window that closes.
        if not (self._hover_end.isActive() or self.signalsBlocked()):
            self._hover_end.start()

    def end_hover(self) -> None:
        """Note that nothing is under the pointer any more."""
        self._hover_end.stop()
        self.apply(transitions.with_hovered_token, None)

    def rest(self) -> None:
        """Tell nobody of anything more: the window closes."""
        self._hover_end.stop()
        self.blockSignals(True)

    def clear(self) -> None:
        """Let go of everything that is locked or hovered (Escape)."""
        self._hover_end.stop()
        self.apply(transitions.cleared)
