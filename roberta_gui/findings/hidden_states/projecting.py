"""Where tokens lie on principal axes, and what the first axis goes with."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from roberta_gui.analysis.axes.reference_axes import FirstAxis, Fitted, ReferenceAxes
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.names import token_name
from roberta_gui.findings.numbers import written
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis, FloatArray, Report, Stop, read_only

CLOSE = 0.5
"""Smallest correlation, in absolute value, of which a sentence says "mostly goes with"."""


@dataclass(frozen=True, eq=False)
class ProjectedTokens:
    """Where the tokens lie: float32 (layer + 1, token, axis), and what it was made from.

    ``of_b``, float32 (layer + 1, token + n, axis), is where their partners in B lie, nan for none,
    and after them the n tokens that B alone has; None where B has no place on these axes.
    """

    analysis: Analysis
    axes: ReferenceAxes
    fitted: Fitted
    places: FloatArray
    comparison: Comparison | None = None
    of_b: FloatArray | None = None

    @property
    def moved(self) -> FloatArray | None:
        """How far A lies from B, float32 (layer + 1, token, axis), nan without a partner."""
        return None if self.of_b is None else self.places - self.of_b[:, : self.places.shape[1]]

    def table(self, n: int = 3) -> Table:
        """Return every token's place on the first ``n`` axes, in every layer; and A − B."""
        sides = {"": self.places} | ({} if self.moved is None else {"_a_minus_b": self.moved})
        axes = [f"pc{axis + 1}{side}" for side in sides for axis in range(n)]
        numbers = np.concatenate([values[..., :n] for values in sides.values()], axis=-1)
        return Table(
            ("layer", "token_index", "token", *axes),
            (
                (layer or "emb", token.index, token_name(token), *place.tolist())
                for layer, places in enumerate(numbers)
                for token, place in zip(self.analysis.tokens, places, strict=True)
            ),
        )

    def arrays(self) -> Arrays:
        """Return the places, (layer + 1, token, axis), and what they are seen against.

        Also A − B, where A is held against B.
        """
        moved = {} if self.moved is None else {"places_a_minus_b": self.moved}
        return moved | {
            "places": self.places,
            "explained": self.fitted.axes.explained,
            "background": self.fitted.background,
            "ids": np.array([token.id for token in self.analysis.tokens], dtype=np.int64),
        }


def project(
    analysis: Analysis,
    comparison: Comparison | None,
    axes: ReferenceAxes,
    fitted: Fitted,
    stop: Stop | None = None,
    report: Report | None = None,
) -> ProjectedTokens:
    """Find the tokens' places in all layers, and those of B's where these axes have room for it."""
    places, of_b = fitted.axes.transform(analysis.hidden), None
    if comparison is not None and comparison.can_compare_states:
        every = fitted.axes.transform(comparison.b.hidden[comparison.layers]).swapaxes(0, 1)
        partners = comparison.partners(every, "token")
        of_b = read_only(np.concatenate([partners, every[comparison.only_in_b]]).swapaxes(0, 1))
    return ProjectedTokens(analysis, axes, fitted, places, comparison, of_b)


def first_axis_words(first: FirstAxis, *, in_lines: bool = False) -> str:
    """Say what the first axis of a layer goes with: position, norm, a dimension.

    A clause without a full stop; ``in_lines`` breaks it in two, for a tip.
    """
    goes, *others = _told(first)
    rest = ", ".join(f"{other.name}: {written(other.r, 2)}" for other in others)
    how = "mostly goes with" if abs(goes.r) >= CLOSE else "goes closely with nothing; most with"
    space = "\n" if in_lines else " "
    return f"PC1 {how} {goes.name}{space}(r = {written(goes.r, 2)}; {rest}; n = {first.n:,})"


def first_axis_phrase(first: FirstAxis) -> str:
    """Say in few words what the first axis of a layer goes with most, and how closely."""
    goes = _told(first)[0]
    how = "mostly goes with" if abs(goes.r) >= CLOSE else "goes closely with nothing; most with"
    return f"PC1 {how} {goes.name} (r = {written(goes.r, 2)})"


def first_axis_notes(first: FirstAxis) -> tuple[str, str]:
    """Say in two words what the first axis of a layer goes with most, and in short.

    Both are "" where it goes with nothing closely.
    """
    goes = _told(first)[0]
    if abs(goes.r) < CLOSE:
        return "", ""
    sign, hundredths = "−" if goes.r < 0 else "", round(abs(goes.r) * 100)
    short = f"{sign}.{hundredths:02}" if hundredths < 100 else f"{sign}1"
    return f"PC1: {goes.name}, {written(goes.r, 2)}", f"{goes.short_name} {short}"


def closest(first: FirstAxis) -> str:
    """Name what the first axis of a layer goes with most."""
    return _told(first)[0].name


def correlation(first: FirstAxis, name: str) -> float | None:
    """Return how closely the first axis of a layer goes with something; None if not measured."""
    return next((each.r for each in _told(first) if each.name == name), None)


class _Goes(NamedTuple):
    """Something that a first axis goes with, and how closely."""

    name: str
    short_name: str
    r: float


def _told(first: FirstAxis) -> list[_Goes]:
    """Return with what the axis goes and how closely, the closest first."""
    dimension = first.dimension
    told = [
        _Goes("position", "position", first.position),
        _Goes("norm", "norm", first.norm),
        _Goes(f"dimension {dimension}", f"dim {dimension}", first.dimension_r),
    ]
    return sorted(told, key=lambda goes: -abs(goes.r))
