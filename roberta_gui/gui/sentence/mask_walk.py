"""A mask that walks through a sentence: it hides one word after the other."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from roberta_gui.records import Token

Span = tuple[int, int]
"""Characters of a text, from and to."""


def word_spans(text: str, tokens: Sequence[Token]) -> list[Span]:
    """Return where the words stand that could be hidden, however many tokens each has."""
    ours = (token for token in tokens if token.segment == 0 and not token.is_control)
    spans = list[Span]()
    for _, group in groupby(ours, lambda token: (token.word, token.is_mask)):
        first, *_, last = *(pieces := list(group)), pieces[-1]
        if not first.is_mask and any(map(str.isalnum, text[first.start : last.end])):
            spans.append((first.start, last.end))
    return spans


def next_hidden(
    text: str, tokens: Sequence[Token], hidden: Mapping[Span, str], start: int
) -> tuple[Span | None, Span | None]:
    """Return the mask whose word comes back, and the word that is hidden next; None for none.

    ``hidden`` are words behind masks, by where the masks stand; the walk begins with the first word
    that ends behind character ``start``, and ends behind the last word.
    """
    mask = next((span for span in hidden if span[1] > start), next(iter(hidden), None))
    behind = start if mask is None else mask[1]
    return mask, next((span for span in word_spans(text, tokens) if span[1] > behind), None)
