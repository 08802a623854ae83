"""How much memory is left, so that what cannot fit is refused before it is taken.

A system that overcommits gives memory that it has not, and then ends the process without a word.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from roberta_gui import problems

_GROUPS = (
    ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory.current"),
    ("sys/fs/cgroup/memory/memory.limit_in_bytes", "sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""Limit and use of a container's memory, in versions 2 and 1 of Linux' control groups."""


def require_memory(what: str, needed: int, available: int | None) -> None:
    """Refuse work that needs more memory than there is, with both numbers.

    Parameters
    ----------
    what
        Begins the sentence "… needs 1.4 GB of memory".
    needed, available
        Bytes; None where the system does not tell.

    Raises
    ------
    problems.TooLittleMemory
        It does not fit.
    """
    if available is not None and needed > available:
        raise problems.TooLittleMemory(
            f"{what} needs {needed / 1e9:.2g} GB of memory, but only {available / 1e9:.2g} GB "
            "are free.",
            "Close other programs, or open a smaller model.",
        )


def available_bytes(root: Path = Path("/")) -> int | None:
    """Tell how many bytes this process can still get; None where the system does not tell.

    Parameters
    ----------
    root
        Where the system's own files begin.
    """
    return min([*_free(root), *_left_of_limits(root)], default=None)


def _free(root: Path) -> Iterator[int]:
    for line in _lines(root / "proc/meminfo"):
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            yield 1024 * int(value.split()[0])
    for limit, used in _GROUPS:
        numbers = [*_lines(root / limit), *_lines(root / used)]
        if len(numbers) == 2 and all(number.isdecimal() for number in numbers):
            yield max(0, int(numbers[0]) - int(numbers[1]))


def _left_of_limits(root: Path) -> Iterator[int]:
    """Look at what ``ulimit -v`` leaves of the address space."""
    if sys.platform != "win32":
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        pages = "".join(_lines(root / "proc/self/statm")).split()
        if limit != resource.RLIM_INFINITY and pages:
            yield max(0, limit - int(pages[0]) * resource.getpagesize())


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").splitlines()
    except OSError:
        return []
