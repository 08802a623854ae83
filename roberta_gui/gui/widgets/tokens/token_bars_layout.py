"""Where things are in a picture with one bar a token: plot, bars, and which names have room."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.painting.axis_label import SINE

_WIDEST: Final = 160  # pixels of a token's strip, at a text zoom of 1
_WIDEST_BAR: Final = 72  # pixels of a bar, likewise
_LONGEST: Final = 84  # pixels of a name, likewise
_SHORTEST: Final = 40  # pixels that a name may be long even in the lowest picture, likewise
_DEEPEST: Final = 0.25  # share of the height that names take which do not lie flat
_FOOT: Final = 0.75  # what such a name takes besides its length, in heights of a line
_BETWEEN: Final = 6  # pixels between names that lie flat
_LEADER: Final = 6  # pixels between bars and names that stand aside
_REACH, _LOW_REACH = 0.9, 0.25  # how far aside names stand, in names: of high bars, of others


@dataclass(frozen=True)
class BarsLayout:
    """The places of ``n_tokens`` bars, in pixels.

    Bars stand in ``plot``, from ``low``, at most 0, up to ``high``. Names are below,
    at most ``longest``, flat where that has room, and ``label_gap`` from one to the next.
    """

    plot: QRectF
    n_tokens: int
    high: float
    is_flat: bool
    longest: float
    label_gap: float
    widest_bar: float
    low: float = 0.0

    @property
    def leader(self) -> float:
        """Pixels between bars and names: room for lines where names stand aside."""
        return 0.0 if self.slot_width >= self.label_gap else _LEADER

    @cached_property
    def slot_width(self) -> float:
        """Pixels from one bar to the next."""
        return self.plot.width() / max(self.n_tokens, 1)

    def middle(self, token: int) -> float:
        """Return the middle of a token's strip."""
        return self.plot.left() + (token + 0.5) * self.slot_width

    def slot(self, token: int) -> QRectF:
        """Return the strip that a token's bar stands in."""
        left = self.plot.left() + token * self.slot_width
        return QRectF(left, self.plot.top(), self.slot_width, self.plot.height())

    def bar(self, token: int, value: float) -> QRectF:
        """Return a token's bar; it has no height where the value is nan."""
        slot, zero = self.slot(token), self.y(0.0)
        end = zero if math.isnan(value) else self.y(value)
        side = slot.width() * 0.14 if slot.width() > 4 else 0.0
        side = max(side, (slot.width() - self.widest_bar) / 2)
        width = max(slot.width() - 2 * side, 1.0)
        return QRectF(slot.left() + side, min(end, zero), width, abs(end - zero))

    def y(self, value: float) -> float:
        """Return the height of a value, in pixels from the top of the picture."""
        return self.plot.bottom() - (value - self.low) / (self.high - self.low) * self.plot.height()

    def token_at(self, point: QPointF) -> int | None:
        """Return the token whose bar or name is at a point."""
        inside = self.plot.left() <= point.x() < self.plot.right()
        if not self.n_tokens or not inside or point.y() < self.plot.top():
            return None
        return min(int((point.x() - self.plot.left()) / self.slot_width), self.n_tokens - 1)

    def labels(self, in_order: Iterable[int]) -> dict[int, float]:
        """Return where across the names stand that have room, by token, from left to right.

        Those first in ``in_order`` come before others. A name may stand a little aside from its
        bar, so that two high bars next to each other can both have theirs.
        """
        if self.slot_width >= self.label_gap:
            return {token: self.middle(token) for token in range(self.n_tokens)}
        tokens: list[int] = []
        leftmost: list[float] = []
        ends: dict[int, tuple[float, float]] = {}
        for rank, token in enumerate(dict.fromkeys(in_order)):
            place = bisect_left(tokens, token)
            ends[token] = self._ends(token, _REACH if rank < self.n_tokens / 3 else _LOW_REACH)
            if (moved := self._pushed(token, place, tokens, leftmost, ends)) is not None:
                leftmost[place : place + len(moved) - 1] = moved
                tokens.insert(place, token)
        wanted = apart(list(map(self.middle, tokens)), self.label_gap)
        x, places = math.inf, [0.0] * len(tokens)
        for nth in reversed(range(len(tokens))):
            x = min(x - self.label_gap, ends[tokens[nth]][1])
            places[nth] = max(min(wanted[nth], x), leftmost[nth])
        return dict(zip(tokens, places, strict=True))

    def _ends(self, token: int, reach: float) -> tuple[float, float]:
        """Return how far left and right a token's name may stand."""
        middle, aside = self.middle(token), reach * self.label_gap
        return max(middle - aside, self.plot.left()), min(middle + aside, self.plot.right())

    def _pushed(
        self, token: int, place: int, tokens: list[int], leftmost: list[float],
        ends: dict[int, tuple[float, float]],
    ) -> list[float] | None:  # fmt: skip
        """Return the leftmost places of a new name and of those it pushes; None without room."""
        x = leftmost[place - 1] if place else -math.inf
        moved: list[float] = []
        for nth, one in enumerate((token, *tokens[place:])):
            left, right = ends[one]
            x = max(x + self.label_gap, left)
            if x > right:
                return None
            if nth and x == leftmost[place + nth - 1]:
                return moved
            moved.append(x)
        return moved


def apart(wanted: Sequence[float], gap: float) -> list[float]:
    """Move places ``gap`` apart, as little as can be (least squares, by pooling neighbours).

    Examples
    --------
    >>> apart([0.0, 10.0, 11.0, 30.0], 5.0)
    [0.0, 8.0, 13.0, 30.0]
    """
    pools: list[tuple[float, int]] = []  # mean of the places less their gaps, and how many
    for nth, place in enumerate(wanted):
        mean, size = place - nth * gap, 1
        while pools and pools[-1][0] > mean:
            before, others = pools.pop()
            mean = (before * others + mean * size) / (others + size)
            size += others
        pools.append((mean, size))
    means = [mean for mean, size in pools for _ in range(size)]
    return [mean + nth * gap for nth, mean in enumerate(means)]


def lay_out_bars(size: QSize, names: Sequence[str], high: float, low: float = 0.0) -> BarsLayout:
    """Share ``size`` out among axis, bars and names."""
    theme = themes.current()
    numbers = theme.metrics("small_number")
    bold = theme.metrics("small", bold=True)
    left, top = numbers.horizontalAdvance("000.0") + 12, bold.height() + 8
    n_tokens = max(len(names), 1)
    width = max(min(size.width() - left - 8, theme.pixels(_WIDEST) * n_tokens), 20.0)
    slot = width / n_tokens
    longest = min(theme.widest(names, "small", bold=True), theme.pixels(_LONGEST))
    foot = bold.height() * _FOOT
    # Shorter names where the picture is low: the bars are what counts.
    room = (size.height() * _DEEPEST - foot - _LEADER) / SINE
    rising = min(longest, max(room, theme.pixels(_SHORTEST)))
    # Lying flat names take one line only, and are as long as their bars are apart.
    is_flat = rising + _BETWEEN <= slot
    if is_flat:
        limit = max(min(longest, slot - _BETWEEN), rising)
        gap, below = limit + _BETWEEN, bold.height() + 6
    else:
        limit = rising
        gap, below = bold.height() * 0.85 / SINE, foot + rising * SINE
    below += _LEADER if slot < gap else 0
    plot = QRectF(left, top, width, max(size.height() - top - below, 20.0))
    widest = theme.pixels(_WIDEST_BAR)
    return BarsLayout(plot, len(names), high, is_flat, limit, gap, widest, low)
