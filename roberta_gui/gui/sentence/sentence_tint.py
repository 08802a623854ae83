"""SentenceTint: what tints the tokens, asked for once for strip and panel, and the tint by it.

That is their surprisal, or what each adds to a guess.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QPushButton

from roberta_gui.choices import AS_AT_FIRST, Tinting
from roberta_gui.findings.comparison.against import comparable, names_of, why_not
from roberta_gui.findings.notation.names import literal
from roberta_gui.findings.notation.numbers import written_change
from roberta_gui.findings.surprisal import (
    SHORT_NAMES,
    TIPS,
    TokenSurprisal,
    chance_bits,
    measure_steps,
    passes_needed,
)
from roberta_gui.findings.words import why
from roberta_gui.findings.words.why import LEAST_BITS, Why, WhyRequest, explain
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import rule_out
from roberta_gui.gui.widgets.tokens.tint import NO_TINT, TintChoice, TintLegend
from roberta_gui.gui.widgets.tokens.token_strip import TokenStrip
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.records import Analysis, ModelInfo, Run
from roberta_gui.right_side import RightSide
from roberta_gui.selection import carried_values
from roberta_gui.view import View
from roberta_gui.wording import counted, rough_time

NAME: Final = "surprisal"
"""Under which name the View keeps it."""

NEEDS: Final = "can_compare_guesses"
"""What two models need to have in common for their surprisals to be compared."""

SECOND: Final = "surprisal:second"
"""The same of a second sentence."""

WHY: Final = "why"
"""Under which name the View keeps what each token adds to a guess."""

TINTED: Final[dict[str, Tinting]] = {"": False, NAME: True, WHY: "why"}
"""How it is chosen that each of these tints the sentence."""

About: TypeAlias = Callable[[View], View]
"""From what the window shows to the same with one of its sentences as the only one."""

_LEAST_BITS: Final = 0.1
"""The colours of a difference end here at the nearest: less is next to nothing."""

_ONLY_SURPRISAL: Final = "What each token adds to a guess is of A alone"
_NO_GUESS: Final = "There is no mask, so there is no guess to explain"


def of_first(view: View) -> View:
    """Look at the first sentence."""
    return view


def of_second(view: View) -> View:
    """Look at the second sentence, whose surprisal has a name of its own."""
    other = {NAME: SECOND, SECOND: NAME}
    derived = {other[name]: known for name, known in view.derived.items() if name in other}
    run = view.second or Run(model=view.model)
    return replace(view, run=run, against=None, right_side=RightSide(), derived=derived)


def surprisal_of(view: View) -> Derivation | None:
    """Say what to ask the models for, so that surprisal can be shown; None if it cannot be had.

    It is asked for in B too, where there is a B whose model can be asked; what is known is not.
    What takes many passes waits until somebody agrees to it, see `passes_to_allow`.
    """
    analysis, estimator = view.analysis, view.choices.surprisal.estimator
    if analysis is None or not analysis.model.can_fill_masks or passes_to_allow(view):
        return None
    comparison = comparable(view.comparison, NEEDS)
    work = partial(measure_steps, analysis, comparison, estimator, _known(view))
    return Derivation((analysis, comparison, estimator), work, analysis.model)


def why_of(view: View) -> Derivation | None:
    """Say what to ask the model for, so that it can be shown what each token adds to a guess.

    What takes many passes waits, as surprisal does.
    """
    analysis, chosen = view.analysis, view.choices.why
    if analysis is None or not analysis.fills or analysis.model != view.model:
        return None
    if passes_to_allow(view, WHY) or view.unanswered:
        return None
    mask = min(view.selection.mask, len(analysis.fills) - 1)
    word = literal(chosen.word).rstrip() or analysis.fills[mask].candidates[0].id
    against = literal(chosen.against).rstrip()
    question = WhyRequest(word, against, chosen.method, mask)
    return Derivation((question, analysis), partial(explain, question, analysis), view.model)


def tinted_by(view: View) -> str:
    """Name what tints the sentence, as the View keeps it; "" where nothing does."""
    return next(name for name, tint in TINTED.items() if tint == view.choices.surprisal.tint)


def passes_to_allow(view: View, what: str = NAME) -> int:
    """Return how many passes somebody must agree to first: 0 where there are few, or were."""
    analysis, chosen = view.analysis, view.choices.surprisal
    if analysis is None or not analysis.model.can_fill_masks:
        return 0
    if what == WHY:
        needed = why.passes_needed(analysis, view.choices.why.method) if analysis.fills else 0
        return needed if needed > chosen.passes else 0
    comparison = comparable(view.comparison, NEEDS)
    measured = (analysis,) if comparison is None else (analysis, comparison.b)
    needed = passes_needed(measured, chosen.estimator, _known(view))
    return needed if needed > chosen.passes else 0


def describe_cost(view: View, what: str = NAME) -> str:
    """Say what those passes take; the pass that was made for the pictures gives the time."""
    passes = passes_to_allow(view, what)
    seconds = 0.0 if view.analysis is None else view.analysis.seconds.get("layers", 0.0)
    cost = f"Measure: {counted(passes, 'pass', 'passes')}"
    return f"{cost}, {rough_time(seconds * passes)}" if seconds else cost


def allow(store: ViewStore, passes: int) -> None:
    """Agree to so many passes, and to those of a text that is a little longer: typing goes on."""
    most = AS_AT_FIRST.surprisal.passes
    while most < passes:
        most *= 2
    store.choose("surprisal", passes=most)


def known_surprisal(view: View) -> TokenSurprisal | None:
    """Return what is known by now; it may still belong to the sentence before."""
    derived = view.derived.get(NAME)
    return derived.value if derived is not None else None


def _known(view: View) -> list[TokenSurprisal]:
    return [view.derived[name].value for name in (NAME, SECOND) if name in view.derived]


@dataclass(frozen=True, eq=False)
class _Shades:
    """Bits of the typed tokens, float64 (token,), and what they mean: `nan` is not tinted."""

    bits: NDArray[np.float64]
    most: float
    ends: tuple[str, str]
    tip: str
    tips: Sequence[str]
    signed: bool


class SentenceTint(QObject):
    """Tints a strip; asks for the values itself, since the panel of them may be hidden."""

    derivation_wanted = Signal(object)  # the Derivation of the tokens' surprisal
    why_wanted = Signal(object)  # the Derivation of what each adds to a guess
    given_up = Signal()  # a second sentence's surprisal, which nobody else shows

    def __init__(self, store: ViewStore, strip: TokenStrip, about: About = of_first) -> None:
        super().__init__(strip)
        self._about = about
        # One choice and one legend for both sentences: they stand in the first one's card.
        self._leads = about is of_first
        self._store = store
        self._strip = strip
        measures, tips = {**SHORT_NAMES, WHY: why.TITLE}, {**TIPS, WHY: why.TIP}
        self.choice = TintChoice(measures, tips, "Bits under the tokens")
        self.choice.setIcon(icon("palette-outline", "muted"))
        self.choice.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.choice.chosen.connect(self._choose)
        self.choice.switched.connect(lambda name, on: store.choose("surprisal", **{name: on}))
        self.legend = TintLegend()
        self.legend.hide()
        self.measure = named("action", QPushButton())
        self.measure.setToolTip("The model reads this long text once for each token to be tinted")
        self.measure.clicked.connect(lambda: allow(store, self._passes(self._about(store.view))))
        self.measure.hide()

    def draw(self, view: View, previous: View | None) -> None:
        """Tint the tokens that the strip shows; must come after they were set."""
        view, previous = self._about(view), None if previous is None else self._about(previous)
        can_be = view.model is not None and view.model.can_fill_masks
        chosen, by = view.choices.surprisal, tinted_by(view) if can_be else ""
        self.choice.setVisible(can_be and self._leads)
        self.choice.set_choice(
            {NAME: chosen.estimator, WHY: WHY}.get(by, NO_TINT),
            numbers=chosen.bits,
            difference=by == NAME
            and chosen.difference
            and comparable(view.comparison, NEEDS) is not None,
            why_no_difference=_ONLY_SURPRISAL if by == WHY else why_not(view.comparison, NEEDS),
        )
        has_guess = view.analysis is None or bool(view.analysis.fills)
        rule_out(self.choice.choices[WHY], "" if has_guess else _NO_GUESS)
        # A difference and a guess are of A's tokens: B's stay plain beside them.
        is_on = by != "" and (self._leads or (by == NAME and not chosen.difference))
        self._ask(view, by if is_on else "")
        self.measure.setVisible(is_on and self._passes(view) > 0)
        self.measure.setText(describe_cost(view, by or NAME))
        if previous is None or _seen(previous) != _seen(view):
            self._tint(view, by if is_on else "")

    def _passes(self, view: View) -> int:
        return passes_to_allow(view, tinted_by(view))

    def _ask(self, view: View, by: str) -> None:
        wanted = why_of(view) if by == WHY else surprisal_of(view) if by else None
        derived = view.derived.get(by)
        if wanted is not None and (derived is None or derived.key != wanted.key):
            (self.why_wanted if by == WHY else self.derivation_wanted).emit(wanted)
        elif wanted is None and not self._leads:
            self.given_up.emit()

    def _tint(self, view: View, by: str) -> None:
        shades = None
        if by and view.model is not None and view.run.tokens:
            shades = _of_why(view) if by == WHY else _of_surprisal(view, view.model)
        self.legend.setVisible(shades is not None and self._leads)
        if shades is None:
            self._strip.set_captions(None)
            self._strip.set_tint(None)
            return
        self.legend.set_ends(*shades.ends, shades.tip, signed=shades.signed)
        write = partial(written_change, digits=1) if shades.signed else "{:.1f}".format
        captions = ["" if math.isnan(each) else write(each) for each in shades.bits.tolist()]
        self._strip.set_captions(captions if view.choices.surprisal.bits else None)
        self._strip.set_tint(shades.bits / shades.most, shades.tips, signed=shades.signed)

    def _choose(self, chosen: str) -> None:
        if chosen in (NO_TINT, WHY):
            self._store.choose("surprisal", tint=TINTED[chosen])
        else:
            self._store.choose("surprisal", tint=True, estimator=chosen)


def _seen(view: View) -> tuple[object, ...]:
    """Gather what the tint depends on."""
    run = view.run
    of_run = run.text, run.tokens, run.analysis, run.model
    known = view.derived.get(NAME), view.derived.get(WHY)
    return *of_run, *known, view.comparison, view.choices.surprisal, view.unanswered


def _of_surprisal(view: View, model: ModelInfo) -> _Shades:
    known, chosen = known_surprisal(view), view.choices.surprisal
    is_difference = chosen.difference and view.comparison is not None
    if known is not None and known.estimator != chosen.estimator:
        known = None
    of_known = () if known is None else known.difference if is_difference else known.bits
    bits, is_whole = _standing(view, None if known is None else known.analysis, of_known)
    tips = [known.tip(at) for at in range(len(bits))] if known and is_whole else ()
    if is_difference:
        sides = names_of(view.comparison)
        tip = f"Orange tokens are likelier {sides.in_a}, blue ones {sides.in_b}, by bits."
        return _signed(bits, tip, tips, _LEAST_BITS, "bits likelier")
    chance = chance_bits(model)
    tip = (
        f"Surprisal: 0 bits are certainty, {chance:.1f} bits a guess among all "
        f"{model.vocab_size:,} entries of the vocabulary; more is not tinted darker."
    )
    return _Shades(bits, chance, ("0", f"{chance:.3g} bits"), tip, tips, signed=False)


def _of_why(view: View) -> _Shades | None:
    """Say what the tokens add to a guess; None where there is none, or it cannot be explained."""
    derived = view.derived.get(WHY)
    found: Why | None = None if derived is None else derived.value
    if found is None or found.known is None or (why_of(view) is None and not view.is_stale):
        return None
    bits, is_whole = _standing(view, found.analysis, found.bits())
    tips = [found.tip(at) for at in range(len(bits))] if is_whole else ()
    return _signed(bits, found.describe_tint(), tips, LEAST_BITS)


def _signed(
    bits: NDArray[np.float64], tip: str, tips: Sequence[str], least: float, unit: str = "bits"
) -> _Shades:
    most = max(float(np.nanmax(np.abs(bits), initial=0.0)), least)
    ends = f"{written_change(-most, 1)}", f"{written_change(most, 1)} {unit}"
    return _Shades(bits, most, ends, tip, tips, signed=True)


def _standing(
    view: View, known: Analysis | None, bits: Sequence[float] | NDArray[np.float64]
) -> tuple[NDArray[np.float64], bool]:
    """Return the bits of the typed tokens, (token,), nan where unknown; whether all are of them.

    While the sentence is being edited, tokens that stayed keep theirs: the strip is faded then.
    """
    unknown = np.full(len(view.run.tokens), np.nan)
    if known is None:
        return unknown, False
    if not view.is_stale:
        is_whole = known is view.analysis
        return (np.asarray(bits) if is_whole else unknown), is_whole
    if known.model != view.model:
        return unknown, False
    return carried_values(np.asarray(bits), known.tokens, view.run.tokens), False
