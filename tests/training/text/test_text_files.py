import lzma
import os
from functools import partial
from pathlib import Path

import pytest

from roberta_gui import problems
from roberta_gui.resources import resource
from roberta_gui.training.evaluation.cloze import read_gaps
from roberta_gui.training.evaluation.everything import read_sources
from roberta_gui.training.text import text_files
from roberta_gui.training.text.text_files import Skipped, find_text, read_documents


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder with good files, bad files and files that are no text."""
    (tmp_path / "deeper").mkdir()
    (tmp_path / "b.txt").write_text("One.\nTwo.\n\n \n\nThree.", encoding="utf-8")
    (tmp_path / "deeper" / "a.txt.xz").write_bytes(lzma.compress("Vier Füße.\n".encode()))
    (tmp_path / "latin.txt").write_bytes("Füße".encode("latin-1"))
    (tmp_path / "empty.txt").write_text(" \n\n", encoding="utf-8")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\x0d\x0a"[1:] + b"\x00\x00\x00")
    (tmp_path / "short.txt.xz").write_bytes(lzma.compress(b"cut short" * 100)[:-20])
    (tmp_path / "plain.txt.xz").write_bytes(b"not compressed at all")
    (tmp_path / "notes.md").write_text("not text to train on", encoding="utf-8")
    return tmp_path


def test_a_folder_gives_its_text_files_those_of_folders_inside_too(mixed: Path) -> None:
    names = [path.name for path in find_text([mixed])]

    assert names == [
        "b.txt",
        "a.txt.xz",
        "empty.txt",
        "latin.txt",
        "picture.txt",
        "plain.txt.xz",
        "short.txt.xz",
    ]


def test_files_can_be_left_out_by_pattern(mixed: Path) -> None:
    found = find_text([mixed / "b.txt", mixed / "latin.txt"], leave_out=["lat*"])

    assert found == (mixed / "b.txt",)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("latin.txt", "not UTF-8"),
        ("empty.txt", "empty"),
        ("picture.txt", "binary"),
        ("short.txt.xz", "cut short"),
        ("plain.txt.xz", "no .xz file"),
        ("gone.txt", "missing"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(mixed: Path, name: str, reason: str) -> None:
    found = read_documents(mixed / name)

    assert isinstance(found, Skipped)
    assert name in str(found)
    assert reason in str(found)


def test_a_file_that_is_too_large_is_named_packed_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_files, "LARGEST", 1000)
    plain, packed = tmp_path / "large.txt", tmp_path / "bomb.txt.xz"
    plain.write_bytes(b"a" * 1001)
    packed.write_bytes(lzma.compress(b"a" * 1001))

    assert str(read_documents(plain)).endswith("it is larger than 0.001 MB.")
    assert str(read_documents(packed)).endswith("unpacked: it is larger than 0.001 MB.")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "a.txt"
    os.mkfifo(pipe)

    assert "not a regular file" in str(read_documents(pipe))
    for read in (read_gaps, partial(read_sources, resource("reference_sentences.txt"))):
        with pytest.raises(problems.BadArgument, match="not a regular file"):
            read(pipe)


def test_documents_are_the_blocks_between_blank_lines(mixed: Path) -> None:
    assert read_documents(mixed / "b.txt") == ("One.\nTwo.", "Three.")
    assert read_documents(mixed / "deeper" / "a.txt.xz") == ("Vier Füße.",)


def test_windows_line_ends_and_a_byte_order_mark_are_taken_away(tmp_path: Path) -> None:
    file = tmp_path / "windows.txt"
    file.write_bytes(b"\xef\xbb\xbfOne.\r\nTwo.\r\n\r\nThree.\r\n")

    assert read_documents(file) == ("One.\nTwo.", "Three.")


def test_a_place_that_is_not_there_is_a_clear_problem(tmp_path: Path) -> None:
    with pytest.raises(problems.BadArgument, match=r"There is no .*nowhere"):
        find_text([tmp_path / "nowhere"])


def test_a_folder_without_text_is_a_clear_problem(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("no text", encoding="utf-8")

    with pytest.raises(problems.BadArgument, match="no text in"):
        find_text([tmp_path])
