"""FULL-SENTENCES: rows filled with whole sentences, across documents (Liu et al. 2019, 4.2).

BERT's rows were pairs of segments, half of them wrongly matched, for next-sentence prediction.
RoBERTa's hold as many consecutive sentences as fit; where a document ends the next one follows
after a separator.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from roberta_gui import problems
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.training.text.tokenized_text import TokenizedText

N_FRAME = 2
"""``<s>`` in front and ``</s>`` at the end of each row."""


@dataclass(frozen=True, slots=True)
class Specials:
    """Rows of the vocabulary that frame, fill and hide."""

    start: int
    padding: int
    end: int
    mask: int
    vocab_size: int

    @classmethod
    def of(cls, tokenizer: TextTokenizer) -> Self:
        """Ask a tokenizer for its own.

        Raises `problems.NoMaskHead`: it has no mask.
        """
        if tokenizer.mask_id is None:
            raise problems.NoMaskHead(
                "This tokenizer has no <mask>.", "Make one with the tokenizer command."
            )
        # The template around nothing: what stands before and after every text.
        start, *_, end = (token.id for token in tokenizer.tokenize(""))
        return cls(start, tokenizer.pad_id, end, tokenizer.mask_id, tokenizer.vocab_size)

    @property
    def all(self) -> tuple[int, ...]:
        """Every special row: never masked, never drawn as a random word."""
        return (self.start, self.padding, self.end, self.mask)


def pack(text: TokenizedText, length: int) -> NDArray[np.int64]:
    """Share the stream out among rows, each with as many whole sentences as it has room for.

    Gives begin and end of each row in ``text.ids``, int64 (row, 2); ``length`` counts ``<s>`` and
    ``</s>``. A sentence that is longer than a row fills rows of its own; nothing is dropped. Raises
    `problems.BadArgument` where there is no room for a token.
    """
    room = length - N_FRAME
    if room < 1:
        raise problems.BadArgument(f"Rows of {length} tokens hold no text.", "Use 8 or more.")
    starts, stops = text.starts, text.stops
    rows: list[tuple[int, int]] = []
    sentence = 0
    begin = int(starts[0]) if len(starts) else 0
    while sentence < len(stops):
        # The first sentence that no longer fits behind `begin`.
        following = int(np.searchsorted(stops, begin + room, side="right"))
        if following <= sentence:
            rows.append((begin, begin + room))
            begin += room
            continue
        rows.append((begin, int(stops[following - 1])))
        sentence = following
        begin = int(starts[sentence]) if sentence < len(starts) else begin
    return np.array([row for row in rows if row[1] > row[0]], np.int64).reshape(-1, 2)


def frame(
    ids: NDArray[np.unsignedinteger[Any]], rows: NDArray[np.int64], length: int, specials: Specials
) -> NDArray[np.int64]:
    """Write rows of `pack` as the network reads them, framed and padded: int64 (row, token)."""
    framed = np.full((len(rows), length), specials.padding, np.int64)
    framed[:, 0] = specials.start
    for row, (begin, end) in zip(framed, rows, strict=True):
        row[1 : 1 + end - begin] = ids[begin:end]
        row[1 + end - begin] = specials.end
    return framed
