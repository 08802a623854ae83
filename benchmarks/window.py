"""The real window on a model, without a screen, for benchmarks of what a person would see.

Everything is as `roberta_gui.gui.application` builds it, at the size the window opens with; only
the folders are of this run alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from benchmarks.settings import Settings
from roberta_gui.gui.application import Session
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.start.log import start_log
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.work.garbage import spare_what_stays

PATIENCE_S = 900.0


def write_log(settings: Settings) -> None:
    """Send the window's log, and what Qt says about having no screen, to a file of this run."""
    start_log(settings.folder)


@contextmanager
def opened(settings: Settings, model: str | None = None) -> Iterator[Session]:
    """Open the window and give it back while its model still loads; close it at the end.

    Parameters
    ----------
    model
        Which model to load; None takes the one that is measured.
    """
    application = QApplication.instance() or QApplication([])
    preferences = Preferences(model=model or str(settings.model), device="cpu", appearance="light")
    session = Session(preferences, settings.folder, settings.folder / "cache")
    spare_what_stays(session.store)  # as the application does
    session.window.resize(1440, 900)
    try:
        session.start()
        yield session
    finally:
        session.jobs.shutdown(wait=True)
        session.window.close()
        session.window.deleteLater()
        session.controller.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        application.processEvents()


def wait_until(session: Session, condition: Callable[[], bool]) -> None:
    """Let the event loop run until ``condition()`` holds.

    Raises
    ------
    Problem
        Whatever the window would have shown as a problem meanwhile.
    TimeoutError
        It never came true.
    """
    loop = QEventLoop()
    until = perf_counter() + PATIENCE_S

    def look() -> None:
        if condition() or session.store.view.problems or perf_counter() > until:
            loop.quit()

    clock = QTimer(interval=5)
    clock.timeout.connect(look)
    clock.start()
    loop.exec()
    clock.stop()
    for problem in session.store.view.problems.values():
        raise problem
    if perf_counter() > until:
        raise TimeoutError("the window was never done")


def settle(session: Session) -> None:
    """Wait until everything is computed and drawn, the axes of the model too."""

    def settled() -> bool:
        view = session.store.view
        shown = (panel for panel in session.window.docks.panels if panel.isVisible())
        drawn = all(panel.is_current for panel in shown)
        return (
            session.controller.is_settled
            and view.analysis is not None
            and view.axes is not None
            and not view.is_stale
            and drawn
        )

    wait_until(session, settled)


def press(session: Session, letter: str) -> None:
    """Type one letter at the end of the sentence, as Qt hears it from a keyboard."""
    editor = session.window.card.editor
    key = Qt.Key(ord(letter.upper()))
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QCoreApplication.sendEvent(
            editor, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter)
        )


def write(session: Session, text: str) -> None:
    """Write a sentence, with the cursor at its end, and wait until it is drawn."""
    editor = session.window.card.editor
    editor.set_text(text)
    settle(session)


class PaintWatch(QObject):
    """Notes when a panel's picture has been painted, once ``wanted()`` holds.

    The clock is read in the event loop's next turn after the paint event: by then every widget
    of the window is painted and the pixels have left for the screen.
    """

    def __init__(self, panel: Panel, wanted: Callable[[], bool]) -> None:
        super().__init__()
        self._wanted = wanted
        self._pending = False
        self.seen_at: float | None = None
        panel.picture().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at the paint events, and let all events through."""
        if event.type() is QEvent.Type.Paint and not self._pending and self._wanted():
            self._pending = True
            QTimer.singleShot(0, self._note)
        return False

    def _note(self) -> None:
        self.seen_at = perf_counter()

    def wait(self, session: Session) -> float:
        """Wait until it is painted and return the time of that, as by ``perf_counter``."""
        wait_until(session, lambda: self.seen_at is not None)
        if self.seen_at is None:
            raise TimeoutError("the panel was never painted")
        return self.seen_at


def panel_of(session: Session, name: str) -> Panel:
    """Find a panel of the window by its name."""
    return session.window.docks.panel(name)
