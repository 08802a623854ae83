"""A run told to another program: told, stopped, gone on with, ended with its listener."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.findings.finetuning import LayersMoved, TuningProgress, first_heard
from roberta_gui.training.command_line import main
from roberta_gui.training.finetuning.telling import PROGRESS, told_before
from tests.training.finetuning import small
from tests.training.toy import write_model

LEARN = ("--seeds", "1", "--epochs", "2", "--batch-size", "8", "--watch-steps", "3", "--cpu")
STOPPED = 130

Run = Callable[[str, Path], tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def run(
    tokenizer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run the command on a tiny model and task with these answers; give its status and events."""
    monkeypatch.setattr(os, "nice", lambda _by: 0, raising=False)  # the tests' own priority
    model = write_model(tmp_path / "start", tokenizer_folder)
    task = small.write_task(tmp_path)

    def told(answers: str, folder: Path) -> tuple[int, list[dict[str, Any]]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(answers))
        wish = ["finetune", str(task), "--model", str(model), "--out", str(folder), "--json"]
        status = main([*wish, *LEARN])
        lines = capsys.readouterr().out.splitlines()
        return status, [json.loads(line) for line in lines]

    return told


def heard(events: list[dict[str, Any]]) -> TuningProgress:
    taught = first_heard(events[0])
    for event in events[1:]:
        taught = taught.heard(event)
    return taught


GO: str = "go\n"


def test_every_step_is_told_and_the_model_is_at_the_end(run: Run, tmp_path: Path) -> None:
    status, events = run(GO * 10_000, tmp_path / "run")
    taught = heard(events)

    assert status == 0
    assert [step.step for step in taught.learnt] == list(range(1, len(taught.learnt) + 1))
    assert taught.learnt[-1].done == 1
    assert (Path(taught.folder) / "config.json").exists()
    assert (tmp_path / "run" / "scores.json").exists()
    assert sum(taught.counts.values()) == len(small.PEOPLE) * len(small.ANIMALS) * 6
    assert taught.remark() == "done"


def test_a_run_that_is_stopped_goes_on_to_the_same_numbers(run: Run, tmp_path: Path) -> None:
    _, whole = run(GO * 10_000, tmp_path / "whole")
    status, _ = run(GO * 12, tmp_path / "run")  # then the input ends: so does the listener

    assert status == STOPPED
    assert (tmp_path / "run" / PROGRESS).exists()
    status, _ = run("stop\n", tmp_path / "run")
    assert status == STOPPED
    status, rest = run(GO * 10_000, tmp_path / "run")
    one, other = heard(whole), heard(rest)
    assert status == 0
    assert [step.step for step in other.steps] == [step.step for step in one.steps]
    assert [step.loss for step in other.learnt] == [step.loss for step in one.learnt]


@pytest.mark.parametrize(
    "damage", [b"\xff\n", b"{}\n", b'{"step": {"done": 0}}\n', b"[" * 10**5 + b"\n"]
)
def test_damaged_lines_of_what_was_told_are_a_clear_problem(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / PROGRESS
    file.write_bytes(damage)

    with pytest.raises(problems.BrokenCheckpoint, match=r"progress\.jsonl in .* is damaged"):
        told_before(file, 0.5)
    assert told_before(file, 0.0) == []


def test_looking_at_the_data_learns_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(GO))
    task = small.write_task(tmp_path)

    assert main(["finetune", str(task), "--out", str(tmp_path / "none"), "--look"]) == 0
    taught = first_heard(json.loads(capsys.readouterr().out))
    assert not (tmp_path / "none").exists()
    assert "Labels: " in taught.describe()
    assert taught.caption().startswith("Nothing is learnt yet.")
    assert taught.remark() == "getting ready"
    assert taught.layers() == ()
    assert taught.layers_caption() == ""
    assert taught.arrays().keys() == {"loss"}


def test_looking_at_the_data_is_quick_without_torch(tmp_path: Path) -> None:
    look = ["finetune", str(small.write_task(tmp_path)), "--out", str(tmp_path), "--look"]
    code = f"""
import sys
from roberta_gui.training.command_line import main
main({look!r})
print("torch" in sys.modules)
"""
    told = subprocess.run(
        [sys.executable, "-c", code], input=GO, capture_output=True, text=True, check=True
    )

    assert told.stdout.splitlines()[-1] == "False"


def test_the_pictures_hold_the_numbers_of_the_steps(run: Run, tmp_path: Path) -> None:
    taught = heard(run(GO * 10_000, tmp_path / "run")[1])
    lines, names = taught.curves()
    first, last = taught.snapshots[0], taught.snapshots[-1]

    assert names == tuple(str(step.step) for step in taught.learnt)
    assert lines[0].values.tolist() == [step.loss for step in taught.learnt]
    epochs = [step for step in taught.learnt if step.held_out is not None]
    assert [*lines[2].values[np.isfinite(lines[2].values)]] == [
        step.held_out.measures["accuracy"].value for step in epochs if step.held_out is not None
    ]
    watched = [step for step in taught.learnt if step.snapshot is not None]
    assert watched
    assert all(step.held_out is not None for step in watched)
    forgotten = lines[-1].values[np.isfinite(lines[-1].values)]
    assert lines[-1].name == "forgotten of hidden words (nats)"
    assert first.mask_loss + forgotten[-1] == pytest.approx(last.mask_loss)
    assert len(forgotten) == len(taught.snapshots) - 1
    probe, before, cka, _ = taught.layers()
    assert (probe.values is last.probe, before.values is first.probe, cka.values is last.cka) == (
        (True,) * 3
    )
    assert taught.layers(0)[0].values is first.probe
    assert f"After {last.step} steps: " in taught.layers_caption()
    moved = LayersMoved(taught, -1)
    assert len([*moved.table().rows]) == len(taught.snapshots) * len(first.cka)
    assert moved.arrays()["snapshot_points"].shape == (len(taught.snapshots), *first.points.shape)
    assert len([*taught.table().rows]) == len(taught.learnt)
    assert "always saying the commonest label" in taught.caption()
    assert taught.tested is not None
    assert f"On {taught.tested.n} texts that were not learnt from: accuracy " in taught.caption()
    wrong = replace(taught.tested, confusion=np.array([[5, 1], [3, 2]]))
    told = replace(taught, tested=wrong).caption()
    assert told.endswith("Confused most: 3 of 5 that are dog it calls cat.")
    assert np.array_equal(taught.arrays()["confusion"], taught.tested.confusion)
    number = replace(taught.tested, confusion=np.zeros((0, 0), np.int64))
    assert "always saying the mean reaches" in replace(taught, tested=number).caption()
    assert taught.layers_caption(0).startswith("Before the first step.")
