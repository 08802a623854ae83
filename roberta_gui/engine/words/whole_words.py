"""Guesses that are whole words, of one piece or of several.

A word of k pieces is looked for with k masks in place of the one: its pieces are found from left
to right, each with the earlier ones filled in and the later ones masked, as words are scored.
A beam search keeps the likeliest beginnings; of what it ends with, only pieces count that the
tokenizer itself would cut the word into. A row with a space before it and one without are two
forms of one word.
"""

from collections.abc import Generator, Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from roberta_gui.analysis.stepped import showing
from roberta_gui.engine.measures.fill_mask import best
from roberta_gui.engine.prepared import Prepared, need_mask_head
from roberta_gui.engine.tokens.vocabulary import Piece
from roberta_gui.engine.words.queries import Query, batches, read, widened
from roberta_gui.records import FloatArray, WholeWord
from roberta_gui.wording import counted

MOST_PIECES = 32
"""A word has fewer; the time that a search takes grows with the square of their number."""

_BEAMS = 32
_LOOKED_AT = 8
"""So many times as many ends as beams are looked at: most are not cut so by the tokenizer."""

_INSIDE_WORDS = frozenset("'’-")

_ROWS_PER_STEP = 5_000
"""Rows of the vocabulary that are read in a small part of 100 ms."""

Rows = tuple[int, ...]

Beam = tuple[Rows, float, Query]
"""Rows that are filled in, their summed log-probability, and what is asked next."""


class WholeWords:
    """The search at one mask.

    Parameters
    ----------
    at
        Which token is the mask.
    max_pieces, top_k
        The most pieces of a word, and how many words are wanted.
    """

    def __init__(self, prepared: Prepared, at: int, max_pieces: int, top_k: int) -> None:
        need_mask_head(prepared.network)
        self._prepared, self._tokenizer = prepared, prepared.tokenizer
        self._at, self._max_pieces, self._top_k = at, max_pieces, top_k
        self._forms: dict[str, dict[Rows, float]] = {}
        self._alone: FloatArray = np.empty(0, dtype=np.float32)
        self._begins, self._goes_on = np.zeros((2, prepared.info.vocab_size), dtype=bool)

    @torch.inference_mode()
    def steps(self) -> Iterator[tuple[WholeWord, ...]]:
        """Find words of one piece, then of two, and so on; the last tuple is complete.

        Raises
        ------
        problems.Stopped
            ``stop()`` said so between two layers.
        problems.TooLittleMemory, problems.NotFinite
            A batch does not fit the device, or comes to infinite or undefined values.
        """
        yield ()
        yield from showing((), self._read_vocabulary())
        for n_pieces in range(1, self._max_pieces + 1):
            done = (n_pieces - 1) / self._max_pieces
            self._prepared.go_on(f"Words of {counted(n_pieces, 'piece')}", done)
            found = yield from showing(self._words(), self._search(n_pieces))
            for ids, logarithm, _ in found:
                word, forms = self._word(ids)
                if ids in forms:
                    known = self._forms.setdefault(word, {})
                    known[ids] = logarithm
                    if n_pieces == 1:  # the network has said how likely its other form is, too
                        others = (row for row, *more in forms if not more)
                        has = len(self._alone)  # the tokenizer may know more rows
                        known |= {(row,): float(self._alone[row]) for row in others if row < has}
            yield self._words()

    def _read_vocabulary(self) -> Generator[None, None, None]:
        """Find the rows that a word can begin with, and those that it can go on with."""
        vocabulary = self._tokenizer.vocabulary
        for row in range(min(len(self._begins), self._tokenizer.vocab_size)):
            if row % _ROWS_PER_STEP == _ROWS_PER_STEP - 1:
                yield
            piece = vocabulary.piece(row)
            if row not in vocabulary.added and _is_of_word(piece):
                self._begins[row] = not piece.mark
                goes_on = bool(piece.mark) if vocabulary.marks_pieces else piece.n_spaces == 0
                self._goes_on[row] = goes_on

    def _search(self, n_pieces: int) -> Generator[None, None, list[Beam]]:
        """Give the likeliest rows for ``n_pieces`` masks, with their summed log-probabilities."""
        begun = widened(self._prepared, self._at, n_pieces)
        beams: list[Beam] = [] if begun is None else [((), 0.0, begun)]
        for nth in range(n_pieces):
            allowed = self._goes_on if nth else self._begins
            most = _BEAMS * (_LOOKED_AT if nth == n_pieces - 1 else 1)
            longer: list[Beam] = []
            beam_of = {query: (ids, so_far) for ids, so_far, query in beams}
            for batch in batches(list(beam_of), self._prepared.network.configuration):
                self._prepared.end_if_stopped()
                rows = yield from read(self._prepared, batch)
                self._alone = rows[0] if n_pieces == 1 else self._alone
                for query, logarithms in zip(batch, rows, strict=True):
                    ids, so_far = beam_of[query]
                    for row in _likeliest(logarithms, allowed, most):
                        after = replace(query, ids=query.filled(query.at, row), at=query.at + 1)
                        longer.append(((*ids, row), so_far + float(logarithms[row]), after))
            beams = sorted(longer, key=lambda beam: (-beam[1], beam[0]))[:most]
        return beams

    def _word(self, ids: Rows) -> tuple[str, list[Rows]]:
        """Read rows as a word, and cut it as the tokenizer would, without a space and with one."""
        written = b"".join(self._tokenizer.vocabulary.piece(row).bytes for row in ids)
        word = written.decode(errors="ignore").lstrip(" ")
        whole = f" {word}".encode().endswith(written)  # no pieces of characters that do not fit
        if not (word and whole and all(map(_is_inside_words, word))):
            return word, []
        return word, list(map(tuple, self._tokenizer.ids_of([word, f" {word}"])))

    def _words(self) -> tuple[WholeWord, ...]:
        """List what is found so far, the likeliest word first."""
        words = []
        for text, forms in self._forms.items():
            ids = max(forms, key=forms.__getitem__)
            both = float(np.logaddexp.reduce(list(forms.values())))
            words.append(WholeWord(text, ids, both, forms[ids] / len(ids), tuple(forms.items())))
        words.sort(key=lambda word: (-word.log_probability, word.ids))
        return tuple(words[: self._top_k])


def _likeliest(logarithms: FloatArray, allowed: NDArray[np.bool_], most: int) -> list[int]:
    """List the likeliest of the rows that are allowed, (vocabulary,), best first."""
    rows = np.flatnonzero(allowed)
    return rows[best(logarithms[rows], most)].tolist() if len(rows) else []


def _is_of_word(piece: Piece) -> bool:
    """Whether a row is a word or a part of one, be it only some bytes of a character."""
    text = piece.bytes.decode(errors="ignore").strip(" ")
    return not piece.is_blank and all(map(_is_inside_words, text))


def _is_inside_words(character: str) -> bool:
    return character.isalnum() or character in _INSIDE_WORDS
