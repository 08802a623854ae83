"""Build the application and run it; uncaught errors and Qt's messages go to the log."""

import logging
import logging.handlers
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

import roberta_gui
from roberta_gui.gui import theme as themes
from roberta_gui.gui.controller import Controller, recall, remember
from roberta_gui.gui.jobs import JobRunner
from roberta_gui.gui.main_window import MainWindow
from roberta_gui.gui.preferences import Preferences, settings_file
from roberta_gui.gui.snapshot import Snapshot
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.workbench import Loaded, Workbench
from roberta_gui.problems import Problem
from roberta_gui.records import ModelInfo
from roberta_gui.resources import resource

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wishes:
    """What the command line asks for; None leaves it to what is remembered."""

    text: str | None = None
    model: str | None = None
    snapshot: Path | None = None
    size: tuple[int, int] | None = None
    theme: themes.Appearance | None = None
    panel: str | None = None
    layer: int | None = None
    head: int | None = None
    token: int | None = None


class Session:
    """One running explorer: the objects that live as long as the window."""

    def __init__(self, preferences: Preferences, log_folder: Path, cache: Path) -> None:
        self.preferences = preferences
        self.store = ViewStore()
        self.jobs = JobRunner()
        self.controller = Controller(self.store, self.jobs, Workbench(cache), preferences)
        recall(preferences, self.store)
        theme = themes.choose(preferences.appearance, preferences.zoom)
        self.window = MainWindow(self.store, self.controller, preferences, theme, log_folder)

    def start(self) -> None:
        """Show the window, then open the model."""
        self.window.show()
        self.controller.edit(self.window.card.editor.text())
        wanted = self.preferences
        self.controller.load_model(wanted.model, wanted.device, wanted.dtype)


def run(wishes: Wishes) -> int:
    """Open the window and stay until it is closed; return the process's exit status."""
    log_folder = platformdirs.user_log_path("roberta-gui", appauthor=False, ensure_exists=True)
    start_log(log_folder)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("RoBERTa Explorer")
    application.setApplicationVersion(roberta_gui.__version__)
    application.setDesktopFileName("roberta-gui")
    application.setWindowIcon(QIcon(str(resource("icon.svg"))))
    settings = settings_file()
    # A snapshot shows what it is asked for, not what somebody left behind, and leaves nothing.
    preferences = Preferences() if wishes.snapshot else Preferences.load(settings)
    _apply_wishes(preferences, wishes)
    cache = platformdirs.user_cache_path("roberta-gui", appauthor=False)
    session = Session(preferences, log_folder, cache)
    failures = catch_failures(session.store)
    if wishes.snapshot is None:
        session.window.closing.connect(lambda: _keep(session, settings))
    session.window.closing.connect(session.jobs.shutdown)
    if wishes.size is not None:
        session.window.resize(*wishes.size)
    if wishes.snapshot is not None:
        _take_snapshot(session, wishes, wishes.snapshot, application, failures)
    session.start()
    if wishes.panel is not None:
        session.window.docks.solo(wishes.panel)
    return application.exec()


def _apply_wishes(preferences: Preferences, wishes: Wishes) -> None:
    if wishes.text is not None:
        preferences.text = wishes.text
    if wishes.model is not None:
        preferences.model = wishes.model
    if wishes.theme is not None:
        preferences.appearance = wishes.theme
    if wishes.layer is not None:
        preferences.layer = wishes.layer
    if wishes.head is not None:
        preferences.head = wishes.head - 1


def _keep(session: Session, settings: object) -> None:
    remember(session.preferences, session.store)
    session.preferences.save(settings)  # type: ignore[arg-type]


def _take_snapshot(
    session: Session,
    wishes: Wishes,
    file: Path,
    application: QApplication,
    failures: list[BaseException],
) -> None:
    snapshot = Snapshot(session.window, session.controller, session.store, file)

    def end(message: str, status: int = 1) -> None:
        if failures:
            message, status = f"a panel failed: {failures[0]!r}", 1
        if message:
            sys.stderr.write(f"roberta-gui: {message}\n")
        snapshot.stop()
        session.window.close()
        application.exit(status if message else 0)

    def check_model(loaded: Loaded) -> None:
        if message := _not_in_the_model(wishes, loaded.info):
            end(message, 2)

    def lock_token(*_change: object) -> None:
        analysis = session.store.view.analysis
        if analysis is None or wishes.token is None:
            return
        session.store.changed.disconnect(lock_token)
        if wishes.token < len(analysis.tokens):
            session.store.select_token(wishes.token)
        else:
            end(
                f"--token: {wishes.token} is not there, the last one is {len(analysis.tokens) - 1}",
                2,
            )

    session.controller.model_changed.connect(check_model)
    session.store.changed.connect(lock_token)
    snapshot.done.connect(end)
    snapshot.start()


def _not_in_the_model(wishes: Wishes, model: ModelInfo) -> str:
    """Say which layer or head was asked for that this model does not have; "" if none."""
    for option, wanted, n in (
        ("layer", wishes.layer, model.n_layers),
        ("head", wishes.head, model.n_heads),
    ):
        if wanted is not None and wanted > n:
            return f"--{option}: {model.name} has {n} {option}s, there is no {wanted}"
    return ""


def start_log(folder: Path) -> None:
    """Write the log of this run, and keep that of the last few, in ``folder``."""
    handler = logging.handlers.RotatingFileHandler(
        folder / "roberta-gui.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    qInstallMessageHandler(log_qt_message)


def log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Send one of Qt's own messages to the log."""
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }
    logging.getLogger("qt").log(levels.get(kind, logging.ERROR), message)


def catch_failures(store: ViewStore) -> list[BaseException]:
    """Make uncaught errors show as a quiet sentence; return the list that gathers them."""
    failures: list[BaseException] = []

    def caught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        log.critical("uncaught", exc_info=(kind, error, trace))
        failures.append(error)
        if len(failures) == 1:  # a broken draw would otherwise report itself for ever
            store.report(
                "window",
                Problem(
                    "Something went wrong inside RoBERTa Explorer.",
                    f"{kind.__name__}: {error}. The log has the details.",
                ),
            )

    sys.excepthook = caught
    return failures
