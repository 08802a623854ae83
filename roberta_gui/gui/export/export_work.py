"""What the worker does of an export: numbers and pictures become files, in short steps."""

import io
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.work.jobs import Work
from roberta_gui.problems import Problem
from roberta_gui.records import Report, Stop
from roberta_gui.whole_file import whole_file

BYTES_A_STEP: Final = 8_000_000
"""Of arrays, between two looks at whether something more urgent waits: a few milliseconds."""

Steps: TypeAlias = Generator[float | None, None, None]
"""Writing in steps; each tells how far it is, from 0 to 1, where that is known."""


def save_table(path: Path, table: Table) -> Work:
    """Make the work that writes a table as CSV."""

    def write(file: BinaryIO) -> Steps:
        text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
        try:
            for _ in table.csv_steps(text):
                yield None
        finally:
            text.detach()  # whoever has opened the file has still to close it

    return _save(path, write)


def save_arrays(path: Path, arrays: Arrays, receipt: Sequence[str]) -> Work:
    """Make the work that writes arrays into one ``.npz`` file.

    What they were made from comes along as ``receipt``. They are not compressed: weights and
    hidden states would get 7 % smaller, and take 25 times as long.
    """
    return _save(path, lambda file: npz_steps(file, {"receipt": np.array(receipt), **arrays}))


def save_picture(path: Path, encode: Callable[[], bytes]) -> Work:
    """Make the work that writes a picture that is drawn already and not yet encoded.

    Encoding is one step, of a third of a second for the largest picture on an ordinary screen.
    """

    def write(file: BinaryIO) -> Steps:
        content = encode()
        yield None
        file.write(content)

    return _save(path, write)


def copy_table(table: Table) -> Work:
    """Make the work whose result is the table as CSV."""

    def work(stop: Stop, report: Report) -> Generator[None, None, str]:
        text = io.StringIO()
        for _ in table.csv_steps(text):
            report("Copying", None)
            yield
        return text.getvalue()

    return work


def npz_steps(file: BinaryIO, arrays: Arrays) -> Steps:
    """Write what ``numpy.savez`` would, some megabytes a step.

    Raises
    ------
    OSError
        The file cannot be written.
    ValueError
        An array holds Python objects, which no other program could read.
    """
    total = sum(array.nbytes for array in arrays.values())
    written = waiting = 0
    with ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                for part in _npy_parts(array):
                    member.write(part)
                    written += len(part)
                    waiting += len(part)
                    if waiting >= BYTES_A_STEP:
                        waiting = 0
                        yield min(written / total, 1)


def _npy_parts(array: NDArray[Any]) -> Iterator[bytes | memoryview]:
    """Return an ``.npy`` file in parts: its header, then the numbers."""
    if array.dtype.hasobject:
        raise ValueError("an array of Python objects cannot be saved")
    array = np.asarray(array, order="C")
    header = io.BytesIO()
    npy.write_array_header_1_0(header, npy.header_data_from_array_1_0(array))
    yield header.getvalue()
    content = array.reshape(-1).view(np.uint8).data
    for start in range(0, len(content), BYTES_A_STEP):
        yield content[start : start + BYTES_A_STEP]


def _save(path: Path, write: Callable[[BinaryIO], Steps]) -> Work:
    """Make the work that writes a whole file, or tells why not and leaves what was there."""

    def work(stop: Stop, report: Report) -> Generator[None, None, Path]:
        try:
            with whole_file(path) as file, closing(write(file)) as steps:
                for fraction in steps:
                    report("Saving", fraction)
                    yield
        except OSError as error:
            raise not_written(path, error) from error
        return path

    return work


def not_written(path: Path, error: OSError) -> Problem:
    """Say why a file could not be written."""
    reason = error.strerror or str(error)
    return Problem("The file could not be written.", f"{reason}: {path}")
