"""Which products a device is given, and where its time goes."""

from collections.abc import Iterator

import pytest
import torch
from accelerate import PartialState
from accelerate.state import AcceleratorState

from roberta_gui.engine import devices
from roberta_gui.training.learning import Clock, accelerator_for
from roberta_gui.training.recipe import Precision


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """Let each test choose a precision: accelerate keeps the first one of a process."""
    AcceleratorState._reset_state(reset_partial_state=True)
    yield
    AcceleratorState._reset_state(reset_partial_state=True)
    PartialState._reset_state()


@pytest.mark.parametrize(
    ("wanted", "fast", "chosen", "told"),
    [
        ("auto", True, "bf16", "Products in bfloat16: cpu has instructions for bfloat16"),
        ("auto", False, "no", "Products in float32: cpu has no instructions for bfloat16"),
        ("bf16", False, "bf16", "Products in bfloat16 as asked: cpu has no instructions"),
        ("no", True, "no", "Products in float32 as asked: cpu has instructions"),
    ],
)
def test_precision_is_what_the_device_is_fast_in_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch, wanted: Precision, fast: bool, chosen: str, told: str
) -> None:
    monkeypatch.setattr(devices, "has_fast_bfloat16", lambda device: fast)

    accelerator, sentence = accelerator_for(wanted, cpu=True)

    assert accelerator.mixed_precision == chosen
    assert told in sentence


def test_a_clock_that_nobody_started_counts_nothing() -> None:
    clock = Clock(torch.device("cpu"))
    clock.mark("data")

    assert clock.seconds() == {}


def test_a_clock_adds_the_parts_of_all_steps_up() -> None:
    clock = Clock(torch.device("cpu"))
    clock.start()
    for part in ("data", "forward", "data", "forward"):
        clock.mark(part)

    assert list(clock.seconds()) == ["data", "forward"]
    assert min(clock.seconds().values()) >= 0.0
