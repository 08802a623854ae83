"""`<s>` is a token and no HTML, wherever a panel or the window tells of it."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QHelpEvent, QMouseEvent, QTextDocumentFragment
from PySide6.QtGui import Qt as QtText
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.all_heads.panel import AllHeadsPanel
from tests.gui.idle_window import IdleWindow
from tests.gui.shown_panel import ShownPanel

TEXT = "<b>The</b> cat <s> sat on <mask> &amp; tea"
NAMES_TOKENS = {
    "attention", "hidden", "layers", "lens", "path", "surprisal", "compare_attention",
}  # fmt: skip
"""Panels whose pictures tell of the token under the pointer."""


def read(tip: str) -> str:
    """Return what a person reads in a tool tip."""
    if not QtText.mightBeRichText(tip):
        return tip
    return QTextDocumentFragment.fromHtml(tip).toPlainText()


def tips_over(widget: QWidget, steps: int = 14) -> None:
    """Move over a widget, and rest there, at places all over it."""
    for row in range(steps):
        for column in range(steps):
            place = QPoint(
                int((column + 0.5) * widget.width() / steps),
                int((row + 0.5) * widget.height() / steps),
            )
            there = widget.mapToGlobal(place)
            none = Qt.MouseButton.NoButton
            move = QMouseEvent(
                QMouseEvent.Type.MouseMove, QPointF(place), QPointF(there), none, none,
                Qt.KeyboardModifier.NoModifier,
            )  # fmt: skip
            QApplication.sendEvent(widget, move)
            QApplication.sendEvent(widget, QHelpEvent(QHelpEvent.Type.ToolTip, place, there))


def said_by(root: QWidget) -> list[str]:
    """Return the tool tips that stand in a window: of controls, and of entries in menus."""
    widgets = [widget.toolTip() for widget in (root, *root.findChildren(QWidget))]
    # An entry without a tip of its own names its text, which no menu shows as a tip.
    entries = [a.toolTip() for a in root.findChildren(QAction) if a.toolTip() != a.text()]
    return [tip for tip in widgets + entries if tip]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what is shown under the pointer."""
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, text, *_: told.append(text))
    return told


@pytest.fixture(params=PANELS, ids=lambda kind: kind.name)
def made(request: pytest.FixtureRequest, qapp: object) -> ShownPanel:
    return ShownPanel(request.param)


def test_a_panel_shows_markup_in_tokens_as_it_was_written(
    shown: ShownPanel, told: list[str]
) -> None:
    shown.panel.resize(900, 700)
    shown.show_text(TEXT)
    for widget in (shown.panel.picture(), *shown.panel.picture().findChildren(QWidget)):
        if widget.isVisible():
            tips_over(widget)
    shown.store.end_hover()

    panel, heading = shown.panel, shown.panel.heading
    tips = told + said_by(panel) + said_by(heading)
    assert told
    assert [tip for tip in tips if QtText.mightBeRichText(tip) and "<p style" not in tip] == []
    if panel.name in NAMES_TOKENS:
        assert any("<s>" in read(tip) or "<b>" in read(tip) for tip in tips)
    labels = (*panel.findChildren(QLabel), *heading.findChildren(QLabel))
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


def test_the_window_around_the_panels_shows_it_too(qtbot: QtBot, tmp_path: Path) -> None:
    idle = IdleWindow(tmp_path, qtbot)
    try:
        idle.show()
        idle.show_text(TEXT)

        tips = said_by(idle.window)
        assert [tip for tip in tips if QtText.mightBeRichText(tip) and "<p style" not in tip] == []
        labels = idle.window.findChildren(QLabel)
        assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
        assert any("<s> and </s> counted" in read(tip) for tip in tips)
    finally:
        idle.close()


def test_a_heading_names_special_tokens_letter_by_letter(qtbot: QtBot) -> None:
    shown = ShownPanel(AllHeadsPanel)
    qtbot.addWidget(shown.panel)
    qtbot.addWidget(shown.panel.heading)

    shown.panel.heading.set_remark("by <s> and </s>")

    (remark,) = (x for x in shown.panel.heading.findChildren(QLabel) if "by" in x.text())
    assert remark.textFormat() is Qt.TextFormat.PlainText
    assert read(remark.toolTip()) == "by <s> and </s>"
