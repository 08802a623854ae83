"""Where chips go when they flow into rows like words; plain numbers, no Qt."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Flow:
    """Chips in rows.

    ``rows`` is the first chip of each row, and one more entry ends the last; ``left`` and
    ``widths`` are of each chip, in pixels.
    """

    rows: tuple[int, ...] = (0,)
    left: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.rows) - 1

    def row_of(self, chip: int) -> int:
        """Return the row that a chip is in."""
        return bisect_right(self.rows, chip) - 1

    def chips_of(self, row: int) -> range:
        """Return the chips of a row; none for a row that there is not."""
        if not 0 <= row < self.n_rows:
            return range(0)
        return range(self.rows[row], self.rows[row + 1])

    def chip_at(self, row: int, x: float) -> int | None:
        """Return the chip of ``row`` that covers ``x``."""
        chips = self.chips_of(row)
        nth = bisect_right(self.left, x, chips.start, chips.stop) - 1
        if nth in chips and x < self.left[nth] + self.widths[nth]:
            return nth
        return None

    def across(self, chip: int, rows: int) -> int:
        """Return the nearest chip so many rows below another; itself where there is no such row."""
        middle = self.left[chip] + self.widths[chip] / 2
        return min(
            self.chips_of(self.row_of(chip) + rows),
            key=lambda other: abs(self.left[other] + self.widths[other] / 2 - middle),
            default=chip,
        )


def flow(widths: Sequence[int], joined: Sequence[bool], available: int, gap: int) -> Flow:
    """Lay chips into rows of ``available`` pixels, ``gap`` between those that are not joined.

    A joined chip hangs on the one before it, in the same row where that fits; one that is wider
    than a row has one to itself.
    """
    starts = [nth for nth, hangs in enumerate(joined) if not hangs or nth == 0]
    rows, left = [0], [0] * len(widths)
    x = 0
    for first, end in pairwise([*starts, len(widths)]):
        together = sum(widths[first:end])
        if x and x + together > available:
            rows.append(first)
            x = 0
        for chip in range(first, end):
            if x and chip > first and x + widths[chip] > available:
                rows.append(chip)  # even a group breaks if it is wider than a row
                x = 0
            left[chip] = x
            x += widths[chip]
        x += gap
    if widths:
        rows.append(len(widths))
    return Flow(tuple(rows), tuple(left), tuple(widths))
