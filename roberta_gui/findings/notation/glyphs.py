"""How the text of tokens is made readable: blanks, control characters and bytes included."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from roberta_gui.records import Token

SPACE = "␣"
"""Stands for a space that matters."""

_NAMED = {
    " ": SPACE,
    "\n": "↵",
    "\t": "⇥",
    "\x7f": "␡",
    "\x85": "⟨NEL⟩",
    "\xa0": "⟨NBSP⟩",
    "\xad": "⟨SHY⟩",
    "\u200b": "⟨ZWSP⟩",
    "\u200c": "⟨ZWNJ⟩",
    "\u200d": "⟨ZWJ⟩",
    "\u200e": "⟨LRM⟩",
    "\u200f": "⟨RLM⟩",
    "\u2060": "⟨WJ⟩",
    "\ufe0e": "⟨VS15⟩",
    "\ufe0f": "⟨VS16⟩",
    "\ufeff": "⟨BOM⟩",
}

# Other, format, unassigned, private, separators: nothing to see, or something else than it seems.
_UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"))

# Control characters, halves of surrogate pairs, and what Unicode calls noncharacters: XML has no
# place for most of them, not even escaped, and other programs stop at them or break the line.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)

_STRAY = re.compile(r"⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩|⟨row \d+⟩")

_MOST_BYTES = 16


@lru_cache(maxsize=4096)
def visible(text: str) -> str:
    r"""Write ``text`` so that every character of it can be seen.

    Examples
    --------
    >>> visible("a b\n")
    'a␣b↵'
    >>> visible("\u200d")
    '⟨ZWJ⟩'
    """
    shown = "".join(_glyph(character) for character in text)
    if shown and unicodedata.category(shown[0]).startswith("M"):
        return "◌" + shown  # an accent needs something to stand on
    return shown


def is_stray(text: str) -> bool:
    """Tell whether the engine spelled a row of the vocabulary that is no text of its own.

    Examples
    --------
    >>> is_stray("⟨F0 9F⟩"), is_stray("cat")
    (True, False)
    """
    return _STRAY.search(text) is not None


STRAY_MEANING = "⟨ ⟩ holds bytes in hexadecimal, or the row of a token that is no text of its own."


def explained(told: str) -> str:
    """Say behind what is told of byte pieces what they are.

    Examples
    --------
    >>> explained("⟨F0 9F⟩ 3 %").splitlines()[1][:22]
    '⟨ ⟩ holds bytes in hex'
    """
    is_missing = is_stray(told) and STRAY_MEANING not in told
    return f"{told}\n{STRAY_MEANING}" if is_missing else told


def why_unwritable(text: str) -> str:
    """Say why no text gives a guess, whose token reads ``text``, in place of its mask."""
    if is_stray(text):
        return "It is only part of a character, and cannot stand without what completes it."
    return "However it is written there, the tokenizer reads other tokens."


def printable(text: str) -> str:
    r"""Write ``text`` as it is, but for characters that no document can hold.

    Examples
    --------
    >>> printable("a\x00b\n")
    'a␀b\n'
    """
    return _UNPRINTABLE.sub(lambda found: _glyph(found.group()), text)


def _glyph(character: str) -> str:
    if "!" <= character <= "~":
        return character
    if named := _NAMED.get(character):
        return named
    if character < " ":
        return chr(0x2400 + ord(character))  # the block "Control Pictures"
    if unicodedata.category(character) in _UNSEEN:
        return f"⟨U+{ord(character):04X}⟩"
    return character


def is_right_to_left(text: str) -> bool:
    """Whether the first letter of ``text`` with a direction is of a right-to-left script."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def character_groups(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return, for each token, which piece of how many it is within one character.

    Byte-level tokenizers may cut one character into several tokens, which then share its span;
    (1, 1) is every other token.
    """
    parts: list[tuple[int, int]] = []
    while (start := len(parts)) < len(tokens):
        end = start + 1
        while end < len(tokens) and _continues(tokens[end - 1], tokens[end]):
            end += 1
        parts += [(nth + 1, end - start) for nth in range(end - start)]
    return parts


def _is_piece(token: Token) -> bool:
    if token.is_special or token.is_mask or token.is_control:
        return False
    try:
        token.bytes.decode()
    except UnicodeDecodeError:
        return True
    return False


def _continues(before: Token, token: Token) -> bool:
    overlaps = before.segment == token.segment and token.start < before.end
    return overlaps and _is_piece(before) and _is_piece(token)


def describe(token: Token, n_tokens: int, part: tuple[int, int] = (1, 1)) -> str:
    """Explain a token, line by line: place, id, characters, bytes, and what is odd about it."""
    lines = [
        SPACE * (token.leading_space and not token.is_mask) + visible(token.text),
        f"id: {token.id}",
        f"position: {token.index + 1} of {n_tokens} (array index {token.index})",
    ]
    if not token.is_special:
        lines.append(f"characters: {token.start}–{token.end}")
        written = token.bytes[:_MOST_BYTES].hex(" ").upper() or "none"
        more = f" … ({len(token.bytes)} in all)" if len(token.bytes) > _MOST_BYTES else ""
        lines.append(f"bytes: {written}{more}")
    if token.word is not None:
        lines.append(f"word: {token.word + 1}")
    if token.segment:
        lines.append("segment: the second text")
    number, count = part
    if count > 1:
        lines.append(
            f"Piece {number} of {count} of {visible(token.text)}: the vocabulary has "
            f"no token for it as a whole, so its UTF-8 bytes are spread over {count} tokens."
        )
    if token.is_special:
        lines.append("Put in by the model's own template.")
    if token.is_control:
        lines.append("Typed, and read by the model as its control token, not as letters.")
    if token.is_mask:
        lines.append("The model guesses what stands here.")
    elif token.leading_space:
        lines.append(f"{SPACE} is the space before it, which belongs to the token.")
    return "\n".join(lines)
