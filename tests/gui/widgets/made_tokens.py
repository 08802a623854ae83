"""Made-up tokens for the tests of widgets."""

from itertools import accumulate, pairwise

from roberta_gui.records import Token


def token(
    text: str,
    start: int,
    *,
    index: int = 0,
    is_special: bool = False,
    is_mask: bool = False,
    is_control: bool = False,
    leading_space: bool = False,
    segment: int | None = 0,
    content: bytes | None = None,
) -> Token:
    """Make a token whose bytes are those of its text, if ``content`` names no others."""
    space = b" " if leading_space else b""
    return Token(
        index=index,
        id=100 + index,
        text=text,
        start=start,
        end=start + len(text),
        is_special=is_special,
        is_mask=is_mask,
        word=None if is_special else index,
        leading_space=leading_space,
        segment=None if is_special else segment,
        bytes=space + text.encode() if content is None else content,
        is_control=is_control,
    )


def pieces_of(
    character: str,
    start: int,
    sizes: tuple[int, ...],
    *,
    leading_space: bool = False,
    first_index: int = 0,
) -> list[Token]:
    """Cut one character's bytes into tokens of the given sizes; all share its span."""
    content = character.encode()
    pieces = [content[a:b] for a, b in pairwise(accumulate(sizes, initial=0))]
    if leading_space:
        pieces[0] = b" " + pieces[0]
    return [
        token(
            character,
            start,
            index=first_index + nth,
            leading_space=leading_space and nth == 0,
            content=piece,
        )
        for nth, piece in enumerate(pieces)
    ]


def sentence(n_tokens: int) -> list[Token]:
    """Make a sentence with specials at its ends, a mask third, and words of many lengths."""
    tokens = []
    start = 0
    for index in range(n_tokens):
        special, mask = index in (0, n_tokens - 1), index == 2
        text = "<s>" if special else "<mask>" if mask else "word"[: 1 + index % 4] * (1 + index % 3)
        tokens.append(
            token(
                text,
                0 if special else start,
                index=index,
                is_special=special,
                is_mask=mask,
                leading_space=index > 1 and not special,
            )
        )
        start += 0 if special else len(text) + 1
    return tokens
