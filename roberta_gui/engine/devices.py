"""Where the network runs and in which precision, and what happens when it does not fit.

``auto`` takes the fastest kind of device that this machine has: cuda, then mps, then cpu.
"""

import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import torch
from torch import nn

from roberta_gui import problems
from roberta_gui.outside import is_no_memory
from roberta_gui.records import Report
from roberta_gui.wording import counted, gigabytes

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

_GROUPS = (
    ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory.current"),
    ("sys/fs/cgroup/memory/memory.limit_in_bytes", "sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""Limit and use of a container's memory, in versions 2 and 1 of Linux' control groups."""


def present() -> tuple[str, ...]:
    """List the devices of this machine, fastest kind first; ``"cpu"`` is always the last."""
    found = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    if found:
        found[0] = "cuda"
    if torch.backends.mps.is_available():
        found.append("mps")
    return (*found, "cpu")


def available() -> tuple[tuple[str, str], ...]:
    """List the ``(device, dtype)`` pairs worth offering on this machine.

    A CPU gains by bfloat16 only where it has instructions for it, and never by float16; both work
    when asked for by name.
    """
    pairs = []
    for device in present():
        dtypes = ["float32"]
        if has_fast_bfloat16(device):
            dtypes.append("bfloat16")
        if device != "cpu":
            dtypes.append("float16")
        pairs += [(device, dtype) for dtype in dtypes]
    return tuple(pairs)


def candidates(device: str) -> tuple[str, ...]:
    """List the devices to try in turn, best first, or raise `problems.DeviceUnavailable`."""
    here = present()
    if device == "auto":
        # Each kind once: a second card would not have more room than the first.
        return tuple(name for name in here if ":" not in name)
    if device == "cuda:0" and "cuda" in here:
        return ("cuda",)
    if device not in here:
        raise problems.DeviceUnavailable(
            f"This machine has no device {device!r}.", f"Choose auto, {' or '.join(here)}."
        )
    return (device,)


def precision(dtype: str) -> torch.dtype:
    """Look up a precision by its name, or raise `problems.DeviceUnavailable`."""
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise problems.DeviceUnavailable(
            f"There is no precision {dtype!r}.", f"Choose {', '.join(DTYPES)}."
        )
    return DTYPES[dtype]


def place(
    network: nn.Module, devices: Sequence[str], dtype: torch.dtype, report: Report | None = None
) -> str:
    """Move ``network`` to the first of ``devices`` that it fits, and name that device.

    Raises `problems.TooLittleMemory` where it fits none of them.
    """
    for device, following in zip(devices, [*devices[1:], None], strict=True):
        try:
            with memory_problems(torch.device(device), "The model"):
                network.to(device=device, dtype=dtype)
        except problems.TooLittleMemory:
            if following is None:
                raise
            if report is not None:
                report(f"The model does not fit {device}; using {following}", None)
        else:
            return device
    raise problems.DeviceUnavailable("No device was named.", "Choose auto.")


@contextmanager
def memory_problems(device: torch.device, what: str) -> Iterator[None]:
    """Let go of what was held where memory runs out, and raise `problems.TooLittleMemory`.

    ``what`` begins the sentence "… does not fit the memory of cuda."
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_no_memory(error):
            raise
        # The traceback's frames hold the tensors of the failed attempt.
        traceback.clear_frames(error.__traceback__)
        if device.type == "cuda":
            torch.cuda.empty_cache()
        elif device.type == "mps":
            torch.mps.empty_cache()
        raise problems.TooLittleMemory(
            f"{what} does not fit the memory of {device}.",
            "Use a shorter text, a smaller model, bfloat16, or another device.",
        ) from error


def batch_memory(device: torch.device, n_texts: int, n_tokens: int) -> AbstractContextManager[None]:
    """Turn running out of memory in a pass over texts of ``n_tokens`` into a problem."""
    tokens = counted(n_tokens, "token")
    what = "A pass over" if n_texts == 1 else f"A batch of {counted(n_texts, 'text')} of"
    return memory_problems(device, f"{what} {tokens}")


def has_fast_bfloat16(device: str) -> bool:
    """Whether ``device`` computes bfloat16 in hardware."""
    kind = torch.device(device).type
    if kind == "cpu":
        has = torch.cpu.get_capabilities()
        return any(has.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    if kind == "mps":
        return torch.backends.mps.is_macos_or_newer(14, 0)
    return kind == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)


def require_memory(what: str, needed: int, available: int | None) -> None:
    """Raise `problems.TooLittleMemory` for work that needs more bytes than there are.

    ``what`` begins the sentence "… needs 1.4 GB of memory".
    """
    if available is not None and needed > available:
        raise problems.TooLittleMemory(
            f"{what} needs {gigabytes(needed)} of memory, "
            f"but only {gigabytes(available)} are free.",
            "Close other programs, or open a smaller model.",
        )


def available_bytes(root: Path = Path("/")) -> int | None:
    """Tell how many bytes this process can still get; None where the system does not tell.

    ``root`` is where the system's own files begin.
    """
    return min(_free(root), default=None)


def _free(root: Path) -> Iterator[int]:
    for line in _lines(root / "proc/meminfo"):
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            yield 1024 * int(value.split()[0])
    for limit, used in _GROUPS:
        numbers = [*_lines(root / limit), *_lines(root / used)]
        if len(numbers) == 2 and all(number.isdecimal() for number in numbers):
            yield max(0, int(numbers[0]) - int(numbers[1]))
    if sys.platform != "win32":  # what "ulimit -v" leaves of the address space
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[0]
        pages = "".join(_lines(root / "proc/self/statm")).split()
        if most != resource.RLIM_INFINITY and pages:
            yield max(0, most - int(pages[0]) * resource.getpagesize())


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").splitlines()
    except OSError:
        return []
