"""The log: Qt's messages and uncaught errors go there, and the worst to the terminal too."""

import logging
import logging.handlers
import os
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from roberta_gui.gui.store import ViewStore
from roberta_gui.lanes import WINDOW
from roberta_gui.problems import LINUX_LIBRARIES, Problem

_DEAD_SCREEN = "could not connect to display"
"""What Qt warns of, with the screen's name, before it says that some plugin is missing."""

_dead_screens: list[str] = []
"""What Qt has warned of so far: its handler of messages is one for the whole process."""

log = logging.getLogger(__name__)

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
}
_LOG_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_log(folder: Path) -> Path | None:
    """Write the log of this run, and keep that of the last few, in ``folder``.

    Returns where it is: where nothing can be written in the folder, in a new one among temporary
    files, whose name nobody can take before; None where nothing can be there either, and it goes
    to the terminal.
    """
    handler: logging.Handler = logging.StreamHandler()
    handler.setFormatter(_OneLineEach(_LOG_LINE))
    unwritable: list[OSError] = []
    found = None
    for place in (folder, None):
        try:
            candidate = place or Path(tempfile.mkdtemp(prefix="roberta-gui-"))
            candidate.mkdir(mode=0o700, parents=True, exist_ok=True)
            handler = logging.handlers.RotatingFileHandler(
                candidate / "roberta-gui.log", maxBytes=1_000_000, backupCount=3,
                encoding="utf-8", errors="backslashreplace",
            )  # fmt: skip
        except OSError as error:
            unwritable.append(error)
        else:
            handler.setFormatter(logging.Formatter(_LOG_LINE))
            found = candidate
            break
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    qInstallMessageHandler(log_qt_message)
    if unwritable:
        log.warning("the log cannot be kept in %s (%s)", folder, unwritable[0])
    if unwritable and found is not None:
        sys.stderr.write(f"roberta-gui: the log cannot be kept in {folder}; it is in {found}\n")
    return found


class _OneLineEach(logging.Formatter):
    """Lays out records for a terminal, without tracebacks: only their last line."""

    def formatException(self, ei: Any) -> str:
        """Name what was raised."""
        return f"{ei[0].__name__}: {ei[1]}"


def log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Send one of Qt's own messages to the log, and the worst to the terminal as well.

    After a fatal one Qt ends the process: where no window can open, nobody would see a word.
    """
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.ERROR), message)
    if _DEAD_SCREEN in message:
        _dead_screens.append(message.partition(_DEAD_SCREEN)[2].strip())
    if kind in (QtMsgType.QtFatalMsg, QtMsgType.QtCriticalMsg):
        told = f"{message}\n{LINUX_LIBRARIES}"
        if _dead_screens:
            told = (
                f"the screen “{_dead_screens[-1]}” that DISPLAY names does not answer. Set DISPLAY "
                "to one that does; QT_QPA_PLATFORM=offscreen is enough for --snapshot."
            )
        sys.stderr.write(f"roberta-gui: {told}\n")
        sys.stderr.flush()
    if kind is QtMsgType.QtFatalMsg:
        os._exit(1)  # Qt would abort: the same end, but with a core dump and no status


def catch_failures(store: ViewStore) -> list[str]:
    """Make uncaught errors show as a quiet sentence; return the list that gathers them.

    As text, and each once: an error would keep alive all that its traceback reaches, and a
    broken draw would report itself for ever.
    """
    failures: list[str] = []

    def caught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        log.critical("uncaught", exc_info=(kind, error, trace))
        text = f"{kind.__name__}: {error}"
        if text not in failures:
            failures.append(text)
            title = "Something went wrong inside RoBERTa Explorer."
            store.report(WINDOW, Problem(title, f"{text}. The log has the details."))

    sys.excepthook = caught
    return failures
