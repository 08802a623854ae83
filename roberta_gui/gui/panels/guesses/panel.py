"""Guesses: what the model would put at each mask."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QToolButton

from roberta_gui.choices import GuessesChoices
from roberta_gui.findings import guesses
from roberta_gui.findings.comparison.against import Sides, comparable, describe_likelier, names_of
from roberta_gui.findings.guesses import (
    can_hide,
    describe_changes,
    describe_entropy,
    known_in_b,
    why_not_hidden,
)
from roberta_gui.findings.notation.glyphs import why_unwritable
from roberta_gui.findings.notation.marks import Guess, Rows
from roberta_gui.findings.notation.names import spaced_word
from roberta_gui.findings.notation.numbers import bits_likelier, percentage
from roberta_gui.findings.steps.guesses import (
    UNTRIED,
    Chosen,
    KnownGuesses,
    Source,
    know_guesses,
)
from roberta_gui.findings.words.scoring import EXAMPLE, words_in
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.panels.picture_panel import PicturePanel, scrolled
from roberta_gui.gui.panels.reasons import FIRST_TIP, Reason, no_head, no_mask, no_typed_mask
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.widgets.sentence.mask_chips import NO_MASK_TO_TYPE
from roberta_gui.gui.widgets.tokens.guess_list import LIKELIER, MOST_PRINTED, GuessList
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.records import Analysis, Candidate
from roberta_gui.view import View

_WHICH = "Type the words to list above, with commas between them."
_HINT = "Click a word to put it into the sentence."
_HOW_MANY = {str(n): (str(n), f"List {n} guesses (where so many match)") for n in (10, 20, 50)} | {
    "0": ("All", "List every word of the vocabulary")
}
_SEARCH_TIP = (
    "Lists only words that hold these letters, from the whole vocabulary; with ^ before them, "
    "words that begin with them. Ranks stay those among all words."
)
_TOKEN_TIP = (
    "List what would stand in place of the selected token, if it were hidden: one more pass. "
    "Beside it stands what the model says unmasked, with the token in sight"
)
_UNMASKED_TIP = (
    "List what the model says unmasked, with the token in sight; beside it what it would say if "
    "the token were hidden"
)
_FILL_ALL = "Fill all masks with the first word of each list"
_ONLY_TIP = "List only the words to score, those of the panel Words"
_OR_SELECT = "Or click a token once, to see what would stand in its place."
_NO_TOKEN = "Select a word of the sentence first, by a click on its token"
_TRIED_AT_ONCE = 100
"""Rows of a list whose words are tried in their places before and after where somebody looks."""


class GuessesPanel(PicturePanel[KnownGuesses]):
    """Ranked words with their probabilities over the whole vocabulary, for one mask at a time."""

    name = "guesses"
    title = "Guesses"
    tip = "What the model would put at a mask. Click a word to put it into the sentence."
    needs = "can_compare_guesses"
    tells_guesses = True
    narrowest = 165

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        up, down = (partial(self.step, by) for by in (-1, 1))
        self._before = self._button("chevron-up", "Previous mask", "Shift+F3", up)
        self._after = self._button("chevron-down", "Next mask", "F3", down)
        self.heading.add(self._before)
        self.heading.add(self._after)
        self._all = self._button("playlist-check", _FILL_ALL, "F5", self.fill_all)
        self._wanted: tuple[Analysis, tuple[tuple[int, Candidate], ...]] | None = None
        self._list = GuessList()
        self._list.guess_taken.connect(self._take)
        self._untried: KnownGuesses | None = None
        self._first = 0  # of the rows that are tried in their places
        self._search = self.word_field(
            "search", "Search the vocabulary", _SEARCH_TIP, "Search all words, ^ for “starts with”"
        )
        first = self.toggle("first", "Guess first", FIRST_TIP, panel="cloze")
        first.clicked.connect(lambda: self.panel_wanted.emit("cloze"))
        self._at_token = self.toggle("token", "Selected token", _TOKEN_TIP)
        self._unmasked = self.toggle("unmasked", "Unmasked", _UNMASKED_TIP)
        self._words = self.word_field("words", "Words to list", _ONLY_TIP, EXAMPLE, panel="words")
        area = scrolled(self._list)
        area.verticalScrollBar().valueChanged.connect(self._look_further)
        self.show_picture(
            area,
            self.segments("n", _HOW_MANY, "How many guesses are listed"),
            self._all,
            self.toggle("whole", "Whole words", "List no pieces that go on with a word"),
            self.toggle("letters", "No punctuation", "List no punctuation and no byte pieces"),
            self.toggle("only", "Only my words", _ONLY_TIP),
            self._at_token,
            self._unmasked,
            first,
            drawn=self._list,
        )
        below = self.body.indexOf(self.row) + 1
        self.body.insertWidget(below, self._search)
        self.body.insertWidget(below + 1, self._words)
        self.fit()

    def derive(self, view: View) -> Derivation | None:
        """Ask which guesses can be written, and what they have in B."""
        source = analysis, compared, hidden = _source(view)
        if analysis is None or analysis.model != view.model:
            return None
        if hidden is None and not analysis.fills:
            return None
        chosen, known = _chosen(view), self._derived(view)
        before = known if known is not None and known.chosen == chosen else None
        is_extra = compared is None and chosen[0] == GuessesChoices()
        rows = slice(self._first, self._first + 3 * _TRIED_AT_ONCE)
        work = partial(know_guesses, analysis, compared, hidden, chosen, rows=rows, before=before)
        key = (*source, chosen, self._first)
        return Derivation(key, work, analysis.model, is_extra=is_extra or before is not None)

    def _derived(self, view: View) -> KnownGuesses | None:
        """Return what is known of the guesses that the window shows."""
        derived = view.derived.get(self.name)
        known: KnownGuesses | None = None if derived is None else derived.value
        return known if known is not None and known.source == _source(view) else None

    def _look_further(self) -> None:
        """Have the words tried that have come into sight."""
        first = self._list.rows_in_sight().start // _TRIED_AT_ONCE - 1
        if max(first, 0) * _TRIED_AT_ONCE != self._first:
            self._first = max(first, 0) * _TRIED_AT_ONCE
            self._refresh()

    def result(self, view: View) -> KnownGuesses | None:
        """Return the guesses, with all that is known about them by now."""
        source = analysis, compared, hidden = _source(view)
        if analysis is None or (hidden is None and not analysis.fills):
            self._untried = None
            return None
        if (known := self._derived(view)) is not None or hidden is not None:
            return known
        if self._untried is not None and self._untried.source == source:
            return self._untried
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
                reason = no_mask(view)
                if reason is not None and view.analysis.model.can_type_mask:
                    why_not = _why_no_token(view)
                    told = _OR_SELECT if why_not == _NO_TOKEN else f"{why_not}."
                    reason = replace(reason, text=f"{reason.text} {told}")
                yield reason

    def show_choices(self, view: View) -> None:
        """Let one go from mask to mask where there are several."""
        analysis, _, hidden = _source(view)
        mask = view.selection.mask
        n_masks = len(analysis.fills) if analysis is not None and hidden is None else 0
        is_seen = not self.is_secret(view)
        self._search.setVisible(is_seen and (n_masks > 0 or hidden is not None))
        why_not = NO_MASK_TO_TYPE if no_typed_mask(view.model) else _why_no_token(view)
        rule_out(self._at_token, "" if _hideable(view) is not None else why_not)
        self.row.show_control(self._unmasked, hidden is not None)
        self._words.setVisible(view.choices.guesses.only and not self._search.isHidden())
        for button in (self._before, self._after):
            button.setVisible(n_masks > 1)
        self.row.show_control(self._all, n_masks > 1)
        rule_out(self._before, "" if mask > 0 else "There is no mask before this one")
        rule_out(self._after, "" if mask < n_masks - 1 else "There is no mask after this one")

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the chosen mask, or the token that is hidden."""
        return view.selection.mask, _source(view)[2]

    def draw_result(self, known: KnownGuesses, view: View, *, is_new: bool) -> None:
        """List the chosen mask's guesses."""
        mask, forms, at = _mask_of(known, view), known.forms, known.at_token
        candidates, compared = known.analysis.fills[mask].candidates, known.comparison
        in_b = None if compared is None else known_in_b(mask, compared, known.changes)
        sides: Sides | None = names_of(compared)
        where = "" if compared is None else names_of(compared).in_b
        if at is not None:
            in_b, where, sides = at.other[0].item, at.other_name, None

        def made(row: int) -> Guess:  # which holds on to no pass
            each, value = candidates[row], None if in_b is None else in_b(row)
            is_writable = forms.get((mask, each.id), UNTRIED) is not None
            return _guess(each, value, where, is_writable, sides)

        rows = Rows(len(candidates), made)
        self._list.set_guesses(rows, where, LIKELIER if at is None else f"{at.name} · {where}")

    def highlight(self, known: KnownGuesses, view: View) -> None:
        """Put the guess that was clicked into the sentence, once it is known how."""
        self._grant()

    def remark_of(self, known: KnownGuesses, view: View) -> str:
        """Say which mask it is."""
        if (at := known.at_token) is not None:
            return f"token {at.token.index + 1}, {at.name}"
        return f"mask {view.selection.mask + 1}/{len(known.analysis.fills)}"

    def caption_of(self, known: KnownGuesses, view: View) -> str:
        """Say what the list holds, and how that is in B."""
        mask, analysis, compared = _mask_of(known, view), known.analysis, known.comparison
        if known.chosen[0].only and not known.chosen[1]:
            return _WHICH
        if known.at_token is not None:
            return f"{known.at_token.caption()} {_HINT}"
        if compared is None:
            missing = guesses.describe_missing(analysis.fills[mask], known.chosen[1])
            return f"{guesses.caption(analysis, mask)} {missing}{_HINT}"
        said = guesses.caption(analysis, mask, describe_entropy(mask, compared))
        return f"{said} {describe_changes(mask, compared, known.changes)}"

    def whole_caption(self, known: KnownGuesses, view: View) -> str:
        """Say that, and how much of a long list a picture has."""
        part = f" A saved picture has the first {MOST_PRINTED}." if self._list.is_long else ""
        return f"{self.caption_of(known, view)}{part}"

    @property
    def known(self) -> KnownGuesses | None:
        """What is listed; a hidden panel lists nothing."""
        return self._drawn_result

    def printed(self) -> GuessList:
        """Return the list as an export draws it."""
        return self._list.printed()

    def fill_all(self) -> None:
        """Put the first word of each list into the sentence, all of them in one undo step.

        Where somebody is to guess first, they are hidden: the panel, which is in sight, says so.
        """
        known = self.seen(self.store.view)  # it may have come into sight just now
        if known is not None and known.at_token is None:
            self._want(dict.fromkeys(range(len(known.analysis.fills)), 0), known)

    def _take(self, row: int) -> None:
        if (known := self.known) is not None:
            self._want({_mask_of(known, self.store.view): row}, known)

    def _want(self, rows: Mapping[int, int], known: KnownGuesses) -> None:
        view, lists = self.store.view, [fill.candidates for fill in known.analysis.fills]
        if view.analysis is not None and not view.is_stale and all(map(len, lists)):
            wanted = tuple((mask, lists[mask][row]) for mask, row in rows.items())
            self._wanted = view.analysis, wanted
            self._grant()

    def _grant(self) -> None:
        """Ask for the guesses that are wanted, once the worker knows how they are written."""
        view = self.store.view
        if self._wanted is None:
            return
        (analysis, wanted), known = self._wanted, self.seen(view)
        fills = () if known is None else known.analysis.fills
        is_it = view.analysis is analysis and not view.is_stale
        if known is None or not is_it or any(c not in fills[at].candidates for at, c in wanted):
            self._wanted = None  # other words are listed by now
            return
        forms = [known.forms.get((mask, one.id), UNTRIED) for mask, one in wanted]
        is_tried = all(form is not UNTRIED for form in forms)
        failed = None if is_tried else view.problem_of(self.lane)
        if is_tried or failed is not None:
            self._wanted = None
            places = [
                (fills[mask].token_index, one, failed or form)
                for (mask, one), form in zip(wanted, forms, strict=True)
            ]
            if len(places) == 1:
                self.replacement_wanted.emit(*places[0])
            else:
                self.replacements_wanted.emit(places)
        if failed is not None:
            self.retry_wanted.emit()

    def step(self, by: int) -> None:
        """List the guesses of the next mask, or with -1 of the one before."""
        self.store.select_mask(self.store.view.selection.mask + by)

    def _button(self, glyph: str, does: str, keys: str, run: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(glyph, "muted"))
        button.setToolTip(plain_tip(f"{does} ({keys})"))
        button.setAccessibleName(does)
        button.clicked.connect(lambda: run())
        return button


def _hideable(view: View) -> int | None:
    """Return the selected token, if there is one that could be hidden."""
    token, run = view.selection.token, view.analysis
    return token if run is not None and can_hide(run, token) else None


def _why_no_token(view: View) -> str:
    """Say, without a full stop, why there is no token that could be hidden."""
    token, run = view.selection.token, view.analysis
    if token is None or run is None or token >= len(run.tokens):
        return _NO_TOKEN
    if run.tokens[token].is_special or run.tokens[token].is_mask:
        return _NO_TOKEN
    return f"Token {token + 1} cannot be hidden. {why_not_hidden(run, token)}".removesuffix(".")


def _source(view: View) -> Source:
    """Return the pass, what it is held against, and which token is hidden for the list."""
    is_asked = view.choices.guesses.token or (view.analysis is not None and not view.analysis.fills)
    hidden = _hideable(view) if is_asked else None
    compared = None if hidden is not None else comparable(view.comparison, GuessesPanel.needs)
    return view.analysis, compared, hidden


def _mask_of(known: KnownGuesses, view: View) -> int:
    return view.selection.mask if known.at_token is None else 0


def _chosen(view: View) -> Chosen:
    """Return which words are to be listed."""
    chosen = view.choices.guesses
    return chosen, words_in(view.choices.words.words) if chosen.only else ()


def _guess(
    candidate: Candidate, in_b: float | None, where: str, is_writable: bool, sides: Sides | None
) -> Guess:
    """Write a row, with what it has ``where``: on one of the ``sides`` of a comparison, or not."""
    word = spaced_word(candidate.text, candidate.leading_space)
    space = "with" if candidate.leading_space else "without"
    compared = ""
    if in_b is not None and math.isnan(in_b):
        compared = f"\nno number {where}: there it is not one token, or has no mask"
    elif in_b is not None and sides is None:
        compared = f"\n{where}: probability {in_b:.6f}"
    elif in_b is not None and sides is not None:
        told = describe_likelier(bits_likelier(candidate.probability, in_b), sides)
        compared = f"\n{percentage(in_b)} {where}: {told}"
    tip = (
        f"{word}: probability {candidate.probability:.6f}{compared}\n"
        f"vocabulary id {candidate.id}, {space} a leading space"
    )
    if not is_writable:
        tip += f"\nNo text gives this piece here. {why_unwritable(candidate.text)}"
    place = f"{candidate.rank:,}"
    beside = "" if in_b is None or sides is not None else percentage(in_b)
    return Guess(word, candidate.probability, tip, in_b, is_writable, place, change=beside)
