"""A bar on the terminal: share of the budget, loss, tokens a second, time left."""

import sys
import time
from typing import Self

from tqdm import tqdm

from roberta_gui.training.evaluation.curve import Point
from roberta_gui.training.recipe import Position, Recipe
from roberta_gui.wording import counted, time_left

_FORMAT = "{percentage:5.1f}% |{bar}| {elapsed}{postfix}"
_LOG_SECONDS = 30.0


def say(line: str) -> None:
    """Tell the user something, at once also where the output is a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def forecast(recipe: Recipe, before: Position, after: Position) -> str:
    """Say from one step what the rest of the budget will take and reach."""
    seconds, tokens = after.seconds - before.seconds, after.tokens - before.tokens
    step = max(seconds, 1e-9)
    left = min(
        steps
        for limit, steps in (
            (recipe.minutes, (recipe.minutes * 60 - after.seconds) / step),
            (recipe.tokens, (recipe.tokens - after.tokens) / max(1, tokens)),
            (recipe.steps, recipe.steps - after.step),
        )
        if limit > 0
    )
    left = max(0.0, left)
    reached = counted(round(after.tokens + left * tokens), "token")
    minutes = counted(max(1, round(left * step / 60)), "minute")
    return f"{tokens / step:,.0f} tokens/s: the budget ends in about {minutes}, at {reached} read"


class ProgressBar:
    """Shows the points of a run as they come; in a log file, a line every half minute."""

    def __init__(self, *, shown: bool = True) -> None:
        self._in_log = shown and not sys.stderr.isatty()
        self._written = -_LOG_SECONDS
        self._bar = tqdm(
            total=1.0,
            bar_format=_FORMAT,
            disable=not shown or self._in_log,
            mininterval=0.5,
            # Else it waits for a step as large as the first, which on resuming is a long one.
            miniters=0,
            ncols=100,
        )
        self._first: tuple[Point, float] | None = None
        self._before: Point | None = None
        self._speed: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def show(self, point: Point, done: float) -> None:
        """Draw the newest point, ``done`` of the budget (0 to 1) being used up."""
        self.draw(self.describe(point, done), done)

    def draw(self, text: str, done: float) -> None:
        """Draw the bar with a text of one's own beside it."""
        self._bar.set_postfix_str(text, refresh=False)
        self._bar.update(done - self._bar.n)
        # A bar that is drawn over itself would be a single line of a log, without an end.
        now = time.monotonic()
        if self._in_log and (now - self._written >= _LOG_SECONDS or done >= 1.0):
            sys.stderr.write(f"{done:6.1%}, {text}\n")
            sys.stderr.flush()
            self._written = now

    def say(self, line: str) -> None:
        """Write a line on the standard output, without leaving half a bar before it."""
        self._bar.write(line, file=sys.stdout)

    def describe(self, point: Point, done: float) -> str:
        """Say loss, speed since the point before, and the time left at the pace so far."""
        if self._first is None:
            self._first = (point, done)
        before, self._before = self._before, point
        parts = [f"step {point.step}", f"loss {point.loss:.3f}"]
        if before is not None and point.seconds > before.seconds:
            self._speed = (point.tokens - before.tokens) / (point.seconds - before.seconds)
        if self._speed is not None:  # the last point may come at the very time of the one before
            parts.append(f"{self._speed:,.0f} tokens/s")
        start, done_then = self._first
        if done > done_then:
            left = (1.0 - done) * (point.seconds - start.seconds) / (done - done_then)
            parts.append(time_left(left))
        return ", ".join(parts)
