"""What every layer would guess, read in short steps and said."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import Tint
from roberta_gui.findings.comparison.against import (
    describe_depth,
    describe_likelier,
    layer_of_b,
    names_of,
    sides_of,
    why_not,
)
from roberta_gui.findings.notation.marks import Guess, LensCells
from roberta_gui.findings.notation.names import (
    array_index,
    axis_label,
    layer_name,
    spaced_word,
    the_layer,
    the_layer_first,
    token_name,
)
from roberta_gui.findings.notation.numbers import percentage
from roberta_gui.findings.notation.places import need_places
from roberta_gui.findings.notation.scales import ColourScale, PercentScale, RankScale
from roberta_gui.findings.tables import Arrays, Table, TableRows
from roberta_gui.records import (
    Analysis,
    Candidate,
    FloatArray,
    Lens,
    WatchedWord,
    WordOrRow,
)

TOP: Final = 10
"""Guesses that each cell lists."""

CAVEAT: Final = (
    "Every layer is read with the last layer's head, for which the others were not trained: "
    "read the entropy with their guesses. The top row is the model's own."
)
SHORT_CAVEAT: Final = "only the last layer was trained for this head"

_LONGEST_NAME = 18
_TO_WATCH = "Click to watch it through the layers"


class TintValues(NamedTuple):
    """What a tint shows: float32 (layer + 1, token), nan where not read yet, and what it means."""

    values: FloatArray
    scale: ColourScale
    meaning: str
    unit: str = "bits"
    small_is_strong: bool = False


@dataclass(frozen=True, eq=False)
class LensState:
    """What has been read of a sentence so far.

    ``watch`` is the word, or the row of the vocabulary, that somebody wanted to watch, "" for
    none; ``note`` says why it is not watched, or which one is instead. ``of_b`` is what has been
    read of B so far; None where nothing has, or its layers guess no words.
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
        """Bits by which the watched word is likelier in A than in B: float32 (layer + 1, token).

        nan where B has no partner, or no such word; None while no word is watched or nothing is
        compared.
        """
        watched = self.lens.watched
        if watched is None or self.comparison is None or self.of_b is None:
            return None
        b = self.of_b.lens.watched
        if b is None or (b.text, b.leading_space) != (watched.text, watched.leading_space):
            return np.full_like(watched.log_probabilities, np.nan)
        here, there = (
            np.where(each.ranks > 0, each.log_probabilities, np.float32(np.nan))
            for each in (watched, b)
        )
        change = self.comparison.difference(here, there, "layer", "token")
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

    def tinted(self, tint: Tint) -> TintValues:
        """Return what tints the cells; a watched word's tints need one, or are the first one."""
        lens, size = self.lens, self.lens.model.vocab_size
        if tint == "difference" and self.change_bits is not None:
            most = max(float(np.nanmax(np.abs(self.change_bits), initial=0.0)), 0.1)
            sides = names_of(self.comparison)
            meaning = f"by how much the watched word is likelier {sides.in_a} than {sides.in_b}"
            return TintValues(self.change_bits, ColourScale(-most, most), meaning)
        if tint == "entropy":
            scale = ColourScale(0.0, float(np.log2(size)))
            meaning = "the entropy of all guesses"
            return TintValues(lens.entropy_bits, scale, meaning, small_is_strong=True)
        if tint == "kl":
            scale = ColourScale(0.0, max(float(np.nanmax(lens.kl_bits, initial=0.0)), 1.0))
            meaning = "the divergence of the last layer's guesses from this layer's"
            return TintValues(lens.kl_bits, scale, meaning, small_is_strong=True)
        if tint == "rank" and lens.watched is not None:
            ranks = lens.watched.ranks.astype(np.float32)
            ranks = np.where(ranks > 0, ranks, np.float32(np.nan))
            scale = RankScale(0.0, float(np.log10(size)), log=True)
            return TintValues(ranks, scale, "the rank of the watched word", "rank", True)
        best = np.asarray(np.exp(lens.log_probabilities[:, :, 0]))
        return TintValues(best, PercentScale(0.0, 1.0), "the probability of the likeliest word", "")

    def cells(self, tint: Tint) -> LensCells:
        """Return all that the grid draws and says."""
        tinted, change = self.tinted(tint), self.change_bits if tint == "difference" else None
        hatched = () if change is None else self._without_difference(change)
        return LensCells(
            values=tinted.values,
            labels=tuple(axis_label(token) for token in self.analysis.tokens),
            scale=tinted.scale,
            tip=self.tip,
            word=self.word,
            small_is_strong=tinted.small_is_strong,
            unit=tinted.unit,
            changed=self.changed,
            ids=self.lens.ids[:, :, 0],
            signed=change is not None,
            hatched=hatched,
        )

    def _without_difference(self, change: FloatArray) -> tuple[int, ...]:
        """Return the tokens that will never have a difference: others are not read yet."""
        is_read = self.lens.computed & (self.of_b is not None and self.of_b.is_complete)
        return tuple(np.flatnonzero(np.isnan(change).all(axis=0) & is_read).tolist())

    def tip(self, layer: int, token: int) -> str:
        """Say what hovering a cell tells."""
        lens, where = self.lens, token_name(self.analysis.tokens[token])
        guesses = lens.candidates(layer, token)[:3]
        if not guesses:
            return f"{where} · {the_layer(layer)}\nnot read yet"
        told = (
            f"{where} · {the_layer(layer)}",
            *(f"{word_of(guess)}  {percentage(guess.probability)}" for guess in guesses),
            f"entropy {lens.entropy_bits[layer, token]:.2f} bits · "
            f"KL to the last layer {lens.kl_bits[layer, token]:.2f} bits",
            self.rank(layer, token),
            self.describe_change(layer, token),
            array_index("ids", layer, token),
        )
        return "\n".join(part for part in told if part)

    def rank(self, layer: int, token: int) -> str:
        """Say how the watched word fares in a cell; "" where none is watched."""
        watched = self.lens.watched
        if watched is None or watched.ranks[layer, token] < 1:
            return ""
        told = f"“{word_of(watched)}” is number {_place(watched, layer, token)}"
        change, cell = self.change_bits, self.in_b(layer, token)
        b = None if self.of_b is None else self.of_b.lens.watched
        if change is None or cell is None or b is None or not np.isfinite(change[layer, token]):
            return told
        difference = describe_likelier(float(change[layer, token]), names_of(self.comparison))
        where = layer_of_b(self.comparison, layer)
        return f"{told}; {where} number {_place(b, *cell)}: {difference}"

    def describe_change(self, layer: int, token: int) -> str:
        """Say which word the cell has in B; "" if it is the same."""
        cell = self.in_b(layer, token)
        if cell is None or self.of_b is None or self.changed is None:
            return ""
        if not self.changed[layer, token]:
            return ""
        other, where = self.of_b.lens.candidates(*cell)[0], layer_of_b(self.comparison, layer)
        return f"{where} it is {word_of(other)} ({percentage(other.probability)})"

    def table(self) -> Table:
        """Return every guess that has been read, its probability last.

        Behind it stands B's layer that its layer is held against.
        """
        lens, tokens = self.lens, self.analysis.tokens
        layers_b = [] if self.comparison is None else self.comparison.layers.tolist()
        beside: list[tuple[str, ...]] = [(layer_name(layer),) for layer in layers_b]
        beside += [()] * (len(lens.ids) - len(beside))
        columns = (
            "layer", "token_index", "token", "entropy_bits", "kl_bits", "rank", "id", "word",
            "probability", *(["layer_b"] if layers_b else []),
        )  # fmt: skip
        rows = TableRows(
            lambda: (
                (layer_name(layer), token.index, token_name(token),
                 float(lens.entropy_bits[layer, token.index]),
                 float(lens.kl_bits[layer, token.index]),
                 g.rank, g.id, word_of(g), g.probability, *beside[layer])
                for layer in range(len(lens.ids))
                for token in tokens
                for g in lens.candidates(layer, token.index)
            )
        )  # fmt: skip
        return Table(columns, rows)

    def arrays(self) -> Arrays:
        """Return ids and log-probabilities, (layer + 1, token, k), and what describes each cell."""
        lens, watched = self.lens, self.lens.watched
        arrays: dict[str, Any] = {
            "ids": lens.ids,
            "log_probabilities": lens.log_probabilities,
            "entropy_bits": lens.entropy_bits,
            "kl_bits": lens.kl_bits,
            "watched_id": None if watched is None else np.array(watched.id),
            "watched_ranks": None if watched is None else watched.ranks,
            "watched_log_probabilities": None if watched is None else watched.log_probabilities,
            "top_differs_from_b": self.changed,
            "watched_bits_likelier_in_a": self.change_bits,
            "layer_of_b": None if self.comparison is None else self.comparison.layers,
        }
        return {name: array for name, array in arrays.items() if array is not None}


def _place(watched: WatchedWord, layer: int, token: int) -> str:
    """Write a rank and the probability that goes with it."""
    probability = float(np.exp(watched.log_probabilities[layer, token]))
    return f"{watched.ranks[layer, token]:,} ({percentage(probability)})"


def word_of(word: Candidate | WatchedWord) -> str:
    """Write a guess, or the word that is watched."""
    return spaced_word(word.text, word.leading_space)


def table(run: Analysis | Comparison, lens: Lens, of_b: Lens | None = None) -> Table:
    """Return every guess of every layer, its probability last."""
    return _read(run, lens, of_b).table()


def arrays(run: Analysis | Comparison, lens: Lens, of_b: Lens | None = None) -> Arrays:
    """Return ids and log-probabilities, (layer + 1, token, k), and what describes each cell."""
    return _read(run, lens, of_b).arrays()


def caption(
    run: Analysis | Comparison, lens: Lens, layer: int, token: int, tint: Tint = "probability",
    of_b: Lens | None = None,
) -> str:  # fmt: skip
    """Say what a layer (0: the embeddings) guesses at a token, and how to read that."""
    need_places(layer=(layer, len(lens.ids)), token=(token, lens.ids.shape[1]))
    return describe(_read(run, lens, of_b), layer, token, tint)


def _read(run: Analysis | Comparison, lens: Lens, of_b: Lens | None) -> LensState:
    a, comparison = sides_of(run)
    b = None if comparison is None or of_b is None else LensState(comparison.b, of_b)
    return LensState(a, lens, comparison=comparison, of_b=b)


def describe(
    read: LensState, layer: int, token: int, tint: Tint, *, has_ended: bool = False
) -> str:
    """Say what the colours mean, what one cell holds, and how to read all of it.

    What ``has_ended`` is read no further.
    """
    cell = f"{the_layer_first(layer)} at “{token_name(read.analysis.tokens[token])}”"
    if guesses := read.lens.candidates(layer, token):
        listed = ", ".join(f"{word_of(g)} {percentage(g.probability)}" for g in guesses)
        cell = f"{cell}: {listed}. {'; '.join(figures(read, layer, token))}."
    else:
        cell = f"{cell} is not read." if has_ended else f"{cell} is being read."
    return describe_reading(read, tint, cell)


def describe_reading(read: LensState, tint: Tint, cell: str = "") -> str:
    """Say what the colours mean, how much differs from B, and how to read all of it."""
    told = describe_tint(read, tint), cell, describe_changes(read), CAVEAT
    return " ".join(part for part in told if part)


def describe_tint(read: LensState, tint: Tint) -> str:
    """Say what the colours mean."""
    tinted = read.tinted(tint)
    low, high = tinted.scale.labels()
    unit = " bits" if tinted.unit == "bits" else ""
    hatched = ""
    if read.cells(tint).hatched:
        is_word = read.of_b is not None and read.of_b.lens.watched is not None
        missing = "no partner" if is_word else "a word that is no single token"
        hatched = f" Hatched: {missing} {names_of(read.comparison).in_b}."
    return f"Tint: {tinted.meaning}, {low} – {high}{unit}.{hatched}"


def figures(read: LensState, layer: int, token: int) -> list[str]:
    """Say how sure a cell is, and how far from the last layer; [] where it is not read yet."""
    lens = read.lens
    if lens.ids[layer, token, 0] < 0:
        return []
    told = (
        f"Entropy {lens.entropy_bits[layer, token]:.2f} bits",
        f"{lens.kl_bits[layer, token]:.2f} bits from the last layer (KL)",
        read.rank(layer, token),
        read.describe_change(layer, token),
    )
    return [part for part in told if part]


def line(read: LensState, layer: int, token: int) -> str:
    """Say in one line which cell is listed, and with which reservation it is to be read."""
    name = token_name(read.analysis.tokens[token])
    if len(name) > _LONGEST_NAME:
        name = f"{name[: _LONGEST_NAME - 1]}…"
    is_last = layer == len(read.lens.ids) - 1
    own = "the model's own guesses" if is_last else SHORT_CAVEAT
    parts = (f"{the_layer_first(layer)} at {name}", _changes(read), own)
    return " · ".join(part for part in parts if part)


def describe_changes(read: LensState) -> str:
    """Say how many of the likeliest words are others than in B; "" with no B."""
    if read.comparison is None:
        return ""
    if not (told := _changes(read)):
        return why_not(read.comparison, "can_compare_guesses")
    return f"{told}, marked in their corners. {describe_depth(read.comparison)}".rstrip()


def _changes(read: LensState) -> str:
    if read.changed is None or read.top_in_b is None:
        return ""
    known = np.isfinite(read.top_in_b)
    in_b = names_of(read.comparison).in_b
    return f"{read.changed.sum():,} of {known.sum():,} top guesses are others {in_b}"


def row(candidate: Candidate) -> Guess:
    """Write a guess as the lists show it."""
    word = word_of(candidate)
    lines = f"{word}  {percentage(candidate.probability)}", f"id {candidate.id}", _TO_WATCH
    return Guess(word, candidate.probability, "\n".join(lines))
