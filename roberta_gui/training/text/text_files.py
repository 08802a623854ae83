"""Find and read the text to train on: folders of ``.txt`` and ``.txt.xz``.

A document is a block between blank lines; each of its lines is a paragraph, a sentence or a turn
of a dialogue. One bad file never ends a run of hours: it is named, and the others are read.
"""

import io
import lzma
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from roberta_gui import problems
from roberta_gui.outside import read_bytes, reading

PREPARED = ".ids.npz"
"""How the names of files end that the prepare command writes."""

LARGEST = 1_000_000_000
"""Bytes of a file, packed or not: larger texts come as several."""

_SUFFIXES = (".txt", ".txt.xz", PREPARED)
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
# Characters that no text holds, and every binary file does.
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be used, and why, as the end of a sentence."""

    path: Path
    reason: str

    def __str__(self) -> str:
        """Name the file and the reason."""
        return f"{self.path.name} was skipped: {self.reason}."


def find_text(paths: Sequence[Path], leave_out: Sequence[str] = ()) -> tuple[Path, ...]:
    """List the text files of folders, in the order of their names; a file stands for itself.

    File names that fit a pattern of ``leave_out``, such as ``heldout*``, are not wanted. Raises
    `problems.BadArgument` where a path does not exist, or nothing is left.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise problems.BadArgument(
                f"There is no {path}.", "Give folders or files of .txt or .txt.xz."
            )
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [path for path in inside if path.is_file() and path.name.endswith(_SUFFIXES)]
    kept = [path for path in found if not any(fnmatch(path.name, one) for one in leave_out)]
    if not kept:
        raise problems.BadArgument(
            f"There is no text in {', '.join(map(str, paths))}.",
            "Text files end in .txt or .txt.xz.",
        )
    return tuple(kept)


def read_file(path: Path) -> bytes | Skipped:
    """Read the bytes of one file as they are, or say why it cannot be used."""
    try:
        with reading("it", problem=problems.BadArgument, verdict="cannot be used"):
            return read_bytes(path, LARGEST)
    except problems.Problem as problem:
        return Skipped(path, problem.title.rstrip("."))


def _unpacked(content: bytes) -> bytes:
    try:
        with lzma.open(io.BytesIO(content)) as file:
            unpacked = file.read(LARGEST + 1)
    except (lzma.LZMAError, EOFError) as error:
        raise ValueError("it is no .xz file, or was cut short") from error
    if len(unpacked) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST / 1e6:g} MB")
    return unpacked


def read_documents(path: Path) -> tuple[str, ...] | Skipped:
    """Read the documents of one file, or say why it cannot be used.

    Documents are without blank lines; a byte order mark and Windows line ends are taken away.
    """
    content = read_file(path)
    if isinstance(content, Skipped):
        return content
    try:
        with reading("it", problem=problems.BadArgument, verdict="cannot be unpacked"):
            content = _unpacked(content) if path.suffix == ".xz" else content
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Skipped(path, "it is not UTF-8")
    except problems.Problem as problem:
        return Skipped(path, problem.title.rstrip("."))
    if _BINARY.search(text):
        return Skipped(path, "it is binary")
    blocks = (block.strip() for block in _BLANK_LINES.split(text.replace("\r\n", "\n")))
    return tuple(filter(None, blocks)) or Skipped(path, "it is empty")
