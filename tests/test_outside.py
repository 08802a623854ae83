"""The boundary: whatever reading something foreign stumbles over becomes a problem."""

import math
import os
import sys
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.outside import brief, read_bytes, reading, remarks_aside, strict_json


class Panic(BaseException):
    """As the bindings of Rust code raise it: no Exception."""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RecursionError("maximum"), "x.json is damaged: it is nested too deeply."),
        (MemoryError(), "x.json cannot be read: it asks for more memory than there is."),
        (OverflowError("int too large"), "x.json is damaged: int too large."),
        (Panic("index out\nof bounds"), "x.json is damaged: index out of bounds."),
        (KeyError(), "x.json is damaged: KeyError."),
        (FileNotFoundError(2, "No such file"), "x.json is missing."),
        (PermissionError(13, "Permission denied"), "x.json cannot be read: Permission denied."),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), "it is not UTF-8 text."),
    ],
)
def test_whatever_comes_up_is_a_problem_with_the_reason(error: BaseException, said: str) -> None:
    with pytest.raises(problems.BrokenCheckpoint) as caught, reading("x.json", "Try again."):
        raise error

    assert said in caught.value.title
    assert caught.value.hint == "Try again."
    assert caught.value.__cause__ is error


def test_a_problem_goes_through_as_it_is() -> None:
    with pytest.raises(problems.Stopped), reading("x.json"):
        raise problems.Stopped


@pytest.mark.parametrize("own", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_ends_a_program_is_no_problem_of_the_file_s(own: type[BaseException]) -> None:
    with pytest.raises(own), reading("x.json"):
        raise own


def test_a_file_is_read_up_to_the_size_that_it_may_have(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")

    assert read_bytes(file, 5) == b"12345"
    with pytest.raises(ValueError, match="larger"):
        read_bytes(file, 4)


def test_no_more_memory_is_asked_for_than_a_file_has_bytes(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")

    assert read_bytes(file, 10**15) == b"12345"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no such files")
def test_a_file_whose_size_nobody_tells_is_read_up_to_what_it_may_have() -> None:
    assert Path("/proc/self/status").stat().st_size == 0

    assert read_bytes(Path("/proc/self/status"), 10_000).endswith(b"\n")
    with pytest.raises(ValueError, match="larger"):
        read_bytes(Path("/proc/self/status"), 10)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
def test_pipes_and_devices_are_never_opened(tmp_path: Path) -> None:
    pipe, device = tmp_path / "pipe", tmp_path / "device"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")

    for path in (pipe, device, tmp_path):
        with pytest.raises(ValueError, match="not a regular file"):
            read_bytes(path, 10)


def test_long_values_are_quoted_in_part() -> None:
    assert brief("x" * 1000).endswith("…")
    assert len(brief("x" * 1000)) < 100
    assert brief(3) == "3"


def test_what_other_programs_read_has_null_where_there_is_no_number() -> None:
    told = {"a": math.nan, "b": (1.5, -math.inf), "c": np.array([1 / 3, math.nan]), "d": None}

    written = strict_json(told, digits=3)

    assert written == '{"a": null, "b": [1.5, null], "c": [0.333, null], "d": null}'


def test_what_a_library_prints_by_itself_is_kept_out_of_the_table(
    capfd: pytest.CaptureFixture[str],
) -> None:
    # As where standard output is a file: what is printed waits in a buffer.
    with os.fdopen(1, "w", closefd=False) as buffered, patch.object(sys, "stdout", buffered):
        sys.stdout.write("before\n")
        with remarks_aside():
            sys.stdout.write("remark in Python\n")
            os.write(1, b"remark of a library\n")
        sys.stdout.write("table\n")
    told = capfd.readouterr()
    assert told.out == "before\ntable\n"
    assert told.err == "remark of a library\nremark in Python\n"
