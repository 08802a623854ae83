"""Samples: the hidden states of many sentences' tokens, to compare layers by.

The sentences are the reference ones, or those of a text file of the user's.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.outside import read_bytes, require_regular
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, TokenStates, read_only
from roberta_gui.wording import on_one_line

READ_AT_ONCE = 32
"""Sentences that are read together, sorted by length inside the engine."""

LARGEST_FILE: Final = 64_000_000
"""Bytes: about ten million words, far more than any sample takes."""

ReadStates = Callable[[Sequence[str]], Iterable[TokenStates]]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Tokens of several sentences, specials left out, in the order the sentences were read."""

    hidden: FloatArray  # float32 (layer + 1, token, feature): as the model gave them
    sentence: NDArray[np.int64]  # int64 (token,): its sentence, an index into ``sentences``
    spans: NDArray[np.int64]  # int64 (token, 2): ``start`` to ``end`` of its characters there
    sentences: tuple[str, ...]  # all sentences there are, read or not yet
    # Which sentences of the sample are longer than the model reads: how many tokens of them it
    # read, and how many it did not
    cut: Mapping[int, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def n_tokens(self) -> int:
        """Tokens in the sample."""
        return len(self.sentence)

    @property
    def n_sentences(self) -> int:
        """Sentences that gave at least one token."""
        return len(np.unique(self.sentence))


class Reading:
    """Reads sentences in a fixed shuffled order, only as many as are asked for, and keeps them.

    Shuffled, because the first tokens shall stand for all: a file may be sorted by length or
    by subject.
    """

    def __init__(self, sentences: Sequence[str], read: ReadStates, seed: int = 0) -> None:
        self._sentences = tuple(sentences)
        self._read = read
        self._order = np.random.default_rng(seed).permutation(len(self._sentences)).tolist()
        self._next = 0
        self._known: list[tuple[int, TokenStates]] = []

    def grow(self, n_tokens: int) -> Generator[None, None, Sample]:
        """Read until there are ``n_tokens``, or no sentence is left; the sample is returned.

        A step is one sentence of the engine's, at most about 100 ms. The sample is cut to
        ``n_tokens``, so that equal arguments give equal samples, whatever was read before.
        """
        while self._next < len(self._order):
            if sum(len(states.tokens) for _, states in self._known) >= n_tokens:
                break
            first = self._next
            chosen = self._order[first : first + READ_AT_ONCE]
            texts = [self._sentences[index] for index in chosen]
            read: list[TokenStates] = []
            for states in self._read(texts):
                read.append(states)
                yield
            if self._next == first:  # else another job has read these sentences meanwhile
                self._next = first + len(chosen)
                read.sort(key=lambda states: states.text_index)
                self._known.extend((chosen[s.text_index], s) for s in read if s.tokens)
        return self._cut(n_tokens)

    def _cut(self, n_tokens: int) -> Sample:
        hidden, sentence, spans, room = [], [], [], n_tokens
        cut = dict[int, tuple[int, int]]()
        for index, states in self._known:
            tokens = states.tokens[:room]
            if not tokens:
                break
            room -= len(tokens)
            hidden.append(states.hidden[:, : len(tokens)])
            sentence += [index] * len(tokens)
            spans += [(token.start, token.end) for token in tokens]
            if states.dropped_tokens:
                cut[index] = len(states.tokens), states.dropped_tokens
        together = np.concatenate(hidden, axis=1) if hidden else np.zeros((0, 0, 0), np.float32)
        return Sample(
            read_only(together),
            read_only(np.array(sentence, dtype=np.int64)),
            read_only(np.array(spans, dtype=np.int64).reshape(-1, 2)),
            self._sentences,
            MappingProxyType(cut),
        )


def sentences_of(path: Path) -> tuple[str, ...]:
    r"""Read the lines of a text file, each once and none that is blank.

    A line that comes again is read once: doubles are each other's neighbours in every layer.
    Raises `problems.BadArgument` for what cannot be read, is too large, no UTF-8 or all blanks.
    """
    name = on_one_line(path.name)
    try:
        if require_regular(path) > LARGEST_FILE:
            raise BadArgument(
                f"{name} is larger than {LARGEST_FILE // 1_000_000} MB.",
                "A few thousand sentences are plenty: take a part of it.",
            )
        content = read_bytes(path, LARGEST_FILE)
    except ValueError as error:  # a pipe, a device
        raise BadArgument(f"{name} is no ordinary file.", "Choose another file.") from error
    except OSError as error:
        raise BadArgument(
            f"{name} cannot be read.", f"{error.strerror or error}. Choose another file."
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(name) from error
    if "\x00" in text:
        raise _no_text(name)
    lines = (line.strip() for line in text.splitlines())
    sentences = tuple(dict.fromkeys(line for line in lines if line))
    if not sentences:
        raise BadArgument(f"{name} is empty.", "It takes a text file, one sentence a line.")
    return sentences


def _no_text(name: str) -> BadArgument:
    return BadArgument(
        f"{name} is not UTF-8 text.",
        "It takes plain text, one sentence a line, saved as UTF-8; an archive must be unpacked.",
    )
