"""Work in short steps, written as generators whose return value is the result."""

from collections.abc import Generator
from importlib import import_module
from typing import Any, TypeVar

Result_co = TypeVar("Result_co", covariant=True)


def result_of(steps: Generator[Any, None, Result_co]) -> Result_co:
    """Run stepped work to its end, where nobody waits for anything else.

    Examples
    --------
    >>> def steps():
    ...     yield
    ...     return 7
    >>> result_of(steps())
    7
    """
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result_co = end.value
            return result


def part_of(
    steps: Generator[float, None, Result_co], start: float, share: float
) -> Generator[float, None, Result_co]:
    """Tell the progress of some steps as part of a whole that they are ``share`` of.

    Examples
    --------
    >>> def steps():
    ...     yield 0.5
    ...     yield 1.0
    >>> list(part_of(steps(), 0.5, 0.25))
    [0.625, 0.75]
    """
    while True:
        try:
            part = next(steps)
        except StopIteration as end:
            result: Result_co = end.value
            return result
        yield start + share * part


def loading(*modules: str) -> Generator[None, None, None]:
    """Import libraries that take long, each in a step of its own; the first use pays for them.

    Examples
    --------
    >>> list(loading("scipy.linalg", "scipy.special"))
    [None, None]
    """
    for module in modules:
        import_module(module)
        yield
