"""A run for another program: followed, stopped, gone on with, ended with its listener."""

import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.findings.finetuning import LayersMoved, TuningProgress, progress_of
from roberta_gui.training.command_line import main
from roberta_gui.training.finetuning.events import PROGRESS, sent_before
from roberta_gui.training.run_state import alone_in
from tests.tolerances import resumed_loss
from tests.training import toy
from tests.training.finetuning import small
from tests.training.toy import write_model

LEARN = ("--seeds", "1", "--epochs", "2", "--batch-size", "8", "--watch-steps", "5", "--cpu")
STOPPED = 130

Run = Callable[[str | io.StringIO, Path], tuple[int, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def run(tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the command on a tiny model and task with these answers; give its status and events."""
    folder = tmp_path_factory.mktemp("learnt")
    model = write_model(folder / "start", tokenizer_folder)
    task = small.write_task(folder)

    def told(answers: str | io.StringIO, folder: Path) -> tuple[int, list[dict[str, Any]]]:
        given = io.StringIO(answers) if isinstance(answers, str) else answers
        arguments = ["finetune", str(task), "--model", str(model), "--out", str(folder), "--json"]
        with pytest.MonkeyPatch.context() as patched, redirect_stdout(io.StringIO()) as out:
            patched.setattr(os, "nice", lambda _by: 0, raising=False)  # the tests' own priority
            patched.setattr("sys.stdin", given)
            status = main([*arguments, *LEARN])
        return status, [read_json(line) for line in out.getvalue().splitlines()]

    return told


@dataclass(frozen=True)
class Whole:
    """A run without a break: its folder, its status and its events."""

    folder: Path
    status: int
    events: list[dict[str, Any]]


@pytest.fixture(scope="module")
def whole(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("whole") / "run"
    return Whole(folder, *run(GO * 10_000, folder))


def read_json(text: str) -> Any:
    """Read what is JSON to any program: Python also takes NaN and Infinity."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def progress_after(events: list[dict[str, Any]]) -> TuningProgress:
    progress = progress_of(events[0])
    for event in events[1:]:
        progress = progress.with_event(event)
    return progress


GO: str = "go\n"


def test_every_step_is_told_and_the_model_is_at_the_end(whole: Whole) -> None:
    progress = progress_after(whole.events)

    assert whole.status == 0
    assert [step.step for step in progress.learnt] == list(range(1, len(progress.learnt) + 1))
    assert progress.learnt[-1].done == 1
    assert (Path(progress.folder) / "config.json").exists()
    assert (whole.folder / "scores.json").exists()
    assert sum(progress.counts.values()) == len(small.PEOPLE) * len(small.ANIMALS) * 6
    assert progress.remark() == "done"


def test_a_run_that_is_stopped_goes_on_to_the_same_losses(
    run: Run, whole: Whole, tmp_path: Path
) -> None:
    status, _ = run(GO * 12, tmp_path / "run")  # then the input ends: so does the listener

    assert status == STOPPED
    assert (tmp_path / "run" / PROGRESS).exists()
    status, _ = run("stop\n", tmp_path / "run")
    assert status == STOPPED
    status, rest = run(GO * 10_000, tmp_path / "run")
    one, other = progress_after(whole.events), progress_after(rest)
    assert status == 0
    assert [step.step for step in other.steps] == [step.step for step in one.steps]
    np.testing.assert_allclose(
        [step.loss for step in other.learnt],
        [step.loss for step in one.learnt],
        rtol=resumed_loss(len(one.learnt), toy.VOCABULARY),
    )


def test_what_is_no_number_is_null_and_undefined_again_when_it_is_read(whole: Whole) -> None:
    steps = [event["step"] for event in whole.events if event.get("step")]
    written = read_json((whole.folder / "scores.json").read_text(encoding="utf-8"))
    progress = progress_after(whole.events)

    assert steps[0]["loss"] is None
    assert np.isnan(progress.steps[0].loss)
    held_out = next(step.held_out for step in progress.steps if step.held_out is not None)
    assert np.isnan(held_out.measures["accuracy"].low)
    assert written["summary"]["accuracy"][1] is None  # of one run there is no deviation
    snapshot = next(event["snapshot"] for event in steps if event["snapshot"])
    nothing = [None] * len(snapshot["cka"])
    told = {**steps[0], "snapshot": {**snapshot, "cka": nothing, "mask_loss": None}}
    last = progress.with_event({"step": told}).snapshots[-1]
    assert np.isnan([*last.cka, last.mask_loss]).all()


def test_two_processes_never_work_in_one_folder(run: Run, tmp_path: Path) -> None:
    with alone_in(tmp_path / "run"):
        status, (event,) = run(GO * 10_000, tmp_path / "run")

    assert status == 1
    assert event["problem"]["title"] == "Another process is at work in run."
    status, _ = run("stop\n", tmp_path / "run")
    assert status == STOPPED


@pytest.mark.skipif(sys.platform == "win32", reason="locks by msvcrt")
def test_a_folder_whose_file_system_knows_no_locks_is_used_and_another_failure_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter((errno.ENOLCK, errno.EIO))

    def fail(_file: int, _how: int) -> None:
        raise OSError(next(failures), "no lock")

    monkeypatch.setattr("fcntl.flock", fail)
    with alone_in(tmp_path):
        used = True

    with pytest.raises(OSError, match="no lock"), alone_in(tmp_path):
        used = False

    assert used


class Killed(BaseException):
    """Nothing of the process runs after it."""


class KilledInTheEnd(io.StringIO):
    """Answers after which the process is killed."""

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        line = super().readline(size)
        if not line:
            raise Killed
        return line


def test_a_kill_while_steps_are_told_again_loses_none_of_them(run: Run, tmp_path: Path) -> None:
    run(GO * 150, tmp_path / "run")
    told = (tmp_path / "run" / PROGRESS).read_bytes()
    assert len(told.splitlines()) > 3

    with pytest.raises(Killed):
        run(KilledInTheEnd(GO * 3), tmp_path / "run")

    assert (tmp_path / "run" / PROGRESS).read_bytes() == told


@pytest.mark.parametrize(
    "damage", [b"\xff\n", b"{}\n", b'{"step": {"done": 0}}\n', b"[" * 10**5 + b"\n"]
)
def test_damaged_lines_of_what_was_told_are_a_clear_problem(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / PROGRESS
    file.write_bytes(damage)

    with pytest.raises(problems.BrokenCheckpoint, match=r"progress\.jsonl in .* is damaged"):
        sent_before(file, 0.5)
    assert sent_before(file, 0.0) == []


def test_looking_at_the_data_learns_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(GO))
    task = small.write_task(tmp_path)

    assert main(["finetune", str(task), "--out", str(tmp_path / "none"), "--look"]) == 0
    progress = progress_of(json.loads(capsys.readouterr().out))
    assert not (tmp_path / "none").exists()
    assert "Labels: " in progress.describe()
    assert progress.caption().startswith("Nothing is learnt yet.")
    assert progress.remark() == "getting ready"
    assert progress.layers() == ()
    assert progress.layers_caption() == ""
    assert progress.arrays().keys() == {"loss"}


def test_what_ends_a_run_is_its_last_event_with_title_and_hint_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "a. b.csv"

    assert main(["finetune", str(gone), "--out", str(tmp_path), "--look"]) == 1
    said = capsys.readouterr()
    (event,) = map(json.loads, said.out.splitlines())
    assert "a. b.csv" in event["problem"]["title"]
    assert event["problem"].keys() == {"title", "hint"}
    assert said.err == ""


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


def test_the_pictures_hold_the_numbers_of_the_steps(whole: Whole) -> None:
    progress = progress_after(whole.events)
    lines, names = progress.curves()
    first, last = progress.snapshots[0], progress.snapshots[-1]

    assert names == tuple(str(step.step) for step in progress.learnt)
    assert lines[0].values.tolist() == [step.loss for step in progress.learnt]
    epochs = [step for step in progress.learnt if step.held_out is not None]
    assert [*lines[2].values[np.isfinite(lines[2].values)]] == [
        step.held_out.measures["accuracy"].value for step in epochs if step.held_out is not None
    ]
    watched = [step for step in progress.learnt if step.snapshot is not None]
    assert watched
    assert all(step.held_out is not None for step in watched)
    forgotten = lines[-1].values[np.isfinite(lines[-1].values)]
    assert lines[-1].name == "forgotten of hidden words (nats)"
    assert first.mask_loss + forgotten[-1] == pytest.approx(last.mask_loss)
    assert len(forgotten) == len(progress.snapshots) - 1
    probe, before, cka, _ = progress.layers()
    assert (probe.values is last.probe, before.values is first.probe, cka.values is last.cka) == (
        (True,) * 3
    )
    assert progress.layers(0)[0].values is first.probe
    assert f"After {last.step} steps: " in progress.layers_caption()
    moved = LayersMoved(progress, -1)
    assert len([*moved.table().rows]) == len(progress.snapshots) * len(first.cka)
    assert moved.arrays()["snapshot_points"].shape == (len(progress.snapshots), *first.points.shape)
    assert len([*progress.table().rows]) == len(progress.learnt)
    assert "always saying the commonest label" in progress.caption()
    assert progress.tested is not None
    assert (
        f"On {progress.tested.n} texts that were not learnt from: accuracy " in progress.caption()
    )
    wrong = replace(progress.tested, confusion=np.array([[5, 1], [3, 2]]))
    told = replace(progress, tested=wrong).caption()
    assert told.endswith("Confused most: 3 of 5 that are dog it calls cat.")
    assert np.array_equal(progress.arrays()["confusion"], progress.tested.confusion)
    number = replace(progress.tested, confusion=np.zeros((0, 0), np.int64))
    assert "always saying the mean reaches" in replace(progress, tested=number).caption()
    assert progress.layers_caption(0).startswith("Before the first step.")
