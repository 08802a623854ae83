"""Write a file that somebody named: all of it, or none of it."""

import errno
import os
import platform
import re
import secrets
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_PART = re.compile(r"\.(?P<owner>roberta-[0-9a-f]{8}-(?P<process>\d{1,9}))-[0-9a-f]{16}\.part")
"""What an unfinished file is called: the computer and the process that write it, and chance."""

_LONG_AGO = 24 * 3600
"""Seconds after which nobody writes any more, whoever it was."""


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write into; what was there before stays until the new one is whole.

    It is written beside ``path`` and takes its place at the end; what fails leaves nothing behind.
    Only what cannot be replaced, such as a device or a file in a folder that takes no new ones, is
    written in place. Raises `OSError` where it cannot be written.
    """
    try:
        target = Path(os.path.realpath(path))  # what a link leads to is replaced, not the link
    except ValueError as error:
        raise OSError(errno.EINVAL, "No file can have this name", str(path)) from error
    beside = _open_beside(target)
    if beside is None:
        with target.open("wb") as file:
            yield file
        return
    try:
        with beside:
            yield beside
            beside.flush()
            os.fsync(beside.fileno())  # a power cut could leave the new name without content
        if target.exists():
            shutil.copymode(target, beside.name)
        os.replace(beside.name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside.name)
        raise


def write_whole(path: Path, content: str | bytes) -> None:
    """Write text or bytes as a whole file, into a folder that is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def _open_beside(target: Path) -> BinaryIO | None:
    """Open a new file in the target's folder; None if the target has to be written in place."""
    is_there = target.exists()
    # A file that is locked against writing is no more to be replaced than to be overwritten.
    if is_there and not (target.is_file() and os.access(target, os.W_OK)):
        return None
    try:
        # Not by tempfile: its files are for their owner alone, and this one may be for others.
        return target.with_name(f".{_owner()}-{secrets.token_hex(8)}.part").open("xb")
    except PermissionError:
        if not is_there:
            raise
        return None


def sweep(folder: Path) -> None:
    """Remove unfinished files whose writers were killed; those of living ones stay.

    Whether a process of another computer lives nobody knows: its files go when they are a day old.
    """
    with suppress(OSError):
        for path in folder.iterdir():
            if (found := _PART.fullmatch(path.name)) is None:
                continue
            process = int(found["process"])
            is_dead = found["owner"] == _owner(process) and not _is_alive(process)
            if is_dead or time.time() - path.lstat().st_mtime > _LONG_AGO:
                path.unlink()


def _owner(process: int | None = None) -> str:
    """Name this computer and one of its processes; None is this one."""
    computer = zlib.crc32(platform.node().encode())
    return f"roberta-{computer:08x}-{process or os.getpid()}"


def _is_alive(process: int) -> bool:
    """Tell whether a process of this computer is there, or may be."""
    if os.name == "nt":
        return True  # to ask would end it there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True
