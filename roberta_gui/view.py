"""What is shown: one frozen View, and the pure transitions from one to the next (no Qt).

Every panel draws from a View and nothing else. A transition takes a View and returns a new one
in which all indexes fit the analysis, so that no panel ever meets a layer, head or token that is
not there.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.choices import AS_AT_FIRST, Choices
from roberta_gui.problems import Problem
from roberta_gui.records import Ablation, Analysis, ModelInfo, Token
from roberta_gui.selection import NOTHING_SELECTED, Selection, carried, carried_mask, clamped


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """The text in the editor and its tokens, shown before any model has run."""

    text: str
    tokens: tuple[Token, ...]
    dropped_tokens: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Second:
    """A second sentence beside the first: what is typed, and its own pass once there is one.

    ``baseline`` is the same with every head on, while heads are switched off.
    """

    typed: Typed
    analysis: Analysis | None = None
    baseline: Analysis | None = None

    @property
    def is_stale(self) -> bool:
        """Whether the analysis is missing, or belongs to another text."""
        return self.analysis is None or self.analysis.request.text != self.typed.text


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of background work has come; ``fraction`` None means nobody knows."""

    text: str
    fraction: float | None = None
    can_stop: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """What a panel had computed in the background, and what it was computed from."""

    key: Hashable
    value: Any


@dataclass(frozen=True, slots=True)
class View:
    """Everything the window shows.

    Attributes
    ----------
    analysis
        What the panels draw: the sentence, with the heads in ``switched_off`` switched off.
    baseline
        While heads are switched off, the same sentence with every head on; else None.
    switched_off
        Heads that are off, as ``(attention layer, head)``, both from 0.
    ablation
        What a switched-off head gives instead.
    second
        The second sentence, while two are compared.
    axes
        The axes fitted on the reference sentences for this model; None while they are fitted.
    derived
        By panel name: what :class:`Derived` work gave last.
    progress
        By lane: what is running and how far it is.
    problems
        By lane, oldest first: what went wrong there and has not been put right since.
    """

    model: ModelInfo | None = None
    typed: Typed | None = None
    analysis: Analysis | None = None
    baseline: Analysis | None = None
    switched_off: frozenset[tuple[int, int]] = frozenset()
    ablation: Ablation = "zero"
    second: Second | None = None
    selection: Selection = NOTHING_SELECTED
    choices: Choices = AS_AT_FIRST
    axes: ReferenceAxes | None = None
    derived: Mapping[str, Derived] = field(default_factory=lambda: MappingProxyType({}))
    progress: Mapping[str, Progress] = field(default_factory=lambda: MappingProxyType({}))
    problems: Mapping[str, Problem] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_stale(self) -> bool:
        """Whether the pictures belong to another text or model than the one in the window."""
        if self.analysis is None or self.typed is None:
            return False
        return self._is_outdated(self.analysis, self.typed)

    @property
    def is_second_stale(self) -> bool:
        """The same for the second sentence; also while two are compared and it has no pass yet."""
        if self.second is None:
            return False
        analysis, typed = self.second.analysis, self.second.typed
        return analysis is None or self._is_outdated(analysis, typed)

    @property
    def failed_pass(self) -> str | None:
        """Return the lane of a sentence whose pass failed, and has not been done again since."""
        lanes = ("sentence", "sentence:second")
        return next((lane for lane in lanes if lane in self.problems), None)

    def problem_of(self, *lanes: str) -> Problem | None:
        """Return what went wrong in the first of these lanes that has a problem."""
        return next((self.problems[lane] for lane in lanes if lane in self.problems), None)

    def _is_outdated(self, analysis: Analysis, typed: Typed) -> bool:
        request = analysis.request
        other_model = self.model is not None and analysis.model != self.model
        other_heads = request.switched_off != self.switched_off or (
            bool(self.switched_off) and request.ablation != self.ablation
        )
        return other_model or other_heads or request.text != typed.text


def with_model(view: View, model: ModelInfo) -> View:
    """Use another model: its axes are not fitted yet, the old analysis stays as stale.

    Heads are switched on again, because another model's heads are others.
    """
    view = with_problem(view, "model", None)
    return replace(view, model=model, axes=None, switched_off=frozenset(), baseline=None)


def with_typed(view: View, typed: Typed) -> View:
    """Show new tokens at once; the analysis follows."""
    return replace(view, typed=typed)


def with_analysis(view: View, analysis: Analysis, baseline: Analysis | None = None) -> View:
    """Show a new analysis; the selection is carried over to the tokens that stayed.

    ``baseline`` comes along where heads are switched off: the same sentence with every head on.
    """
    # Before the first analysis a selection names tokens of the one that is coming.
    before = view.analysis or analysis
    selection = replace(view.selection, hovered_token=None)
    if before.model.tokenizer_sha256 != analysis.model.tokenizer_sha256:
        selection = replace(selection, tokens=(), mask=0)  # ids of another vocabulary
    else:
        tokens = carried(selection.tokens, before.tokens, analysis.tokens)
        mask = carried_mask(selection.mask, tokens, before, analysis)
        selection = replace(selection, tokens=tokens, mask=mask)
    view = with_problem(view, "sentence", None)
    selection = clamped(selection, analysis)
    return replace(view, analysis=analysis, baseline=baseline, selection=selection)


def with_switched_off(view: View, heads: Iterable[tuple[int, int]]) -> View:
    """Switch exactly these heads off; the analysis follows, unless none is off any more."""
    off = frozenset(heads)
    if not off and view.baseline is not None:
        return with_analysis(replace(view, switched_off=off), view.baseline)
    return replace(view, switched_off=off)


def toggled_heads(view: View, heads: Iterable[tuple[int, int]]) -> View:
    """Switch heads off that are on, and on that are off."""
    return with_switched_off(view, view.switched_off ^ frozenset(heads))


def with_ablation(view: View, ablation: Ablation) -> View:
    """Choose what a switched-off head gives instead."""
    return replace(view, ablation=ablation)


def with_switches(view: View, heads: Iterable[tuple[int, int]], ablation: Ablation) -> View:
    """Switch exactly these heads off, giving this instead; while none is off, what is said stays.

    What a head would give instead is not lost by switching all of them on.
    """
    heads = frozenset(heads)
    return with_switched_off(with_ablation(view, ablation) if heads else view, heads)


def with_second_typed(view: View, typed: Typed | None) -> View:
    """Show the second sentence's new tokens at once, or compare no more."""
    if typed is None:
        return replace(view, second=None)
    second = replace(view.second, typed=typed) if view.second else Second(typed)
    return replace(view, second=second)


def with_second(view: View, second: Second) -> View:
    """Compare with a second sentence whose pass is there already."""
    return replace(view, second=second)


def with_second_analysis(view: View, analysis: Analysis, baseline: Analysis | None = None) -> View:
    """Show the second sentence's pass, if there still is a second sentence.

    ``baseline`` comes along where heads are switched off: the same sentence with every head on.
    """
    if view.second is None:
        return view
    return replace(view, second=Second(view.second.typed, analysis, baseline))


def with_problem(view: View, lane: str, problem: Problem | None) -> View:
    """Note what went wrong in a lane, or that all is well there."""
    known = {name: p for name, p in view.problems.items() if name != lane}
    if problem is not None:
        known[lane] = problem
    return replace(view, problems=MappingProxyType(known))


def with_axes(view: View, axes: ReferenceAxes) -> View:
    """Take the axes that were fitted on the reference sentences."""
    return replace(view, axes=axes)


def with_progress(view: View, lane: str, progress: Progress | None) -> View:
    """Note how far a lane's work has come, or that it has ended."""
    known = {**view.progress, lane: progress}
    return replace(
        view,
        progress=MappingProxyType({name: p for name, p in known.items() if p is not None}),
    )


def with_derived(view: View, name: str, derived: Derived) -> View:
    """Take what a panel had computed in the background."""
    return replace(view, derived=MappingProxyType({**view.derived, name: derived}))


def without_derived(view: View, name: str) -> View:
    """Let go of what a panel had computed: nobody sees it."""
    known = {key: value for key, value in view.derived.items() if key != name}
    return replace(view, derived=MappingProxyType(known))


def with_chosen(view: View, panel: str, **changes: Any) -> View:
    """Choose something else in a panel, for example ``scale="log"``."""
    return replace(view, choices=view.choices.chosen(panel, **changes))


def with_layer(view: View, layer: int) -> View:
    """Choose a hidden-state layer, 0 being the embedding output."""
    return _select(view, layer=layer, hovered_head=None)


def with_head(view: View, attention_layer: int, head: int) -> View:
    """Choose a head by its place in ``attention``."""
    return _select(view, layer=attention_layer + 1, head=head, hovered_head=None)


def travelled(view: View, layers: int, heads: int) -> View:
    """Go some layers and heads on from the chosen ones, as far as there are any."""
    selection = view.selection
    return _select(
        view, layer=selection.layer + layers, head=selection.head + heads, hovered_head=None
    )


def with_token(view: View, token: int | None, *, extend: bool = False) -> View:
    """Lock a token (again: let it go); ``extend`` keeps the ones that are locked already."""
    locked = view.selection.tokens
    if token is None:
        return _select(view, tokens=())
    if token in locked and (extend or locked == (token,)):
        return _select(view, tokens=tuple(t for t in locked if t != token))
    tokens = (*(t for t in locked if t != token), token) if extend else (token,)
    masks = [fill.token_index for fill in view.analysis.fills] if view.analysis else []
    if token in masks:
        return _select(view, tokens=tokens, mask=masks.index(token))
    return _select(view, tokens=tokens)


def with_tokens(view: View, tokens: Iterable[int]) -> View:
    """Lock these tokens and no others, the last one being *the* selected token."""
    return _select(view, tokens=tuple(dict.fromkeys(tokens)))


def with_mask(view: View, mask: int) -> View:
    """List the guesses of the ``mask``-th mask, and lock its token: so all panels show which."""
    fills = view.analysis.fills if view.analysis else ()
    if not fills:
        return _select(view, mask=max(mask, 0))
    mask = min(max(mask, 0), len(fills) - 1)
    return _select(view, mask=mask, tokens=(fills[mask].token_index,))


def with_hovered_token(view: View, token: int | None) -> View:
    """Note the token under the pointer, or that nothing is: there is one pointer."""
    return _select(view, hovered_token=token, hovered_head=None)


def with_hovered_head(view: View, head: tuple[int, int] | None) -> View:
    """Note the head under the pointer, or that nothing is: there is one pointer."""
    return _select(view, hovered_token=None, hovered_head=head)


def cleared(view: View) -> View:
    """Let go of everything that is locked or hovered."""
    return _select(view, tokens=(), hovered_token=None, hovered_head=None)


def _select(view: View, **changes: Any) -> View:
    selection = replace(view.selection, **changes)
    if view.analysis is not None:
        selection = clamped(selection, view.analysis)
    return replace(view, selection=selection)
