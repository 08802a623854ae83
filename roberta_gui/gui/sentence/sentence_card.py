"""SentenceCard: the editor, the token count, the examples and the token strip."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from roberta_gui.findings.notation.glyphs import why_unwritable
from roberta_gui.findings.notation.names import spaced_word
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.look.missing_characters import describe_missing
from roberta_gui.gui.sentence.example_menu import ExampleMenu
from roberta_gui.gui.sentence.mask_walk import next_hidden
from roberta_gui.gui.sentence.sentence_tint import SECOND, SentenceTint, of_first, of_second
from roberta_gui.gui.sentence.token_alignment import TokenAlignment
from roberta_gui.gui.sentence.token_remarks import OTHER_TOKENS, FilledIn, describe_controls
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.widgets.painting.figure import PASSING
from roberta_gui.gui.widgets.sentence.mask_chips import NO_MASK_TO_TYPE
from roberta_gui.gui.widgets.sentence.sentence_edit import SentenceEdit
from roberta_gui.gui.widgets.tokens.token_strip import TokenStrip
from roberta_gui.problems import Problem
from roberta_gui.records import Candidate, ModelInfo, Replacement, Run, Token
from roberta_gui.view import View
from roberta_gui.wording import counted, special_names

Rewriting: TypeAlias = Callable[[str, Mapping[int, str], str], tuple[str, Mapping[int, str]]]
"""Of a text, what its masks hide, and how a mask is written, makes the text and what is hidden."""

_ALONE: Final = "not on both sides: nothing to compare it with"

_MOST_BESIDE: Final = 0.45
"""The share of the card's width that count and buttons may take from the sentence."""

_ICON_GAP: Final = 12  # pixels that text beside an icon takes besides its own


class SentenceCard(QFrame):
    """Where one of two sentences is written and shown as tokens: A (``side`` 0), or B (1).

    What is chosen or hovered in A shows at its partner in B; both cards share ``partners``.
    """

    notice = Signal(str, str)
    """Title and hint of something to tell about the text."""

    def __init__(self, store: ViewStore, partners: TokenAlignment, side: int = 0) -> None:
        super().__init__()
        named("card", self)
        self.store = store
        self.partners = partners
        self.editor = SentenceEdit()
        # Its ring goes around the card: the keyboard of the one is that of the other.
        self.setFocusProxy(self.editor)
        self.editor.installEventFilter(self)
        self.strip = TokenStrip()
        self.tint = SentenceTint(store, self.strip, of_second if side else of_first)
        self._side = side
        self._filled_in: FilledIn | None = None
        self._is_short = False
        self._beside_texts = 0  # pixels of the buttons and the count without the buttons' texts
        self._letter = named("letter", QLabel())
        self._letter.hide()
        self._count = named("count", QLabel())
        self._remark = named("note", QLabel())
        self._remark.setWordWrap(True)
        self._remark.hide()
        self._mask = self._button("Mask", "Put a mask at the cursor (Ctrl+M)")
        self._mask.setIcon(icon("form-textbox-password", "muted"))
        self._mask.clicked.connect(self.insert_mask)
        self._walk = self._button(
            "Next word", "Mask the next word, and bring back the one before (F4)"
        )
        self._walk.setIcon(icon("skip-next-outline", "muted"))
        self._walk.clicked.connect(self.walk_mask)
        self.examples = self._button("Examples", "Sentences to begin with")
        self.examples.setIcon(icon("chevron-down", "muted"))
        self._example_menu = ExampleMenu(self)
        self._example_menu.chosen.connect(self.editor.set_text)
        drop_down(self.examples, self._example_menu)
        self.strip.token_hovered.connect(self._hover)
        self.strip.hover_left.connect(store.leave)
        self.strip.token_clicked.connect(self._choose)
        self.strip.token_double_clicked.connect(self.toggle_mask)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._letter, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.editor, 1)
        self._buttons = QWidget()
        self._beside = QHBoxLayout(self._buttons)
        self._beside.setContentsMargins(0, 0, 0, 0)
        for part in (self._count, self.tint.choice, self._mask, self._walk, self.examples):
            self._beside.addWidget(part)
        top.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignTop)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 12, 10)
        column.setSpacing(6)
        column.addLayout(top)
        tokens = QHBoxLayout()
        tokens.setSpacing(12)
        tokens.addWidget(self.strip, 1)
        for one in (self.tint.measure, self.tint.legend):
            tokens.addWidget(one, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(tokens)
        column.addWidget(self._remark)

    def draw(self, view: View, previous: View | None) -> None:
        """Show the tokens of what is typed; selection and hover belong to the analysed ones."""
        typed = self._typed(view)
        before = None if previous is None else self._typed(previous)
        is_other = previous is None or previous.model != view.model
        is_renamed = previous is None or previous.right_side.model != view.right_side.model
        if is_other or is_renamed or (before and before.tokens) is not (typed and typed.tokens):
            self._draw_tokens(view)
            self._tell_of_others()
        own = view.right_side.model if self._side else view.model
        is_new = previous is not None and (is_renamed if self._side else is_other)
        if is_new and own is not None and own.notices:
            self.notice.emit(f"About {own.name}:", " ".join(own.notices))
        self.tint.draw(view, previous)
        if self._side and view.second is None and SECOND in view.derived:
            self.store.forget(SECOND)
        is_outdated = self._is_outdated(view)
        self.strip.set_stale(is_outdated)
        if not is_outdated:
            hovered = self._own(view, view.selection.hovered_token)
            chosen = (self._own(view, token) for token in view.selection.tokens)
            self.strip.set_selected(token for token in chosen if token is not None)
            self.strip.set_hovered(hovered)
            if not view.is_second_stale:  # an alignment for every key would take too long
                self.strip.set_hatched(self.partners.alone(view, self._side), _ALONE)
            token = _token_at(typed, hovered)
            if token is None or token.is_special:
                self.editor.highlight_span(0, None)
            else:
                self.editor.highlight_span(token.start, token.end)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Paint the ring when the keyboard comes to the editor, and take it away when it goes.

        With it goes what was selected, which would look like a choice; not on the way to the
        buttons beside it, which act on what is selected.
        """
        if isinstance(event, QFocusEvent):
            self.update()
            now = QApplication.focusWidget()
            is_near = now is not None and self.isAncestorOf(now)
            if event.lostFocus() and event.reason() not in PASSING and not is_near:
                cursor = self.editor.textCursor()
                cursor.clearSelection()
                self.editor.setTextCursor(cursor)
        return False

    def event(self, event: QEvent) -> bool:
        """Leave the sentence its room, also when a button beside it has got another text."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit_side()
        return super().event(event)

    def _fit_side(self) -> None:
        """Show buttons as icons alone where their texts would take the room of the sentence."""
        style = Qt.ToolButtonStyle
        buttons = [
            one
            for one in self._buttons.findChildren(QToolButton)
            if one.text() and not one.isHidden()
        ]
        texts = sum(b.fontMetrics().horizontalAdvance(b.text()) + _ICON_GAP for b in buttons)
        if not self._is_short:  # what was measured so holds until there is room for it again
            self._beside_texts = self._buttons.sizeHint().width() - texts
        self._is_short = self._beside_texts + texts > self.width() * _MOST_BESIDE
        for button in buttons:
            button.setToolButtonStyle(
                style.ToolButtonIconOnly if self._is_short else style.ToolButtonTextBesideIcon
            )

    # --- what of the View this card is about

    def _typed(self, view: View) -> Run | None:
        """Return the text and tokens of this card's sentence."""
        return view.second if self._side else view.run

    def _written(self) -> Run | None:
        """Return the tokens of what stands in the editor; None while another text's are shown."""
        typed = self._typed(self.store.view)
        return typed if typed is not None and typed.text == self.editor.text() else None

    def _is_outdated(self, view: View) -> bool:
        """Tell whether the tokens have no pass yet, or no partners: then none can be chosen."""
        return view.is_stale or (self._side == 1 and view.is_second_stale)

    def _model(self, view: View) -> ModelInfo | None:
        """Return the model that reads this card's sentence."""
        typed = self._typed(view)
        return (typed and typed.model) or view.model

    def _has_mask(self) -> bool:
        """Tell whether a mask can be written for the model; say so where it cannot."""
        model = self._model(self.store.view)
        if model is not None and not model.can_type_mask:
            self.notice.emit(f"{NO_MASK_TO_TYPE}.", "So no word can be hidden from this model.")
            return False
        return True

    def _own(self, view: View, token: int | None) -> int | None:
        """Return this card's token for one of A."""
        if token is None or not self._side:
            return token
        return self.partners.second_of(view).get(token)

    def _in_a(self, token: int) -> int | None:
        """Return A's token for one of this card's, which all panels know."""
        if not self._side:
            return token
        pairs = self.partners.second_of(self.store.view)
        return next((a for a, b in pairs.items() if b == token), None)

    # --- what is done with it

    def set_letter(self, letter: str) -> None:
        """Write in front of the sentence which of two it is, "" for the only one."""
        self._letter.setText(letter)
        self._letter.setVisible(bool(letter))
        self.editor.setAccessibleName(f"Sentence {letter}".rstrip())
        self.strip.setAccessibleName(f"Tokens of {letter}" if letter else "Tokens")

    def add_button(self, button: QToolButton) -> None:
        """Put a button at the right end."""
        self._beside.addWidget(button)

    def make_room(self, window_height: int, *, of_two: bool, large: bool) -> None:
        """Show fewer lines and rows of a long text in a low window: the panels need the room.

        Even fewer where this is one ``of_two`` cards; in ``large`` type it is the text that counts.
        """
        roomy = window_height / self.editor.fontMetrics().height()
        if large and not of_two:
            lines, rows = max(int(roomy / 4), 3), 1
        elif of_two:
            lines, rows = 1 + (roomy >= 36) + (roomy >= 52), 1 + (roomy >= 52)
        else:
            rows = 1 + (roomy >= 34) + (roomy >= 42)
            lines = rows + 1
        self.editor.set_most_lines(lines)
        self.strip.set_most_rows(rows)

    def insert_mask(self) -> None:
        """Put a mask at the cursor or over the selected word."""
        if self._has_mask():
            self.editor.insert_mask()
        self.editor.setFocus()

    def put_guess(self, mask: int, one: Candidate, found: Replacement | Problem | None) -> None:
        """Put a guess in place of a token, so that it becomes the token that was guessed."""
        self.put_guesses([(mask, one, found)])

    def put_guesses(
        self, guesses: Sequence[tuple[int, Candidate, Replacement | Problem | None]]
    ) -> None:
        """Put a guess in place of each of some tokens, in one undo step: all of them, or none."""
        forms, typed = [], self._written()
        for mask, candidate, found in guesses:
            token = _token_at(typed, mask)
            if token is None or token.is_special:
                return
            word = spaced_word(candidate.text, candidate.leading_space)
            if isinstance(found, Problem):
                hint = f"{found.title} {found.hint} Click the guess once more to try again."
                self.notice.emit(f"{word} could not be put into the sentence.", hint)
                return
            if found is None:
                self.notice.emit(f"No text gives {word} here.", why_unwritable(candidate.text))
                return
            forms.append((found.start, found.end, found.text))
        self.editor.replace_all(forms)
        if typed is not None and len(guesses) > 1:
            rows = {mask: candidate.id for mask, candidate, _ in guesses}
            self._filled_in = FilledIn.of(typed, rows, self.editor.text())
            self._tell_of_others()

    def _tell_of_others(self) -> None:
        """Say so where words that were put in at once have become other tokens."""
        written = self._written()
        if self._filled_in is not None and written is not None:
            if not self._filled_in.is_kept_by(written):
                self.notice.emit(*OTHER_TOKENS)
            self._filled_in = None

    def rewrite(self, change: Rewriting) -> None:
        """Write the text as ``change`` makes it of what stands here, in one undo step."""
        model = self._model(self.store.view)
        if model is not None and self._has_mask():
            text, hidden = self.editor.text(), self.editor.hidden_words
            self.editor.set_text(*change(text, hidden, model.mask_token))

    def toggle_mask(self, index: int) -> None:
        """Hide a token behind a mask, or bring back what a mask hides."""
        token, model = _token_at(self._written(), index), self._model(self.store.view)
        if token is None or token.is_special or model is None or not self._has_mask():
            return
        if not token.is_mask:
            mask = model.mask_token
            self.editor.replace(token.start, token.end, mask, remember=token.text)
        elif hidden := self.editor.original_at(token.start):
            self.editor.replace(token.start, token.end, hidden)
        else:
            self.notice.emit(
                "This mask hides no word.", "Only a token that was masked here can be brought back."
            )

    def walk_mask(self) -> None:
        """Bring back the word behind a mask and hide the next one, in one undo step.

        The walk begins with the selected word, or the first one, and ends behind the last.
        """
        view, text = self.store.view, self.editor.text()
        typed, model = self._written(), self._model(view)
        if typed is None or model is None or not self._has_mask():
            return
        masks = (token for token in typed.tokens if token.is_mask and token.segment == 0)
        hidden = {
            (token.start, token.end): back
            for token in masks
            if (back := self.editor.original_at(token.start)) is not None
        }
        chosen = _token_at(typed, self._own(view, view.selection.token))
        begin = 0 if chosen is None or chosen.is_special else chosen.start
        mask, word = next_hidden(text, typed.tokens, hidden, begin)
        stretches = [] if mask is None else [(*mask, hidden[mask])]
        if word is not None:
            stretches.append((*word, model.mask_token))
        if stretches:
            self.editor.replace_all(stretches, "" if word is None else text[slice(*word)])

    def _hover(self, token: int) -> None:
        if self._is_outdated(self.store.view):
            return
        if (in_a := self._in_a(token)) is not None:
            self.store.hover_token(in_a)
        else:
            self.store.end_hover()

    def _choose(self, token: int, extend: bool) -> None:
        if not self._is_outdated(self.store.view) and (in_a := self._in_a(token)) is not None:
            self.store.select_token(in_a, extend=extend)

    def _draw_tokens(self, view: View) -> None:
        typed, model = self._typed(view), self._model(view)
        if typed is None or model is None:
            self.strip.set_tokens(())
            self._count.setText("")
            return
        self.editor.set_mask_token(model.mask_token if model.can_type_mask else "")
        no_mask = "" if model.can_type_mask else NO_MASK_TO_TYPE
        for button in (self._mask, self._walk):
            rule_out(button, no_mask)
        self._example_menu.use_mask(model.mask_token, no_mask)
        self.strip.set_tokens(typed.tokens, typed.dropped_tokens)
        of_b = view.right_side.model if self._side else None
        whose = "" if of_b is None else f"{of_b.name} · "
        count = f"{whose}{len(typed.tokens)} / {counted(model.max_tokens, 'token')}"
        cut = f" · {typed.dropped_tokens:,} cut off at the end" if typed.dropped_tokens else ""
        self._count.setText(count + cut)
        named("cutCount" if cut else "count", self._count)
        specials = special_names(model.special_tokens)
        tip = f"The model reads at most this many tokens, {specials} counted."
        how = "" if no_mask else " Double-click a token to mask it."
        self._count.setToolTip(plain_tip(tip + how))
        boxes = describe_missing("".join(token.text for token in typed.tokens), self.editor.font())
        if not self._side:
            self.store.note_hidden(self.editor.hidden_words.items())
        remark = " ".join(filter(None, (describe_controls(typed), boxes)))
        self._remark.setText(remark)
        self._remark.setVisible(bool(remark))

    def _button(self, text: str, tip: str) -> QToolButton:
        button = named("action", QToolButton())
        button.setText(text)
        button.setToolTip(plain_tip(tip))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button


def _token_at(typed: Run | None, index: int | None) -> Token | None:
    if typed is None or index is None or not 0 <= index < len(typed.tokens):
        return None
    return typed.tokens[index]
