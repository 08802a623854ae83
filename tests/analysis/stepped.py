"""Work in steps, run to its end at once."""

from collections.abc import Generator
from typing import TypeVar

Step = TypeVar("Step")
Result = TypeVar("Result")


def run(steps: Generator[Step, None, Result]) -> tuple[list[Step], Result]:
    """What the steps told, and what came out in the end."""
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as finished:
            return told, finished.value
