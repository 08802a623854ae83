"""Surprisal: how many bits each token of the sentence costs the model where it stands."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QToolButton, QWidget
from superqt.elidable import QElidingLabel

from roberta_gui.findings.names import axis_label
from roberta_gui.findings.numbers import written_change
from roberta_gui.findings.surprisal import SHORT_NAMES, TIPS, TokenSurprisal, chance_bits
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.panels.why_empty import say_waiting
from roberta_gui.gui.sentence.token_surprisal import NAME, known_surprisal, surprisal_of
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.caption import Caption
from roberta_gui.gui.widgets.controls.control_row import ControlRow
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.tokens.token_bars import Bars, Bracket, TokenBars
from roberta_gui.records import Analysis
from roberta_gui.view import View
from roberta_gui.wording import counted, special_names

ROOMY: Final = 300
"""From this height on everything is said below the bars; else one line, to leave them room."""
PRINTED: Final = QSize(480, 260)
"""The least size of an exported picture."""
COPYING_AXIS: Final = 1.0
"""Least end of the axis, in bits, where the model sees the token: it mostly copies."""


class SurprisalPanel(TokenPanel):
    """A bar of bits for each token, in the sentence's order, by one of three estimators."""

    name = NAME
    title = "Surprisal"
    tip = "How unexpected each token is to the model where it stands, in bits."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._bars = TokenBars("Surprisal of each token")
        self._bars.token_hovered.connect(self.hover_token)
        self._bars.hover_left.connect(store.leave)
        self._bars.token_clicked.connect(self.lock_token)
        self._bars.token_double_clicked.connect(self.mask_token)
        self._bars.stepped.connect(self.step_tokens)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._bars)
        self._said = named("caption", Caption())
        self._caveat = named("subtitle", QElidingLabel())
        for label in (self._said, self._caveat):
            label.hide()
        self._controls = self._choices()
        self.body.addWidget(self._controls)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._said)
        self.body.addWidget(self._caveat)

    def derive(self, view: View) -> Derivation | None:
        """Ask the model about each token."""
        return surprisal_of(view)

    def draw(self, view: View, previous: View | None) -> None:
        """Draw what is known by now, or say why there is nothing."""
        shown = self._known(view)
        self._estimator.set_choice(view.choices.surprisal.estimator)
        self._tint.setChecked(view.choices.surprisal.tint)
        self._controls.setVisible(view.model is not None and view.model.can_fill_masks)
        if shown is None:
            self._stack.setCurrentWidget(self._empty)
            self._say_why_empty(view)
            self._bars.set_bars(Bars())
            self._say(None)
            self.heading.set_remark("")
            return
        self._stack.setCurrentWidget(self._bars)
        if previous is None or self._known(previous) is not shown:
            self._bars.set_bars(_bars(shown))
            self._say(shown)
            self.heading.set_remark(_remark(shown))
        self._bars.set_selected(view.selection.tokens)
        self._bars.set_hovered(view.selection.hovered_token)

    def _say(self, shown: TokenSurprisal | None) -> None:
        """Say below the bars what they come to, and how they were measured."""
        sums, ways = ("", "") if shown is None else (shown.sums, f"{shown.caveat} {shown.method}")
        if shown is not None and self._is_roomy():
            sums = f"{sums} {shown.compared}".rstrip()
        self._said.setText(sums)
        self._caveat.setText(ways)
        for label in (self._said, self._caveat):
            tip = "" if shown is None else shown.describe().replace(". ", ".\n")
            label.setToolTip(plain_tip(tip))
        # Under an empty panel they would only push what stands there off its middle.
        self._said.setVisible(shown is not None)
        self._caveat.setVisible(shown is not None and self._is_roomy())

    def _is_roomy(self) -> bool:
        return self.height() >= self.theme.pixels(ROOMY)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._say(self._known(self.store.view))

    def forget(self) -> None:
        """Let go of the picture; the values stay while the sentence is tinted by them."""
        self._drawn = None
        if not self.store.view.choices.surprisal.tint:
            super().forget()

    def set_covered(self, behind: bool) -> None:
        """Give the measuring up where nobody sees it any more: it can take minutes."""
        super().set_covered(behind)
        if behind:
            self.forget()

    @property
    def shown(self) -> Analysis | None:
        """The analysis whose tokens are drawn."""
        known = self._known(self.store.view)
        return known.analysis if known is not None else None

    def picture(self) -> QWidget:
        """Return the bars."""
        return self._bars

    def printed(self) -> QWidget:
        """Return the bars with room for their heights and names, however low the panel is."""
        if self._bars.size() == (room := self._bars.size().expandedTo(PRINTED)):
            return self._bars
        return self._bars.copied(room)

    def caption_text(self) -> str:
        """Say how it was measured and what it comes to."""
        known = self._known(self.store.view)
        return known.describe() if known is not None else ""

    def table(self) -> Table | None:
        """Return the bits of each token that is scored."""
        known = self._known(self.store.view)
        return known.table() if known is not None else None

    def arrays(self) -> Arrays | None:
        """Return the bits of all tokens; nan where none is scored."""
        known = self._known(self.store.view)
        return known.arrays() if known is not None else None

    def _changed(self, view: View, previous: View) -> None:
        super()._changed(view, previous)
        if not self.is_in_sight and not view.choices.surprisal.tint and self.name in view.derived:
            super().forget()  # nobody shows them any more

    def _known(self, view: View) -> TokenSurprisal | None:
        """Return what can be drawn for a View: nothing where no token can be scored."""
        known = known_surprisal(view)
        if known is None or not known.n_scored or surprisal_of(view) is None:
            return None
        return known

    def _say_why_empty(self, view: View) -> None:
        problem = view.problem_of(f"panel:{self.name}", "sentence")
        if problem is not None:
            self._empty.say(problem.title, problem.hint)
        elif view.analysis is None:
            say_waiting(self._empty, view, "Asking about each token")
        elif not view.analysis.model.can_fill_masks:
            self._empty.say(
                "This model cannot be asked",
                "Its checkpoint has no masked-language-model head, so it gives words no bits.",
            )
        elif known_surprisal(view) is not None:
            specials = special_names(view.analysis.model.special_tokens)
            self._empty.say("No token to score", f"Write some words; masks, {specials} have none.")
        else:
            self._empty.say(
                "Asking about each token",
                SHORT_NAMES[view.choices.surprisal.estimator] + " runs the model again for this.",
                busy=True,
            )

    # --- controls

    def _choices(self) -> QWidget:
        self._estimator = Segments(SHORT_NAMES, TIPS, "Estimator")
        self._estimator.chosen.connect(
            lambda chosen: self.store.choose("surprisal", estimator=chosen)
        )
        self._tint = named("toggle", QToolButton())
        self._tint.setText("Tint")
        self._tint.setAccessibleName("Tint the sentence")
        self._tint.setToolTip("Tint each token of the sentence above by its surprisal")
        self._tint.setCheckable(True)
        self._tint.clicked.connect(lambda on: self.store.choose("surprisal", tint=on))
        return ControlRow(self._estimator, self._tint)


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
        marks=None if shown.baseline is None else shown.baseline.bits,
        mark_name="every head on",
    )


def _remark(shown: TokenSurprisal) -> str:
    if shown.n_known < shown.n_scored:
        return f"{shown.n_known} of {counted(shown.n_scored, 'token')}"
    remark = f"{shown.mean:.2f} bits a token"
    if shown.baseline is None or not shown.baseline.is_complete:
        return remark
    change = written_change(shown.mean - shown.baseline.mean, 2)
    if change == "0.00":
        return f"{remark}, as with every head on"
    more = "more" if change[0] == "+" else "less"
    return f"{remark}, {change[1:]} {more} than with every head on"
