"""Reading through the lens: from a wish to what the panel draws, in short steps."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from roberta_gui.gui.asked_model import AskedModel
from roberta_gui.gui.export import Arrays, Table
from roberta_gui.gui.token_names import axis_label, spaced_word, token_name
from roberta_gui.gui.widgets.charts.colour_scale import ColourScale
from roberta_gui.gui.widgets.layers.layer_values import layer_name
from roberta_gui.gui.widgets.layers.lens_grid import LensCells
from roberta_gui.problems import Problem, SeveralPieces, UnencodableText
from roberta_gui.records import Analysis, FloatArray, Lens, Report, Stop

Tint = Literal["probability", "entropy", "kl", "rank"]

TOP: Final = 10
"""Guesses that each cell lists."""


@dataclass(frozen=True, eq=False)
class Read:
    """What has been read of a sentence so far.

    Attributes
    ----------
    note
        Why the word that somebody wanted to watch is not watched.
    """

    analysis: Analysis
    lens: Lens
    note: Problem | None = None

    def word(self, layer: int, token: int) -> str:
        """Write the likeliest word of a cell; "" where it is not read yet."""
        row = int(self.lens.ids[layer, token, 0])
        return "" if row < 0 else spaced_word(*self.lens.spelled[row])

    def values(self, tint: Tint) -> FloatArray:
        """Return what tints the cells, float32 (layer + 1, token), nan where not read yet."""
        lens = self.lens
        if tint == "entropy":
            return lens.entropy_bits
        if tint == "kl":
            return lens.kl_bits
        if tint == "rank" and lens.watched is not None:
            ranks = lens.watched.ranks.astype(np.float32)
            return np.where(ranks > 0, ranks, np.float32(np.nan))
        return np.asarray(np.exp(lens.log_probabilities[:, :, 0]))

    def scale(self, tint: Tint) -> ColourScale:
        """Say which values get the ends of the colour map."""
        size = self.lens.model.vocab_size
        if tint == "entropy":
            return ColourScale(0.0, float(np.log2(size)))
        if tint == "kl":
            return ColourScale(0.0, max(float(np.nanmax(self.lens.kl_bits, initial=0.0)), 1.0))
        if tint == "rank" and self.lens.watched is not None:
            return RankScale(0.0, float(np.log10(size)), log=True)
        return ColourScale(0.0, 1.0)

    def cells(self, tint: Tint) -> LensCells:
        """Return all that the grid draws and says."""
        return LensCells(
            values=self.values(tint),
            labels=tuple(axis_label(token) for token in self.analysis.tokens),
            scale=self.scale(tint),
            tip=self.tip,
            word=self.word,
            small_is_strong=tint in ("entropy", "kl", "rank")
            and not (tint == "rank" and self.lens.watched is None),
        )

    def tip(self, layer: int, token: int) -> str:
        """Say what hovering a cell tells."""
        lens, where = self.lens, token_name(self.analysis.tokens[token])
        place = f"layer {layer}" if layer else "the embeddings"
        guesses = lens.candidates(layer, token)[:3]
        if not guesses:
            return f"{where} · {place}\nnot read yet"
        listed = "\n".join(
            f"{spaced_word(g.text, g.leading_space)}  {g.probability * 100:.2g} %" for g in guesses
        )
        return "\n".join(
            part
            for part in (
                f"{where} · {place}",
                listed,
                f"entropy {lens.entropy_bits[layer, token]:.2f} bits · "
                f"KL to the last layer {lens.kl_bits[layer, token]:.2f} bits",
                self.rank(layer, token),
                f"ids[{layer}, {token}]",
            )
            if part
        )

    def rank(self, layer: int, token: int) -> str:
        """Say how the watched word fares in a cell; "" where none is watched."""
        watched = self.lens.watched
        if watched is None or watched.ranks[layer, token] < 1:
            return ""
        share = float(np.exp(watched.log_probabilities[layer, token])) * 100
        name = spaced_word(watched.text, watched.leading_space)
        return f"“{name}” is number {watched.ranks[layer, token]:,} ({share:.2g} %)"

    def table(self) -> Table:
        """Return every guess that has been read, its probability last."""
        lens, tokens = self.lens, self.analysis.tokens
        return Table(
            ("layer", "token_index", "token", "entropy_bits", "kl_bits", "rank", "id", "word",
             "probability"),
            (
                (layer_name(layer), token.index, token_name(token),
                 float(lens.entropy_bits[layer, token.index]),
                 float(lens.kl_bits[layer, token.index]),
                 g.rank, g.id, spaced_word(g.text, g.leading_space), g.probability)
                for layer in range(len(lens.ids))
                for token in tokens
                for g in lens.candidates(layer, token.index)
            ),
        )  # fmt: skip

    def arrays(self) -> Arrays:
        """Return ids and log-probabilities, (layer + 1, token, k), and what describes each cell."""
        lens = self.lens
        arrays: dict[str, Any] = {
            "ids": lens.ids,
            "log_probabilities": lens.log_probabilities,
            "entropy_bits": lens.entropy_bits,
            "kl_bits": lens.kl_bits,
        }
        if lens.watched is not None:
            arrays["watched_id"] = np.array(lens.watched.id)
            arrays["watched_ranks"] = lens.watched.ranks
            arrays["watched_log_probabilities"] = lens.watched.log_probabilities
        return arrays


class RankScale(ColourScale):
    """A logarithmic scale whose ends are ranks, whole numbers."""

    def labels(self) -> tuple[str, str]:
        """Write the first and the last rank there is."""
        return f"{10**self.low:,.0f}", f"{10**self.high:,.0f}"


def read_lens(
    analysis: Analysis,
    first: tuple[int, ...],
    watch: str,
    asked: AskedModel,
    stop: Stop,
    report: Report,
) -> Generator[Read, None, Read | None]:
    """Read every layer of an analysed sentence, the columns in ``first`` before the others.

    A word that cannot be watched is noted, and the rest is read all the same.
    """
    note: Problem | None = None
    request, hidden = analysis.request, analysis.hidden
    try:
        steps = asked.engine.lens_steps(
            request, TOP, hidden=hidden, first=first, watch=watch or None, stop=stop
        )
    except (SeveralPieces, UnencodableText) as problem:
        note = problem
        steps = asked.engine.lens_steps(request, TOP, hidden=hidden, first=first, stop=stop)
    read = None
    for lens in steps:
        read = Read(analysis, lens, note)
        yield read
    return read
