"""What is shown: one frozen View, and the pure transitions from one to the next (no Qt).

All indexes of a View fit its analysis: no panel ever meets a layer or token that is not there.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeVar

from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import AS_AT_FIRST, Choices
from roberta_gui.lanes import (
    MODEL,
    REMEMBERED_MODEL,
    SECOND_SENTENCE,
    SECOND_TOKENS,
    SENTENCE,
    TOKENS,
    Lane,
)
from roberta_gui.problems import Problem
from roberta_gui.records import Ablation, Analysis, Answer, ModelInfo, Run
from roberta_gui.right_side import NOTHING, NOTHING_CHOSEN, RightSide
from roberta_gui.selection import NOTHING_SELECTED, Selection, carried, carried_mask, clamped

Key = TypeVar("Key")
Value = TypeVar("Value")


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
    run, against
        A, and B, what A is held against: None where nothing was chosen for the ``right_side``.
    comparison
        The two passes side by side, where they belong together; found anew only for new passes.
    axes
        Fitted on the reference sentences for this model; None while they are.
    derived
        By panel name: what its work in the background gave last.
    progress, problems
        By lane: how far it is; what went wrong and was not put right since, oldest first.
    hidden_words, answers
        What masks in A's text hide, as (the character at which each begins, word); what somebody
        has guessed before seeing the model's guesses, in any text, oldest first.
    """

    run: Run = NOTHING
    against: Run | None = None
    right_side: RightSide = NOTHING_CHOSEN
    comparison: Comparison | None = None
    selection: Selection = NOTHING_SELECTED
    choices: Choices = AS_AT_FIRST
    axes: ReferenceAxes | None = None
    derived: Mapping[str, Derived] = field(default_factory=lambda: MappingProxyType({}))
    progress: Mapping[Lane, Progress] = field(default_factory=lambda: MappingProxyType({}))
    problems: Mapping[Lane, Problem] = field(default_factory=lambda: MappingProxyType({}))
    hidden_words: tuple[tuple[int, str], ...] = ()
    answers: tuple[Answer, ...] = ()

    def __post_init__(self) -> None:
        """Hold A's pass against B's; the same passes keep the same comparison."""
        known, passes = self.comparison, self._passes()
        if passes is None:
            object.__setattr__(self, "comparison", None)
        elif known is None or (known.a, known.b) != passes:
            object.__setattr__(self, "comparison", Comparison(*passes))

    @property
    def model(self) -> ModelInfo | None:
        """The model in use."""
        return self.run.model

    @property
    def stands_in(self) -> bool:
        """Whether the model in use stands in for the remembered one, which is missing."""
        return REMEMBERED_MODEL in self.problems

    @property
    def analysis(self) -> Analysis | None:
        """What the panels draw: the pass of A."""
        return self.run.analysis

    @property
    def switched_off(self) -> frozenset[tuple[int, int]]:
        """Heads that are off, as ``(attention layer, head)``, both from 0."""
        return self.run.switched_off

    @property
    def ablation(self) -> Ablation:
        """What a switched-off head gives instead."""
        return self.run.ablation

    @property
    def second(self) -> Run | None:
        """The run whose sentence has an editor of its own, while there is one."""
        return self.against if self.right_side.has_sentence else None

    @property
    def baseline(self) -> Analysis | None:
        """The same sentence in the same model with every head on, where A is held against that."""
        known = self.comparison
        return known.b if known is not None and known.is_of_heads else None

    @property
    def answered(self) -> Mapping[int, Answer]:
        """What was guessed at masks of the analysed text, by the mask's number from 0."""
        mark = "" if self.analysis is None else self.analysis.fingerprint
        return {one.mask: one for one in self.answers if one.fingerprint == mark}

    @property
    def unanswered(self) -> tuple[int, ...]:
        """The masks at which somebody is to guess before the model's guesses may be seen."""
        if self.analysis is None or not self.choices.cloze.first:
            return ()
        return tuple(sorted({*range(len(self.analysis.fills))} - self.answered.keys()))

    @property
    def is_stale(self) -> bool:
        """Whether the pictures belong to another text or model than the one in the window.

        So they do while that has no tokens yet, or cannot have any: the tokens shown are another's.
        """
        return self.run.analysis is not None and (self.run.is_stale or self._lacks(TOKENS))

    @property
    def is_second_stale(self) -> bool:
        """The same for B; also while there is a B and it has no pass yet."""
        if not self.right_side.is_chosen or self.against is None:
            return False
        return self.against.is_stale or self._lacks(SECOND_TOKENS)

    @property
    def failed_pass(self) -> Lane | None:
        """Return the lane of a sentence whose pass failed, or that cannot be cut into tokens."""
        lanes = SENTENCE, SECOND_SENTENCE, TOKENS, SECOND_TOKENS
        return next((lane for lane in lanes if lane in self.problems), None)

    def problem_of(self, *lanes: Lane) -> Problem | None:
        """Return what went wrong in the first of these lanes that has a problem."""
        return next((self.problems[lane] for lane in lanes if lane in self.problems), None)

    def _lacks(self, tokens: Lane) -> bool:
        """Tell whether the tokens of what is typed are still to come, or are not to be had."""
        return tokens in self.progress or tokens in self.problems

    def _passes(self) -> tuple[Analysis, Analysis] | None:
        """Return the passes of A and B if they are of the models and the heads to be compared."""
        if self.against is None or self.run.analysis is None or self.against.analysis is None:
            return None
        passes = a, b = self.run.analysis, self.against.analysis
        models = [(self.run.model or a.model) == a.model]
        models += [(self.against.model or b.model) == b.model]
        same = self.right_side.is_chosen and not self.right_side.every_head_on
        heads = (a.request.switched_off, a.request.ablation) if same else (frozenset(), "")
        found = b.request.switched_off, b.request.ablation if same else ""
        return passes if all(models) and heads == found else None


def with_run(view: View, **changes: Any) -> View:
    """Change the run of A, and what stands on its right side with it."""
    run = replace(view.run, **changes)
    return replace(view, run=run, against=view.right_side.of(run, view.against))


def with_right_side(view: View, /, **changes: Any) -> View:
    """Choose what A is held against."""
    right_side = replace(view.right_side, **changes)
    # What the one kind of B had computed is none of the other's.
    same = right_side.is_chosen == view.right_side.is_chosen
    against = right_side.of(view.run, view.against if same else None)
    return replace(view, right_side=right_side, against=against)


def with_model(view: View, model: ModelInfo) -> View:
    """Use another model: its axes are not fitted yet, the old analysis stays as stale.

    Heads are switched on again where another model's heads are others.
    """
    view = replace(with_problem(view, MODEL, None), axes=None)
    off = view.switched_off if model.has_heads_of(view.model) else frozenset()
    return with_run(view, model=model, switched_off=off)


def with_typed(view: View, typed: Run) -> View:
    """Show new tokens at once; the analysis follows."""
    return with_run(view, **_written(typed))


def with_analysis(view: View, analysis: Analysis, baseline: Analysis | None = None) -> View:
    """Show a new analysis; the selection is carried over to the tokens that stayed.

    ``baseline`` comes along where it stands on the right side: the same with every head on.
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
    view = with_problem(view, SENTENCE, None)
    run = replace(view.run, analysis=analysis)
    if not run.tokens:  # nothing was typed: a pass that comes from elsewhere
        run = replace(run, **_written(Run.of(analysis)))
    against = view.right_side.of(run, view.against)
    if against is not None and not view.right_side.is_chosen and baseline is not None:
        against = replace(against, analysis=baseline)
    return replace(view, run=run, against=against, selection=clamped(selection, analysis))


def with_switched_off(view: View, heads: Iterable[tuple[int, int]]) -> View:
    """Switch exactly these heads off; the analysis follows, unless none is off any more."""
    off = frozenset(heads)
    baseline = view.against.analysis if view.against and not view.right_side.is_chosen else None
    view = with_run(view, switched_off=off)
    return view if off or baseline is None else with_analysis(view, baseline)


def toggled_heads(view: View, heads: Iterable[tuple[int, int]]) -> View:
    """Switch heads off that are on, and on that are off."""
    return with_switched_off(view, view.switched_off ^ frozenset(heads))


def with_ablation(view: View, ablation: Ablation) -> View:
    """Choose what a switched-off head gives instead."""
    return with_run(view, ablation=ablation)


def with_switches(view: View, heads: Iterable[tuple[int, int]], ablation: Ablation) -> View:
    """Switch exactly these heads off, giving this instead; while none is off, what is said stays.

    What a head would give instead is not lost by switching all of them on.
    """
    heads = frozenset(heads)
    return with_switched_off(with_ablation(view, ablation) if heads else view, heads)


def with_second_typed(view: View, typed: Run | None) -> View:
    """Show the tokens of B's sentence at once, or hold A against another sentence no more."""
    view = with_right_side(view, has_sentence=typed is not None)
    return view if typed is None else _with_against(view, **_written(typed))


def with_second_tokens(view: View, typed: Run) -> View:
    """Show how a second model cuts what B is: A's own sentence, while there is no other."""
    return _with_against(view, **_written(typed)) if view.right_side.is_chosen else view


def with_second(view: View, second: Run) -> View:
    """Hold A against a second sentence whose pass may be there already."""
    view = with_second_typed(view, second)
    return _with_against(view, analysis=second.analysis)


def with_second_analysis(view: View, analysis: Analysis) -> View:
    """Show the pass of B, if there still is a B with passes of its own."""
    return _with_against(view, analysis=analysis) if view.right_side.is_chosen else view


def _with_against(view: View, **changes: Any) -> View:
    against = replace(view.against or NOTHING, **changes)
    return replace(view, against=view.right_side.of(view.run, against))


def _written(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in ("text", "pair", "tokens", "dropped_tokens")}


def with_problem(view: View, lane: Lane, problem: Problem | None) -> View:
    """Note what went wrong in a lane, or that all is well there."""
    return replace(view, problems=_noted(view.problems, lane, problem))


def with_progress(view: View, lane: Lane, progress: Progress | None) -> View:
    """Note how far a lane's work has come, or that it has ended."""
    return replace(view, progress=_noted(view.progress, lane, progress))


def only_progressed(view: View, previous: View) -> frozenset[Lane]:
    """Return the lanes whose work has gone on or ended where nothing else is new."""
    differing = view.progress.items() ^ previous.progress.items()
    is_all = replace(previous, progress=view.progress) == view
    is_all &= (view.is_stale, view.is_second_stale) == (previous.is_stale, previous.is_second_stale)
    return frozenset(lane for lane, _ in differing) if is_all else frozenset()


def with_derived(view: View, name: str, derived: Derived | None) -> View:
    """Take what a panel had computed in the background, or let go of it: nobody sees it."""
    return replace(view, derived=_noted(view.derived, name, derived))


def _noted(known: Mapping[Key, Value], key: Key, value: Value | None) -> Mapping[Key, Value]:
    others = {other: each for other, each in known.items() if other != key}
    return MappingProxyType(others if value is None else {**others, key: value})


def with_chosen(view: View, /, panel: str, **changes: Any) -> View:
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
