"""What "Where A and B part" draws, says and hands out, computed in the background."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.sentences.alignment import Alignment
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.through_layers.paths import with_partners
from roberta_gui.findings.comparison.against import describe_unpaired, row_label, row_name
from roberta_gui.findings.marks import LayerValues, Line
from roberta_gui.findings.names import layer_name
from roberta_gui.findings.numbers import written
from roberta_gui.findings.path.numbers import scale_of
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Report, Stop, read_only
from roberta_gui.wording import counted

_PARTED = 0.02
"""A layer that lowers the mean cosine by less parts nothing."""


@dataclass(frozen=True, eq=False)
class FoundCosines:
    """How alike aligned tokens are in every layer: float64 (layer + 1, pair), −1 to 1."""

    comparison: Comparison
    space: Space
    alignment: Alignment
    values: NDArray[np.float64]

    @property
    def names(self) -> list[str]:
        """A name for each pair of tokens."""
        a, b = self.comparison.a.tokens, self.comparison.b.tokens
        return [row_name((int(i), int(j)), a, b) for i, j in self.alignment.pairs]

    @property
    def is_other(self) -> NDArray[np.bool_]:
        """Whether the two tokens of a pair differ, bool (pair,)."""
        ids_a = np.array([token.id for token in self.comparison.a.tokens])
        ids_b = np.array([token.id for token in self.comparison.b.tokens])
        at_a, at_b = self.alignment.pairs.T
        return np.asarray(ids_a[at_a] != ids_b[at_b])

    def mean(self, chosen: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Average the (chosen) pairs that have a cosine, float64 (layer + 1,); nan for none."""
        return _mean(self.values if chosen is None else self.values[:, chosen])

    @property
    def n_alone(self) -> tuple[int, int]:
        """How many tokens of A and of B have no partner."""
        rows = self.alignment.rows
        return sum(b is None for _, b in rows), sum(a is None for a, _ in rows)

    def column(self, token: int | None) -> int | None:
        """Find the pair of one of A's tokens."""
        at_a = self.alignment.pairs[:, 0].tolist()
        return at_a.index(token) if token in at_a else None

    def table(self) -> Table:
        """Return each pair's cosine in every layer."""
        pairs, names = self.alignment.pairs.tolist(), self.names
        rows = (
            (layer_name(layer), *pair, name, float(value))
            for layer, values in enumerate(self.values)
            for pair, name, value in zip(pairs, names, values, strict=True)
        )
        return Table(("layer", "token_index_a", "token_index_b", "tokens", "cosine"), rows)

    def arrays(self) -> Arrays:
        """Return the cosines, (layer + 1, pair), their mean, and which tokens they are of."""
        return {"cosines": self.values, "mean": self.mean(), "pairs": self.alignment.pairs}


def find_cosines(
    comparison: Comparison, preparations: Preparations, stop: Stop, report: Report
) -> Generator[None, None, FoundCosines]:
    """Compare the states of aligned tokens, a layer a step."""
    values = yield from with_partners(comparison, preparations)
    values = read_only(values[:, comparison.alignment.pairs[:, 0]])
    return FoundCosines(comparison, preparations.space, comparison.alignment, values)


def map_of(found: FoundCosines) -> LayerValues:
    """Return what the map of layers and tokens shows; nan where a token has no partner."""
    a, b = found.comparison.a.tokens, found.comparison.b.tokens
    rows = found.alignment.rows
    both = [column for column, row in enumerate(rows) if None not in row]
    values = np.full((len(found.values), len(rows)), np.nan, dtype=np.float32)
    values[:, both] = found.values
    names = [row_name(row, a, b) for row in rows]

    def tip(layer: int, column: int) -> str:
        where = f"layer {layer}" if layer else "the embeddings"
        at_a, at_b = rows[column]
        if at_a is None or at_b is None:
            return f"{names[column]}\nnot in both sentences: nothing to compare"
        said = f"{names[column]} in {where}: cosine {values[layer, column]:.3f}"
        return f"{said}\nA hidden[{layer}, {at_a}], B hidden[{layer}, {at_b}]"

    labels = tuple(row_label(row, a, b) for row in rows)
    alone = tuple(column for column, row in enumerate(rows) if None in row)
    scale = scale_of(values[:, both], signed=False)
    return LayerValues(values, labels, scale, tip, hatched=alone)


def lines_of(found: FoundCosines, column: int | None) -> list[Line]:
    """Return how far all pairs, some, and the selected one are apart: 1 − cosine.

    As distances, because a chart that begins at 0 shows nothing of cosines near 1.
    """
    other = found.is_other
    n, n_other = len(other), int(other.sum())
    lines = [Line(f"all {counted(n, 'aligned token')}", 1 - found.mean(), 0)]
    if 0 < n_other < n:
        lines.append(Line(f"the same token in both ({n - n_other})", 1 - found.mean(~other), 1))
        lines.append(Line(f"another token in B ({n_other})", 1 - found.mean(other), 2))
    if column is not None:
        lines.append(Line(f"selected: {found.names[column]}", 1 - found.values[:, column], 3))
    return lines


def caption_of(found: FoundCosines) -> str:
    """Say between which layers the two part most, and which tokens do."""
    if found.comparison.has_same_tokens and np.nanmin(found.values, initial=1.0) > 1 - 1e-6:
        return "A and B are the same sentence: every cosine is 1, nothing parts."
    mean = found.mean()
    steps = np.diff(mean)
    n = len(found.alignment.pairs)
    tokens = counted(n, "aligned token")
    said = f"{found.space.label}, mean of {tokens}: {written(mean[0], 2)} in the embeddings"
    last = f"{written(mean[-1], 2)} in layer {len(mean) - 1}"
    known = len(steps) > 0 and bool(np.isfinite(steps).any())
    if not known or float(np.nanmin(steps)) > -_PARTED:
        return f"{said}, {last}: no layer parts them by as much as {_PARTED}.{_alone(found)}"
    layer = int(np.nanargmin(steps))
    start = f"layer {layer}" if layer else "the embeddings"
    column = int(np.nanargmin(np.nan_to_num(found.values[-1], nan=np.inf)))
    return (
        f"{said}, {last}. They part most between {start} and layer {layer + 1} "
        f"({written(steps[layer], 2)}). In the end least alike: “{found.names[column]}” "
        f"({written(found.values[-1, column], 2)}).{_alone(found)}"
    )


def _alone(found: FoundCosines) -> str:
    """Say what is hatched."""
    n_a, n_b = found.n_alone
    return f" Hatched, without a partner: {describe_unpaired(n_a, n_b)}." if n_a + n_b else ""


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.isfinite(values)
    sums, counts = np.where(known, values, 0).sum(axis=1), known.sum(axis=1)
    unknown = np.full(len(sums), np.nan)
    return np.asarray(np.divide(sums, counts, out=unknown, where=counts > 0))
