"""Read weight files: their tensors under their own names, and their fingerprint."""

import hashlib
import pickle
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from roberta_gui import problems
from roberta_gui.records import Report, Stop

_CHUNK = 1 << 20


def read_tensors(files: Sequence[Path], stop: Stop | None = None) -> dict[str, Tensor]:
    """Read every tensor of the weight files, under the names that the files give.

    Pickled files are read with PyTorch's ``weights_only``, which runs no code of theirs.

    Raises
    ------
    problems.BrokenCheckpoint
        A file is cut short, damaged, or holds more than tensors.
    problems.Stopped
        ``stop`` said so between two files.
    """
    tensors: dict[str, Tensor] = {}
    for file in files:
        _end_if(stop)
        try:
            if file.suffix == ".safetensors":
                tensors |= load_file(file)
            else:
                content = torch.load(file, map_location="cpu", weights_only=True)
                tensors |= {key: value for key, value in content.items() if torch.is_tensor(value)}
        except pickle.UnpicklingError as error:
            raise problems.BrokenCheckpoint(
                f"{file.name} is damaged, or holds code besides weights.",
                "Code is never run; look for a version of the model with model.safetensors.",
            ) from error
        except (SafetensorError, OSError, RuntimeError, EOFError, AttributeError) as error:
            raise problems.BrokenCheckpoint(
                f"{file.name} is damaged or was cut short.", "Download or copy the model again."
            ) from error
    return {_modern(name): tensor for name, tensor in tensors.items()}


def sha256(files: Sequence[Path], stop: Stop | None = None, report: Report | None = None) -> str:
    """Hash the bytes of files, one after the other, as the weights' fingerprint.

    Raises
    ------
    problems.Stopped
        ``stop`` said so.
    """
    digest = hashlib.sha256()
    total = sum(file.stat().st_size for file in files)
    done = 0
    buffer = memoryview(bytearray(_CHUNK))
    for file in files:
        with file.open("rb", buffering=0) as stream:
            while count := stream.readinto(buffer):
                _end_if(stop)
                digest.update(buffer[:count])
                done += count
                if report is not None:
                    report(f"Checking {file.name}", done / total)
    return digest.hexdigest()


def _modern(name: str) -> str:
    """Undo the names that LayerNorms had before 2019."""
    for old, new in ((".gamma", ".weight"), (".beta", ".bias")):
        if name.endswith(f"LayerNorm{old}"):
            return name.removesuffix(old) + new
    return name


def _end_if(stop: Stop | None) -> None:
    if stop is not None and stop():
        raise problems.Stopped
