"""What a click does to the sentence: pure functions from text and token to an edit."""

from dataclasses import dataclass

from roberta_gui.records import Candidate, Token


@dataclass(frozen=True)
class Edit:
    """Put ``text`` in place of the characters from ``start`` to ``end``.

    ``remember`` is what a mask hides, so that it can be brought back.
    """

    start: int
    end: int
    text: str
    remember: str = ""


def fill_mask(text: str, mask: Token, candidate: Candidate) -> Edit:
    """Put a guess in place of a mask, spaced as the model meant it.

    The mask token swallows the space before it, so the guess says itself whether it begins a
    word: then there is one space before it, else none.
    """
    start = mask.start
    while start > 0 and text[start - 1] == " ":
        start -= 1
    begins_word = candidate.leading_space and start > 0 and not text[start - 1].isspace()
    return Edit(start, mask.end, (" " if begins_word else "") + candidate.text)


def hide_token(token: Token, mask_token: str) -> Edit:
    """Put a mask in place of a token, which the mask remembers."""
    return Edit(token.start, token.end, mask_token, remember=token.text)
