"""Fine-tuning in a process of its own ends with a sentence, however it ends."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QProcess, QTimer
from pytestqt.qtbot import QtBot

from roberta_gui.gui.work import tuning_process
from roberta_gui.gui.work.tuning_process import TuningProcess
from roberta_gui.problems import Problem, Stopped
from tests.patience import PATIENCE_S

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
    with qtbot.waitSignal(process.ended) as told:
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
        (
            """echo '{"problem": {"title": "No v. 2. of it.", "hint": "Go on."}}'; exit 1""",
            "No v. 2. of it.",
            "Go on.",
        ),
        ("exit 2", "Fine-tuning ended unexpectedly.", ""),
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
    assert problem.title == title
    assert hint in problem.hint


@posix
def test_a_stop_is_answered_to_the_next_event(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = """echo noise; echo "{'loss': 1}"; """
    script = noise + """echo '{"data": 1}'; read answer; [ "$answer" = stop ] && exit 130"""
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path, script))

    assert isinstance(ended(qtbot, "hold", "stop"), Stopped)


def pid_of(process: TuningProcess) -> int:
    """Return the number of the process that runs, once it does."""
    running = process.findChild(QProcess)
    assert isinstance(running, QProcess)
    assert running.waitForStarted(1000 * PATIENCE_S)
    return int(running.processId())


@posix
@pytest.mark.parametrize(("until_released", "answer"), [(True, "stop"), (False, "go")])
def test_it_waits_as_long_as_the_windows_own_model_reads_what_was_typed(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until_released: bool, answer: str
) -> None:
    script = r"""echo '{"data": 1}'; read answer; echo "{\"data\": \"$answer\"}"; read end"""
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path, script))
    process, heard = TuningProcess(), list[object]()
    process.received.connect(heard.append)
    process.start(["anything"])
    process.hold(until_released=True)
    qtbot.waitUntil(lambda: bool(heard))
    quiet = process.findChild(QTimer)
    assert isinstance(quiet, QTimer)

    with qtbot.waitSignal(quiet.timeout):
        process.hold(until_released=until_released)
    with qtbot.waitSignal(process.ended):
        process.stop()

    assert heard[1:] == [{"data": answer}]


@posix
def test_what_does_not_end_by_itself_is_killed_with_the_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path, "exec sleep 1000"))
    process = TuningProcess()
    process.start(["anything"])
    pid = pid_of(process)

    process.leave()
    process.leave()

    assert not process.is_running
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIG_DFL)


def delete_later(owner: QObject) -> None:
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


STAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "begins": ("exec sleep 1000", ()),
    "has told": ("""echo '{"data": 1}'; exec sleep 1000""", ()),
    "waits": ("""echo '{"data": 1}'; read answer; exec sleep 1000""", ("hold",)),
    "stops": ("""echo '{"data": 1}'; read answer; exec sleep 1000""", ("stop",)),
}
"""What the process does, and what it is told, when its owner ends."""


@posix
@pytest.mark.parametrize("end", [shiboken6.delete, delete_later], ids=["at once", "later"])
@pytest.mark.parametrize(("script", "answers"), STAGES.values(), ids=STAGES)
def test_it_ends_with_its_owner_at_every_stage(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[QObject], None],
    script: str,
    answers: tuple[str, ...],
) -> None:
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path, script))
    owner, told = QObject(), list[object]()
    process = TuningProcess(owner)
    process.received.connect(told.append)
    process.ended.connect(told.append)
    process.start(["anything"])
    pid = pid_of(process)
    if "echo" in script:
        qtbot.waitUntil(lambda: bool(told))
    for answer in answers:
        getattr(process, answer)()
    before = tuple(told)

    end(owner)

    assert tuple(told) == before  # nobody hears of it any more
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIG_DFL)


@posix
def test_its_owner_may_end_in_answer_to_what_it_tells(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = """echo '{"data": 1}'; echo '{"data": 2}'; exec sleep 1000"""
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path, script))
    owner, told = QObject(), list[object]()
    process = TuningProcess(owner)
    process.received.connect(told.append)
    process.received.connect(lambda _: shiboken6.delete(owner))
    process.start(["anything"])

    qtbot.waitUntil(lambda: bool(told))

    assert told == [{"data": 1}]
    assert not shiboken6.isValid(process)


@posix
def test_it_may_write_its_state_when_its_owner_ends(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning_process, "LEAVE_MS", 1000 * PATIENCE_S)
    script = f"""echo '{{"data": 1}}'; read answer || echo saved > '{tmp_path}/state'"""
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path, script))
    owner = QObject()
    process = TuningProcess(owner)
    process.start(["anything"])
    pid_of(process)

    shiboken6.delete(owner)

    assert (tmp_path / "state").read_text() == "saved\n"
