"""Which products a device is given, and where its time goes."""

import pytest
import torch

from roberta_gui.engine import devices
from roberta_gui.training.learning import Clock, products_in
from roberta_gui.training.recipe import Precision


@pytest.mark.parametrize(
    ("wanted", "fast", "chosen", "told"),
    [
        ("auto", True, True, "Products in bfloat16: cpu has instructions for bfloat16"),
        ("auto", False, False, "Products in float32: cpu has no instructions for bfloat16"),
        ("bf16", False, True, "Products in bfloat16 as asked: cpu has no instructions"),
        ("no", True, False, "Products in float32 as asked: cpu has instructions"),
    ],
)
def test_precision_is_what_the_device_is_fast_in_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch, wanted: Precision, fast: bool, chosen: bool, told: str
) -> None:
    monkeypatch.setattr(devices, "has_fast_bfloat16", lambda device: fast)

    half, sentence = products_in(wanted, "cpu")

    assert half is chosen
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
