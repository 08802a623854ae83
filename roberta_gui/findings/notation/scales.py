"""Which value gets which end of a colour map, chosen so that the picture can be read."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.findings.notation.numbers import true_minus
from roberta_gui.records import FloatArray
from roberta_gui.wording import figures


@dataclass(frozen=True)
class ColourScale:
    """Which value gets which end of a colour map.

    With ``log`` the ends are common logarithms, and values are placed by theirs. With ``root``
    values are placed by the square root of their size, with their sign, so that small ones are
    seen beside large ones. ``is_below`` and ``is_above`` say that there are values beyond an end.
    """

    low: float
    high: float
    log: bool = False
    root: bool = False
    is_below: bool = False
    is_above: bool = False

    def colour_rows(self, values: FloatArray) -> NDArray[np.uint8]:
        """Return each value's row in a map of 256 colours; without a span, the same for all."""
        if self.high <= self.low:
            return np.zeros(values.shape, dtype=np.uint8)  # what differs there is rounding
        if self.log:
            values = np.log10(np.maximum(values, 10.0**self.low))
        low, high = self.low, self.high
        if self.root:
            values = np.copysign(np.sqrt(np.abs(values)), values)
            low, high = (math.copysign(math.sqrt(abs(end)), end) for end in (low, high))
        span = max(high - low, 1e-12)
        share = (values - low) * (255.0 / span)
        rows: NDArray[np.uint8] = np.clip(share + 0.5, 0, 255).astype(np.uint8)
        return rows

    def between(self) -> tuple[tuple[float, str], ...]:
        """Return what to write where colours are not spread evenly: shares of the way, values.

        Examples
        --------
        >>> ColourScale(-0.4, 0.4, root=True).between()
        ((0.25, '−0.1'), (0.5, '0'), (0.75, '0.1'))
        >>> ColourScale(0.0, 0.4, root=True).between()
        ((0.5, '0.1'),)
        >>> ColourScale(-4.0, -1.0, log=True).between()
        ((0.333..., '0.001'), (0.666..., '0.01'))
        """
        if self.log:
            decades = range(math.floor(self.low) + 1, math.ceil(self.high))
            span = self.high - self.low
            return tuple(((d - self.low) / span, self.decade(d)) for d in decades)
        if not self.root:
            return ()
        quarter = figures(self.high / 4, 2)
        if self.low == 0:
            return ((0.5, quarter),)
        return (0.25, f"−{quarter}"), (0.5, "0"), (0.75, quarter)

    def decade(self, exponent: int) -> str:
        """Write a power of ten as it stands beside a logarithmic scale."""
        return f"{10.0**exponent:.4g}"

    def labels(self) -> tuple[str, str]:
        """Write both ends of the scale with the digits that matter."""
        low, high = (10**end if self.log else end for end in (self.low, self.high))
        first, last = figures(low, 4 if self.log else 2), figures(high, 2)
        first = f"≤{_FIRM}{first}" if self.log or self.is_below else first
        last = f"≥{_FIRM}{last}" if self.is_above else last
        return true_minus(first), true_minus(last)

    def describe(self, of: str = "scale") -> str:
        """Say in a sentence what kind of scale it is, and from where to where it goes.

        Examples
        --------
        >>> ColourScale(0, 0.62).describe(), ColourScale(0, 0.62, root=True).describe()
        ('scale 0 – 0.62', 'square-root scale 0 to 0.62')
        >>> ColourScale(-4, -1, log=True).describe().replace(_FIRM, " ")
        'logarithmic scale ≤ 0.0001 to 0.1'
        """
        low, high = self.labels()
        if self.log:
            return f"logarithmic scale {low} to {high}"
        if self.root:
            return f"square-root scale {low} to {high}"
        return f"{of} {low} {'–' if self.low >= 0 else 'to'} {high}"


class RankScale(ColourScale):
    """A logarithmic scale whose ends are ranks, whole numbers."""

    def labels(self) -> tuple[str, str]:
        """Write the first and the last rank there is."""
        return f"{10**self.low:,.0f}", f"{10**self.high:,.0f}"

    def decade(self, exponent: int) -> str:
        """Write a rank that is a power of ten."""
        return f"{10**exponent:,}"


class PercentScale(ColourScale):
    """A scale of probabilities, whose ends are written as everywhere else."""

    def labels(self) -> tuple[str, str]:
        """Write both ends in per cent."""
        return f"{self.low * 100:.0f} %", f"{self.high * 100:.0f} %"


def cosine_scale(values: FloatArray, *, signed: bool = False) -> ColourScale:
    """Put the colours between the least and the greatest value, in hundredths."""
    known = values[np.isfinite(values)]
    if not known.size:
        return ColourScale(0.0, 1.0)
    low, high = math.floor(known.min() * 100) / 100, math.ceil(known.max() * 100) / 100
    if signed:
        most = max(abs(low), abs(high), 0.01)
        return ColourScale(-most, most)
    return ColourScale(low, max(high, low + 0.01))


_FIRM = "\N{NO-BREAK SPACE}"

_BEYOND = 0.997
"""So much of all values is within a square-root scale: all but the diagonal of 512 tokens."""

_VISIBLE = 0.08
"""Less than this share of a linear scale is hardly told from the ground."""

UNREADABLE = 0.25
"""A scale on which more than so much of the whole cannot be seen is not fit to be read."""


def faint_share(values: FloatArray, scale: ColourScale) -> float:
    """Return how much of the sum of all sizes is too faint to be seen on a linear scale, 0 to 1.

    Examples
    --------
    >>> faint_share(np.float32([0.5, 0.25, 0.25]), ColourScale(0, 0.5))
    0.0
    >>> round(faint_share(np.float32([0.5, *[0.01] * 50]), ColourScale(0, 0.5)), 3)
    0.5
    """
    if scale.log or scale.root:
        return 0.0
    sizes = np.abs(values)
    total = float(sizes.sum())
    # Multiplying takes half the time that picking them out does.
    faint = float((sizes * (sizes < _VISIBLE * scale.high)).sum())
    return faint / total if total else 0.0


def too_faint(share: float, what: str, remedy: str) -> str:
    """Say how much cannot be seen, and what shows it."""
    return f"{share * 100:.0f} % of {what} is too faint to see here: {remedy}"


def why_roots(share: float) -> str:
    """Say why square roots were taken: how much a linear scale would not show."""
    return f"on a linear one {share * 100:.0f} % would be too faint"


def beyond_share(values: FloatArray, scale: ColourScale) -> float:
    """Return how much of the sum of all sizes lies in values beyond the ends of a scale, 0 to 1.

    Examples
    --------
    >>> beyond_share(np.float32([0.5, 0.25, 0.25]), ColourScale(0, 0.25))
    0.5
    """
    if scale.log:
        return 0.0
    sizes = np.abs(values)
    total = float(sizes.sum())
    return float(sizes[sizes > scale.high].sum()) / total if total else 0.0


def readable_scale(values: FloatArray, linear: ColourScale, least: float) -> ColourScale:
    """Keep a linear scale as long as it can be read: else take one of square roots.

    Examples
    --------
    >>> readable_scale(np.float32([0.5, 0.25, 0.25]), ColourScale(0, 0.5), 0.001).root
    False
    >>> readable_scale(np.float32([0.5, *[0.01] * 1000]), ColourScale(0, 0.5), 0.001).root
    True
    """
    if faint_share(values, linear) <= UNREADABLE:
        return linear
    return root_scale(values, least, signed=linear.low < 0)


def root_scale(values: FloatArray, least: float, *, signed: bool) -> ColourScale:
    r"""Choose a square-root scale on which most of many small values are seen.

    It ends where three thousandths of the values are larger by size, and at the largest where
    there are few of them; never nearer to 0 than at ``least``. It begins at 0, or with
    ``signed`` ends the same to both sides of it.

    Examples
    --------
    >>> root_scale(np.float32([0.5, -0.25]), 0.001, signed=True).labels()
    ('−0.5', '0.5')
    >>> root_scale(np.float32([0.9, *[0.1] * 4000]), 0.001, signed=False).labels()
    ('0', '≥\xa00.1')
    """
    sizes = np.abs(values)
    last = math.ceil(_BEYOND * (sizes.size - 1))
    # A tenth of the time that np.quantile takes.
    most = float(np.partition(sizes, last, axis=None)[last]) if sizes.size else 0.0
    most = max(most, least)
    is_below = signed and bool(values.min(initial=0.0) < -most)
    is_above = bool(values.max(initial=0.0) > most)
    low = -most if signed else 0.0
    return ColourScale(low, most, root=True, is_below=is_below, is_above=is_above)


def ends_of(scale: ColourScale, unit: str = "", *, clipped: bool = False) -> str:
    """Write both ends of a scale, with as many digits as tell them apart.

    ``clipped`` says that there are values below the low end.

    Examples
    --------
    >>> ends_of(ColourScale(0.0, 0.0234)), ends_of(ColourScale(5.64, 5.66), "bits")
    ('0 – 0.023', '5.64 – 5.66 bits')
    >>> ends_of(ColourScale(-0.5, 0.5)), ends_of(ColourScale(1.585, 1.585), "bits")
    ('±0.5', '1.58 bits')
    """
    low, high = scale.low, scale.high
    if low == high:
        told = true_minus(figures(low, 3)) if low else "0"
    elif low < 0 and low == -high:
        told = f"±{figures(high, 2)}"
    else:
        span = max(high - low, 1e-4 * abs(high))
        digits = 2 + (int(math.log10(high / span)) if span and high > 0 else 0)
        told = true_minus(f"{figures(low, digits)} – {figures(high, digits)}")
    return f"{'≤ ' if clipped else ''}{told} {unit}".rstrip()
