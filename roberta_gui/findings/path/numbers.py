"""What the panel "Through the layers" draws and hands out, computed in the background."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.preparation import Preparation, Preparations
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.through_layers.paths import (
    ReferenceCurves,
    TokenPaths,
    reference_curves,
    repeated_tokens,
    token_paths,
    with_partners,
)
from roberta_gui.findings.marks import Line
from roberta_gui.findings.names import layer_name, token_name
from roberta_gui.findings.scales import ColourScale
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis, FloatArray, Report, Stop
from roberta_gui.wording import counted


@dataclass(frozen=True, eq=False)
class FoundPaths:
    """What was computed for a sentence in one space, and what it was made from.

    Attributes
    ----------
    of_b
        The same of B's tokens, on A's layers; None where the space is none of B's.
    with_b
        float64 (layer + 1, token): each token with its partner in B, nan for none.
    """

    analysis: Analysis
    preparations: Preparations
    paths: TokenPaths
    curves: ReferenceCurves
    comparison: Comparison | None = None
    of_b: TokenPaths | None = None
    with_b: NDArray[np.float64] | None = None

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

    def numbers(self, token: int | None = None) -> dict[str, FloatArray]:
        """Name all that is known of each token in each layer, float (layer + 1, token), and A − B.

        What is not known is nan; ``token`` is the one that the others are compared with.
        """
        numbers = _numbers(self.paths, token)
        if self.comparison is None or self.with_b is None:
            return numbers
        compared = {"with_partner_in_b": self.with_b}
        if self.of_b is not None:
            at = -1 if token is None else int(self.comparison.tokens[token])
            for name, values in _numbers(self.of_b, at if at >= 0 else None).items():
                in_b = self.comparison.partners(values.T, "token").T
                compared[f"{name}_a_minus_b"] = numbers[name] - in_b
        return numbers | compared

    def table(self, token: int | None = None) -> Table:
        """Return each token's cosines in every layer; with ``token`` where one is selected."""
        numbers = self.numbers(token)
        return Table(
            ("layer", "token_index", "token", *numbers),
            (
                (
                    layer_name(layer), t.index, token_name(t),
                    *("" if np.isnan(x := values[layer, t.index]) else float(x)
                      for values in numbers.values()),
                )
                for layer in range(len(self.paths.sentence))
                for t in self.analysis.tokens
            ),
        )  # fmt: skip

    def arrays(self) -> Arrays:
        """Return the cosines, (layer + 1, token), those of all pairs, and the curves."""
        paths, curves, numbers = self.paths, self.curves, self.numbers()
        return {name: each for name, each in numbers.items() if "selected" not in name} | {
            "between": paths.between,
            "sentence": paths.sentence,
            "repeated": paths.repeated,
            "random_pairs": curves.random_pairs,
            "self_similarity": curves.self_similarity,
            "ids": np.array([token.id for token in self.analysis.tokens], dtype=np.int64),
        }


def _numbers(paths: TokenPaths, token: int | None) -> dict[str, FloatArray]:
    nowhere = np.full_like(paths.with_last, np.nan)
    return {
        "with_layer_before": paths.with_before,
        "mean_with_others": paths.with_others,
        "with_selected_token": nowhere if token is None else paths.between[:, token],
        "with_embeddings": paths.with_embeddings,
        "with_last_layer": paths.with_last,
    }


def find_paths(
    analysis: Analysis,
    axes: ReferenceAxes,
    preparations: Preparations,
    comparison: Comparison | None,
    known: FoundPaths | None,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Generator[None, None, FoundPaths]:
    """Compute in short steps; the reference's curves only where they are not known yet."""
    paths = yield from token_paths(analysis.tokens, analysis.hidden, preparations)
    curves = known.curves_for(preparations) if known is not None else None
    if curves is None:
        curves = yield from reference_curves(axes, preparations)
    if comparison is None:
        return FoundPaths(analysis, preparations, paths, curves)
    b = comparison.b
    of_b = known.paths_for(b, preparations) if known is not None else None
    for_b = preparations if comparison.can_compare_states else _untouched(b, preparations)
    if of_b is None and for_b is not None:
        of_b = yield from token_paths(b.tokens, b.hidden[comparison.layers], for_b)
    with_b = yield from with_partners(comparison, preparations)
    return FoundPaths(analysis, preparations, paths, curves, comparison, of_b, with_b)


def _untouched(b: Analysis, preparations: Preparations) -> Preparations | None:
    """Return a space for states of another width; only raw ones need no reference sentences."""
    if preparations.space.mode != "raw":
        return None
    n = b.model.d_model
    raw = Preparation(np.zeros(n), np.ones(n), np.zeros((n, 0)), 1.0)
    return Preparations(preparations.space, (raw,) * len(preparations.layers))


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
    if (of_b := found.of_b) is not None and of_b.n_tokens > 1:
        name = f"B ({counted(of_b.n_tokens, 'token')})"
        lines.append(Line(name, of_b.sentence, 1, dashed=True))
    if n_repeated := paths.repeated.shape[1]:
        places, _words = repeated_tokens(found.analysis.tokens)
        if n_repeated == 1:
            name = token_name(found.analysis.tokens[places[0]])
            name = f"“{name}” in this sentence ({len(places)} times)"
        else:
            name = f"{counted(n_repeated, 'token')} that this sentence repeats"
        lines.append(Line(name, paths.repeated.mean(axis=1), 2))
    return lines
