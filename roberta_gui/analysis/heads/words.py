"""Attention between words instead of tokens: pieces of a word put together."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, Token, read_only

Groups = tuple[tuple[int, ...], ...]
"""Which tokens belong together, by index; the groups stand in order of their first tokens."""


class WordAttention(NamedTuple):
    """Attention from word to word."""

    matrix: NDArray[np.float32]  # float32 (..., from group, to group)
    groups: Groups  # the token indexes of each group


def word_numbers(tokens: Sequence[Token]) -> NDArray[np.int64]:
    """Give the tokens' words as `to_words` wants them: int (token,), −1 at specials."""
    numbers = [-1 if token.word is None else token.word for token in tokens]
    return read_only(np.array(numbers, dtype=np.int64))


def word_groups(words: Sequence[int] | NDArray[np.integer]) -> Groups:
    """Put tokens together: equal numbers are one word, −1 is a group of its own each time."""
    found: dict[tuple[str, int], list[int]] = {}
    for index, word in enumerate(np.asarray(words).tolist()):
        # A key of another kind, so that a lone token never meets a word of the same number.
        found.setdefault(("alone", index) if word == -1 else ("word", word), []).append(index)
    return tuple(tuple(group) for group in found.values())


def to_words(attention: FloatArray, words: Sequence[int] | NDArray[np.integer]) -> WordAttention:
    """Turn attention between tokens into attention between words.

    To a word: the sum over its pieces. From a word: the mean over them (Clark et al. 2019,
    section 4.1). So rows still sum to 1; a mean on both sides would break that.

    Attention is float32 (..., query, key), ``words`` as `word_groups` takes them. Raises
    `problems.BadArgument` where there are not as many numbers as tokens.

    >>> attention = np.float32([[1, 0, 0], [0.5, 0.25, 0.25], [0, 0.5, 0.5]])
    >>> matrix, groups = to_words(attention, [-1, 4, 4])
    >>> matrix.tolist(), groups
    ([[1.0, 0.0], [0.25, 0.75]], ((0,), (1, 2)))
    """
    check_words(words, attention.shape[-1])
    groups = word_groups(words)
    order, starts = _laid_out(groups)
    rows = mean_from(attention, groups)
    matrix: NDArray[np.float32] = np.add.reduceat(rows[..., order], starts, axis=-1)
    return WordAttention(read_only(matrix), groups)


def mean_from(attention: FloatArray, groups: Groups) -> FloatArray:
    """Average over the queries of each group: (..., query, key) becomes (..., group, key)."""
    order, starts = _laid_out(groups)
    sizes = np.array([len(group) for group in groups], dtype=attention.dtype)
    summed: FloatArray = np.add.reduceat(attention[..., order, :], starts, axis=-2)
    return summed / sizes[:, np.newaxis]


def check_words(words: Sequence[int] | NDArray[np.integer], n_tokens: int) -> None:
    """Raise `problems.BadArgument` where there are not ``n_tokens`` word numbers."""
    if len(words) != n_tokens:
        raise BadArgument(
            f"{len(words)} word numbers do not fit {n_tokens} tokens.", "Give one for each token."
        )


def _laid_out(groups: Groups) -> tuple[NDArray[np.intp] | slice, NDArray[np.intp]]:
    """Put the groups one after the other: the tokens in that order, and where each begins."""
    order = np.array([index for group in groups for index in group], dtype=np.intp)
    ends = np.cumsum([len(group) for group in groups], dtype=np.intp)
    starts = np.concatenate([[0], ends])[: len(groups)].astype(np.intp)
    # Words nearly always stand in one piece each: then nothing needs to be moved, or copied.
    in_place = bool((order == np.arange(len(order))).all())
    return slice(None) if in_place else order, starts
