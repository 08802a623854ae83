"""Count the tokens of a very long text without keeping them.

A tokenizer that is given ten million characters at once takes a quarter of a minute and
gigabytes; in parts, it takes two seconds and little memory. A byte-level tokenizer cuts at
every space that stands between two other characters (Radford et al. 2019, section 2.2: a space
belongs to the word after it), so parts that end there give the same tokens as the whole.
"""

import re
from collections.abc import Iterator
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
    """Tell whether parts of a text give the same tokens as the whole.

    ``description`` is the content of a ``tokenizer.json``.
    """
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
    """Refuse a long text without blanks, which would take minutes and be no text anyway.

    Raises
    ------
    problems.BadArgument
        More than `LONGEST_RUN` characters follow each other without a blank.
    """
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

    Words are counted only where they are asked for: it takes twice as long.

    Raises
    ------
    problems.Stopped
        ``stop`` said so.
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
