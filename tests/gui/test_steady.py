"""What is clicked stays where it is: whatever comes, goes, is typed, chosen or fails."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDockWidget,
    QLineEdit,
    QMainWindow,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.gui.panels import PANELS
from roberta_gui.problems import NoNetwork
from roberta_gui.records import Run
from tests.gui.shown_panel import ShownPanel, settle_layout
from tests.made_up import MADE_UP, made_up_analysis

SENTENCE = "The cat sat on the <mask> tonight"
CONTROLS = QAbstractButton | QLineEdit | QSlider


class Docked:
    """A panel in a dock, as it stands in the window."""

    def __init__(self, bot: QtBot, made: ShownPanel, size: tuple[int, int]) -> None:
        self.made, self.panel = made, made.panel
        self.area = QMainWindow()
        bot.addWidget(self.area)
        self.dock = QDockWidget()
        self.dock.setTitleBarWidget(self.panel.heading)
        self.dock.setWidget(self.panel)
        self.area.setCentralWidget(self.dock)
        self.area.resize(*size)
        self.area.setUpdatesEnabled(False)  # where things are is looked at, not how they look
        with bot.waitExposed(self.area):
            self.area.show()
        self.settle()

    def settle(self) -> None:
        settle_layout()
        QApplication.processEvents()

    def places(self) -> dict[QWidget, QRect]:
        """Return where everything is that can be clicked, seen from the panel's corner."""
        controls = [one for one in self.dock.findChildren(QWidget) if isinstance(one, CONTROLS)]
        return {
            one: QRect(one.mapTo(self.dock, QPoint()), one.size())
            for one in controls
            if one.isVisible() and one.objectName() != "stale"
        }


def told(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return f"{type(widget).__name__} {widget.accessibleName() or text!r}"


def moved(before: dict[QWidget, QRect], after: dict[QWidget, QRect]) -> list[str]:
    """Say which controls are not where they were."""
    both = before.keys() & after.keys()
    return [f"{told(w)}: {before[w]} > {after[w]}" for w in both if before[w] != after[w]]


@pytest.fixture(params=[(700, 500), (460, 320)], ids=["large", "small"])
def docked(made: ShownPanel, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Docked]:
    there = Docked(qtbot, made, request.param)
    yield there
    vars(made).clear()
    vars(there).clear()


@pytest.fixture(params=PANELS, ids=lambda kind: kind.name)
def made(request: pytest.FixtureRequest, qapp: QApplication) -> ShownPanel:
    return ShownPanel(request.param)


def test_nothing_that_is_clicked_moves(docked: Docked) -> None:
    made, store = docked.made, docked.made.store
    found: dict[str, list[str]] = {}

    def look(at: str, before: dict[QWidget, QRect]) -> dict[QWidget, QRect]:
        docked.settle()
        now = docked.places()
        if which := moved(before, now):
            found[at] = which
        return now

    store.use_model(MADE_UP)
    docked.settle()
    now = docked.places()
    longer = made_up_analysis(SENTENCE + " again")
    first = made.show(made_up_analysis(SENTENCE))
    now = look("the first sentence is read", now)
    made.panel.start()
    now = look("it is started", now)
    made.derive()
    now = look("its answer comes", now)
    store.type(Run(SENTENCE + " again", longer.tokens))
    now = look("a word is typed", now)
    made.show(longer)
    now = look("that is read", now)
    made.derive()
    now = look("that answer comes", now)
    store.select_token(3)
    made.derive()
    now = look("a token is chosen", now)
    store.select_head(3, 2)
    made.derive()
    now = look("a head is chosen", now)
    store.hover_token(5)
    store.hover_head(1, 1)
    now = look("something is pointed at", now)
    store.end_hover()
    now = look("nothing is pointed at", now)
    store.report(made.panel.lane, NoNetwork("It failed.", "Nobody knows why."))
    now = look("it failed", now)
    store.report(made.panel.lane, None)
    store.report(lanes.SENTENCE, NoNetwork("It failed.", "Nobody knows why."))
    now = look("the sentence failed", now)
    store.report(lanes.SENTENCE, None)
    made.show(first)
    made.derive()
    look("all is well", now)

    assert found == {}
