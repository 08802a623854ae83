"""SentenceTint: the sentence's tokens tinted by their surprisal, as the values come in."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from roberta_gui.findings.surprisal import SHORT_NAMES, TIPS, TokenSurprisal, chance_bits
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.sentence.token_surprisal import NAME, SECOND, known_surprisal, surprisal_of
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.tokens.tint_choice import NO_TINT, TintChoice
from roberta_gui.gui.widgets.tokens.tint_legend import TintLegend
from roberta_gui.gui.widgets.tokens.token_strip import TokenStrip
from roberta_gui.records import Run
from roberta_gui.selection import carried_values
from roberta_gui.view import RightSide, View

About: TypeAlias = Callable[[View], View]
"""From what the window shows to the same with one of its sentences as the only one."""


def of_first(view: View) -> View:
    """Look at the first sentence."""
    return view


def of_second(view: View) -> View:
    """Look at the second sentence, whose surprisal has a name of its own."""
    known = view.derived.get(SECOND)
    derived = {} if known is None else {NAME: known}
    run = view.second or Run(model=view.model)
    return replace(view, run=run, against=None, right_side=RightSide(), derived=derived)


class SentenceTint(QObject):
    """Tints a strip; asks for the values itself, since the panel of them may be hidden.

    Signals
    -------
    derivation_wanted(Derivation)
        The tokens' surprisal must be measured before the strip can be tinted.
    """

    derivation_wanted = Signal(object)

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
        self.choice.numbers_chosen.connect(lambda on: store.choose("surprisal", bits=on))
        self.legend = TintLegend()
        self.legend.hide()

    def draw(self, view: View, previous: View | None) -> None:
        """Tint the tokens that the strip shows; must come after they were set."""
        view, previous = self._about(view), None if previous is None else self._about(previous)
        can_be = view.model is not None and view.model.can_fill_masks
        is_on = can_be and view.choices.surprisal.tint
        self.choice.setVisible(can_be and self._leads)
        self.choice.set_choice(
            view.choices.surprisal.estimator if is_on else NO_TINT,
            numbers=view.choices.surprisal.bits,
        )
        self._ask(view, is_on=is_on)
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
        chance = chance_bits(view.model)
        self.legend.set_ends(
            "0",
            f"{chance:.3g} bits",
            f"Surprisal: 0 bits are certainty, {chance:.1f} bits a guess among all "
            f"{view.model.vocab_size:,} entries of the vocabulary; more is not tinted darker.",
        )
        known = known_surprisal(view)
        bits = _bits(view, known)
        if view.choices.surprisal.bits:
            self._strip.set_captions(["" if math.isnan(b) else f"{b:.1f}" for b in bits.tolist()])
        else:
            self._strip.set_captions(None)
        is_whole = known is not None and known.analysis is view.analysis and not view.is_stale
        tips = [known.tip(at) for at in range(len(bits))] if known and is_whole else ()
        self._strip.set_tint(bits / chance, tips)

    def _choose(self, chosen: str) -> None:
        if chosen == NO_TINT:
            self._store.choose("surprisal", tint=False)
        else:
            self._store.choose("surprisal", tint=True, estimator=chosen)


def _seen(view: View) -> tuple[object, ...]:
    """Gather what the tint depends on."""
    run = view.run
    return (
        run.text,
        run.tokens,
        run.analysis,
        view.derived.get(NAME),
        view.choices.surprisal,
        run.model,
    )


def _bits(view: View, known: TokenSurprisal | None) -> NDArray[np.float64]:
    """Return the bits of the typed tokens, (token,); nan where none is known.

    While the sentence is being edited, tokens that stayed keep theirs: the strip is faded then.
    """
    tokens = view.run.tokens
    unknown = np.full(len(tokens), np.nan)
    if known is None or known.estimator != view.choices.surprisal.estimator:
        return unknown
    if not view.is_stale:
        return known.bits if known.analysis is view.analysis else unknown
    if known.analysis.model != view.model:
        return unknown
    return carried_values(known.bits, known.analysis.tokens, tokens)
