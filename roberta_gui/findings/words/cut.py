"""How a tokenizer cuts a word, step by step, in rows that people can read."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from roberta_gui.findings.notation.glyphs import STRAY_MEANING, is_stray, visible
from roberta_gui.findings.notation.marks import Guess, headed
from roberta_gui.findings.notation.numbers import written
from roberta_gui.findings.steps.model import TokenizerHandle
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import CutStep, CutWord, Dissection, Stop, read_only
from roberta_gui.wording import counted

LONGEST: int = 100
"""Characters of a word that are looked at; whatever is longer is hardly one."""

_PARTS = " · "

Unit = Literal[
    "", "id", "position", "rank", "longer pieces tried", "bytes", "characters", "pieces", "tokens",
    "bits", "cosine", "length",
]  # fmt: skip
"""What the number of a fact is; "" where it has none."""

_IN_TEXT: Final[tuple[Unit, ...]] = ("id", "position")
"""Units of numbers that the text has already."""
_COUNTED: Final[Mapping[Unit, str]] = {
    "bytes": "byte", "characters": "character", "pieces": "piece", "tokens": "token",
}  # fmt: skip
"""One of what is counted."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: what it is, in words, and as a number where it has one (nan: it has none).

    ``token`` is the token that the row is about, where it is about another one.
    """

    part: str
    name: str
    text: str
    value: float = math.nan
    unit: Unit = ""
    tip: str = ""
    token: int | None = None

    @property
    def number(self) -> str:
        """Write the value with its unit."""
        if math.isnan(self.value):
            return ""
        if self.unit in _IN_TEXT:
            return ""
        if self.unit == "rank":
            return f"rank {self.value:,.0f}"
        if self.unit == "longer pieces tried":
            return f"{self.value:.0f} {self.unit}"
        if self.unit in _COUNTED:
            return counted(int(self.value), _COUNTED[self.unit])
        return f"{written(self.value, 3)} {self.unit}".strip()


def rows_of(facts: Sequence[Fact]) -> tuple[tuple[Guess, ...], tuple[int | None, ...]]:
    """Write facts as a list's rows, a heading above each part; and which token each is about."""

    def row(fact: Fact) -> Guess:
        lines = f"{fact.name}: {fact.text}", fact.number, fact.tip
        tip = "\n".join(filter(None, lines))
        return Guess(fact.text, 0.0, tip, place=fact.name, number=fact.number)

    return headed((fact.part, row(fact), fact.token) for fact in facts)


def cuts_of(
    tokenizer: TokenizerHandle, word: str, stop: Stop | None = None
) -> tuple[Dissection, ...]:
    """Cut a word with a space before it, and without one; () for nothing but blanks."""
    bare = word.strip()[:LONGEST]
    return tuple(tokenizer.dissect(text, stop) for text in (f" {bare}", bare) if bare)


def ends_as(word: CutWord) -> tuple[str, ...]:
    """Return the readable pieces that come out in the end."""
    return word.steps[-1].pieces if word.steps else word.start


def cut_facts(cuts: Sequence[Dissection]) -> Iterator[Fact]:
    """Return a row for every step, under what is cut."""
    for cut in cuts:
        spaced = "with" if cut.text.startswith(" ") else "without"
        part = f"{visible(cut.text)}, {spaced} a space before it ({cut.kind})"
        for word in cut.words:
            yield from _steps(part, word, cut.kind)
        ids = ", ".join(map(str, cut.ids)) or "none"
        yield Fact(part, "ids", ids, len(cut.ids), "tokens", "Rows of the vocabulary")
        if not cut.agrees:
            yield Fact(part, "note", "The tokenizer itself gives other ids than these steps.")


def table_of(cuts: Sequence[Dissection]) -> Table:
    """Return the steps of every cut with their numbers."""
    rows = [(f.part, f.name, f.text, f.unit, f.value) for f in cut_facts(cuts)]
    return Table(("part", "step", "pieces", "unit", "value"), rows)


def arrays_of(cuts: Sequence[Dissection]) -> Arrays:
    """Return the ids of each cut, (token,)."""
    return {f"ids_{nth}": read_only(np.array(cut.ids, np.int64)) for nth, cut in enumerate(cuts)}


def caption_of(cuts: Sequence[Dissection]) -> str:
    """Say what comes out, and what byte pieces are, where there are any."""
    said = []
    for cut in cuts:
        pieces = tuple(piece for word in cut.words for piece in ends_as(word))
        said.append(f"{visible(cut.text)} becomes {_written(pieces) or 'nothing'}.")
    if any(is_stray(fact.text) for fact in cut_facts(cuts)):
        said.append(STRAY_MEANING)
    return " ".join(said)


def _steps(part: str, word: CutWord, kind: str) -> Iterator[Fact]:
    text = word.bytes.decode(errors="replace")
    characters, tip = _PARTS.join(map(visible, text)), "What is cut, as the tokenizer reads it"
    yield Fact(part, "characters", characters, len(text), "characters", tip)
    written_out, tip = word.bytes.hex(" ").upper(), "The same in UTF-8, hexadecimal"
    yield Fact(part, "bytes", written_out, len(word.bytes), "bytes", tip)
    begins, n = _written(word.start), len(word.start)
    if kind == "BPE" and word.steps:
        yield Fact(part, "start", begins, n, "pieces", "Every piece before the first merge")
    for nth, step in enumerate(word.steps, start=1):
        yield _step(part, nth, step, kind)
    if not word.steps:
        tip = "Nothing has to be joined or parted"
        yield Fact(part, "whole", begins, n, "pieces", tip)


def _step(part: str, nth: int, step: CutStep, kind: str) -> Fact:
    found, pieces = visible(step.found), _written(step.pieces)
    if kind == "BPE":
        tip = f"Joined to {found}: those pairs that were learned first have the lowest ranks"
        return Fact(part, f"merge {nth}", pieces, step.number, "rank", tip)
    if kind == "WordPiece":
        tip = f"{found} is the longest piece that the rest begins with"
        return Fact(part, f"piece {nth}", pieces, step.number, "longer pieces tried", tip)
    tip = f"{found}: of all ways to cut it, the one with the fewest bits in all"
    return Fact(part, f"piece {nth}", pieces, -step.number / math.log(2), "bits", tip)


def _written(pieces: Sequence[str]) -> str:
    return _PARTS.join(map(visible, pieces))
