"""Fine-tuning in a process of its own ends with a sentence, however it ends."""

import os
import signal
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from pytestqt.qtbot import QtBot

from roberta_gui.gui.work.tuning_process import TuningProcess
from roberta_gui.problems import Problem, Stopped

LONG = 240_000
"""Milliseconds for a process that begins on a machine that is busy."""

posix = pytest.mark.skipif(os.name != "posix", reason="a script is no program there")


def stand_in(folder: Path, script: str) -> str:
    """Write a program that is started instead of Python."""
    program = folder / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def ended(qtbot: QtBot, *answers: str) -> Problem | None:
    """Start the process and return how it ended."""
    process = TuningProcess()
    with qtbot.waitSignal(process.ended, timeout=LONG) as told:
        process.start(["anything"])
        for answer in answers:
            getattr(process, answer)()
    assert not process.is_running
    problem: Problem | None = told.args[0]
    return problem


def test_a_python_that_is_not_there_is_named(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))

    problem = ended(qtbot)

    assert problem is not None
    assert problem.title == "Fine-tuning could not begin."
    assert "gone" in problem.hint


@posix
@pytest.mark.parametrize(
    ("script", "title", "hint"),
    [
        ("kill -9 $$", "Fine-tuning was ended from outside.", "last saved step"),
        (
            "echo 'Traceback (most recent call last):' >&2; echo 'KeyError: 3' >&2; exit 1",
            "Fine-tuning ended unexpectedly.",
            "KeyError: 3",
        ),
        ("echo 'No such file. Choose another.' >&2; exit 2", "No such file.", "Choose another."),
        ("exit 2", "Fine-tuning ended.", ""),
    ],
    ids=["killed", "crashed", "refused", "silent"],
)
def test_every_end_is_a_sentence(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    title: str,
    hint: str,
) -> None:
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path, script))

    problem = ended(qtbot)

    assert problem is not None
    assert problem.title.rstrip(".") == title.rstrip(".")
    assert hint in problem.hint


@posix
def test_a_stop_is_answered_to_the_next_event(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = """echo noise; echo '{"data": 1}'; read answer; [ "$answer" = stop ] && exit 130"""
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path, script))

    assert isinstance(ended(qtbot, "hold", "stop"), Stopped)


@posix
def test_what_does_not_end_by_itself_is_killed_with_the_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path, "exec sleep 1000"))
    process = TuningProcess()
    process.start(["anything"])
    running = process.findChild(QProcess)
    assert isinstance(running, QProcess)
    assert running.waitForStarted(LONG)
    pid = running.processId()

    process.leave()
    process.leave()

    assert not process.is_running
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIG_DFL)
