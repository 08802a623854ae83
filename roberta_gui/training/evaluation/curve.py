"""The loss curve of a run, as numbers (CSV) and as a picture (PNG)."""

import csv
import io
import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from roberta_gui.whole_file import write_whole

CSV = "loss.csv"
PNG = "loss.png"
_SMOOTHED = 0.9


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured over the steps since the point before."""

    # step, tokens, seconds: where the run stood then
    step: int
    tokens: int
    seconds: float
    length: int  # tokens of a row
    loss: float  # mean −ln p of the words to guess, in nats
    learning_rate: float  # of the last step


def write_csv(folder: Path, curve: Sequence[Point]) -> None:
    """Write one line a point, with a line of names above."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Point)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(point) for point in curve)
    write_whole(folder / CSV, text.getvalue())


def write_png(folder: Path, curve: Sequence[Point]) -> None:
    """Draw loss over tokens: each point, and their running mean; a line where rows grow."""
    # A figure of its own, not pyplot's: no window system is asked for, and nothing is left over.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    axes = figure.subplots()
    tokens = [point.tokens / 1e6 for point in curve]
    axes.plot(tokens, [point.loss for point in curve], linewidth=0.6, alpha=0.4, label="each")
    axes.plot(tokens, smoothed([point.loss for point in curve]), linewidth=1.6, label="smoothed")
    for before, after in itertools.pairwise(curve):
        if before.length != after.length:
            axes.axvline(after.tokens / 1e6, linestyle=":", color="grey")
    axes.set_xlabel("tokens read (million)")
    axes.set_ylabel("training loss (nats per hidden word)")
    axes.grid(alpha=0.3)
    axes.legend()
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    write_whole(folder / PNG, picture.getvalue())


def smoothed(losses: Sequence[float]) -> list[float]:
    """Take the running mean with weights that fall by a tenth a point, unbiased at the start.

    >>> smoothed([4.0, 4.0, 2.0])[0:2]
    [4.0, 4.0]
    """
    means: list[float] = []
    total = weight = 0.0
    for loss in losses:
        total = _SMOOTHED * total + loss
        weight = _SMOOTHED * weight + 1.0
        means.append(total / weight)
    return means
