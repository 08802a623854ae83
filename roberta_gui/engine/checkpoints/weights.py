"""Read weight files: their tensors under their own names, and their fingerprint."""

import hashlib
import pickle
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.checkpoints.safetensors_file import read_safetensors
from roberta_gui.engine.devices import is_out_of_memory
from roberta_gui.engine.interruption import end_if
from roberta_gui.engine.memory import available_bytes, require_memory
from roberta_gui.outside import brief, reading, require_regular
from roberta_gui.records import Report, Stop

_CHUNK = 1 << 20


def read_tensors(
    files: Sequence[Path],
    stop: Stop | None = None,
    available: int | None = None,
    needed: int = 0,
) -> dict[str, Tensor]:
    """Read every tensor of the weight files, under the names that the files give.

    Pickled files are read with PyTorch's ``weights_only``, which runs no code of theirs.

    Parameters
    ----------
    available
        Bytes of memory that may be taken; None asks the system.
    needed
        Bytes that they will take, where that is more than the files do.

    Raises
    ------
    problems.BrokenCheckpoint
        A file is cut short, damaged, no file at all, or holds more than tensors.
    problems.TooLittleMemory
        The weights do not fit; nothing was read yet.
    problems.Stopped
        ``stop`` said so between two files.
    """
    total = 0
    for file in files:
        with reading(file.name):
            total += require_regular(file)
    available = available_bytes() if available is None else available
    require_memory("The model", max(total, needed), available)
    tensors: dict[str, Tensor] = {}
    for file in files:
        end_if(stop)
        with reading(file.name, verdict="is damaged or was cut short"):
            is_safe = file.suffix == ".safetensors"
            tensors |= read_safetensors(file) if is_safe else _read_pickled(file)
    return {_modern(name): tensor for name, tensor in tensors.items()}


def sha256(files: Sequence[Path], stop: Stop | None = None, report: Report | None = None) -> str:
    """Hash the bytes of files, one after the other, as the weights' fingerprint.

    Raises
    ------
    problems.BrokenCheckpoint
        A file cannot be read any more.
    problems.Stopped
        ``stop`` said so.
    """
    digest = hashlib.sha256()
    total = 0
    for file in files:
        with reading(file.name):
            total += require_regular(file)
    done = 0
    buffer = memoryview(bytearray(_CHUNK))
    for file in files:
        with reading(file.name), file.open("rb", buffering=0) as stream:
            while count := stream.readinto(buffer):
                end_if(stop)
                digest.update(buffer[:count])
                done += count
                if report is not None:
                    report(f"Checking {file.name}", min(1.0, done / max(1, total)))
    return digest.hexdigest()


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
        if is_out_of_memory(error):
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


def _modern(name: str) -> str:
    """Undo the names that LayerNorms had before 2019."""
    for old, new in ((".gamma", ".weight"), (".beta", ".bias")):
        if name.endswith(f"LayerNorm{old}"):
            return name.removesuffix(old) + new
    return name
