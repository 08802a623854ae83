"""The words of two models side by side: the same ids, or for another tokenizer the same text."""

from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.model import EngineHandle, ModelHandle
from roberta_gui.findings.names import spaced_word
from roberta_gui.records import FloatArray, ModelInfo, read_only

Word = tuple[str, bool]
"""What a token is to a reader: its text, and whether a space stands before it."""

_SPELLED_AT_ONCE: Final = 2000


@dataclass(frozen=True, eq=False)
class Vocabularies:
    """All words of A, then those that only B has.

    Attributes
    ----------
    ids
        int (word, 2): the word's row in A's and in B's vocabulary, −1 where it is no token there.
    names
        The words, spelled for a reader.
    """

    models: tuple[ModelInfo, ModelInfo]
    ids: NDArray[np.intp]
    names: tuple[str, ...]

    @property
    def n_lacking(self) -> tuple[int, int]:
        """How many words are no token of A, and of B."""
        a, b = (self.ids < 0).sum(axis=0).tolist()
        return a, b

    def taken(self, logs: FloatArray, side: int) -> FloatArray:
        """Bring log-probabilities, (row,), of A (0) or B (1) to the words; −inf for none."""
        found: FloatArray = np.append(logs, -np.inf).astype(logs.dtype)[self.ids[:, side]]
        return read_only(found)


def pair_words(a: Sequence[Word], b: Sequence[Word]) -> NDArray[np.intp]:
    """Find for each word of A that of B with the same text, −1 for none; (row of A,).

    Where pieces look alike, the first ones belong together, the second ones, and so on.

    Examples
    --------
    >>> pair_words([("cat", True), ("x", False), ("x", False)], [("x", False), ("cat", True)])
    array([ 1,  0, -1])
    """
    rows = defaultdict[Word, list[int]](list)
    for row in range(len(b) - 1, -1, -1):
        rows[b[row]].append(row)
    found = (rows[word].pop() if rows.get(word) else -1 for word in a)
    return np.fromiter(found, dtype=np.intp, count=len(a))


def read_vocabularies(
    comparison: Comparison, asked: ModelHandle
) -> Generator[None, None, Vocabularies]:
    """Spell the words of A, and those of B if its tokenizer is another one, in short steps."""
    models = comparison.a.model, comparison.b.model
    a = yield from _spelled(asked.engine_of(models[0]))
    rows, names = np.arange(len(a), dtype=np.intp), [spaced_word(*word) for word in a]
    if comparison.has_same_tokenizer:
        return Vocabularies(models, np.stack([rows, rows], axis=1), tuple(names))
    b = yield from _spelled(asked.engine_of(models[1]))
    at_b = pair_words(a, b)
    only = np.setdiff1d(np.arange(len(b), dtype=np.intp), at_b)
    ids = np.stack([np.append(rows, np.full(len(only), -1)), np.append(at_b, only)], axis=1)
    names += (spaced_word(*b[row]) for row in only.tolist())
    return Vocabularies(models, read_only(ids), tuple(names))


def _spelled(engine: EngineHandle) -> Generator[None, None, list[Word]]:
    words, n = list[Word](), engine.info.vocab_size
    for start in range(0, n, _SPELLED_AT_ONCE):
        words += engine.spell(range(start, min(start + _SPELLED_AT_ONCE, n)))
        yield
    return words
