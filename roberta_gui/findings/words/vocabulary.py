"""The words of a model's vocabulary: which of them are to be listed, and in which order."""

from collections.abc import Collection, Generator, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.choices import GuessesChoices
from roberta_gui.findings.notation.glyphs import is_stray
from roberta_gui.findings.notation.marks import Rows
from roberta_gui.findings.steps.model import EngineHandle, Reads
from roberta_gui.records import Candidate, FillMask, FloatArray, ModelInfo

Word = tuple[str, bool]
"""What a token is to a reader: its text, and whether a space stands before it."""

_READ_AT_ONCE: Final = 2_000


class RankedWords(Rows[Candidate]):
    """Words of a vocabulary, best first: each is made when somebody looks at it.

    Parameters
    ----------
    ids, ranks
        int (word,): their rows of the vocabulary, and their places among all words, from 1.
    logarithms
        float32 (vocabulary,) natural log-probabilities.
    words
        The whole vocabulary.
    """

    def __init__(
        self,
        ids: NDArray[np.intp],
        ranks: NDArray[np.intp],
        logarithms: FloatArray,
        words: Sequence[Word],
    ) -> None:
        # No method of its own: a list that refers to itself would stay until garbage is collected.
        super().__init__(len(ids), partial(_candidate, ids, ranks, logarithms, words))
        self.ids, self._ranks, self._logarithms, self._words = ids, ranks, logarithms, words

    def __contains__(self, one: object) -> bool:
        """Tell whether a word is listed, without making all of them."""
        return isinstance(one, Candidate) and bool((self.ids == one.id).any())

    def column(self, name: str) -> Sequence[Any] | NDArray[Any]:
        """Return one attribute of all of them."""
        if name in ("text", "leading_space"):
            return [self._words[row][name != "text"] for row in self.ids.tolist()]
        shares = np.exp(self._logarithms[self.ids]).astype(np.float64)
        return {"id": self.ids, "rank": self._ranks, "probability": shares}[name]


def _candidate(
    ids: NDArray[np.intp],
    ranks: NDArray[np.intp],
    logarithms: FloatArray,
    words: Sequence[Word],
    nth: int,
) -> Candidate:
    row = int(ids[nth])
    return Candidate(int(ranks[nth]), row, *words[row], float(np.exp(logarithms[row])))


def column(candidates: Sequence[Candidate], name: str) -> Sequence[Any] | NDArray[Any]:
    """Return one attribute of all candidates of a list."""
    if isinstance(candidates, RankedWords):
        return candidates.column(name)
    return [getattr(candidate, name) for candidate in candidates]


def matches(word: Word, chosen: GuessesChoices, only: Collection[str] = ()) -> bool:
    """Tell whether a word of the vocabulary is one of those that are to be listed.

    ``only`` are the words to which a list is kept where that is chosen, as they are written.

    Examples
    --------
    >>> matches(("Berlin", True), GuessesChoices(search="^ber"))
    True
    >>> matches(("ing", False), GuessesChoices(whole=True))
    False
    >>> matches(("is", True), GuessesChoices(only=True), ["is", "are"])
    True
    """
    text, leading_space = word
    wanted, read = chosen.search.strip().casefold(), text.casefold()
    begins = wanted.startswith("^")
    if not (read.startswith(wanted[1:]) if begins else wanted in read):
        return False
    if (chosen.whole and not leading_space) or (chosen.only and text not in only):
        return False
    return not chosen.letters or (not is_stray(text) and any(map(str.isalnum, text)))


def spell_vocabulary(engine: EngineHandle) -> Generator[None, None, list[Word]]:
    """Spell every row of a model's vocabulary, in short steps."""
    words, n = list[Word](), engine.info.vocab_size
    for start in range(0, n, _READ_AT_ONCE):
        words += engine.spell(range(start, min(start + _READ_AT_ONCE, n)))
        yield
    return words


def read_wanted(
    model: ModelInfo, chosen: GuessesChoices, only: Collection[str], asked: Reads
) -> Generator[None, None, tuple[NDArray[np.bool_], list[Word]]]:
    """Read the vocabulary, once a model, and tell which of its words are to be listed."""
    words: list[Word] | None = asked.known.get(("vocabulary", model))
    if words is None:
        words = yield from spell_vocabulary(asked.engine_of(model))
        asked.known["vocabulary", model] = words
    is_wanted = np.ones(len(words), dtype=np.bool_)
    for start in range(0, len(words), _READ_AT_ONCE) if chosen.is_filtered else ():
        part = slice(start, start + _READ_AT_ONCE)
        is_wanted[part] = [matches(word, chosen, only) for word in words[part]]
        yield
    return is_wanted, words


def listing(
    fill: FillMask,
    row: FloatArray,
    most: int | None,
    is_wanted: NDArray[np.bool_],
    words: Sequence[Word],
) -> FillMask:
    """List the best of the wanted words by float32 (vocabulary,) log-probabilities.

    ``most`` is how many; None for all.
    """
    order = np.argsort(-row, kind="stable")
    at = np.flatnonzero(is_wanted[order])[:most]
    listed = RankedWords(order[at], at + 1, row, words)
    shares = np.exp(row, dtype=np.float64)
    return FillMask(
        fill.token_index,
        listed,
        fill.entropy_bits,
        min(1.0, float(shares[listed.ids].sum())),
        float(shares[~is_wanted].sum()),
    )
