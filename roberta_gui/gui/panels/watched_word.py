"""A word to watch, as somebody types it: where it is no token, the same with a space in front."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TypeVar

from roberta_gui.gui.token_names import spaced_word
from roberta_gui.gui.widgets.tokens.token_glyphs import SPACE
from roberta_gui.problems import SeveralPieces

Step = TypeVar("Step")


def literal(written: str) -> str:
    """Read a word as somebody wrote it: a visible space stands for a space."""
    return written.replace(SPACE, " ")


def spelled(word: str) -> str:
    """Write a literal word with the space in front of it made visible."""
    return spaced_word(word.removeprefix(" "), word.startswith(" "))


def followed(word: str, steps: Callable[[str], Iterable[Step]]) -> tuple[str, Iterator[Step]]:
    """Begin work that watches a literal word; most words are tokens only after a space.

    A word that is a token as it stands is never read as another one.

    Returns
    -------
    str, iterator
        The word that is watched, and the work's steps.

    Raises
    ------
    problems.SeveralPieces
        The word is not one token with a space in front either; it tells of the word as written.
    problems.UnencodableText
        The word holds half a surrogate pair.
    """
    try:
        return word, _begun(steps(word))
    except SeveralPieces:
        if word.startswith(" ") or not word.strip():
            raise
        try:
            return f" {word}", _begun(steps(f" {word}"))
        except SeveralPieces:
            pass  # what is told is why the word itself cannot be watched
        raise


def what_is_watched(written: str, watched: str) -> str:
    """Say that another word is watched than the one that was written, "" if it is the same."""
    if watched == written:
        return ""
    return f"Watching {spelled(watched)}; “{spelled(written)}” alone is not one token."


def _begun(steps: Iterable[Step]) -> Iterator[Step]:
    """Take the first step, so that what is refused is refused now."""
    iterator = iter(steps)
    return chain(list(islice(iterator, 1)), iterator)
