"""Folders that somebody spoiled on purpose, or a disk by accident: refused with the reason."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.checkpoints import weights
from roberta_gui.engine.checkpoints.checkpoint import open_checkpoint
from roberta_gui.engine.checkpoints.weights import read_tensors, sha256
from roberta_gui.engine.devices import available_bytes, require_memory
from tests.engine.changed_checkpoints import configure
from tests.patience import PATIENCE_S

WORDS = "roberta.embeddings.word_embeddings.weight"
WEIGHTS = "model.safetensors"


def refusal(folder: Path) -> str:
    with pytest.raises(problems.BrokenCheckpoint) as caught:
        open_checkpoint(folder)
    assert caught.value.hint
    return caught.value.title


# --- config.json


def test_a_configuration_with_a_byte_order_mark_is_read(folder: Path) -> None:
    file = folder / "config.json"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert open_checkpoint(folder).name == "made"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
def test_a_configuration_that_is_a_pipe_is_refused_and_nobody_waits(folder: Path) -> None:
    (folder / "config.json").unlink()
    os.mkfifo(folder / "config.json")

    assert refusal(folder) == "config.json is damaged: it is not a regular file."


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no such device")
def test_a_configuration_that_leads_to_a_device_is_refused(folder: Path) -> None:
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to("/dev/zero")

    assert refusal(folder) == "config.json is damaged: it is not a regular file."


def test_a_configuration_of_two_gigabytes_is_refused_unread(folder: Path) -> None:
    with (folder / "config.json").open("wb") as file:
        file.truncate(2_000_000_000)  # takes no room on the disk

    assert "larger than 64 MB" in refusal(folder)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"a":' + "[" * 100_000, "nested too deeply"),
        ('{"model_type": "roberta", "vocab_size": ' + "9" * 5000 + "}", "config.json is damaged"),
        ('"roberta"', "no JSON object"),
    ],
    ids=["deep objects", "deep lists", "a number of 5,000 digits", "text"],
)
def test_a_configuration_that_no_parser_likes_is_refused(
    folder: Path, content: str, said: str
) -> None:
    (folder / "config.json").write_text(content)

    assert said in refusal(folder)


@pytest.mark.parametrize(
    "values",
    [
        {"layer_norm_eps": 1e300},
        {"layer_norm_eps": 10**400},
        {"layer_norm_eps": float("nan")},
        {"layer_norm_eps": -1e-5},
        {"hidden_dropout_prob": 1.5},
        {"hidden_dropout_prob": float("inf")},
        {"hidden_size": 2**40},
        {"type_vocab_size": 10**30},
        {"num_attention_heads": [12] * 10_000},
    ],
)
def test_absurd_numbers_are_refused_in_a_sentence_that_can_be_read(
    folder: Path, values: dict[str, object]
) -> None:
    configure(folder, **values)

    said = refusal(folder)
    assert f"{next(iter(values))} is " in said
    assert len(said) < 200


# --- weights


def pickled(folder: Path, change: Callable[[dict[Any, Any]], Any]) -> None:
    """Store the folder's weights as pytorch_model.bin, changed."""
    tensors = load_file(folder / WEIGHTS)
    (folder / WEIGHTS).unlink()
    torch.save(change(dict(tensors)), folder / "pytorch_model.bin")


def with_words(words: Any) -> Callable[[dict[Any, Any]], Any]:
    return lambda tensors: tensors | {WORDS: words}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda tensors: tensors | {7: torch.zeros(2)}, "names a tensor 7"),
        (with_words(torch.eye(110, 32).to_sparse()), "not stored as plain numbers"),
        (with_words(torch.empty(110, 32, device="meta")), "not stored as plain numbers"),
        (with_words(torch.zeros(1).expand(10**11)), "asks for more numbers than are stored"),
        (lambda tensors: [*tensors.values()], "holds no weights by name"),
        (lambda tensors: tensors[WORDS], "holds no weights by name"),
    ],
    ids=["integer names", "sparse", "meta", "stride 0", "a list", "one tensor"],
)
def test_pickled_weights_that_are_none_are_refused(
    folder: Path, change: Callable[[dict[Any, Any]], Any], said: str
) -> None:
    pickled(folder, change)

    assert said in refusal(folder)


def test_packed_weights_cannot_swell_in_memory(folder: Path) -> None:
    import zipfile

    pickled(folder, with_words(torch.zeros(1_000_000)))
    stored = folder / "pytorch_model.bin"
    packed = folder / "packed"
    with zipfile.ZipFile(stored) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, old.read(member))
    packed.replace(stored)

    assert "holds more than its size" in refusal(folder)


def header_of(folder: Path) -> tuple[dict[str, Any], bytes]:
    content = (folder / WEIGHTS).read_bytes()
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def store(folder: Path, header: object, numbers: bytes) -> None:
    described = json.dumps(header).encode()
    (folder / WEIGHTS).write_bytes(len(described).to_bytes(8, "little") + described + numbers)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [10**12], "data_offsets": [0, 4 * 10**12]},
        {"dtype": "F32", "shape": [-1, -880], "data_offsets": [0, 3520]},
        {"dtype": "F32", "shape": [True], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]},
        {"dtype": "F32", "shape": [1], "data_offsets": [0]},
        {"dtype": "F32", "shape": [2**62] * 9, "data_offsets": [0, 4]},
        {"dtype": "F3", "shape": [1], "data_offsets": [0, 4]},
        {"dtype": ["F32"], "shape": [1], "data_offsets": [0, 4]},
        {"shape": [1], "data_offsets": [0, 4]},
        "F32",
        None,
    ],
)
def test_a_tensor_whose_description_lies_is_refused(folder: Path, entry: object) -> None:
    header, numbers = header_of(folder)
    store(folder, header | {WORDS: entry}, numbers)

    assert refusal(folder).startswith("model.safetensors is damaged or was cut short: ")


def test_tensors_may_not_share_their_bytes(folder: Path) -> None:
    # A thousand names for one gigabyte would ask for a terabyte.
    header, numbers = header_of(folder)
    store(folder, header | {"again": header[WORDS]}, numbers)

    assert "invalid offset for tensor" in refusal(folder)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16, torch.int8])
def test_what_the_library_writes_is_read_as_the_library_reads_it(
    tmp_path: Path, dtype: torch.dtype
) -> None:
    from safetensors.torch import save_file

    tensors = {
        "one": (torch.arange(12) - 6).reshape(3, 4).to(dtype),
        "none": torch.zeros(0, 3, dtype=dtype),
        "number": torch.tensor(3).to(dtype),
    }
    save_file(tensors, tmp_path / "x.safetensors", metadata={"format": "pt"})

    read = read_tensors([tmp_path / "x.safetensors"])

    assert read.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert read[name].dtype == dtype
        assert torch.equal(read[name], tensor)


def test_weights_that_shrink_while_they_are_read_are_refused(folder: Path) -> None:
    """The file is cut short between its header and its numbers, by the question whether to stop."""
    files = [folder / WEIGHTS]
    whole = read_tensors(files)
    assert isinstance(whole[WORDS], Tensor)

    def cut() -> bool:
        os.truncate(folder / WEIGHTS, 5000)
        return False

    with pytest.raises(problems.BrokenCheckpoint, match="cut short"):
        read_tensors(files, cut)
    # What was read before is nobody's file any more.
    assert torch.isfinite(whole[WORDS]).all()


def test_weights_that_vanish_before_they_are_hashed_are_missing(folder: Path) -> None:
    (folder / WEIGHTS).unlink()

    with pytest.raises(problems.BrokenCheckpoint, match=r"model\.safetensors is missing"):
        sha256([folder / WEIGHTS])


def test_a_pointer_of_git_lfs_is_named_as_one(folder: Path) -> None:
    (folder / WEIGHTS).write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:1f\nsize 498\n"
    )

    with pytest.raises(problems.BrokenCheckpoint, match="pointer of git-lfs") as caught:
        open_checkpoint(folder)
    assert "git lfs pull" in caught.value.hint


def test_parameters_that_share_memory_in_the_file_are_taken_apart(folder: Path) -> None:
    configure(folder, tie_word_embeddings=False)
    bias = "roberta.encoder.layer.0.attention.self.query.bias"
    other = bias.replace("query", "key")
    pickled(folder, lambda tensors: tensors | {other: tensors[bias]})

    weights = open_checkpoint(folder).weights
    query, key = (weights[f"blocks.0.attention.{name}.bias"] for name in ("query", "key"))

    assert torch.equal(query, key)
    assert query.data_ptr() != key.data_ptr()


# --- memory


def test_weights_that_do_not_fit_are_refused_with_both_numbers(folder: Path) -> None:
    with pytest.raises(problems.TooLittleMemory, match=r"needs .* GB .* only .* GB are free"):
        read_tensors([folder / WEIGHTS], available=1000)


@pytest.mark.parametrize("is_pickled", [False, True])
def test_the_precision_that_is_wanted_counts_too(
    folder: Path, is_pickled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_pickled:
        pickled(folder, lambda tensors: tensors)
    size = max(file.stat().st_size for file in folder.iterdir())
    monkeypatch.setattr(weights, "available_bytes", lambda: size)

    assert open_checkpoint(folder, itemsize=2).name == folder.name
    with pytest.raises(problems.TooLittleMemory, match="The model needs"):
        open_checkpoint(folder, itemsize=8)


def test_how_much_memory_a_model_takes_is_told_before_its_weights_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    n_bytes = 8 * sum(tensor.numel() for tensor in load_file(folder / WEIGHTS).values())

    def read(file: Path) -> dict[str, Tensor]:
        assert told[-1] == f"Reading the weights: about {n_bytes / 1e9:.2g} GB of memory"
        raise problems.Stopped

    monkeypatch.setattr(weights, "_read_safetensors", read)

    with pytest.raises(problems.Stopped):
        open_checkpoint(folder, itemsize=8, report=lambda text, _share: told.append(text))


def test_the_smallest_of_the_system_s_limits_counts(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 90 kB\nMemAvailable:    50 kB\n")
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("max\n")
    (group / "memory.current").write_text("1000\n")
    assert available_bytes(tmp_path) == 50 * 1024

    (group / "memory.max").write_text("21000\n")
    assert available_bytes(tmp_path) == 20_000


def test_where_the_system_does_not_tell_nothing_is_refused(tmp_path: Path) -> None:
    assert available_bytes(tmp_path) is None
    require_memory("The model", 10**15, None)


@pytest.mark.skipif(sys.platform != "linux", reason="needs ulimit -v and /proc")
def test_under_ulimit_a_model_is_refused_in_a_sentence(folder: Path) -> None:
    code = f"""
import resource, sys
from pathlib import Path
from roberta_gui import problems
from roberta_gui.engine.checkpoints.weights import read_tensors
pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + 100_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
file = Path({str(folder / "large.safetensors")!r})
with file.open("wb") as stream:
    stream.truncate(3_000_000_000)
try:
    read_tensors([file])
except problems.TooLittleMemory as problem:
    print(problem.title)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )

    found = re.search(r"needs 3 GB of memory, but only ([\d.]+) GB are free", ran.stdout)
    assert found is not None, ran.stdout + ran.stderr
    # What the program takes between its limit and the reading is no more than a few MB.
    assert 0.09 <= float(found[1]) <= 0.1


# --- names


@pytest.mark.parametrize("source", ["a\0b", "\udcff", "x" * 100_000, "~nobody-of-this-name/x", ""])
def test_a_name_that_no_system_takes_is_no_model(source: str) -> None:
    with pytest.raises(problems.ModelNotFound):
        Engine.load(source)


@pytest.mark.parametrize("source", [None, 3, b"mini"])
def test_what_is_no_name_at_all_is_a_bad_argument(source: Any) -> None:
    with pytest.raises(problems.BadArgument, match="names no model"):
        Engine.load(source)
