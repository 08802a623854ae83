"""Files are written in short steps, hold what they should, and are there whole or not at all."""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from roberta_gui.analysis.stepped import result_of
from roberta_gui.findings.tables import CELLS_A_STEP, Table, TableRows
from roberta_gui.gui.export.exporter import (
    BYTES_A_STEP,
    copy_table,
    npz_steps,
    save_arrays,
    save_picture,
    save_table,
)
from roberta_gui.gui.work.jobs import Work
from roberta_gui.problems import Problem

RANDOM = np.random.default_rng(0)
LONG = Table(("n", "token"), [(n, f"“{n}”") for n in range(CELLS_A_STEP)])


class PathState:
    """Does work as the runner would, and notes what it tells about itself."""

    def __init__(self, work: Work) -> None:
        self.reports: list[tuple[str, float | None]] = []
        self.steps = work(lambda: False, self._report)

    def to_the_end(self) -> Any:
        return result_of(self.steps)

    def _report(self, text: str, fraction: float | None = None) -> None:
        self.reports.append((text, fraction))


@pytest.mark.parametrize(
    "array",
    [
        np.array(0.25),
        np.array("a word 😀"),
        np.array(["a", "longer"]),
        np.zeros((0, 3), np.float32),
        np.array([True, False]),
        RANDOM.random((4, 5), np.float32).T,
        RANDOM.random((6, 8), np.float64)[::2, 1:],
        np.arange(3, dtype=">i4"),
        RANDOM.integers(0, 9, BYTES_A_STEP // 8 + 1),
    ],
    ids=str,
)
def test_arrays_are_read_back_as_if_numpy_had_saved_them(array: NDArray[Any]) -> None:
    ours, theirs = io.BytesIO(), io.BytesIO()
    for _ in npz_steps(ours, {"x": array, "other": np.arange(3)}):
        pass
    np.savez(theirs, x=array, other=np.arange(3))
    ours.seek(0)
    theirs.seek(0)

    with np.load(ours, allow_pickle=False) as read, np.load(theirs) as expected:
        assert read.files == expected.files
        np.testing.assert_array_equal(read["x"], expected["x"], strict=True)
        assert read["x"].dtype == array.dtype
        np.testing.assert_array_equal(read["other"], expected["other"])


def test_arrays_of_python_objects_are_refused() -> None:
    with pytest.raises(ValueError, match="objects"):
        list(npz_steps(io.BytesIO(), {"x": np.array([None, "a"], dtype=object)}))


def test_many_bytes_are_written_in_steps_that_tell_how_far_they_are(tmp_path: Path) -> None:
    arrays = {name: np.zeros(BYTES_A_STEP, np.uint8) for name in "abcd"}
    told = PathState(save_arrays(tmp_path / "a.npz", arrays, ["title"]))

    assert told.to_the_end() == tmp_path / "a.npz"

    texts, fractions = zip(*told.reports, strict=True)
    assert set(texts) == {"Saving"}
    assert np.allclose(fractions, [0.25, 0.5, 0.75, 1], atol=0.01)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as read:
        assert read["receipt"].tolist() == ["title"]


def test_a_long_table_is_written_in_steps(tmp_path: Path) -> None:
    saved, copied = PathState(save_table(tmp_path / "a.csv", LONG)), PathState(copy_table(LONG))

    saved.to_the_end()
    text = copied.to_the_end()

    assert (tmp_path / "a.csv").read_bytes() == text.encode()
    assert text == LONG.to_csv()
    assert list(csv.reader(io.StringIO(text, newline="")))[-1] == [str(CELLS_A_STEP - 1), "“19999”"]
    assert len(saved.reports) == len(copied.reports) == 2


def test_a_picture_is_encoded_by_the_worker(tmp_path: Path) -> None:
    encoded: list[str] = []

    def encode() -> bytes:
        encoded.append("now")
        return b"pixels"

    told = PathState(save_picture(tmp_path / "a.png", encode))
    assert encoded == []
    told.to_the_end()

    assert (tmp_path / "a.png").read_bytes() == b"pixels"


@pytest.mark.parametrize("n_steps", [1, 2])
@pytest.mark.parametrize(
    "make",
    [
        lambda file: save_table(file, LONG),
        lambda file: save_arrays(file, {"x": np.zeros(5 * BYTES_A_STEP, np.uint8)}, ["title"]),
    ],
    ids=["table", "arrays"],
)
def test_saving_that_is_stopped_leaves_what_was_there(
    tmp_path: Path, make: Any, n_steps: int
) -> None:
    (tmp_path / "a").write_bytes(b"precious")
    told = PathState(make(tmp_path / "a"))
    for _ in range(n_steps):
        next(told.steps)

    told.steps.close()

    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"a": b"precious"}


def test_a_file_that_cannot_be_written_is_a_problem_that_names_it(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "a.csv"

    with pytest.raises(Problem, match="could not be written") as raised:
        PathState(save_table(file, LONG)).to_the_end()

    assert str(file) in raised.value.hint
    assert isinstance(raised.value.__cause__, OSError)


def test_a_mistake_in_the_numbers_does_not_pass_for_a_full_disk(tmp_path: Path) -> None:
    broken = Table(("x",), TableRows(lambda: ((1 // (1 - n),) for n in range(3))))

    with pytest.raises(ZeroDivisionError):
        PathState(save_table(tmp_path / "a.csv", broken)).to_the_end()

    assert list(tmp_path.iterdir()) == []
