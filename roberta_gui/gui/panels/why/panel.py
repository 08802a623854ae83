"""Why this guess: a bar of bits for each token, of what it adds to a word at a mask."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from roberta_gui.findings.notation.names import axis_label
from roberta_gui.findings.words.why import LEAST_BITS, METHODS, TIP, TITLE, Why
from roberta_gui.gui.panels.reasons import Reason, no_head, no_mask
from roberta_gui.gui.panels.token_panel import TintingPanel
from roberta_gui.gui.sentence.sentence_tint import (
    WHY,
    allow,
    describe_cost,
    passes_to_allow,
    why_of,
)
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.segments import Labelled
from roberta_gui.gui.widgets.tokens.token_bars import Bars, TokenBars
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.view import View

WORD_TIP: Final = "A word that is one token, as it would stand at the mask. Empty: the best guess."
AGAINST_TIP: Final = (
    "A second word of one token: what is explained is then why the first is likelier than this. "
    "Empty: none."
)


class WhyPanel(TintingPanel[Why]):
    """Bars of what each token adds to a word's log-probability, by one of three methods."""

    name = WHY
    title = TITLE
    tip = TIP
    tells_guesses = True
    word_width = 132
    busy = "Following the guess back to its words"

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._bars = TokenBars("What each token adds to the word")
        self.connect_items(self._bars)
        self._bars.stepped.connect(self.step_tokens)
        self._word = self.word_field("word", "Word that is explained", WORD_TIP, is_followed=True)
        self._against = self.word_field(
            "against", "Word that it is held against", AGAINST_TIP, "none", is_followed=True
        )
        methods = self.segments(
            "method", {key: (m.name, m.tip) for key, m in METHODS.items()}, "Method"
        )
        words = Labelled("Why", self._word), Labelled("and not", self._against)
        tint = self.tint_toggle(
            "Tint: why", "Tint each token of the sentence above by what it adds"
        )
        self.show_picture(self._bars, *words, methods, tint)
        self.fit()

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask what each token adds."""
        return why_of(view)

    def result(self, view: View) -> Why | None:
        """Return what is known by now, once a token has a value."""
        why = super().result(view)
        return why if why is not None and why.known and self.derive(view) else None

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: a head that guesses, a mask, or a word of one token."""
        yield no_head(view.model)
        yield no_mask(view, "What is explained is a word at a mask. ")
        if passes := passes_to_allow(view, WHY):
            offer = describe_cost(view, WHY), partial(allow, self.store, passes)
            hint = f"{METHODS[view.choices.why.method].name} reads this long text many times."
            yield Reason("Not explained yet", hint, keeps_choices=True, offer=offer)
        derived = view.derived.get(self.name)
        if derived is not None and (refusal := derived.value.refusal) is not None:
            yield Reason(refusal.title, refusal.hint, keeps_choices=True)
        yield Reason(
            self.busy, "The model reads the sentence many times.", is_busy=True, keeps_choices=True
        )

    # --- drawing

    def draw_result(self, why: Why, view: View, *, is_new: bool) -> None:
        """Draw what is known by now."""
        if (known := why.known) is not None:
            self._bars.set_bars(
                Bars(
                    labels=[axis_label(token) for token in known.tokens],
                    values=why.bits(),
                    tips=[why.tip(token.index) for token in known.tokens],
                    at_least=LEAST_BITS,
                    unit="bits: for the word up, against it down",
                    is_signed=True,
                    barless="",
                )
            )

    def caption_of(self, why: Why, view: View) -> str:
        """Say what is explained, and how much of it."""
        return why.caption()

    def remark_of(self, why: Why, view: View) -> str:
        """Say what all tokens add together."""
        return why.remark

    def printed(self) -> QWidget:
        """Return the bars with room for their heights and names, however low the panel is."""
        return self._bars.printed()
