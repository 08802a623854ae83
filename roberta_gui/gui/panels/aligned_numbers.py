"""What "Where A and B part" draws, says and hands out, computed in the background."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.sentences.alignment import Alignment, align, cosines
from roberta_gui.gui.export import Arrays, Table
from roberta_gui.gui.panels.path_numbers import scale_of
from roberta_gui.gui.panels.two_sentences import Pair, row_label, row_name
from roberta_gui.gui.widgets.charts.line_chart import Line
from roberta_gui.gui.widgets.layers.layer_values import LayerValues, layer_name
from roberta_gui.records import Report, Stop, read_only


@dataclass(frozen=True, eq=False)
class FoundCosines:
    """How alike aligned tokens are in every layer: float64 (layer + 1, pair), −1 to 1."""

    pair: Pair
    space: Space
    alignment: Alignment
    values: NDArray[np.float64]

    @property
    def names(self) -> list[str]:
        """A name for each pair of tokens."""
        a, b = self.pair.a.tokens, self.pair.b.tokens
        return [row_name((int(i), int(j)), a, b) for i, j in self.alignment.pairs]

    @property
    def is_other(self) -> NDArray[np.bool_]:
        """Whether the two tokens of a pair differ, bool (pair,)."""
        ids_a = np.array([token.id for token in self.pair.a.tokens])
        ids_b = np.array([token.id for token in self.pair.b.tokens])
        at_a, at_b = self.alignment.pairs.T
        return np.asarray(ids_a[at_a] != ids_b[at_b])

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
    pair: Pair, preparations: Preparations, stop: Stop, report: Report
) -> Generator[None, None, FoundCosines]:
    """Align both sentences and compare the states of their tokens, a layer a step."""
    alignment = align(pair.a.tokens, pair.b.tokens)
    rows = []
    for layer, (a, b) in enumerate(zip(pair.a.hidden, pair.b.hidden, strict=True)):
        yield
        one, other = (preparations.apply_layer(layer, states)[None] for states in (a, b))
        rows.append(cosines(one, other, alignment)[0])
    return FoundCosines(pair, preparations.space, alignment, read_only(np.array(rows)))


def map_of(found: FoundCosines) -> LayerValues:
    """Return what the map of layers and pairs shows."""
    a, b = found.pair.a.tokens, found.pair.b.tokens
    values = found.values.astype(np.float32)
    names = found.names

    def tip(layer: int, column: int) -> str:
        where = f"layer {layer}" if layer else "the embeddings"
        at_a, at_b = found.alignment.pairs[column].tolist()
        said = f"{names[column]} in {where}: cosine {values[layer, column]:.3f}"
        return f"{said}\nA hidden[{layer}, {at_a}], B hidden[{layer}, {at_b}]"

    labels = tuple(row_label((int(i), int(j)), a, b) for i, j in found.alignment.pairs)
    return LayerValues(values, labels, scale_of(values, signed=False), tip)


def lines_of(found: FoundCosines, column: int | None) -> list[Line]:
    """Return how far all pairs, some, and the selected one are apart: 1 − cosine.

    As distances, because a chart that begins at 0 shows nothing of cosines near 1.
    """
    other = found.is_other
    n, n_other = len(other), int(other.sum())
    lines = [Line(f"all {n} aligned tokens", 1 - found.mean(), 0)]
    if 0 < n_other < n:
        lines.append(Line(f"the same token in both ({n - n_other})", 1 - found.mean(~other), 1))
        lines.append(Line(f"another token in B ({n_other})", 1 - found.mean(other), 2))
    if column is not None:
        lines.append(Line(f"selected: {found.names[column]}", 1 - found.values[:, column], 3))
    return lines


def caption_of(found: FoundCosines) -> str:
    """Say between which layers the two part most, and which tokens do."""
    if found.pair.is_same and np.nanmin(found.values, initial=1.0) > 1 - 1e-6:
        return "A and B are the same sentence: every cosine is 1, nothing parts."
    mean = found.mean()
    steps = np.diff(mean)
    n = len(found.alignment.pairs)
    said = f"{found.space.label}, mean of {n} aligned tokens: {_number(mean[0])} in the embeddings"
    last = f"{_number(mean[-1])} in layer {len(mean) - 1}"
    if not len(steps) or not np.isfinite(steps).any() or np.nanmin(steps) >= 0:
        return f"{said}, {last}: they part in no layer."
    layer = int(np.nanargmin(steps))
    start = f"layer {layer}" if layer else "the embeddings"
    column = int(np.nanargmin(np.nan_to_num(found.values[-1], nan=np.inf)))
    return (
        f"{said}, {last}. They part most between {start} and layer {layer + 1} "
        f"({_number(steps[layer], '+.2f')}). In the end least alike: “{found.names[column]}” "
        f"({_number(found.values[-1, column])})."
    )


def _number(value: float, how: str = ".2f") -> str:
    return f"{value:{how}}".replace("-", "−")
