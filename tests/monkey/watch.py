"""Watch: catches whatever goes wrong in the process, wherever it is told."""

import logging
import re
import sys
import threading
import traceback
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from roberta_gui.problems import Problem

HARMLESS: Final = re.compile(
    r"This plugin does not support .*|Mouse event at .* occurs outside target window .*"
)
"""What Qt says about its offscreen platform, and its test library about reaching too far."""

_FEW: Final = 8
"""Faults that are noted; a paint that fails would fail thousands of times."""


class Watch(logging.Handler):
    """Notes uncaught errors, log lines of WARNING or above, and Qt's own warnings.

    A logged `Problem` is none: it was told in a sentence, as it should be.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.faults: list[str] = []
        self.n_problems = 0
        self._before = ExitStack()

    def note(self, fault: str) -> None:
        """Note a fault, once."""
        if fault not in self.faults and len(self.faults) < _FEW:
            self.faults.append(fault)

    def start(self) -> None:
        """Take the place of the hooks that are installed now."""
        before = sys.excepthook, sys.unraisablehook, threading.excepthook
        sys.excepthook = self._caught
        sys.unraisablehook = self._unraisable
        threading.excepthook = self._unraisable
        handler = qInstallMessageHandler(self._qt_said)
        logging.getLogger().addHandler(self)

        def undo() -> None:
            sys.excepthook, sys.unraisablehook, threading.excepthook = before
            qInstallMessageHandler(handler)
            logging.getLogger().removeHandler(self)

        self._before.callback(undo)

    def stop(self) -> None:
        """Put back what `start` took the place of."""
        self._before.close()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a log line."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, Problem):
            self.n_problems += 1
            return
        trace = "".join(traceback.format_exception(error)) if error else ""
        self.note(f"log {record.levelname} {record.name}: {record.getMessage()}\n{trace}")

    def _caught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        self.note("uncaught: " + "".join(traceback.format_exception(kind, error, trace)))

    def _unraisable(self, told: Any) -> None:
        error, place = told.exc_value, getattr(told, "object", None) or getattr(told, "thread", "")
        self.note(f"unraisable in {place!r}: " + "".join(traceback.format_exception(error)))

    def _qt_said(self, kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        quiet = kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg)
        if not quiet and not HARMLESS.fullmatch(message):
            self.note(f"Qt: {message}\n" + "".join(traceback.format_stack(limit=12)))
