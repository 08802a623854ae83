"""How the window shares its room: between sentence and panels, and among arrangements."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QTabBar, QToolTip, QWidget

from roberta_gui.gui.look.theme import ZOOM_STEPS
from roberta_gui.gui.window.arrangements import ARRANGEMENTS, Arrangement
from roberta_gui.records import Run
from tests.gui.idle_window import IdleWindow, settle
from tests.made_up import made_up_analysis

LONG = " ".join(f"word{nth}" for nth in range(60)) + " <mask>"


def test_no_tabs_of_another_arrangement_stay_behind(idle: IdleWindow) -> None:
    docks = idle.window.docks
    titles = {kind.name: kind.title for kind in docks.kinds}

    def tabs() -> list[list[str]]:
        bars = [bar for bar in docks.findChildren(QTabBar) if bar.isVisible()]
        inside = [bar for bar in bars if docks.rect().intersects(bar.geometry())]
        return sorted([bar.tabText(nth) for nth in range(bar.count())] for bar in inside)

    for arrangement in (*ARRANGEMENTS, *ARRANGEMENTS):
        docks.arrange(arrangement.name)
        cells = [cell.panels for column in arrangement.columns for cell in column.cells]
        expected = sorted([titles[name] for name in cell] for cell in cells if len(cell) > 1)
        settle()
        assert tabs() == expected


def test_a_long_sentence_in_a_low_window_shows_its_last_two_lines(idle: IdleWindow) -> None:
    editor = idle.window.card.editor
    idle.window.resize(1280, 800)
    editor.set_text("short")
    idle.bot.waitUntil(lambda: editor.height() == editor.sizeHint().height())
    assert editor.verticalScrollBar().maximum() == 0  # else it could be scrolled out of sight

    editor.set_text(LONG)
    idle.bot.waitUntil(lambda: editor.height() == editor.sizeHint().height())

    whole = editor.blockBoundingGeometry(editor.document().lastBlock())
    bottom = whole.translated(editor.contentOffset()).bottom()
    assert bottom == pytest.approx(editor.viewport().height(), abs=12)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS, ids=lambda one: one.name)
def test_an_arrangement_fits_a_low_window_with_a_long_sentence(
    idle: IdleWindow, arrangement: Arrangement
) -> None:
    docks, editor = idle.window.docks, idle.window.card.editor
    idle.window.resize(1280, 800)
    docks.arrange(arrangement.name)
    editor.set_text(LONG)
    analysis = made_up_analysis(LONG)  # panels that ask the model stay as they are without it
    idle.store.use_model(analysis.model)
    idle.store.type(Run(LONG, analysis.tokens))
    idle.store.show(analysis)
    for cell in (cell for column in arrangement.columns for cell in column.cells):
        docks.dock(cell.panels[-1]).raise_()  # the tab in front is not the only one that counts
    settle()

    (room,) = (area for area in idle.window.findChildren(QScrollArea) if area.widget() is docks)
    assert docks.minimumSizeHint().height() <= room.viewport().height()
    assert not room.verticalScrollBar().isVisible()
    assert not room.horizontalScrollBar().isVisible()


def test_a_tab_whose_name_is_cut_says_the_whole_of_it_under_the_pointer(idle: IdleWindow) -> None:
    window, docks = idle.window, idle.window.docks
    window.resize(1024, 700)
    window.zoom(len(ZOOM_STEPS))
    for _ in range(20):
        QApplication.processEvents()

    bars = [bar for bar in docks.findChildren(QTabBar) if bar.isVisible()]
    cut = [bar for bar in bars if bar.width() < bar.sizeHint().width()]
    assert cut
    for bar in cut:
        for nth in range(bar.count()):
            place = bar.tabRect(nth).center()
            there = bar.mapToGlobal(place)
            QToolTip.hideText()
            QApplication.sendEvent(bar, QHelpEvent(QHelpEvent.Type.ToolTip, place, there))
            assert QToolTip.text() == bar.tabText(nth)
    QToolTip.hideText()


def places(window: QWidget) -> list[tuple[str, int, int, int, int]]:
    """Return where in the window each kind of widget in sight stands, and how large it is."""
    seen = (one for one in window.findChildren(QWidget) if not one.visibleRegion().isEmpty())
    found = ((type(one).__name__, one.mapTo(window, QPoint()), one.size()) for one in seen)
    return sorted((name, at.x(), at.y(), size.width(), size.height()) for name, at, size in found)


def test_panels_that_were_out_of_sight_in_large_text_are_as_they_were_in_normal_text(
    idle: IdleWindow,
) -> None:
    window, docks = idle.window, idle.window.docks
    window.resize(1440, 900)
    idle.show_text("The cat sat on the <mask>.")
    idle.bot.waitUntil(lambda: docks.is_settled)
    before = places(window)

    window.zoom(3)
    settle()
    docks.arrange("layers")
    window.zoom(0)
    settle()
    docks.arrange("explore")
    idle.bot.waitUntil(lambda: docks.is_settled)
    settle()

    assert places(window) == before
