"""How a tokenizer cuts a word, step by step: replayed from its description, in plain Python.

Byte-pair encoding (Sennrich et al. 2016, section 3.2) joins the pair of neighbours that was
learned first until none is left that was learned. WordPiece (Devlin et al. 2019) takes the
longest piece that the rest of a word begins with, then goes on behind it. Unigram (Kudo 2018,
section 3.1) takes the pieces whose log-probabilities have the largest sum.
"""

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from tokenizers import Tokenizer

from roberta_gui.engine.tokens.vocabulary import Vocabulary
from roberta_gui.records import CutStep, CutWord, Dissection

_UNKNOWN_PENALTY = 10.0
"""What Unigram takes off the least log-probability for a character that no piece holds."""


class _Step(NamedTuple):
    """The piece that was found, the number that decided, and all pieces after it."""

    found: str
    number: float
    pieces: list[str]


class Dissector:
    """Replays how one tokenizer cuts words.

    Parameters
    ----------
    tokenizer
        It normalizes and splits into stretches, whose cutting is done anew here.
    vocabulary
        Makes readable what stands in the vocabulary.
    model
        What the tokenizer's description says about its model.
    """

    def __init__(self, tokenizer: Tokenizer, vocabulary: Vocabulary, model: dict[str, Any]) -> None:
        self._tokenizer, self._vocabulary, self._model = tokenizer, vocabulary, model
        self._kind: str = model["type"]
        self._rows: dict[str, int] = tokenizer.get_vocab(with_added_tokens=False)
        pairs = (one.split(" ") if isinstance(one, str) else one for one in model.get("merges", ()))
        self._ranks = {(left, right): rank for rank, (left, right) in enumerate(pairs)}
        self._scores: dict[str, float] = dict(model["vocab"]) if self._kind == "Unigram" else {}
        self._prefix: str = model.get("continuing_subword_prefix") or ""
        self._unknown: str | None = model.get("unk_token")
        if self._kind == "Unigram" and model.get("unk_id") is not None:
            self._unknown = model["vocab"][model["unk_id"]][0]

    def dissect(self, text: str) -> Dissection:
        """Cut a text in steps, and compare what comes out with the tokenizer's own ids."""
        normalizer, splitter = self._tokenizer.normalizer, self._tokenizer.pre_tokenizer
        normalized = text if normalizer is None else normalizer.normalize_str(text)
        stretches = [normalized] if normalized else []
        if splitter is not None:
            stretches = [stretch for stretch, _ in splitter.pre_tokenize_str(normalized)]
        words = tuple(map(self._word, stretches))
        own = tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)
        replayed = tuple(row for word in words for row in word.ids)
        return Dissection(text, self._kind, words, own, replayed == own)

    def _word(self, stretch: str) -> CutWord:
        start, steps = [stretch], list[_Step]()
        if self._kind == "BPE":
            if not (self._model.get("ignore_merges") and stretch in self._rows):
                start = list(self._symbols(stretch))
                steps = list(self._merged(start))
        elif self._kind == "WordPiece":
            steps = list(self._longest_first(stretch))
        elif self._kind == "Unigram":
            steps = list(self._likeliest(stretch))
        pieces = steps[-1].pieces if steps else start
        return CutWord(
            text=self._readable(stretch),
            bytes=self._vocabulary.spelled(stretch).bytes,
            start=tuple(map(self._readable, start)),
            steps=tuple(map(self._told, steps)),
            ids=tuple(row for row in map(self._row_of, pieces) if row is not None),
        )

    def _told(self, step: _Step) -> CutStep:
        after = tuple(map(self._readable, step.pieces))
        return CutStep(self._readable(step.found), step.number, after)

    def _readable(self, piece: str) -> str:
        one = self._vocabulary.spelled(piece)
        return " " * one.n_spaces + one.mark + one.text

    def _row_of(self, piece: str) -> int | None:
        return self._rows.get(piece, self._rows.get(self._unknown or ""))

    def _symbols(self, stretch: str) -> Iterator[str]:
        """Give what byte-pair encoding begins with: a character each, unknown ones in bytes."""
        suffix = self._model.get("end_of_word_suffix") or ""
        was_unknown = False
        for at, character in enumerate(stretch):
            symbol = (self._prefix if at else "") + character
            symbol += suffix if at == len(stretch) - 1 else ""
            known = [symbol] if symbol in self._rows else self._in_bytes(symbol)
            if not known and self._unknown and not (was_unknown and self._model.get("fuse_unk")):
                yield self._unknown
            yield from known
            was_unknown = not known

    def _in_bytes(self, text: str) -> list[str]:
        """Give the pieces that stand for the bytes of a text; none where some have no piece."""
        if not self._model.get("byte_fallback"):
            return []
        pieces = [f"<0x{byte:02X}>" for byte in text.encode()]
        return pieces if all(piece in self._rows for piece in pieces) else []

    def _merged(self, symbols: list[str]) -> Iterator[_Step]:
        """Join neighbours, the pair that was learned first before the others, from the left."""
        while True:
            pairs = list(pairwise(symbols))
            ranks = [self._ranks.get(pair, math.inf) for pair in pairs]
            rank = min(ranks, default=math.inf)
            if rank == math.inf:
                return
            at = ranks.index(rank)
            left, right = pairs[at]
            joined = left + right[len(self._prefix) :]
            symbols = [*symbols[:at], joined, *symbols[at + 2 :]]
            yield _Step(joined, rank, symbols)

    def _longest_first(self, stretch: str) -> Iterator[_Step]:
        """Take the longest piece that there is, again and again; counts those tried in vain."""
        pieces: list[str] = []
        at, most = 0, self._model.get("max_input_chars_per_word", 100)
        found: list[_Step] = []
        while at < len(stretch) <= most:
            ends = range(len(stretch), at, -1)
            tried = [(self._prefix if at else "") + stretch[at:end] for end in ends]
            nth = next((nth for nth, piece in enumerate(tried) if piece in self._rows), None)
            if nth is None:
                break
            pieces = [*pieces, tried[nth]]
            found.append(_Step(tried[nth], nth, pieces))
            at = ends[nth]
        if at < len(stretch) and self._unknown:  # a word of which a part is unknown is so itself
            found = [_Step(self._unknown, math.nan, [self._unknown])]
        yield from found

    def _likeliest(self, stretch: str) -> Iterator[_Step]:
        """Take the pieces with the largest sum of log-probabilities (Viterbi 1967)."""
        least = min(self._scores.values()) - _UNKNOWN_PENALTY
        longest = max(map(len, self._scores))
        best: list[tuple[float, int]] = [(0.0, 0), *[(-math.inf, 0)] * len(stretch)]
        for start in range(len(stretch)):
            for end in range(start + 1, min(start + longest, len(stretch)) + 1):
                score = self._scores.get(
                    stretch[start:end], least if end == start + 1 else -math.inf
                )
                if best[start][0] + score > best[end][0]:
                    best[end] = best[start][0] + score, start
        ends = [len(stretch)]
        while ends[-1] > 0:
            ends.append(best[ends[-1]][1])
        cut = [stretch[start:end] for end, start in pairwise(ends)][::-1]
        pieces: list[str] = []
        for piece, score in self._fused(cut):
            known = [piece] if piece in self._scores else self._in_bytes(piece) or [piece]
            pieces = [*pieces, *known]
            yield _Step(piece, score, pieces)

    def _fused(self, pieces: Iterable[str]) -> list[tuple[str, float]]:
        """Join unknown neighbours, which become one token together."""
        fused: list[tuple[str, float]] = []
        for piece in pieces:
            score = self._scores.get(piece, math.nan)
            if math.isnan(score) and fused and math.isnan(fused[-1][1]):
                fused[-1] = fused[-1][0] + piece, score
            else:
                fused.append((piece, score))
        return fused
