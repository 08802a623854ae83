"""Read a safetensors file without trusting it, and without mapping it into memory.

The format is eight bytes that count the header's, a JSON header that names each tensor's dtype,
shape and place, and the numbers (https://github.com/huggingface/safetensors#format).

WORKAROUND: the library maps the file, and a mapped file that is cut short while it is read ends
the process (SIGBUS). Read in pieces, it is only a damaged file; and the tensors are copies
already, which nobody who overwrites the file can touch.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor

from roberta_gui.outside import brief, require_regular

_LARGEST_HEADER = 100_000_000  # bytes, as in the library
_LARGEST = 2**48
_MOST_AXES = 8
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


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """Read every tensor of a file, each in memory of its own.

    Raises
    ------
    ValueError
        The file does not keep to the format, or became shorter while it was read.
    OSError
        It cannot be read.
    """
    size = require_regular(path)
    with path.open("rb") as file:
        length = int.from_bytes(_take(file, 8), "little")
        if length > min(size - 8, _LARGEST_HEADER):
            raise ValueError("its header does not fit into it")
        header = json.loads(_take(file, length).decode())
        if not isinstance(header, dict):
            raise ValueError("its header is no JSON object")
        header.pop("__metadata__", None)
        offsets = sorted((_place(name, entry), name) for name, entry in header.items())
        end = 0
        for (first, last), name in offsets:
            if first != end:
                raise ValueError(f"{brief(name)} does not lie where it should")
            end = last
        if end != size - 8 - length:
            raise ValueError("it is not as long as its header says")
        return {name: _read(file, header[name], last - first) for (first, last), name in offsets}


def _place(name: str, entry: Any) -> tuple[int, int]:
    """Say where a tensor's bytes begin and end, which must be as many as its shape asks for."""
    if not isinstance(entry, Mapping) or entry.get("dtype") not in _DTYPES:
        raise ValueError(f"{brief(name)} is not described, or its numbers are of no known kind")
    shape, place = _counts(entry.get("shape")), _counts(entry.get("data_offsets"))
    needed = math.prod(shape) * _DTYPES[entry["dtype"]].itemsize
    if len(place) != 2 or place[1] - place[0] != needed:
        raise ValueError(f"{brief(name)} is not as long as its shape says")
    return place[0], place[1]


def _counts(listed: Any) -> list[int]:
    if not isinstance(listed, list) or len(listed) > _MOST_AXES:
        raise ValueError(f"{brief(listed)} is no shape and no place")
    if not all(type(count) is int and 0 <= count < _LARGEST for count in listed):
        raise ValueError(f"{brief(listed)} is no shape and no place")
    return listed


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
