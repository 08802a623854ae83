"""Tab goes through the window as it is seen; the real key is pressed."""

from itertools import groupby

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QTabBar, QWidget

from roberta_gui.gui.window.arrangements import ARRANGEMENTS
from roberta_gui.gui.window.header import Header
from tests.gui.idle_window import IdleWindow, settle

TEXT = "The cat sat on the <mask>."
TAB, BACK = Qt.Key.Key_Tab, Qt.Key.Key_Backtab


@pytest.fixture
def idle(idle: IdleWindow) -> IdleWindow:
    idle.show_text(TEXT)
    idle.window.card.editor.setFocus()
    return idle


def pressed(window: QWidget, key: Qt.Key) -> list[QWidget]:
    """Press a key until the keyboard is where it was at first; return where it was."""
    first = now = QApplication.focusWidget()
    met: list[QWidget] = []
    while not met or now is not first:
        assert isinstance(now, QWidget)
        assert now not in met
        met.append(now)
        QTest.keyClick(window, key)
        now = QApplication.focusWidget()
    return met


def parts(idle: IdleWindow) -> list[QWidget]:
    """Return what Tab shall visit one after the other: of a panel heading, controls, picture."""
    window, docks = idle.window, idle.window.docks
    (header,) = window.findChildren(Header)
    panels = {p.name: p for p in docks.panels if p.is_in_sight}
    (arrangement,) = (a for a in ARRANGEMENTS if a.name == docks.arrangement)
    in_order = [panels[name] for name in arrangement.panels if name in panels]
    made_of = (part for p in in_order for part in (p.heading, p, p.picture()))
    return [header, window.card, window.compare.second, *made_of, window.status]


def test_tab_goes_through_header_sentence_and_panels_headings_and_controls_first(
    idle: IdleWindow,
) -> None:
    for arrangement in ARRANGEMENTS:
        idle.window.compare.show(False)
        idle.window.docks.arrange(arrangement.name)
        for size in ((1440, 900), (800, 600)):
            idle.window.resize(*size)
            settle()
            places = visited(idle)

            assert len(places) >= 5, (arrangement.name, size)
            assert places == sorted(places), (arrangement.name, size)


def visited(idle: IdleWindow) -> list[int]:
    """Return the parts that Tab visits, by their places in the order, from the first one on."""
    wanted = parts(idle)

    def place(control: QWidget) -> int:
        return max(n for n, p in enumerate(wanted) if p is control or p.isAncestorOf(control))

    met = pressed(idle.window, TAB)
    begun = [at for at, _ in groupby(place(one) for one in met if not isinstance(one, QTabBar))]
    return [*begun[begun.index(0) :], *begun[: begun.index(0)]]


def test_back_tab_goes_the_same_way_back(idle: IdleWindow) -> None:
    there, back = pressed(idle.window, TAB), pressed(idle.window, BACK)

    assert back == [there[0], *reversed(there[1:])]


def test_tabs_come_before_the_panel_in_front_of_them(idle: IdleWindow) -> None:
    idle.window.resize(1440, 900)
    settle()
    met = pressed(idle.window, TAB)

    bars = [one for one in met if isinstance(one, QTabBar)]
    assert len(bars) == 3
    for bar in bars:
        after, title = met[met.index(bar) + 1], bar.tabText(bar.currentIndex())
        (panel,) = (p for p in idle.window.docks.panels if p.title == title)
        assert panel.heading.isAncestorOf(after)


def test_a_control_that_was_folded_away_comes_back_into_its_place(idle: IdleWindow) -> None:
    idle.window.resize(1440, 900)
    settle()
    before = pressed(idle.window, TAB)

    idle.window.resize(800, 600)
    settle()
    idle.window.resize(1440, 900)
    settle()

    assert pressed(idle.window, TAB) == before


def test_a_panel_that_is_scrolled_out_of_sight_is_brought_there(idle: IdleWindow) -> None:
    window = idle.window
    window.resize(800, 560)
    settle()
    (room,) = (area for area in window.findChildren(QScrollArea) if area.widget() is window.docks)

    for control in pressed(window, TAB):
        control.setFocus()
        QTest.keyClick(window, TAB)
        now = QApplication.focusWidget()
        assert now is not None
        if window.docks.isAncestorOf(now):
            assert not now.visibleRegion().isEmpty(), now
    assert room.verticalScrollBar().maximum() > 0


def test_tab_stays_where_it_is_while_nothing_else_takes_the_keyboard(idle: IdleWindow) -> None:
    (header,) = idle.window.findChildren(Header)
    before = QApplication.focusWidget()
    for part in idle.window.findChildren(QWidget):
        if part is not before:
            part.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    QTest.keyClick(header, TAB)

    assert QApplication.focusWidget() is before
