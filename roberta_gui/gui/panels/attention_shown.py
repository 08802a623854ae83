"""One head as the Attention panel shows it: which rows, on which scale, with which names."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.attention import LOG_FLOOR, show_specials
from roberta_gui.analysis.heads.lines import strongest_lines
from roberta_gui.analysis.heads.margins import given, received, spread_bits
from roberta_gui.gui.panels.attention_measured import Measured, subtracted
from roberta_gui.gui.token_names import axis_label, spaced_word
from roberta_gui.gui.widgets.charts.axis_label import AxisLabel
from roberta_gui.gui.widgets.charts.colour_scale import ColourScale
from roberta_gui.records import Analysis, FloatArray
from roberta_gui.view import Display, Measure, Scale, Specials, View


class Look(NamedTuple):
    """The choices that a measure leaves: what it has no use for is replaced by what is nearest."""

    scale: Scale
    specials: Specials


def look_of(display: Display, measure: Measure, *, difference: bool) -> Look:
    """Say how a measure is really shown.

    Contributions are lengths: their rows have no sum to be scaled to. Rollout has one matrix a
    layer, so a scale for each head means nothing; and changes have no logarithm.
    """
    scale, specials = display.scale, display.specials
    if measure == "contribution" and specials == "renormalise":
        specials = "hide"
    if difference and scale == "log":
        scale = "all"
    if measure == "rollout" and scale == "head":
        scale = "layer"
    return Look(scale, specials)


def wanted_look(view: View) -> Look:
    """Say how what is wanted is shown, once it is there."""
    difference = subtracted(view) is not None
    return look_of(view.display, view.display.measure, difference=difference)


@dataclass(frozen=True, eq=False)
class Shown:
    """One head of what was measured, without the tokens that are hidden.

    Attributes
    ----------
    display, look
        What was chosen, and what of it this measure can be shown with.
    layer, head
        From 0; of rollout the head means nothing.
    now, before
        float32 (row, column): the values, and in a difference those with every head on.
    whole, whole_before
        The same with all special tokens, as they were measured.
    kept
        int (row,): which groups the rows are.
    labels
        The rows' names.
    scale
        What the colours mean.
    """

    measured: Measured
    display: Display
    layer: int
    head: int
    look: Look
    now: FloatArray
    before: FloatArray | None
    whole: FloatArray
    whole_before: FloatArray | None
    kept: NDArray[np.intp]
    labels: tuple[AxisLabel, ...]
    scale: ColourScale

    @property
    def analysis(self) -> Analysis:
        """The pass that the values belong to."""
        return self.measured.analysis

    @cached_property
    def matrix(self) -> FloatArray:
        """float32 (row, column): what is drawn, in a difference the changes."""
        return self.now if self.before is None else self.now - self.before

    @property
    def is_difference(self) -> bool:
        """Whether changes are drawn, which have a sign."""
        return self.before is not None

    @cached_property
    def is_special(self) -> NDArray[np.bool_]:
        """Which of all groups are special tokens: bool (group,)."""
        return _specials(self.measured)

    @cached_property
    def received(self) -> FloatArray:
        """float32 (row,): the mean of each column that is drawn."""
        return received(self.matrix)

    @cached_property
    def beside(self) -> FloatArray:
        """float32 (row,): the entropy of each row in bits, of contributions its sum."""
        if self.whole_before is None:
            return self._about_rows(self.whole)
        return self._about_rows(self.whole) - self._about_rows(self.whole_before)

    @property
    def beside_scale(self) -> ColourScale:
        """What the colours of `beside` mean; entropy goes up to that of looking at all alike."""
        if self.is_difference:
            most = float(np.abs(self.beside).max(initial=0.0)) or 1.0
            return ColourScale(-most, most)
        if self.measured.measure == "contribution":
            return ColourScale(0.0, float(self.beside.max(initial=0.0)))
        return ColourScale(0.0, float(np.log2(len(self.whole))))

    def _about_rows(self, whole: FloatArray) -> FloatArray:
        found = given(whole) if self.measured.measure == "contribution" else spread_bits(whole)
        return found[self.kept].astype(np.float32)

    @cached_property
    def lines(self) -> NDArray[np.bool_]:
        """The strongest values that hold so much of each row: bool (row, column)."""
        return strongest_lines(self.matrix, self.display.line_mass / 100)

    def tokens(self, row: int) -> tuple[int, ...]:
        """Return the tokens that a row stands for."""
        return self.measured.groups[int(self.kept[row])]

    @cached_property
    def rows(self) -> dict[int, int]:
        """From each token that is drawn to its row."""
        return {token: row for row in range(len(self.kept)) for token in self.tokens(row)}


def show(measured: Measured, layer: int, head: int, display: Display) -> Shown:
    """Prepare a head to be drawn; its ``layer`` must be among those that are known."""
    difference = measured.before is not None
    look = look_of(display, measured.measure, difference=difference)
    layer, head = measured.place(layer, head)
    special = _specials(measured)
    whole = measured.layers[layer][head]
    now, kept = show_specials(whole, special, look.specials)
    whole_before = None if measured.before is None else measured.before[layer][head]
    before = None
    if whole_before is not None:
        before = show_specials(whole_before, special, look.specials).matrix
    drawn = now if before is None else now - before
    labels = tuple(_label(measured, int(group)) for group in kept)
    scale = _scale(measured, layer, look.scale, drawn)
    return Shown(
        measured, display, layer, head, look, now, before, whole, whole_before, kept, labels, scale
    )


def _specials(measured: Measured) -> NDArray[np.bool_]:
    tokens = measured.analysis.tokens
    return np.array([tokens[group[0]].is_special for group in measured.groups], dtype=bool)


def _label(measured: Measured, group: int) -> AxisLabel:
    """Name a token, or a word by its characters: pieces of one character would repeat it."""
    analysis, places = measured.analysis, measured.groups[group]
    first, last = analysis.tokens[places[0]], analysis.tokens[places[-1]]
    if len(places) == 1:
        return axis_label(first)
    text = analysis.request.pair if first.segment == 1 else analysis.request.text
    name = spaced_word((text or "")[first.start : last.end], first.leading_space)
    return AxisLabel(name, index=places[0], last=places[-1])


def _scale(measured: Measured, layer: int, scale: Scale, drawn: FloatArray) -> ColourScale:
    """Choose which values the ends of the colours stand for; what is drawn always fits."""
    largest = float(np.abs(drawn).max(initial=0.0))
    if scale == "layer":
        largest = max(largest, measured.largest_of(layer))
    elif scale in ("all", "log"):
        largest = max(largest, measured.largest)
    if measured.before is not None:
        largest = largest or 1.0  # no change at all is the middle of the colours, not their end
        return ColourScale(-largest, largest)
    if scale != "log":
        return ColourScale(0.0, largest)
    # Contributions have no natural unit: four decades below their largest value as well.
    floor = LOG_FLOOR * (largest if measured.measure == "contribution" else 1.0)
    floor = floor or LOG_FLOOR
    return ColourScale(float(np.log10(floor)), float(np.log10(max(largest, floor))), log=True)
