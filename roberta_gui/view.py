"""What is shown: one frozen View, and the pure transitions from one to the next (no Qt).

Every panel draws from a View and nothing else. A transition takes a View and returns a new one
in which all indexes fit the analysis, so that no panel ever meets a layer, head or token that is
not there.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from roberta_gui.analysis.modes import STANDARDISED, Space
from roberta_gui.analysis.projection import Basis
from roberta_gui.analysis.reference_axes import ReferenceAxes
from roberta_gui.problems import Problem
from roberta_gui.records import Analysis, ModelInfo, Token

Scale: TypeAlias = Literal["head", "layer", "all", "log"]
Specials: TypeAlias = Literal["show", "hide", "renormalise"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is locked by a click, and what the pointer is on.

    Attributes
    ----------
    layer
        Hidden-state layer: 0 is the embedding output, ``l`` is what block ``l`` produces.
    head
        Head, counted from 0.
    tokens
        Locked tokens, oldest first; the last one is *the* selected token.
    mask
        Which mask's guesses are listed, counted from 0 among the masks.
    hovered_token, hovered_head
        Under the pointer; the head as ``(attention layer, head)``, both from 0.
    """

    layer: int = 1
    head: int = 0
    tokens: tuple[int, ...] = ()
    mask: int = 0
    hovered_token: int | None = None
    hovered_head: tuple[int, int] | None = None

    @property
    def token(self) -> int | None:
        """The token that was locked last."""
        return self.tokens[-1] if self.tokens else None

    @property
    def attention_layer(self) -> int:
        """Index into ``attention``; the embedding output has none, so it shows the first."""
        return max(self.layer - 1, 0)

    @property
    def shown_head(self) -> tuple[int, int]:
        """The head to draw: a hovered one previews, else the locked one."""
        return self.hovered_head or (self.attention_layer, self.head)


@dataclass(frozen=True, slots=True)
class Display:
    """How things are drawn, shared by all panels and remembered."""

    scale: Scale = "head"
    specials: Specials = "show"
    space: Space = STANDARDISED
    basis: Basis = "joint"
    dimensions: Literal[2, 3] = 2
    trails: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """The text in the editor and its tokens, shown before any model has run."""

    text: str
    tokens: tuple[Token, ...]
    dropped_tokens: int = 0


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
    selection: Selection = Selection()
    display: Display = Display()
    axes: ReferenceAxes | None = None
    derived: Mapping[str, Derived] = field(default_factory=lambda: MappingProxyType({}))
    progress: Mapping[str, Progress] = field(default_factory=lambda: MappingProxyType({}))
    problems: Mapping[str, Problem] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_stale(self) -> bool:
        """Whether the pictures belong to another text or model than the one in the window."""
        if self.analysis is None or self.typed is None:
            return False
        other_model = self.model is not None and self.analysis.model != self.model
        return other_model or self.analysis.request.text != self.typed.text


def with_model(view: View, model: ModelInfo) -> View:
    """Use another model: its axes are not fitted yet, the old analysis stays as stale."""
    return replace(with_problem(view, "model", None), model=model, axes=None)


def with_typed(view: View, typed: Typed) -> View:
    """Show new tokens at once; the analysis follows."""
    return replace(view, typed=typed)


def with_analysis(view: View, analysis: Analysis) -> View:
    """Show a new analysis; the selection is carried over to the tokens that stayed."""
    # Before the first analysis a selection names tokens of the one that is coming.
    before = view.analysis or analysis
    selection = replace(view.selection, hovered_token=None)
    if before.model.tokenizer_sha256 != analysis.model.tokenizer_sha256:
        selection = replace(selection, tokens=(), mask=0)  # ids of another vocabulary
    else:
        tokens = _carry(selection.tokens, before.tokens, analysis.tokens)
        mask = _carry_mask(selection.mask, tokens, before, analysis)
        selection = replace(selection, tokens=tokens, mask=mask)
    view = with_problem(view, "sentence", None)
    return replace(view, analysis=analysis, selection=_clamped(selection, analysis))


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


def with_display(view: View, **changes: Any) -> View:
    """Change how things are drawn, for example ``scale="log"``."""
    return replace(view, display=replace(view.display, **changes))


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
        return _select(view, mask=mask)
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
        selection = _clamped(selection, view.analysis)
    return replace(view, selection=selection)


def _clamped(selection: Selection, analysis: Analysis) -> Selection:
    """Bring every index into the analysis, never changing the analysis itself."""
    n_layers, n_heads, n_tokens, _ = analysis.attention.shape
    hovered, head = selection.hovered_token, selection.hovered_head
    if head is not None and not (0 <= head[0] < n_layers and 0 <= head[1] < n_heads):
        head = None
    return Selection(
        layer=min(max(selection.layer, 0), n_layers),
        head=min(max(selection.head, 0), n_heads - 1),
        tokens=tuple(t for t in selection.tokens if 0 <= t < n_tokens),
        mask=min(max(selection.mask, 0), max(len(analysis.fills) - 1, 0)),
        hovered_token=hovered if hovered is not None and 0 <= hovered < n_tokens else None,
        hovered_head=head,
    )


def _carry_mask(mask: int, locked: tuple[int, ...], before: Analysis, after: Analysis) -> int:
    """Follow the listed mask through an edit, by its place; a locked token's mask goes first."""
    masks = [fill.token_index for fill in after.fills]
    if locked and locked[-1] in masks:
        return masks.index(locked[-1])
    if mask >= len(before.fills):
        return mask
    moved = _carry((before.fills[mask].token_index,), before.tokens, after.tokens)
    return masks.index(moved[0]) if moved and moved[0] in masks else mask


def _carry(
    selected: tuple[int, ...], before: tuple[Token, ...], after: tuple[Token, ...]
) -> tuple[int, ...]:
    """Follow locked tokens through an edit: what stands before and after the change stayed."""
    old, new = [token.id for token in before], [token.id for token in after]
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    room = shorter - head
    tail = next((i for i in range(room) if old[-1 - i] != new[-1 - i]), room)
    moved = (
        index
        if index < head
        else index + len(new) - len(old)
        if index >= len(old) - tail
        # A token that was changed in place (a word masked, a guess put in) stays selected.
        else index
        if len(old) == len(new)
        else None
        for index in selected
    )
    return tuple(index for index in moved if index is not None)
