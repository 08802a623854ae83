"""Charts on axes: bars, lines, points."""
