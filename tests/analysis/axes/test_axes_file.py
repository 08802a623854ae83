"""The file of a model's axes: whole or not at all, and never trusted blindly when read back."""

import os
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from roberta_gui.analysis.axes.axes_file import axes_key, load_axes, save_axes
from roberta_gui.analysis.axes.reference_axes import BASES
from roberta_gui.analysis.axes.reference_fit import fit_reference_axes
from roberta_gui.problems import BadArgument
from tests.analysis.reference import TEXTS, fitted_axes, reads
from tests.analysis.states import made_up_states
from tests.analysis.stepped import run
from tests.made_up import MADE_UP


def test_what_was_saved_is_read_back_bit_by_bit(tmp_path: Path) -> None:
    path = tmp_path / "new" / "axes.npz"
    saved = fitted_axes()
    assert save_axes(saved, path)
    read = load_axes(path)

    assert read is not None
    assert read.is_complete
    assert read.spaces == saved.spaces
    assert (read.n_sentences, read.n_tokens) == (saved.n_sentences, saved.n_tokens)
    np.testing.assert_array_equal(read.sample, saved.sample)
    np.testing.assert_array_equal(read.positions, saved.positions)
    np.testing.assert_array_equal(read.repeated.hidden, saved.repeated.hidden)
    np.testing.assert_array_equal(read.repeated.words, saved.repeated.words)
    assert read.repeated.texts == saved.repeated.texts
    assert not read.sample.flags.writeable
    assert [file.name for file in path.parent.iterdir()] == ["axes.npz"]


def test_what_was_read_back_does_the_same_to_unseen_states(tmp_path: Path) -> None:
    saved = fitted_axes()
    save_axes(saved, tmp_path / "axes.npz")
    read = load_axes(tmp_path / "axes.npz")
    unseen = made_up_states(seed=5, n_tokens=4)

    assert read is not None
    for space in saved.spaces:
        one, other = saved.preparations.get(space), read.preparations.get(space)
        assert one is not None
        assert other is not None
        assert other.space == space
        for layer, states in enumerate(unseen):
            np.testing.assert_array_equal(
                other.apply_layer(layer, states), one.apply_layer(layer, states)
            )
        for basis in BASES:
            before, after = saved.fits[space, basis], read.fits[space, basis]
            np.testing.assert_array_equal(
                after.axes.transform(unseen), before.axes.transform(unseen)
            )
            np.testing.assert_array_equal(after.axes.explained, before.axes.explained)
            np.testing.assert_array_equal(after.background, before.background)
            assert (after.axes.space, after.axes.basis) == (space, basis)
            assert after.axes.n_tokens == saved.n_tokens
            assert after.first == before.first


def test_axes_of_a_small_model_come_back_too(tmp_path: Path) -> None:
    _, small = run(fit_reference_axes(reads(n_features=4), TEXTS))
    save_axes(small, tmp_path / "axes.npz")

    read = load_axes(tmp_path / "axes.npz")

    assert read is not None
    assert set(read.fits) == set(small.fits)


def test_axes_without_any_repeated_word_come_back_too(tmp_path: Path) -> None:
    _, axes = run(fit_reference_axes(reads()[:3], TEXTS))
    save_axes(axes, tmp_path / "axes.npz")

    read = load_axes(tmp_path / "axes.npz")

    assert read is not None
    assert read.repeated.hidden.shape == axes.repeated.hidden.shape


def test_axes_that_are_not_complete_are_not_kept(tmp_path: Path) -> None:
    partial = replace(fitted_axes(), fits=MappingProxyType({}))

    with pytest.raises(BadArgument, match="not complete"):
        save_axes(partial, tmp_path / "axes.npz")

    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_no_axes_and_no_noise(tmp_path: Path) -> None:
    assert load_axes(tmp_path / "none.npz") is None


@pytest.mark.expects_log("holds no axes that can be read")
@pytest.mark.parametrize("kept", [0, 1, 100, 2000, -30])
def test_a_file_cut_short_is_no_axes(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "axes.npz"
    save_axes(fitted_axes(), path)
    path.write_bytes(path.read_bytes()[:kept])
    assert load_axes(path) is None


@pytest.mark.expects_log("holds no axes that can be read")
def test_a_flipped_byte_is_no_axes(tmp_path: Path) -> None:
    path = tmp_path / "axes.npz"
    save_axes(fitted_axes(), path)
    content = bytearray(path.read_bytes())
    content[content.index(fitted_axes().sample.tobytes()) + 10] ^= 0xFF
    path.write_bytes(content)
    assert load_axes(path) is None


@pytest.mark.expects_log("holds no axes that can be read")
def test_a_foreign_file_is_no_axes(tmp_path: Path) -> None:
    text, array, archive = (tmp_path / name for name in ("a.txt", "b.npy", "c.npz"))
    text.write_text("axes", "utf-8")
    np.save(array, np.zeros(3))
    np.savez(archive, format=np.array("another-tool-7"), counts=np.array([1, 2]))
    folder = tmp_path / "folder.npz"
    folder.mkdir()
    for path in (text, array, archive, folder):
        assert load_axes(path) is None


@pytest.mark.expects_log("holds no axes that can be read")
@pytest.mark.parametrize(
    "name",
    [
        "sample", "positions", "repeated.words", "repeated.texts", "repeated.hidden",
        "drop_top 3.scale", "raw.total", "all_but_the_top 10.removed",
        "centred.joint.background", "standardised.per_layer.first",
        "all_but_the_top 1.joint.explained", "raw.per_layer.loadings",
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit_together_are_no_axes(tmp_path: Path, name: str) -> None:
    path = tmp_path / "axes.npz"
    save_axes(fitted_axes(), path)
    with np.load(path) as file:
        arrays = {each: file[each] for each in file.files}
    arrays[name] = arrays[name][1:]
    np.savez(path, allow_pickle=False, **arrays)
    assert load_axes(path) is None


@pytest.mark.expects_log("holds no axes that can be read")
@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize(
    "name",
    ["sample", "repeated.hidden", "raw.centre", "drop_top 3.scale", "centred.joint.loadings",
     "standardised.per_layer.first", "raw.joint.explained"],
)  # fmt: skip
def test_axes_that_hold_one_undefined_value_are_no_axes(
    tmp_path: Path, name: str, value: float
) -> None:
    path = tmp_path / "axes.npz"
    save_axes(fitted_axes(), path)
    with np.load(path) as file:
        arrays = {each: file[each] for each in file.files}
    arrays[name].flat[-1] = value
    np.savez(path, allow_pickle=False, **arrays)
    assert load_axes(path) is None


@pytest.mark.expects_log("could not be kept")
def test_a_place_that_cannot_be_written_costs_only_the_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    assert not save_axes(fitted_axes(), tmp_path / "file" / "axes.npz")
    (tmp_path / "taken.npz").mkdir()
    assert not save_axes(fitted_axes(), tmp_path / "taken.npz")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "taken.npz"]
    assert "Traceback" not in caplog.text


def test_everything_that_changes_the_axes_changes_the_key() -> None:
    model = replace(MADE_UP, weights_sha256="w", tokenizer_sha256="t", configuration_sha256="c")
    keys = {
        axes_key(model, "r"),
        axes_key(model, "x"),
        axes_key(model, "r", n=2),
        axes_key(replace(model, weights_sha256="x"), "r"),
        axes_key(replace(model, tokenizer_sha256="x"), "r"),
        axes_key(replace(model, configuration_sha256="x"), "r"),
        axes_key(replace(model, weights_sha256="wc", configuration_sha256=""), "r"),
        axes_key(replace(model, dtype="bfloat16"), "r"),
    }
    assert len(keys) == 8
    assert all(key.replace("-", "").isalnum() for key in keys)
    assert axes_key(replace(model, name="copy", source="elsewhere"), "r") in keys


def archived(path: Path) -> dict[str, np.ndarray]:
    save_axes(fitted_axes(), path)
    with np.load(path) as file:
        return {each: file[each] for each in file.files}


@pytest.mark.expects_log("holds no axes that can be read")
def test_an_archive_that_says_it_is_encrypted_is_no_axes(tmp_path: Path) -> None:
    path = tmp_path / "axes.npz"
    save_axes(fitted_axes(), path)
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 8] |= 1  # of the directory's flags: the member is encrypted
    content[6] |= 1
    path.write_bytes(content)
    assert load_axes(path) is None


@pytest.mark.expects_log("holds no axes that can be read")
def test_a_shape_that_fits_no_memory_is_no_axes(tmp_path: Path) -> None:
    path = tmp_path / "axes.npz"
    save_axes(fitted_axes(), path)
    content = path.read_bytes()
    shape = b"'shape': (4, 12, 12), "
    assert shape in content
    path.write_bytes(content.replace(shape, b"'shape': (9999999999,),"[: len(shape)]))
    assert load_axes(path) is None


@pytest.mark.expects_log("holds no axes that can be read")
def test_an_archive_that_swells_when_it_is_unpacked_is_no_axes(tmp_path: Path) -> None:
    path = tmp_path / "axes.npz"
    arrays = archived(path) | {"large": np.zeros(10_000_000)}
    np.savez_compressed(path, allow_pickle=False, **arrays)
    assert load_axes(path) is None


@pytest.mark.expects_log("holds no axes that can be read")
@pytest.mark.parametrize("name", ["sample", "positions", "repeated.texts", "raw.total"])
def test_arrays_of_another_kind_of_value_are_no_axes(tmp_path: Path, name: str) -> None:
    path = tmp_path / "axes.npz"
    arrays = archived(path)
    arrays[name] = np.zeros(arrays[name].shape, dtype=np.complex128)
    np.savez(path, allow_pickle=False, **arrays)
    assert load_axes(path) is None


@pytest.mark.expects_log("holds no axes that can be read")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
def test_a_pipe_in_the_place_of_axes_is_no_axes_and_nobody_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "axes.npz")
    assert load_axes(tmp_path / "axes.npz") is None
