"""Write files so that a kill at any moment leaves the old one or the new one, never half of one."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write beside ``path`` under another name, down to the disk, then take its place.

    Parameters
    ----------
    write
        Puts the content into the open file that it is given.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.unfinished")
    with beside.open("wb") as stream:
        write(stream)
        stream.flush()
        # Without this a power cut could leave the new name with none of the content.
        os.fsync(stream.fileno())
    beside.replace(path)


def write_text_atomically(path: Path, text: str) -> None:
    """Write UTF-8 text; otherwise as `write_atomically`."""
    write_atomically(path, lambda stream: stream.write(text.encode()))
