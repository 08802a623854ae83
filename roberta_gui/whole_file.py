"""Write a file that somebody named: all of it, or none of it; leave nothing else behind."""

import errno
import os
import platform
import re
import secrets
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_PART = re.compile(r"\.(?P<owner>roberta-[0-9a-f]{8}-(?P<process>\d{1,9}))-[0-9a-z_]{8,16}\.part")
"""What is not to stay is called so: the computer and the process that write it, and chance."""

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
    """Write text or bytes as a whole file, into a folder that is made, or swept, if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent)
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


@contextmanager
def passing_folder() -> Iterator[Path]:
    """Make a folder among temporary files that is gone in the end.

    Where the process ends before, `sweep_temporary` removes it.
    """
    folder = Path(tempfile.mkdtemp(prefix=f".{_owner()}-", suffix=".part"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_temporary() -> None:
    """Remove the passing folders of processes that have ended."""
    with suppress(OSError), passing_folder() as beside:  # only a new one tells where they are
        sweep(beside.parent)


def sweep(folder: Path) -> None:
    """Remove what is unfinished, and whose writers have ended; what is of living ones stays.

    Whether a process of another computer lives nobody knows: its files go when they are a day old.
    """
    with suppress(OSError):
        for path in folder.iterdir():
            if (found := _PART.fullmatch(path.name)) is None:
                continue
            process = int(found["process"])
            is_dead = found["owner"] == _owner(process) and not _is_alive(process)
            with suppress(OSError):  # somebody else's, or swept by another one just now
                if is_dead or time.time() - path.lstat().st_mtime > _LONG_AGO:
                    _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
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
