"""The boundary to everything that comes from outside: files, caches, settings, archives.

Nobody can list what a damaged or crafted file makes a parser stumble over: `RecursionError`,
`MemoryError`, a panic in Rust. So whoever reads something foreign does it inside `reading`,
and takes the bytes from `read_bytes`, which reads regular files of a bounded size only. What other
programs read is written by `strict_json`.
"""

import argparse
import errno
import json
import math
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from roberta_gui import problems

LARGEST_COUNT: Final = 1_000_000
"""No model has more layers or heads and no text more tokens; Qt holds numbers up to 2³¹."""

LARGEST_WHOLE: Final = 2**63 - 1
"""torch and numpy hold whole numbers up to here."""

COPY_AGAIN: Final = "Download or copy the model again."

_NO_MEMORY = (
    "Cannot allocate memory", "can't allocate memory", "failed to map segment", "out of memory",
    "not enough memory",
)  # fmt: skip

_OUR_OWN_WAYS = (KeyboardInterrupt, SystemExit, GeneratorExit)
_LONGEST = 80
"""Characters of a foreign value that a sentence quotes."""


@contextmanager
def reading(
    name: str,
    hint: str = COPY_AGAIN,
    problem: type[problems.Problem] = problems.BrokenCheckpoint,
    verdict: str = "is damaged",
) -> Iterator[None]:
    """Let what is done here with something foreign fail with a problem only.

    ``name`` is what is read, as a person knows it: it begins the sentence "… is damaged: …".
    ``verdict`` is said of anything that is no trouble of the disk's or the memory's.

    Raises
    ------
    problems.Problem
        One that was raised inside, as it is; of anything else, ``problem`` with the reason.
    """
    try:
        yield
    except problems.Problem:
        raise
    except BaseException as error:
        # A panic inside Rust is no Exception, hence the base class.
        if isinstance(error, _OUR_OWN_WAYS):
            raise
        raise problem(f"{name} {_what_is_wrong(error, verdict)}.", hint) from error


def read_bytes(path: Path, most: int) -> bytes:
    """Read a whole regular file of at most ``most`` bytes.

    Raises `OSError` where there is none or it cannot be read, and `ValueError` where it is too
    large or no regular file: a pipe would keep its reader waiting for ever.
    """
    size, content = require_regular(path), b""
    if size <= most:
        with path.open("rb") as file:
            content = file.read(size + 1)  # not ``most``: so much memory would be asked for
            if len(content) > size:  # it has grown, or its system tells no size
                content += file.read(most)
    if max(size, len(content)) > most:
        raise ValueError(f"it is larger than {most / 1e6:g} MB")
    return content


def require_regular(path: Path) -> int:
    """Give a file's size in bytes; `ValueError` where it is a pipe, a device, a folder."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is not a regular file")
    return found.st_size


@contextmanager
def remarks_aside() -> Iterator[None]:
    """Send what libraries print by themselves to standard error: standard output is our table's."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def is_no_memory(error: BaseException) -> bool:
    """Tell whether it was memory that something lacked: only words tell, of a library or a card."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in _NO_MEMORY)


def brief(value: object) -> str:
    """Quote a foreign value in a sentence, however long it is."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _what_is_wrong(error: BaseException, verdict: str) -> str:
    """Finish the sentence that begins with the name of what was read."""
    if isinstance(error, FileNotFoundError):
        return "is missing"
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
        # EINVAL is a seek to where a damaged file points.
        return f"cannot be read: {error.strerror}"
    if isinstance(error, MemoryError):
        return "cannot be read: it asks for more memory than there is"
    if isinstance(error, RecursionError):
        return f"{verdict}: it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"{verdict}: it is not UTF-8 text"
    reason = " ".join(str(error).split())[: 2 * _LONGEST].rstrip(".")
    return f"{verdict}: {reason or type(error).__name__}"


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong with an argument in one line."""

    def error(self, message: str) -> "None":  # type: ignore[override]
        """End with status 2 and one line."""
        self.exit(2, f"{self.prog}: {' '.join(message.split())}\n")


def counted_from(least: int, most: int = LARGEST_COUNT) -> Callable[[str], int]:
    """Make what reads a whole number from ``least`` to ``most``."""

    def read(text: str) -> int:
        number = whole_number(text, most)
        if number is None or number < least:
            raise argparse.ArgumentTypeError(
                f"{brief(text)} is not a whole number from {least} to {most:,}"
            )
        return number

    return read


def reader_of(default: Any) -> Callable[[str], float]:
    """Make what reads a number of the kind that ``default`` is of; a whole one from 0."""
    return counted_from(0, LARGEST_WHOLE) if isinstance(default, int) else float


def whole_number(text: str, most: int = LARGEST_COUNT) -> int | None:
    """Read a number up to ``most``, as a rule one that Qt can hold: a larger one would crash it."""
    if not text.isdecimal() or len(text) > len(str(most)) or int(text) > most:
        return None
    return int(text)


def heads_in(text: str) -> tuple[tuple[int, int], ...]:
    """Read heads such as ``3.4,5.1`` as ``(layer, head)``, both from 0."""
    heads = [tuple(map(whole_number, part.split("."))) for part in text.split(",")]
    if any(len(head) != 2 or not all(head) for head in heads):
        raise argparse.ArgumentTypeError(f"{brief(text)} is not like 3.4,5.1 (layer and head)")
    return tuple(((layer or 0) - 1, (head or 0) - 1) for layer, head in heads)


def strict_json(content: object, digits: int | None = None, indent: int | None = None) -> str:
    """Write records and arrays for any program: what is no number is null, as JSON has none.

    Numbers in arrays are rounded to so many ``digits``.
    """
    import numpy as np  # which --help need not wait for

    def plain(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            told = value if digits is None else np.round(value.astype(np.float64), digits)
            return plain(told.tolist())
        if isinstance(value, Mapping):
            return {name: plain(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [plain(one) for one in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return json.dumps(plain(content), indent=indent, allow_nan=False)
