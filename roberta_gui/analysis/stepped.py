"""Work in short steps, written as generators whose return value is the result."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from functools import reduce, wraps
from importlib import import_module
from inspect import Signature, signature
from typing import Any, ParamSpec, TypeVar

from threadpoolctl import ThreadpoolController

P = ParamSpec("P")
Part = TypeVar("Part")
Shown = TypeVar("Shown")
Result_co = TypeVar("Result_co", covariant=True)


def result_of(steps: Generator[Any, None, Result_co]) -> Result_co:
    """Run stepped work to its end, where nobody waits for anything else."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result_co = end.value
            return result


def converted(
    steps: Generator[Part, None, Result_co], convert: Callable[[Part], Shown]
) -> Generator[Shown, None, Result_co]:
    """Take all steps, yield what ``convert`` makes of what they yield, and give what comes out."""
    while True:
        try:
            part = next(steps)
        except StopIteration as end:
            result: Result_co = end.value
            return result
        yield convert(part)


def part_of(
    steps: Generator[float, None, Result_co], start: float, share: float
) -> Generator[float, None, Result_co]:
    """Tell the progress of some steps as part of a whole that they are ``share`` of."""
    return converted(steps, lambda part: start + share * part)


def showing(
    shown: Shown, steps: Generator[object, None, Result_co]
) -> Generator[Shown, None, Result_co]:
    """Take all steps, show the same in every pause between them, and give what comes out."""
    return converted(steps, lambda _step: shown)


def all_at_once(
    steps: Callable[P, Generator[object, None, Result_co]],
) -> Callable[P, Result_co]:
    """Make of a method that works in steps the one that gives what they come to."""
    return _run_by(result_of, steps)


def last_of(
    steps: Callable[P, Iterator[Part]], give: Callable[[Part], Result_co]
) -> Callable[P, Result_co]:
    """Make of a method that yields more and more the one that gives something of the last."""
    return _run_by(lambda made: give(reduce(lambda _older, newer: newer, made)), steps)


def _run_by(run: Callable[[Part], Result_co], steps: Callable[P, Part]) -> Callable[P, Result_co]:
    @wraps(steps)
    def whole(*args: P.args, **options: P.kwargs) -> Result_co:
        return run(steps(*args, **options))

    # For whoever asks for help: the arguments are the same, what comes back is not.
    whole.__name__ = steps.__name__.removesuffix("_steps")
    whole.__doc__ = f"All at once, not step by step: {steps.__doc__}"
    asked = signature(steps).replace(return_annotation=Signature.empty)
    whole.__signature__ = asked  # type: ignore[attr-defined]
    return whole


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
