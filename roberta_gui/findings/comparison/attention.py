"""What "Attention, A − B" draws, says and hands out, computed in the background."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from roberta_gui.analysis.heads.apart import (
    AttentionApart,
    Hiding,
    attention_apart,
    renormalised,
)
from roberta_gui.analysis.sentences.alignment import Alignment, Row
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import Scale, Specials
from roberta_gui.findings.comparison.against import (
    beside_layer,
    describe_unpaired,
    names_of,
    row_name,
)
from roberta_gui.findings.notation.names import head_name, place_name
from roberta_gui.findings.notation.numbers import whole_percent, written_change
from roberta_gui.findings.notation.scales import (
    UNREADABLE,
    ColourScale,
    faint_share,
    readable_scale,
    root_scale,
    too_faint,
    why_roots,
)
from roberta_gui.findings.tables import Arrays, Table, TableRows
from roberta_gui.records import FloatArray, Report, Stop
from roberta_gui.wording import special_names

_LEAST = 0.001
"""The scale of differences ends here at the nearest: below it there is but rounding."""

_NAMED = 3


@dataclass(frozen=True, eq=False)
class AttentionResult:
    """Two passes, which of the shown tokens belong together, and how far all heads are apart."""

    comparison: Comparison
    specials: Specials
    alignment: Alignment
    apart: AttentionApart

    @property
    def alone(self) -> tuple[int, ...]:
        """The rows of tokens without a partner."""
        return tuple(i for i, row in enumerate(self.alignment.rows) if None in row)

    @property
    def has_partners(self) -> bool:
        """Whether any token stands on both sides: else there is nothing to compare."""
        return len(self.alone) < len(self.alignment.rows)

    @cached_property
    def names(self) -> list[str]:
        """A name for each row."""
        return [row_name(row, self.comparison) for row in self.alignment.rows]

    def inside(self, layer: int, head: int) -> tuple[int, int]:
        """Bring a head of another model among those that were compared."""
        n_layers, n_heads = self.apart.variation.shape
        return min(layer, n_layers - 1), min(head, n_heads - 1)

    def _sides(self, layer: int, *head: int) -> list[FloatArray]:
        """Return the attention of A and of B in a layer of A, or one head of it."""
        layers = self.comparison.a.attention[layer], self.comparison.attention_b[layer]
        sides = [each[head] for each in layers]
        if self.specials != "renormalise":
            return sides
        special = _special(self.comparison)
        return [renormalised(*each) for each in zip(sides, (special.a, special.b), strict=True)]

    def head(self, layer: int, head: int) -> "ComparedHead":
        """Subtract one head's attention in B from that in A."""
        both = tuple(i for i, row in enumerate(self.alignment.rows) if None not in row)
        weights = np.full((2, *2 * (len(self.alignment.rows),)), np.nan, dtype=np.float32)
        sides = zip(self._sides(layer, head), self.alignment.pairs.T, strict=True)
        for into, (side, at) in zip(weights, sides, strict=True):
            into[np.ix_(both, both)] = side[at[:, None], at]
        return ComparedHead(self, layer, head, weights, both)

    def head_tip(self, layer: int, head: int) -> str:
        """Say what is known of a head."""
        apart, where = self.apart, place_name(layer, head)
        if not self.has_partners:
            return f"{where}\n{self.most_apart}"
        return (
            f"{where}{beside_layer(self.comparison, layer)}\n"
            f"total variation {apart.variation[layer, head]:.3f}, the mean of the rows\n"
            f"largest difference of a weight {apart.largest[layer, head]:.3f}"
        )

    @property
    def most_apart(self) -> str:
        """Name the heads that differ most between A and B, with their total variation."""
        if not self.has_partners:
            return f"No token has a partner {names_of(self.comparison).in_b}"
        variation = self.apart.variation
        heads = self.apart.strongest(_NAMED)
        told = ", ".join(f"{head_name(head)} ({variation[head]:.3f})" for head in heads)
        return f"Layer.head most apart: {told}"

    def layer(self, layer: int) -> FloatArray:
        """Take A − B of a layer's heads on A's tokens: float32 (head, query, key), without nan."""
        a, b = self._sides(layer)
        shown = np.nan_to_num(self.comparison.difference(a, b, "head", "token", "token"))
        kept = ~_special(self.comparison).a
        return shown if self.specials == "show" else shown[:, kept][..., kept]

    def arrays(self) -> Arrays:
        """Return what is known of all heads, (layer, head), and the tokens that are compared."""
        return {
            "pairs": self.alignment.pairs,
            "layer_of_b": self.comparison.attention_layers,
            "total_variation": self.apart.variation,
            "largest_difference": self.apart.largest,
            "left_out": self.apart.left_out,
            "hidden": self.apart.hidden,
        }


@dataclass(frozen=True, eq=False)
class ComparedHead:
    """One head on both sides.

    ``weights`` is float32 (side, row, row), A's before B's, nan where a token has no partner;
    ``both`` are the rows of tokens that have one.
    """

    found: AttentionResult
    layer: int
    head: int
    weights: FloatArray
    both: tuple[int, ...]

    @property
    def comparison(self) -> Comparison:
        """The two passes."""
        return self.found.comparison

    @property
    def place(self) -> tuple[int, int]:
        """Its layer and head, from 0."""
        return self.layer, self.head

    @cached_property
    def matrix(self) -> FloatArray:
        """A − B, float32 (row, row); 0 where a token has no partner."""
        matrix: FloatArray = np.nan_to_num(self.weights[0] - self.weights[1])
        return matrix

    @property
    def compared(self) -> FloatArray:
        """A − B between the tokens that both have, float32 (both, both)."""
        return self.matrix[np.ix_(self.both, self.both)]

    @cached_property
    def variations(self) -> FloatArray:
        """Total variation of each row, float32 (row,); 0 where its token has no partner."""
        return np.asarray(np.abs(self.matrix).sum(axis=1) / 2)

    def scale(self, scale: Scale) -> ColourScale:
        """Choose where the colours end: at this head's largest difference, or a larger one.

        Differences of either sign have no logarithms; in place of them their square roots count.
        """
        if scale == "log":
            return root_scale(self.compared, _LEAST, signed=True)
        largest = self.found.apart.largest
        if scale in ("auto", "head"):
            largest = largest[self.layer, self.head]
        elif scale == "layer":
            largest = largest[self.layer]
        most = max(float(np.nan_to_num(largest).max(initial=0.0)), _LEAST)
        linear = ColourScale(-most, most)
        return readable_scale(self.compared, linear, _LEAST) if scale == "auto" else linear

    def tip(self, row: int, column: int) -> str:
        """Say how much the row looks at the column on each side."""
        names = self.found.names
        looks = f"from {names[row]} to {names[column]}"
        if not {row, column} <= set(self.both):
            return f"{looks}\nnot on both sides: nothing to compare"
        a, b = self.weights[:, row, column].tolist()
        sides = names_of(self.comparison)
        return f"{looks}: {written_change(a - b, 4)}\n{sides.a} {a:.4f}, {sides.b} {b:.4f}"

    def describe(self, chosen: Scale) -> str:
        """Say how far this head is apart, which heads are most, and what was left out."""
        found, apart = self.found, self.found.apart
        if found.comparison.has_same_tokens and not apart.largest.any():
            return "Both sides are the same: every difference is 0."
        if not self.both:
            return f"{found.most_apart}: there is nothing to compare."
        scale = self.scale(chosen)
        how = scale.describe()
        if chosen == "auto" and scale.root:
            how += f"; {why_roots(faint_share(self.matrix, self.scale('head')))}"
        mean = float(np.abs(self.matrix).sum()) / len(self.both) ** 2
        parts = [
            f"Layer {self.layer + 1}, head {self.head + 1}"
            f"{beside_layer(self.comparison, self.layer)} ({how}): "
            f"mean |difference| {mean:.4f}, "
            f"mean total variation of a row {apart.variation[self.layer, self.head]:.3f}"
        ]
        if len(self.both) > 1:
            row = int(self.variations.argmax())
            parts.append(f", most at “{found.names[row]}” ({self.variations[row]:.3f})")
        parts.append(f". {found.most_apart}.")
        if (share := faint_share(self.matrix, scale)) > UNREADABLE:
            parts.append(f" {too_faint(share, 'the whole', '“Auto” shows it')}.")
        return "".join([*parts, self._hidden(), self._left_out()])

    def _hidden(self) -> str:
        """Say how much of the attention goes to specials that are not shown."""
        if self.found.specials == "show":
            return ""
        a, b = map(whole_percent, self.found.apart.hidden[:, self.layer, self.head].tolist())
        sides = names_of(self.comparison)
        what = "left out, rows renormalised" if self.found.specials != "hide" else "hidden"
        specials = special_names(self.found.comparison.a.model.special_tokens)
        return f" On {specials}, {what}: {a} of the attention {sides.in_a}, {b} {sides.in_b}."

    def _left_out(self) -> str:
        n_a = sum(b is None for _, b in self.found.alignment.rows)
        n_b = sum(a is None for a, _ in self.found.alignment.rows)
        if not n_a + n_b:
            return ""
        shares = self.found.apart.left_out[:, self.layer, self.head].tolist()
        held = [f" ({whole_percent(share)} of its attention)" for share in shares]
        told = describe_unpaired(n_a, n_b, names_of(self.comparison), *held)
        return f" Hatched, without a partner and in no sum: {told}."

    def table(self) -> Table:
        """Return the differences between tokens that both have, then each row's variation."""
        names = [f"{row} {self.found.names[row]}" for row in self.both]
        varied = self.variations[list(self.both)].tolist()

        def rows() -> Iterator[tuple[object, ...]]:
            for name, row, last in zip(names, self.compared, varied, strict=True):
                yield name, *row.tolist(), last

        return Table(("A - B: from \\ to", *names, "total_variation"), TableRows(rows))

    def arrays(self) -> Arrays:
        """Return the head's weights over aligned tokens, and what is known of all heads."""
        pick = np.ix_((0, 1), self.both, self.both)
        return {
            "weights_a_b": self.weights[pick],
            "difference": self.compared,
            **self.found.arrays(),
            "ids_a": np.array([t.id for t in self.found.comparison.a.tokens], dtype=np.int64),
            "ids_b": np.array([t.id for t in self.found.comparison.b.tokens], dtype=np.int64),
        }


def find_apart(
    comparison: Comparison,
    specials: Specials,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Generator[None, None, AttentionResult]:
    """Align both sides and compare all heads, in short steps."""
    alignment, hiding = comparison.alignment, None
    if specials != "show":
        hiding = replace(_special(comparison), renormalise=specials == "renormalise")
        alignment = Alignment(tuple(row for row in alignment.rows if not _is_special(row, hiding)))
    yield
    sides = tuple(comparison.a.attention), comparison.attention_b
    apart = yield from attention_apart(*sides, alignment, hiding)
    return AttentionResult(comparison, specials, alignment, apart)


def _special(comparison: Comparison) -> Hiding:
    sides = comparison.a.tokens, comparison.b.tokens
    a, b = (np.array([token.is_special for token in side], dtype=bool) for side in sides)
    return Hiding(a, b)


def _is_special(row: Row, special: Hiding) -> bool:
    at_a, at_b = row
    return bool(special.b[at_b]) if at_a is None else bool(special.a[at_a])
