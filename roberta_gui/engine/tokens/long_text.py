"""Count the tokens of a very long text without keeping them.

A tokenizer that is given ten million characters at once takes a quarter of a minute and
gigabytes; in parts, two seconds. A byte-level tokenizer cuts at every space that stands between
two other characters (Radford et al. 2019, section 2.2), so parts that end there give the same
tokens as the whole.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from tokenizers import Tokenizer

from roberta_gui import problems
from roberta_gui.engine.interruption import end_if
from roberta_gui.records import Stop

LONG = 100_000
"""Characters from which it pays to count in parts."""

LONGEST_RUN = 200_000
"""Characters without a blank; a tokenizer's time for one word grows faster than its length."""

_PART = 20_000
_PARTS_AT_ONCE = 16
_SEAM = re.compile(r"(?<=\S)(?= \S)")


class Head(NamedTuple):
    """The beginning of a text, and how much comes after it."""

    text: str
    tokens_after: int
    words_after: int


def can_count_in_parts(description: dict[str, Any]) -> bool:
    """Tell whether parts of a text give the same tokens as the whole, from a ``tokenizer.json``."""
    cutter = description.get("pre_tokenizer") or {}
    return (
        description.get("normalizer") is None
        and cutter.get("type") == "ByteLevel"
        and cutter.get("use_regex", True)
        # A prefix space would be put before every part.
        and not cutter.get("add_prefix_space")
        and not any(
            token["rstrip"] or re.search(r"\s", token["content"])
            for token in description["added_tokens"]
        )
    )


def expect_blanks(text: str) -> None:
    """Raise `problems.BadArgument` for a long text without blanks: minutes of work, and no text."""
    if len(text) <= LONGEST_RUN:
        return
    longest = max(map(len, text.split()), default=0)
    if longest > LONGEST_RUN:
        raise problems.BadArgument(
            f"The text holds {longest:,} characters without a space.",
            f"At most {LONGEST_RUN:,} in a row can be read: put spaces in, or give less of it.",
        )


def head_of(
    tokenizer: Tokenizer, text: str, n_tokens: int, count_words: bool, stop: Stop | None = None
) -> Head:
    """Take the beginning of ``text`` that holds at least ``n_tokens``, and count what follows.

    Words are counted only where they are asked for: it takes twice as long. Raises `Stopped`.
    """
    end_of_head = tokens_in_head = tokens_after = words_after = 0
    encode = tokenizer.encode_batch if count_words else tokenizer.encode_batch_fast
    parts = _parts(text)
    while some := list(islice(parts, _PARTS_AT_ONCE)):
        end_if(stop)
        encodings = encode([text[part] for part in some], add_special_tokens=False)
        for part, encoding in zip(some, encodings, strict=True):
            if tokens_in_head < n_tokens:
                end_of_head = part.stop
                tokens_in_head += len(encoding)
            else:
                tokens_after += len(encoding)
                words_after += 1 + (encoding.word_ids[-1] or 0) if count_words else 0
    return Head(text[:end_of_head], tokens_after, words_after)


def _parts(text: str) -> Iterator[slice]:
    """Cut a text at seams, some ``_PART`` characters apart."""
    begin = 0
    while begin < len(text):
        seam = _SEAM.search(text, begin + _PART)
        end = seam.start() if seam else len(text)
        yield slice(begin, end)
        begin = end


Block = tuple[int | None, range]
"""A run of places that belong to one segment; None for special tokens."""


def blocks_of(segments: Sequence[int | None]) -> list[Block]:
    """Group the places of a sequence into runs of one segment, in order."""
    blocks: list[Block] = []
    begin = 0
    for segment in (0, 1):
        count = segments.count(segment)
        if count:
            at = segments.index(segment)
            blocks += [(None, range(begin, at)), (segment, range(at, at + count))]
            begin = at + count
    return [*blocks, (None, range(begin, len(segments)))]


def kept_ranges(
    blocks: Sequence[Block], max_tokens: int | None, unseen: Sequence[int] = (0, 0)
) -> list[range]:
    """Shorten the segments until ``max_tokens`` are left, special tokens counted; None keeps all.

    ``unseen`` is how many more tokens each segment has beyond those in ``blocks``; they never stay.
    Raises `problems.BadArgument` where there is no room even for the special tokens.
    """
    sizes = list(unseen)
    n_special = 0
    for segment, block in blocks:
        if segment is None:
            n_special += len(block)
        else:
            sizes[segment] += len(block)
    if max_tokens is None or sum(sizes) + n_special <= max_tokens:
        return [block for _, block in blocks]
    if max_tokens < n_special:
        raise problems.BadArgument(
            f"{max_tokens} tokens leave no room for the {n_special} special ones.",
            "Allow at least as many tokens as the model puts around a text.",
        )
    shares = longest_first(sizes, max_tokens - n_special)
    return [block if segment is None else block[: shares[segment]] for segment, block in blocks]


def longest_first(sizes: Sequence[int], room: int) -> tuple[int, int]:
    """Share ``room`` between two segments too long for it; the longer one gives first.

    Where both give, the odd place goes to the longer one, and to the second where they are
    equal: the ``LongestFirst`` strategy of the tokenizers library.

    >>> longest_first([3, 100], room=11)
    (3, 8)
    >>> longest_first([100, 30], room=11)
    (6, 5)
    """
    shorter = min(sizes)
    longer = max(shorter, room - shorter)
    if shorter + longer > room:
        shorter, longer = room // 2, room - room // 2
    return (longer, shorter) if sizes[0] > sizes[1] else (shorter, longer)
