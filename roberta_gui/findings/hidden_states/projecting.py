"""Where tokens lie on principal axes, and what the first axis goes with."""

from dataclasses import dataclass

import numpy as np

from roberta_gui.analysis.axes.first_axis import FirstAxis
from roberta_gui.analysis.axes.reference_axes import Fitted, ReferenceAxes
from roberta_gui.findings.names import token_name
from roberta_gui.findings.numbers import written
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis, FloatArray, Report, Stop

CLOSE = 0.5
"""Smallest correlation, in absolute value, of which a sentence says "mostly goes with"."""


@dataclass(frozen=True, eq=False)
class ProjectedTokens:
    """Where the tokens lie: float32 (layer + 1, token, axis), and what it was made from.

    ``before`` is where they lie with every head on, where somebody wants to compare.
    """

    analysis: Analysis
    axes: ReferenceAxes
    fitted: Fitted
    places: FloatArray
    before: FloatArray | None = None

    def table(self, n: int = 3) -> Table:
        """Return every token's place on the first ``n`` axes, in every layer."""
        return Table(
            ("layer", "token_index", "token", *(f"pc{axis + 1}" for axis in range(n))),
            (
                (layer or "emb", token.index, token_name(token), *place[:n].tolist())
                for layer, places in enumerate(self.places)
                for token, place in zip(self.analysis.tokens, places, strict=True)
            ),
        )

    def arrays(self) -> Arrays:
        """Return the places, (layer + 1, token, axis), and what they are seen against.

        While heads are switched off, also the places with every head on.
        """
        before = {} if self.before is None else {"places_every_head_on": self.before}
        return before | {
            "places": self.places,
            "explained": self.fitted.axes.explained,
            "background": self.fitted.background,
            "ids": np.array([token.id for token in self.analysis.tokens], dtype=np.int64),
        }


def project(
    analysis: Analysis,
    baseline: Analysis | None,
    axes: ReferenceAxes,
    fitted: Fitted,
    stop: Stop | None = None,
    report: Report | None = None,
) -> ProjectedTokens:
    """Find the tokens' places in all layers, and those with every head on where there are any."""
    before = None if baseline is None else fitted.axes.transform(baseline.hidden)
    return ProjectedTokens(analysis, axes, fitted, fitted.axes.transform(analysis.hidden), before)


def first_axis_words(first: FirstAxis) -> str:
    """Say in a sentence what the first axis of a layer goes with: position, norm, a dimension."""
    (name, r), *others = _told(first)
    rest = ", ".join(f"{other}: {written(each, 2)}" for other, each in others)
    how = "mostly goes with" if abs(r) >= CLOSE else "goes closely with nothing; most with"
    return f"PC1 {how} {name} (r = {written(r, 2)}; {rest}; n = {first.n:,})."


def first_axis_phrase(first: FirstAxis) -> str:
    """Say in few words what the first axis of a layer goes with most, and how closely."""
    name, r = _told(first)[0]
    how = "mostly goes" if abs(r) >= CLOSE else "goes closely with nothing; most"
    return f"PC1 {how} with {name} (r = {written(r, 2)})"


def first_axis_notes(first: FirstAxis) -> tuple[str, str]:
    """Say in two words what the first axis of a layer goes with most, and in short.

    Both are "" where it goes with nothing closely.
    """
    name, r = _told(first)[0]
    if abs(r) < CLOSE:
        return "", ""
    short = written(r, 2).replace("0.", ".").replace("1.00", "1")
    return f"PC1: {name}, {written(r, 2)}", f"{name.replace('dimension', 'dim')} {short}"


def closest(first: FirstAxis) -> str:
    """Name what the first axis of a layer goes with most."""
    return _told(first)[0][0]


def correlation(first: FirstAxis, name: str) -> float | None:
    """Return how closely the first axis of a layer goes with something; None if not measured."""
    return dict(_told(first)).get(name)


def _told(first: FirstAxis) -> list[tuple[str, float]]:
    """Return with what the axis goes and how closely, the closest first."""
    told = [
        ("position", first.position),
        ("norm", first.norm),
        (f"dimension {first.dimension}", first.dimension_r),
    ]
    return sorted(told, key=lambda pair: -abs(pair[1]))


def layer_name(layer: int) -> str:
    """Name a hidden-state layer in the middle of a sentence."""
    return f"layer {layer}" if layer else "the embeddings"
