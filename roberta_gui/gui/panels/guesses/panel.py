"""Guesses: what the model would put at each mask."""

import math
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtWidgets import QLineEdit, QToolButton

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import GuessesChoices
from roberta_gui.findings import guesses
from roberta_gui.findings.comparison.against import where_b_is
from roberta_gui.findings.guesses import (
    GuessChanges,
    can_hide,
    compare_guesses,
    describe_changes,
    describe_entropy,
    describe_hidden,
    hide,
    known_in_b,
    list_guesses,
    list_hidden,
    unhide,
)
from roberta_gui.findings.model import ModelHandle
from roberta_gui.findings.notation.glyphs import STRAY_MEANING, is_stray, why_unwritable
from roberta_gui.findings.notation.marks import Guess
from roberta_gui.findings.notation.names import spaced_word
from roberta_gui.findings.notation.numbers import percentage, points
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.picture_panel import PicturePanel, scrolled
from roberta_gui.gui.panels.reasons import Reason, no_head, no_mask
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.breaking_text import Paragraph
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.records import Analysis, Candidate, FloatArray, Replacement, Report, Stop
from roberta_gui.view import View

_HINT = "Click a word to put it into the sentence."
_HOW_MANY = {str(n): (str(n), f"List {n} guesses (where so many match)") for n in (10, 20, 50)}
_SEARCH_TIP = (
    "Lists only words that hold these letters, from the whole vocabulary; with ^ before them, "
    "words that begin with them. Ranks stay those among all words."
)
_TOKEN_TIP = (
    "List what would stand in place of the selected token, if it were hidden: one more pass"
)
_OR_SELECT = "Or click a token once, to see what would stand in its place."
_NO_TOKEN = "Select a word of the sentence first, by a click on its token"
_LEAST_WIDTH = 165
"""Pixels, at a text zoom of 1: in a narrower panel the words would be gone."""
_UNTRIED = Replacement(0, 0, "")
"""Stands for a guess that nobody has tried to write yet."""


@dataclass(frozen=True, eq=False)
class KnownGuesses:
    """What is known so far.

    Attributes
    ----------
    forms
        By (mask, row): what to write so that this guess stands in place of the mask; None where
        no text gives it.
    comparison, changes
        What A is held against, and what the guesses have there.
    source
        The analysis, comparison and hidden token that the window shows: ``analysis`` lists other
        words of it where somebody looks for more.
    itself
        What the hidden token is among all words.
    """

    analysis: Analysis
    comparison: Comparison | None
    forms: Mapping[tuple[int, int], Replacement | None] = field(default_factory=dict)
    changes: GuessChanges | None = None
    source: tuple[Analysis | None, Comparison | None, int | None] = (None, None, None)
    itself: Candidate | None = None

    @property
    def hidden(self) -> int | None:
        """The token that is hidden, if these are guesses in its place and not at the masks."""
        return self.source[2]

    def table(self) -> Table:
        """Return the guesses at every mask, compared with B where there is one."""
        return guesses.table(self.analysis, self._in_b)

    def arrays(self) -> Arrays:
        """Return ids and probabilities of the guesses at every mask, (mask, rank)."""
        return guesses.arrays(self.analysis, self._in_b)

    @property
    def _in_b(self) -> FloatArray | None:
        return None if self.changes is None else self.changes.in_b


def know_guesses(
    analysis: Analysis,
    comparison: Comparison | None,
    hidden: int | None,
    chosen: GuessesChoices,
    asked: ModelHandle,
    stop: Stop,
    report: Report,
) -> Generator[KnownGuesses | None, None, KnownGuesses]:
    """List the chosen guesses; try each in its place, a mask a step; then compare it with B."""
    source = analysis, comparison, hidden
    if hidden is not None:
        return (yield from _know_hidden(analysis, hidden, chosen, asked, stop))
    analysis = yield from list_guesses(analysis, chosen, asked, stop)
    if comparison is not None and analysis is not comparison.a:
        comparison = replace(comparison, a=analysis)
    known = KnownGuesses(analysis, comparison, source=source)
    for mask, fill in enumerate(analysis.fills):
        rows = [candidate.id for candidate in fill.candidates]
        found = asked.engine.replacements(analysis.request, rows, mask, stop)
        forms = {(mask, row): form for row, form in zip(rows, found, strict=True)}
        known = replace(known, forms={**known.forms, **forms})
        yield known
    if comparison is None:
        return known
    return replace(known, changes=(yield from compare_guesses(comparison, asked, stop, report)))


def _know_hidden(
    analysis: Analysis, hidden: int, chosen: GuessesChoices, asked: ModelHandle, stop: Stop
) -> Generator[KnownGuesses | None, None, KnownGuesses]:
    """List what could stand in place of a token, and how each is written there."""
    listed, itself = yield from list_hidden(analysis, hidden, chosen, asked, stop)
    known = KnownGuesses(listed, None, source=(analysis, None, hidden), itself=itself)
    yield known
    rows = [candidate.id for candidate in listed.fills[0].candidates]
    request, mask = hide(analysis, hidden)
    found = asked.engine.replacements(request, rows, mask, stop)
    forms = {
        (0, row): None if form is None else unhide(form, analysis, hidden)
        for row, form in zip(rows, found, strict=True)
    }
    return replace(known, forms=forms)


class GuessesPanel(PicturePanel[KnownGuesses]):
    """Ranked words with their probabilities over the whole vocabulary, for one mask at a time."""

    name = "guesses"
    title = "Guesses"
    tip = "What the model would put at a mask. Click a word to put it into the sentence."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._before = self._step_button("chevron-up", "Previous mask (Shift+F3)", -1)
        self._after = self._step_button("chevron-down", "Next mask (F3)", 1)
        self._wish: tuple[Analysis, int, Candidate] | None = None  # that was clicked, at a mask
        self._list = GuessList()
        self._list.guess_taken.connect(self._take)
        self._untried: KnownGuesses | None = None
        self._said = named("caption", Paragraph())
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search all words, ^ for “starts with”")
        self._search.setAccessibleName("Search the vocabulary")
        self._search.setToolTip(plain_tip(_SEARCH_TIP))
        self._search.setClearButtonEnabled(True)
        self._search.textEdited.connect(lambda text: store.choose(self.name, search=text))
        self._at_token = self.toggle("token", "Selected token", _TOKEN_TIP)
        self.show_picture(
            scrolled(self._list, self._said, spacing=8),
            self.segments("n", _HOW_MANY, "How many guesses are listed"),
            self.toggle("whole", "Whole words", "List no pieces that go on with a word"),
            self.toggle("letters", "No punctuation", "List no punctuation and no byte pieces"),
            self._at_token,
            captioned=False,
        )
        self.body.insertWidget(self.body.indexOf(self.row) + 1, self._search)
        self.fit()

    def derive(self, view: View) -> Derivation | None:
        """Ask which guesses can be written, and what they have in B."""
        source = analysis, compared, hidden = _source(view)
        if analysis is None or analysis.model != view.model:
            return None
        if hidden is None and not analysis.fills:
            return None
        chosen = view.choices.guesses
        is_extra = compared is None and chosen == GuessesChoices()
        work = partial(know_guesses, analysis, compared, hidden, chosen)
        return Derivation((*source, chosen), work, analysis.model, is_extra=is_extra)

    def result(self, view: View) -> KnownGuesses | None:
        """Return the guesses, with all that is known about them by now."""
        source = analysis, compared, hidden = _source(view)
        if analysis is None or (hidden is None and not analysis.fills):
            self._untried = None
            return None
        derived = view.derived.get(self.name)
        for known in (derived.value if derived is not None else None, self._untried):
            if known is not None and known.source == source:
                found: KnownGuesses = known
                return found
        if hidden is not None:
            return None
        self._untried = KnownGuesses(analysis, compared, source=source)
        return self._untried

    def reasons(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: a pass, a head that guesses, or a mask."""
        if view.analysis is None:
            yield from super().reasons(view)
        else:
            reason = no_head(view.analysis.model)
            show = "Show its labels", partial(self.solo_wanted.emit, "labels")
            has_labels = view.analysis.model.task is not None
            yield replace(reason, offer=show) if reason and has_labels else reason
            if _source(view)[2] is None:
                reason = no_mask(view.analysis)
                yield replace(reason, text=f"{reason.text} {_OR_SELECT}") if reason else None

    def show_choices(self, view: View) -> None:
        """Let one go from mask to mask where there are several."""
        analysis, _, hidden = _source(view)
        mask = view.selection.mask
        n_masks = len(analysis.fills) if analysis is not None and hidden is None else 0
        self._search.setVisible(n_masks > 0 or hidden is not None)
        rule_out(self._at_token, "" if _hideable(view) is not None else _NO_TOKEN)
        if self._search.text() != view.choices.guesses.search:
            self._search.setText(view.choices.guesses.search)
        for button in (self._before, self._after):
            button.setVisible(n_masks > 1)
        rule_out(self._before, "" if mask > 0 else "There is no mask before this one")
        rule_out(self._after, "" if mask < n_masks - 1 else "There is no mask after this one")

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the chosen mask, or the token that is hidden."""
        return view.selection.mask, _source(view)[2]

    def draw_result(self, known: KnownGuesses, view: View, *, is_new: bool) -> None:
        """List the chosen mask's guesses."""
        mask, forms = _mask_of(known, view), known.forms
        candidates, compared = known.analysis.fills[mask].candidates, known.comparison
        where = "" if compared is None else where_b_is(compared)
        in_b = known_in_b(mask, compared, known.changes) or [None] * len(candidates)
        rows = [
            _guess(each, value, where, forms.get((mask, each.id), _UNTRIED) is not None)
            for each, value in zip(candidates, in_b, strict=True)
        ]
        self._list.set_guesses(rows, where)
        self._said.setText(self.caption_of(known, view))

    def highlight(self, known: KnownGuesses, view: View) -> None:
        """Put the guess that was clicked into the sentence, once it is known how."""
        self._grant()

    def remark_of(self, known: KnownGuesses, view: View) -> str:
        """Say which mask it is."""
        if known.hidden is not None:
            return f"token {known.hidden + 1}, hidden"
        return f"mask {view.selection.mask + 1}/{len(known.analysis.fills)}"

    def caption_of(self, known: KnownGuesses, view: View) -> str:
        """Say what the list holds, and how that is in B."""
        mask, analysis, compared = _mask_of(known, view), known.analysis, known.comparison
        if known.hidden is not None and known.itself is not None:
            told = describe_hidden(analysis.tokens[known.hidden], known.itself)
            return f"{told} {guesses.caption(analysis)} {_HINT}"
        if compared is None:
            return f"{guesses.caption(analysis, mask)} {_HINT}"
        said = guesses.caption(analysis, mask, describe_entropy(mask, compared))
        return f"{said} {describe_changes(mask, compared, known.changes)}"

    def fit(self) -> None:
        """Never be narrower than the words."""
        super().fit()
        self.setMinimumWidth(self.theme.pixels(_LEAST_WIDTH))

    @property
    def known(self) -> KnownGuesses | None:
        """What is listed; a hidden panel lists nothing."""
        return self._drawn_result

    def picture(self) -> GuessList:
        """Return the list of guesses."""
        return self._list

    def _take(self, row: int) -> None:
        view = self.store.view
        known = self.known
        if view.analysis is not None and known is not None and not view.is_stale:
            mask = _mask_of(known, view)
            self._wish = view.analysis, mask, known.analysis.fills[mask].candidates[row]
            self._grant()

    def _grant(self) -> None:
        """Ask for the guess that was clicked, once the worker knows how it is written."""
        view = self.store.view
        if self._wish is None:
            return
        analysis, mask, candidate = self._wish
        if view.analysis is not analysis or view.is_stale:
            self._wish = None
            return
        known = self.result(view)
        if known is None or candidate not in known.analysis.fills[mask].candidates:
            self._wish = None  # other words are listed by now
            return
        fill = known.analysis.fills[mask]
        form = known.forms.get((mask, candidate.id), _UNTRIED)
        failed = view.problem_of(f"panel:{self.name}") if form is _UNTRIED else None
        if form is not _UNTRIED or failed is not None:
            self._wish = None
            self.replacement_wanted.emit(fill.token_index, candidate, failed or form)
        if failed is not None:
            self.retry_wanted.emit()

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


def _compared(view: View) -> Comparison | None:
    """Return what A is held against, if B's model guesses words."""
    known = view.comparison
    return known if known is not None and known.b.model.can_fill_masks else None


def _hideable(view: View) -> int | None:
    """Return the selected token, if there is one that could be hidden."""
    token = view.selection.token
    return token if view.analysis is not None and can_hide(view.analysis, token) else None


def _source(view: View) -> tuple[Analysis | None, Comparison | None, int | None]:
    """Return the pass, what it is held against, and which token is hidden for the list."""
    is_asked = view.choices.guesses.token or (view.analysis is not None and not view.analysis.fills)
    hidden = _hideable(view) if is_asked else None
    return view.analysis, _compared(view) if hidden is None else None, hidden


def _mask_of(known: KnownGuesses, view: View) -> int:
    return view.selection.mask if known.hidden is None else 0


def _guess(candidate: Candidate, in_b: float | None, where: str, is_writable: bool) -> Guess:
    word = spaced_word(candidate.text, candidate.leading_space)
    space = "with" if candidate.leading_space else "without"
    compared = ""
    if in_b is not None and math.isnan(in_b):
        compared = f"\nno number {where}: there it is not one token, or has no mask"
    elif in_b is not None:
        change = points(candidate.probability - in_b)
        compared = f"\n{where} {percentage(in_b)}: A − B is {change} percentage points"
    tip = (
        f"{word}: probability {candidate.probability:.6f}{compared}\n"
        f"vocabulary id {candidate.id}, {space} a leading space"
    )
    if is_stray(candidate.text):
        tip += f"\n{STRAY_MEANING}"
    if not is_writable:
        tip += f"\nNo text gives this piece here. {why_unwritable(candidate.text)}"
    place = f"{candidate.rank:,}"
    return Guess(word, candidate.probability, tip, in_b, is_writable, place)
