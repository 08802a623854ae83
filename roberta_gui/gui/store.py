"""THE shared view state: one View, one signal.

Panels ask for changes here and hear of them here. One change is one signal that carries the new
and the previous View, so nobody ever sees a new analysis with an old selection.
"""

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from roberta_gui import view as transitions
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.problems import Problem
from roberta_gui.records import Ablation, Analysis, ModelInfo, Run
from roberta_gui.view import Derived, Progress, View

HOVER_GRACE_MS = 300
"""How long a hover outlives the pointer: long enough to cross a gap without flicker."""


class ViewStore(QObject):
    """Holds the View that the window shows.

    Signals
    -------
    changed(new, previous)
        Emitted once a change, never when the new View equals the old one. A change that is made
        while one is being told is told next, so the last View that anybody hears is the newest.
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

    def show(self, analysis: Analysis, baseline: Analysis | None = None) -> None:
        """Show a new analysis; with heads switched off, beside the one with every head on."""
        self.apply(transitions.with_analysis, analysis, baseline)

    def show_second(self, analysis: Analysis) -> None:
        """Show a new analysis of what A is held against."""
        self.apply(transitions.with_second_analysis, analysis)

    def hold_against(self, **changes: Any) -> None:
        """Choose what A is held against, see :class:`~roberta_gui.view.RightSide`."""
        self.apply(transitions.with_right_side, **changes)

    def type(self, typed: Run) -> None:
        """Show the tokens of what is being typed."""
        self.apply(transitions.with_typed, typed)

    def type_second(self, typed: Run | None) -> None:
        """Show the tokens of a second sentence, or compare no more."""
        self.apply(transitions.with_second_typed, typed)

    def toggle_heads(self, heads: Iterable[tuple[int, int]]) -> None:
        """Switch heads off, or on again, as ``(attention layer, head)``."""
        self.apply(transitions.toggled_heads, heads)

    def restore_heads(self) -> None:
        """Switch every head on."""
        self.apply(transitions.with_switched_off, ())

    def switch_heads(self, off: Iterable[tuple[int, int]], ablation: Ablation) -> None:
        """Switch exactly these heads off, giving this instead."""
        self.apply(transitions.with_switches, off, ablation)

    def ablate(self, ablation: Ablation) -> None:
        """Choose what a switched-off head gives instead."""
        self.apply(transitions.with_ablation, ablation)

    def use_model(self, model: ModelInfo) -> None:
        """Another model is in use."""
        self.apply(transitions.with_model, model)

    def use_axes(self, axes: ReferenceAxes) -> None:
        """Take the axes that were fitted for the model in use."""
        self.apply(transitions.with_axes, axes)

    def report(self, lane: str, problem: Problem | None) -> None:
        """Show what went wrong in a lane, or clear it."""
        self.apply(transitions.with_problem, lane, problem)

    def progress(self, lane: str, progress: Progress | None) -> None:
        """Show how far a lane has come."""
        self.apply(transitions.with_progress, lane, progress)

    def derive(self, name: str, derived: Derived) -> None:
        """Hand a panel what it had computed in the background."""
        self.apply(transitions.with_derived, name, derived)

    def forget(self, name: str) -> None:
        """Let go of what a panel had computed."""
        self.apply(transitions.without_derived, name)

    def choose(self, panel: str, **changes: Any) -> None:
        """Choose something else in a panel."""
        self.apply(transitions.with_chosen, panel, **changes)

    def select_layer(self, layer: int) -> None:
        """Choose a hidden-state layer (0 is the embedding output)."""
        self.apply(transitions.with_layer, layer)

    def select_head(self, attention_layer: int, head: int) -> None:
        """Choose a head, both indexes from 0."""
        self.apply(transitions.with_head, attention_layer, head)

    def travel(self, layers: int, heads: int) -> None:
        """Go some layers and heads on from the chosen ones."""
        self.apply(transitions.travelled, layers, heads)

    def select_token(self, token: int | None, *, extend: bool = False) -> None:
        """Lock a token, or let it go."""
        self.apply(transitions.with_token, token, extend=extend)

    def select_tokens(self, tokens: Iterable[int]) -> None:
        """Lock several tokens at once, and no others."""
        self.apply(transitions.with_tokens, tokens)

    def select_mask(self, mask: int) -> None:
        """List another mask's guesses."""
        self.apply(transitions.with_mask, mask)

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
