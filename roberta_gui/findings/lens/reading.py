"""Reading through the lens: from a wish to what the panel draws, in short steps."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import Tint
from roberta_gui.findings.comparison.against import where_b_is
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
from roberta_gui.findings.numbers import percentage, written_change
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
    comparison
        What A is held against, if anything.
    of_b
        What has been read of B so far; None where nothing has, or its layers guess no words.
    """

    analysis: Analysis
    lens: Lens
    watch: WordOrRow = ""
    note: str = ""
    comparison: Comparison | None = None
    of_b: "LensState | None" = None

    @property
    def is_complete(self) -> bool:
        """Whether every token has been read."""
        return bool(self.lens.computed.all())

    @cached_property
    def unwatched(self) -> "LensState":
        """The same, with no word watched."""
        of_b = None if self.of_b is None else self.of_b.unwatched
        lens = replace(self.lens, watched=None)
        return LensState(self.analysis, lens, comparison=self.comparison, of_b=of_b)

    @cached_property
    def top_in_b(self) -> FloatArray | None:
        """B's likeliest words on A's cells, by A's rows: float (layer + 1, token).

        nan where there is no partner or it is not read on both sides, −1 for a word that A guesses
        nowhere; None while nothing is compared. Of two vocabularies the words' text decides.
        """
        if self.comparison is None or self.of_b is None:
            return None
        lens = self.of_b.lens
        rows = {word: row for row, word in self.lens.spelled.items()}
        same = self.comparison.has_same_tokenizer
        own = {row: row if same else rows.get(word, -1) for row, word in lens.spelled.items()}
        top = [[own.get(row, np.nan) for row in layer] for layer in lens.ids[:, :, 0].tolist()]
        found = self.comparison.partners(np.array(top, dtype=np.float64), "layer", "token")
        return np.where(self.lens.ids[:, :, 0] < 0, np.nan, found)

    @cached_property
    def changed(self) -> NDArray[np.bool_] | None:
        """Where the likeliest word is another than in B: bool (layer + 1, token)."""
        if (top := self.top_in_b) is None:
            return None
        return np.asarray(np.isfinite(top) & (self.lens.ids[:, :, 0] != top))

    @cached_property
    def change_bits(self) -> FloatArray | None:
        """A − B of the watched word's log-probability: float32 (layer + 1, token), in bits.

        nan where B has no partner, or no such word; None while no word is watched or nothing is
        compared.
        """
        watched = self.lens.watched
        if watched is None or self.comparison is None or self.of_b is None:
            return None
        b = self.of_b.lens.watched
        if b is None or (b.text, b.leading_space) != (watched.text, watched.leading_space):
            return np.full_like(watched.log_probabilities, np.nan)
        change = self.comparison.difference(_known(watched), _known(b), "layer", "token")
        return np.asarray(change / np.log(2), dtype=np.float32)

    def in_b(self, layer: int, token: int) -> tuple[int, int] | None:
        """Return the (layer, token) of B that a cell is held against, if it has been read."""
        if self.comparison is None or self.of_b is None:
            return None
        cell = int(self.comparison.layers[layer]), int(self.comparison.tokens[token])
        return cell if cell[1] >= 0 and self.of_b.lens.computed[cell[1]] else None

    def word(self, layer: int, token: int) -> str:
        """Write the likeliest word of a cell; "" where it is not read yet."""
        row = int(self.lens.ids[layer, token, 0])
        return "" if row < 0 else spaced_word(*self.lens.spelled[row])

    def values(self, tint: Tint) -> FloatArray:
        """Return what tints the cells, float32 (layer + 1, token), nan where not read yet."""
        lens = self.lens
        if tint == "difference" and self.change_bits is not None:
            return self.change_bits
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
        if tint == "difference" and self.change_bits is not None:
            most = max(float(np.nanmax(np.abs(self.change_bits), initial=0.0)), 0.1)
            return ColourScale(-most, most)
        if tint == "entropy":
            return ColourScale(0.0, float(np.log2(size)))
        if tint == "kl":
            return ColourScale(0.0, max(float(np.nanmax(self.lens.kl_bits, initial=0.0)), 1.0))
        if tint == "rank" and self.lens.watched is not None:
            return RankScale(0.0, float(np.log10(size)), log=True)
        return PercentScale(0.0, 1.0)

    def cells(self, tint: Tint) -> LensCells:
        """Return all that the grid draws and says."""
        change = self.change_bits if tint == "difference" else None
        hatched = () if change is None else np.flatnonzero(self._has_no_difference(change))
        return LensCells(
            values=self.values(tint),
            labels=tuple(axis_label(token) for token in self.analysis.tokens),
            scale=self.scale(tint),
            tip=self.tip,
            word=self.word,
            small_is_strong=tint in ("entropy", "kl", "rank")
            and not (tint == "rank" and self.lens.watched is None),
            unit={"rank": "rank", "probability": ""}.get(tint, "bits"),
            changed=self.changed,
            ids=self.lens.ids[:, :, 0],
            signed=change is not None,
            hatched=tuple(map(int, hatched)),
        )

    def _has_no_difference(self, change: FloatArray) -> NDArray[np.bool_]:
        """Tell which tokens will never have a difference, (token,): others are not read yet."""
        is_read = self.lens.computed & (self.of_b is not None and self.of_b.is_complete)
        return np.asarray(np.isnan(change).all(axis=0) & is_read)

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
        change, cell = self.change_bits, self.in_b(layer, token)
        b = None if self.of_b is None else self.of_b.lens.watched
        if change is None or cell is None or b is None or not np.isfinite(change[layer, token]):
            return told
        difference = f"A − B {written_change(float(change[layer, token]), 2)} bits"
        return f"{told}; {self._where_b_is} number {_place(b, *cell)}, {difference}"

    def describe_change(self, layer: int, token: int) -> str:
        """Say which word the cell has in B; "" if it is the same."""
        cell = self.in_b(layer, token)
        if cell is None or self.of_b is None or self.changed is None:
            return ""
        if not self.changed[layer, token]:
            return ""
        other = self.of_b.lens.candidates(*cell)[0]
        word = spaced_word(other.text, other.leading_space)
        return f"{self._where_b_is} it is {word} ({percentage(other.probability)})"

    @property
    def _where_b_is(self) -> str:
        return "" if self.comparison is None else where_b_is(self.comparison)

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
        if self.changed is not None:
            arrays["top_differs_from_b"] = self.changed
        if self.change_bits is not None:
            arrays["watched_bits_a_minus_b"] = self.change_bits
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
        The sentence.
    comparison
        What it is held against, if anything.
    first
        The tokens that are wanted before the others.
    watch
        A word to follow, or a row of the vocabulary; "" for none.
    known
        What was read last: it may hold what is to be compared with.
    """

    analysis: Analysis
    comparison: Comparison | None = None
    first: tuple[int, ...] = ()
    watch: WordOrRow = ""
    known: LensState | None = None

    def known_of(self, analysis: Analysis | None) -> LensState | None:
        """Return the whole reading of an analysis, where it is known already."""
        for read in (self.known, self.known.of_b if self.known is not None else None):
            if read is not None and read.analysis is analysis and read.is_complete:
                is_of_word = read.watch == self.watch
                if not is_of_word and self.watch != "":
                    return None
                return replace(read if is_of_word else read.unwatched, comparison=None, of_b=None)
        return None


def read_lens(
    wish: LensRequest, asked: ModelHandle, stop: Stop, report: Report
) -> Generator[LensState, None, LensState | None]:
    """Read every layer of an analysed sentence, some columns before the others.

    B is read after A. A word that cannot be watched is noted, and the rest is read all the same.
    """
    comparison = wish.comparison
    b = comparison.b if comparison is not None and comparison.b.model.can_fill_masks else None
    read, of_b = None, wish.known_of(b)
    for read in _steps(wish.analysis, wish, wish.watch, asked, stop):
        read = replace(read, comparison=comparison, of_b=of_b)
        yield read
    if read is None or comparison is None or b is None or of_b is not None:
        return read
    partners = [int(at) for at in comparison.tokens[[*wish.first]] if at >= 0]
    wish, watch = replace(wish, first=tuple(partners)), wish.watch
    if not comparison.has_same_tokenizer:
        watched = read.lens.watched
        watch = "" if watched is None else " " * watched.leading_space + watched.text
    for of_b in _steps(b, wish, watch, asked, stop):
        read = replace(read, of_b=of_b)
        yield read
    return read


def _steps(
    analysis: Analysis, wish: LensRequest, watch: WordOrRow, asked: ModelHandle, stop: Stop
) -> Iterator[LensState]:
    """Read one side; ``watch`` is how it calls the word that is watched."""
    if (known := wish.known_of(analysis)) is not None:
        return iter([known])
    engine, note = asked.engine_of(analysis.model), ""

    def steps(watch: WordOrRow | None) -> Iterator[Lens]:
        return engine.lens_steps(
            analysis.request, TOP, hidden=analysis.hidden, first=wish.first, watch=watch, stop=stop
        )

    try:
        lenses = steps(watch if watch != "" else None)
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


def _known(watched: Watched) -> FloatArray:
    """Return a word's log-probabilities, nan where they are not read yet."""
    return np.where(watched.ranks > 0, watched.log_probabilities, np.float32(np.nan))


def _place(watched: Watched, layer: int, token: int) -> str:
    """Write a rank and the probability that goes with it."""
    probability = float(np.exp(watched.log_probabilities[layer, token]))
    return f"{watched.ranks[layer, token]:,} ({percentage(probability)})"
