"""Reading through the lens: from a wish to what the panel draws, in short steps."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.choices import Tint
from roberta_gui.findings.marks import LensCells
from roberta_gui.findings.model import ModelHandle
from roberta_gui.findings.names import (
    array_index,
    axis_label,
    layer_name,
    spaced_word,
    the_layer,
    token_name,
)
from roberta_gui.findings.numbers import percentage
from roberta_gui.findings.scales import ColourScale
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.findings.watched_word import spelled, what_is_watched
from roberta_gui.problems import SeveralPieces, UnencodableText
from roberta_gui.records import Analysis, FloatArray, Lens, Report, Stop, Watched, WordOrRow

TOP: Final = 10
"""Guesses that each cell lists."""


@dataclass(frozen=True, eq=False)
class LensState:
    """What has been read of a sentence so far.

    Attributes
    ----------
    watch
        The word, or the row of the vocabulary, that somebody wanted to watch; "" for none.
    note
        What there is to say about it: why it is not watched, or which one is instead.
    baseline
        While heads are switched off: what has been read with every head on, None before.
    """

    analysis: Analysis
    lens: Lens
    watch: WordOrRow = ""
    note: str = ""
    baseline: "LensState | None" = None

    @property
    def is_complete(self) -> bool:
        """Whether every token has been read."""
        return bool(self.lens.computed.all())

    @cached_property
    def unwatched(self) -> "LensState":
        """The same, with no word watched."""
        baseline = None if self.baseline is None else self.baseline.unwatched
        return LensState(self.analysis, replace(self.lens, watched=None), baseline=baseline)

    @cached_property
    def changed(self) -> NDArray[np.bool_] | None:
        """Where the likeliest word is another than with every head on: bool (layer + 1, token).

        None while nothing is compared; what is not read on both sides has not changed.
        """
        if self.baseline is None:
            return None
        now, then = self.lens.ids[:, :, 0], self.baseline.lens.ids[:, :, 0]
        changed: NDArray[np.bool_] = (now != then) & (now >= 0) & (then >= 0)
        return changed

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
        return PercentScale(0.0, 1.0)

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
            unit={"entropy": "bits", "kl": "bits", "rank": "rank"}.get(tint, ""),
            changed=self.changed,
            ids=self.lens.ids[:, :, 0],
        )

    def tip(self, layer: int, token: int) -> str:
        """Say what hovering a cell tells."""
        lens, where = self.lens, token_name(self.analysis.tokens[token])
        guesses = lens.candidates(layer, token)[:3]
        if not guesses:
            return f"{where} · {the_layer(layer)}\nnot read yet"
        listed = "\n".join(
            f"{spaced_word(g.text, g.leading_space)}  {percentage(g.probability)}" for g in guesses
        )
        return "\n".join(
            part
            for part in (
                f"{where} · {the_layer(layer)}",
                listed,
                f"entropy {lens.entropy_bits[layer, token]:.2f} bits · "
                f"KL to the last layer {lens.kl_bits[layer, token]:.2f} bits",
                self.rank(layer, token),
                self.describe_change(layer, token),
                array_index("ids", layer, token),
            )
            if part
        )

    def rank(self, layer: int, token: int) -> str:
        """Say how the watched word fares in a cell; "" where none is watched."""
        watched = self.lens.watched
        if watched is None or watched.ranks[layer, token] < 1:
            return ""
        name = spaced_word(watched.text, watched.leading_space)
        told = f"“{name}” is number {_place(watched, layer, token)}"
        before = None if self.baseline is None else self.baseline.lens.watched
        if before is None or before.ranks[layer, token] < 1:
            return told
        return f"{told}; with every head on number {_place(before, layer, token)}"

    def describe_change(self, layer: int, token: int) -> str:
        """Say which word the cell would hold with every head on; "" if it is the same."""
        if self.baseline is None or self.changed is None or not self.changed[layer, token]:
            return ""
        before = self.baseline.lens.candidates(layer, token)[0]
        word = spaced_word(before.text, before.leading_space)
        return f"with every head on it is {word} ({percentage(before.probability)})"

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

    def decade(self, exponent: int) -> str:
        """Write a rank that is a power of ten."""
        return f"{10**exponent:,}"


class PercentScale(ColourScale):
    """A scale of probabilities, whose ends are written as everywhere else."""

    def labels(self) -> tuple[str, str]:
        """Write both ends in per cent."""
        return f"{self.low * 100:.0f} %", f"{self.high * 100:.0f} %"


@dataclass(frozen=True, eq=False)
class LensRequest:
    """What somebody wants to read.

    Attributes
    ----------
    analysis
        The sentence, with some heads switched off or none.
    baseline
        While some are: the same with every head on, to compare with.
    first
        The tokens that are wanted before the others.
    watch
        A word to follow, or a row of the vocabulary; "" for none.
    known
        What was read last: it may hold what is to be compared with.
    """

    analysis: Analysis
    baseline: Analysis | None = None
    first: tuple[int, ...] = ()
    watch: WordOrRow = ""
    known: LensState | None = None

    def known_of(self, analysis: Analysis | None) -> LensState | None:
        """Return the whole reading of an analysis, where it is known already."""
        for read in (self.known, self.known.baseline if self.known is not None else None):
            if read is not None and read.analysis is analysis and read.is_complete:
                if read.watch == self.watch:
                    return replace(read, baseline=None)
                return None if self.watch != "" else replace(read.unwatched, baseline=None)
        return None


def read_lens(
    wish: LensRequest, asked: ModelHandle, stop: Stop, report: Report
) -> Generator[LensState, None, LensState | None]:
    """Read every layer of an analysed sentence, some columns before the others.

    While heads are switched off, the sentence with every head on is read after it. A word that
    cannot be watched is noted, and the rest is read all the same.
    """
    baseline = wish.known_of(wish.baseline)
    read = None
    for read in _steps(wish.analysis, wish, asked, stop):
        read = replace(read, baseline=baseline)
        yield read
    if read is None or wish.baseline is None or baseline is not None:
        return read
    for baseline in _steps(wish.baseline, wish, asked, stop):
        read = replace(read, baseline=baseline)
        yield read
    return read


def _steps(
    analysis: Analysis, wish: LensRequest, asked: ModelHandle, stop: Stop
) -> Iterator[LensState]:
    if (known := wish.known_of(analysis)) is not None:
        return iter([known])

    def steps(watch: WordOrRow | None) -> Iterator[Lens]:
        return asked.engine.lens_steps(
            analysis.request, TOP, hidden=analysis.hidden, first=wish.first, watch=watch, stop=stop
        )

    note = ""
    try:
        lenses = steps(wish.watch if wish.watch != "" else None)
    except (SeveralPieces, UnencodableText) as problem:
        note, lenses = f"{problem.title} {problem.hint}", steps(None)
    return (
        LensState(analysis, lens, wish.watch, note or _describe_watched(wish.watch, lens))
        for lens in lenses
    )


def _describe_watched(wanted: WordOrRow, lens: Lens) -> str:
    """Say which word is watched, if it is spelled otherwise than it was typed."""
    if lens.watched is None or not isinstance(wanted, str):
        return ""
    name = spaced_word(lens.watched.text, lens.watched.leading_space)
    return what_is_watched(spelled(wanted), name)


def _place(watched: Watched, layer: int, token: int) -> str:
    """Write a rank and the probability that goes with it."""
    probability = float(np.exp(watched.log_probabilities[layer, token]))
    return f"{watched.ranks[layer, token]:,} ({percentage(probability)})"
