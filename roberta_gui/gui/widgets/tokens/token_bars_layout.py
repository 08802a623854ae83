"""Where things are in a picture with one bar a token: plot, bars, and which names have room."""

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetricsF

from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.attention.heatmap_layout import LABEL_ANGLE

_WIDEST: Final = 48  # pixels of a token's strip, at a text zoom of 1
_LONGEST: Final = 84  # pixels of a name, likewise
_SINE: Final = math.sin(math.radians(LABEL_ANGLE))


@dataclass(frozen=True)
class BarsLayout:
    """The places of ``n_tokens`` bars.

    Attributes
    ----------
    plot
        Where bars stand; names are below, numbers of the axis to the left.
    high
        What the upper edge stands for; the lower one is 0.
    is_flat
        Whether names lie flat: there is room for the longest.
    longest
        Pixels that a name may be long; longer ones are cut.
    label_gap
        Pixels from one name to the next so that they do not touch.
    """

    plot: QRectF
    n_tokens: int
    high: float
    is_flat: bool
    longest: float
    label_gap: float

    @property
    def slot_width(self) -> float:
        """Pixels from one bar to the next."""
        return self.plot.width() / max(self.n_tokens, 1)

    def slot(self, token: int) -> QRectF:
        """Return the strip that a token's bar stands in."""
        left = self.plot.left() + token * self.slot_width
        return QRectF(left, self.plot.top(), self.slot_width, self.plot.height())

    def bar(self, token: int, value: float) -> QRectF:
        """Return a token's bar; it has no height where the value is nan."""
        slot, top = self.slot(token), self.y(0.0 if math.isnan(value) else value)
        side = slot.width() * 0.14 if slot.width() > 4 else 0.0
        width = max(slot.width() - 2 * side, 1.0)
        return QRectF(slot.left() + side, top, width, slot.bottom() - top)

    def y(self, value: float) -> float:
        """Return the height of a value, in pixels from the top of the picture."""
        return self.plot.bottom() - value / self.high * self.plot.height()

    def token_at(self, point: QPointF) -> int | None:
        """Return the token whose bar or name is at a point."""
        inside = self.plot.left() <= point.x() < self.plot.right()
        if not self.n_tokens or not inside or point.y() < self.plot.top():
            return None
        return min(int((point.x() - self.plot.left()) / self.slot_width), self.n_tokens - 1)

    def labelled(self, in_order: Iterable[int]) -> tuple[int, ...]:
        """Return the tokens whose names have room, those first in ``in_order`` before others."""
        if self.slot_width >= self.label_gap:
            return tuple(range(self.n_tokens))
        apart = math.ceil(self.label_gap / self.slot_width)
        taken: list[int] = []
        for token in in_order:
            place = bisect_left(taken, token)
            after = taken[place] - token if place < len(taken) else apart
            before = token - taken[place - 1] if place else apart
            if min(after, before) >= apart:
                insort(taken, token)
        return tuple(taken)


def lay_out_bars(size: QSize, names: Sequence[str], high: float, theme: Theme) -> BarsLayout:
    """Share ``size`` out among axis, bars and names."""
    numbers = QFontMetricsF(theme.font("small_number"))
    bold = QFontMetricsF(theme.font("small", bold=True))
    # Shorter names where the picture is low: the bars are what counts.
    limit = max(min(theme.pixels(_LONGEST), size.height() * 0.35), 24.0)
    longest = min(max(map(bold.horizontalAdvance, names), default=0.0), limit)
    left, top = numbers.horizontalAdvance("000.0") + 12, bold.height() + 12
    n_tokens = max(len(names), 1)
    width = max(min(size.width() - left - 8, theme.pixels(_WIDEST) * n_tokens), 20.0)
    is_flat = longest + 6 <= width / n_tokens
    below = bold.height() + (6 if is_flat else longest * _SINE)
    plot = QRectF(left, top, width, max(size.height() - top - below, 20.0))
    gap = longest + 6 if is_flat else bold.height() * 0.85 / _SINE
    return BarsLayout(plot, len(names), high, is_flat, limit, gap)
