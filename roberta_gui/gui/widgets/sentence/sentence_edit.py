"""The sentence editor: large editable text in which masks are chips.

The only place that converts between Qt's UTF-16 positions and Python's character indexes:
everything that comes in or goes out counts Python characters.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QTextCursor,
)
from PySide6.QtWidgets import QMenu, QWidget

from roberta_gui.gui.widgets.controls.tool_tip import rule_out
from roberta_gui.gui.widgets.sentence import chip_memory
from roberta_gui.gui.widgets.sentence.chip_text_edit import ChipTextEdit
from roberta_gui.gui.widgets.sentence.mask_chips import NO_MASK_TO_TYPE, chip_around, spaced
from roberta_gui.gui.widgets.sentence.text_index import (
    LIMIT,
    AdmittedText,
    TextIndex,
    admit,
    read_text,
)
from roberta_gui.problems import BadArgument
from roberta_gui.wording import counted

_TYPE: Final = "Type a sentence; Ctrl+M puts a mask into it"
_ONLY_HELD: Final = (
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
)  # fmt: skip
_PAINTED_MS: Final = 60  # by then what was written is painted


class SentenceEdit(ChipTextEdit):
    """Lets a person write the sentence; ``<mask>`` is a chip that stays literal text.

    The inherited ``undo``, ``redo``, ``undoAvailable`` and ``redoAvailable`` are part of its
    interface; ``setPlainText`` is not, because it empties the undo history.
    """

    # Texts as objects: PySide would copy megabytes twice, and lose a leading byte order mark.
    text_changed = Signal(object)  # silent while an input method composes and for mere formats
    submitted = Signal()  # by Enter: do not wait for a pause
    cut_short = Signal(int, object)  # how many characters went in, and the rest; told a turn later
    refused = Signal(str)  # a sentence for the user about what could not be kept

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._announced = ""
        self._composing = False
        self._has_composed = False  # and nothing since has made sure that it is over
        self.setTabChangesFocus(True)
        self.setAccessibleName("Sentence")
        self.setPlaceholderText(_TYPE)
        self.textChanged.connect(self._announce)

    def set_mask_token(self, text: str) -> None:
        """Choose what counts as a mask, and offer to write one only where something does."""
        super().set_mask_token(text)
        self.setPlaceholderText(_TYPE if text else "Type a sentence")

    def text(self) -> str:
        """Return what is written; line breaks are newlines, no-break spaces survive."""
        return self._text

    def set_text(self, text: str, hidden: Mapping[int, str] | None = None) -> None:
        """Write ``text`` in place of everything, as one step that undo takes back.

        ``hidden`` is what its masks stand for, as `hidden_words` gives it.
        """
        if text == self._text or (hidden and self._is_full(text, len(self._text))):
            return
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        index = TextIndex(text)
        self._insert(cursor, text, {index.to_utf16(at): one for at, one in (hidden or {}).items()})
        self.setTextCursor(cursor)

    @property
    def hidden_words(self) -> dict[int, str]:
        """What masks stand for, where that is known, by the character at which each begins."""
        chips, recall = self._chips, partial(chip_memory.recall, self.document())
        found = {self._index.to_python(at): recall(at) for at, _ in chips}
        return {at: word for at, word in found.items() if word is not None}

    def replace(self, start: int, end: int, new_text: str, remember: str = "") -> None:
        """Write over characters ``start`` to ``end``, as one undo step; a mask's chip remembers.

        What does not fit as a whole is refused: half a mask would be worse than none. Raises
        BadArgument where the text has no such stretch.
        """
        self.replace_all([(start, end, new_text)], remember)

    def replace_all(self, stretches: Sequence[tuple[int, int, str]], remember: str = "") -> None:
        """Do so with several stretches (start, end, new text), all in one undo step."""
        cursors = [self._cursor_over(start, end) for start, end, _ in stretches]
        freed = sum(end - start for start, end, _ in stretches)
        if self._is_full("".join(text for *_, text in stretches), freed):
            return
        step = self.textCursor()
        step.beginEditBlock()
        for cursor, (*_, text) in zip(cursors, stretches, strict=True):
            hides = remember and text == self._mask_token
            self._insert(cursor, text, {0: remember} if hides else None)
        step.endEditBlock()

    def original_at(self, start: int) -> str | None:
        """Return what the mask that begins at character ``start`` stands for, if known."""
        position = self._index.to_utf16(start)
        if not any(chip[0] == position for chip in self._chips):
            return None
        return chip_memory.recall(self.document(), position)

    def insert_mask(self) -> None:
        """Put a mask at the cursor, or over the selected words, which the chip remembers."""
        cursor = self.textCursor()
        start, end = self._python_span(cursor)
        chosen = self._text[start:end]
        if chosen == self._mask_token or not self._mask_token:
            return
        if word := chosen.strip():
            start += len(chosen) - len(chosen.lstrip())
            end = start + len(word)
            cursor = self._cursor_over(start, end)
        left, mask, right = (
            ("", self._mask_token, "")
            if word
            else spaced(self._mask_token, self._text[:start], self._text[end:])
        )
        if self._is_full(left + mask + right, len(word)):
            return
        cursor.beginEditBlock()
        self._insert(cursor, left + mask + right, {len(left): word} if word else None)
        cursor.endEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter, n=len(right))
        self.setTextCursor(cursor)

    def highlight_span(self, start: int, end: int | None) -> None:
        """Underline characters softly, as for a hovered token; ``end=None`` underlines none."""
        span = None
        if end is not None and 0 <= start < end <= len(self._text):
            span = self._index.to_utf16(start), self._index.to_utf16(end)
        self.set_hovered(span)

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window where it has keys for them, and tips to the card."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return True
        if event.type() is QEvent.Type.ToolTip:
            # WORKAROUND: https://doc.qt.io/qt-6/qtextedit.html#cursorForPosition
            # By that Qt looks for a tip of the character below the pointer (there is none), and the
            # place counts what is being composed, which the document does not hold.
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter submits, Shift+Enter breaks the line, Ctrl+M masks, and chips go as a whole."""
        if event.key() not in _ONLY_HELD:
            self._end_composition()
        modifiers = event.modifiers()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if modifiers & Qt.KeyboardModifier.ShiftModifier:
                self._insert_at_cursor("\n")
            else:
                self.submitted.emit()
        elif event.key() == Qt.Key.Key_M and modifiers == Qt.KeyboardModifier.ControlModifier:
            self.insert_mask()
        elif self.delete_chip(event) or (
            event.text().isprintable() and self._refuses_typed(event.text())
        ):
            pass
        else:
            self._forget()
            super().keyPressEvent(event)
            return
        event.accept()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Compose text; nobody is told of a change before the composition is over."""
        if self._refuses_typed(event.commitString()):
            event.setCommitString("")
        if event.commitString():
            self._forget()
        # Only while the event lasts: an input method may leave without a word, and what is
        # typed after that must not be kept from anybody.
        self._composing = goes_on = bool(event.preeditString())
        self._has_composed |= goes_on
        super().inputMethodEvent(event)
        self._composing = False
        if not goes_on:
            self._announce()

    def _end_composition(self) -> None:
        """Let the input method write what it composes, and take away what it left without a word.

        WORKAROUND: https://doc.qt.io/qt-6/qtextlayout.html#setPreeditArea
        Qt counts what is being composed, and where, when the cursor goes to another line: beyond
        the text that was written since. There the next letter crashes it.
        """
        block = self.document().begin()
        while self._has_composed and block.isValid():
            if block.layout().preeditAreaText():
                QGuiApplication.inputMethod().commit()
                block.layout().setPreeditArea(-1, "")
                self.document().markContentsDirty(block.position(), block.length())
            block = block.next()
        self._has_composed = False

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell what is written, even if a composition was left without a word of its end."""
        super().focusOutEvent(event)
        self._announce()

    def context_menu(self, place: QPoint) -> QMenu:
        """Make the menu of the usual editing commands and the mask."""
        menu = self.createStandardContextMenu(place)
        menu.addSeparator()
        action = menu.addAction("Put a mask here\tCtrl+M", self.insert_mask)
        rule_out(action, "" if self._mask_token else NO_MASK_TO_TYPE)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show the context menu."""
        menu = self.context_menu(event.pos())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy the selection, with what its chips remember."""
        return chip_memory.to_mime(self.textCursor(), self._chips)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste or drop plain text, whatever else the source offers."""
        # Amid a move by drag the text has already left its old place and nobody was told yet.
        self._follow_text()
        text, tail = read_text(source)
        paste = partial(self._paste, text, chip_memory.from_mime(source), tail)
        if tail:
            # In a turn of its own: fetching 10 MB from another program took most of this one's
            # 50 ms, and laying out as much as the editor holds takes half of another's.
            QTimer.singleShot(0, self, paste)
        else:
            paste()

    def copied(self) -> QMimeData:
        """Copy all that is written, with what its chips remember."""
        whole = QTextCursor(self.document())
        whole.select(QTextCursor.SelectionType.Document)
        return chip_memory.to_mime(whole, self._chips)

    def _paste(self, text: str, hidden: dict[int, str], tail: memoryview) -> None:
        self._insert_at_cursor(text, hidden, tail)
        self.ensureCursorVisible()

    def _insert_at_cursor(
        self, text: str, hidden: dict[int, str] | None = None, tail: bytes | memoryview = b""
    ) -> None:
        cursor = self.textCursor()
        if chip := chip_around(self._chips, cursor.position()):  # dropped onto a chip
            cursor.setPosition(chip[1])
        self._insert(cursor, text, hidden, tail)
        self.setTextCursor(cursor)

    def _insert(
        self,
        cursor: QTextCursor,
        text: str,
        hidden: dict[int, str] | None = None,
        tail: bytes | memoryview = b"",
    ) -> None:
        """Write ``text`` over the cursor's selection in one undo step and stand behind it."""
        start, end = self._python_span(cursor)
        admitted = admit(text, LIMIT - len(self._text) + (end - start), tail)
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        chip_memory.write(cursor, admitted.kept, self._mask_token, hidden or {})
        cursor.endEditBlock()
        if admitted.is_cut:
            # Once the tokens are painted: a notice moves every panel, and painting all of that
            # at once would hold the window for more than 50 ms.
            QTimer.singleShot(_PAINTED_MS, self, partial(self._tell_cut, admitted))
        if admitted.replaced:
            self.refused.emit(
                f"{counted(admitted.replaced, 'character')} of the text "
                "cannot be kept, such as half of a surrogate pair; \ufffd stands in the place."
            )

    def _tell_cut(self, admitted: AdmittedText) -> None:
        self.cut_short.emit(len(admitted.kept), admitted.rest)

    def _refuses_typed(self, typed: str) -> bool:
        """Refuse what is typed when there is no room for it; a selection always makes some."""
        return not self.textCursor().hasSelection() and self._is_full(typed)

    def _is_full(self, text: str, freed: int = 0) -> bool:
        """Tell aloud when there is no room for ``text``, with ``freed`` characters taken out."""
        if not text or len(self._text) - freed + len(text) <= LIMIT:
            return False
        self.refused.emit(f"The sentence is full: it holds up to {LIMIT:,} characters.")
        return True

    def _forget(self) -> None:
        """Keep what is typed next to a chip from inheriting the chip's memory."""
        cursor = self.textCursor()
        if chip_memory.forget_at(cursor):
            self.setTextCursor(cursor)

    def _announce(self) -> None:
        if not self._composing and self._text != self._announced:
            self._announced = self._text
            self.text_changed.emit(self._text)

    def _cursor_over(self, start: int, end: int) -> QTextCursor:
        """Select a stretch given in Python characters."""
        if not 0 <= start <= end <= len(self._text):
            raise BadArgument(
                f"The text has no characters {start} to {end}.",
                f"It is {counted(len(self._text), 'character')} long.",
            )
        return self.cursor_at(self._index.to_utf16(start), self._index.to_utf16(end))

    def _python_span(self, cursor: QTextCursor) -> tuple[int, int]:
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        return self._index.to_python(start), self._index.to_python(end)
