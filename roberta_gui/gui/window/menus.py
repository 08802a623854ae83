"""What the window's keys and menus do, and the tables of both."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QMainWindow, QMenu

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.sentence.sentence_card import SentenceCard
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.undo_history import UndoHistory
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.window.arrangements import ARRANGEMENTS
from roberta_gui.gui.window.compare_mode import CompareMode
from roberta_gui.gui.window.dock_area import DockArea
from roberta_gui.gui.window.glossary import GlossaryDialog
from roberta_gui.gui.window.header import Header
from roberta_gui.gui.window.model_menu import ModelMenu
from roberta_gui.gui.window.notice_bar import Toast
from roberta_gui.gui.window.shortcuts import MOUSE_WAYS, Shortcut, ShortcutsDialog
from roberta_gui.wording import counted

_DIGITS = {"Ctrl+": "123456789", "Ctrl+Alt+": "1234567890", "Alt+": "1234567890"}
_FULL_SCREEN = "Full screen: the sentence and one panel in large type"
_LARGE_TYPE = 460
"""Pixels of a screen's height for each text size of 1, in full screen."""
_PANEL_KEYS = tuple((keys, digit) for keys, digits in _DIGITS.items() for digit in digits)
"""The keys of one panel after the other; Ctrl+0 is the text's normal size."""


class WindowCommands(QMainWindow):
    """What people can do in the main window, which puts together what it is done with."""

    card: SentenceCard
    docks: DockArea
    compare: CompareMode
    history: UndoHistory
    _store: ViewStore
    _preferences: Preferences
    _log_folder: Path | None
    _header: Header
    _models: ModelMenu
    _notices: Toast
    _large: float = 0.0
    """The size of text in full screen; 0 where that is not shown."""
    _was_alone: str = ""
    """The panel that was shown alone before full screen."""

    def tell(self, title: str, hint: str) -> None:
        """Show a notice that is not a problem; it goes by itself."""
        self._notices.tell(title, hint)

    def toggle_appearance(self) -> None:
        """Switch between light and dark."""
        self._preferences.appearance = "light" if themes.current().is_dark else "dark"
        self.refresh_theme()

    def follow_system(self) -> None:
        """Be light or dark as the desktop is."""
        self._preferences.appearance = "system"
        self.refresh_theme()

    def refresh_theme(self) -> None:
        """Take the theme that the preferences, or the desktop, ask for now."""
        size = self._large or self._preferences.zoom
        wear(themes.choose(self._preferences.appearance, size))

    def zoom(self, steps: int) -> None:
        """Make all text larger or smaller; 0 steps go back to the normal size.

        That of full screen ends with it.
        """
        sizes, before = themes.ZOOM_STEPS, self._large or self._preferences.zoom
        at = min(range(len(sizes)), key=lambda i: abs(sizes[i] - before))
        size = sizes[min(max(at + steps, 0), len(sizes) - 1)] if steps else 1.0
        if self._large:
            self._large = size
        else:
            self._preferences.zoom = size
        self.refresh_theme()

    def open_log_folder(self) -> None:
        """Show the folder with the log in the desktop's file browser."""
        if self._log_folder is None:
            self.tell(
                "This run keeps no log.",
                "Its folder cannot be written to, so it goes to the terminal.",
            )
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_folder))):
            self.tell("The log is in this folder:", str(self._log_folder))

    def open_models(self) -> None:
        """Open the model menu."""
        self._header.model.showMenu()

    def all_shortcuts(self) -> tuple[Shortcut, ...]:
        """List every key of the window; widgets add their own in ``MOUSE_WAYS``."""
        compare, models, move = self.compare, self._models, self._store.travel
        sentence, layers = "Sentence", "Layers and heads"
        ways = [
            Shortcut(sentence, "Go to the sentence", ("Ctrl+L",), self._go_to_sentence),
            Shortcut(sentence, "Go to sentence B", ("Ctrl+Shift+L",), compare.go_to_second),
            Shortcut(sentence, "Swap A and B", ("Ctrl+Shift+B",), compare.swap),
            Shortcut(sentence, "Put a mask at the cursor", ("Ctrl+M",), compare.insert_mask),
            Shortcut(sentence, "Mask the next word instead", ("F4",), compare.walk_mask),
            Shortcut(sentence, "Fill all masks with their best guesses", ("F5",), self._fill_all),
            Shortcut(sentence, "Undo", ("Ctrl+Z",), self.history.undo),
            Shortcut(sentence, "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), self.history.redo),
            Shortcut(
                sentence, "Guesses of the mask before", ("Shift+F3",), partial(self._step_mask, -1)
            ),
            Shortcut(sentence, "Guesses of the next mask", ("F3",), partial(self._step_mask, 1)),
            Shortcut("Model", "Choose a model", ("Ctrl+Shift+M",), self.open_models),
            Shortcut("Model", "Open a folder", ("Ctrl+O",), models.ask_folder),
            Shortcut("Model", "Load from the hub", ("Ctrl+Shift+O",), models.ask_name),
            Shortcut(layers, "Layer before", ("Alt+Down",), partial(move, -1, 0)),
            Shortcut(layers, "Next layer", ("Alt+Up",), partial(move, 1, 0)),
            Shortcut(layers, "Head before", ("Alt+Left",), partial(move, 0, -1)),
            Shortcut(layers, "Next head", ("Alt+Right",), partial(move, 0, 1)),
            Shortcut(layers, "Play through the layers", ("Ctrl+P",), self._play),
            Shortcut("Window", "Let go, or show all panels again", ("Esc",), self._escape),
            Shortcut("Window", "Light or dark", ("Ctrl+D",), self.toggle_appearance),
            Shortcut("Window", "Larger text", ("Ctrl++", "Ctrl+="), partial(self.zoom, 1)),
            Shortcut("Window", "Smaller text", ("Ctrl+-",), partial(self.zoom, -1)),
            Shortcut("Window", "Normal text", ("Ctrl+0",), partial(self.zoom, 0)),
            Shortcut("Window", "Keyboard and mouse", ("?", "F1"), self._show_shortcuts),
            Shortcut("Window", "Glossary", ("Shift+F1",), self.explain),
            Shortcut("Window", _FULL_SCREEN, ("F11",), self.toggle_full_screen),
            Shortcut("Window", "Quit", ("Ctrl+Q",), self.close),
        ]
        for nth, one in enumerate(ARRANGEMENTS, start=1):
            show = partial(compare.choose, one.name)
            ways.append(Shortcut("Panels", f"{one.title}: {one.tip}", (f"F{nth + 5}",), show))
        for kind, (keys, digit) in zip(self.docks.kinds, _PANEL_KEYS, strict=False):
            go, alone = partial(self.docks.focus, kind.name), partial(self.docks.solo, kind.name)
            ways.append(Shortcut("Panels", kind.title, (f"{keys}{digit}",), go))
            ways.append(Shortcut("Panels", f"{kind.title} alone", (f"{keys}Shift+{digit}",), alone))
        return tuple(ways)

    def _show_shortcuts(self) -> None:
        dialog = ShortcutsDialog((*self.all_shortcuts(), *MOUSE_WAYS), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def explain(self, panel: str = "") -> None:
        """Explain the terms of a panel, or all."""
        dialog = GlossaryDialog(self, panel)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _escape(self) -> None:
        """Bring hidden panels back, else let go of the selection."""
        if self._large:
            self.toggle_full_screen()
        elif not self.docks.end_solo():
            self._store.clear()

    def _go_to_sentence(self) -> None:
        self.card.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.card.editor.selectAll()

    def _step_mask(self, by: int) -> None:
        self._store.select_mask(self._store.view.selection.mask + by)

    def _fill_all(self) -> None:
        """Fill the masks from the lists of Guesses, which comes into sight for it."""
        guesses = self.docks.panel("guesses")
        if not guesses.is_in_sight:
            self.docks.focus(guesses.name)
        guesses.fill_all()

    def _play(self) -> None:
        for panel in self.docks.panels:
            panel.toggle_play()

    def toggle_full_screen(self) -> None:
        """Show the sentence and the panel in use on the whole screen, or everything as before."""
        begins, docks = not self._large, self.docks
        if begins:
            self._was_alone = docks.alone
            is_asked = self._store.view.unanswered and not docks.dock("cloze").isHidden()
            if panel := "cloze" if is_asked else docks.in_use:
                docks.show_alone(panel)
            height = self.screen().geometry().height()
            fitting = [size for size in themes.ZOOM_STEPS if size <= height / _LARGE_TYPE]
            self._large = max([*fitting, self._preferences.zoom])
            self.tell("Full screen.", "F11 or Esc ends it; Ctrl+plus makes the type larger.")
        else:
            self._large = 0.0
            if self._was_alone:
                docks.show_alone(self._was_alone)
            else:
                docks.end_solo()
        self._header.setHidden(begins)
        self.refresh_theme()
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _export_menu(self) -> QMenu:
        """Make the menu of what is drawn now; of the other panels it says why they are not there.

        What is not in sight is not drawn: there is nothing of it to export.
        """
        menu = QMenu(self)
        entries: dict[str, QAction] = {}
        others = menu.addAction("")
        rule_out(others, "A panel that is not in sight draws nothing that could be exported")

        def show_drawn() -> None:
            in_sight = [panel for panel in self.docks.panels if panel.is_in_sight]
            drawn = [panel for panel in in_sight if panel.table() is not None]
            for entry in entries.values():
                menu.removeAction(entry)
            for panel in drawn:
                if panel.name not in entries:
                    entries[panel.name] = self.docks.export_menu(panel, menu).menuAction()
                menu.insertAction(others, entries[panel.name])
            told = {
                "out of sight": len(self.docks.kinds) - len(in_sight),
                "with nothing drawn yet": len(in_sight) - len(drawn),
            }
            absent = [f"{counted(n, 'panel')} {why}" for why, n in told.items() if n]
            others.setText(f"Not listed: {', '.join(absent)}")
            others.setVisible(bool(absent))

        menu.aboutToShow.connect(show_drawn)
        return menu

    def _view_menu(self) -> QMenu:
        """Make the menu of panels, text size, appearance and log."""
        menu = QMenu(self)
        for nth, one in enumerate(ARRANGEMENTS, start=1):
            show = partial(self.compare.choose, one.name)
            menu.addAction(f"{one.title}\tF{nth + 5}", show).setToolTip(plain_tip(one.tip))
        menu.addSeparator()
        for kind in self.docks.kinds:
            menu.addAction(self.docks.dock(kind.name).toggleViewAction())
        menu.addAction("Reset the layout", self.docks.reset)
        menu.addSeparator()
        menu.addAction("Larger text\tCtrl++", partial(self.zoom, 1))
        menu.addAction("Smaller text\tCtrl+-", partial(self.zoom, -1))
        menu.addAction("Normal text\tCtrl+0", partial(self.zoom, 0))
        menu.addAction("Full screen, large type\tF11", self.toggle_full_screen)
        menu.addSeparator()
        menu.addAction("Follow the desktop's light or dark", self.follow_system)
        menu.addAction("Glossary\tShift+F1", self.explain)
        menu.addAction("Open log folder", self.open_log_folder)
        return menu
