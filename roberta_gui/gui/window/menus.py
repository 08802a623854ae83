"""The window's keys and menus: every way to do something, in tables."""

from functools import partial
from typing import Protocol

from PySide6.QtWidgets import QMenu, QWidget

from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.undo_history import UndoHistory
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.window.arrangements import ARRANGEMENTS
from roberta_gui.gui.window.compare_mode import CompareMode
from roberta_gui.gui.window.dock_area import DockArea
from roberta_gui.gui.window.model_menu import ModelMenu
from roberta_gui.gui.window.shortcuts import Shortcut

_DIGITS = 9
"""Panels whose keys are Ctrl and a digit; those of the others are Ctrl+Alt and a digit."""


class WindowCommands(Protocol):
    """What the keys and menus of a window can do; the main window does it."""

    compare: CompareMode
    history: UndoHistory
    docks: DockArea

    def go_to_sentence(self) -> None:
        """Put the cursor into the sentence."""

    def step_mask(self, step: int) -> None:
        """List the guesses of another mask."""

    def open_models(self) -> None:
        """Open the model menu."""

    def play(self) -> None:
        """Play through the layers."""

    def escape(self) -> None:
        """Let go of what is locked, or show all panels again."""

    def toggle_appearance(self) -> None:
        """Change between light and dark."""

    def zoom(self, step: int) -> None:
        """Make the text larger (1), smaller (-1) or normal (0)."""

    def show_shortcuts(self) -> None:
        """Show all keys."""

    def toggle_full_screen(self) -> None:
        """Fill the screen, or not any more."""

    def follow_system(self) -> None:
        """Follow the desktop's light or dark."""

    def open_log_folder(self) -> None:
        """Show where the log is."""

    def close(self) -> bool:
        """Close the window."""


def all_shortcuts(
    window: WindowCommands, models: ModelMenu, store: ViewStore
) -> tuple[Shortcut, ...]:
    """List every key of the window; widgets add their own in ``MOUSE_WAYS``."""
    compare, move = window.compare, store.travel
    layers = "Layers and heads"
    ways = [
        Shortcut("Sentence", "Go to the sentence", ("Ctrl+L",), window.go_to_sentence),
        Shortcut("Sentence", "Go to sentence B", ("Ctrl+Shift+L",), compare.go_to_second),
        Shortcut("Sentence", "Swap A and B", ("Ctrl+Shift+B",), compare.swap),
        Shortcut("Sentence", "Put a mask at the cursor", ("Ctrl+M",), compare.insert_mask),
        Shortcut("Sentence", "Undo", ("Ctrl+Z",), window.history.undo),
        Shortcut("Sentence", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), window.history.redo),
        Shortcut(
            "Sentence", "Guesses of the mask before", ("Shift+F3",), partial(window.step_mask, -1)
        ),
        Shortcut("Sentence", "Guesses of the next mask", ("F3",), partial(window.step_mask, 1)),
        Shortcut("Model", "Choose a model", ("Ctrl+Shift+M",), window.open_models),
        Shortcut("Model", "Open a folder", ("Ctrl+O",), models.ask_folder),
        Shortcut("Model", "Load from the hub", ("Ctrl+Shift+O",), models.ask_name),
        Shortcut(layers, "Layer before", ("Alt+Down",), partial(move, -1, 0)),
        Shortcut(layers, "Next layer", ("Alt+Up",), partial(move, 1, 0)),
        Shortcut(layers, "Head before", ("Alt+Left",), partial(move, 0, -1)),
        Shortcut(layers, "Next head", ("Alt+Right",), partial(move, 0, 1)),
        Shortcut(layers, "Play through the layers", ("Ctrl+P",), window.play),
        Shortcut("Window", "Let go, or show all panels again", ("Esc",), window.escape),
        Shortcut("Window", "Light or dark", ("Ctrl+D",), window.toggle_appearance),
        Shortcut("Window", "Larger text", ("Ctrl++", "Ctrl+="), partial(window.zoom, 1)),
        Shortcut("Window", "Smaller text", ("Ctrl+-",), partial(window.zoom, -1)),
        Shortcut("Window", "Normal text", ("Ctrl+0",), partial(window.zoom, 0)),
        Shortcut("Window", "Keyboard and mouse", ("?", "F1"), window.show_shortcuts),
        Shortcut("Window", "Full screen", ("F11",), window.toggle_full_screen),
        Shortcut("Window", "Quit", ("Ctrl+Q",), window.close),
    ]
    for nth, arrangement in enumerate(ARRANGEMENTS, start=1):
        show = partial(compare.choose, arrangement.name)
        ways.append(
            Shortcut("Panels", f"{arrangement.title}: {arrangement.tip}", (f"F{nth + 5}",), show)
        )
    for place, panel in enumerate(window.docks.panels, start=1):
        go, alone = partial(window.docks.focus, panel.name), partial(window.docks.solo, panel.name)
        is_early = place <= _DIGITS
        keys, digit = ("Ctrl+", place) if is_early else ("Ctrl+Alt+", place - _DIGITS)
        ways.append(Shortcut("Panels", panel.title, (f"{keys}{digit}",), go))
        ways.append(Shortcut("Panels", f"{panel.title} alone", (f"{keys}Shift+{digit}",), alone))
    return tuple(ways)


def export_menu(docks: DockArea, parent: QWidget) -> QMenu:
    """Make the menu of all pictures and tables."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    for panel in docks.panels:
        submenu = docks.export_menu(panel, menu)
        menu.addMenu(submenu)
        # What is not in sight is not drawn: there is nothing of it to export.
        menu.aboutToShow.connect(partial(_rule_out_unseen, panel, submenu))
    return menu


def _rule_out_unseen(panel: Panel, submenu: QMenu) -> None:
    why = "" if panel.is_in_sight else "This panel is not in sight: nothing of it is drawn"
    rule_out(submenu.menuAction(), why)


def view_menu(window: WindowCommands, parent: QWidget) -> QMenu:
    """Make the menu of panels, text size, appearance and log."""
    menu = QMenu(parent)
    for nth, arrangement in enumerate(ARRANGEMENTS, start=1):
        show = partial(window.compare.choose, arrangement.name)
        menu.addAction(f"{arrangement.title}\tF{nth + 5}", show).setToolTip(
            plain_tip(arrangement.tip)
        )
    menu.addSeparator()
    for panel in window.docks.panels:
        menu.addAction(window.docks.dock(panel.name).toggleViewAction())
    menu.addAction("Reset the layout", window.docks.reset)
    menu.addSeparator()
    menu.addAction("Larger text\tCtrl++", partial(window.zoom, 1))
    menu.addAction("Smaller text\tCtrl+-", partial(window.zoom, -1))
    menu.addAction("Normal text\tCtrl+0", partial(window.zoom, 0))
    menu.addSeparator()
    menu.addAction("Follow the desktop's light or dark", window.follow_system)
    menu.addAction("Open log folder", window.open_log_folder)
    return menu
