"""Text to tokens: where each token stands in the text, how it reads, and what was cut off.

This module loads neither torch nor transformers: the window calls it at every keystroke.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

from tokenizers import Encoding

from roberta_gui import problems
from roberta_gui.engine.arguments import expect_text
from roberta_gui.engine.interruption import Result, within
from roberta_gui.engine.tokens import tokenizer_description
from roberta_gui.engine.tokens.dissection import Dissector
from roberta_gui.engine.tokens.long_text import (
    LONG,
    blocks_of,
    can_count_in_parts,
    expect_blanks,
    head_of,
    kept_ranges,
)
from roberta_gui.engine.tokens.tokenizer_description import (
    build_tokenizer,
    cutting,
    read_description,
)
from roberta_gui.engine.tokens.vocabulary import Piece, Vocabulary
from roberta_gui.outside import COPY_AGAIN
from roberta_gui.records import Dissection, Stop, Token

_MASKS = ("<mask>", "[MASK]")
_PIECES_NAMED = 6
_MOST_DISSECTED = 200


class TextTokenizer:
    """Cuts text into tokens that know their place; immutable, so any thread may call it.

    ``description`` is the text of a ``tokenizer.json``; ``special_names`` are what the checkpoint
    calls its special tokens (``"mask_token"``, ``"pad_token"``, …), else those of RoBERTa. The
    model has ``n_rows`` of word embeddings, None where there is no model to fit, and ``n_types``;
    with one, the template's types mean nothing. Raises `problems.BrokenCheckpoint` where this is no
    tokenizer, or its template does not fit the model.

    ``mask_id`` is the row of the mask, None where vocabulary or model has none; ``mask_token`` how
    it is typed, and ``can_type_mask`` whether a text has one then; ``pad_id`` fills up the shorter
    texts of a batch; ``unknown_id`` stands for what has no row, None where there is no such token;
    ``vocab_size`` is one more than the highest row that it can give; ``n_known``, how many of these
    the model knows; ``vocabulary`` reads the rows; ``template`` names what is put around a text.
    """

    def __init__(
        self,
        description: str,
        special_names: Mapping[str, str] | None = None,
        *,
        n_rows: int | None = None,
        n_types: int = 1,
        splits_specials: bool = False,
    ) -> None:
        content = read_description(description)
        tokenizer = self._tokenizer = build_tokenizer(content)
        tokenizer.encode_special_tokens = splits_specials
        vocabulary = self.vocabulary = Vocabulary(tokenizer, content)
        names = dict(special_names or {})
        row_of, self._n_rows, self._n_types = tokenizer.token_to_id, n_rows, n_types
        known = (mask for mask in _MASKS if row_of(mask) is not None)
        self.mask_token = names.get("mask_token") or next(known, _MASKS[0])
        mask_id = row_of(self.mask_token)
        self.mask_id = mask_id if mask_id is not None and self._has_row(mask_id) else None
        self.can_type_mask = self._reads_mask()
        pad_id = row_of(names.get("pad_token", "<pad>"))
        self.pad_id: int = 1 if pad_id is None else pad_id
        rows = tokenizer.get_vocab(with_added_tokens=True)
        if len(rows) <= len(vocabulary.added):
            raise problems.BrokenCheckpoint(
                "The tokenizer knows no words: its vocabulary is empty.", COPY_AGAIN
            )
        self.vocab_size = 1 + max(rows.values())
        self.n_known = self.vocab_size if n_rows is None else min(self.vocab_size, n_rows)
        self.template = self._names_of_template()

        named = dict(vocabulary.added)
        unknown = names.get("unk_token", "<unk>")
        self.unknown_id: int | None = row_of(unknown)
        if self.unknown_id is not None:
            named.setdefault(self.unknown_id, unknown)
        marked = frozenset(token["id"] for token in content["added_tokens"] if token["special"])
        exact = vocabulary.is_byte_level and content.get("normalizer") is None
        self._spans = _SpanFinder(vocabulary, named, marked - {self.mask_id}, exact)
        self._can_count_in_parts = can_count_in_parts(content)
        cutter = content.get("pre_tokenizer") or {}
        self._is_plain = content.get("normalizer") is None and cutter.get("type") == "ByteLevel"

    def spell(self, token_id: int) -> tuple[str, bool]:
        """Spell a row of the vocabulary: readable text, and whether a space stands before it.

        A row that is part of a character is spelled by its bytes, as in ``⟨F0 9F⟩``; one that
        only goes on with a word has the vocabulary's mark, as in ``##s``.
        """
        piece = self.vocabulary.piece(token_id)
        return piece.mark + piece.text, piece.n_spaces > 0

    def dissect(self, text: str, stop: Stop | None = None) -> Dissection:
        """Cut a word or a few step by step: see `Dissection`.

        Raises
        ------
        problems.BadArgument, problems.UnencodableText
            It is no text, or too long to be looked at closely; it holds half a surrogate pair.
        """
        check_text(text)
        if len(text) > _MOST_DISSECTED:
            raise problems.BadArgument(
                f"{len(text):,} characters are too many to be looked at one by one.",
                f"Give up to {_MOST_DISSECTED}: a word, or a few.",
            )
        with cutting():
            return self._patiently(partial(self._dissector.dissect, text), stop)

    @cached_property
    def _dissector(self) -> Dissector:
        model = json.loads(self._tokenizer.to_str())["model"]
        return Dissector(self._tokenizer, self.vocabulary, model)

    def row_of(self, word: str) -> int:
        """Find the row of the vocabulary for a literal piece: ``" cat"`` is not ``"cat"``.

        Raises `problems.SeveralPieces`, `problems.TokenWithoutRow` where the model does not know
        it, `problems.UnencodableText` and `problems.BadArgument`.
        """
        check_text(word)
        row = self.vocabulary.row_of(word)
        if row is None:
            raise self._several_pieces(word)
        self.require_row(row)
        return row

    def ids_of(self, texts: Sequence[str]) -> list[list[int]]:
        """Give only the ids of many texts, without the template's tokens: fast, for training."""
        with cutting():
            encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def tokenize(self, text: str, pair: str | None = None) -> tuple[Token, ...]:
        """Cut ``text`` (and ``pair``, as a second segment) into tokens, however many.

        Joined, the ``bytes`` of a byte-level tokenizer's tokens are the UTF-8 of the text: a mask
        that swallows the blanks before it holds them in its ``bytes``, and says so in
        ``leading_space``. Only a space that the tokenizer itself puts in front
        (``add_prefix_space``) comes on top. Tokens that the template added show their name,
        with an empty span and no bytes. Raises what `tokenize_cut` raises.
        """
        return self.tokenize_cut(text, pair, None)[0]

    @cutting()
    def tokenize_cut(
        self, text: str, pair: str | None, max_tokens: int | None, stop: Stop | None = None
    ) -> tuple[tuple[Token, ...], int]:
        """Cut into tokens, keep ``max_tokens``, and tell how many were dropped.

        A very long text is counted in parts, so that ten million characters take seconds. Raises
        `problems.UnencodableText`, `problems.TokenWithoutRow` for what the model does not know,
        `problems.BadArgument` where special tokens have no room, and `problems.Stopped`.
        """
        segments = [text] if pair is None else [text, pair]
        unseen = [0, 0]
        words_after = 0
        for number, segment in enumerate(segments):
            check_text(segment)
            expect_blanks(segment)
            if max_tokens is None or len(segment) < LONG or not self._can_count_in_parts:
                continue
            # Only what comes before a second segment moves word numbers.
            count_words = number == 0 and pair is not None
            head = head_of(self._tokenizer, segment, max_tokens, count_words, stop)
            segments[number], unseen[number] = head.text, head.tokens_after
            words_after += head.words_after
        # As a batch of one: unlike `encode` it lets go of Python's lock, and the window goes on.
        batch = [segments[0] if pair is None else (segments[0], segments[1])]
        encode = partial(self._tokenizer.encode_batch, batch)
        (encoding,) = self._patiently(encode, stop)
        kept = kept_ranges(blocks_of(encoding.sequence_ids), max_tokens, unseen)
        dropped = len(encoding) + sum(unseen) - sum(len(block) for block in kept)
        return self._records(encoding, kept, segments, words_after), dropped

    def _patiently(self, encode: Callable[[], Result], stop: Stop | None = None) -> Result:
        """Call the library; rules that people wrote may never end, those of byte-level BPE do."""
        if self._is_plain:
            return encode()
        return within(tokenizer_description.PATIENCE_S, encode, stop, "tokenizer")

    def _several_pieces(self, word: str) -> problems.SeveralPieces:
        """Say why ``word`` has no row, and with which space it would have one."""
        other = word[1:] if word.startswith(" ") else f" {word}"
        if not word.strip():
            hint = "Type a word; a space in front of it counts."
        elif self.vocabulary.row_of(other) is not None:
            without = "without" if word.startswith(" ") else "with"
            hint = f"It is one token {without} a space in front."
        else:
            with cutting():
                ids = self._patiently(partial(self.ids_of, [word]))[0]
            pieces = [f"“{self.spell(row)[0]}”" for row in ids]
            named = f": {' + '.join(pieces)}" if len(pieces) <= _PIECES_NAMED else ""
            hint = f"The tokenizer cuts it into {len(pieces)} pieces{named}."
        return problems.SeveralPieces(f"“{word}” is not one token of this model.", hint)

    def _records(
        self, encoding: Encoding, blocks: Iterable[range], segments: list[str], words_after: int
    ) -> tuple[Token, ...]:
        """Make the records of the tokens in ``blocks``.

        ``words_after`` is how many words of segment 0 the encoding does not hold.
        """
        ids, words, types = encoding.ids, encoding.word_ids, encoding.type_ids
        sequences, offsets = encoding.sequence_ids, encoding.offsets
        first_word = words_after
        if 1 in sequences:  # its words are numbered after those of segment 0
            both = zip(words, sequences, strict=True)
            first_word += 1 + max((w for w, s in both if s == 0 and w is not None), default=-1)
        find, mask_id = self._spans.find, self.mask_id
        tokens: list[Token] = []
        previous = 0
        for place in (place for block in blocks for place in block):
            index, token_id, segment = len(tokens), ids[place], sequences[place]
            type_id = types[place] if self._n_types > 1 else 0
            if segment is None:
                name, previous = self.vocabulary.piece(token_id).text, 0
                what = index, token_id, name, 0, 0, True, False, None, False, None, b""
                tokens.append(Token(*what, type_id=type_id))
                continue
            self.require_row(token_id)
            source, word = segments[segment], words[place]
            if segment and word is not None:
                word += first_word
            start, end, leading_space, content, is_control = find(
                token_id, source, *offsets[place], previous
            )
            previous = end
            tokens.append(
                Token(
                    index=index,
                    id=token_id,
                    text=source[start:end],
                    start=start,
                    end=end,
                    is_special=False,
                    is_mask=token_id == mask_id,
                    word=word,
                    leading_space=leading_space,
                    segment=segment,
                    bytes=content,
                    is_control=is_control,
                    type_id=type_id,
                )
            )
        return tuple(tokens)

    def _reads_mask(self) -> bool:
        try:
            return self.mask_id in self.ids_of([self.mask_token])[0]
        except problems.UnencodableText:
            return False

    def require_row(self, token_id: int) -> None:
        """Raise `problems.TokenWithoutRow` for a token that the model does not know."""
        if not self._has_row(token_id):
            raise problems.TokenWithoutRow(
                f"The model does not know “{self.spell(token_id)[0]}”.",
                f"The tokenizer makes it token {token_id:,}, but the model has only "
                f"{self._n_rows:,} rows: write something else.",
            )

    def _has_row(self, token_id: int) -> bool:
        return self._n_rows is None or token_id < self._n_rows

    def _names_of_template(self) -> tuple[str, ...]:
        """Look at what stands around an empty text, and check that the model knows it."""
        pair = self._tokenizer.encode("", "")
        if not all(map(self._has_row, pair.ids)):
            raise problems.BrokenCheckpoint(
                f"The tokenizer puts token {max(pair.ids):,} around every text, but the model "
                f"knows only {self._n_rows:,}.",
                "tokenizer.json and config.json do not belong together.",
            )
        if self._n_types > 1 and max(pair.type_ids, default=0) >= self._n_types:
            raise problems.BrokenCheckpoint(
                f"The tokenizer gives tokens the type {max(pair.type_ids)}, but the model knows "
                f"only {self._n_types} types, counted from 0.",
                "tokenizer.json and config.json do not belong together.",
            )
        rows = dict.fromkeys(self._tokenizer.encode("").ids)
        return tuple(self.vocabulary.piece(row).text for row in rows)


def check_text(text: str) -> None:
    """Raise `problems.BadArgument` for no text, `UnencodableText` for half a character."""
    expect_text(text)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        before = text[max(0, error.start - 10) : error.start]
        where = f", after {before!r}" if before else ""
        raise problems.UnencodableText(
            f"Character {error.start + 1} of the text is half of a surrogate pair{where}.",
            "It stands for nothing on its own: delete it, or paste the text again.",
        ) from error


class _Span(NamedTuple):
    """What a token covers: Python characters ``start`` to ``end``, its leading space outside."""

    start: int
    end: int
    leading_space: bool
    bytes: bytes
    is_control: bool = False


@dataclass(frozen=True, slots=True)
class _SpanFinder:
    """Tells where a token stands in the text from what the tokenizer reports about it.

    The reports hold the space before a word; they give the character *after* a blank that the
    tokenizer put in; and a named token such as ``<mask>`` may have swallowed the blanks around it.

    ``named`` tokens are looked for in the text rather than by their row: those matched by name,
    and the one that stands in for unknown characters. ``control`` ids among them steer the model.
    ``exact``: the tokenizer changes no character, so that spaces are spaces.
    """

    vocabulary: Vocabulary
    named: Mapping[int, str]
    control: frozenset[int]
    exact: bool

    def find(self, token_id: int, source: str, start: int, end: int, previous: int) -> _Span:
        """Place one token of a segment's ``source``.

        ``start`` and ``end`` are as the tokenizer reports them, leading spaces not trimmed off;
        ``previous`` is where the token before ends.
        """
        if token_id in self.named:
            return self._find_named(token_id, source, start, end)
        piece = self.vocabulary.piece(token_id)
        if piece.is_blank:
            return self._find_blank(piece, source, start, end, previous)
        if not piece.n_spaces:
            return _Span(start, end, False, piece.bytes)
        # A space that the tokenizer put in is in the piece, but not here to be skipped.
        last = start + piece.n_spaces if self.exact else end
        while start < last and (source[start] == " " if self.exact else source[start].isspace()):
            start += 1
        return _Span(start, end, True, piece.bytes)

    def _find_named(self, token_id: int, source: str, start: int, end: int) -> _Span:
        covered = source[start:end]
        name = self.named[token_id]
        at = covered.find(name)
        if at >= 0:
            first, last = start + at, start + at + len(name)
        elif covered.isspace():
            first, last = start, end
        else:
            first, last = end - len(covered.lstrip()), end
        is_control = at >= 0 and token_id in self.control
        return _Span(first, last, first > start, covered.encode(), is_control)

    def _find_blank(self, piece: Piece, source: str, start: int, end: int, previous: int) -> _Span:
        covered = source[start:end]
        if covered == piece.text or (not self.exact and covered.isspace()):
            return _Span(start, end, False, piece.bytes)
        # What is reported here is the next character. Either the blank was never in the text,
        # or the tokenizer dropped the blanks before it cut (WhitespaceSplit does): take these.
        end = start
        while not self.exact and start > previous and source[start - 1].isspace():
            start -= 1
        return _Span(start, end, start == end, piece.bytes)
