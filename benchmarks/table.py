"""The table that is printed, and the same as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.lines import Line

HEADINGS = ("what", "today's tool", "ours", "ratio", "limit", "holds", "n")


def text(lines: Sequence[Line], machine: Mapping[str, str]) -> str:
    """Lay the lines out as a table in Markdown, with the machine below it."""
    rows = [_cells(line) for line in lines]
    widths = [max(len(row[at]) for row in (HEADINGS, *rows)) for at in range(len(HEADINGS))]
    parts = [
        _row(HEADINGS, widths),
        _row(["-" * width for width in widths], widths),
        *(_row(row, widths) for row in rows),
        "",
        "Medians; in brackets the middle half of the runs. Ratio: today's tool / ours.",
        *(f"- {line.what}: {'; '.join(line.notes)}" for line in lines if line.notes),
        "",
        " · ".join(f"{name} {value}" for name, value in machine.items()),
    ]
    return "\n".join(parts)


def as_json(lines: Sequence[Line], machine: Mapping[str, str]) -> str:
    """Write every run's value, in seconds or bytes, as JSON."""
    return json.dumps(
        {"machine": dict(machine), "lines": [_described(line) for line in lines]}, indent=1
    )


def _cells(line: Line) -> tuple[str, ...]:
    holds = {True: "yes", False: "NO", None: ""}[line.holds]
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}×"
    n = "" if line.ours is None else str(line.ours.n)
    return (
        line.what,
        line.shown(line.theirs),
        line.shown(line.ours),
        ratio,
        line.limit,
        holds,
        n,
    )


def _row(cells: Iterable[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _described(line: Line) -> dict[str, Any]:
    return {
        "what": line.what,
        "unit": "byte" if line.unit == "MB" else "second",
        "ours": None if line.ours is None else line.ours.values,
        "theirs": None if line.theirs is None else line.theirs.values,
        "ratio": line.ratio,
        "limit": line.limit,
        "holds": line.holds,
        "notes": line.notes,
    }
