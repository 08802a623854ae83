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
from roberta_gui.findings.comparison.against import (
    describe_states,
    describe_unpaired,
    names_of,
    row_label,
    row_name,
)
from roberta_gui.findings.notation.marks import LayerValues, Line
from roberta_gui.findings.notation.names import layer_names, the_layer
from roberta_gui.findings.notation.numbers import written
from roberta_gui.findings.notation.scales import cosine_scale
from roberta_gui.findings.tables import Arrays, Table, grid
from roberta_gui.records import Report, Stop, read_only
from roberta_gui.wording import counted

_PARTED = 0.02
"""A layer that lowers the mean cosine by less parts nothing."""


@dataclass(frozen=True, eq=False)
class CosinesResult:
    """How alike aligned tokens are in every layer: float64 (layer + 1, pair), −1 to 1."""

    comparison: Comparison
    space: Space
    values: NDArray[np.float64]

    @property
    def alignment(self) -> Alignment:
        """Which tokens belong together."""
        return self.comparison.alignment

    @property
    def names(self) -> list[str]:
        """A name for each pair of tokens."""
        return [row_name((int(i), int(j)), self.comparison) for i, j in self.alignment.pairs]

    @property
    def is_other(self) -> NDArray[np.bool_]:
        """Whether the two tokens of a pair differ, bool (pair,)."""
        a, b = self.comparison.a.tokens, self.comparison.b.tokens
        return np.array([a[i].id != b[j].id for i, j in self.alignment.pairs], dtype=bool)

    def mean(self, chosen: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Average the (chosen) pairs that have a cosine, float64 (layer + 1,); nan for none."""
        values = self.values if chosen is None else self.values[:, chosen]
        known = np.isfinite(values)
        sums, counts = np.where(known, values, 0).sum(axis=1), known.sum(axis=1)
        unknown = np.full(len(sums), np.nan)
        return np.asarray(np.divide(sums, counts, out=unknown, where=counts > 0))

    def column(self, token: int | None) -> int | None:
        """Find the pair of one of A's tokens."""
        at_a = self.alignment.pairs[:, 0].tolist()
        return at_a.index(token) if token in at_a else None

    def table(self) -> Table:
        """Return each pair's cosine in every layer."""
        a, b = self.alignment.pairs.T.tolist()
        pairs = {"token_index_a": a, "token_index_b": b, "tokens": self.names}
        layers = {"layer": layer_names(len(self.values) - 1)}
        return grid([layers, pairs], {"cosine": self.values})

    def arrays(self) -> Arrays:
        """Return the cosines, (layer + 1, pair), their mean, and which tokens they are of."""
        return {"cosines": self.values, "mean": self.mean(), "pairs": self.alignment.pairs}


def find_cosines(
    comparison: Comparison, preparations: Preparations, stop: Stop, report: Report
) -> Generator[None, None, CosinesResult]:
    """Compare the states of aligned tokens, a layer a step."""
    values = yield from with_partners(comparison, preparations)
    values = read_only(values[:, comparison.alignment.pairs[:, 0]])
    return CosinesResult(comparison, preparations.space, values)


def map_of(found: CosinesResult) -> LayerValues:
    """Return what the map of layers and tokens shows; nan where a token has no partner."""
    rows, sides = found.alignment.rows, names_of(found.comparison)
    both = [column for column, row in enumerate(rows) if None not in row]
    values = np.full((len(found.values), len(rows)), np.nan, dtype=np.float32)
    values[:, both] = found.values
    names = [row_name(row, found.comparison) for row in rows]

    def tip(layer: int, column: int) -> str:
        at_a, at_b = rows[column]
        if at_a is None or at_b is None:
            return f"{names[column]}\nnot on both sides: nothing to compare"
        cosine = f"{values[layer, column]:.3f}"
        said = f"{names[column]} in {the_layer(layer)}: cosine {cosine}"
        b_layer = found.comparison.layers[layer]
        of_a, of_b = f"hidden[{layer}, {at_a}]", f"hidden[{b_layer}, {at_b}]"
        return f"{said}\n{sides.a} {of_a}, {sides.b} {of_b}"

    labels = tuple(row_label(row, found.comparison) for row in rows)
    alone = tuple(column for column, row in enumerate(rows) if None in row)
    return LayerValues(values, labels, cosine_scale(values[:, both]), tip, hatched=alone)


def lines_of(found: CosinesResult, column: int | None) -> list[Line]:
    """Return how far all pairs, some, and the selected one are apart: 1 − cosine.

    As distances, because a chart that begins at 0 shows nothing of cosines near 1.
    """
    other, in_b = found.is_other, names_of(found.comparison).in_b
    n, n_other = len(other), int(other.sum())
    lines = [Line(f"all {counted(n, 'aligned token')}", 1 - found.mean(), 0)]
    if 0 < n_other < n:
        lines.append(Line(f"the same token in both ({n - n_other})", 1 - found.mean(~other), 1))
        lines.append(Line(f"another token {in_b} ({n_other})", 1 - found.mean(other), 2))
    if column is not None:
        lines.append(Line(f"selected: {found.names[column]}", 1 - found.values[:, column], 3))
    return lines


def caption_of(found: CosinesResult) -> str:
    """Say where the two part most, what is hatched, and with which reservation to read that."""
    rows, told = found.alignment.rows, [_parting(found)]
    n_a, n_b = sum(b is None for _, b in rows), sum(a is None for a, _ in rows)
    if n_a + n_b:
        sides = names_of(found.comparison)
        told.append(f"Hatched, without a partner: {describe_unpaired(n_a, n_b, sides)}.")
    return " ".join(filter(None, [*told, describe_states(found.comparison)]))


def _parting(found: CosinesResult) -> str:
    """Say between which layers the two part most, and which tokens do."""
    if found.comparison.has_same_tokens and np.nanmin(found.values, initial=1.0) > 1 - 1e-6:
        return "Both sides are the same: every cosine is 1, nothing parts."
    if not len(found.alignment.pairs):
        in_b = names_of(found.comparison).in_b
        return f"No token has a partner {in_b}: there is nothing to compare."
    mean = found.mean()
    steps = np.diff(mean)
    tokens = counted(len(found.alignment.pairs), "aligned token")
    said = f"{found.space.label}, mean of {tokens}: {written(mean[0], 2)} in the embeddings"
    last = f"{written(mean[-1], 2)} in layer {len(mean) - 1}"
    if np.min(steps, initial=np.inf, where=np.isfinite(steps)) > -_PARTED:
        return f"{said}, {last}: no layer parts them by as much as {_PARTED}."
    layer = int(np.nanargmin(steps))
    column = int(np.nanargmin(np.nan_to_num(found.values[-1], nan=np.inf)))
    return (
        f"{said}, {last}. They part most between {the_layer(layer)} and layer {layer + 1} "
        f"({written(steps[layer], 2)}). In the end least alike: “{found.names[column]}” "
        f"({written(found.values[-1, column], 2)})."
    )
