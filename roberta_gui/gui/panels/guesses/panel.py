"""Guesses: what the model would put at each mask."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from roberta_gui.findings import guesses
from roberta_gui.findings.comparison.guess_changes import (
    GuessChanges,
    describe_changes,
    describe_entropy,
    known_before,
)
from roberta_gui.findings.glyphs import STRAY_MEANING, is_stray
from roberta_gui.findings.marks import Guess
from roberta_gui.findings.names import spaced_word
from roberta_gui.findings.numbers import percentage, points
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.panels.guesses.known import KnownGuesses, know_guesses
from roberta_gui.gui.panels.panel import Derivation, Panel
from roberta_gui.gui.panels.why_empty import describe_no_mask, describe_problem, say_waiting
from roberta_gui.gui.sentence.edits import why_unwritable
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.paragraph import Paragraph
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.records import Analysis, Candidate, Replacement
from roberta_gui.view import View

_HINT = "Click a word to put it into the sentence."
_UNTRIED = Replacement(0, 0, "")
"""Stands for a guess that nobody has tried to write yet."""


class GuessesPanel(Panel):
    """Ranked words with their probabilities over the whole vocabulary, for one mask at a time."""

    name = "guesses"
    title = "Guesses"
    tip = "What the model would put at a mask. Click a word to put it into the sentence."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._fit_width()
        self._before = self._step_button("chevron-up", "Previous mask (Shift+F3)", -1)
        self._after = self._step_button("chevron-down", "Next mask (F3)", 1)
        self._wish: tuple[Analysis, int, int] | None = None  # mask and row that were clicked
        self._list = GuessList()
        self._list.guess_taken.connect(self._take)
        self._caption = named("caption", Paragraph())
        self._empty = EmptyState()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._list)
        column.addWidget(self._caption)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what lies in it takes the keyboard
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(scroll)
        self.body.addWidget(self._stack, 1)

    def derive(self, view: View) -> Derivation | None:
        """Ask which guesses can be written; with heads off, what they have with every head on."""
        analysis, baseline = view.analysis, view.baseline
        if analysis is None or not analysis.fills or analysis.model != view.model:
            return None
        work = partial(know_guesses, analysis, baseline)
        return Derivation((analysis, baseline), work, analysis.model, is_extra=baseline is None)

    def draw(self, view: View, previous: View | None) -> None:
        """List the chosen mask's guesses, or say why there are none."""
        fills = view.analysis.fills if view.analysis else ()
        for button in (self._before, self._after):
            button.setVisible(len(fills) > 1)
        mask, last = view.selection.mask, len(fills) - 1
        rule_out(self._before, "" if mask > 0 else "There is no mask before this one")
        rule_out(self._after, "" if mask < last else "There is no mask after this one")
        if not fills:
            self._stack.setCurrentWidget(self._empty)
            self._say_why_empty(view)
            self.heading.set_remark("")
            self._list.set_guesses(())
            self._caption.clear()
            return
        fill = fills[view.selection.mask]
        self.heading.set_remark(f"mask {view.selection.mask + 1}/{len(fills)}")
        if (
            previous is None
            or previous.analysis is not view.analysis
            or (previous.selection.mask != view.selection.mask)
            or self._known(previous) is not self._known(view)
        ):
            mask, known = view.selection.mask, self._known(view)
            before = known_before(mask, view.baseline, self._changes(view))
            forms = known.forms if known is not None else {}
            self._list.set_guesses(
                [
                    _guess(each, before, forms.get((mask, each.id), _UNTRIED) is not None)
                    for each in fill.candidates
                ]
            )
            self._caption.setText(self._told(view))
        self._stack.setCurrentIndex(1)
        self._grant()

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._fit_width()
        super().customEvent(event)

    def _fit_width(self) -> None:
        self.setMinimumWidth(self.theme.pixels(190))  # narrower, and the words would be gone

    @property
    def shown(self) -> Analysis | None:
        """The analysis whose guesses are listed."""
        analysis = super().shown
        return analysis if analysis is not None and analysis.fills else None

    def picture(self) -> GuessList:
        """Return the list of guesses."""
        return self._list

    def caption_text(self) -> str:
        """Return what the list's caption says."""
        return self._caption.text()

    def table(self) -> Table | None:
        """Return the guesses at every mask, compared with every head on where some are off."""
        analysis = self.shown
        if analysis is None:
            return None
        changes = self._changes(self.store.view)
        return guesses.table(analysis, None if changes is None else changes.before)

    def arrays(self) -> Arrays | None:
        """Return ids and probabilities of the guesses at every mask, (mask, rank)."""
        analysis = self.shown
        if analysis is None:
            return None
        changes = self._changes(self.store.view)
        return guesses.arrays(analysis, None if changes is None else changes.before)

    def _changes(self, view: View) -> GuessChanges | None:
        """Return what is known about the shown analysis' words with every head on."""
        known = self._known(view)
        return None if known is None else known.changes

    def _known(self, view: View) -> KnownGuesses | None:
        """Return what is known about the guesses that are shown."""
        derived = view.derived.get(self.name)
        known: KnownGuesses | None = derived.value if derived is not None else None
        if known is None or known.baseline is not view.baseline:
            return None
        return known if known.analysis is view.analysis else None

    def _told(self, view: View) -> str:
        if view.analysis is None:
            return ""
        mask = view.selection.mask
        fill = view.analysis.fills[mask]
        if view.baseline is None:
            return f"{guesses.caption(view.analysis, mask)} {_HINT}"
        than = describe_entropy(fill, view.baseline.fills[mask])
        changes = describe_changes(mask, view.analysis, view.baseline, self._changes(view))
        return f"{guesses.caption(view.analysis, mask, than)} {changes}"

    def _say_why_empty(self, view: View) -> None:
        analysis = view.analysis
        if analysis is None:
            if not describe_problem(self._empty, view, "sentence"):
                say_waiting(self._empty, view, "Guessing")
        elif not analysis.model.can_fill_masks:
            self._empty.say(
                "This model cannot guess words",
                "Its checkpoint has no masked-language-model head. "
                "Attention and hidden states work as ever.",
            )
        else:
            describe_no_mask(self._empty, analysis)

    def _take(self, row: int) -> None:
        view = self.store.view
        if view.analysis is not None and not view.is_stale:
            self._wish = view.analysis, view.selection.mask, row
            self._grant()

    def _grant(self) -> None:
        """Ask for the guess that was clicked, once the worker knows how it is written."""
        view = self.store.view
        if self._wish is None:
            return
        analysis, mask, row = self._wish
        if view.analysis is not analysis or view.is_stale:
            self._wish = None
            return
        fill, known = analysis.fills[mask], self._known(view)
        candidate = fill.candidates[row]
        form = _UNTRIED if known is None else known.forms.get((mask, candidate.id), _UNTRIED)
        if form is not _UNTRIED:
            self._wish = None
            self.replacement_wanted.emit(fill.token_index, candidate, form)

    def step(self, by: int) -> None:
        """List the guesses of the next mask, or with -1 of the one before."""
        self.store.select_mask(self.store.view.selection.mask + by)

    def _step_button(self, glyph: str, tip: str, by: int) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(glyph, "muted"))
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(tip.partition(" (")[0])
        button.clicked.connect(lambda: self.step(by))
        self.heading.add(button)
        return button


def _guess(candidate: Candidate, every_head_on: Mapping[int, float], is_writable: bool) -> Guess:
    word = spaced_word(candidate.text, candidate.leading_space)
    space = "with" if candidate.leading_space else "without"
    before = every_head_on.get(candidate.id)
    compared = ""
    if before is not None:
        change = points(candidate.probability - before)
        compared = f"\nwith every head on {percentage(before)}: {change} percentage points"
    tip = (
        f"{word}: probability {candidate.probability:.6f}{compared}\n"
        f"vocabulary id {candidate.id}, {space} a leading space"
    )
    if is_stray(candidate.text):
        tip += f"\n{STRAY_MEANING}"
    if not is_writable:
        tip += f"\nNo text gives this piece here. {why_unwritable(candidate)}"
    return Guess(word, candidate.probability, tip, before, is_writable)
