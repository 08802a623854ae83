"""A corpus that is tokenized here and trained on elsewhere."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.training.starts.start import Start
from roberta_gui.training.text import prepared
from roberta_gui.training.text.prepared import write_prepared
from roberta_gui.training.text.text_files import find_text
from roberta_gui.training.text.tokenized_text import TokenizedText, save_tokenized, tokenize_files
from tests.training.toy import text_of

SEPARATOR = 2


def read_again(folder: Path, start: Start, fingerprint: str) -> TokenizedText:
    files = find_text([folder])
    return tokenize_files(files, start.tokenizer, SEPARATOR, (folder / "ids", fingerprint))


@pytest.mark.parametrize("largest", [prepared.LARGEST, 500])
def test_what_is_read_elsewhere_is_what_was_tokenized_here(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    monkeypatch.setattr(prepared, "LARGEST", largest)
    text = text_of(start)

    written = write_prepared(tmp_path, text, "ours")

    again = read_again(tmp_path, start, "ours")
    for name in ("ids", "starts", "stops"):
        np.testing.assert_array_equal(getattr(again, name), getattr(text, name))
    assert again.ids.dtype == np.uint16
    assert (len(written) > 1) is (largest == 500)


def test_no_file_is_larger_than_said_even_where_nothing_repeats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "LARGEST", 3_000_000)
    random = np.random.default_rng(0)
    ids = random.integers(0, 1 << 16, 2_000_000, np.uint16)
    stops = np.arange(25, len(ids) + 1, 25)

    written = write_prepared(tmp_path, TokenizedText(ids, stops - 25, stops), "ours")

    assert len(written) == 2
    assert max(path.stat().st_size for path in written) <= prepared.LARGEST


def test_an_earlier_corpus_makes_place(start: Start, tmp_path: Path) -> None:
    (tmp_path / "007.ids.npz").write_bytes(b"before")

    (written,) = write_prepared(tmp_path, text_of(start), "ours")

    assert [*tmp_path.iterdir()] == [written]


def test_an_earlier_corpus_stays_until_the_new_one_is_written(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_prepared(tmp_path, text_of(start), "ours")
    monkeypatch.setattr(prepared, "LARGEST", 500)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            write_prepared(tmp_path, text_of(start), "ours")

    assert [path.name for path in tmp_path.iterdir()] == ["001.ids.npz"]
    read_again(tmp_path, start, "ours")


@pytest.mark.parametrize("lost", [1, 2, -1])
def test_a_corpus_of_which_a_file_is_missing_is_refused(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    monkeypatch.setattr(prepared, "LARGEST", 500)
    written = write_prepared(tmp_path, text_of(start), "ours")
    gone = written[lost - 1 if lost > 0 else lost]
    gone.unlink()

    with pytest.raises(problems.BadArgument, match=rf"^{gone.name} is missing, .* {len(written)} "):
        read_again(tmp_path, start, "ours")


def test_files_of_two_corpora_are_not_read_as_one(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "LARGEST", 500)
    text = text_of(start)
    (first, *_) = write_prepared(tmp_path, text, "ours")
    others = replace(text, ids=text.ids[::-1])
    (other, *_) = write_prepared(tmp_path / "other", others, "ours")
    other.replace(first)

    with pytest.raises(problems.BadArgument, match="of another text than"):
        read_again(tmp_path, start, "ours")


def test_a_file_of_before_parts_were_counted_is_read(start: Start, tmp_path: Path) -> None:
    text = text_of(start)
    save_tokenized(tmp_path / "001.ids.npz", text, "ours")

    np.testing.assert_array_equal(read_again(tmp_path, start, "ours").ids, text.ids)


def test_another_tokenizer_is_refused(start: Start, tmp_path: Path) -> None:
    write_prepared(tmp_path, text_of(start), "ours")

    with pytest.raises(problems.BadArgument, match="made by another tokenizer"):
        read_again(tmp_path, start, "theirs")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short"])
def test_a_damaged_file_is_named(start: Start, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "001.ids.npz").write_bytes(content)

    with pytest.raises(problems.BadArgument, match=r"001\.ids\.npz is damaged"):
        read_again(tmp_path, start, "ours")
