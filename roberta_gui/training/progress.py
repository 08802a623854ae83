"""A bar on the terminal: share of the budget, loss, tokens a second, time left."""

import sys
from typing import Self

from tqdm import tqdm

from roberta_gui.training.evaluation.curve import Point

_FORMAT = "{percentage:5.1f}% |{bar}| {elapsed}{postfix}"


def say(line: str) -> None:
    """Tell the user something, at once also where the output is a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class ProgressBar:
    """Shows the points of a run as they come; in a log file, a line every half minute."""

    def __init__(self, *, shown: bool = True) -> None:
        # A log keeps every state of the bar, so there it is drawn less often.
        interval = 0.5 if sys.stderr.isatty() else 30.0
        self._bar = tqdm(
            total=1.0,
            bar_format=_FORMAT,
            disable=not shown,
            mininterval=interval,
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
            parts.append(f"{round(left) // 60}:{round(left) % 60:02d} left")
        return ", ".join(parts)
