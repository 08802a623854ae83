"""What can be said about a whole text from the surprisal of its tokens."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class WordBits(NamedTuple):
    """A word of several tokens, from ``first`` to ``last``, and the sum of their surprisal."""

    first: int
    last: int
    bits: float


def word_bits(bits: NDArray[np.float64], words: Sequence[int | None]) -> tuple[WordBits, ...]:
    """Add up the surprisal of words that were cut into several tokens.

    Scored from left to right within a word, each piece with the later ones hidden, the sum is
    the surprisal of the whole word (Kauf & Ivanova 2023, section 2). Of each token, (token,), come
    its surprisal, nan where it was not scored, and its word, None for none. Words of one token, or
    with one that was not scored, are left out.

    >>> word_bits(np.array([np.nan, 2.0, 3.0, 1.5, np.nan]), [None, 0, 1, 1, None])
    (WordBits(first=2, last=3, bits=4.5),)
    """
    found = []
    for word, places in groupby(range(len(words)), key=lambda place: words[place]):
        first, *others = places
        if word is None or not others:
            continue
        total = float(bits[first : others[-1] + 1].sum())
        if not np.isnan(total):
            found.append(WordBits(first, others[-1], total))
    return tuple(found)


def pseudo_perplexity(bits: NDArray[np.float64]) -> float:
    """Tell how surprised a masked language model is by a text, one token with another.

    2 to the mean surprisal in bits (Salazar et al. 2020, section 2.3, for one text), 1 where every
    token was certain. It compares texts and models; it is no probability, because each token was
    guessed from both sides. Tokens of nan, which were not scored, do not count.

    >>> pseudo_perplexity(np.array([np.nan, 1.0, 3.0, np.nan]))
    4.0
    """
    scored = bits[~np.isnan(bits)]
    return float(np.exp2(scored.mean())) if len(scored) else float("nan")
