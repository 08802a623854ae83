"""Every way to do something is in one table: reachable, shown, and never in conflict."""

from collections import Counter
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.window.shortcuts import MOUSE_WAYS, Shortcut, ShortcutsDialog
from tests.gui.idle_window import IdleWindow

TEXT = "The <mask> sat on the <mask> tonight"
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def idle(idle: IdleWindow) -> IdleWindow:
    idle.show_text(TEXT)
    return idle


@pytest.fixture
def ways(idle: IdleWindow) -> tuple[Shortcut, ...]:
    return idle.window.all_shortcuts()


def tip_of(widget: QWidget | None) -> str:
    """Return what hovering says: a widget without a tip shows that of the one around it."""
    while widget is not None and not widget.toolTip():
        widget = widget.parentWidget()
    return widget.toolTip() if widget is not None else ""


def test_no_two_ways_share_a_key(ways: tuple[Shortcut, ...]) -> None:
    keys = Counter(QKeySequence(key).toString() for way in ways for key in way.keys)

    assert [key for key, n in keys.items() if n > 1] == []


def test_every_key_is_one_that_qt_knows_and_the_window_listens_to(
    idle: IdleWindow, ways: tuple[Shortcut, ...]
) -> None:
    heard = {k.toString() for action in idle.window.actions() for k in action.shortcuts()}
    wanted = {QKeySequence(key).toString() for way in ways if way.run for key in way.keys}

    assert "" not in wanted
    assert wanted <= heard


def test_the_dialog_shows_every_way_and_its_keys(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    ways = (Shortcut("Group", "Do a thing", ("Ctrl+J", "F7")), *MOUSE_WAYS)

    texts = [label.text() for label in ShortcutsDialog(ways, parent).findChildren(QLabel)]

    assert "Group" in texts
    assert "Do a thing" in texts
    assert "Ctrl+J, F7" in texts
    for way in MOUSE_WAYS:
        assert way.text in texts
        assert any(key in text for key in way.keys for text in texts)


@pytest.mark.parametrize("where", ["editor", "picture"])
def test_alt_and_arrows_travel_through_layers_and_heads(idle: IdleWindow, where: str) -> None:
    picture = idle.panel("attention").picture()
    widget = idle.window.card.editor if where == "editor" else picture
    widget.setFocus()
    idle.store.select_head(1, 1)

    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(widget, key, ALT)

    assert idle.store.view.selection.shown_head == (2, 2)


def test_control_and_a_number_bring_a_panel_the_keyboard(idle: IdleWindow) -> None:
    rows = ((CTRL, "123456789"), (CTRL | ALT, "1234567890"), (ALT, "1234567890"))
    keys = [(modifiers, digit) for modifiers, digits in rows for digit in digits]
    kinds = idle.window.docks.kinds
    for kind, (modifiers, digit) in zip(kinds, keys[: len(kinds)], strict=True):
        QTest.keyClick(idle.window, Qt.Key(ord(digit)), modifiers)
        panel = idle.panel(kind.name)
        is_empty = not panel.entrance().isVisibleTo(panel)  # asks a model that is not there
        assert (panel if is_empty else panel.entrance()).hasFocus(), panel.name


def test_control_shift_and_a_number_show_a_panel_alone_and_escape_all(idle: IdleWindow) -> None:
    def visible() -> list[str]:
        return [panel.name for panel in idle.window.docks.panels if panel.isVisible()]

    before = visible()
    QTest.keyClick(idle.window, Qt.Key.Key_3, CTRL | SHIFT)
    alone = visible()
    QTest.keyClick(idle.window, Qt.Key.Key_Escape)

    assert alone == [idle.window.docks.kinds[2].name]
    assert visible() == before
    assert len(before) > 1


def test_escape_first_ends_alone_and_then_lets_go(idle: IdleWindow) -> None:
    idle.store.select_token(2)
    idle.window.docks.solo("attention")

    QTest.keyClick(idle.window, Qt.Key.Key_Escape)
    kept = idle.store.view.selection.tokens
    QTest.keyClick(idle.window, Qt.Key.Key_Escape)

    assert kept == (2,)
    assert idle.store.view.selection.tokens == ()


def test_text_size_and_appearance_have_keys(idle: IdleWindow) -> None:
    QTest.keyClick(idle.window, Qt.Key.Key_Plus, CTRL)
    larger = idle.preferences.zoom
    QTest.keyClick(idle.window, Qt.Key.Key_0, CTRL)
    normal = idle.preferences.zoom
    QTest.keyClick(idle.window, Qt.Key.Key_D, CTRL)

    assert larger > normal == 1.0
    assert idle.preferences.appearance == "dark"


def test_control_l_goes_to_the_sentence(idle: IdleWindow) -> None:
    idle.panel("heads").picture().setFocus()

    QTest.keyClick(idle.window, Qt.Key.Key_L, CTRL)
    QTest.keyClick(idle.window.card.editor, Qt.Key.Key_A)

    assert idle.window.card.editor.text() == "a"


def test_every_button_has_a_tip_and_a_name_for_a_screen_reader(idle: IdleWindow) -> None:
    buttons = [b for b in idle.window.findChildren(QToolButton) if b.isVisible()]

    assert len(buttons) > 10
    assert [b for b in buttons if not (b.accessibleName() or b.text())] == []
    assert [b.accessibleName() or b.text() for b in buttons if not tip_of(b)] == []


def test_ways_of_widgets_are_written_as_they_are_and_keys_of_the_window_by_the_platform(
    qtbot: QtBot,
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    ways = (
        Shortcut("Group", "Of a widget", ("Shift+arrow keys", "Wheel", "Drag")),
        Shortcut("Group", "Of the window", ("ctrl+j",), lambda: None),
    )

    texts = [label.text() for label in ShortcutsDialog(ways, parent).findChildren(QLabel)]

    native = QKeySequence("ctrl+j").toString(QKeySequence.SequenceFormat.NativeText)
    assert "Shift+arrow keys, Wheel, Drag" in texts
    assert native in texts


def test_what_widgets_do_with_keys_is_in_the_table() -> None:
    told = {(way.group, key) for way in MOUSE_WAYS for key in way.keys}

    for group, keys in {
        "Guesses": ("Up", "Down", "Enter"),
        "All heads": ("Enter",),
        "Tokens": ("Home", "End"),
        "Pictures": ("+", "−", "0", "Shift+arrow keys", "Double-click"),
    }.items():
        assert {(group, key) for key in keys} <= told


@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_the_dialog_stays_inside_the_window_and_every_way_can_be_reached(
    qtbot: QtBot, zoom: float
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    wear(replace(LIGHT, zoom=zoom))
    window.resize(1280, 800)
    groups = (
        Shortcut(f"Group {n % 8}", f"Do this and also that, {n}", ("Ctrl+J",)) for n in range(50)
    )
    dialog = ShortcutsDialog((*groups, *MOUSE_WAYS), window)
    window.show()
    with qtbot.waitExposed(dialog):
        dialog.show()

    (area,) = dialog.findChildren(QScrollArea)
    assert dialog.width() <= 1280 * 0.9
    assert dialog.height() <= 800 * 0.9
    content = area.widget()
    assert content is not None
    assert area.horizontalScrollBar().maximum() == 0
    hidden = content.height() - area.viewport().height()
    assert area.verticalScrollBar().maximum() == max(hidden, 0)
    dialog.close()


def test_a_dialog_that_fits_does_not_scroll(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    dialog = ShortcutsDialog(MOUSE_WAYS, window)
    with qtbot.waitExposed(dialog):
        dialog.show()

    (area,) = dialog.findChildren(QScrollArea)
    assert area.verticalScrollBar().maximum() == 0
    assert area.horizontalScrollBar().maximum() == 0
    dialog.close()
