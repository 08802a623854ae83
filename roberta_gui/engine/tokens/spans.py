"""Where a token stands in the text, from what the tokenizer reports about it.

The reports hold the space before a word; they give the character *after* a blank that the
tokenizer put in; and a named token such as ``<mask>`` may have swallowed the blanks around it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from roberta_gui.engine.tokens.vocabulary import Piece, Vocabulary


class Span(NamedTuple):
    """What a token covers: Python characters ``start`` to ``end``, its leading space outside."""

    start: int
    end: int
    leading_space: bool
    bytes: bytes
    is_control: bool = False


class SpanFinder:
    """Finds spans for the tokens of one tokenizer; immutable.

    ``named`` tokens are looked for in the text rather than by their row: those matched by name,
    and the one that stands in for unknown characters. ``control`` ids among them steer the model.
    ``exact``: the tokenizer changes no character, so that spaces are spaces.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        named: Mapping[int, str],
        control: frozenset[int],
        exact: bool,
    ) -> None:
        self._vocabulary = vocabulary
        self._named = named
        self._control = control
        self._exact = exact

    def find(self, token_id: int, source: str, start: int, end: int, previous: int) -> Span:
        """Place one token of a segment's ``source``.

        ``start`` and ``end`` are as the tokenizer reports them, leading spaces not trimmed off;
        ``previous`` is where the token before ends.
        """
        if token_id in self._named:
            return self._find_named(token_id, source, start, end)
        piece = self._vocabulary.piece(token_id)
        if piece.is_blank:
            return self._find_blank(piece, source, start, end, previous)
        if not piece.n_spaces:
            return Span(start, end, False, piece.bytes)
        if self._exact:
            # A space that the tokenizer put in is in the piece, but not here to be skipped.
            last = start + piece.n_spaces
            while start < last and source[start] == " ":
                start += 1
            return Span(start, end, True, piece.bytes)
        while start < end and source[start].isspace():
            start += 1
        return Span(start, end, True, piece.bytes)

    def _find_named(self, token_id: int, source: str, start: int, end: int) -> Span:
        covered = source[start:end]
        name = self._named[token_id]
        at = covered.find(name)
        if at >= 0:
            first, last = start + at, start + at + len(name)
        elif covered.isspace():
            first, last = start, end
        else:
            first, last = end - len(covered.lstrip()), end
        is_control = at >= 0 and token_id in self._control
        return Span(first, last, first > start, covered.encode(), is_control)

    def _find_blank(self, piece: Piece, source: str, start: int, end: int, previous: int) -> Span:
        covered = source[start:end]
        if covered == piece.text or (not self._exact and covered.isspace()):
            return Span(start, end, False, piece.bytes)
        # What is reported here is the next character. Either the blank was never in the text,
        # or the tokenizer dropped the blanks before it cut (WhitespaceSplit does): take these.
        end = start
        while not self._exact and start > previous and source[start - 1].isspace():
            start -= 1
        return Span(start, end, start == end, piece.bytes)
