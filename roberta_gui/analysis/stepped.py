"""Work in short steps, written as generators whose return value is the result."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

Result_co = TypeVar("Result_co", covariant=True)
Step = TypeVar("Step")
Shown = TypeVar("Shown")


def result_of(steps: Generator[Any, None, Result_co]) -> Result_co:
    """Run stepped work to its end, where nobody waits for anything else."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result_co = end.value
            return result


def part_of(
    steps: Generator[float, None, Result_co], start: float, share: float
) -> Generator[float, None, Result_co]:
    """Tell the progress of some steps as part of a whole that they are ``share`` of."""
    return mapped(steps, lambda part: start + share * part)


def mapped(
    steps: Generator[Step, None, Result_co], show: Callable[[Step], Shown]
) -> Generator[Shown, None, Result_co]:
    """Go through some steps, and ``show`` something else of each; the result is theirs."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            result: Result_co = end.value
            return result
        yield show(step)


def loading(*modules: str) -> Generator[None, None, None]:
    """Import libraries that take long, each in a step of its own; the first use pays for them."""
    for module in modules:
        import_module(module)
        yield


class OneThread:
    """Holds BLAS to one thread, again and again, at little cost.

    A decomposition waits for all threads hundreds of times. Where another program keeps the
    cores busy, a training run for instance, each wait lasts until that one is interrupted: on
    two busy cores, two threads took twenty times as long as one. The limit is the process's own,
    so hold it no longer than a step of work.
    """

    def __init__(self) -> None:
        import scipy.linalg  # noqa: F401 - brings a BLAS of its own, which must be found below

        # Looks through all libraries that are loaded: some milliseconds.
        self._libraries = ThreadpoolController().select(user_api="blas")

    def held(self) -> AbstractContextManager[object]:
        """Return the context in which the limit holds."""
        limit: AbstractContextManager[object] = self._libraries.limit(limits=1)
        return limit
