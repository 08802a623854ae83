"""Write a file that somebody named: all of it, or none of it."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write into; what was there before stays until the new one is whole.

    It is written beside ``path`` under another name and takes its place at the end. What fails on
    the way leaves nothing behind. Only what cannot be replaced, such as a device or a file in a
    folder that takes no new ones, is written in place.

    Raises
    ------
    OSError
        The file cannot be written.
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
        if target.exists():
            shutil.copymode(target, beside.name)
        os.replace(beside.name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside.name)
        raise


def _open_beside(target: Path) -> BinaryIO | None:
    """Open a new file in the target's folder; None if the target has to be written in place."""
    is_there = target.exists()
    # A file that is locked against writing is no more to be replaced than to be overwritten.
    if is_there and not (target.is_file() and os.access(target, os.W_OK)):
        return None
    try:
        # Not by tempfile: its files are for their owner alone, and this one may be for others.
        return target.with_name(f".{secrets.token_hex(8)}.part").open("xb")
    except PermissionError:
        if not is_there:
            raise
        return None
