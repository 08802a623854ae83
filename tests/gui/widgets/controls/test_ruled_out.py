"""A control that is grey says why: no state of the window leaves somebody guessing."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.choices import Choices
from roberta_gui.gui.widgets.controls.tool_tip import rule_out, why_ruled_out
from roberta_gui.gui.window.arrangements import ARRANGEMENTS, COMPARE
from roberta_gui.records import Run
from tests.gui.idle_window import IdleWindow, settle

CONTROLS = (QAbstractButton, QComboBox, QLineEdit)


def unexplained(part: QWidget) -> list[str]:
    """Name what is grey in a part of the window without a reason."""
    for menu in part.findChildren(QMenu):
        menu.aboutToShow.emit()
    # In its own window, which for what has no room in a row is the one that opens below "More ▾".
    controls = [
        w for kind in CONTROLS for w in part.findChildren(kind) if w.isVisibleTo(w.window())
    ]
    actions = [a for a in part.findChildren(QAction) if a.isVisible() and not a.isSeparator()]
    silent = [
        f"{type(c).__name__} {c.accessibleName() or c.objectName()}"
        for c in controls
        if not c.isEnabled() and not explained(c)
    ]
    return silent + [
        f"action {a.text()!r}"
        for a in actions
        if a.text() and not a.isEnabled() and not why_ruled_out(a)
    ]


def explained(control: QWidget) -> bool:
    """Tell whether a control, the action it shows, or what it is part of, says why it is grey."""
    if isinstance(control, QToolButton) and control.defaultAction() is not None:
        return bool(why_ruled_out(control.defaultAction()))
    part: QWidget | None = control
    while part is not None and not part.isEnabled():
        if why_ruled_out(part):
            return True
        part = part.parentWidget()
    return False


def unexplained_anywhere(idle: IdleWindow) -> list[str]:
    """Name what is grey without a reason in the window of each arrangement and in every panel."""
    found = []
    for arrangement in ARRANGEMENTS:
        idle.window.docks.arrange(arrangement.name)
        found += unexplained(idle.window)
        for name in arrangement.panels:
            idle.window.docks.focus(name)
            settle()  # what is behind another tab is not drawn
            panel = idle.panel(name)
            found += unexplained(panel) + unexplained(panel.heading)
            idle.compute(panel)
            found += unexplained(panel) + unexplained(panel.heading)
    idle.window.docks.arrange(COMPARE)
    idle.window.docks.reset()  # nothing is in front that waits for a model
    return found


@pytest.mark.parametrize(
    "choices",
    [
        Choices(),
        Choices().chosen("attention", drawn_as="arcs", measure="contribution"),
        Choices().chosen("attention", measure="rollout").chosen("surprisal", tint=True),
    ],
    ids=["map", "arcs", "rollout"],
)
def test_whatever_is_grey_says_why(idle: IdleWindow, choices: Choices) -> None:
    assert unexplained_anywhere(idle) == []  # before there is a model

    for text in ("", "The cat sat on the mat.", "A <mask> and one <mask> here"):
        idle.show_text(text)
        idle.store.apply(lambda view: replace(view, choices=choices))

        assert unexplained_anywhere(idle) == [], text


def test_a_control_that_is_ruled_out_says_why_and_has_its_own_tip_again(qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    button.setToolTip("Starts it")

    rule_out(button, "Nothing to start")
    rule_out(button, "Still nothing to start")
    assert (button.isEnabled(), button.toolTip()) == (False, "Still nothing to start")

    rule_out(button, "")
    assert (button.isEnabled(), button.toolTip(), why_ruled_out(button)) == (True, "Starts it", "")


def test_a_tip_that_is_set_meanwhile_is_the_one_that_comes_back(qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    rule_out(button, "Not now")
    button.setToolTip("Another tip")
    rule_out(button, "Not now")
    rule_out(button, "")

    assert button.toolTip() == "Another tip"


def test_start_of_a_sweep_says_what_it_waits_for(idle: IdleWindow) -> None:
    idle.window.docks.solo("sweep")
    idle.bot.waitUntil(lambda: idle.panel("sweep").is_in_sight)
    analysis = idle.show_text("A <mask> here")
    buttons = idle.panel("sweep").findChildren(QAbstractButton)
    start = next(button for button in buttons if button.text() == "Start")
    said = [why_ruled_out(start)]
    idle.store.type(Run("Another <mask> here", analysis.tokens))
    said.append(why_ruled_out(start))

    assert said == ["", "The sentence has just changed: it is read first"]
