"""DockArea: the panels as docks that can be moved, tabbed, floated, shown alone, remembered."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

import qtawesome
from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabWidget, QToolButton, QWidget

from roberta_gui.gui.panel import Panel
from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.drop_down import drop_down

_VERSION = 1
"""Raise it when the set of docks changes: an older remembered layout is then left alone."""


class DockArea(QMainWindow):
    """Holds one dock a panel. A main window inside the window, so that docks keep their margin.

    Signals
    -------
    export_wanted(Panel, kind)
        A picture or table shall leave; kind is ``copy-picture``, ``save-picture``,
        ``copy-table``, ``save-table`` or ``save-arrays``.
    """

    export_wanted = Signal(object, str)

    def __init__(self, panels: Iterable[Panel], theme: Theme) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self._buttons: list[QToolButton] = []
        self._before_solo: QByteArray | None = None
        self._alone = ""
        self._docks: Mapping[str, QDockWidget] = {p.name: self._dock(p) for p in panels}
        self._is_shared_out = False
        self.arrange()
        self._designed = self.saveState(_VERSION)
        self.set_theme(theme)

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels, shown or hidden."""
        return tuple(_panel(dock) for dock in self._docks.values())

    def dock(self, name: str) -> QDockWidget:
        """Return a panel's dock."""
        return self._docks[name]

    def set_theme(self, theme: Theme) -> None:
        """Colour icons and hand the theme to every panel."""
        for button in self._buttons:
            button.setIcon(qtawesome.icon("mdi6.dots-horizontal", color=theme.color("muted")))
        for panel in self.panels:
            panel.set_theme(theme)

    def arrange(self) -> None:
        """Lay the docks out as designed: guesses, attention, and the rest in a column."""
        left = Qt.DockWidgetArea.LeftDockWidgetArea
        names = list(self._docks)
        for dock in self._docks.values():
            dock.setFloating(False)
            dock.show()
        self.addDockWidget(left, self._docks[names[0]])
        self.splitDockWidget(
            self._docks[names[0]], self._docks[names[1]], Qt.Orientation.Horizontal
        )
        self.splitDockWidget(
            self._docks[names[1]], self._docks[names[2]], Qt.Orientation.Horizontal
        )
        for above, below in pairwise(names[2:]):
            self.splitDockWidget(self._docks[above], self._docks[below], Qt.Orientation.Vertical)
        self.share_out()

    def share_out(self) -> None:
        """Give each column and row its designed share of the room."""
        names = list(self._docks)
        wide = [self._docks[name] for name in names[:3]]
        self.resizeDocks(wide, [270, 660, 430], Qt.Orientation.Horizontal)
        tall = [self._docks[name] for name in names[2:]]
        self.resizeDocks(tall, [430, 290][: len(tall)], Qt.Orientation.Vertical)

    def reset(self) -> None:
        """Go back to the designed layout."""
        self._before_solo = None
        self.restoreState(self._designed, _VERSION)
        self.arrange()

    def remembered(self) -> bytes:
        """Return the layout to remember; a panel shown alone is not remembered as such."""
        return bytes((self._before_solo or self.saveState(_VERSION)).data())

    def bring_back(self, layout: bytes) -> None:
        """Take up a remembered layout, if it is one of this version."""
        if layout and self.restoreState(QByteArray(layout), _VERSION):
            self._is_shared_out = True

    def showEvent(self, event: QShowEvent) -> None:
        """Share out the room when its size is known, unless a remembered layout says how.

        Before that, at Qt's first, small size, the panels' smallest widths would decide.
        """
        super().showEvent(event)
        if not self._is_shared_out:
            self._is_shared_out = True
            self.share_out()

    # --- one panel alone

    def solo(self, name: str) -> None:
        """Show one panel alone; the same call again brings the others back."""
        if self._before_solo is not None and self._alone == name:
            self.end_solo()
            return
        if self._before_solo is None:
            self._before_solo = self.saveState(_VERSION)
        self._alone = name
        for other, dock in self._docks.items():
            dock.setVisible(other == name)

    def end_solo(self) -> bool:
        """Bring all panels back; False if none was alone."""
        if self._before_solo is None:
            return False
        self.restoreState(self._before_solo, _VERSION)
        self._before_solo = None
        return True

    def focus(self, name: str) -> None:
        """Show a panel, bring its tab to the front and give it the keyboard."""
        dock = self._docks[name]
        dock.show()
        dock.raise_()
        figure = _panel(dock).picture()
        figure.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- building

    def _dock(self, panel: Panel) -> QDockWidget:
        dock = QDockWidget(panel.title)
        dock.setObjectName(f"dock-{panel.name}")
        dock.setWidget(panel)
        dock.setTitleBarWidget(panel.heading)
        dock.toggleViewAction().setText(panel.title)
        button = QToolButton()
        button.setToolTip(f"{panel.title}: copy, save, show alone")
        button.setAccessibleName(f"{panel.title} menu")
        button.setIconSize(QSize(16, 16))
        drop_down(button, self.panel_menu(panel, button))
        panel.heading.add(button)
        self._buttons.append(button)
        return dock

    def panel_menu(self, panel: Panel, parent: QWidget) -> QMenu:
        """Make the menu of what can be done with one panel."""
        menu = self.export_menu(panel, parent)
        menu.addSeparator()
        alone = menu.addAction("Show alone")
        alone.triggered.connect(lambda: self.solo(panel.name))
        menu.aboutToShow.connect(lambda: alone.setText(self._solo_text(panel.name)))
        menu.addAction("Float or dock").triggered.connect(lambda: self._float(panel.name))
        menu.addAction("Close").triggered.connect(lambda: self._docks[panel.name].hide())
        return menu

    def _solo_text(self, name: str) -> str:
        is_alone = self._before_solo is not None and self._alone == name
        return "Show all panels (Esc)" if is_alone else "Show alone"

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
            menu.addAction(text).triggered.connect(
                lambda _=False, k=kind: self.export_wanted.emit(panel, k)
            )
        return menu

    def _float(self, name: str) -> None:
        dock = self._docks[name]
        dock.setFloating(not dock.isFloating())


def _panel(dock: QDockWidget) -> Panel:
    panel = dock.widget()
    if not isinstance(panel, Panel):
        raise TypeError(f"{dock.objectName()} holds no panel")
    return panel
