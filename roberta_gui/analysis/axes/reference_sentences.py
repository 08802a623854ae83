"""The reference sentences that axes are fitted on, and the words that stand in several of them."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from roberta_gui.records import FloatArray, TokenStates, read_only

N_WORDS: Final = 40
FEWEST_CONTEXTS: Final = 6
MOST_CONTEXTS: Final = 8
"""Enough for a mean over 15 to 28 pairs a word; more would only make the file larger."""

# With a space in front: at the start of a sentence a word is another token. Followed by
# nothing that a tokenizer might take together with it, such as the 't of "don't".
_WORD: Final = re.compile(r"(?<=\s)[^\W\d_]+(?=[\s.,;:!?]|$)")


def reference_sentences(path: Path) -> tuple[str, ...]:
    """Read a file of reference sentences, one a line; lines that start with ``#`` are notes."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


def reference_sha256(sentences: Iterable[str]) -> str:
    r"""Name a list of sentences by its content, so that cached axes know what they belong to.

    The SHA-256 in hexadecimal of the sentences in UTF-8, each ended by ``\n``. Notes and line
    endings of the file do not count: they change no axis.
    """
    return hashlib.sha256("".join(f"{one}\n" for one in sentences).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class RepeatedWords:
    """Raw hidden states of words that occur in several sentences."""

    hidden: FloatArray  # float32 (layer + 1, occurrence, feature): the mean over the word's pieces
    words: NDArray[np.int64]  # int64 (occurrence,): which word, an index into ``texts``
    texts: tuple[str, ...]  # the words themselves, in order of their first letters


class Occurrence(NamedTuple):
    """A word in one sentence: the characters ``start`` to ``end``."""

    word: int
    sentence: int
    start: int
    end: int


def choose_repeated(
    sentences: Sequence[str], seed: int = 0
) -> tuple[tuple[str, ...], tuple[Occurrence, ...]]:
    """Choose words that stand in enough sentences, and the sentences to read them in.

    Drawn by ``seed`` among all words with enough contexts, frequent or not, as Ethayarajh 2019
    does ("How Contextual are Contextualized Word Representations?", section 3.1). By their
    letters alone, so that models with different tokenizers are measured on the same words: at
    most `N_WORDS`, with `FEWEST_CONTEXTS` to `MOST_CONTEXTS` occurrences of each, no two of one
    word in the same sentence.

    >>> words, occurrences = choose_repeated([f"Line {n} has words." for n in range(7)])
    >>> words, len(occurrences), occurrences[0]
    (('has', 'words'), 14, Occurrence(word=0, sentence=0, start=7, end=10))
    """
    places: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for index, sentence in enumerate(sentences):
        for found in _WORD.finditer(sentence):
            places[found.group()].setdefault(index, found.span())
    enough = sorted(word for word, seen in places.items() if len(seen) >= FEWEST_CONTEXTS)
    random = np.random.default_rng(seed)
    drawn = random.permutation(len(enough))[:N_WORDS].tolist()
    words = tuple(enough[index] for index in sorted(drawn))
    occurrences = []
    for number, word in enumerate(words):
        contexts = list(places[word])
        kept = random.permutation(len(contexts))[:MOST_CONTEXTS].tolist()
        for sentence in sorted(contexts[index] for index in kept):
            occurrences.append(Occurrence(number, sentence, *places[word][sentence]))
    return words, tuple(occurrences)


def state_of(occurrence: Occurrence, read: TokenStates) -> NDArray[np.float32] | None:
    """Give the mean hidden state of a word's pieces in its sentence, float32 (layer + 1, feature).

    None where the word was cut off, or a token holds more than the word.
    """
    _, _, start, end = occurrence
    pieces = [
        place for place, token in enumerate(read.tokens) if token.start < end and start < token.end
    ]
    if not pieces:
        return None
    first, last = read.tokens[pieces[0]], read.tokens[pieces[-1]]
    if first.start != start or last.end != end:
        return None
    state: NDArray[np.float32] = read.hidden[:, pieces].mean(axis=1, dtype=np.float64)
    return state.astype(np.float32)


def gathered(
    texts: tuple[str, ...], found: Sequence[tuple[Occurrence, FloatArray]], empty: FloatArray
) -> RepeatedWords:
    """Put the states of all occurrences side by side, word by word; ``empty`` where there is none.

    Each state is float32 (layer + 1, feature), ``empty`` float32 (layer + 1, 0, feature).
    """
    found = sorted(found, key=lambda pair: pair[0])
    hidden = np.stack([state for _, state in found], axis=1) if found else empty
    words = np.array([occurrence.word for occurrence, _ in found], dtype=np.int64)
    return RepeatedWords(read_only(hidden), read_only(words), texts)
