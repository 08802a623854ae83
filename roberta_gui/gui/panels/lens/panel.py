"""Logit lens: what each layer would guess at each token, if the masked-LM head read it."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from roberta_gui.choices import Tint
from roberta_gui.findings import lens as words
from roberta_gui.findings.comparison.against import why_not
from roberta_gui.findings.lens import LensState
from roberta_gui.findings.notation.glyphs import SPACE
from roberta_gui.findings.notation.names import literal, spaced_word, token_name
from roberta_gui.findings.steps.lens import LensRequest, read_lens
from roberta_gui.gui.panels.picture_panel import scrolled
from roberta_gui.gui.panels.reasons import Reason, no_head, no_tokens
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.panels.word_field import WordField, words_at_hand
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.breaking_text import ElidingLabel
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.lens.lens_grid import LensGrid
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.gui.widgets.tokens.guess_table import MOST_ROWS, GuessTable
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.records import WordOrRow
from roberta_gui.view import View

TINTS: Final = {
    "probability": ("Probability", "How sure each layer is of the word it would guess"),
    "entropy": ("Entropy", "How undecided each layer is, in bits; strong colours are decided"),
    "kl": (
        "KL",
        "How far each layer is from the last layer's guesses, in bits; strong colours are near",
    ),
    "rank": (
        "Rank", "Where the watched word stands among all guesses; strong colours are first places",
    ),
    "difference": (
        "Difference",
        "How much likelier the watched word is than in what it is held against, in bits",
    ),
}  # fmt: skip
OF_WORD: Final = ("rank", "difference")
"""Tints that need a watched word."""
WORD_TIP: Final = (
    "A word whose rank is followed through the layers, as it would stand at the first mask, or "
    f"after a space: {SPACE}. Enter watches it; a click on a guess watches that very piece."
)
_WATCH: Final = "Watch a word"
_BESIDE_WORD: Final = 70
"""Pixels, at a text zoom of 1, of the field's margins, its menu and the button that empties it."""
_LOW_ROWS: Final = 2
"""Rows of guesses below the grid of a low panel."""
WIDE: Final = 760
"""From this width on the ten guesses of the chosen cell stand beside the grid."""


class LensPanel(TokenPanel[LensState]):
    """Layers up, tokens across, in each cell the likeliest word; a click lists the next ones."""

    name = "lens"
    title = "Logit lens"
    tip = (
        "What each layer would guess at each token, read with the last layer's head: the others\n"
        "were not trained for it, so read their entropy too. Click a cell for its ten likeliest "
        "words."
    )
    tells_guesses = True
    busy = "Reading every layer's guesses"
    needs = "can_compare_guesses"

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._without_word: Tint = "probability"
        self._grid = LensGrid()
        self.connect_cells(self._grid)
        self._grid.sight_changed.connect(self.say_again)
        self._list, self._table = GuessList(), GuessTable()
        for guesses in (self._list, self._table):
            guesses.guess_taken.connect(self._watch_guess)
        self._heading, self._figures = _text("layerName"), _text("caption")
        self._side = scrolled(self._heading, self._list, self._figures, spacing=6)
        pictures = QWidget()
        row = QHBoxLayout(pictures)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._grid, 1)
        row.addWidget(self._side)
        self._line = named("caption", ElidingLabel())
        self._below = QWidget()
        column = QVBoxLayout(self._below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._line)
        column.addWidget(self._table)
        self._note, self._words = _text("note"), _text("caption")
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._tints = self.segments("tint", TINTS, "Tint of the cells")
        self._word = WordField(
            "Word to watch", WORD_TIP, _WATCH, lambda: words_at_hand(self.store.view)
        )
        self._word.picked.connect(self._watch_text)
        self._word.editingFinished.connect(lambda: self._watch_text(self._word.text()))
        # The button that empties the field ends no editing.
        self._word.textChanged.connect(lambda text: None if text else self._watch_text(text))
        self.heading.add(self._tints)
        self.heading.add(self._word)
        self.show_picture(pictures, drawn=self._grid, captioned=False)
        self.body.insertWidget(0, self._note)
        self.body.addWidget(self._words)
        self.body.addWidget(self._below)
        self.fit()

    def derive(self, view: View) -> Derivation | None:
        """Ask for the guesses of every layer: masks and the selected token first."""
        analysis = view.analysis
        if analysis is None or analysis.model != view.model or not analysis.model.can_fill_masks:
            return None
        masks = [token.index for token in analysis.tokens if token.is_mask]
        chosen = [t for t in view.selection.tokens[::-1] if t < len(analysis.tokens)]
        first = tuple(dict.fromkeys([*masks, *chosen]))
        watch = view.choices.lens.watch
        request = LensRequest(analysis, view.comparison, first, watch, super().result(view))
        key = (analysis, view.comparison, watch)
        return Derivation(key, partial(read_lens, request), analysis.model)

    def result(self, view: View) -> LensState | None:
        """Return what has been read, without what belongs to another word than is watched now."""
        read = super().result(view)
        if read is None or not read.analysis.tokens:
            return None
        return read if read.watch == view.choices.lens.watch else read.unwatched

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: a head that guesses, or a token."""
        yield no_head(view.model)
        yield no_tokens(view)

    def show_choices(self, view: View) -> None:
        """Show the tint, as far as there is a word whose rank it could be."""
        read, chosen, derived = self.result(view), view.choices.lens, super().result(view)
        can_read = view.model is None or view.model.can_fill_masks
        for control in (self._tints, self._word):
            control.setVisible(view.analysis is not None and can_read)
        if chosen.tint not in OF_WORD:
            self._without_word = chosen.tint
        is_answered = chosen.watch == "" or (derived is not None and derived.watch == chosen.watch)
        is_known = read is not None and is_answered
        tint = self._shown_tint(read) if is_known and read else chosen.tint
        self._tints.set_choice(tint)
        self._tints.rule_out({"difference": why_not(view.comparison, self.needs)})
        self._note.setVisible(read is not None and bool(read.note))
        self._show_words_about_it()

    def draw_result(self, read: LensState, view: View, *, is_new: bool) -> None:
        """Draw what has been read."""
        self._grid.set_values(read.cells(self._shown_tint(read)))
        self._note.setText(read.note)

    def fit(self) -> None:
        """Put the list beside the grid where there is room."""
        super().fit()
        self._side.setFixedWidth(self.theme.pixels(230))
        self._side.setVisible(self._is_wide)
        self._table.set_most_rows(_LOW_ROWS if self.is_low else MOST_ROWS)
        asked = QFontMetrics(self.theme.font("control")).horizontalAdvance(_WATCH)
        whole = asked + self.theme.pixels(_BESIDE_WORD)
        self._word.setMaximumWidth(whole)
        self._word.setMinimumWidth(whole // 3)
        self._show_words_about_it()

    def printed(self) -> QWidget:
        """Return the grid with room for its words."""
        return self._grid.printed()

    def caption_of(self, read: LensState, view: View) -> str:
        """Say what the tint means, what the chosen cell holds, and how to read all of it."""
        told = words.describe(
            read, *self._cell(view, read), self._shown_tint(read),
            has_ended=bool(self.heading.ended),
        )  # fmt: skip
        part = self._describe_part(self._grid.printed_tokens, "A saved picture shows ")
        return f"{told} {part}".rstrip()

    def remark_of(self, read: LensState, view: View) -> str:
        """Say which tokens are in sight, and what to beware of."""
        part = self._describe_part(self._grid.in_sight)
        return " · ".join(each for each in (part, words.SHORT_CAVEAT) if each)

    # --- drawing

    @property
    def _is_wide(self) -> bool:
        return self.width() >= self.theme.pixels(WIDE)

    def _shown_tint(self, read: LensState) -> Tint:
        """Return the chosen tint; ranks and differences need a watched word, or a B."""
        tint = self.store.view.choices.lens.tint
        lacks = tint in OF_WORD and not read.lens.watched
        if lacks or (tint == "difference" and read.change_bits is None):
            return self._without_word
        return tint

    def _cell(self, view: View, read: LensState) -> tuple[int, int]:
        """Return the chosen (layer, token): the first mask's, or the first token's, if none is."""
        tokens = read.analysis.tokens
        first = next((token.index for token in tokens if token.is_mask), min(1, len(tokens) - 1))
        token = view.selection.token
        chosen = token if token is not None and token < len(tokens) else first
        return min(view.selection.layer, len(read.lens.ids) - 1), chosen

    def highlight(self, read: LensState, view: View) -> None:
        """Outline the chosen cell, and say what it holds."""
        layer, token = self._cell(view, read)
        self.highlight_cells(view, self._grid, layer=layer)
        self._grid.bring_into_sight(layer, token)
        for guesses in (self._list, self._table):
            guesses.set_guesses([words.row(each) for each in read.lens.candidates(layer, token)])
        where = f"Layer {layer}" if layer else "Embeddings"
        self._heading.setText(f"{where} at {token_name(read.analysis.tokens[token])}")
        self._figures.setText("\n".join(words.figures(read, layer, token)))
        self._line.setText(words.line(read, layer, token))
        self._words.setText(words.describe_reading(read, self._shown_tint(read)))
        for label in (self._line, self._words):
            label.setToolTip(plain_tip(self.caption_text()))
        self.say_again()

    def _show_words_about_it(self) -> None:
        """Say under the grid what does not stand beside it."""
        is_read = self.known is not None
        self._words.setVisible(is_read and self._is_wide)
        self._below.setVisible(is_read and not self._is_wide)

    def _describe_part(self, tokens: range, before: str = "") -> str:
        """Say which tokens something shows, unless it shows all of them."""
        read = self.known
        n_tokens = 0 if read is None else len(read.analysis.tokens)
        if len(tokens) >= n_tokens:
            return ""
        end = "." if before else ""
        return f"{before}tokens {tokens.start + 1} – {tokens.stop} of {n_tokens}{end}"

    # --- pointer and keys

    def step_cells(self, layers: int, places: int) -> None:
        """Go to the next layer, or on to the next token from the chosen cell."""
        read, view = self.known, self.store.view
        if layers:
            self.store.travel(layers, 0)
        elif read is not None and self.is_fresh:
            token = self._cell(view, read)[1] + places
            if 0 <= token < len(read.analysis.tokens):
                self.store.select_tokens([token])

    # --- controls

    def choose(self, panel: str, **changes: Any) -> None:
        """Tint the cells otherwise; a tint that needs a word has the best guess of the cell."""
        super().choose(panel, **changes)
        read, chosen = self.known, self.store.view.choices.lens
        if chosen.tint in OF_WORD and chosen.watch == "" and read is not None:
            self._watch_best(len(read.lens.ids) - 1, self._cell(self.store.view, read)[1])

    def _watch_guess(self, row: int) -> None:
        """Watch a word of the list: that row of the vocabulary, and no other form of it."""
        if (read := self.known) is not None:
            self._watch_best(*self._cell(self.store.view, read), row)

    def _watch_best(self, layer: int, token: int, row: int = 0) -> None:
        read = self.known
        for guess in () if read is None else read.lens.candidates(layer, token)[row : row + 1]:
            self._watch_word(guess.id, spaced_word(guess.text, guess.leading_space))

    def _watch_text(self, text: str) -> None:
        self._watch_word(literal(text), text)

    def _watch_word(self, word: WordOrRow, written: str) -> None:
        chosen = self.store.view.choices.lens
        if word != chosen.watch:
            if written != self._word.text():
                self._word.setText(written)
            tint = chosen.tint if word == "" or chosen.tint in OF_WORD else "rank"
            self.store.choose(self.name, watch=word, tint=tint)


def _text(name: str) -> QLabel:
    label = named(name, QLabel())
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
