"""What the panel "Through the layers" draws and hands out, computed in the background."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.through_layers.paths import (
    ReferenceCurves,
    TokenPaths,
    between_passes,
    reference_curves,
    repeated_tokens,
    token_paths,
)
from roberta_gui.findings.marks import Line
from roberta_gui.findings.names import layer_name, token_name
from roberta_gui.findings.scales import ColourScale
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis, FloatArray, Report, Stop
from roberta_gui.wording import counted


@dataclass(frozen=True, eq=False)
class EveryHeadOn:
    """What the same sentence has with every head on, while some are switched off.

    ``cosines`` is float64 (layer + 1, token): each token with itself with every head on.
    """

    paths: TokenPaths
    cosines: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FoundPaths:
    """What was computed for a sentence in one space, and what it was made from."""

    analysis: Analysis
    preparations: Preparations
    paths: TokenPaths
    curves: ReferenceCurves
    baseline: EveryHeadOn | None = None

    @property
    def space(self) -> Space:
        """The space that the cosines are of."""
        return self.preparations.space

    def curves_for(self, preparations: Preparations) -> ReferenceCurves | None:
        """Return the reference's curves if they were prepared in just this way."""
        return self.curves if preparations is self.preparations else None

    def paths_for(self, analysis: Analysis | None, preparations: Preparations) -> TokenPaths | None:
        """Return a sentence's paths if they are known in just this space."""
        known = analysis is self.analysis and preparations is self.preparations
        return self.paths if known else None

    def table(self, token: int | None = None) -> Table:
        """Return each token's cosines in every layer; with ``token`` where one is selected."""
        paths, tokens, before = self.paths, self.analysis.tokens, self.baseline
        rows = (
            (
                layer_name(layer), t.index, token_name(t),
                float(paths.with_before[layer, t.index]) if layer else "",
                float(paths.with_others[layer, t.index]) if len(tokens) > 1 else "",
                "" if token is None else float(paths.between[layer, token, t.index]),
                float(paths.with_embeddings[layer, t.index]),
                float(paths.with_last[layer, t.index]),
                *((float(before.cosines[layer, t.index]),) if before is not None else ()),
            )
            for layer in range(len(paths.sentence))
            for t in tokens
        )  # fmt: skip
        columns = (
            "layer", "token_index", "token", "with_layer_before", "mean_with_others",
            "with_selected_token", "with_embeddings", "with_last_layer",
        )  # fmt: skip
        return Table(
            (*columns, *(("with_every_head_on",) if self.baseline is not None else ())), rows
        )

    def arrays(self) -> Arrays:
        """Return the cosines, (layer + 1, token), those of all pairs, and the curves."""
        paths, curves = self.paths, self.curves
        baseline = {} if self.baseline is None else {"with_every_head_on": self.baseline.cosines}
        return baseline | {
            "with_layer_before": paths.with_before,
            "with_embeddings": paths.with_embeddings,
            "with_last_layer": paths.with_last,
            "mean_with_others": paths.with_others,
            "between": paths.between,
            "sentence": paths.sentence,
            "repeated": paths.repeated,
            "random_pairs": curves.random_pairs,
            "self_similarity": curves.self_similarity,
            "ids": np.array([token.id for token in self.analysis.tokens], dtype=np.int64),
        }


def find_paths(
    analysis: Analysis,
    axes: ReferenceAxes,
    preparations: Preparations,
    baseline: Analysis | None,
    known: FoundPaths | None,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Generator[None, None, FoundPaths]:
    """Compute in short steps; the reference's curves only where they are not known yet.

    ``baseline`` is the same sentence with every head on, while some are switched off.
    """
    paths = yield from token_paths(analysis.tokens, analysis.hidden, preparations)
    curves = known.curves_for(preparations) if known is not None else None
    if curves is None:
        curves = yield from reference_curves(axes, preparations)
    every = None
    if baseline is not None:
        were = known.paths_for(baseline, preparations) if known is not None else None
        if were is None:
            were = yield from token_paths(baseline.tokens, baseline.hidden, preparations)
        cosines = yield from between_passes(analysis.hidden, baseline.hidden, preparations)
        every = EveryHeadOn(were, cosines)
    return FoundPaths(analysis, preparations, paths, curves, every)


def scale_of(values: FloatArray, signed: bool) -> ColourScale:
    """Put the colours between the least and the greatest value, in hundredths."""
    known = values[np.isfinite(values)]
    if not known.size:
        return ColourScale(0.0, 1.0)
    low, high = np.floor(known.min() * 100) / 100, np.ceil(known.max() * 100) / 100
    if signed:
        most = max(abs(low), abs(high), 0.01)
        return ColourScale(float(-most), float(most))
    return ColourScale(float(low), float(max(high, low + 0.01)))


def lines_of(found: FoundPaths) -> list[Line]:
    """Return the curves that are there, the baseline first, each with its n."""
    paths, curves = found.paths, found.curves
    lines = [
        Line(
            f"random pairs, the baseline ({counted(curves.n_sample, 'token')})", curves.random_pairs
        ),
    ]
    if curves.n_words:
        n = f"{counted(curves.n_words, 'word')}, {counted(curves.n_contexts, 'context')}"
        same = Line(f"same word, other contexts ({n})", curves.self_similarity, 0, filled=True)
        lines.append(same)
    if paths.n_tokens > 1:
        lines.append(Line(f"this sentence ({counted(paths.n_tokens, 'token')})", paths.sentence, 1))
    if n_repeated := paths.repeated.shape[1]:
        places, _words = repeated_tokens(found.analysis.tokens)
        if n_repeated == 1:
            name = token_name(found.analysis.tokens[places[0]])
            name = f"“{name}” in this sentence ({len(places)} times)"
        else:
            name = f"{counted(n_repeated, 'token')} that this sentence repeats"
        lines.append(Line(name, paths.repeated.mean(axis=1), 2))
    return lines
