"""What "Attention, A − B" draws, says and hands out, computed in the background."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from roberta_gui.analysis.heads.apart import AttentionApart, attention_apart
from roberta_gui.analysis.sentences.alignment import Alignment, align
from roberta_gui.gui.export import Arrays, Table
from roberta_gui.gui.panels.two_sentences import Pair, row_name
from roberta_gui.gui.widgets.charts.colour_scale import ColourScale
from roberta_gui.records import FloatArray, Report, Stop
from roberta_gui.view import Scale

_LEAST = 0.001
"""The scale of differences ends here at the nearest: below it there is but rounding."""

_NAMED = 3


@dataclass(frozen=True, eq=False)
class FoundApart:
    """Two passes, which tokens belong together, and how far all heads are apart."""

    pair: Pair
    alignment: Alignment
    apart: AttentionApart

    @property
    def alone(self) -> tuple[int, ...]:
        """The rows of tokens without a partner."""
        return tuple(i for i, row in enumerate(self.alignment.rows) if None in row)

    @property
    def text_b(self) -> str:
        """The second sentence."""
        return self.pair.b.request.text

    @cached_property
    def names(self) -> list[str]:
        """A name for each row."""
        a, b = self.pair.a.tokens, self.pair.b.tokens
        return [row_name(row, a, b) for row in self.alignment.rows]

    def inside(self, layer: int, head: int) -> tuple[int, int]:
        """Bring a head of another model among those that were compared."""
        n_layers, n_heads = self.apart.variation.shape
        return min(layer, n_layers - 1), min(head, n_heads - 1)

    def head(self, layer: int, head: int) -> "HeadApart":
        """Subtract one head's attention in B from that in A."""
        layer, head = self.inside(layer, head)
        both = [i for i, row in enumerate(self.alignment.rows) if None not in row]
        at_a, at_b = self.alignment.pairs.T
        a, b = self.pair.a.attention[layer, head], self.pair.b.attention[layer, head]
        weights = np.full((2, *2 * (len(self.alignment.rows),)), np.nan, dtype=np.float32)
        weights[0][np.ix_(both, both)] = a[at_a[:, None], at_a]
        weights[1][np.ix_(both, both)] = b[at_b[:, None], at_b]
        return HeadApart(self, layer, head, weights, tuple(both))

    def head_tip(self, layer: int, head: int) -> str:
        """Say what is known of a head."""
        apart = self.apart
        return (
            f"Layer {layer + 1}, head {head + 1}\n"
            f"total variation {apart.variation[layer, head]:.3f}, the mean of the rows\n"
            f"largest difference of a weight {apart.largest[layer, head]:.3f}\n"
            f"attention[{layer}, {head}]"
        )


@dataclass(frozen=True, eq=False)
class HeadApart:
    """One head in both sentences.

    ``weights`` is float32 (side, row, row), A's before B's, nan where a token has no partner;
    ``both`` are the rows of tokens that have one.
    """

    found: FoundApart
    layer: int
    head: int
    weights: FloatArray
    both: tuple[int, ...]

    @cached_property
    def matrix(self) -> FloatArray:
        """A − B, float32 (row, row); 0 where a token has no partner."""
        matrix: FloatArray = np.nan_to_num(self.weights[0] - self.weights[1])
        return matrix

    @cached_property
    def variations(self) -> FloatArray:
        """Total variation of each row, float32 (row,); 0 where its token has no partner."""
        return np.asarray(np.abs(self.matrix).sum(axis=1) / 2)

    def scale(self, scale: Scale) -> ColourScale:
        """Choose where the colours end: at this head's largest difference, or a larger one.

        Differences of either sign have no logarithms; in place of them their square roots count.
        """
        largest = self.found.apart.largest
        if scale in ("head", "log"):
            largest = largest[self.layer, self.head]
        elif scale == "layer":
            largest = largest[self.layer]
        most = max(float(np.max(largest, initial=0.0)), _LEAST)
        return ColourScale(-most, most, root=scale == "log")

    def tip(self, row: int, column: int) -> str:
        """Say how much the row looks at the column in each sentence."""
        names = self.found.names
        looks = f"from {names[row]} to {names[column]}"
        if not {row, column} <= set(self.both):
            return f"{looks}\nnot in both sentences: nothing to compare"
        a, b = self.weights[:, row, column].tolist()
        return f"{looks}: {_signed(a - b)}\nA {a:.4f}, B {b:.4f}"

    @cached_property
    def caption(self) -> str:
        """Say how far this head is apart, which heads are most, and what was left out."""
        found, apart = self.found, self.found.apart
        if found.pair.is_same and not apart.largest.any():
            return "A and B are the same sentence: every difference is 0."
        if not self.both:
            return "No token of A has a partner in B: there is nothing to compare."
        parts = [f"Layer {self.layer + 1}, head {self.head + 1}: "]
        mean = float(np.abs(self.matrix).sum()) / len(self.both) ** 2
        parts.append(
            f"mean |A − B| {mean:.4f}, total variation of a row {self._mean:.3f} on average"
        )
        if len(self.both) > 1:
            row = int(self.variations.argmax())
            parts.append(f", most at “{found.names[row]}” ({self.variations[row]:.3f})")
        heads = apart.strongest(_NAMED)
        told = ", ".join(f"{lay + 1}.{h + 1} ({apart.variation[lay, h]:.3f})" for lay, h in heads)
        parts.append(f". Layer and head that tell A and B apart most: {told}.{self._left_out()}")
        return "".join(parts)

    @property
    def _mean(self) -> float:
        return float(self.found.apart.variation[self.layer, self.head])

    def _left_out(self) -> str:
        n_a = sum(b is None for _, b in self.found.alignment.rows)
        n_b = sum(a is None for a, _ in self.found.alignment.rows)
        if not n_a + n_b:
            return ""
        shares = self.found.apart.left_out[:, self.layer, self.head] * 100
        verb = "is" if n_a + n_b == 1 else "are"
        return (
            f" Without a partner, hatched and in no sum, {verb} {n_a} of A's tokens and {n_b} of "
            f"B's: {shares[0]:.0f} % and {shares[1]:.0f} % of the attention."
        )

    def table(self) -> Table:
        """Return the differences between tokens that both have, then each row's variation."""
        names = [f"{row} {self.found.names[row]}" for row in self.both]
        values = self.matrix[np.ix_(self.both, self.both)]
        variations = self.variations

        def rows() -> Iterator[tuple[object, ...]]:
            for name, row, differences in zip(names, self.both, values, strict=True):
                yield (name, *differences.tolist(), float(variations[row]))

        return Table(("A - B: from \\ to", *names, "total_variation"), rows())

    def arrays(self) -> Arrays:
        """Return the head's weights over aligned tokens, and what is known of all heads."""
        pick = np.ix_((0, 1), self.both, self.both)
        return {
            "weights_a_b": self.weights[pick],
            "difference": self.matrix[np.ix_(self.both, self.both)],
            "pairs": self.found.alignment.pairs,
            "total_variation": self.found.apart.variation,
            "largest_difference": self.found.apart.largest,
            "left_out": self.found.apart.left_out,
            "ids_a": np.array([t.id for t in self.found.pair.a.tokens], dtype=np.int64),
            "ids_b": np.array([t.id for t in self.found.pair.b.tokens], dtype=np.int64),
        }


def find_apart(pair: Pair, stop: Stop, report: Report) -> Generator[None, None, FoundApart]:
    """Align both sentences and compare all heads, in short steps."""
    alignment = align(pair.a.tokens, pair.b.tokens)
    yield
    apart = yield from attention_apart(pair.a.attention, pair.b.attention, alignment)
    return FoundApart(pair, alignment, apart)


def _signed(value: float) -> str:
    return f"{value:+.4f}".replace("-", "−")
