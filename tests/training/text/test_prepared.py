"""A corpus that is tokenized here and trained on elsewhere."""

from pathlib import Path

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.training.start import Start
from roberta_gui.training.text import prepared
from roberta_gui.training.text.prepared import write_prepared
from roberta_gui.training.text.text_files import find_text
from roberta_gui.training.text.tokenized_text import TokenizedText, tokenize_files
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


def test_no_file_is_larger_than_said_even_where_nothing_repeats(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    ids = random.integers(0, 1 << 16, 20_000_000, np.uint16)
    stops = np.arange(25, len(ids) + 1, 25)

    written = write_prepared(tmp_path, TokenizedText(ids, stops - 25, stops), "ours")

    assert len(written) == 2
    assert max(path.stat().st_size for path in written) <= prepared.LARGEST


def test_an_earlier_corpus_makes_place(start: Start, tmp_path: Path) -> None:
    (tmp_path / "007.ids.npz").write_bytes(b"before")

    (written,) = write_prepared(tmp_path, text_of(start), "ours")

    assert [*tmp_path.iterdir()] == [written]


def test_another_tokenizer_is_refused(start: Start, tmp_path: Path) -> None:
    write_prepared(tmp_path, text_of(start), "ours")

    with pytest.raises(problems.BadArgument, match="made by another tokenizer"):
        read_again(tmp_path, start, "theirs")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short"])
def test_a_damaged_file_is_named(start: Start, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "001.ids.npz").write_bytes(content)

    with pytest.raises(problems.BadArgument, match=r"001\.ids\.npz is damaged"):
        read_again(tmp_path, start, "ours")
