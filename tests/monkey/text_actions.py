"""What the monkey does to the sentence."""

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit

from roberta_gui.gui.widgets.sentence.sentence_edit import SentenceEdit
from tests.monkey.hands import Hands, Steps, any_modifiers
from tests.monkey.odd_texts import BYTES, any_text, short_text

_EDITING = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home,
    Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Insert,
)  # fmt: skip
_COMMANDS = (
    QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo,
    QKeySequence.StandardKey.SelectAll, QKeySequence.StandardKey.Cut, QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Paste, QKeySequence.StandardKey.DeleteStartOfWord,
    QKeySequence.StandardKey.DeleteEndOfWord, QKeySequence.StandardKey.SelectPreviousWord,
    QKeySequence.StandardKey.SelectEndOfDocument,
)  # fmt: skip


def _editor(hands: Hands) -> SentenceEdit:
    """Pick one of the sentences in sight, and give it the keyboard."""
    editors = [e for e in hands.stage.window.findChildren(SentenceEdit) if e.isVisible()]
    editor = hands.rng.choice(editors or [hands.stage.window.card.editor])
    editor.setFocus()
    return editor


def type_text(hands: Hands) -> Steps:
    """Type a few oddities into a sentence, sometimes over all of it."""
    editor, text = _editor(hands), short_text(hands.rng)[:40]
    if hands.chance(0.4):
        editor.selectAll()
    hands.note(f"type {text!r}")
    yield from hands.type(text)


def type_anywhere(hands: Hands) -> Steps:
    """Type into whatever has the keyboard."""
    text = short_text(hands.rng)[:12]
    hands.note(f"type {text!r} into {type(QApplication.focusWidget()).__name__}")
    yield from hands.type(text)


def fill_a_field(hands: Hands) -> Steps:
    """Write into one of the small fields of the panels, and confirm."""
    fields = [f for f in hands.stage.window.findChildren(QLineEdit) if f.isVisible()]
    if fields:
        field, text = hands.rng.choice(fields), short_text(hands.rng)[:20]
        field.setFocus()
        field.selectAll()
        hands.note(f"type {text!r} into the field {field.accessibleName()!r}")
        yield from hands.type(text)
        hands.key(Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)


def paste(hands: Hands) -> Steps:
    """Paste text from the clipboard."""
    editor, text = _editor(hands), any_text(hands.rng)
    if hands.chance(0.6):
        editor.selectAll()
    hands.note(f"paste {len(text)} characters: {text[:60]!r}")
    QGuiApplication.clipboard().setText(text)
    yield
    hands.command(QKeySequence.StandardKey.Paste)
    yield


def drop_bytes(hands: Hands) -> Steps:
    """Drop what another program calls text."""
    editor, content = _editor(hands), hands.rng.choice(BYTES) * hands.rng.choice((1, 1, 300))
    hands.note(f"drop {content[:40]!r}")
    mime = QMimeData()
    mime.setData(hands.rng.choice(("text/plain", "text/plain;charset=utf-8", "text/html")), content)
    if editor.canInsertFromMimeData(mime):
        editor.insertFromMimeData(mime)
    yield


def compose(hands: Hands) -> Steps:
    """Compose as Korean and Japanese are typed, sometimes without an end."""
    editor, text = _editor(hands), hands.rng.choice(("ㅎㅏㄴ", "にほん", "e\u0301", "\x00", ""))
    hands.note(f"compose {text!r}")
    for end in range(1, len(text) + 1):
        hands.compose(text[:end], "")
        yield
    if hands.chance(0.8):
        hands.compose("", text)
    else:
        editor.selectAll()
    yield


def edit(hands: Hands) -> Steps:
    """Move, delete, undo, cut and so on, by keys."""
    _editor(hands)
    for _ in range(hands.rng.randint(1, 8)):
        if hands.chance(0.5):
            command = hands.rng.choice(_COMMANDS)
            hands.note(command.name)
            hands.command(command)
        else:
            key, modifiers = hands.rng.choice(_EDITING), any_modifiers(hands.rng)
            hands.note(f"{modifiers.name} {key.name}")
            hands.key(key, modifiers)
        yield


ACTIONS = {
    type_text: 10, type_anywhere: 2, fill_a_field: 3, paste: 6, drop_bytes: 2, compose: 2, edit: 10,
}  # fmt: skip
"""Each with how often it is done, compared to the others."""
