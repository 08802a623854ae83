"""DockArea: the panels as docks that can be moved, tabbed, floated, shown alone, remembered."""

from collections.abc import Iterable
from functools import partial

import shiboken6
from PySide6.QtCore import QByteArray, QChildEvent, QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
    QMenu,
    QScrollArea,
    QTabBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from roberta_gui.gui.look.dressing import settle_layouts
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.window.arrangements import (
    ARRANGEMENTS,
    COMPARE,
    Share,
    home_of,
    lay_out,
    read_layouts,
    share_out,
    write_layouts,
)
from roberta_gui.gui.window.panel_dock import PanelDock
from roberta_gui.lanes import Lane, panel_lane
from roberta_gui.problems import Problem

_VERSION = 4
"""Raise it when the set of docks changes: an older remembered layout is then left alone."""

_KNOWN = {one.name: one for one in ARRANGEMENTS}

_SOLO = ("Show alone", "Show all panels (Esc)")

SETTLE_MS = 60
"""Without another layout for so long, the docks have the room that they are going to have."""


class DockArea(QMainWindow):
    """Holds one dock a panel. A main window inside the window, so that docks keep their margin.

    ``export_wanted(Panel, kind)`` asks to export a picture or table; kind is ``copy-picture``,
    ``save-picture``, ``copy-table``, ``save-table`` or ``save-arrays``.
    """

    export_wanted = Signal(object, str)
    panel_made = Signal(object)
    """A panel that is going to be seen for the first time."""
    terms_wanted = Signal(str)
    """A panel, whose terms are to be explained."""
    arrangement_changed = Signal(str)

    def __init__(self, kinds: Iterable[type[Panel]], store: ViewStore) -> None:
        super().__init__()
        self.kinds, self._store = tuple(kinds), store
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self._before_solo: QByteArray | None = None
        self._had_keyboard: QWidget | None = None
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settling.timeout.connect(self._settle)
        self._shares: dict[str, dict[str, Share]] = {one.name: one.shares for one in ARRANGEMENTS}
        self._is_moved = self._is_sharing = self._is_shared_out = False
        self._alone = ""
        self._docks = {kind.name: PanelDock(kind, self._make) for kind in self.kinds}
        for dock in self._docks.values():
            dock.dockLocationChanged.connect(self._note_move)
            dock.toggleViewAction().triggered.connect(self._note_move)
        self._arrangement = ARRANGEMENTS[0]
        self._layouts: dict[str, bytes] = {}
        self._lay_out()

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels that have been seen, shown or hidden now."""
        return tuple(dock.panel for dock in self._docks.values() if dock.is_made)

    def panel(self, name: str) -> Panel:
        """Return a panel, which may never have been seen."""
        return self._docks[name].panel

    @property
    def in_sight(self) -> list[QWidget]:
        """Docks and their tabs as they stand, column by column; without what a tab hides."""
        docks = [self._docks[name] for name in self._in_front]
        return sorted([*self.findChildren(QTabBar), *docks], key=lambda w: w.pos().toTuple())

    def dock(self, name: str) -> QDockWidget:
        """Return a panel's dock."""
        return self._docks[name]

    # --- arrangements

    @property
    def arrangement(self) -> str:
        """Name of the arrangement in use."""
        return self._arrangement.name

    def arrange(self, name: str) -> None:
        """Show another arrangement, as it was left; panels in sight that it has, too, stay so."""
        self.end_solo()
        if name == self._arrangement.name:
            return
        seen = self._in_front
        self._layouts[self._arrangement.name] = bytes(self.saveState(_VERSION).data())
        self._arrangement = _KNOWN[name]
        if self._restore(self._layouts.get(name, b"")):
            self._settle_soon()
        else:
            self._lay_out()
        for panel in seen:
            if panel in self._arrangement.panels and not self._docks[panel].isHidden():
                self._docks[panel].raise_()
        self.arrangement_changed.emit(name)

    def reset(self) -> None:
        """Go back to the designed layout of the arrangement in use."""
        self._before_solo = None
        self._lay_out()

    def remembered(self) -> bytes:
        """Return the layouts to remember; a panel shown alone is not remembered as such."""
        now, name = self._before_solo or self.saveState(_VERSION), self._arrangement.name
        return write_layouts(name, {**self._layouts, name: bytes(now.data())}, self._shares)

    def bring_back(self, remembered: bytes) -> None:
        """Take up remembered layouts, as far as they are of this version."""
        chosen, self._layouts, shares = read_layouts(remembered)
        if chosen in _KNOWN and chosen != self._arrangement.name:
            self._arrangement = _KNOWN[chosen]
            self._lay_out()
            self.arrangement_changed.emit(chosen)
        if self._restore(self._layouts.get(self._arrangement.name, b"")):
            self._is_shared_out = True
            # Where none are remembered: as they are, once they are shown.
            self._shares |= {name: shares.get(name, {}) for name in self._layouts if name in _KNOWN}
            self._settle_soon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out anew: where it was too little, Qt does not give back what it took."""
        super().resizeEvent(event)
        if not self._is_sharing:
            self._settling.start()

    def childEvent(self, event: QChildEvent) -> None:
        """Let tabs shorten their names where they have no room: buttons would scroll them away."""
        super().childEvent(event)
        bar = event.child()
        if event.type() is QEvent.Type.ChildPolished and isinstance(bar, QTabBar):
            bar.setUsesScrollButtons(False)
            bar.setElideMode(Qt.TextElideMode.ElideRight)

    def event(self, event: QEvent) -> bool:
        """Note what a hand has made larger."""
        taken = super().event(event)
        if event.type() is QEvent.Type.MouseButtonRelease:  # of the line between two docks
            self._measure()
        return taken

    @property
    def is_settled(self) -> bool:
        """Whether every dock has the room that it is going to have."""
        return not self._settling.isActive()

    def settle(self) -> None:
        """Share the room out now: larger text has pushed docks apart, or smaller text can.

        Before anything is painted: else it is painted once more where it comes to stand.
        """
        settle_layouts()
        if self.isVisible():
            self._settling.stop()
            self._settle()

    def _settle(self) -> None:
        """Share the room out, unless docks were moved, or brought here from elsewhere."""
        if self._before_solo is not None:
            return
        known = self._shares[self.arrangement]
        groups = {name: (name, *self._tabs_beside(name)) for name in self._in_front}
        shares = {
            name: known[one] for name, group in groups.items() for one in group if one in known
        }
        if self._is_moved or shares.keys() != groups.keys():
            self._measure()
        else:
            # A scroll bar around the docks that comes or goes by it must not begin it once more.
            self._is_sharing = True
            share_out(self, self._docks, shares)
            settle_layouts()
            self._is_sharing = False

    def _measure(self) -> None:
        """Take the shares that docks have now for those that they are meant to have."""
        self._is_moved = False
        bars = [bar.geometry() for bar in self.findChildren(QTabBar) if bar.isVisible()]
        tabs = {bar.bottomLeft().toTuple(): bar.height() for bar in bars}
        docks = {name: self._docks[name] for name in self._in_front}
        self._shares[self.arrangement] = {
            name: (dock.width(), dock.height() + tabs.get((dock.x(), dock.y() - 1), 0))
            for name, dock in docks.items()
        }

    @property
    def _in_front(self) -> list[str]:
        """Names of the panels in sight, without those that float."""
        inside = (panel.name for panel in self.panels if panel.is_in_sight)
        return [name for name in inside if not self._docks[name].isFloating()]

    def _tabs_beside(self, name: str) -> Iterable[str]:
        beside = self.tabifiedDockWidgets(self._docks[name])
        return (other for other, dock in self._docks.items() if dock in beside)

    def _note_move(self) -> None:
        self._is_moved = True
        self._settling.start()

    def _lay_out(self) -> None:
        lay_out(self, self._docks, self._arrangement)
        self._shares[self.arrangement] = self._arrangement.shares
        share_out(self, self._docks, self._arrangement.shares)
        self._settle_soon()

    def _settle_soon(self) -> None:
        """Share out once the layouts inside have settled; no hand has moved what moved now."""
        self._is_moved = False
        self._settling.start()

    def _restore(self, layout: bytes) -> bool:
        if not layout:
            return False
        docks = list(self._docks.values())
        shown = [dock for dock in docks if not dock.isHidden()]
        for dock in docks:
            self.removeDockWidget(dock)
        # Now, not in the event loop's next turn: else the tab bars in use stay in sight for good.
        if (area_layout := self.layout()) is not None:
            area_layout.activate()
        if self.restoreState(QByteArray(layout), _VERSION):
            return True
        for dock in shown:
            self.restoreDockWidget(dock)
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """Share out the room when its size is known, unless a remembered layout says how.

        Before that, at Qt's first, small size, the panels' smallest widths would decide.
        """
        super().showEvent(event)
        if not self._is_shared_out:
            self._is_shared_out = True
            share_out(self, self._docks, self._arrangement.shares)

    def hideEvent(self, event: QHideEvent) -> None:
        """Share nothing out any more: nobody sees it."""
        super().hideEvent(event)
        self._settling.stop()

    # --- one panel alone

    @property
    def alone(self) -> str:
        """The panel that is shown alone; "" where none is."""
        return self._alone if self._before_solo is not None else ""

    @property
    def in_use(self) -> str:
        """The panel that is alone, or has the keyboard; else the first one in sight, if any."""
        seen = [panel for panel in self.panels if panel.is_in_sight]
        chosen = [panel for panel in seen if panel.isAncestorOf(QApplication.focusWidget() or self)]
        return next((panel.name for panel in (*chosen, *seen)), "")

    def solo(self, name: str) -> None:
        """Show one panel alone, with the keyboard; the same call again brings the others.

        Any panel may be alone beside a second sentence, whose own panels then come back.
        """
        if self.alone == name:
            self.end_solo()
        else:
            self.show_alone(name)

    def show_alone(self, name: str) -> None:
        """Show one panel alone; another one makes room for it."""
        is_guest = name not in self._arrangement.panels and self._docks[name].isHidden()
        if is_guest and self.arrangement != COMPARE:
            self.arrange(home_of(name))
        if self._before_solo is None:
            self._before_solo = self.saveState(_VERSION)
            self._had_keyboard = QApplication.focusWidget()
        self._alone = name
        for other, dock in self._docks.items():
            dock.setVisible(other == name)
        self.focus(name)

    def end_solo(self) -> bool:
        """Bring all panels back, and the keyboard to where it was; False if none was alone."""
        if self._before_solo is None:
            return False
        self.restoreState(self._before_solo, _VERSION)
        self._before_solo = None
        self._settle_soon()
        had, self._had_keyboard = self._had_keyboard, None
        if had is not None and shiboken6.isValid(had) and had.isVisible():
            had.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def tells(self, lane: Lane, problem: Problem) -> bool:
        """Whether a panel tells itself what went wrong in its lane, now or when it is shown."""
        kind = next((kind for kind in self.kinds if panel_lane(kind.name) == lane), None)
        if kind is None:
            return False
        dock = self._docks[kind.name]
        if dock.is_made and dock.panel.is_in_sight:
            return dock.panel.tells(problem)
        return not kind.works_unseen

    def focus(self, name: str) -> None:
        """Show a panel, bring its tab to the front and give it the keyboard; alone, if one is."""
        if self.alone not in ("", name):
            self.show_alone(name)
            return
        dock = self._docks[name]
        if dock.isHidden() and name not in self._arrangement.panels:
            self.arrange(home_of(name))
        if dock.isHidden():
            dock.toggleViewAction().trigger()
        dock.raise_()
        panel = dock.panel
        figure = panel.entrance()
        # A panel that still says why it is empty takes the keyboard itself: arrow keys travel.
        target = figure if figure.isVisibleTo(panel) else panel
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        viewport = self.parentWidget()
        room = None if viewport is None else viewport.parentWidget()
        if isinstance(room, QScrollArea):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
            room.ensureWidgetVisible(dock, 0, 0)
            bar = room.verticalScrollBar()  # what is higher than the room begins at its top
            bar.setValue(bar.value() if dock.isFloating() else min(bar.value(), dock.y()))

    # --- building

    def _make(self, kind: type[Panel]) -> Panel:
        panel = kind(self._store)
        button = QToolButton()
        button.setToolTip(plain_tip(f"{panel.title}: copy, save, show alone"))
        button.setAccessibleName(f"{panel.title} menu")
        button.setIcon(icon("dots-horizontal", "muted"))
        drop_down(button, self.panel_menu(panel, button))
        panel.heading.add(button)
        self.panel_made.emit(panel)
        return panel

    def panel_menu(self, panel: Panel, parent: QWidget) -> QMenu:
        """Make the menu of what can be done with one panel."""
        menu = self.export_menu(panel, parent)
        menu.addSeparator()
        menu.addAction("What am I looking at?", partial(self.terms_wanted.emit, panel.name))
        alone = menu.addAction(_SOLO[False], partial(self.solo, panel.name))
        menu.aboutToShow.connect(lambda: alone.setText(_SOLO[self.alone == panel.name]))
        menu.addAction("Float or dock", partial(self._float, panel.name))
        menu.addAction("Close", self._docks[panel.name].toggleViewAction().trigger)
        return menu

    def export_menu(self, panel: Panel, parent: QWidget) -> QMenu:
        """Make the menu of what can be copied and saved of one panel."""
        menu = QMenu(panel.title, parent)
        for text, kind in (
            ("Copy picture", "copy-picture"),
            ("Save picture as PNG or SVG…", "save-picture"),
            ("Copy numbers", "copy-table"),
            ("Save numbers as CSV…", "save-table"),
            ("Save arrays as NPZ…", "save-arrays"),
        ):
            menu.addAction(text, partial(self.export_wanted.emit, panel, kind))
        return menu

    def _float(self, name: str) -> None:
        dock = self._docks[name]
        dock.setFloating(not dock.isFloating())
