"""Arguments of another kind than a method can use, told in a sentence before any work is done."""

import sys
from collections.abc import Iterable
from numbers import Integral
from typing import Any

from roberta_gui.problems import BadArgument


def whole_number(value: object, what: str) -> int:
    """Take a whole number, of Python or numpy, or raise `problems.BadArgument`.

    ``what`` begins the sentence, as in "top_k"; True and False count nothing.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise BadArgument(f"{what} is {value!r}.", "Give a whole number.")
    number = int(value)
    if abs(number) > sys.maxsize:  # Python writes some of these in no sentence
        raise BadArgument(f"{what} has too many digits.", "Give a smaller number.")
    return number


def count_of(value: object, what: str, most: int = sys.maxsize) -> int:
    """Take a whole number from 1 to ``most``, or raise `problems.BadArgument`.

    ``what`` is counted, as in "fillings".
    """
    number = whole_number(value, f"The number of {what}")
    if not 1 <= number <= most:
        upwards = "at least one" if most == sys.maxsize else f"1 to {most:,}"
        raise BadArgument(f"{number:,} {what} cannot be had.", f"Ask for {upwards}.")
    return number


def several(values: object, what: str) -> list[Any]:
    """List several things, or raise `problems.BadArgument`: one text is no list of texts."""
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise BadArgument(
            f"A {type(values).__name__} is no list of {what}.", "Put even a single one in a list."
        )
    return list(values)


def expect_text(text: object) -> None:
    """Raise `problems.BadArgument` for what is no text."""
    if not isinstance(text, str):
        raise BadArgument(
            f"A {type(text).__name__} is no text.", 'Give a str, such as "The cat sat on the mat."'
        )
