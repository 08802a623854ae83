"""Surprisal: how many bits each token of the sentence costs the model where it stands."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from roberta_gui.findings.comparison.against import names_of, why_not
from roberta_gui.findings.notation.names import axis_label
from roberta_gui.findings.surprisal import SHORT_NAMES, TIPS, TokenSurprisal, chance_bits
from roberta_gui.gui.panels.difference_switch import DifferenceSwitch
from roberta_gui.gui.panels.reasons import (
    Reason,
    no_head,
    no_sentence,
)
from roberta_gui.gui.panels.token_panel import TintingPanel
from roberta_gui.gui.sentence.sentence_tint import (
    NAME,
    NEEDS,
    allow,
    describe_cost,
    known_surprisal,
    passes_to_allow,
    surprisal_of,
    tinted_by,
)
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.breaking_text import ElidingLabel
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.tokens.token_bars import Bars, Bracket, TokenBars
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.view import View
from roberta_gui.wording import counted, special_names

ESTIMATORS = {estimator: (name, TIPS[estimator]) for estimator, name in SHORT_NAMES.items()}
ROOMY: Final = 300
"""From this height on everything is said below the bars; else one line, to leave them room."""
COPYING_AXIS: Final = 1.0
"""Least end of the axis, in bits, where the model sees the token: it mostly copies."""


class SurprisalPanel(TintingPanel[TokenSurprisal]):
    """A bar of bits for each token, in the sentence's order, by one of three estimators."""

    name = NAME
    title = "Surprisal"
    tip = "How unexpected each token is to the model where it stands, in bits."
    needs = NEEDS
    tells_switched_heads = True

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._bars = TokenBars("Surprisal of each token")
        self.connect_items(self._bars)
        self._bars.stepped.connect(self.step_tokens)
        self._caveat = named("subtitle", ElidingLabel())
        tip = "Tint each token of the sentence above by its surprisal"
        tint = self.tint_toggle("Tint sentence", tip)
        self._difference = DifferenceSwitch(
            "Surprisal",
            "Tint the sentence by how much likelier each token is than what it is held against",
        )
        self._difference.clicked.connect(
            lambda on: store.choose("surprisal", tint=on or tint.isChecked(), difference=on)
        )
        estimators = self.segments("estimator", ESTIMATORS, "Estimator")
        self.show_picture(self._bars, estimators, tint, self._difference)
        self.body.addWidget(self._caveat)
        self._caveat.hide()

    def derive(self, view: View) -> Derivation | None:
        """Ask the model about each token."""
        return surprisal_of(view)

    def result(self, view: View) -> TokenSurprisal | None:
        """Return what is known by now: nothing where no token can be scored."""
        known = known_surprisal(view)
        if known is None or not known.n_scored or surprisal_of(view) is None:
            return None
        return known

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: a head that can be asked, or a token to ask about."""
        yield no_head(view.model)
        yield no_sentence(view)
        estimator = SHORT_NAMES[view.choices.surprisal.estimator]
        if passes := passes_to_allow(view):
            offer = describe_cost(view), partial(allow, self.store, passes)
            hint = f"{estimator} runs the model again for each token of this long text."
            yield Reason("Not measured yet", hint, keeps_choices=True, offer=offer)
        known = known_surprisal(view)
        if known is not None:
            specials = special_names(known.analysis.model.special_tokens)
            hint = f"Write some words; masks, {specials} have none."
            yield Reason("No token to score", hint, keeps_choices=True)
        yield Reason(
            "Asking about each token",
            f"{estimator} runs the model again for this.",
            is_busy=True,
            keeps_choices=True,
        )

    def show_choices(self, view: View) -> None:
        """Show whether a difference tints the sentence."""
        chosen = view.choices.surprisal
        is_on = tinted_by(view) == self.name and chosen.difference
        self._difference.show_choice(is_on, why_not(view.comparison, self.needs))
        self._caveat.setVisible(self.result(view) is not None and self._is_roomy())

    def draw_result(self, shown: TokenSurprisal, view: View, *, is_new: bool) -> None:
        """Draw what is known by now."""
        self._bars.set_bars(_bars(shown))
        self._caveat.setText(f"{shown.caveat} {shown.method}")
        self._caveat.setToolTip(plain_tip(self.caption_text()))

    def caption_of(self, shown: TokenSurprisal, view: View) -> str:
        """Say what the bars come to."""
        return f"{shown.sums} {shown.compared}".rstrip() if self._is_roomy() else shown.sums

    def remark_of(self, shown: TokenSurprisal, view: View) -> str:
        """Say how much is known, then how much that is a token."""
        if shown.n_known < shown.n_scored:
            return f"{shown.n_known} of {counted(shown.n_scored, 'token')}"
        return f"{shown.mean:.2f} bits a token{shown.compared_mean}"

    def _is_roomy(self) -> bool:
        return self.height() >= self.theme.pixels(ROOMY)

    def fit(self) -> None:
        """Say as much as there is room for."""
        super().fit()
        self._caveat.setVisible(self.known is not None and self._is_roomy())
        self.say_again()

    def printed(self) -> QWidget:
        """Return the bars with room for their heights and names, however low the panel is."""
        return self._bars.printed()

    def whole_caption(self, shown: TokenSurprisal, view: View) -> str:
        """Say how it was measured, and what it comes to."""
        return shown.describe()


def _bars(shown: TokenSurprisal) -> Bars:
    tokens = shown.analysis.tokens
    return Bars(
        labels=[axis_label(token) for token in tokens],
        values=shown.bits,
        tips=[shown.tip(token.index) for token in tokens],
        brackets=[Bracket(*word) for word in shown.words],
        # Half of what blind guessing costs: the axis seldom moves while values come in.
        at_least=COPYING_AXIS
        if shown.estimator == "unmasked"
        else chance_bits(shown.analysis.model) / 2,
        mean=shown.mean,
        unit="bits",
        bracket_name="a word, its pieces together",
        marks=shown.bits_b,
        mark_name=names_of(shown.comparison).b if shown.comparison else "",
    )
