"""Between Python's characters and Qt's UTF-16 units, and what of a text goes into the editor.

Qt counts in UTF-16, where 😀 is two units; Python counts characters. Only the sentence editor
needs both, so only it imports this.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QByteArray, QMimeData

LIMIT = 20_000
"""Most characters that the sentence editor holds."""

_PLAIN: Final = "text/plain"
_UTF8: Final = "text/plain;charset=utf-8"

# In UTF-8 a character takes up to four bytes; two more characters see a line break whole.
_ENOUGH: Final = 4 * (LIMIT + 2)

_ROOM: Final = 32_000_000
"""Bytes that Qt uses at most at a time while it fetches 10 MB from another program."""

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")

# Lone surrogates vanish on their way into a QString; U+FDD0, U+FDD1 are QTextDocument's own frame
# marks and would come back as line breaks; a leading U+FFFE swaps the bytes of the whole text.
_UNKEEPABLE = re.compile("[\ud800-\udfff\ufdd0\ufdd1\ufffe]")

_LINE_BREAK = re.compile("\r\n?|[\u2028\u2029]")


class TextIndex:
    """Converts positions in one text between Python characters and UTF-16 units."""

    def __init__(self, text: str) -> None:
        # Usually empty: most sentences hold no character beyond U+FFFF.
        self._astral = [] if text.isascii() else [match.start() for match in _ASTRAL.finditer(text)]
        self._astral_utf16 = [place + nth for nth, place in enumerate(self._astral)]

    def to_utf16(self, index: int) -> int:
        """Return the UTF-16 position of a Python index."""
        return index + bisect_left(self._astral, index)

    def to_python(self, position: int) -> int:
        """Return the Python index of a UTF-16 position; inside a pair, the pair's character."""
        return position - bisect_left(self._astral_utf16, position)


@dataclass(frozen=True, slots=True)
class AdmittedText:
    r"""What of an incoming text goes into the editor.

    ``kept`` goes in, its line breaks as ``"\n"``; Qt cannot hold ``replaced`` of its characters,
    which became U+FFFD. ``head`` is the text as it came, or as much as certainly suffices, of which
    ``cut`` characters were taken; ``tail`` comes after it, in UTF-8.
    """

    kept: str
    replaced: int
    head: str
    cut: int
    tail: bytes | memoryview

    @property
    def is_cut(self) -> bool:
        """Whether something was too much."""
        return self.cut < len(self.head) or bool(self.tail)

    @property
    def rest(self) -> str:
        """What was too much, as it came; at 10 MB a matter of 15 ms."""
        return self.head[self.cut :] + str(self.tail, "utf-8", "replace")


def admit(text: str, room: int, tail: bytes | memoryview = b"") -> AdmittedText:
    """Cut ``text`` after ``room`` characters and make the first part safe for Qt.

    Only the part that goes in is looked at: the rest, ``tail`` with it, may be megabytes.
    """
    cut = max(room, 0)
    if text[cut - 1 : cut + 1] == "\r\n":
        cut += 1  # one line break, not two
    kept, replaced = _UNKEEPABLE.subn("\ufffd", text[:cut])
    return AdmittedText(_LINE_BREAK.sub("\n", kept), replaced, text, min(cut, len(text)), tail)


def from_qt(raw: str) -> str:
    """Turn the raw text of a QTextDocument into a Python string of the same length."""
    return raw.replace("\u2029", "\n").replace("\u2028", "\n")


def to_qt(text: str) -> str:
    """Prepare an admitted text for a call that takes a QString.

    PySide hands wide strings over through ``QString::fromUtf16``, which eats one leading byte
    order mark; a second one survives.
    """
    return "\ufeff" + text if text.startswith("\ufeff") else text


def keep_room() -> None:
    """Have the memory ready that a first long paste takes.

    Asking the system for it page by page takes a fifth of the 50 ms that a paste of 10 MB may
    hold the window. What is given back here stays with the process: the first time moves the
    size from which the C library returns memory at once, the second touches what it then keeps.
    """
    for _ in range(2):
        QByteArray(_ROOM, 0)


def read_text(source: QMimeData) -> tuple[str, memoryview]:
    """Return a text's beginning, all of it or over ``LIMIT`` characters, and the rest as UTF-8.

    ``QMimeData.text`` would turn all of it into a QString and then into a Python string, which at
    10 MB costs most of the 50 ms that the event loop may be blocked.
    """
    # Where the other program offers UTF-8 under this name, its bytes come as they are; under the
    # plain one Qt turns them into a QString and back, which takes longer than fetching them.
    raw = source.data(_UTF8 if source.hasFormat(_UTF8) else _PLAIN)
    if raw.size() <= _ENOUGH:
        return source.text(), memoryview(b"")
    data = memoryview(raw)  # type: ignore[arg-type]  # a buffer, which the stubs do not know
    cut = _ENOUGH
    while data[cut] & 0xC0 == 0x80:  # inside a character
        cut -= 1
    try:
        return str(data[:cut], "utf-8"), data[cut:]
    except UnicodeDecodeError:  # a program that lies about its encoding: Qt knows better
        return source.text(), memoryview(b"")
