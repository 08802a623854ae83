"""One head as Attention shows it: which rows, on which scale, with which names."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.attention import (
    LOG_FLOOR,
    show_specials,
    spread_bits,
    strongest_lines,
)
from roberta_gui.analysis.heads.words import Groups
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import AttentionChoices, Measure
from roberta_gui.findings.notation.names import AxisLabel, axis_label, spaced_word
from roberta_gui.findings.notation.scales import (
    ColourScale,
    beyond_share,
    faint_share,
    readable_scale,
    root_scale,
)
from roberta_gui.findings.steps.attention import MeasuredHeads, on_rows
from roberta_gui.findings.tables import Arrays, Table, TableRows, ids_of
from roberta_gui.records import Analysis, FloatArray

_LEAST_CHANGE = 1e-6
"""A square-root scale ends here at the nearest: below it there is but rounding."""

_LEAST_BITS = 0.01
"""Entropies that differ by less are the same: below it there is but rounding."""

_LONG, _LOWEST = 40, 5
"""From so many tokens on, so many per cent of the entropies may be below the scale."""


def look_of(choices: AttentionChoices, measure: Measure) -> AttentionChoices:
    """Say how a measure is really shown: what it has no use for becomes what is nearest.

    Contributions are lengths: their rows have no sum to be scaled to. Rollout has one matrix a
    layer, so a scale for each head means nothing. Changes have no logarithm: "log" shows their
    square roots.
    """
    scale, specials = choices.scale, choices.specials
    if measure == "contribution" and specials == "renormalise":
        specials = "hide"
    if measure == "rollout" and scale == "head":
        scale = "layer"
    return replace(choices, scale=scale, specials=specials)


@dataclass(frozen=True, eq=False)
class DrawnHead:
    """One head of what was measured, without the tokens that are hidden.

    ``now`` is float32 (row, column), and in a difference ``in_b`` those of B on A's rows, nan
    where a token has no partner; ``whole`` and ``whole_b`` are the same with all special tokens,
    B's on its own rows. ``kept``, int (row,), are the groups that the rows are. ``layer`` and
    ``head`` count from 0; of rollout the head means nothing.
    """

    measured: MeasuredHeads
    choices: AttentionChoices
    layer: int
    head: int
    now: FloatArray
    in_b: FloatArray | None
    whole: FloatArray
    whole_b: FloatArray | None
    kept: NDArray[np.intp]

    @property
    def look(self) -> AttentionChoices:
        """What of the choices this measure can be shown with."""
        return look_of(self.choices, self.measured.measure)

    @property
    def analysis(self) -> Analysis:
        """The pass that the values belong to."""
        return self.measured.analysis

    @property
    def comparison(self) -> Comparison | None:
        """What A is held against, in a difference."""
        return self.measured.comparison

    @cached_property
    def labels(self) -> tuple[AxisLabel, ...]:
        """The rows' names."""
        return tuple(_label(self.measured, int(group)) for group in self.kept)

    @cached_property
    def matrix(self) -> FloatArray:
        """float32 (row, column): what is drawn; of A − B 0 where a token has no partner."""
        return self.now if self.in_b is None else np.nan_to_num(self.now - self.in_b)

    @cached_property
    def alone(self) -> tuple[int, ...]:
        """The rows of tokens without a partner in B."""
        if self.in_b is None:
            return ()
        return tuple(np.flatnonzero(self.measured.partners[self.kept] < 0).tolist())

    @property
    def is_difference(self) -> bool:
        """Whether A − B is drawn, which has a sign."""
        return self.in_b is not None

    @property
    def is_off(self) -> bool:
        """Whether one head is shown that is switched off: what it finds goes no further."""
        off = self.analysis.request.switched_off
        return self.measured.measure != "rollout" and (self.layer, self.head) in off

    @cached_property
    def is_special(self) -> NDArray[np.bool_]:
        """Which of all groups are special tokens: bool (group,)."""
        return _specials(self.measured.analysis, self.measured.groups)

    @cached_property
    def received(self) -> FloatArray:
        """float32 (row,): the mean of each column that is drawn."""
        sums = self.matrix.sum(axis=0, dtype=np.float64)  # (column,)
        means: FloatArray = (sums / max(len(self.kept), 1)).astype(np.float32)
        return means

    @cached_property
    def row_bits(self) -> NDArray[np.float64]:
        """float64 (query,): the entropy of each whole row in bits, what is hidden included."""
        return spread_bits(self.whole)

    @cached_property
    def beside(self) -> FloatArray:
        """float32 (row,): the entropy of each row in bits, of contributions its sum."""
        about = self._about_rows(self.whole)[self.kept]
        if self.whole_b is None:
            return about
        of_b = np.append(self._about_rows(self.whole_b), np.float32(np.nan))
        found: FloatArray = np.nan_to_num(about - of_b[self.measured.partners[self.kept]])
        return found

    @property
    def received_scale(self) -> ColourScale:
        """What the colours of `received` mean: a mean is far below the largest value."""
        return _scale_of(self.received, signed=self.is_difference)

    @property
    def beside_scale(self) -> ColourScale:
        """What the colours of `beside` mean; of entropies, the least is the lightest.

        Where a head looks widely all its entropies are high and their differences small, so a few
        tokens of a long text may be below the scale: else all the others would look alike.
        """
        if self.is_difference or self.measured.measure == "contribution" or not len(self.beside):
            return _scale_of(self.beside, signed=self.is_difference)
        low = float(np.percentile(self.beside, _LOWEST if len(self.beside) >= _LONG else 0))
        high = float(self.beside.max())
        return ColourScale(low, high if high - low >= _LEAST_BITS else low)

    def _about_rows(self, whole: FloatArray) -> FloatArray:
        if self.measured.measure == "contribution":
            about: NDArray[np.float64] = whole.sum(axis=1, dtype=np.float64)
        else:
            about = self.row_bits if whole is self.whole else spread_bits(whole)
        return about.astype(np.float32)

    @cached_property
    def for_lines(self) -> FloatArray:
        """float32 (row, column): what arcs are drawn of, see `omits_own`."""
        return _without_own(self.matrix) if self.omits_own else self.matrix

    @property
    def omits_own(self) -> bool:
        """Whether what each token keeps of itself is left out.

        Arcs of rollout do: it is most everywhere (half of every layer) and would hide all else.
        """
        return self.measured.measure == "rollout" and self.choices.drawn_as == "arcs"

    @cached_property
    def lines(self) -> NDArray[np.bool_]:
        """The strongest values that hold so much of each row: bool (row, column)."""
        return strongest_lines(self.for_lines, self.choices.line_mass / 100)

    @cached_property
    def faint_share(self) -> float:
        """How much of all that is drawn lies in cells that are too faint to be seen, 0 to 1."""
        return faint_share(self.matrix, self.scale)

    @property
    def faint_on_linear(self) -> float:
        """The same, were the scale a linear one of this head."""
        return faint_share(self.matrix, ColourScale(0.0, self.largest))

    @cached_property
    def beyond_share(self) -> float:
        """How much of all that is drawn lies in cells beyond the scale's end, 0 to 1."""
        return beyond_share(self.matrix, self.scale)

    @cached_property
    def largest(self) -> float:
        """The largest value that is drawn, by size."""
        return float(np.abs(self.matrix).max(initial=0.0))

    def name(self, row: int) -> str:
        """Name a row in a sentence; where the same name stands twice, with its place."""
        label = self.labels[row]
        if sum(other.text == label.text for other in self.labels) == 1:
            return f"“{label.text}”"
        return f"“{label.text}” ({label.token_numbers(row)})"

    def tokens(self, row: int) -> tuple[int, ...]:
        """Return the tokens that a row stands for."""
        return self.measured.groups[int(self.kept[row])]

    @cached_property
    def rows(self) -> dict[int, int]:
        """From each token that is drawn to its row."""
        return {token: row for row in range(len(self.kept)) for token in self.tokens(row)}

    def table(self) -> Table:
        """Return the values that are shown: one row a query, one column a key."""
        names = [
            f"{label.token_numbers(row, 0)} {label.text}" for row, label in enumerate(self.labels)
        ]
        values = self.now if self.in_b is None else self.now - self.in_b  # nan: no partner

        def rows() -> Iterator[tuple[object, ...]]:
            for name, row in zip(names, values, strict=True):
                yield name, *row.tolist()

        return Table(("from \\ to", *names), TableRows(rows))

    def arrays(self) -> Arrays:
        """Return what is drawn, (query, key), what it was made from, and which tokens it is of."""
        rows = np.full(len(self.analysis.tokens), -1, dtype=np.int64)
        rows[list(self.rows)] = list(self.rows.values())
        first = [self.tokens(row)[0] for row in range(len(self.kept))]
        found = {
            self.measured.measure: self.now,
            "received": self.received,
            "given" if self.measured.measure == "contribution" else "row_bits": self.beside,
            "token_index": np.array(first, dtype=np.int64),
            "row_of_token": rows,
            "ids": ids_of(self.analysis.tokens),
        }
        if self.in_b is None:
            return found
        return found | {"b": self.in_b, "difference": self.now - self.in_b}

    @cached_property
    def scale(self) -> ColourScale:
        """What the colours mean: up to this head's, this layer's or all layers' largest value.

        Without their own, tokens' shares of themselves do not count. Outside a map "auto" is
        linear: only the strongest lines are drawn, and square roots would make them all alike.
        """
        measured, scale, difference = self.measured, self.look.scale, self.is_difference
        drawn, own = self.for_lines, not self.omits_own
        largest = float(np.abs(drawn).max(initial=0.0))
        if scale == "layer" and own:
            largest = max(largest, measured.largest_of(self.layer))
        elif scale == "all" or (scale == "log" and not difference):
            # Rollout has one matrix a layer, so to look at all of them again is soon done.
            known = map(measured.drawn, range(len(measured.layers)))
            every = (np.abs(_without_own(values)).max(initial=0.0) for values in known)
            largest = max(largest, measured.largest if own else float(max(every)))
        if difference and scale == "log":
            return root_scale(drawn, _LEAST_CHANGE if largest else 1.0, signed=True)
        if scale == "log":
            # Contributions have no natural unit: four decades below their largest value as well.
            floor = LOG_FLOOR * (largest if measured.measure == "contribution" else 1.0)
            low = floor or LOG_FLOOR
            return ColourScale(float(np.log10(low)), float(np.log10(max(largest, low))), log=True)
        if difference:
            largest = largest or 1.0  # no change at all is the middle of the colours
        linear = ColourScale(-largest if difference else 0.0, largest)
        in_roots = scale == "auto" and self.choices.drawn_as == "map"
        return readable_scale(drawn, linear, _LEAST_CHANGE) if in_roots else linear


def show(measured: MeasuredHeads, layer: int, head: int, choices: AttentionChoices) -> DrawnHead:
    """Prepare a head to be drawn; its ``layer`` must be among those that are known."""
    head = 0 if measured.measure == "rollout" else head  # which has one matrix a layer
    specials = look_of(choices, measured.measure).specials
    whole, special = measured.layers[layer][head], _specials(measured.analysis, measured.groups)
    now, kept = show_specials(whole, special, specials)
    whole_b, in_b = None, None
    if measured.comparison is not None:
        whole_b = measured.layers_b[layer][head]
        special_b = _specials(measured.comparison.b, measured.groups_b)
        of_b, kept_b = show_specials(whole_b, special_b, specials)
        # B's rows without the hidden ones; the last place is for what has no partner.
        places = np.full(len(special_b) + 1, -1, dtype=np.intp)
        places[kept_b] = np.arange(len(kept_b))
        in_b = on_rows(of_b, places[measured.partners[kept]])
    return DrawnHead(measured, choices, layer, head, now, in_b, whole, whole_b, kept)


def _specials(analysis: Analysis, groups: Groups) -> NDArray[np.bool_]:
    return np.array([analysis.tokens[group[0]].is_special for group in groups], dtype=bool)


def _label(measured: MeasuredHeads, group: int) -> AxisLabel:
    """Name a token, or a word by its characters: pieces of one character would repeat it."""
    analysis, places = measured.analysis, measured.groups[group]
    first, last = analysis.tokens[places[0]], analysis.tokens[places[-1]]
    if len(places) == 1:
        return axis_label(first)
    text = analysis.request.segment_text(first.segment)[first.start : last.end]
    name = spaced_word(text, first.leading_space)
    return AxisLabel(name, index=places[0], last=places[-1])


def _without_own(matrix: FloatArray) -> FloatArray:
    """Leave out what each token has of itself: float32 (..., row, column), zero where they meet."""
    return np.where(np.eye(matrix.shape[-1], dtype=bool), np.float32(0), matrix)


def _scale_of(values: FloatArray, *, signed: bool) -> ColourScale:
    """Choose a scale for a strip: from 0, or the same to both sides of it."""
    most = float(np.abs(values).max(initial=0.0))
    return ColourScale(-(most or 1.0), most or 1.0) if signed else ColourScale(0.0, most)
