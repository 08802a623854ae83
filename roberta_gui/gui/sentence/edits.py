"""What a click does to the sentence: pure functions from text and token to an edit."""

import re
from dataclasses import dataclass

from roberta_gui.records import Candidate, Replacement, Token

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


def of(found: Replacement) -> Edit:
    """Make an edit of what the engine found to be written."""
    return Edit(found.start, found.end, found.text)


def why_unwritable(candidate: Candidate) -> str:
    """Say why no text gives a guess in place of its mask."""
    if _BYTES.search(candidate.text) is not None:
        return "It is only part of a character, and cannot stand without what completes it."
    return "However it is written there, the tokenizer reads other tokens."


def hide_token(token: Token, mask_token: str) -> Edit:
    """Put a mask in place of a token, which the mask remembers."""
    return Edit(token.start, token.end, mask_token, remember=token.text)
