"""A user's text file: what is read of it, and what is refused with which words."""

import gzip
from pathlib import Path

import pytest

from roberta_gui.analysis.layer_maps import text_file
from roberta_gui.analysis.layer_maps.text_file import sentences_of
from roberta_gui.problems import BadArgument


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_line_is_a_sentence_once(tmp_path: Path, newline: str) -> None:
    file = tmp_path / "mine.txt"
    lines = ["Ein Satz.", "", "   ", "# no note", "Ein Satz.", " سلام 😀 "]
    file.write_bytes(newline.join(lines).encode())

    assert sentences_of(file) == ("Ein Satz.", "# no note", "سلام 😀")


def test_a_byte_order_mark_is_no_part_of_the_first_sentence(tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("It rains.", encoding="utf-8-sig")

    assert sentences_of(file) == ("It rains.",)


@pytest.mark.parametrize(
    "content",
    ["Größe".encode("latin-1"), "It rains.".encode("utf-16"), gzip.compress(b"It rains."), b"a\0b"],
    ids=["latin-1", "utf-16", "gzip", "nul"],
)
def test_what_is_no_utf8_text_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine.txt"
    file.write_bytes(content)

    with pytest.raises(BadArgument, match=r"mine\.txt is not UTF-8"):
        sentences_of(file)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path, told in ((tmp_path / "gone.txt", "cannot be read"), (tmp_path, "no ordinary file")):
        with pytest.raises(BadArgument, match=told):
            sentences_of(path)


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text(" \n\n")

    with pytest.raises(BadArgument, match="empty"):
        sentences_of(file)


def test_a_file_too_large_to_be_meant_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_file, "LARGEST", 10)
    file = tmp_path / "mine.txt"
    file.write_text("It rains all day.")

    with pytest.raises(BadArgument, match="larger than"):
        sentences_of(file)
