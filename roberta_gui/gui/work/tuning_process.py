"""TuningProcess: fine-tuning in a process of its own, that goes on only when it is answered."""

import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

import roberta_gui
from roberta_gui.problems import Problem, Stopped

QUIET_MS = 800
"""How long nobody may have typed before it goes on."""

LEAVE_MS = 200
"""The window's end waits no longer: what was saved by then is what is gone on with."""
_KILLED_MS = 10_000
"""What is killed is gone at once, but on a machine that is very busy."""
_STOPPED = 130


class TuningProcess(QObject):
    """Runs ``python -m roberta_gui.training finetune --json``, one at a time.

    Each event is answered when nobody types, or waits for what was typed: until then the process
    waits. It ends with this object, whoever ends that, and with this program: its input is over
    then.
    """

    received = Signal(object)  # an event, as the command sends it
    ended = Signal(object)  # None, or the Problem: `problems.Stopped` if it was told to stop

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[QProcess] = []  # none or one
        self.destroyed.connect(partial(_end_all, self._running))
        self._is_waiting = self._is_stopping = self._is_held = False
        self._refusal: Problem | None = None
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._answer)

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return bool(self._running)

    def start(self, arguments: Sequence[str]) -> None:
        """Begin, or go on with what the folder among the arguments holds."""
        self._is_waiting = self._is_stopping = False
        self._refusal = None
        process = QProcess(self)
        self._running.append(process)
        surroundings = QProcessEnvironment.systemEnvironment()
        places = [str(Path(roberta_gui.__file__).parents[1]), surroundings.value("PYTHONPATH")]
        surroundings.insert("PYTHONPATH", os.pathsep.join(filter(None, places)))
        surroundings.insert("PYTHONUTF8", "1")
        process.setProcessEnvironment(surroundings)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._finish)
        process.errorOccurred.connect(self._refuse)
        process.start(sys.executable, ["-m", "roberta_gui.training", "finetune", *arguments])

    def stop(self) -> None:
        """Let it write its state and end."""
        self._is_stopping = True
        self._answer()

    def hold(self, *, until_released: bool = False) -> None:
        """Let it wait: somebody types; or ``until_released``, then so long again."""
        self._is_held = until_released
        if self._running:
            self._quiet.start()

    def leave(self) -> None:
        """End it with the window: it may write its state, and is killed if that takes long."""
        self._quiet.stop()
        _end_all(self._running)

    def _read(self) -> None:
        while self._running and self._running[0].canReadLine():
            line = bytes(self._running[0].readLine().data()).decode("utf-8", "replace")
            if line.startswith('{"'):  # a library may say something of its own, even Python's {
                self._take(json.loads(line))
        self._answer()

    def _take(self, event: dict[str, Any]) -> None:
        if "problem" in event:  # the last one, which is not answered
            self._refusal = Problem(**event["problem"])
        else:
            self._is_waiting = True
            self.received.emit(event)

    def _answer(self) -> None:
        if not (self._running and self._is_waiting):
            return
        if self._is_stopping or not (self._is_held or self._quiet.isActive()):
            self._is_waiting = False
            self._running[0].write(b"stop\n" if self._is_stopping else b"go\n")

    def _refuse(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:  # nothing else will be told
            said = self._running[0].errorString()
            self._end(Problem("Fine-tuning could not begin.", f"{sys.executable}: {said}"))

    def _finish(self, code: int, status: QProcess.ExitStatus) -> None:
        said = bytes(self._running[0].readAllStandardError().data()).decode("utf-8", "replace")
        self._end(self._problem(code, status, said.strip().splitlines()))

    def _end(self, problem: Problem | None) -> None:
        self._running.pop().deleteLater()
        self.ended.emit(problem)

    def _problem(
        self, code: int, status: QProcess.ExitStatus, said: Sequence[str]
    ) -> Problem | None:
        if status is QProcess.ExitStatus.CrashExit:
            return Problem(
                "Fine-tuning was ended from outside.",
                "It goes on from its last saved step: there may have been too little memory.",
            )
        if code == 0:
            return None
        if code == _STOPPED:
            return Stopped("It goes on from where it is.")
        last = f"The last it said: {said[-1][:200]}" if said else ""
        return self._refusal or Problem("Fine-tuning ended unexpectedly.", last)


def _end_all(running: list[QProcess]) -> None:
    """End what runs: it may write its state, and is killed if that takes long.

    Nothing of it is told any more: who would hear it may be gone already.
    """
    while running:
        process = running.pop()
        process.blockSignals(True)
        process.closeWriteChannel()
        if not process.waitForFinished(LEAVE_MS):
            process.kill()
            process.waitForFinished(_KILLED_MS)
        process.deleteLater()
