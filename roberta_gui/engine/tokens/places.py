"""What stands in a sentence: texts put in place of a mask, and the tokens that they become.

One rule for whatever is clicked, watched, swept, filled in or scored: a text is put in place of a
mask, the sentence is tokenized again, and what then stands there counts. Which spaces a token
needs around it follows from what comes out.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.tokens.vocabulary import Piece
from roberta_gui.records import AnalysisRequest, Replacement, Token


class Place:
    """One mask of a segment's text, and the tokens beside it, which stay whatever is put there."""

    def __init__(self, tokenizer: TextTokenizer, text: str, mask: Token) -> None:
        self._tokenizer, self._text = tokenizer, text
        self._start, self._end = mask.start, mask.end
        tokens = tokenizer.tokenize(text)
        at = next(token.index for token in tokens if token.is_mask and token.start == mask.start)
        self._left, self._right = tokens[:at], tokens[at + 1 :]
        # Blanks that the mask has swallowed are tokens again where something else stands.
        self._swallows = tokens[at].leading_space
        # So are those that the tokenizer puts in behind a mask, and not behind a word.
        self._put_in = next((n for n, t in enumerate(self._right) if not _is_put_in(t)), 0)

    def replacement(self, ids: Sequence[int]) -> Replacement | None:
        """Find what to write so that exactly these tokens stand here; None if no text gives them.

        Of the forms that leave every other token alone the most natural one is taken; where there
        is none, one that changes no more than which tokens hold the blanks before it. ``ids`` are
        rows of the vocabulary: one, or those of a word.
        """
        second_best, pieces = None, [*map(self._tokenizer.vocabulary.piece, ids)]
        for form in _forms(self._text, self._start, self._end, pieces):
            found = self._standing(self._tokenizer.tokenize(form.applied(self._text)))
            if [token.id for token in found.tokens] == [*ids]:
                if not found.moves_blanks:
                    return form
                second_best = second_best or form
        return second_best

    def pieces(self, word: str) -> tuple[int, ...]:
        """Give the tokens that stand here once ``word`` does, as rows of the vocabulary.

        A space that begins the word is the one before it in the text, where there is one. ()
        where the word is empty, or runs together with what stands beside it.
        """
        if self._text[: self._start][-1:].isspace():
            word = word.lstrip(" ")
        if not word:
            return ()
        form = Replacement(self._start, self._end, word)
        tokens = self._tokenizer.tokenize(form.applied(self._text))
        return tuple(token.id for token in self._standing(tokens).tokens)

    def _standing(self, tokens: Sequence[Token]) -> "_Standing":
        """Pick the tokens that stand here; none if those beside them are not what they were."""
        for right in (self._right, self._right[self._put_in :]):
            end = len(tokens) - len(right)
            if _same(tokens[end:], right):
                break
        else:
            return _Standing(())
        left = self._left
        if _same(tokens[: len(left)], left):
            here = tokens[len(left) : end]
            n_blanks = next((n for n, token in enumerate(here) if not _is_blank(token)), 0)
            return (
                _Standing(here[n_blanks:], True) if self._swallows and n_blanks else _Standing(here)
            )
        if left and _is_blank(left[-1]) and _same(tokens[: len(left) - 1], left[:-1]):
            here = tokens[len(left) - 1 : end]  # a blank that stood alone begins a word now
            return _Standing(here if here and here[0].leading_space else (), True)
        return _Standing(())


class _Standing(NamedTuple):
    """The tokens that stand in a place; whether other tokens hold the blanks before it now."""

    tokens: Sequence[Token]
    moves_blanks: bool = False


def place_of(
    tokenizer: TextTokenizer, request: AnalysisRequest, tokens: Sequence[Token], at: int
) -> Place:
    """Find the place of the mask that is token ``at`` of a request.

    What was cut off behind the ``tokens`` is never read, and so not tokenized again.
    """
    mask = tokens[at]
    text = request.segment_text(mask.segment)
    read = max(token.end for token in tokens if token.segment == mask.segment)
    return Place(tokenizer, text[:read] if text[read:].strip() else text, mask)


def _forms(text: str, start: int, end: int, pieces: Sequence[Piece]) -> Iterator[Replacement]:
    """List how pieces may be written in place of a mask, from the most natural form on.

    What begins with a space replaces the one before the mask; what does not keeps it, as words of
    some vocabularies do, or goes without, as pieces do that go on with a word.
    """
    try:
        content = b"".join(piece.bytes for piece in pieces).decode()
    except UnicodeDecodeError:
        return  # part of a character
    core, n = content.lstrip(" ") or content, pieces[0].n_spaces if pieces else 0
    loose = start - len(text[:start].rstrip(" "))  # spaces, never line ends, may go
    after = len(text) - end - len(text[end:].lstrip(" "))
    kept, own, glued = (0, 0), (loose, n), (loose, 0)
    if n:
        lefts = [own, kept, (0, n), glued] if loose < start else [kept, own, (0, n), glued]
    else:
        lefts = [kept, glued, (0, 1), (loose, 1)]
    rights = [(0, 0), (0, 1), (after, 0)]
    seen = set()
    for (right, behind), (left, ahead) in product(rights, lefts):
        form = Replacement(start - left, end + right, " " * ahead + core + " " * behind)
        if content and form not in seen:
            seen.add(form)
            yield form


def _same(tokens: Sequence[Token], others: Sequence[Token]) -> bool:
    return [token.id for token in tokens] == [token.id for token in others]


def _is_blank(token: Token) -> bool:
    return not token.is_special and (token.text.isspace() or token.bytes.isspace())


def _is_put_in(token: Token) -> bool:
    """Whether a token is a blank of the tokenizer's own, which is not in the text."""
    return _is_blank(token) and token.start == token.end
