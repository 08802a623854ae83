"""What a click does to the sentence: pure functions from text and token to an edit."""

from dataclasses import dataclass

from roberta_gui.findings.glyphs import is_stray
from roberta_gui.records import Candidate, Replacement, Token


@dataclass(frozen=True)
class Edit:
    """Put ``text`` in place of the characters from ``start`` to ``end``.

    ``remember`` is what a mask hides, so that it can be brought back.
    """

    start: int
    end: int
    text: str
    remember: str = ""


def of(found: Replacement) -> Edit:
    """Make an edit of what the engine found to be written."""
    return Edit(found.start, found.end, found.text)


def why_unwritable(candidate: Candidate) -> str:
    """Say why no text gives a guess in place of its mask."""
    if is_stray(candidate.text):
        return "It is only part of a character, and cannot stand without what completes it."
    return "However it is written there, the tokenizer reads other tokens."


def hide_token(token: Token, mask_token: str) -> Edit:
    """Put a mask in place of a token, which the mask remembers."""
    return Edit(token.start, token.end, mask_token, remember=token.text)
