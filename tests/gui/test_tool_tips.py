"""`<s>` is a token and no HTML, wherever a panel or the window tells of it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QHelpEvent, QMouseEvent, QTextDocumentFragment
from PySide6.QtGui import Qt as QtText
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.glyphs import SPACE
from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.all_heads.panel import AllHeadsPanel
from roberta_gui.gui.widgets.controls.tool_tip import WIDEST
from roberta_gui.gui.widgets.painting.spoken import Spoken
from tests.gui.idle_window import IdleWindow
from tests.gui.shown_panel import ShownPanel

TEXT = "<b>The</b> cat <s> sat on <mask> &amp; tea"
NAMES_TOKENS = {
    "attention", "hidden", "layers", "lens", "path", "surprisal", "compare_attention",
}  # fmt: skip
"""Panels whose pictures tell of the token under the pointer."""


MARKUP = ("<p", "style=", "<table", "<tr", "<td", "<br", "&lt;", "&gt;", "&amp;lt;")
"""What would be read of a tip whose HTML is shown as text; no token of the sentence has it."""


def read(tip: str) -> str:
    """Return what a person reads in a tip, as Qt's own label decides."""
    if not QtText.mightBeRichText(tip):
        return tip
    return QTextDocumentFragment.fromHtml(tip).toPlainText()


def on_screen() -> str:
    """Return what is read in the tip that stands on the screen, "" without one."""
    labels = [w for w in QApplication.topLevelWidgets() if w.inherits("QTipLabel")]
    texts = [str(label.property("text")) for label in labels if label.isVisible()]
    assert len(texts) <= 1
    return read(texts[0]) if texts else ""


def telling(widget: QWidget, steps: int = 8) -> Iterator[QPoint]:
    """Give places all over a widget, and those where a picture says that something is."""
    for row in range(steps):
        for column in range(steps):
            yield QPoint(
                int((column + 0.5) * widget.width() / steps),
                int((row + 0.5) * widget.height() / steps),
            )
    if isinstance(widget, Spoken):
        spots, place = widget.parts()
        yield from (place(spot).center().toPoint() for spot in spots)


def tips_at(widget: QWidget, places: Iterable[QPoint]) -> set[str]:
    """Move over a widget, and rest there, at these places; return what is then read."""
    seen = set()
    for place in places:
        there = widget.mapToGlobal(place)
        none = Qt.MouseButton.NoButton
        move = QMouseEvent(
            QMouseEvent.Type.MouseMove, QPointF(place), QPointF(there), none, none,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(widget, move)
        seen.add(on_screen())
        QApplication.sendEvent(widget, QHelpEvent(QHelpEvent.Type.ToolTip, place, there))
        seen.add(on_screen())
    return seen - {""}


def formats(root: QWidget) -> set[Qt.TextFormat]:
    """Return how the labels in a window read their texts, the tip's own label left out."""
    labels = root.findChildren(QLabel)
    return {label.textFormat() for label in labels if not label.inherits("QTipLabel")}


def said_by(root: QWidget) -> list[str]:
    """Return the tool tips that stand in a window: of controls, and of entries in menus."""
    widgets = [widget.toolTip() for widget in (root, *root.findChildren(QWidget))]
    # An entry without a tip of its own names its text, which no menu shows as a tip.
    entries = [a.toolTip() for a in root.findChildren(QAction) if a.toolTip() != a.text()]
    return [tip for tip in widgets + entries if tip]


@pytest.fixture(params=PANELS, ids=lambda kind: kind.name)
def made(request: pytest.FixtureRequest, qapp: object) -> ShownPanel:
    return ShownPanel(request.param)


def test_what_is_read_over_a_panel_is_text_in_which_tokens_are_as_they_were_written(
    shown: ShownPanel,
) -> None:
    shown.panel.resize(900, 700)
    shown.show_text(TEXT)
    seen: set[str] = set()
    for widget in (shown.panel.picture(), *shown.panel.picture().findChildren(QWidget)):
        if widget.isVisible():
            seen |= tips_at(widget, telling(widget))
    shown.store.end_hover()

    panel, heading = shown.panel, shown.panel.heading
    tips = seen | {read(tip) for tip in said_by(panel) + said_by(heading)}
    assert seen
    assert [tip for tip in tips if any(part in tip for part in MARKUP)] == []
    assert max(len(line) for tip in tips for line in tip.splitlines()) <= WIDEST
    if panel.name in NAMES_TOKENS:
        assert any("<s>" in tip or "<b>" in tip for tip in tips)
    assert formats(panel) | formats(heading) == {Qt.TextFormat.PlainText}


def test_the_window_around_the_panels_shows_it_too(qtbot: QtBot, tmp_path: Path) -> None:
    idle = IdleWindow(tmp_path, qtbot)
    try:
        idle.show()
        analysis = idle.show_text(TEXT)

        strip = idle.window.card.strip
        places = [strip.chip_rect(token.index).center() for token in analysis.tokens]
        over_tokens = tips_at(strip.viewport(), places)
        idle.store.end_hover()
        tips = over_tokens | {read(tip) for tip in said_by(idle.window)}
        assert [tip for tip in tips if any(part in tip for part in MARKUP)] == []
        names = {tip.splitlines()[0].strip(SPACE) for tip in over_tokens}
        assert names == {token.text for token in analysis.tokens}
        assert formats(idle.window) == {Qt.TextFormat.PlainText}
        assert any("<s> and </s> counted" in tip for tip in tips)
    finally:
        idle.close()


def tips_in(menu: QMenu) -> dict[str, str]:
    """Open a menu and rest on each entry that has a tip of its own; return what is then read."""
    menu.popup(QPoint(0, 0))
    read_there = {}
    for action in menu.actions():
        if action.isVisible() and action.toolTip() != QAction(action.text()).toolTip():
            place = menu.actionGeometry(action).center()
            help_event = QHelpEvent(QHelpEvent.Type.ToolTip, place, menu.mapToGlobal(place))
            QApplication.sendEvent(menu, help_event)
            read_there[read(action.toolTip())] = on_screen()
            QToolTip.showText(QPoint(), "")
    menu.close()
    return read_there


def test_every_menu_shows_the_tips_of_its_entries_also_why_one_is_grey(idle: IdleWindow) -> None:
    idle.show_text(TEXT)
    seen: dict[str, str] = {}
    for menu in idle.window.findChildren(QMenu):
        seen |= tips_in(menu)

    assert "A panel that is not in sight draws nothing that could be exported" in seen
    assert [tip for tip, shown in seen.items() if shown != tip] == []


def test_a_heading_names_special_tokens_letter_by_letter(qtbot: QtBot) -> None:
    shown = ShownPanel(AllHeadsPanel)
    qtbot.addWidget(shown.panel)
    qtbot.addWidget(shown.panel.heading)

    shown.panel.heading.set_remark("by <s> and </s>")

    (remark,) = (x for x in shown.panel.heading.findChildren(QLabel) if "by" in x.text())
    assert remark.textFormat() is Qt.TextFormat.PlainText
    assert read(remark.toolTip()) == "by <s> and </s>"
