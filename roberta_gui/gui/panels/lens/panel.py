"""Logit lens: what each layer would guess at each token, if the masked-LM head read it."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget
from superqt.elidable import QElidingLabel

from roberta_gui.choices import Tint
from roberta_gui.findings.lens import captions as words
from roberta_gui.findings.lens.reading import LensRequest, LensState, read_lens
from roberta_gui.findings.names import spaced_word, token_name
from roberta_gui.findings.watched_word import literal
from roberta_gui.gui.panels.lens.controls import OF_WORD, LensControls
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.reasons import (
    Reason,
    no_model,
    no_sentence,
    no_tokens,
    problem_in,
    taking_turns,
)
from roberta_gui.gui.panels.token_panel import SentencePanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.lens.lens_grid import LensGrid
from roberta_gui.gui.widgets.tokens.guess_list import GuessList, GuessTable
from roberta_gui.records import Candidate, WordOrRow
from roberta_gui.view import View

WIDE: Final = 760
"""From this width on the ten guesses of the chosen cell stand beside the grid."""


class LensPanel(SentencePanel[LensState]):
    """Layers up, tokens across, in each cell the likeliest word; a click lists the next ones."""

    name = "lens"
    title = "Logit lens"
    tip = (
        "What each layer would guess at each token, read with the last layer's head: the others\n"
        "were not trained for it, so read their entropy too. Click a cell for its ten likeliest "
        "words."
    )

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._without_word: Tint = "probability"
        self._grid = LensGrid()
        self._grid.cell_hovered.connect(self.hover_cell)
        self._grid.cell_left.connect(store.leave)
        self._grid.cell_clicked.connect(self.lock_cell)
        self._grid.cell_double_clicked.connect(self.mask_cell)
        self._grid.stepped.connect(self._step)
        self._grid.sight_changed.connect(self._show_remark)
        self._list, self._table = GuessList(), GuessTable()
        for guesses in (self._list, self._table):
            guesses.guess_taken.connect(self._watch_guess)
        self._side, self._below = self._beside(), self._underneath()
        self._side.setFixedWidth(self.theme.pixels(230))
        pictures = QWidget()
        row = QHBoxLayout(pictures)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._grid, 1)
        row.addWidget(self._side)
        self._note = _text("note")
        self._words = _text("caption")
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._controls = LensControls()
        self._controls.tint_chosen.connect(self._choose_tint)
        self._controls.word_taken.connect(lambda text: self._watch_word(literal(text), text))
        self.heading.add(self._controls)
        self.show_picture(pictures, captioned=False)
        self.body.insertWidget(0, self._note)
        self.body.addWidget(self._words)
        self.body.addWidget(self._below)

    def derive(self, view: View) -> Derivation | None:
        """Ask for the guesses of every layer: masks and the selected token first."""
        analysis = view.analysis
        if analysis is None or analysis.model != view.model or not analysis.model.can_fill_masks:
            return None
        masks = [token.index for token in analysis.tokens if token.is_mask]
        chosen = [t for t in view.selection.tokens[::-1] if t < len(analysis.tokens)]
        first = tuple(dict.fromkeys([*masks, *chosen]))
        watch = view.choices.lens.watch
        wish = LensRequest(analysis, view.comparison, first, watch, super().result(view))
        key = (analysis, view.comparison, watch)
        return Derivation(key, partial(read_lens, wish), analysis.model)

    def result(self, view: View) -> LensState | None:
        """Return what has been read, without what belongs to another word than is watched now."""
        read = super().result(view)
        if read is None or not read.analysis.tokens:
            return None
        return read if read.watch == view.choices.lens.watch else read.unwatched

    def reasons(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: a head that guesses, or a token."""
        yield problem_in(view, "sentence", f"panel:{self.name}")
        if view.model is not None and not view.model.can_fill_masks:
            yield Reason(
                "This model has no masked-LM head",
                "Its layers cannot guess words. Open a checkpoint saved as RobertaForMaskedLM.",
            )
        yield no_tokens(view)
        yield no_model(view)
        yield no_sentence(view)
        yield taking_turns("Reading every layer's guesses")

    def show_choices(self, view: View) -> None:
        """Show the tint, as far as there is a word whose rank it could be."""
        read, chosen, derived = self.result(view), view.choices.lens, super().result(view)
        can_read = view.model is None or view.model.can_fill_masks
        self._controls.setVisible(view.analysis is not None and can_read)
        if chosen.tint not in OF_WORD:
            self._without_word = chosen.tint
        is_answered = chosen.watch == "" or (derived is not None and derived.watch == chosen.watch)
        is_known = read is not None and is_answered
        tint = self._shown_tint(read) if is_known and read else chosen.tint
        self._controls.show_tint(tint, words.why_no_guesses(view.comparison))
        self._note.setVisible(read is not None and bool(read.note))
        self._show_words_about_it()

    def draw_result(self, read: LensState, view: View, *, is_new: bool) -> None:
        """Draw what has been read."""
        self._grid.set_values(read.cells(self._shown_tint(read)))
        self._note.setText(read.note)

    def highlight(self, read: LensState, view: View) -> None:
        """Outline the chosen cell, and say what it holds."""
        self._show_selection(view, read)
        self._show_remark()

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._side.setFixedWidth(self.theme.pixels(230))
        super().customEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the list beside the grid where there is room."""
        super().resizeEvent(event)
        self._side.setVisible(self._is_wide)
        self._show_words_about_it()

    def picture(self) -> QWidget:
        """Return the grid."""
        return self._grid

    def printed(self) -> QWidget:
        """Return the grid with room for its words."""
        return self._grid.printed()

    def caption_of(self, read: LensState, view: View) -> str:
        """Say what the tint means, what the chosen cell holds, and how to read all of it."""
        told = words.caption(
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

    def _show_selection(self, view: View, read: LensState) -> None:
        layer, token = self._cell(view, read)
        n_tokens, hovered = len(read.analysis.tokens), view.selection.hovered_token
        self._grid.set_layer(layer)
        self._grid.set_selected([t for t in view.selection.tokens if t < n_tokens])
        self._grid.set_hovered(
            None, hovered if hovered is not None and hovered < n_tokens else None
        )
        self._grid.bring_into_sight(layer, token)
        for guesses in (self._list, self._table):
            guesses.set_guesses([words.row(each) for each in read.lens.candidates(layer, token)])
        where = f"Layer {layer}" if layer else "Embeddings"
        self._heading.setText(f"{where} at {token_name(read.analysis.tokens[token])}")
        self._figures.setText("\n".join(words.figures(read, layer, token)))
        self._line.setText(words.line(read, layer, token))
        told = (
            words.describe_tint(read, self._shown_tint(read)), words.describe_changes(read),
            words.CAVEAT,
        )  # fmt: skip
        self._words.setText(" ".join(part for part in told if part))
        for label in (self._line, self._words):
            label.setToolTip(plain_tip(self.caption_text()))

    def _show_words_about_it(self) -> None:
        """Say under the grid what does not stand beside it."""
        is_read = self.known is not None
        self._words.setVisible(is_read and self._is_wide)
        self._below.setVisible(is_read and not self._is_wide)

    def _show_remark(self) -> None:
        if self.known is not None:
            self.heading.set_remark(self.remark_of(self.known, self.store.view))

    def _describe_part(self, tokens: range, before: str = "") -> str:
        """Say which tokens something shows, unless it shows all of them."""
        read = self.known
        n_tokens = 0 if read is None else len(read.analysis.tokens)
        if len(tokens) >= n_tokens:
            return ""
        end = "." if before else ""
        return f"{before}tokens {tokens.start} – {tokens.stop - 1} of {n_tokens}{end}"

    # --- pointer and keys

    def _step(self, layers: int, tokens: int) -> None:
        read, view = self.known, self.store.view
        if layers:
            self.store.travel(layers, 0)
        elif read is not None and self.is_fresh:
            token = self._cell(view, read)[1] + tokens
            if 0 <= token < len(read.analysis.tokens):
                self.store.select_tokens([token])

    # --- what stands beside the grid, or below it

    def _beside(self) -> QWidget:
        self._heading, self._figures = _text("layerName"), _text("caption")
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._heading)
        column.addWidget(self._list)
        column.addWidget(self._figures)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what lies in it takes the keyboard
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        return scroll

    def _underneath(self) -> QWidget:
        self._line = named("caption", QElidingLabel())
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._line)
        column.addWidget(self._table)
        return below

    # --- controls

    def _choose_tint(self, tint: str) -> None:
        self.store.choose(self.name, tint=tint)
        read = self.known
        if tint in OF_WORD and self.store.view.choices.lens.watch == "" and read is not None:
            # It needs a word: the model's own best guess at the chosen token.
            layer, token = len(read.lens.ids) - 1, self._cell(self.store.view, read)[1]
            self._watch_best(read.lens.candidates(layer, token)[:1])

    def _watch_guess(self, row: int) -> None:
        """Watch a word of the list."""
        view = self.store.view
        read = self.known
        if read is not None:
            self._watch_best(read.lens.candidates(*self._cell(view, read))[row:])

    def _watch_best(self, guesses: Sequence[Candidate]) -> None:
        """Watch the first of some guesses, if there is one: that row, and no other form of it."""
        for guess in guesses[:1]:
            self._watch_word(guess.id, spaced_word(guess.text, guess.leading_space))

    def _watch_word(self, word: WordOrRow, written: str) -> None:
        chosen = self.store.view.choices.lens
        if word != chosen.watch:
            self._controls.show_word(written)
            tint = chosen.tint if word == "" or chosen.tint in OF_WORD else "rank"
            self.store.choose(self.name, watch=word, tint=tint)


def _text(name: str) -> QLabel:
    label = named(name, QLabel())
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
