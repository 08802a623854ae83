"""The one stop watch: sides take turns, each run has its own input, medians are kept."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

Input = TypeVar("Input")


@dataclass(frozen=True)
class Sample:
    """What several runs of one thing gave, in seconds unless somebody says otherwise."""

    values: tuple[float, ...]

    @property
    def n(self) -> int:
        """How many runs there were."""
        return len(self.values)

    @property
    def median(self) -> float:
        """The middle run."""
        return statistics.median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The ends of the middle half of the runs."""
        if self.n == 1:
            return self.values[0], self.values[0]
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return low, high


def timed(side: Callable[[Input], Any], given: Input) -> tuple[float, Any]:
    """Run ``side`` once; return how many seconds that took, and its result."""
    started = perf_counter()
    result = side(given)
    return perf_counter() - started, result


def side_by_side(
    ours: Callable[[Input], Any],
    theirs: Callable[[Input], Any],
    inputs: Sequence[Input],
    compare: Callable[[Any, Any], object] | None = None,
) -> tuple[Sample, Sample]:
    """Time two ways to do the same, in turns, and look whether they agree.

    The first input warms both sides up and is not counted. The side that goes first changes
    every round, so that neither always finds the caches as the other left them.

    Parameters
    ----------
    inputs
        One for each run, and one more for the warm-up; no two need be alike.
    compare
        Called with both results after each round, outside the clock.
    """
    seconds: tuple[list[float], list[float]] = ([], [])
    for number, given in enumerate(inputs):
        results: list[Any] = [None, None]
        for at in (0, 1) if number % 2 else (1, 0):
            took, results[at] = timed((ours, theirs)[at], given)
            if number:
                seconds[at].append(took)
        if compare is not None and number:
            compare(*results)
        del results  # two analyses of 512 tokens are 0.3 GB that the next round needs
    return Sample(tuple(seconds[0])), Sample(tuple(seconds[1]))
