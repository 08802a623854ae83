"""Which token of one sentence stands for which of another, to compare two passes."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from roberta_gui.records import AnalysisRequest, Token, read_only

Row = tuple[int | None, int | None]
"""A token of A and the token of B that it is compared with; None where there is none."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two sentences side by side: every token of both, each once, in reading order.

    Within a stretch that could not be paired, A's tokens come first.
    """

    rows: tuple[Row, ...]

    @property
    def pairs(self) -> NDArray[np.intp]:
        """Token indexes (pair, 2) of A and B: the rows that have both."""
        both = [row for row in self.rows if None not in row]
        return read_only(np.array(both, dtype=np.intp).reshape(-1, 2))


def align(a: Sequence[Token], b: Sequence[Token]) -> Alignment:
    """Pair the tokens of two sentences, in order.

    The first masks are a pair, the second masks are one, and so on. Between them a longest
    common subsequence of the ids is paired (Wagner & Fischer 1974), specials with specials only.
    Of what is left, two gaps of one length that face each other are paired token by token;
    gaps of different lengths stay alone, because nobody can tell which token stands for which.

    >>> from roberta_gui.records import Token
    >>> def word(index, id):
    ...     return Token(index, id, "", 0, 0, False, False, index, True, 0, b"")
    >>> a = [word(0, 7), word(1, 8), word(2, 9)]
    >>> align(a, [word(0, 7), word(1, 5), word(2, 9)]).rows
    ((0, 0), (1, 1), (2, 2))
    >>> align(a, [word(0, 7), word(1, 5), word(2, 6), word(3, 9)]).rows
    ((0, 0), (1, None), (None, 1), (None, 2), (2, 3))
    """
    masks = [[place for place, token in enumerate(side) if token.is_mask] for side in (a, b)]
    fixed = [*zip(*masks, strict=False), (len(a), len(b))]
    rows: list[Row] = []
    at_a = at_b = 0
    for mask_a, mask_b in fixed:
        matched = _common(_kinds(a[at_a:mask_a]), _kinds(b[at_b:mask_b]))
        anchors = [(at_a + place, at_b + other) for place, other in matched]
        for next_a, next_b in (*anchors, (mask_a, mask_b)):
            rows += _gap(a, b, range(at_a, next_a), range(at_b, next_b))
            if next_a < len(a) and next_b < len(b):
                rows.append((next_a, next_b))
            at_a, at_b = next_a + 1, next_b + 1
    return Alignment(tuple(rows))


def align_spans(
    a: Sequence[Token], b: Sequence[Token], of_a: AnalysisRequest, of_b: AnalysisRequest
) -> Alignment:
    """Pair the tokens that two tokenizers have cut from the same characters.

    Special tokens are paired in order where both have as many, and so are masks. Other texts are
    aligned word by word first, each segment with the same one: what stayed the same in both is
    compared. A token that the other tokenizer cuts otherwise stays alone, because no single token
    stands for it.

    >>> from roberta_gui.records import AnalysisRequest, Token
    >>> def piece(index, start, end):
    ...     return Token(index, 0, "", start, end, False, False, index, True, 0, b"")
    >>> a, b = [piece(0, 0, 3), piece(1, 4, 7)], [piece(0, 0, 3), piece(1, 4, 6), piece(2, 6, 7)]
    >>> align_spans(a, b, AnalysisRequest("the cat"), AnalysisRequest("the cat")).rows
    ((0, 0), (1, None), (None, 1), (None, 2))
    """
    places_a, places_b = list[Mapping[int, int]](), list[Mapping[int, int]]()
    for segment in (0, 1):
        one, other = _read(a, of_a, segment), _read(b, of_b, segment)
        places_a.append({at: at for at in range(len(one))})
        places_b.append({at_b: at_a for at_a, at_b in _moved(one, other)})
    keys_a, keys_b = _span_keys(a, places_a), _span_keys(b, places_b)
    n_a, n_b = (Counter(kind for kind, _ in keys) for keys in (keys_a, keys_b))
    known = {
        key: at
        for at, key in enumerate(keys_b)
        if n_a[key[0]] == n_b[key[0]] or key[0][0] == "mask"
    }
    rows: list[Row] = []
    end_b = 0
    for at_a, key in enumerate(keys_a):
        at_b = known.get(key)
        if at_b is None or at_b < end_b:
            rows.append((at_a, None))
            continue
        rows += ((None, alone) for alone in range(end_b, at_b))
        rows.append((at_a, at_b))
        end_b = at_b + 1
    return Alignment((*rows, *((None, alone) for alone in range(end_b, len(b)))))


def _kinds(tokens: Sequence[Token]) -> NDArray[np.int64]:
    """Give what may match, (token,): the id, and a typed ``<s>`` is not the template's."""
    return np.array([2 * token.id + token.is_special for token in tokens], dtype=np.int64)


def _common(a: NDArray[np.int64], b: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Give the places of a longest common subsequence, matching as early as possible."""
    # best[i, j]: how much a[i:] and b[j:] have in common.
    best = np.zeros((len(a) + 1, len(b) + 1), dtype=np.int64)
    for i in range(len(a) - 1, -1, -1):
        taken = np.maximum(best[i + 1, :-1], best[i + 1, 1:] + (a[i] == b))
        best[i, :-1] = np.maximum.accumulate(taken[::-1])[::-1]
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i + 1, j] >= best[i, j + 1]:
            i += 1
        else:
            j += 1


def _gap(a: Sequence[Token], b: Sequence[Token], gap_a: range, gap_b: range) -> list[Row]:
    """Pair two stretches without a match, if they are of one length; else leave them alone."""
    same = len(gap_a) == len(gap_b) and all(
        a[i].is_special == b[j].is_special for i, j in zip(gap_a, gap_b, strict=True)
    )
    if same:
        return list(zip(gap_a, gap_b, strict=True))
    return [*((i, None) for i in gap_a), *((None, j) for j in gap_b)]


_Kind = tuple[str, int, int, int]
_SpanKey = tuple[_Kind, int]


def _read(tokens: Sequence[Token], request: AnalysisRequest, segment: int) -> str:
    """Return what is read of a segment; the rest was cut off."""
    ends = (token.end for token in tokens if token.segment == segment)
    return request.segment_text(segment)[: max(ends, default=0)]


def _moved(a: str, b: str) -> Iterable[tuple[int, int]]:
    """Give the characters of the words that A and B have in common, as where they stand in each."""
    if a == b:
        return ((at, at) for at in range(len(a)))
    one, other = ([*re.finditer(r"\w+|\W", text)] for text in (a, b))
    words_a, words_b = ([found[0] for found in side] for side in (one, other))
    blocks = SequenceMatcher(None, words_a, words_b, autojunk=False).get_matching_blocks()
    return (
        (one[at_a + nth].start() + character, other[at_b + nth].start() + character)
        for at_a, at_b, size in blocks
        for nth in range(size)
        for character in range(len(one[at_a + nth][0]))
    )


def _span_keys(tokens: Sequence[Token], places: Sequence[Mapping[int, int]]) -> list[_SpanKey]:
    """Give each token what it is paired by: as which special, as which mask, or by its characters.

    ``places`` gives for each character of a segment the place in A; the last number tells pieces
    of one character apart. What stands nowhere in A has a key of its own.
    """
    keys: list[_SpanKey] = []
    seen = Counter[_Kind]()
    for token in tokens:
        segment = token.segment or 0
        first, last = (places[segment].get(at) for at in (token.start, token.end - 1))
        if token.is_special or token.is_mask:
            kind = ("special" if token.is_special else "mask", 0, 0, 0)
        elif first is None or last is None or last - first != token.end - 1 - token.start:
            kind = ("alone", token.index, id(places), 0)
        else:
            kind = ("span", first, last, segment)
        keys.append((kind, seen[kind]))
        seen[kind] += 1
    return keys
