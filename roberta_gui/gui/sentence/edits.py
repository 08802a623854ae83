"""What a click does to the sentence: pure functions from text and token to an edit."""

import re
from dataclasses import dataclass

from roberta_gui.records import Candidate, Token

_BYTES = re.compile(r"⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩|⟨row \d+⟩")
"""How the engine spells a row of the vocabulary that is no text of its own."""


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


def is_part_of_character(candidate: Candidate) -> bool:
    """Whether a guess is bytes that make no character alone, so that nothing can be written."""
    return _BYTES.search(candidate.text) is not None


def hide_token(token: Token, mask_token: str) -> Edit:
    """Put a mask in place of a token, which the mask remembers."""
    return Edit(token.start, token.end, mask_token, remember=token.text)
