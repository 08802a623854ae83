"""CompareMode: the second sentence, whatever panels are shown beside it."""

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QWidget

from roberta_gui.gui.sentence.second_card import SecondCard
from roberta_gui.gui.sentence.sentence_card import SentenceCard
from roberta_gui.gui.sentence.sentence_tint import SECOND
from roberta_gui.gui.start.preferences import Preferences, words_left_hidden, written_hidden
from roberta_gui.gui.window.arrangements import ARRANGEMENTS, COMPARE
from roberta_gui.gui.window.dock_area import DockArea
from roberta_gui.gui.work.controller import Controller


class CompareMode(QObject):
    """Shows sentence B from when it is asked for until it is ended.

    It comes with the arrangement "compare", and stays in all the others. ``changed()`` tells of one
    sentence more or less, ``active_changed()`` that the other sentence is the one that was edited
    last.
    """

    changed = Signal()
    active_changed = Signal()

    def __init__(
        self,
        cards: tuple[SentenceCard, SecondCard],
        docks: DockArea,
        controller: Controller,
        preferences: Preferences,
    ) -> None:
        super().__init__(docks)
        self.first, self.second = cards
        self.active: SentenceCard = self.first
        """The card whose sentence was edited last."""
        self._docks, self._controller, self._preferences = docks, controller, preferences
        self._is_on = self._is_filled = False
        self._former = ARRANGEMENTS[0].name
        self.second.hide()
        docks.arrangement_changed.connect(self._follow)
        editor = self.second.editor
        editor.text_changed.connect(self._edit)
        editor.submitted.connect(controller.analyse_second)
        self.second.tint.derivation_wanted.connect(partial(controller.derive, SECOND))
        self.second.tint.given_up.connect(partial(controller.give_up, SECOND))
        self.second.swap_wanted.connect(self.swap)
        self.second.end_wanted.connect(self.toggle)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._note_focus)

    def choose(self, arrangement: str) -> None:
        """Show an arrangement; "compare" once more ends B, and goes back to the former one.

        Whoever asks for a second sentence, or for words, is about to write: they get the keyboard.
        """
        if arrangement == COMPARE == self._docks.arrangement:
            self.toggle()
            return
        self._docks.arrange(arrangement)
        if arrangement == COMPARE:
            self.second.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        typed_in = next(one.typed_in for one in ARRANGEMENTS if one.name == arrangement)
        if typed_in and not self._docks.dock(typed_in).isHidden():
            self._docks.focus(typed_in)

    def toggle(self) -> None:
        """Compare two sentences, or look at one again."""
        if not self._is_on:
            self.choose(COMPARE)
            return
        self.show(False)
        if self._docks.arrangement == COMPARE:
            self._docks.arrange(self._former)

    def swap(self) -> None:
        """Let A be B and B be A, with what their masks hide; each editor can undo its part."""
        if self._is_on:
            editors = a, b = self.first.editor, self.second.editor
            of_a, of_b = ((editor.text(), editor.hidden_words) for editor in editors)
            a.set_text(*of_b)
            b.set_text(*of_a)

    def go_to_second(self) -> None:
        """Give sentence B the keyboard, all of it selected."""
        if not self._is_on:
            self.toggle()
        self.second.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.second.editor.selectAll()

    def insert_mask(self) -> None:
        """Put a mask into the sentence that was edited last."""
        self.active.insert_mask()

    def walk_mask(self) -> None:
        """Mask the next word of the sentence that was edited last."""
        self.active.walk_mask()

    def make_room(self, window_height: int, *, large: bool) -> None:
        """Show as many lines and rows as a window of this height has room for."""
        for card in (self.first, self.second):
            card.make_room(window_height, of_two=self._is_on, large=large)

    def _follow(self, arrangement: str) -> None:
        if arrangement != COMPARE:
            self._former = arrangement
        self.show(self._is_on or arrangement == COMPARE)

    def show(self, is_on: bool) -> None:
        """Show B, or end it."""
        if is_on is not self._is_on:
            self._is_on = self._preferences.has_second = is_on
            self._begin() if is_on else self._end()
            self.changed.emit()

    def _begin(self) -> None:
        self.first.set_letter("A")
        self.second.show()
        if not self._is_filled:
            self._is_filled = True
            if self._preferences.second_text:
                hidden = words_left_hidden(self._preferences.second_hidden_words)
                self.second.editor.set_mask_token(self._preferences.mask_token)
                self.second.editor.set_text(self._preferences.second_text, hidden)
                self.second.editor.moveCursor(QTextCursor.MoveOperation.End)
            else:  # one sentence is easiest compared with what differs from it in a word
                self.second.editor.insertFromMimeData(self.first.editor.copied())
                cursor = self.second.editor.textCursor()
                cursor.setPosition(self.first.editor.textCursor().position())
                self.second.editor.setTextCursor(cursor)
            self.second.editor.document().clearUndoRedoStacks()
        self._controller.edit_second(self.second.editor.text())

    def _end(self) -> None:
        self.first.set_letter("")
        if self.second.editor.hasFocus():
            self.first.editor.setFocus()
        self.second.hide()
        self.active = self.first
        self.active_changed.emit()
        self._controller.end_second()

    def _edit(self, text: str) -> None:
        if self._is_on:
            self._preferences.second_hidden_words = written_hidden(
                self.second.editor.hidden_words.items()
            )
            self._controller.edit_second(text)

    def _note_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        for card in (self.first, self.second):
            if new is card.editor and self.active is not card:
                self.active = card
                self.active_changed.emit()
