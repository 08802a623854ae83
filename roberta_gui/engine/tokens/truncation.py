"""What stays of an input that is too long: special tokens always, the rest from the left."""

from collections.abc import Sequence

from roberta_gui import problems

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


def kept_places(
    blocks: Sequence[Block], max_tokens: int | None, unseen: Sequence[int] = (0, 0)
) -> list[range]:
    """Shorten the segments until ``max_tokens`` are left, special tokens counted.

    Parameters
    ----------
    blocks
        The places there are.
    max_tokens
        How many may stay; None keeps all.
    unseen
        How many more tokens each segment has beyond those in ``blocks``; they never stay.

    Raises
    ------
    problems.BadArgument
        There is no room even for the special tokens.
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
