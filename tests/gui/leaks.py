"""What a test must not leave behind: a top-level widget, a running timer, a thread.

Each check compares what lives after a test with what lived before it, and returns sentences that
say what leaked. Third-party things that live on by design are listed here, with the reason.
"""

import gc
import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget

PATIENCE_S = 5.0
"""How long a thread that was told to end may take; only a leak is ever waited for in full."""

ALLOWED_WIDGETS = {
    "QTipLabel": "Qt keeps the last tool tip's window for the next one",
}
ALLOWED_THREADS = {
    "TMonitor": "tqdm starts one monitor thread a process and keeps it (progress of downloads)",
}

_timers: weakref.WeakSet[QTimer] = weakref.WeakSet()


def watch_timers() -> None:
    """Remember every QTimer that Python makes from now on.

    Looking for them among all objects instead takes half a second once torch is loaded.
    """
    construct = QTimer.__init__

    def construct_and_note(timer: QTimer, *args: Any, **kwargs: Any) -> None:
        construct(timer, *args, **kwargs)
        _timers.add(timer)

    QTimer.__init__ = construct_and_note  # type: ignore[method-assign]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What lives at one moment."""

    widgets: tuple[QWidget, ...]
    timers: tuple[QTimer, ...]
    threads: tuple[threading.Thread, ...]


def snapshot() -> Snapshot:
    """Note what lives now."""
    return Snapshot(_widgets(), _running_timers(), tuple(threading.enumerate()))


def leaks(before: Snapshot, patience: float = PATIENCE_S) -> list[str]:
    """Say in sentences what lives now and did not live ``before``."""
    for thread in leaked_threads(before):
        thread.join(patience)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for generation in range(3):  # the oldest is slow: only while something seems left
        if leaked_widgets(before) or leaked_timers(before):
            gc.collect(generation)  # reference cycles keep for a while what nobody holds
    return [
        *(_widget_sentence(widget) for widget in leaked_widgets(before)),
        *(_timer_sentence(timer) for timer in leaked_timers(before)),
        *(f"a thread still runs: {thread!r}" for thread in leaked_threads(before)),
    ]


def leaked_widgets(before: Snapshot) -> list[QWidget]:
    """Return the new top-level widgets."""
    new = _new(_widgets(), before.widgets)
    return [w for w in new if w.metaObject().className() not in ALLOWED_WIDGETS]


def leaked_timers(before: Snapshot) -> list[QTimer]:
    """Return the timers that were started and run on."""
    return _new(_running_timers(), before.timers)


def leaked_threads(before: Snapshot) -> list[threading.Thread]:
    """Return the new threads, daemons too, that have not ended."""
    new = _new(threading.enumerate(), before.threads)
    return [thread for thread in new if type(thread).__name__ not in ALLOWED_THREADS]


def _widgets() -> tuple[QWidget, ...]:
    return tuple(QApplication.topLevelWidgets())


def _running_timers() -> tuple[QTimer, ...]:
    return tuple(timer for timer in _timers if shiboken6.isValid(timer) and timer.isActive())


def _new(now: Iterable[Any], before: Iterable[Any]) -> list[Any]:
    known = {id(thing) for thing in before}
    return [thing for thing in now if id(thing) not in known]


def _widget_sentence(widget: QWidget) -> str:
    name = widget.objectName() or widget.windowTitle()
    holders = sorted({type(holder).__name__ for holder in gc.get_referrers(widget)} - {"list"})
    return (
        f"a top-level widget is left: {type(widget).__name__} {name!r}, held by "
        f"{', '.join(holders) or 'Qt alone'}; give it a parent, qtbot.addWidget it or close it"
    )


def _timer_sentence(timer: QTimer) -> str:
    kind = "single-shot" if timer.isSingleShot() else "repeating"
    return (
        f"a {kind} timer of {timer.interval()} ms still runs: {timer.objectName()!r}, "
        f"child of {timer.parent()!r}; stop it or let it go with its owner"
    )
