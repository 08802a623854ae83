"""A whole window whose model is never loaded: analyses are put into its store by hand."""

from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.application import Session
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.panels.cloze.panel import ClozePanel
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.panels.train.panel import TrainPanel
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.window.notice_bar import NoticeBar
from roberta_gui.records import Analysis, Run
from roberta_gui.view import Derived
from tests.gui import made_up_run
from tests.gui.shown_panel import axes_of, worked
from tests.made_up import made_up_analysis


def settle() -> None:
    """Let the event loop turn until what one turn asks of the next has come to its end."""
    for _ in range(20):
        QApplication.processEvents()


def answer_save(monkeypatch: pytest.MonkeyPatch, file: Path | str, kind: str = "") -> list[Any]:
    """Answer the save dialog in the user's place; return what it was asked with."""
    asked: list[Any] = []

    def dialog(*arguments: Any) -> tuple[str, str]:
        asked.append(arguments)
        return str(file), kind

    monkeypatch.setattr(QFileDialog, "getSaveFileName", dialog)
    return asked


class IdleWindow:
    """The window with its worker, shown, without a model."""

    def __init__(
        self,
        folder: Path,
        bot: QtBot,
        preferences: Preferences | None = None,
        keeps_log: bool = True,
    ) -> None:
        self.bot, self.log_folder = bot, folder / "log" if keeps_log else None
        self.preferences = preferences or Preferences(appearance="light", folder=str(folder))
        self.session = Session(self.preferences, self.log_folder, folder / "cache")
        self.window, self.store = self.session.window, self.session.store

    def show(self) -> None:
        """Show it laid out but unpainted: painting is most of what a window costs."""
        self.window.setUpdatesEnabled(False)
        with self.bot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()

    def paint(self) -> None:
        """Paint it from now on, for a test that looks at what is painted."""
        self.window.setUpdatesEnabled(True)

    def show_text(self, text: str) -> Analysis:
        """Show a made-up analysis of ``text`` in all panels."""
        analysis = made_up_analysis(text)
        self.store.use_model(analysis.model)
        self.store.use_axes(axes_of(analysis.model))
        self.store.type(Run(text, analysis.tokens))
        self.store.show(analysis)
        docks = self.window.docks
        self.bot.waitUntil(
            lambda: docks.is_settled and all(p.is_current for p in docks.panels if p.is_in_sight)
        )
        return analysis

    def compute(self, panel: Panel) -> None:
        """Give a panel what it waits for, as the worker would, but of a made-up model."""
        if isinstance(panel, TrainPanel):
            made_up_run.show(panel, self.store)
        panel.start()
        if isinstance(panel, ClozePanel):  # it hides what others tell until somebody guesses
            for button in panel.findChildren(QToolButton):
                if button.text() == "Reveal":
                    button.click()
        wanted = panel.derive(self.store.view)
        if wanted is not None:
            self.store.derive(panel.name, Derived(wanted.key, worked(wanted)))

    @property
    def open_panels(self) -> tuple[str, ...]:
        """Names of the panels that stand in the window."""
        docks = self.window.docks
        return tuple(kind.name for kind in docks.kinds if not docks.dock(kind.name).isHidden())

    def panel(self, name: str) -> Panel:
        return self.window.docks.panel(name)

    def bars(self) -> list[NoticeBar]:
        return [bar for bar in self.window.findChildren(NoticeBar) if bar.isVisible()]

    def told(self) -> list[str]:
        """Return what the bars in sight say."""
        return [label.text() for bar in self.bars() for label in bar.findChildren(QLabel)]

    def press(self, text: str) -> None:
        """Press a button of a notice bar."""
        button = next(
            button
            for bar in self.bars()
            for button in bar.findChildren(QPushButton)
            if button.text() == text
        )
        button.click()

    def close(self) -> None:
        """Close it for good, the worker's thread included."""
        self.session.controller.analyse()  # ends the waiting for a pause in typing
        if shiboken6.isValid(self.window):  # else it was closed before
            self.window.close()
        self.session.jobs.shutdown(wait=True)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        wear(LIGHT)
        vars(self).clear()  # pytest keeps what a fixture gave until leaks have been counted
