"""Where tokens lie on principal axes, layer by layer, and what the axes go with."""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import STANDARDISED, Space
from roberta_gui.analysis.axes.reference_axes import FirstAxis, Fitted, ReferenceAxes
from roberta_gui.analysis.layer_maps.steps import clear_step
from roberta_gui.analysis.projection import Basis
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import describe_states, names_of, sides_of
from roberta_gui.findings.notation.names import ordinary, the_layer, the_layer_first
from roberta_gui.findings.notation.numbers import written
from roberta_gui.findings.notation.places import need_places
from roberta_gui.findings.tables import Arrays, Table, grid, ids_of, layers_and_tokens
from roberta_gui.records import Analysis, FloatArray, Report, Stop, read_only
from roberta_gui.wording import counted

CLOSE = 0.5
"""Smallest correlation, in absolute value, of which a sentence says "mostly goes with"."""


LOOSER = 0.1
"""A correlation that falls by less is not worth a sentence."""


@dataclass(frozen=True, eq=False)
class ProjectedTokens:
    """Where the tokens lie: float32 (layer + 1, token, axis), and what it was made from.

    ``of_b``, float32 (layer + 1, token + n, axis), is where their partners in B lie, nan for none,
    and after them the n tokens that B alone has; None where B has no place on these axes.
    """

    analysis: Analysis
    axes: ReferenceAxes
    fitted: Fitted
    coordinates: FloatArray
    comparison: Comparison | None = None
    of_b: FloatArray | None = None

    @property
    def moved(self) -> FloatArray | None:
        """How far A lies from B, float32 (layer + 1, token, axis), nan without a partner."""
        return (
            None
            if self.of_b is None
            else self.coordinates - self.of_b[:, : self.coordinates.shape[1]]
        )

    @property
    def has_partners(self) -> bool:
        """Whether any token has a partner in B that lies on these axes."""
        return self.moved is not None and bool(np.isfinite(self.moved).any())

    def table(self, n: int = 3) -> Table:
        """Return every token's coordinates on the first ``n`` axes, in every layer; and A − B."""
        sides = {"": self.coordinates} | ({} if self.moved is None else {"_a_minus_b": self.moved})
        columns = {
            f"pc{axis + 1}{side}": values[..., axis]
            for side, values in sides.items()
            for axis in range(n)
        }
        tokens = self.analysis.tokens
        return grid(layers_and_tokens(len(self.coordinates) - 1, tokens), columns)

    def arrays(self) -> Arrays:
        """Return the coordinates, (layer + 1, token, axis), A − B, and the background."""
        moved = {} if self.moved is None else {"coordinates_a_minus_b": self.moved}
        return moved | {
            "coordinates": self.coordinates,
            "explained": self.fitted.axes.explained,
            "background": self.fitted.background,
            "ids": ids_of(self.analysis.tokens),
        }


def project(
    analysis: Analysis,
    comparison: Comparison | None,
    axes: ReferenceAxes,
    fitted: Fitted,
    stop: Stop | None = None,
    report: Report | None = None,
) -> ProjectedTokens:
    """Find the tokens' coordinates in all layers, and B's where these axes have room for them."""
    coordinates, of_b = fitted.axes.transform(analysis.hidden), None
    if comparison is not None and comparison.can_compare_states:
        every = fitted.axes.transform(comparison.b.hidden[comparison.layers]).swapaxes(0, 1)
        partners = comparison.partners(every, "token")
        of_b = read_only(np.concatenate([partners, every[comparison.only_in_b]]).swapaxes(0, 1))
    return ProjectedTokens(analysis, axes, fitted, coordinates, comparison, of_b)


def table(
    run: Analysis | Comparison, axes: ReferenceAxes, space: Space = STANDARDISED,
    basis: Basis = "joint",
) -> Table:  # fmt: skip
    """Return every token's coordinates on the axes of a space, in every layer.

    Raises
    ------
    problems.BadArgument
        The axes are not fitted in that space, as for all functions here.
    """
    return _projected(run, axes, space, basis).table()


def arrays(
    run: Analysis | Comparison, axes: ReferenceAxes, space: Space = STANDARDISED,
    basis: Basis = "joint",
) -> Arrays:  # fmt: skip
    """Return the coordinates, (layer + 1, token, axis), and what the axes explain."""
    return _projected(run, axes, space, basis).arrays()


def caption(
    run: Analysis | Comparison, axes: ReferenceAxes, layer: int, space: Space = STANDARDISED,
    basis: Basis = "joint",
) -> str:  # fmt: skip
    """Say what a layer's axes hold and go with, and where the tokens move farthest."""
    need_places(layer=(layer, len(axes.sample)))
    return describe(_projected(run, axes, space, basis), layer)


def _projected(
    run: Analysis | Comparison, axes: ReferenceAxes, space: Space, basis: Basis
) -> ProjectedTokens:
    return project(*sides_of(run), axes, axes.need_fitted(space, basis))


def about(shown: ProjectedTokens, layer: int, *, in_full: bool = False) -> str:
    """Say what the chosen layer's axes hold and go with, and where the picture changes most.

    With ``in_full`` also what the first axis goes with less.
    """
    first, second = shown.fitted.axes.explained[layer, :2].tolist()
    where, space = the_layer_first(layer), shown.fitted.axes.space.phrase
    held = f"PC1 holds {percent(first)}, PC2 {percent(second)} of the variance"
    words = first_axis_words if in_full else first_axis_phrase
    sentences = [
        f"{where} ({space}): {held}; {words(shown.fitted.first[layer])}.",
        _apart(shown),
        _largest_step(shown),
        _loosened(shown),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def describe(shown: ProjectedTokens, layer: int) -> str:
    """Say that in full, and how the axes were fitted."""
    basis = (
        "Joint axes of all layers"
        if shown.fitted.axes.basis == "joint"
        else "Each layer on axes of its own, so that places must not be compared across layers"
    )
    return (
        f"{about(shown, layer, in_full=True)} {basis}; {_fitted_on(shown)}, r over one token of "
        f"each.{about_b(shown) if shown.has_partners else ''}"
    )


def held(shown: ProjectedTokens, layer: int, n: int = 2) -> str:
    """Say in a line how much of a layer's variance the first ``n`` axes hold."""
    shares = shown.fitted.axes.explained[layer, :n]
    told = " · ".join(f"PC{axis + 1} {share * 100:.1f} %" for axis, share in enumerate(shares))
    return f"{told} of the variance in {the_layer(layer)}"


def plane(shown: ProjectedTokens, layer: int, n: int = 2) -> str:
    """Say what is seen of one layer on the first ``n`` axes, and how they were fitted."""
    space = shown.fitted.axes.space.phrase
    told = f"{held(shown, layer, n)}, {space}; joint axes of all layers, {_fitted_on(shown)}."
    return f"{told}{about_b(shown)}"


def _fitted_on(shown: ProjectedTokens) -> str:
    sentences = counted(shown.axes.n_sentences, "reference sentence")
    return f"fitted on {counted(shown.axes.n_tokens, 'token')} of {sentences}"


def about_b(shown: ProjectedTokens) -> str:
    """Say where B lies, or why it lies nowhere, after a space; "" with no B."""
    if shown.comparison is None:
        return ""
    in_b = names_of(shown.comparison).in_b
    lines = f"No token has a partner {in_b}."
    if shown.has_partners:
        lines = f"Thin lines lead from each token's partner {in_b}."
    told = "" if shown.of_b is None else lines, describe_states(shown.comparison)
    return "".join(f" {each}" for each in told if each)


def percent(share: float) -> str:
    """Write a share so that small ones are not rounded to nothing."""
    percent = share * 100
    return f"{percent:.0f} %" if percent >= 9.95 or percent < 0.05 else f"{percent:.1f} %"


def _largest_step(shown: ProjectedTokens) -> str:
    """Say between which layers the sentence moves farthest; "" where nothing can be compared."""
    if (
        shown.fitted.axes.basis != "joint"
        or len(shown.coordinates) < 3
        or not shown.analysis.tokens
    ):
        return ""
    step = clear_step(_moves(shown, np.diff(shown.coordinates[..., :2], axis=0)))
    if step is None:
        return "No step stands out in how far the tokens move."
    return f"The tokens move farthest from {the_layer(step)} to layer {step + 1}."


def _loosened(shown: ProjectedTokens) -> str:
    """Say between which layers what PC1 goes with changes most, if it does."""
    steps = []
    for layer, (here, there) in enumerate(pairwise(shown.fitted.first)):
        goes, then = _told(here)[0], {each.name: each.r for each in _told(there)}
        if (r := then.get(goes.name)) is not None:
            steps.append((abs(r) - abs(goes.r), layer, goes, r))
    if not steps:
        return ""
    change, layer, goes, r = min(steps, key=lambda step: step[:2])
    if change > -LOOSER:
        return ""
    where = f"from {the_layer(layer)} to layer {layer + 1}"
    rs = f"{written(goes.r, 2)} → {written(r, 2)}"
    return f"What PC1 goes with changes most {where}: {goes.name}, r {rs}."


def _apart(shown: ProjectedTokens) -> str:
    """Say in which layer A lies farthest from B, or why B lies nowhere; "" with no B."""
    if shown.moved is None or not shown.has_partners:
        return about_b(shown).strip()
    moves, in_b = _moves(shown, shown.moved[..., :2]), names_of(shown.comparison).in_b
    if not moves.any():
        return f"Every token lies where its partner {in_b} does."
    return (
        f"The tokens lie farthest from their partners {in_b} in {the_layer(int(moves.argmax()))}."
    )


def _moves(shown: ProjectedTokens, differences: NDArray[np.floating]) -> NDArray[np.float64]:
    """Average lengths of (layer, token, axis) over tokens with a partner, not the special ones."""
    lengths = np.linalg.norm(differences.astype(np.float64), axis=-1)
    known = ordinary(shown.analysis.tokens, np.isfinite(lengths).all(axis=0).tolist())
    moves: NDArray[np.float64] = lengths[:, known].sum(axis=1) / (len(known) or np.nan)
    return moves


def first_axis_words(first: FirstAxis, *, in_lines: bool = False) -> str:
    """Say what the first axis of a layer goes with: position, norm, a dimension.

    A clause without a full stop; ``in_lines`` breaks it in two, for a tip.
    """
    goes, *others = _told(first)
    rest = ", ".join(f"{other.name}: {written(other.r, 2)}" for other in others)
    space = "\n" if in_lines else " "
    r = written(goes.r, 2)
    return f"{_how(goes)} {goes.name}{space}(r = {r}; {rest}; n = {first.n:,})"


def first_axis_phrase(first: FirstAxis) -> str:
    """Say in few words what the first axis of a layer goes with most, and how closely."""
    goes = _told(first)[0]
    return f"{_how(goes)} {goes.name} (r = {written(goes.r, 2)})"


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


class _Correlate(NamedTuple):
    """Something that a first axis goes with, and how closely."""

    name: str
    short_name: str
    r: float


def _told(first: FirstAxis) -> list[_Correlate]:
    """Return with what the axis goes and how closely, the closest first."""
    dimension = first.dimension
    told = [
        _Correlate("position", "position", first.position),
        _Correlate("norm", "norm", first.norm),
        _Correlate(f"dimension {dimension}", f"dim {dimension}", first.dimension_r),
    ]
    return sorted(told, key=lambda goes: -abs(goes.r))


def _how(goes: _Correlate) -> str:
    how = "mostly goes with" if abs(goes.r) >= CLOSE else "goes closely with nothing; most with"
    return f"PC1 {how}"
