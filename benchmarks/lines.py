"""A line of the table: what was measured, against what, and whether the limit holds."""

from dataclasses import dataclass, field

from benchmarks.measuring import Sample

_FACTORS = {"ms": 1e3, "s": 1.0, "MB": 1e-6}


@dataclass(frozen=True)
class Line:
    """One row of the table.

    Attributes
    ----------
    what
        What is measured.
    ours, theirs
        Seconds, or bytes where ``unit`` is MB; None where there is nothing to measure.
    unit
        In which both are printed.
    limit
        The claim, in words; empty where the line is for information only.
    holds
        Whether the claim held in this run; None where there is no claim or no measurement.
    notes
        What must be known to read the numbers.
    """

    what: str
    ours: Sample | None = None
    theirs: Sample | None = None
    unit: str = "ms"
    limit: str = ""
    holds: bool | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def ratio(self) -> float | None:
        """How many times as long the other tool takes."""
        if self.ours is None or self.theirs is None:
            return None
        return self.theirs.median / self.ours.median

    def shown(self, sample: Sample | None) -> str:
        """Print the median of a sample, and in brackets its middle half."""
        if sample is None:
            return "–"
        factor = _FACTORS[self.unit]
        middle, low, high = (factor * v for v in (sample.median, *sample.quartiles))
        digits = 0 if middle >= 100 else 1 if self.unit == "ms" or middle >= 10 else 2
        spread = f" ({low:.{digits}f}–{high:.{digits}f})" if sample.n > 1 else ""
        return f"{middle:.{digits}f} {self.unit}{spread}"


def at_least(
    times: float, what: str, ours: Sample, theirs: Sample, *notes: str, unit: str = "ms"
) -> Line:
    """Claim that the other tool takes at least so many times as long."""
    holds = theirs.median / ours.median >= times
    return Line(what, ours, theirs, unit, f"≥ {times:.3g}×", holds, notes)


def at_most(
    most: float,
    what: str,
    ours: Sample,
    *notes: str,
    unit: str = "ms",
    theirs: Sample | None = None,
) -> Line:
    """Claim that the median is at most ``most`` seconds (bytes where ``unit`` is MB)."""
    limit = f"≤ {most * _FACTORS[unit]:g} {unit}"
    return Line(what, ours, theirs, unit, limit, ours.median <= most, notes)
