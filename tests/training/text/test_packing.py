from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roberta_gui import problems
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from roberta_gui.training.start import Start
from roberta_gui.training.text.packing import Specials, frame, pack
from roberta_gui.training.text.text_files import Skipped
from roberta_gui.training.text.tokenized_text import (
    TokenizedText,
    sentences_of,
    tokenize_documents,
    tokenize_files,
)
from tests.training.toy import DOCUMENTS

SEPARATOR = 2
SPECIALS = Specials(start=0, padding=1, end=SEPARATOR, mask=999, vocab_size=1000)

documents = st.lists(st.lists(st.integers(1, 30), min_size=1, max_size=5), min_size=1, max_size=8)
"""The lengths of each document's sentences, in tokens."""


def stream_of(lengths: list[list[int]]) -> TokenizedText:
    """Write sentences of the given lengths down one after the other, each id used once."""
    ids: list[int] = []
    starts: list[int] = []
    stops: list[int] = []
    fresh = 10
    for document in lengths:
        ids.append(SEPARATOR)
        for length in document:
            starts.append(len(ids))
            ids += range(fresh, fresh + length)
            fresh += length
            stops.append(len(ids))
    return TokenizedText(np.array(ids, np.uint16), np.array(starts), np.array(stops))


@given(documents, st.integers(4, 24))
def test_every_word_stands_in_exactly_one_row_in_order(lengths: list[list[int]], n: int) -> None:
    text = stream_of(lengths)

    rows = [text.ids[begin:end].tolist() for begin, end in pack(text, n)]

    words = [word for row in rows for word in row if word != SEPARATOR]
    assert words == [word for word in text.ids.tolist() if word != SEPARATOR]


@given(documents, st.integers(4, 24))
def test_rows_hold_as_many_whole_sentences_as_fit(lengths: list[list[int]], n: int) -> None:
    text = stream_of(lengths)
    # Written a second time, by hand: sentence after sentence, with the separator's token.
    expected: list[int] = []
    filled = 0
    for document in lengths:
        for place, length in enumerate(document):
            gap = 1 if place == 0 and filled else 0
            if filled and filled + gap + length <= n - 2:
                filled += gap + length
                expected[-1] = filled
                continue
            while length > n - 2:
                expected.append(n - 2)
                length -= n - 2
            filled = length
            if filled:
                expected.append(filled)

    assert [int(end - begin) for begin, end in pack(text, n)] == expected


@given(documents, st.integers(4, 24))
def test_full_rows_begin_with_the_sentence_that_was_cut_and_miss_no_word(
    lengths: list[list[int]], n: int
) -> None:
    text = stream_of(lengths)

    rows = pack(text, n, fill=True)

    whole = min(n - 2, len(text.ids))
    assert all(end - begin == whole for begin, end in rows)
    read = {int(word) for begin, end in rows for word in text.ids[begin:end]}
    assert read | {SEPARATOR} == set(text.ids.tolist())
    pieces = {
        place
        for start, stop in zip(text.starts, text.stops, strict=True)
        for place in range(start, stop, n - 2)
    }
    assert {int(begin) for begin, _ in rows[:-1]} <= pieces


def test_documents_in_one_row_are_apart_by_a_separator_and_rows_never_begin_with_one() -> None:
    text = stream_of([[2, 2], [3], [9]])

    rows = pack(text, 12)

    assert frame(text.ids, rows, 12, SPECIALS).tolist() == [
        [0, 10, 11, 12, 13, 2, 14, 15, 16, 2, 1, 1],
        [0, 17, 18, 19, 20, 21, 22, 23, 24, 25, 2, 1],
    ]


def test_rows_without_room_for_a_word_are_refused() -> None:
    with pytest.raises(problems.BadArgument, match="hold no text"):
        pack(stream_of([[3]]), 2)


def test_sentences_joined_are_the_line_they_come_from() -> None:
    line = 'He said: "Stop!" Then it rained. 3.5 metres fell... Yes. no capital here.'

    sentences = list(sentences_of(f"{line}\nA second line\n \nB."))

    assert "".join(sentences[:-2]) == line
    assert sentences == [
        'He said: "Stop!"',
        " Then it rained. 3.5 metres fell...",
        " Yes. no capital here.",
        "A second line",
        "B.",
    ]


def test_a_line_has_the_tokens_it_has_when_tokenized_whole(start: Start) -> None:
    text = tokenize_documents(DOCUMENTS, start.tokenizer, SEPARATOR)

    expected = []
    for document in DOCUMENTS:
        expected.append(SEPARATOR)
        for line in document.split("\n"):
            expected += [token.id for token in start.tokenizer.tokenize(line)[1:-1]]
    assert text.ids.tolist() == expected
    assert len(text.starts) == 3 * len(DOCUMENTS)


def test_text_is_tokenized_once_and_kept(
    start: Start, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [corpus / "pets.txt"]
    first = tokenize_files(files, start.tokenizer, SEPARATOR, (tmp_path, "fingerprint"))
    monkeypatch.setattr(type(start.tokenizer), "ids_of", lambda *_: pytest.fail("tokenized again"))

    again = tokenize_files(files, start.tokenizer, SEPARATOR, (tmp_path, "fingerprint"))

    assert again.ids.tolist() == first.ids.tolist()
    assert again.starts.tolist() == first.starts.tolist()


def test_bad_files_are_skipped_and_nothing_of_the_others_is_lost(
    tokenizer_folder: Path, corpus: Path, tmp_path: Path
) -> None:
    tokenizer, *_ = open_tokenizer(tokenizer_folder)
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\x00\x01")
    good = corpus / "pets.txt"

    text = tokenize_files([good, bad, good], tokenizer, SEPARATOR)

    alone = tokenize_documents(DOCUMENTS, tokenizer, SEPARATOR)
    assert text.skipped == (Skipped(bad, "it is binary"),)
    assert text.ids.tolist() == 2 * alone.ids.tolist()
    assert [text.ids[begin] for begin in text.starts] == 2 * [alone.ids[n] for n in alone.starts]


def test_only_bad_files_are_a_clear_problem(start: Start, tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\x00\x01")

    with pytest.raises(problems.BadArgument, match=r"bad\.txt was skipped: it is binary"):
        tokenize_files([bad], start.tokenizer, SEPARATOR)
