"""Build the application and run it."""

import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import platformdirs
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

import roberta_gui
from roberta_gui.findings.notation.names import describe_switched_heads, head_name
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.start.log import catch_failures, start_log
from roberta_gui.gui.start.preferences import (
    Preferences,
    heads_left_off,
    recall,
    remember,
    settings_file,
)
from roberta_gui.gui.start.snapshot import Snapshot
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.sentence.text_index import keep_room
from roberta_gui.gui.window.arrangements import COMPARE
from roberta_gui.gui.window.main_window import MainWindow
from roberta_gui.gui.work.controller import Controller
from roberta_gui.gui.work.engine_worker import EngineWorker, Loaded
from roberta_gui.gui.work.garbage import spare_what_stays
from roberta_gui.gui.work.jobs import JobRunner
from roberta_gui.records import ModelInfo
from roberta_gui.resources import resource
from roberta_gui.wording import counted

SNAPSHOT_SIZE = (1440, 900)
"""What the panels were designed for; ``--size`` asks for another."""

LINGER_S = 0.2
"""How long the process stays behind its window, so that no file is left half-written."""


@dataclass(frozen=True)
class CliOptions:
    """What the command line asks for; None leaves it to what is remembered."""

    text: str | None = None
    compare: str | None = None
    """A second sentence, to compare with the first."""
    model: str | None = None
    compare_model: str | None = None
    """A second model, to hold the first against."""
    snapshot: Path | None = None
    size: tuple[int, int] | None = None
    theme: themes.Appearance | None = None
    panel: str | None = None
    arrangement: str | None = None
    layer: int | None = None
    head: int | None = None
    tokens: Sequence[int] | None = None
    """Tokens to lock, from 1."""
    off: Sequence[tuple[int, int]] | None = None
    """Heads to switch off, as (attention layer, head)."""
    space: str | None = None
    choices: Sequence[str] | None = None


class FirstPaint(QObject):
    """Tells once, by ``seen()``, that a window is on the screen, so that heavy work waits for it.

    That is in the event loop's next turn, when all is painted.
    """

    seen = Signal()

    _begun = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        # Queued: the paint event is only about to be handled when it comes by here.
        self._begun.connect(self.seen, Qt.ConnectionType.QueuedConnection)
        window.installEventFilter(self)
        window.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look for a paint event, and let all events through."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self._begun.emit()
        return False


class Session:
    """One running explorer: the objects that live as long as the window."""

    def __init__(self, preferences: Preferences, log_folder: Path | None, cache: Path) -> None:
        self.preferences = preferences
        self.store = ViewStore()
        self.jobs = JobRunner()
        self.controller = Controller(self.store, self.jobs, EngineWorker(cache), preferences)
        recall(preferences, self.store)
        wear(themes.choose(preferences.appearance, preferences.zoom))
        self.window = MainWindow(self.store, self.controller, preferences, log_folder)
        self.window.closing.connect(self.controller.rest)
        self.controller.model_changed.connect(self._bring_heads_back)
        # Taken apart, its panels lose sight and forget: those that are half gone must not draw.
        self.window.closing.connect(self.store.rest)

    def start(self) -> None:
        """Show the window, and open the model once it can be seen.

        The import of torch, though on the worker thread, holds Python's lock so often that it
        would keep the window dark for another 0.3 s.
        """
        FirstPaint(self.window).seen.connect(self._open_model)
        self.window.show()
        self.controller.edit(self.window.card.editor.text())

    def _bring_heads_back(self, loaded: Loaded) -> None:
        """Switch off what was off when the window was closed, before the first pass, and say so."""
        if not self.store.view.stands_in:  # else their model may still come
            self.controller.model_changed.disconnect(self._bring_heads_back)
        if heads := heads_left_off(self.preferences, loaded.info):
            self.store.switch_heads(heads, self.preferences.ablation)
            told = describe_switched_heads(heads, self.preferences.ablation)
            hint = "As it was when you left. “Restore all” in the line below switches heads on."
            self.window.tell(told, hint)

    def _open_model(self) -> None:
        wanted = self.preferences
        self.controller.load_model(wanted.model, wanted.device, wanted.dtype)
        if wanted.compare_model:
            self.controller.compare_with(wanted.compare_model)


def run(options: CliOptions) -> int:
    """Open the window and stay until it is closed; return the process's exit status."""
    log_folder = start_log(platformdirs.user_log_path("roberta-gui", appauthor=False))
    application = QApplication(sys.argv[:1])
    application.setApplicationName("RoBERTa Explorer")
    application.setApplicationVersion(roberta_gui.__version__)
    application.setDesktopFileName("roberta-gui")
    application.setWindowIcon(QIcon(str(resource("icon.svg"))))
    settings = settings_file()
    # A snapshot shows what it is asked for, not what somebody left behind, and leaves nothing.
    preferences = Preferences() if options.snapshot else Preferences.load(settings)
    save, appearance = partial(preferences.save, settings), preferences.appearance
    _apply_options(preferences, options)
    cache = platformdirs.user_cache_path("roberta-gui", appauthor=False)
    session = Session(preferences, log_folder, cache)
    spare_what_stays(session.store)
    failures = catch_failures(session.store)
    session.window.closing.connect(session.jobs.shutdown)
    if options.snapshot is None:
        # --theme is for this run: it must not end "follow the desktop" for good.
        session.window.leaving.keep = partial(_keep, session, save, options, appearance)
        session.store.changed.connect(session.window.leaving.keep_soon)
        for card in session.window.cards:  # no View changes while no model is there
            card.editor.text_changed.connect(session.window.leaving.keep_soon)
        refuse: Callable[[str, int], None] = partial(_tell_refusal, session.window)
    else:
        session.window.resize(*SNAPSHOT_SIZE)  # whatever screen there is, or none
        refuse = _take_snapshot(session, options.snapshot, application, failures)
    if options.size is not None:
        session.window.resize(*options.size)
    _grant(session, options, refuse)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop would never see Ctrl+C
    session.start()
    if arrangement := options.arrangement or (COMPARE if options.compare is not None else None):
        session.window.docks.arrange(arrangement)
    if options.panel is not None:
        session.window.docks.solo(options.panel)
    status = application.exec()
    session.jobs.linger(LINGER_S)
    if application.clipboard().ownsClipboard():
        application.shutdown()  # hands what was copied over to the desktop, where it keeps it
    return status


def _apply_options(preferences: Preferences, options: CliOptions) -> None:
    for name, value in (
        ("text", options.text),
        ("hidden_words", None if options.text is None else ()),
        ("second_text", options.compare),
        ("second_hidden_words", None if options.compare is None else ()),
        ("has_second", None if options.compare is None else True),
        ("model", options.model),
        ("compare_model", options.compare_model),
        ("appearance", options.theme),
        ("layer", options.layer),
        ("head", None if options.head is None else options.head - 1),
        ("off", None if options.off is None else ""),  # exactly what is asked for is off
    ):
        if value is not None:
            setattr(preferences, name, value)
    space = () if options.space is None else (f"hidden.space={options.space}",)
    for choice in (*space, *(options.choices or ())):
        preferences.choices = preferences.choices.with_option(choice)


def _keep(
    session: Session, save: Callable[[], None], options: CliOptions, appearance: themes.Appearance
) -> None:
    preferences, worn = session.preferences, session.preferences.appearance
    remember(preferences, session.store)
    preferences.appearance = appearance if worn == options.theme else worn
    try:
        save()
    finally:
        preferences.appearance = worn


def _grant(session: Session, options: CliOptions, refuse: Callable[[str, int], None]) -> None:
    """Do what can be done only once the model and the sentence are there."""

    def check_model(loaded: Loaded) -> None:
        session.controller.model_changed.disconnect(check_model)
        keep_room()
        if session.store.view.stands_in:
            return  # nothing was asked of that one
        if message := not_in_the_model(options, loaded.info):
            refuse(message, 2)
        elif options.off:
            session.store.switch_heads(options.off, "zero")

    def take_up(*_change: object) -> None:
        view = session.store.view
        analysis, waits = view.analysis, view.is_second_stale and not view.failed_pass
        if analysis is None or waits:
            return
        session.store.changed.disconnect(take_up)
        for panel in session.window.docks.panels:
            if panel.name == options.panel:
                panel.start()
        last = len(analysis.tokens)
        if options.tokens and (missing := max(options.tokens)) > last:
            refuse(f"--token: {missing} is not there, the last one is {last}", 2)
        elif options.tokens:
            session.store.select_tokens([number - 1 for number in options.tokens])

    session.controller.model_changed.connect(check_model)
    session.store.changed.connect(take_up)


def _tell_refusal(window: MainWindow, message: str, _status: int) -> None:
    window.tell("Not everything that the command line asks for is there.", message)


def _take_snapshot(
    session: Session, file: Path, application: QApplication, failures: list[str]
) -> Callable[[str, int], None]:
    """Save a picture once everything is drawn; return what ends the run for another reason."""
    snapshot = Snapshot(session.window, session.controller, session.store, file)

    def end(message: str, status: int = 1) -> None:
        if failures:
            message, status = f"a panel failed: {failures[0]}", 1
        if message:
            sys.stderr.write(f"roberta-gui: {message}\n")
        snapshot.stop()
        session.window.close()
        application.exit(status if message else 0)

    snapshot.done.connect(end)
    snapshot.start()
    return end


def not_in_the_model(options: CliOptions, model: ModelInfo) -> str:
    """Say which layer or head was asked for that this model does not have; "" if none."""
    for option, wanted, n in (
        ("layer", options.layer, model.n_layers),
        ("head", options.head, model.n_heads),
    ):
        if wanted is not None and wanted > n:
            return f"--{option}: {model.name} has {n} {option}s, there is no {wanted}"
    for head in options.off or ():
        if head[0] >= model.n_layers or head[1] >= model.n_heads:
            shape = f"{counted(model.n_layers, 'layer')} of {counted(model.n_heads, 'head')}"
            return f"--off: {model.name} has {shape}, there is no {head_name(head)}"
    return ""
