"""Full screen: the sentence and one panel in large type, and everything as before afterwards."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.window.dock_area import SETTLE_MS
from roberta_gui.gui.window.header import Header
from tests.gui.idle_window import IdleWindow, settle

TEXT = "The cat <mask> on the <mask> tonight and " + "slept there until the morning " * 6


@pytest.fixture
def idle(idle: IdleWindow) -> IdleWindow:
    idle.window.card.editor.set_text(TEXT)
    idle.show_text(TEXT)
    return idle


def press(idle: IdleWindow, key: Qt.Key) -> None:
    QTest.keyClick(idle.window, key)
    settle()


def sizes(idle: IdleWindow) -> dict[str, QSize]:
    docks = idle.window.docks
    return {p.name: docks.dock(p.name).size() for p in docks.panels if p.is_in_sight}


def in_sight(idle: IdleWindow) -> list[str]:
    return [panel.name for panel in idle.window.docks.panels if panel.is_in_sight]


@pytest.mark.parametrize("back", [Qt.Key.Key_F11, Qt.Key.Key_Escape])
def test_one_panel_and_the_sentence_fill_the_screen_and_all_comes_back(
    idle: IdleWindow, back: Qt.Key
) -> None:
    window, before = idle.window, sizes(idle)
    (header,) = window.findChildren(Header)
    lines = window.card.editor.height() // window.card.editor.fontMetrics().height()

    press(idle, Qt.Key.Key_F11)
    assert window.isFullScreen()
    assert in_sight(idle) == ["guesses"]
    assert not header.isVisible()
    assert themes.current().zoom > 1
    large = window.card.editor.height() // window.card.editor.fontMetrics().height()
    assert large >= lines  # large type leaves the sentence as many lines

    press(idle, back)
    assert not window.isFullScreen()
    assert header.isVisible()
    assert themes.current().zoom == 1
    idle.bot.waitUntil(lambda: sizes(idle) == before)


def test_sizes_come_back_although_the_desktop_gives_the_window_its_own_late(
    idle: IdleWindow,
) -> None:
    before, window = sizes(idle), idle.window
    size = window.size()
    press(idle, Qt.Key.Key_F11)

    window.toggle_full_screen()
    window.resize(900, 600)
    QTimer.singleShot(2 * SETTLE_MS, window, lambda: window.resize(size))

    idle.bot.waitUntil(lambda: window.size() == size and sizes(idle) == before)


def test_the_panel_with_the_keyboard_is_the_one_that_is_shown(idle: IdleWindow) -> None:
    idle.window.docks.focus("attention")

    press(idle, Qt.Key.Key_F11)

    assert in_sight(idle) == ["attention"]


def test_who_guesses_first_gets_the_panel_for_it(idle: IdleWindow) -> None:
    idle.store.choose("cloze", first=True)

    press(idle, Qt.Key.Key_F11)

    assert in_sight(idle) == ["cloze"]


def test_a_panel_that_was_alone_is_alone_again(idle: IdleWindow) -> None:
    idle.window.docks.solo("heads")

    press(idle, Qt.Key.Key_F11)
    idle.window.docks.solo("attention")
    press(idle, Qt.Key.Key_F11)

    assert in_sight(idle) == ["heads"]


def test_larger_type_in_full_screen_is_not_that_of_the_window(idle: IdleWindow) -> None:
    press(idle, Qt.Key.Key_F11)
    idle.window.zoom(0)
    idle.window.zoom(1)
    assert themes.current().zoom == 1.1

    press(idle, Qt.Key.Key_F11)

    assert themes.current().zoom == 1
    assert idle.preferences.zoom == 1


def test_a_window_closed_in_full_screen_opens_as_it_was_before(
    idle: IdleWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    before, kept = idle.open_panels, idle.preferences
    press(idle, Qt.Key.Key_F11)
    idle.window.close()

    again = IdleWindow(tmp_path, qtbot, kept)
    again.show()

    assert not again.window.isFullScreen()
    assert again.open_panels == before
    assert kept.zoom == 1
    again.close()
