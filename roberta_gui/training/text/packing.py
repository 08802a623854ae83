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
    vocab_size: int  # rows that can be drawn: of the vocabulary, those that the model has

    @classmethod
    def of(cls, tokenizer: TextTokenizer) -> Self:
        """Ask a tokenizer for its own.

        Raises `problems.NoMaskHead` where it has no mask, `problems.BrokenCheckpoint` where it puts
        nothing around a text.
        """
        if tokenizer.mask_id is None:
            raise problems.NoMaskHead(
                "This tokenizer has no <mask>.", "Make one with the tokenizer command."
            )
        # The template around nothing: what stands before and after every text.
        around = [token.id for token in tokenizer.tokenize("")]
        if len(around) < N_FRAME:
            raise problems.BrokenCheckpoint(
                "This tokenizer puts no tokens before and after a text.",
                "Add a post_processor with <s> and </s> to its tokenizer.json, or make one with "
                "the tokenizer command.",
            )
        ends = around[0], tokenizer.pad_id, around[-1]
        return cls(*ends, tokenizer.mask_id, tokenizer.n_known)

    @property
    def all(self) -> tuple[int, ...]:
        """Every special row: never masked, never drawn as a random word."""
        return (self.start, self.padding, self.end, self.mask)


def pack(text: TokenizedText, length: int, *, fill: bool = False) -> NDArray[np.int64]:
    """Share the stream out among rows, each with as many whole sentences as it has room for.

    Gives begin and end of each row in ``text.ids``, int64 (row, 2); ``length`` counts ``<s>`` and
    ``</s>``. A sentence that is longer than a row fills rows of its own; nothing is dropped. With
    ``fill`` every row is full: its last sentence is cut, and the next row begins with that one
    anew, so that a quarter of the text or less is read twice. Raises `problems.BadArgument` where
    there is no room for a token.
    """
    room = length - N_FRAME
    if room < 1:
        raise problems.BadArgument(f"Rows of {length} tokens hold no text.", "Use 8 or more.")
    n_parts = -(-(text.stops - text.starts) // room)  # (sentence,): rows that it takes alone
    first = np.repeat(n_parts.cumsum() - n_parts, n_parts)  # (part,)
    starts = np.repeat(text.starts, n_parts) + (np.arange(len(first)) - first) * room  # (part,)
    stops = np.minimum(np.repeat(text.stops, n_parts), starts + room)  # (part,)
    # The first part that no longer fits in a row that begins with this one.
    following = np.searchsorted(stops, starts + room, side="right")  # (part,)
    jumps, part, opening = following.tolist(), 0, []
    while part < len(jumps):
        opening.append(part)
        part = jumps[part]
    begin, end = starts[opening], stops[following[opening] - 1]  # (row,)
    if fill:
        begin = np.clip(len(text.ids) - room, 0, begin)
        end = np.minimum(begin + room, len(text.ids))
    return np.stack([begin, end], axis=1)


def frame(
    ids: NDArray[np.unsignedinteger[Any]], rows: NDArray[np.int64], length: int, specials: Specials
) -> NDArray[np.int64]:
    """Write rows of `pack` as the network reads them, framed and padded: int64 (row, token)."""
    begin, end = rows[:, :1], rows[:, 1:]  # (row, 1)
    place = np.arange(length) + begin - 1  # (row, token)
    framed: NDArray[np.int64] = ids[np.clip(place, 0, len(ids) - 1)].astype(np.int64)
    framed[place == end] = specials.end
    framed[place > end] = specials.padding
    framed[:, 0] = specials.start
    return framed
