"""Read weight files: their tensors under their own names, and their fingerprint."""

import hashlib
import json
import pickle
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import torch
from safetensors import safe_open
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.devices import available_bytes, require_memory
from roberta_gui.engine.interruption import end_if, go_on
from roberta_gui.outside import brief, is_no_memory, reading, require_regular
from roberta_gui.records import Report, Stop
from roberta_gui.wording import gigabytes

_CHUNK = 1 << 20
_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


def read_tensors(
    files: Sequence[Path],
    stop: Stop | None = None,
    report: Report | None = None,
    available: int | None = None,
    needed: int = 0,
) -> dict[str, Tensor]:
    """Read every tensor of the weight files, under the names that the files give.

    Pickled files are read with PyTorch's ``weights_only``, which runs no code of theirs. ``needed``
    bytes will be taken, where that is more than the files do; ``available`` None asks the system.
    Raises `problems.BrokenCheckpoint`, `problems.TooLittleMemory` before anything is read, and
    `problems.Stopped`.
    """
    available = available_bytes() if available is None else available
    needed = max(_size(files), needed)
    require_memory("The model", needed, available)
    go_on(stop, report, f"Reading the weights: about {gigabytes(needed)} of memory", None)
    tensors: dict[str, Tensor] = {}
    for file in files:
        end_if(stop)
        with reading(file.name, verdict="is damaged or was cut short"):
            is_safe = file.suffix == ".safetensors"
            tensors |= _read_safetensors(file) if is_safe else _read_pickled(file)
    # LayerNorms had other names before 2019.
    older = re.compile(r"(?<=LayerNorm\.)(gamma|beta)$")
    newer = {"gamma": "weight", "beta": "bias"}
    return {older.sub(lambda m: newer[m[0]], name): tensor for name, tensor in tensors.items()}


def sha256(files: Sequence[Path], stop: Stop | None = None, report: Report | None = None) -> str:
    """Hash the bytes of files, one after the other, as the weights' fingerprint.

    Raises `problems.BrokenCheckpoint` where one cannot be read, and `problems.Stopped`.
    """
    digest, total, done = hashlib.sha256(), _size(files), 0
    buffer = memoryview(bytearray(_CHUNK))
    for file in files:
        with reading(file.name), file.open("rb", buffering=0) as stream:
            while count := stream.readinto(buffer):
                digest.update(buffer[:count])
                done += count
                go_on(stop, report, f"Checking {file.name}", min(1.0, done / max(1, total)))
    return digest.hexdigest()


def _size(files: Sequence[Path]) -> int:
    """Add up the bytes of files that must be regular ones."""
    total = 0
    for file in files:
        with reading(file.name):
            total += require_regular(file)
    return total


def _read_pickled(file: Path) -> dict[str, Tensor]:
    """Read what ``torch.save`` wrote, and take nothing from it but plain tensors."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            if sum(member.file_size for member in archive.infolist()) > file.stat().st_size:
                raise ValueError("it holds more than its size, packed")
    try:
        content = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise problems.BrokenCheckpoint(
            f"{file.name} is damaged, or holds code besides weights.",
            "Code is never run; look for a version of the model with model.safetensors.",
        ) from error
    except RuntimeError as error:
        if is_no_memory(error):
            raise MemoryError from error
        raise
    if not isinstance(content, Mapping):
        raise ValueError("it holds no weights by name")
    tensors = {name: value for name, value in content.items() if isinstance(value, Tensor)}
    for name, tensor in tensors.items():
        _require_plain(name, tensor)
    return tensors


def _require_plain(name: object, tensor: Tensor) -> None:
    """Refuse a tensor of a kind that no weights are of, or that asks for more than it holds."""
    if not isinstance(name, str):
        raise ValueError(f"it names a tensor {brief(name)}")
    is_plain = tensor.layout is torch.strided and tensor.device.type == "cpu"
    if not is_plain or tensor.is_quantized:
        raise ValueError(f"{brief(name)} is not stored as plain numbers")
    if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
        # A stride of 0 makes gigabytes of one number.
        raise ValueError(f"{brief(name)} asks for more numbers than are stored")


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    """Read every tensor of a file, each in memory of its own.

    The format is eight bytes that count the header's, a JSON header that names each tensor's dtype,
    shape and place, and the numbers (https://github.com/huggingface/safetensors#format).

    WORKAROUND: https://man7.org/linux/man-pages/man2/mmap.2.html
    The library, which checks that all of that fits together, maps the file, and a mapped file that
    is cut short while it is read ends the process (SIGBUS). Read in pieces, it is only a damaged
    file: ValueError.
    """
    require_regular(path)
    with safe_open(path, framework="pt"):
        pass  # no longer: what is mapped counts as taken
    with path.open("rb") as file:
        header = json.loads(_take(file, int.from_bytes(_take(file, 8), "little")))
        header.pop("__metadata__", None)
        places = sorted((entry["data_offsets"], name) for name, entry in header.items())
        return {name: _read(file, header[name], end - begin) for (begin, end), name in places}


def _read(file: BinaryIO, entry: Mapping[str, Any], n_bytes: int) -> Tensor:
    content = torch.empty(n_bytes, dtype=torch.uint8)
    if n_bytes and file.readinto(content.numpy()) != n_bytes:  # type: ignore[attr-defined]
        raise ValueError("it became shorter while it was read")
    return content.view(_DTYPES[entry["dtype"]]).reshape(entry["shape"])


def _take(file: BinaryIO, count: int) -> bytes:
    taken = file.read(count)
    if len(taken) != count:
        raise ValueError("it ends too early")
    return taken
