"""Another text size: nothing is cut off, pictures keep their room, the normal size comes back."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QScrollArea,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.theme import ZOOM_STEPS
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.widgets.controls.breaking_text import BreakingLabel, Caption
from roberta_gui.gui.window.arrangements import ARRANGEMENTS, Arrangement
from roberta_gui.gui.window.dock_area import DockArea
from roberta_gui.gui.window.header import Header
from roberta_gui.records import Run
from roberta_gui.view import with_second
from tests.gui.idle_window import IdleWindow, settle
from tests.made_up import made_up_analysis, made_up_second

WIDE, NARROW = QSize(1280, 800), QSize(1024, 700)
LONG = " ".join(f"word{nth}" for nth in range(60)) + " <mask>"
SHORT = "The cat sat on the <mask>."
NORMAL = ZOOM_STEPS.index(1.0)


@pytest.fixture
def idle(idle: IdleWindow) -> IdleWindow:
    analysis = made_up_analysis(LONG)
    idle.store.use_model(analysis.model)
    idle.store.type(Run(LONG, analysis.tokens))
    idle.store.show(analysis)
    idle.window.card.editor.set_text(LONG)
    return idle


def arrange(idle: IdleWindow, arrangement: Arrangement) -> None:
    """Show an arrangement, with a second sentence only where it belongs."""
    idle.window.compare.show(False)
    idle.window.compare.choose(arrangement.name)
    settle()


def sizes(docks: DockArea) -> dict[str, QSize]:
    """Return how large each dock in front is."""
    shown = (docks.dock(panel.name) for panel in docks.panels if panel.is_in_sight)
    return {dock.objectName(): dock.size() for dock in shown}


def wait_for(idle: IdleWindow, expected: dict[str, QSize], case: str) -> None:
    """Wait until the docks in front are so large."""

    def are_so_large() -> None:
        assert sizes(idle.window.docks) == expected, case

    idle.bot.waitUntil(are_so_large)


def lower_than_their_text(window: QWidget) -> list[str]:
    """Return what is written on labels and buttons that are lower than a line of their text."""
    written: list[QLabel | QAbstractButton] = [
        *window.findChildren(QLabel),
        *window.findChildren(QAbstractButton),
    ]
    return [
        f"{one.text()!r}: {one.height()} < {one.fontMetrics().height()}"
        for one in written
        if one.text() and not one.visibleRegion().isEmpty()
        if one.height() < one.fontMetrics().height()
    ]


# The window is made once for all arrangements: what is looked at is how they are laid out.
@pytest.mark.parametrize("zoom", [ZOOM_STEPS[0], 1.5, ZOOM_STEPS[-1]])
def test_no_line_is_cut_off_and_the_pictures_keep_a_third_of_the_window(
    idle: IdleWindow, zoom: float
) -> None:
    window = idle.window
    window.zoom(ZOOM_STEPS.index(zoom) - NORMAL)
    (room,) = (area for area in window.findChildren(QScrollArea) if area.widget() is window.docks)

    for arrangement in ARRANGEMENTS:
        arrange(idle, arrangement)
        for size in (NARROW, WIDE):
            window.resize(size)
            settle()

            assert lower_than_their_text(window) == [], (arrangement.name, size)
            assert room.viewport().height() >= window.height() / 3, (arrangement.name, size)


def cut_texts(window: QWidget) -> list[str]:
    """Return the texts of several lines that are not all in sight."""
    texts = (one for one in window.findChildren(BreakingLabel) if one.isVisible())
    return [one.text() for one in texts if one.height() < one.heightForWidth(one.width())]


def cut_words(window: QWidget) -> list[str]:
    """Return what is written on buttons in sight that are narrower than it."""
    return [
        f"{one.text()!r}: {one.width()} < {one.sizeHint().width()}"
        for one in window.findChildren(QToolButton)
        if one.isVisible() and one.text() and "…" not in one.text()
        if one.icon().isNull() or one.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly
        if one.width() < one.sizeHint().width()
    ]


def test_every_panel_shows_its_picture_in_a_third_of_the_room_and_no_button_cut(
    idle: IdleWindow,
) -> None:
    window = idle.window
    window.resize(NARROW)
    (room,) = (area for area in window.findChildren(QScrollArea) if area.widget() is window.docks)

    for zoom in (ZOOM_STEPS[0], 1.0, 1.5, ZOOM_STEPS[-1]):
        window.zoom(0)
        window.zoom(ZOOM_STEPS.index(zoom) - NORMAL)
        for kind in window.docks.kinds:
            window.docks.focus(kind.name)
            settle()
            panel = window.docks.panel(kind.name)

            picture = panel.picture()
            if not picture.isVisible():  # what it shows instead says why
                continue
            third = min(room.viewport().height(), panel.height()) / 3
            seen = picture.visibleRegion().boundingRect().height()
            assert seen >= third, (panel.name, zoom)
            assert cut_words(panel) == [], (panel.name, zoom)


def test_the_sentence_has_more_than_half_of_its_card_and_shows_two_lines_at_every_size(
    idle: IdleWindow,
) -> None:
    card, editor = idle.window.card, idle.window.card.editor
    idle.window.zoom(-len(ZOOM_STEPS))
    for zoom in ZOOM_STEPS:
        assert idle.preferences.zoom == zoom
        idle.window.resize(NARROW)
        settle()
        assert editor.width() > card.width() / 2, zoom
        idle.window.resize(WIDE)
        settle()
        if zoom >= 1:
            assert editor.viewport().height() >= 2 * editor.fontMetrics().height(), zoom
        idle.window.zoom(1)


def test_the_line_of_the_cursor_is_in_sight_after_every_change_of_the_text_size(
    idle: IdleWindow,
) -> None:
    window = idle.window
    window.resize(WIDE)
    window.compare.show(True)
    second = window.compare.second.editor
    second.set_text(LONG)
    settle()
    for place in (0, len(LONG) // 3, len(LONG)):
        for editor in (window.card.editor, second):
            cursor = editor.textCursor()
            cursor.setPosition(place)
            editor.setTextCursor(cursor)
        for steps in (1, 1, len(ZOOM_STEPS), -1, -len(ZOOM_STEPS), 0):
            window.zoom(steps)
            settle()

            for editor in (window.card.editor, second):
                line, room = editor.cursorRect(), editor.viewport().rect()
                cut = min(line.height(), room.height()) - (line & room).height()
                # Where a line begins at a fraction of a pixel, its rectangle begins before it.
                assert cut <= 1, (place, steps, line, room)


def test_the_normal_size_brings_every_dock_back_as_large_as_it_was(idle: IdleWindow) -> None:
    window, docks = idle.window, idle.window.docks
    window.resize(WIDE)
    to_the_largest = [(one, len(ZOOM_STEPS)) for one in ARRANGEMENTS]
    for arrangement, steps in (*to_the_largest, (ARRANGEMENTS[0], -2), (ARRANGEMENTS[0], 2)):
        arrange(idle, arrangement)
        idle.bot.waitUntil(lambda: docks.is_settled)
        before = sizes(docks)
        assert len(before) >= 2, arrangement.name

        window.zoom(steps)
        settle()
        window.zoom(0)
        settle()

        wait_for(idle, before, f"{arrangement.name}, {steps} steps")


def test_the_smallest_window_shows_every_arrangement_without_scrolling(idle: IdleWindow) -> None:
    window, docks = idle.window, idle.window.docks
    window.resize(NARROW)
    idle.show_text(SHORT)
    window.card.editor.set_text(SHORT)
    (room,) = (area for area in window.findChildren(QScrollArea) if area.widget() is docks)
    bars = room.verticalScrollBar(), room.horizontalScrollBar()

    for arrangement in ARRANGEMENTS:
        arrange(idle, arrangement)
        idle.store.apply(with_second, made_up_second(SHORT))
        for cell in (cell for column in arrangement.columns for cell in column.cells):
            idle.compute(idle.panel(cell.panels[0]))
        for caption in docks.findChildren(Caption):
            caption.setText("the longest that can be said " * 16)
        settle()
        idle.bot.waitUntil(lambda: docks.is_settled)

        assert [bar.maximum() for bar in bars] == [0, 0], arrangement.name


def test_panels_that_are_scrolled_come_back_as_wide_as_they_were(idle: IdleWindow) -> None:
    window = idle.window
    window.resize(1024, 640)
    idle.show_text(LONG)
    settle()
    idle.bot.waitUntil(lambda: window.docks.is_settled)
    before = sizes(window.docks)
    (room,) = (area for area in window.findChildren(QScrollArea) if area.widget() is window.docks)
    assert room.verticalScrollBar().isVisible()

    for _ in range(4):
        window.zoom(1)
        settle()
    window.zoom(0)
    settle()
    idle.bot.waitUntil(lambda: window.docks.is_settled)
    settle()

    assert sizes(window.docks) == before


def test_a_window_made_small_and_large_again_has_every_dock_as_large_as_it_was(
    idle: IdleWindow,
) -> None:
    window, docks = idle.window, idle.window.docks
    for arrangement in ARRANGEMENTS:
        window.resize(1440, 900)
        window.compare.show(False)
        window.compare.choose(arrangement.name)
        settle()
        idle.bot.waitUntil(lambda: docks.is_settled)
        docks.dock("lens").toggleViewAction().trigger()  # one that was not designed to be here
        settle()
        idle.bot.waitUntil(lambda: docks.is_settled)
        before = sizes(docks)

        window.resize(800, 540)
        settle()
        idle.bot.waitUntil(lambda: docks.is_settled)
        assert sizes(docks) != before, arrangement.name
        window.resize(1440, 900)

        wait_for(idle, before, arrangement.name)


def test_what_a_hand_made_larger_stays_so_through_other_sizes(idle: IdleWindow) -> None:
    window, docks = idle.window, idle.window.docks
    window.resize(1440, 900)
    settle()
    idle.bot.waitUntil(lambda: docks.is_settled)
    guesses, attention = docks.dock("guesses"), docks.dock("attention")
    gap = QPoint((guesses.geometry().right() + attention.x()) // 2, guesses.geometry().center().y())
    width = guesses.width()
    QTest.mouseMove(docks, gap)
    QTest.mousePress(docks, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, gap)
    QTest.mouseMove(docks, gap + QPoint(90, 0))
    settle()
    QTest.mouseRelease(
        docks, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, gap + QPoint(90, 0)
    )
    settle()
    before = sizes(docks)
    assert guesses.width() == width + 90

    window.zoom(len(ZOOM_STEPS))
    settle()
    window.resize(1024, 700)
    settle()
    window.zoom(0)
    window.resize(1440, 900)

    idle.bot.waitUntil(lambda: sizes(docks) == before)


def test_the_normal_size_brings_the_docks_back_after_a_restart_in_large_text(
    qtbot: QtBot, tmp_path: Path
) -> None:
    first = IdleWindow(tmp_path, qtbot)
    first.show()
    first.window.resize(1280, 800)
    settle()
    qtbot.waitUntil(lambda: first.window.docks.is_settled)
    before = sizes(first.window.docks)
    first.window.zoom(len(ZOOM_STEPS))
    settle()
    assert sizes(first.window.docks) != before
    preferences = first.preferences
    first.close()

    again = IdleWindow(tmp_path, qtbot, preferences)
    again.window.refresh_theme()
    again.show()
    again.window.resize(1280, 800)  # the screen of the tests is smaller
    settle()
    qtbot.waitUntil(lambda: again.window.docks.is_settled)
    again.window.zoom(0)
    settle()

    try:
        qtbot.waitUntil(lambda: sizes(again.window.docks) == before)
    finally:
        again.close()


def test_docks_have_their_room_before_another_text_size_is_painted(idle: IdleWindow) -> None:
    window, docks = idle.window, idle.window.docks
    window.resize(1280, 800)
    idle.show_text(LONG)
    before = sizes(docks)
    window.zoom(len(ZOOM_STEPS))
    settle()
    idle.bot.waitUntil(lambda: docks.is_settled)

    window.zoom(0)

    assert docks.is_settled
    assert sizes(docks) == before


def test_nothing_but_the_models_name_is_shortened_in_the_header(idle: IdleWindow) -> None:
    (header,) = idle.window.findChildren(Header)
    header.show_model("a model of a name that is much longer than there is room for", "CPU")
    for zoom in (ZOOM_STEPS[0], 1.0, 1.5, ZOOM_STEPS[-1]):
        idle.window.zoom(0)
        idle.window.zoom(ZOOM_STEPS.index(zoom) - NORMAL)
        for width in (800, 1024, 1440):
            idle.window.resize(width, 700)
            settle()

            cut = [words for words in cut_words(header) if header.model.text() not in words]
            assert cut == [], (zoom, width)


def room_of(panel: Panel) -> int:
    """Return how high a picture is; that of a list, which is as high as its rows, is scrolled."""
    picture = panel.picture()
    areas = (one for one in panel.findChildren(QScrollArea) if one.isAncestorOf(picture))
    return next(areas, picture).height()


@pytest.mark.parametrize("zoom", [ZOOM_STEPS[0], 1.0, 1.5, ZOOM_STEPS[-1]])
def test_no_arrangement_scrolls_sideways_and_the_largest_text_leaves_a_picture_its_third(
    idle: IdleWindow, zoom: float
) -> None:
    window, docks = idle.window, idle.window.docks
    window.resize(NARROW)
    idle.show_text(LONG)
    idle.store.apply(with_second, made_up_second(LONG))
    window.zoom(ZOOM_STEPS.index(zoom) - NORMAL)
    (room,) = (area for area in window.findChildren(QScrollArea) if area.widget() is docks)

    for arrangement in ARRANGEMENTS:
        arrange(idle, arrangement)
        drawn = 0
        for name in arrangement.panels:
            docks.focus(name)
            panel = idle.panel(name)
            assert panel.heading.visibleRegion().boundingRect().top() == 0, (arrangement.name, name)
            assert not panel.heading.visibleRegion().isEmpty(), (arrangement.name, name)
            idle.compute(panel)
            settle()
            drawn += panel.picture().isVisible()
            assert room.horizontalScrollBar().maximum() == 0, (arrangement.name, name)
            assert cut_texts(panel) == [], (arrangement.name, name)
            if zoom == ZOOM_STEPS[-1] and panel.picture().isVisible():  # else it says why
                assert room_of(panel) >= window.height() / 3, (arrangement.name, name)
        assert drawn >= len(arrangement.panels) - 1
