"""Heavy work waits until the window can be seen."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.application import FirstPaint, Session
from roberta_gui.gui.start.preferences import Preferences


class Painted(QWidget):
    """Writes down when it was painted."""

    def __init__(self, story: list[str]) -> None:
        super().__init__()
        self._story = story

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._story.append("painted")


class Watch(QObject):
    """Writes down when another widget is painted."""

    def __init__(self, story: list[str]) -> None:
        super().__init__()
        self._story = story

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._story.append("painted")
        return False


def test_it_is_told_once_and_after_the_painting(qtbot: QtBot) -> None:
    story: list[str] = []
    window = Painted(story)
    qtbot.addWidget(window)
    first = FirstPaint(window)
    first.seen.connect(lambda: story.append("seen"))

    with qtbot.waitSignal(first.seen):
        window.show()
    window.repaint()
    window.repaint()

    assert story[:2] == ["painted", "seen"]
    assert story.count("painted") >= 3
    assert story.count("seen") == 1


def test_a_window_that_is_already_shown_is_painted_again_and_told(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitSignal(FirstPaint(window).seen):
        window.show()

    with qtbot.waitSignal(FirstPaint(window).seen):
        pass


def test_the_model_is_opened_after_the_window_is_painted(qtbot: QtBot, tmp_path: Path) -> None:
    # A folder without a model: the load begins, and ends quickly in a sentence.
    preferences = Preferences(model=str(tmp_path))
    session = Session(preferences, tmp_path, tmp_path / "cache")
    story: list[str] = []
    watch = Watch(story)
    session.window.installEventFilter(watch)
    session.jobs.busy_changed.connect(lambda lane, busy: story.append(f"{lane} {busy}"))

    with qtbot.waitSignal(session.jobs.busy_changed):
        session.start()
        assert story == []
    session.window.close()
    session.jobs.shutdown(wait=True)

    assert story[:2] == ["painted", "model True"]
