"""What a mask chip hides: the word it stands for, kept on the chip itself.

The word is a property of the chip's character format, so undo, redo and drag inside the editor
carry it along; on the clipboard it travels as a second format beside the plain text.
"""

import json
from contextlib import suppress

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument, QTextFormat

from roberta_gui.gui.widgets.sentence.mask_chips import Span, find_chips
from roberta_gui.gui.widgets.sentence.text_index import TextIndex, from_qt, to_qt
from roberta_gui.outside import reading
from roberta_gui.problems import Problem

_ORIGINAL = int(QTextFormat.Property.UserProperty.value) + 1
_MIME = "application/x-roberta-explorer-masks"


def recall(document: QTextDocument, start: int) -> str | None:
    """Return what the chip at ``start`` (UTF-16) hides, or None."""
    cursor = QTextCursor(document)
    cursor.setPosition(start + 1)  # a format is asked for behind its character
    original = cursor.charFormat().property(_ORIGINAL)
    return original if isinstance(original, str) else None


def forget_at(cursor: QTextCursor) -> bool:
    """Make what is typed at ``cursor`` plain; True if it would have inherited a chip's memory."""
    if cursor.hasSelection() or not cursor.charFormat().hasProperty(_ORIGINAL):
        return False
    cursor.setCharFormat(QTextCharFormat())
    return True


def to_mime(selection: QTextCursor, chips: list[Span]) -> QMimeData:
    """Copy a selection: its text to everyone, what its chips hide to editors like this one."""
    start, end = selection.selectionStart(), selection.selectionEnd()
    mime = QMimeData()
    # selectedText, not toPlainText: the latter turns no-break spaces into plain ones.
    mime.setText(to_qt(from_qt(selection.selectedText())))
    hidden = {
        first - start: original
        for first, last in chips
        if start <= first
        and last <= end
        and (original := recall(selection.document(), first)) is not None
    }
    if hidden:
        mime.setData(_MIME, QByteArray(json.dumps(hidden).encode()))
    return mime


def from_mime(mime: QMimeData) -> dict[int, str]:
    """Return what copied chips hide, by their UTF-16 offset in the copied text."""
    if not mime.hasFormat(_MIME):
        return {}
    with suppress(Problem), reading("the clipboard"):
        hidden = json.loads(bytes(mime.data(_MIME).data()))
        return {int(offset): str(original) for offset, original in hidden.items()}
    return {}  # another program's idea of this format: the plain text still pastes


def write(cursor: QTextCursor, text: str, mask_token: str, hidden: dict[int, str]) -> None:
    """Insert ``text`` so that its chips hide what ``hidden`` says, by their UTF-16 offset.

    A memory whose place holds no chip (cut off, or another model's mask token) is dropped.
    """
    # Each chip goes in with its format: one that is changed afterwards makes Qt's redo miscount
    # where the cursor belongs.
    index = TextIndex(text)
    done = 0
    for first, last in find_chips(text, mask_token, index) if hidden else ():
        if first in hidden:
            start, end = index.to_python(first), index.to_python(last)
            cursor.insertText(to_qt(text[done:start]), QTextCharFormat())
            cursor.insertText(text[start:end], _chip_format(hidden[first]))
            done = end
    cursor.insertText(to_qt(text[done:]), QTextCharFormat())


def _chip_format(original: str) -> QTextCharFormat:
    char_format = QTextCharFormat()
    char_format.setProperty(_ORIGINAL, original)
    return char_format
