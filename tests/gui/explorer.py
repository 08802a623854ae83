"""The real explorer, started for a test: the window, the worker and the built-in model."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.application import Session
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.window.notice_bar import NoticeBar
from roberta_gui.records import Analysis
from roberta_gui.view import View
from tests.gui.clicks import double_click

TEXT = "The cat sat on the <mask>."
_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Explorer:
    """A running session, and hands to use it with."""

    def __init__(self, folder: Path, bot: QtBot, text: str = TEXT) -> None:
        self.bot = bot
        self.session = Session(Preferences(text=text), folder / "log", folder / "cache")
        self.window, self.store = self.session.window, self.session.store
        self.editor, self.strip = self.window.card.editor, self.window.card.strip

    @property
    def view(self) -> View:
        return self.store.view

    @property
    def analysis(self) -> Analysis:
        assert self.view.analysis is not None
        return self.view.analysis

    def start(self) -> None:
        for kind in self.window.docks.kinds:  # else whichever test shows one first seems to leak it
            self.panel(kind.name)
        with self.bot.waitExposed(self.window):
            self.session.start()
        self.window.activateWindow()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is computed and every panel shows what there is."""
        self.bot.waitUntil(lambda: self.is_settled)

    @property
    def is_settled(self) -> bool:
        has_begun = self.view.analysis is not None or bool(
            self.view.problems
        )  # else at first paint
        return (
            has_begun
            and self.session.controller.is_settled
            and not self.view.is_stale
            and self.window.docks.is_settled
            and all(p.is_current for p in self.window.docks.panels if p.is_in_sight)
        )

    def write(self, text: str) -> None:
        """Put a text into the editor and wait for its pictures."""
        self.editor.set_text(text)
        self.settle()
        assert self.analysis.request.text == text

    def panel(self, name: str) -> Panel:
        return self.window.docks.panel(name)

    def token_place(self, index: int) -> QPoint:
        self.strip.set_selected([])
        return self.strip.chip_rect(index).center()

    def double_click(self, index: int) -> None:
        """Double-click a token as a hand does: the second press is the double click."""
        place = self.token_place(index)
        QTest.mouseClick(self.strip.viewport(), _LEFT, _NONE, place)
        double_click(self.strip.viewport(), _LEFT, _NONE, place)

    def bars(self) -> list[str]:
        """Return what the notice bars in sight say."""
        return [
            " ".join(label.text() for label in bar.findChildren(QWidget) if is_text(label))  # type: ignore[attr-defined]
            for bar in self.window.findChildren(NoticeBar)
            if bar.isVisible()
        ]

    def close(self) -> None:
        self.window.close()
        self.session.jobs.shutdown(wait=True)


def is_text(widget: QWidget) -> bool:
    return widget.objectName() in ("noticeTitle", "noticeHint")
