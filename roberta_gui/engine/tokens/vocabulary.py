"""The rows of a vocabulary as bytes and as something a person can read.

Byte-level BPE (Radford et al. 2019, section 2.2) gives each of the 256 bytes a printable letter,
so that a space is ``Ġ`` and ``é`` is ``Ã©``; SentencePiece (Kudo & Richardson 2018, section 3.2)
writes a space as ``▁``. Here the disguise comes off.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tokenizers import Tokenizer

_LAST_ROW = 2**32 - 1
"""Tokenizers count rows in four bytes."""

_STRAY_BYTES = re.compile("[\udc80-\udcff]+")
_BYTE_PIECE = re.compile(r"<0x([0-9A-F]{2})>")


def _letters_of_bytes() -> dict[str, int]:
    """Map each of the 256 letters of byte-level BPE back to its byte.

    Printable bytes of Latin-1 stand for themselves, the others follow from U+0100 on.
    """
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1)]
    printable += range(ord("®"), ord("ÿ") + 1)
    letters = {chr(byte): byte for byte in printable}
    others = [byte for byte in range(256) if byte not in set(printable)]
    return letters | {chr(256 + rank): byte for rank, byte in enumerate(others)}


_BYTE_OF_LETTER = _letters_of_bytes()
_LETTER_OF_BYTE = {byte: letter for letter, byte in _BYTE_OF_LETTER.items()}


@dataclass(frozen=True, slots=True)
class Piece:
    """One row of a vocabulary.

    ``bytes`` is what it stands for in UTF-8, leading spaces included; ``text`` the same without
    them, readable: bytes that are no character are in hexadecimal, as in ``⟨F0 9F⟩``. ``n_spaces``
    stand before it, 0 where ``is_blank``: nothing but spaces, tabs or line ends. ``mark`` is how
    the vocabulary marks a piece that only goes on with a word, such as ``##``.
    """

    bytes: bytes
    text: str
    n_spaces: int
    is_blank: bool
    mark: str = ""


class Vocabulary:
    """Reads the rows of one tokenizer; immutable, apart from remembering what it has read."""

    def __init__(self, tokenizer: Tokenizer, description: dict[str, Any]) -> None:
        parts = list(_parts(description.get("pre_tokenizer"), description.get("decoder")))
        model = description.get("model") or {}
        self._tokenizer = tokenizer
        self.is_byte_level = any(part["type"] == "ByteLevel" for part in parts)
        """Every text is kept to the byte; otherwise a normalizer may have changed it."""
        self._suffix = str(model.get("end_of_word_suffix") or "")
        marks = dict.fromkeys(map(_space_of, parts))
        self._spaces = [mark for mark in marks if mark not in ("", self._suffix)]
        self._byte_fallback = bool(model.get("byte_fallback"))
        self._prefix = str(model.get("continuing_subword_prefix") or "")
        self.marks_pieces = bool(self._prefix) and not self.is_byte_level
        """Pieces that go on with a word carry a mark of their own."""
        self.added = {token["id"]: token["content"] for token in description["added_tokens"]}
        """Tokens matched in the text before the model cuts it, such as ``<mask>``: id to name."""
        self._pieces: dict[int, Piece] = {}

    def piece(self, token_id: int) -> Piece:
        """Tell what row ``token_id`` stands for.

        Models may have more rows than their tokenizer has names (padded to a round number);
        such a row is spelled by its number.
        """
        piece = self._pieces.get(token_id)
        if piece is None:
            # Two threads may both get here: they write equal values.
            piece = self._pieces[token_id] = self._read(token_id)
        return piece

    def row_of(self, text: str) -> int | None:
        """Find the row that stands for exactly ``text``, its spaces included; None if none does."""
        named = next((row for row, name in self.added.items() if name == text), None)
        if named is not None:
            return int(named)
        if self.is_byte_level:
            row = "".join(_LETTER_OF_BYTE[byte] for byte in text.encode())
        else:
            row = text.replace(" ", self._spaces[0]) if self._spaces else text
        token_id: int | None = self._tokenizer.token_to_id(row)
        if token_id is None:
            return None
        piece = self.piece(token_id)
        # A piece that goes on with a word is called by its mark, as it is spelled.
        is_named = piece.bytes == text.encode() or (bool(piece.mark) and text == row)
        return token_id if is_named else None

    def _read(self, token_id: int) -> Piece:
        if token_id in self.added:
            name = self.added[token_id]
            return Piece(name.encode(), name, 0, False)
        row = self._tokenizer.id_to_token(token_id) if token_id <= _LAST_ROW else None
        if row is None:
            return Piece(b"", f"⟨row {token_id}⟩", 0, False)
        return self.spelled(row)

    def spelled(self, name: str) -> Piece:
        """Read a piece, or what could be one, as the vocabulary writes it."""
        piece = _describe(self._bytes_of(name))
        return replace(piece, mark=self._prefix) if self._goes_on(name) else piece

    def _goes_on(self, row: str) -> bool:
        """Whether a row carries the mark of a piece that goes on with a word."""
        is_bare = len(row) > len(self._prefix) > 0
        return is_bare and not self.is_byte_level and row.startswith(self._prefix)

    def _bytes_of(self, row: str) -> bytes:
        if self.is_byte_level and _BYTE_OF_LETTER.keys() >= set(row):
            return bytes(map(_BYTE_OF_LETTER.__getitem__, row))
        if self._byte_fallback and (match := _BYTE_PIECE.fullmatch(row)):
            return bytes([int(match[1], 16)])
        for space in self._spaces:
            row = row.replace(space, " ")
        if self._goes_on(row):
            row = row.removeprefix(self._prefix)
        if self._suffix:
            row = row.removesuffix(self._suffix)
        return row.encode()


def _parts(*components: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Walk through the parts of tokenizer components, those inside sequences too."""
    for component in components:
        if component is None:
            continue
        yield component
        yield from _parts(*component.get("pretokenizers", ()), *component.get("decoders", ()))


def _space_of(part: dict[str, Any]) -> str:
    """Tell what stands for a space where a part of a tokenizer says so; "" elsewhere."""
    if part["type"] == "Metaspace":
        return str(part.get("replacement", "▁"))
    # Where a normalizer has put the mark in, only the decoder's way back tells of it.
    if part["type"] == "Replace" and part.get("content") == " ":
        return str(part["pattern"].get("String", ""))
    return ""


def _describe(content: bytes) -> Piece:
    # Bytes that do not decode come through as lone surrogates, which no UTF-8 text can hold.
    text = content.decode("utf-8", "surrogateescape")
    if not text.strip():
        return Piece(content, text, 0, True)
    bare = text.lstrip(" ")

    def spelled(run: re.Match[str]) -> str:
        return f"⟨{run[0].encode('utf-8', 'surrogateescape').hex(' ').upper()}⟩"

    return Piece(content, _STRAY_BYTES.sub(spelled, bare), len(text) - len(bare), False)
