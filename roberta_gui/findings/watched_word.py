"""A word to watch, as somebody types it and as it is shown."""

from roberta_gui.findings.glyphs import SPACE
from roberta_gui.findings.names import spaced_word


def literal(written: str) -> str:
    """Read a word as somebody wrote it: a visible space stands for a space."""
    return written.replace(SPACE, " ")


def spelled(word: str) -> str:
    """Write a literal word with the space in front of it made visible."""
    return spaced_word(word.removeprefix(" "), word.startswith(" "))


def what_is_watched(written: str, watched: str) -> str:
    """Say which word is watched, if it is spelled otherwise than it was written; else ""."""
    if watched == written:
        return ""
    return f"Watching {watched}, the form of “{written}” that is one token here."
