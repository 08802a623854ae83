"""Reference axes: fitted in steps, kept in a file, and never trusted blindly when read back."""

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from roberta_gui.analysis.projection import Axes
from roberta_gui.analysis.reference_axes import (
    REFERENCE_MODES,
    ReferenceAxes,
    axes_key,
    fit_reference_axes,
)
from roberta_gui.problems import BadArgument
from tests.analysis.states import made_up_states

LENGTHS = (3, 0, 1, 120, 9, 150, 17)


def sentences() -> list[NDArray[np.float32]]:
    return np.split(made_up_states(), np.cumsum(LENGTHS)[:-1], axis=1)


def run(steps: Generator[float, None, ReferenceAxes]) -> tuple[list[float], ReferenceAxes]:
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as finished:
            return told, finished.value


@pytest.fixture(scope="module")
def fitted() -> ReferenceAxes:
    return run(fit_reference_axes(sentences(), len(LENGTHS)))[1]


def test_the_axes_are_those_of_all_states_at_once(fitted: ReferenceAxes) -> None:
    for mode in REFERENCE_MODES:
        whole = Axes.fit(made_up_states(), mode=mode, basis="joint", n=3)
        np.testing.assert_allclose(fitted.axes[mode].loadings, whole.loadings, atol=1e-6)
        np.testing.assert_allclose(fitted.axes[mode].explained, whole.explained, atol=1e-9)
    assert fitted.n_tokens == sum(LENGTHS)
    assert fitted.n_sentences == 6  # one is empty


def test_the_background_is_one_token_of_each_sentence_in_every_layer_and_mode(
    fitted: ReferenceAxes,
) -> None:
    spoken = [states for states in sentences() if states.shape[1]]
    for mode in REFERENCE_MODES:
        background = fitted.background[mode]
        assert background.shape == (4, 6, 3)
        for sample, states in enumerate(spoken):
            points = fitted.axes[mode].transform(states)
            distance = np.abs(points - background[:, [sample]]).max(axis=(0, 2))
            assert distance.min() < 1e-5 * np.abs(background).max()


def test_the_same_seed_draws_the_same_background(fitted: ReferenceAxes) -> None:
    again = run(fit_reference_axes(iter(sentences()), len(LENGTHS)))[1]
    other = run(fit_reference_axes(sentences(), len(LENGTHS), seed=1))[1]
    np.testing.assert_array_equal(again.background["raw"], fitted.background["raw"])
    assert not np.array_equal(other.background["raw"], fitted.background["raw"])


def test_progress_only_grows_and_ends_at_one() -> None:
    told, _ = run(fit_reference_axes(sentences(), len(LENGTHS)))
    assert told == sorted(told)
    assert told[-1] == 1
    assert 0 <= told[0] < 0.2
    assert len(told) >= len(LENGTHS) + len(REFERENCE_MODES)


def test_more_sentences_than_announced_do_not_push_progress_over_one() -> None:
    told, _ = run(fit_reference_axes(sentences(), 2))
    assert told == sorted(told)
    assert told[-1] == 1


def test_no_tokens_or_states_of_two_models_are_a_problem() -> None:
    states = made_up_states()
    with pytest.raises(BadArgument, match="at least one token"):
        run(fit_reference_axes([states[:, :0]], 1))
    with pytest.raises(BadArgument, match="do not fit the earlier ones"):
        run(fit_reference_axes([states, states[1:]], 2))


def test_what_was_saved_is_read_back_bit_by_bit(fitted: ReferenceAxes, tmp_path: Path) -> None:
    path = tmp_path / "new" / "axes.npz"
    assert fitted.save(path)
    read = ReferenceAxes.load(path)
    assert read is not None
    assert (read.n_sentences, read.n_tokens) == (fitted.n_sentences, fitted.n_tokens)
    unseen = made_up_states(seed=5, n_tokens=4)
    for mode in REFERENCE_MODES:
        points = fitted.axes[mode].transform(unseen)
        np.testing.assert_array_equal(read.axes[mode].transform(unseen), points)
        np.testing.assert_array_equal(read.axes[mode].explained, fitted.axes[mode].explained)
        np.testing.assert_array_equal(read.background[mode], fitted.background[mode])
        assert not read.background[mode].flags.writeable
    assert [file.name for file in path.parent.iterdir()] == ["axes.npz"]


def test_a_missing_file_is_no_axes_and_no_noise(tmp_path: Path) -> None:
    assert ReferenceAxes.load(tmp_path / "none.npz") is None


@pytest.mark.expects_log("holds no axes that can be read")
@pytest.mark.parametrize("kept", [0, 1, 100, 2000, -30])
def test_a_file_cut_short_is_no_axes(fitted: ReferenceAxes, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "axes.npz"
    fitted.save(path)
    path.write_bytes(path.read_bytes()[:kept])
    assert ReferenceAxes.load(path) is None


@pytest.mark.expects_log("holds no axes that can be read")
def test_a_flipped_byte_is_no_axes(fitted: ReferenceAxes, tmp_path: Path) -> None:
    path = tmp_path / "axes.npz"
    fitted.save(path)
    content = bytearray(path.read_bytes())
    content[content.index(fitted.axes["centred"].loadings.tobytes()) + 10] ^= 0xFF
    path.write_bytes(content)
    assert ReferenceAxes.load(path) is None


@pytest.mark.expects_log("holds no axes that can be read")
def test_a_foreign_file_is_no_axes(fitted: ReferenceAxes, tmp_path: Path) -> None:
    text, array, archive = (tmp_path / name for name in ("a.txt", "b.npy", "c.npz"))
    text.write_text("axes", "utf-8")
    np.save(array, np.zeros(3))
    np.savez(archive, format=np.array("another-tool-7"), counts=np.array([1, 2]))
    folder = tmp_path / "folder.npz"
    folder.mkdir()
    for path in (text, array, archive, folder):
        assert ReferenceAxes.load(path) is None


@pytest.mark.expects_log("holds no axes that can be read")
def test_arrays_that_do_not_fit_together_are_no_axes(fitted: ReferenceAxes, tmp_path: Path) -> None:
    path = tmp_path / "axes.npz"
    fitted.save(path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["centred.background"] = arrays["centred.background"][1:]
    np.savez(path, allow_pickle=False, **arrays)
    assert ReferenceAxes.load(path) is None


@pytest.mark.expects_log("could not be kept")
def test_a_place_that_cannot_be_written_costs_only_the_file(
    fitted: ReferenceAxes, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    assert not fitted.save(tmp_path / "file" / "axes.npz")
    (tmp_path / "taken.npz").mkdir()
    assert not fitted.save(tmp_path / "taken.npz")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "taken.npz"]


def test_everything_that_changes_the_axes_changes_the_key() -> None:
    keys = {
        axes_key("w", "t", "r"),
        axes_key("x", "t", "r"),
        axes_key("w", "x", "r"),
        axes_key("w", "t", "x"),
        axes_key("wt", "", "r"),
        axes_key("w", "t", "r", dtype="bfloat16"),
        axes_key("w", "t", "r", n=2),
    }
    assert len(keys) == 7
    assert all(key.replace("-", "").isalnum() for key in keys)


def test_scipy_is_loaded_in_a_step_of_its_own() -> None:
    program = """
import sys
import numpy as np
from roberta_gui.analysis.reference_axes import fit_reference_axes

drawn = []
def states():
    drawn.append(1)
    yield np.ones((2, 3, 4), dtype="float32")

steps = fit_reference_axes(states(), 1)
next(steps)
print("scipy.linalg" in sys.modules, len(drawn))
next(steps)
print("scipy.linalg" in sys.modules, len(drawn))
next(steps)
print(len(drawn))
"""
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == ["False", "0", "True", "0", "1"]
