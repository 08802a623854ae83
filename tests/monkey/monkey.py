"""Monkey: plays with the explorer, one random action after the other, and looks what it did."""

import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import TextIO

import psutil
import shiboken6
from PySide6.QtCore import QEventLoop, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.monkey.actions import ACTIONS, Action
from tests.monkey.dialogs import Dialogs
from tests.monkey.exported_files import Exports
from tests.monkey.hands import Hands, Steps
from tests.monkey.loop_gaps import LoopGaps
from tests.monkey.popups import Popups
from tests.monkey.stage import Stage
from tests.monkey.summary import Summary
from tests.monkey.watch import Watch
from tests.patience import PATIENCE_S

_REOPEN, _SETTLE = 100, 60
"""Every so many actions the window is closed and opened again, or waits for its pictures."""

_MEMORY = 25
"""Actions between two looks at memory."""

_NESTED_MS, _PATIENT = 25, 8
"""How often to look whether a loop inside an action waits for a hand, and how long for none."""

_PAUSES_MS = (0, 0, 0, 5, 20, 60, 200)


class Monkey(QObject):
    """Does random actions until it is told to end, or finds a fault.

    The dice are thrown anew for every action, from the seed and the action's number: what other
    threads do in between changes when things happen, not what is tried.

    Parameters
    ----------
    folders, files
        Models and texts that it may open.
    """

    def __init__(
        self,
        seed: int,
        folder: Path,
        folders: tuple[Path, ...] = (),
        files: tuple[Path, ...] = (),
        actions: Mapping[Action, int] = ACTIONS,
        journal: TextIO | None = None,
        pauses_ms: tuple[int, ...] = _PAUSES_MS,
    ) -> None:
        super().__init__()
        exported = folder / "exported"
        exported.mkdir(parents=True)
        self._summary = Summary(seed)
        self._exports, self._watch = Exports(exported), Watch()
        self._dialogs = Dialogs(exported, folders, files, lambda: self._rng)
        self._actions, self._journal, self._pauses_ms = actions, journal, pauses_ms
        self._last: deque[str] = deque(maxlen=25)
        self._rng = Random(seed)
        self._popups = Popups()
        self._steps: Steps | None = None
        self._hands: Hands | None = None
        self._loop = QEventLoop(self)
        self._gaps = LoopGaps(self, self._watch.note)
        self._is_inside, self._waited = False, 0
        self._inside = QTimer(self, interval=_NESTED_MS)
        self._inside.timeout.connect(self._help_inside)
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._turn)
        self._inside.start()
        self._stage = Stage(folder, folders)  # last: what runs by now is no leak

    def play(self, *, minutes: float | None = None, n_actions: int | None = None) -> Summary:
        """Play for so long, or so many actions; return what came of it."""
        self._end = time.monotonic() + 60 * minutes if minutes is not None else float("inf")
        self._most = n_actions if n_actions is not None else 10**9
        self._watch.start()
        try:
            self._reopen()
            self._next.start(0)
            self._loop.exec()
            self._gaps.pause()
            if self._steps is not None:
                self._tell_action()
            self._note_all(self._stage.close())
        finally:
            self._inside.stop()
            self._dialogs.stop()
            self._watch.stop()
            QApplication.clipboard().clear()
        return self._summarised()

    def _summarised(self) -> Summary:
        summary, self._summary.gaps = self._summary, self._gaps
        summary.n_openings, summary.slowest_end = self._stage.n_openings, self._stage.slowest_end
        summary.n_problems, summary.exported = self._watch.n_problems, self._exports.checked
        self._note_all(summary.growth())
        summary.faults, summary.journal = tuple(self._watch.faults), tuple(self._last)
        return summary

    # --- one turn

    def _turn(self) -> None:
        """Do the next event of the action under way, and have the loop come back."""
        self._is_inside, self._waited = True, 0
        try:
            self._advance()
        finally:
            self._is_inside = False
            if self._watch.faults or self._is_over():
                self._loop.quit()
            else:
                self._next.start(self._rng.choice(self._pauses_ms))

    def _is_over(self) -> bool:
        return self._steps is None and (
            time.monotonic() > self._end or self._summary.n_actions >= self._most
        )

    def _advance(self) -> None:
        if done := self._popups.play(self._rng):
            self._tell(done)
        elif not self._stage.is_open:
            self._steps = None  # a key of the monkey's has closed it
            self._reopen()
        elif self._steps is None:
            self._begin()
        else:
            try:
                next(self._steps)
            except StopIteration:
                self._steps = None
                self._look()

    def _begin(self) -> None:
        """Choose the next action."""
        self._summary.n_actions += 1
        n = self._summary.n_actions
        self._rng = Random(f"{self._summary.seed}:{n}")
        chosen = self._rng.choices(list(self._actions), list(self._actions.values()))[0]
        if n % _REOPEN == 0:
            self._reopen()
            return
        if n % _SETTLE == 0:
            chosen = self._settle
        self._gaps.action = chosen.__name__.strip("_")
        self._summary.done[self._gaps.action] += 1
        self._hands = Hands(self._stage, self._rng)
        self._steps = chosen(self._hands)

    def _look(self) -> None:
        """Look at what the action has done."""
        self._tell_action()
        self._note_all(self._exports.check())
        self._note_all(_tips_shown_raw())
        if self._summary.n_actions % _MEMORY == 0:
            mb = psutil.Process().memory_info().rss / 1e6
            self._summary.memory.append((self._summary.n_actions, mb))

    def _help_inside(self) -> None:
        """Serve a menu or a drag that runs a loop of its own inside an action."""
        if not self._is_inside:
            return
        self._inside.start()  # anew: of what opens in here, this very turn would hear nothing
        if done := self._popups.play(self._rng):
            self._tell(done)
            self._waited = 0
            return
        self._waited += 1
        window = self._stage.window
        handle = window.windowHandle() if shiboken6.isValid(window) else None  # it was quit
        if self._waited == _PATIENT and handle is not None:  # a text is dragged: drop it
            where = QPoint(*(self._rng.randrange(1000) for _ in "xy"))
            left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            QTest.mouseRelease(handle, left, none, where)
        elif self._waited == 2 * _PATIENT and handle is not None:
            QTest.keyClick(handle, Qt.Key.Key_Escape)

    # --- what takes the whole window

    def _reopen(self) -> None:
        """Close the window, in the middle of whatever goes on, and open it as it was left."""
        self._gaps.pause()
        self._tell("close and open")
        self._note_all(self._stage.close())
        self._note_all(self._stage.open())
        self._gaps.action = "open"
        self._gaps.resume()

    def _settle(self, hands: Hands) -> Steps:
        """Wait until the panels show what stands in the editor, or tell why they cannot."""
        session = self._stage.session
        assert session is not None
        hands.compose("", "")  # whatever was composed is over: nobody is told of it before
        end = time.monotonic() + PATIENCE_S
        while not session.controller.is_settled and time.monotonic() < end:
            view, text = session.store.view, session.window.card.editor.text()
            analysis = None if view.is_stale else view.analysis
            if view.problems or (analysis is not None and analysis.request.text == text):
                break
            yield
        view, text = session.store.view, session.window.card.editor.text()
        shown = view.analysis.request.text if view.analysis is not None else None
        hands.note(f"{len(text)} characters")
        if not view.problems and shown != text:
            self._watch.note(f"the panels show {str(shown)[:100]!r} and not {text[:100]!r}")

    # --- notes

    def _note_all(self, faults: list[str]) -> None:
        for fault in faults:
            self._watch.note(fault)

    def _tell_action(self) -> None:
        notes = self._hands.notes if self._hands is not None else []
        self._tell(f"{self._gaps.action}: {'; '.join(notes)}")

    def _tell(self, done: str) -> None:
        line = f"{self._summary.n_actions:6} {done}"
        self._last.append(line)
        if self._journal is not None:
            self._journal.write(f"{line}\n")
            self._journal.flush()  # of a crash nothing else is left


def _tips_shown_raw() -> list[str]:
    """Find tips in sight whose markup is read by people instead of by Qt."""
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible() and _is_tip(w)]
    read = [
        QTextDocumentFragment.fromHtml(str(tip.property("text"))).toPlainText() for tip in shown
    ]
    # Tags alone are no sign, they may stand in the sentence; nobody types the name of this.
    return [f"a tip shows its markup: {text[:200]!r}" for text in read if "cellspacing" in text]


def _is_tip(widget: QWidget) -> bool:
    return widget.metaObject().className() == "QTipLabel"
