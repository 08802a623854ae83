"""Zoom: which part of a square of tokens is in sight."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Zoom:
    """Which part of a square of ``size`` tokens is in sight."""

    top: float
    left: float
    span: float

    @classmethod
    def whole(cls, size: int) -> "Zoom":
        """See everything."""
        return cls(0.0, 0.0, float(max(size, 1)))

    def scaled(self, factor: float, row: float, column: float, size: int) -> "Zoom":
        """Zoom by ``factor`` so that the point at ``row``, ``column`` stays where it is."""
        span = min(max(self.span * factor, min(6.0, size)), float(size))
        shrink = span / self.span
        return Zoom(
            row - (row - self.top) * shrink, column - (column - self.left) * shrink, span
        ).within(size)

    def moved(self, rows: float, columns: float, size: int) -> "Zoom":
        """Pan by some rows and columns."""
        return Zoom(self.top + rows, self.left + columns, self.span).within(size)

    def within(self, size: int) -> "Zoom":
        """Keep the part in sight inside the matrix."""
        edge = max(size - self.span, 0.0)
        return Zoom(min(max(self.top, 0.0), edge), min(max(self.left, 0.0), edge), self.span)
