"""A file that somebody named is written whole, or what was there before stays."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from roberta_gui.whole_file import (
    passing_folder,
    sweep,
    sweep_temporary,
    whole_file,
    write_whole,
)

needs_posix = pytest.mark.skipif(os.name != "posix", reason="links, devices and file modes")


def write(path: Path, content: bytes) -> None:
    with whole_file(path) as file:
        file.write(content)


def fill_the_disk(path: Path) -> None:
    with whole_file(path) as file:
        file.write(b"half of it")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("before", [None, b"old"])
def test_the_new_file_takes_the_place_of_the_old_one_and_nothing_else_stays(
    tmp_path: Path, before: bytes | None
) -> None:
    file = tmp_path / "a.csv"
    if before is not None:
        file.write_bytes(before)

    write(file, b"new")

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a.csv": b"new"}


def test_until_it_is_whole_the_old_one_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"old")

    with whole_file(file) as opened:
        opened.write(b"new")
        opened.flush()
        assert file.read_bytes() == b"old"

    assert file.read_bytes() == b"new"


@pytest.mark.parametrize("before", [{}, {"a.csv": b"precious"}])
def test_a_disk_that_is_full_leaves_what_was_there(
    tmp_path: Path, before: dict[str, bytes]
) -> None:
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)

    with pytest.raises(OSError, match="space"):
        fill_the_disk(tmp_path / "a.csv")

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


@needs_posix
def test_a_file_that_is_replaced_keeps_its_mode_and_a_new_one_is_like_any_other(
    tmp_path: Path,
) -> None:
    kept, new, other = (tmp_path / name for name in ("kept", "new", "other"))
    kept.write_bytes(b"old")
    kept.chmod(0o640)
    other.write_bytes(b"")

    write(kept, b"1")
    write(new, b"1")

    assert kept.stat().st_mode & 0o777 == 0o640
    assert new.stat().st_mode == other.stat().st_mode


@needs_posix
def test_a_link_stays_a_link_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    file, link = tmp_path / "elsewhere" / "a.csv", tmp_path / "a.csv"
    file.write_bytes(b"old")
    link.symlink_to(file)

    write(link, b"new")

    assert link.is_symlink()
    assert file.read_bytes() == b"new"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_device_is_written_in_place_and_tells_that_it_is_full(tmp_path: Path) -> None:
    link = tmp_path / "full.csv"
    link.symlink_to("/dev/full")

    with pytest.raises(OSError, match="space"):
        write(link, b"new")

    assert [each.name for each in tmp_path.iterdir()] == ["full.csv"]


@pytest.mark.parametrize("mode", [0o444, 0o644])
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do anything")
def test_what_is_locked_stays_and_a_folder_that_takes_nothing_new_is_no_obstacle(
    tmp_path: Path, mode: int
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    file = folder / "a.csv"
    file.write_bytes(b"old")
    file.chmod(mode)
    is_locked = mode == 0o444
    folder.chmod(0o755 if is_locked else 0o555)

    try:
        if is_locked:
            with pytest.raises(PermissionError):
                write(file, b"new")
        else:
            write(file, b"new")
    finally:
        folder.chmod(0o755)

    assert file.read_bytes() == (b"old" if is_locked else b"new")
    assert [each.name for each in folder.iterdir()] == ["a.csv"]


def test_a_folder_that_stands_in_the_place_of_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()

    with pytest.raises(OSError):  # noqa: PT011 - each system has words of its own
        write(tmp_path / "a.csv", b"new")

    assert [each.is_dir() for each in tmp_path.iterdir()] == [True]


@pytest.mark.parametrize("name", ["no\0file.csv", "missing/a.csv", "x" * 300 + ".csv"])
def test_a_place_where_no_file_can_be_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - each system has words of its own
        write(tmp_path / name, b"new")

    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from roberta_gui.whole_file import whole_file
with whole_file(Path(sys.argv[1]) / "picture.png") as file:
    file.write(b"half of it")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@needs_posix
def test_what_a_killed_writer_left_is_swept_and_a_living_one_s_is_not(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    left = [path.name for path in tmp_path.iterdir()]
    assert len(left) == 1
    assert left[0].endswith(".part")
    (tmp_path / "mine.part").write_bytes(b"somebody else's idea of such a name")

    with whole_file(tmp_path / "other.png") as file:
        file.write(b"all of it")
        sweep(tmp_path)
        assert len(list(tmp_path.iterdir())) == 2

    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.part", "other.png"]


ENDED = """
import os
from roberta_gui.engine.tokens import tokenizer_building
from roberta_gui.resources import resource
tokenizer_building._from_transformers = lambda *_: os._exit(0)  # in the middle of its work
tokenizer_building.build(resource("models/mini"), frozenset(["tokenizer.json"]), {})
"""


@needs_posix
def test_what_is_left_by_a_window_that_closes_while_a_tokenizer_is_built_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(
        [sys.executable, "-c", ENDED], check=True, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    (left,) = tmp_path.iterdir()
    assert list(left.rglob("tokenizer.json"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with passing_folder() as own:
        (own / "inside").mkdir()
        sweep_temporary()
        assert list(tmp_path.iterdir()) == [own]

    assert list(tmp_path.iterdir()) == []


@needs_posix
def test_a_folder_is_swept_by_whoever_writes_there_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)

    write_whole(tmp_path / "new.md", "text")

    assert [path.name for path in tmp_path.iterdir()] == ["new.md"]


@needs_posix
def test_what_another_computer_writes_is_swept_only_when_it_is_a_day_old(tmp_path: Path) -> None:
    new, old = (tmp_path / f".roberta-00000000-999999999-{name:0>16}.part" for name in ("a", "b"))
    for path in (new, old):
        path.write_bytes(b"half of it")
    os.utime(old, (1, 1))

    sweep(tmp_path)
    sweep(tmp_path / "nowhere")

    assert list(tmp_path.iterdir()) == [new]
