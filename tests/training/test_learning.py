"""Which products a device is given, and where its time goes."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import PartialState

from roberta_gui.engine import devices
from roberta_gui.training import learning, training
from roberta_gui.training.finetuning.run import FineTuning
from roberta_gui.training.learning import (
    Clock,
    accelerator_for,
    is_compiled,
    products_in,
    seed_dropout,
)
from roberta_gui.training.recipe import Precision
from tests.training import toy
from tests.training.finetuning import small


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


def test_training_is_on_the_device_that_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    # accelerate knows kinds of devices on which this product computes nothing.
    monkeypatch.setattr(PartialState, "default_device", torch.device("meta"))
    monkeypatch.setattr(devices, "present", lambda: ("cpu",))

    accelerator, told = accelerator_for("no", cpu=False)

    assert accelerator.device.type == "cpu"
    assert "cpu has" in told


def test_each_run_of_a_process_has_the_precision_of_its_own_recipe(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    start, data = toy.start_of(tokenizer_folder), small.data_of(tmp_path)
    ways: tuple[tuple[Precision, Precision], ...] = (("no", "bf16"), ("bf16", "no"))
    for before, precision in ways:
        assert accelerator_for(before, cpu=True)[0].mixed_precision == before

        FineTuning(start, data, replace(small.RECIPE, precision=precision), tmp_path / precision)

        assert Accelerator().mixed_precision == precision  # that of the process, by now


@pytest.mark.parametrize(
    ("wanted", "device", "triton", "compiled"),
    [
        (None, "cuda", True, True),
        (None, "cuda", False, False),
        (None, "cpu", True, False),
        (False, "cuda", True, False),
        (True, "cpu", False, True),
    ],
)
def test_blocks_are_compiled_where_triton_can_unless_somebody_said(
    monkeypatch: pytest.MonkeyPatch,
    wanted: bool | None,
    device: str,
    triton: bool,
    compiled: bool,
) -> None:
    monkeypatch.setattr(learning, "has_triton", lambda: triton)

    assert is_compiled(wanted, torch.device(device)) is compiled


def test_on_a_card_only_its_own_dropout_is_seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    seeded: list[int] = []
    monkeypatch.setattr(torch.cuda, "manual_seed", seeded.append)
    before = torch.initial_seed()

    seed_dropout(torch.device("cuda:0"), 12345)

    assert (seeded, torch.initial_seed()) == ([12345], before)


def test_without_dropout_nothing_is_seeded(
    tokenizer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "seed_dropout", None)

    curve = toy.training(tokenizer_folder, tmp_path, replace(toy.RECIPE, dropout=0.0)).run()

    assert len(curve) == toy.RECIPE.steps


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
