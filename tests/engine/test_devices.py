"""Where a network runs: what is offered, what is refused, and what happens when it is full."""

from typing import Any

import pytest
import torch
from torch import nn

from roberta_gui import problems
from roberta_gui.engine import devices


class Crowded(nn.Module):
    """A network that does not fit some devices, and notes where it was asked to go."""

    def __init__(self, *baseline: str) -> None:
        super().__init__()
        self.baseline = baseline
        self.tried: list[str] = []

    def to(self, *, device: str, dtype: torch.dtype) -> "Crowded":  # type: ignore[override]
        self.tried.append(device)
        if device in self.baseline:
            raise torch.OutOfMemoryError(f"{device} is out of memory")
        return self


def machine(monkeypatch: pytest.MonkeyPatch, cards: int = 0, mps: bool = False) -> None:
    """Let torch report a machine with these devices."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    monkeypatch.setattr(torch.backends.mps, "is_macos_or_newer", lambda major, minor: True)


@pytest.mark.parametrize(
    ("cards", "mps", "expected"),
    [(0, False, ("cpu",)), (0, True, ("mps", "cpu")), (2, True, ("cuda", "mps", "cpu"))],
)
def test_auto_tries_cuda_then_mps_then_cpu(
    monkeypatch: pytest.MonkeyPatch, cards: int, mps: bool, expected: tuple[str, ...]
) -> None:
    machine(monkeypatch, cards, mps)
    assert devices.candidates("auto") == expected


def test_a_second_card_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, cards=2)
    assert devices.candidates("cuda:1") == ("cuda:1",)
    assert devices.candidates("cuda:0") == devices.candidates("cuda") == ("cuda",)


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "mps", "tpu", ""])
def test_a_device_that_is_not_here_is_a_problem_that_tells_the_choices(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    machine(monkeypatch)
    with pytest.raises(problems.DeviceUnavailable, match="Choose auto, cpu"):
        devices.candidates(name)


def test_precisions_are_looked_up_by_name() -> None:
    assert devices.precision("float32") is torch.float32
    assert devices.precision("bfloat16") is torch.bfloat16
    assert devices.precision("float16") is torch.float16
    with pytest.raises(problems.DeviceUnavailable, match="float32, bfloat16, float16"):
        devices.precision("float64")
    with pytest.raises(problems.DeviceUnavailable, match="no precision"):
        devices.precision(["float32"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("has", "offered"),
    [
        ({"avx512_f": True}, ("float32",)),
        ({"avx512_f": True, "avx512_bf16": True}, ("float32", "bfloat16")),
        ({"amx_bf16": True}, ("float32", "bfloat16")),
        ({"architecture": "arm64", "bf16": False}, ("float32",)),
    ],
)
def test_a_cpu_is_offered_bfloat16_only_where_it_has_the_instructions(
    monkeypatch: pytest.MonkeyPatch, has: dict[str, Any], offered: tuple[str, ...]
) -> None:
    machine(monkeypatch)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has)
    assert devices.available() == tuple(("cpu", dtype) for dtype in offered)


def test_an_old_card_is_offered_float16_but_not_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, cards=1, mps=True)
    offered = devices.available()
    assert [dtype for device, dtype in offered if device == "cuda"] == ["float32", "float16"]
    assert ("mps", "bfloat16") in offered


@pytest.mark.parametrize(
    ("device", "fast"), [("mps:0", True), ("cuda:1", True), ("xpu:0", False), ("hpu", False)]
)
def test_a_device_is_told_by_its_kind_whatever_its_number(
    monkeypatch: pytest.MonkeyPatch, device: str, fast: bool
) -> None:
    machine(monkeypatch, cards=2, mps=True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 0))
    assert devices.has_fast_bfloat16(device) is fast


def test_this_machine_offers_its_cpu_in_float32() -> None:
    assert ("cpu", "float32") in devices.available()


def test_a_network_that_does_not_fit_goes_to_the_next_device_and_says_so() -> None:
    network = Crowded("cuda")
    told: list[str] = []
    placed = devices.place(
        network, ("cuda", "cpu"), torch.float32, lambda text, fraction: told.append(text)
    )
    assert placed == "cpu"
    assert network.tried == ["cuda", "cpu"]
    assert told == ["The model does not fit cuda; using cpu"]


def test_a_network_that_fits_nowhere_is_a_problem() -> None:
    with pytest.raises(problems.TooLittleMemory, match="The model does not fit the memory of cpu"):
        devices.place(Crowded("cuda", "cpu"), ("cuda", "cpu"), torch.float32)


def test_a_placed_network_has_the_asked_precision() -> None:
    network = nn.Linear(2, 2)
    assert devices.place(network, devices.candidates("cpu"), torch.bfloat16) == "cpu"
    assert network.weight.dtype is torch.bfloat16


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("MPS backend out of memory (MPS allocated: 8 GB)"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."),
    ],
)
def test_every_way_to_run_out_of_memory_gets_the_same_name(error: Exception) -> None:
    with (
        pytest.raises(problems.TooLittleMemory, match="A pass does not fit") as caught,
        devices.memory_problems(torch.device("cpu"), "A pass"),
    ):
        raise error
    assert caught.value.__cause__ is error


def test_other_errors_keep_their_own_name() -> None:
    with (
        pytest.raises(RuntimeError, match="shapes"),
        devices.memory_problems(torch.device("cpu"), "A pass"),
    ):
        raise RuntimeError("shapes cannot be multiplied")
