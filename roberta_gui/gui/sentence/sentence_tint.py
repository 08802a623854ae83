"""SentenceTint: the tokens' surprisal, asked for once for strip and panel, and the tint by it."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QPushButton

from roberta_gui.choices import AS_AT_FIRST
from roberta_gui.findings.comparison.against import comparable, names_of, why_not
from roberta_gui.findings.notation.numbers import written_change
from roberta_gui.findings.surprisal import (
    SHORT_NAMES,
    TIPS,
    TokenSurprisal,
    chance_bits,
    measure_steps,
    passes_needed,
)
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.tokens.tint import NO_TINT, TintChoice, TintLegend
from roberta_gui.gui.widgets.tokens.token_strip import TokenStrip
from roberta_gui.records import Run
from roberta_gui.selection import carried_values
from roberta_gui.view import RightSide, View
from roberta_gui.wording import counted, rough_time

NAME: Final = "surprisal"
"""Under which name the View keeps it."""

NEEDS: Final = "can_compare_guesses"
"""What two models need to have in common for their surprisals to be compared."""

SECOND: Final = "surprisal:second"
"""The same of a second sentence."""

About: TypeAlias = Callable[[View], View]
"""From what the window shows to the same with one of its sentences as the only one."""

_LEAST_BITS: Final = 0.1
"""The colours of a difference end here at the nearest: less is next to nothing."""


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
    What takes many passes waits until somebody agrees to it, see :func:`passes_to_allow`.
    """
    analysis, estimator = view.analysis, view.choices.surprisal.estimator
    if analysis is None or not analysis.model.can_fill_masks or passes_to_allow(view):
        return None
    comparison = comparable(view.comparison, NEEDS)
    work = partial(measure_steps, analysis, comparison, estimator, _known(view))
    return Derivation((analysis, comparison, estimator), work, analysis.model)


def passes_to_allow(view: View) -> int:
    """Return how many passes somebody must agree to first: 0 where there are few, or were."""
    analysis, chosen = view.analysis, view.choices.surprisal
    if analysis is None or not analysis.model.can_fill_masks:
        return 0
    comparison = comparable(view.comparison, NEEDS)
    measured = (analysis,) if comparison is None else (analysis, comparison.b)
    needed = passes_needed(measured, chosen.estimator, _known(view))
    return needed if needed > chosen.passes else 0


def describe_cost(view: View) -> str:
    """Say what those passes take; the pass that was made for the pictures gives the time."""
    passes = passes_to_allow(view)
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


class SentenceTint(QObject):
    """Tints a strip; asks for the values itself, since the panel of them may be hidden."""

    derivation_wanted = Signal(object)  # the Derivation of the tokens' surprisal

    def __init__(self, store: ViewStore, strip: TokenStrip, about: About = of_first) -> None:
        super().__init__(strip)
        self._about = about
        # One choice and one legend for both sentences: they stand in the first one's card.
        self._leads = about is of_first
        self._store = store
        self._strip = strip
        self.choice = TintChoice(SHORT_NAMES, TIPS, "Bits under the tokens")
        self.choice.setIcon(icon("palette-outline", "muted"))
        self.choice.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.choice.chosen.connect(self._choose)
        self.choice.switched.connect(lambda name, on: store.choose("surprisal", **{name: on}))
        self.legend = TintLegend()
        self.legend.hide()
        self.measure = named("action", QPushButton())
        self.measure.setToolTip("The model reads this long text once for each token to be tinted")
        self.measure.clicked.connect(lambda: allow(store, passes_to_allow(self._about(store.view))))
        self.measure.hide()

    def draw(self, view: View, previous: View | None) -> None:
        """Tint the tokens that the strip shows; must come after they were set."""
        view, previous = self._about(view), None if previous is None else self._about(previous)
        can_be = view.model is not None and view.model.can_fill_masks
        chosen = view.choices.surprisal
        # The difference stands on A's tokens: B's stay plain beside it.
        is_on = can_be and chosen.tint and (self._leads or not chosen.difference)
        self.choice.setVisible(can_be and self._leads)
        self.choice.set_choice(
            chosen.estimator if can_be and chosen.tint else NO_TINT,
            numbers=chosen.bits,
            difference=chosen.difference and comparable(view.comparison, NEEDS) is not None,
            why_no_difference=why_not(view.comparison, NEEDS),
        )
        self._ask(view, is_on=is_on)
        self.measure.setVisible(is_on and passes_to_allow(view) > 0)
        self.measure.setText(describe_cost(view))
        if previous is None or _seen(previous) != _seen(view):
            self._tint(view, is_on=is_on)

    def _ask(self, view: View, *, is_on: bool) -> None:
        wanted = surprisal_of(view) if is_on else None
        derived = view.derived.get(NAME)
        if wanted is not None and (derived is None or derived.key != wanted.key):
            self.derivation_wanted.emit(wanted)

    def _tint(self, view: View, *, is_on: bool) -> None:
        self.legend.setVisible(is_on and self._leads)
        if not (is_on and view.model and view.run.tokens):
            self._strip.set_captions(None)
            self._strip.set_tint(None)
            return
        known = known_surprisal(view)
        is_difference = view.choices.surprisal.difference and view.comparison is not None
        bits = _bits(view, known, is_difference=is_difference)
        chance = chance_bits(view.model)
        most = max(float(np.nanmax(np.abs(bits), initial=0.0)), _LEAST_BITS)
        if is_difference:
            ends = f"{written_change(-most, 1)}", f"{written_change(most, 1)} bits likelier"
            sides = names_of(view.comparison)
            tip = f"Orange tokens are likelier {sides.in_a}, blue ones {sides.in_b}, by bits."
        else:
            most, ends = chance, ("0", f"{chance:.3g} bits")
            tip = (
                f"Surprisal: 0 bits are certainty, {chance:.1f} bits a guess among all "
                f"{view.model.vocab_size:,} entries of the vocabulary; more is not tinted darker."
            )
        self.legend.set_ends(*ends, tip, signed=is_difference)
        write = partial(written_change, digits=1) if is_difference else "{:.1f}".format
        captions = ["" if math.isnan(each) else write(each) for each in bits.tolist()]
        self._strip.set_captions(captions if view.choices.surprisal.bits else None)
        is_whole = known is not None and known.analysis is view.analysis and not view.is_stale
        tips = [known.tip(at) for at in range(len(bits))] if known and is_whole else ()
        self._strip.set_tint(bits / most, tips, signed=is_difference)

    def _choose(self, chosen: str) -> None:
        if chosen == NO_TINT:
            self._store.choose("surprisal", tint=False)
        else:
            self._store.choose("surprisal", tint=True, estimator=chosen)


def _seen(view: View) -> tuple[object, ...]:
    """Gather what the tint depends on."""
    run = view.run
    of_run = run.text, run.tokens, run.analysis, run.model
    return *of_run, view.derived.get(NAME), view.comparison, view.choices.surprisal


def _bits(view: View, known: TokenSurprisal | None, *, is_difference: bool) -> NDArray[np.float64]:
    """Return the bits of the typed tokens, or those of A − B; (token,), nan where unknown.

    While the sentence is being edited, tokens that stayed keep theirs: the strip is faded then.
    """
    tokens = view.run.tokens
    unknown = np.full(len(tokens), np.nan)
    if known is None or known.estimator != view.choices.surprisal.estimator:
        return unknown
    bits = known.difference if is_difference else known.bits
    if not view.is_stale:
        return bits if known.analysis is view.analysis else unknown
    if known.analysis.model != view.model:
        return unknown
    return carried_values(bits, known.analysis.tokens, tokens)
