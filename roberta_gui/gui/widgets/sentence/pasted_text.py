"""Read pasted or dropped text without copying more of it than the editor can hold."""

from typing import Final

from PySide6.QtCore import QByteArray, QMimeData

from roberta_gui.gui.widgets.sentence.text_index import LIMIT

_PLAIN: Final = "text/plain"
_UTF8: Final = "text/plain;charset=utf-8"

# In UTF-8 a character takes up to four bytes; two more characters see a line break whole.
_ENOUGH: Final = 4 * (LIMIT + 2)

_ROOM: Final = 32_000_000
"""Bytes that Qt uses at most at a time while it fetches 10 MB from another program."""


def keep_room() -> None:
    """Have the memory ready that a first long paste takes.

    Asking the system for it page by page takes a fifth of the 50 ms that a paste of 10 MB may
    hold the window. What is given back here stays with the process: the first time moves the
    size from which the C library returns memory at once, the second touches what it then keeps.
    """
    for _ in range(2):
        QByteArray(_ROOM, 0)


def read_text(source: QMimeData) -> tuple[str, memoryview]:
    """Return a text's beginning, and the rest as UTF-8.

    The beginning is the whole text where that is short, else more than ``LIMIT`` characters of
    it. ``QMimeData.text`` would turn all of it into a QString and then into a Python string,
    which at 10 MB costs most of the 50 ms that the event loop may be blocked.
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
