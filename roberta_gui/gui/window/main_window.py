"""The main window: panels, header, sentence and status line put together; no logic."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDesktopServices,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QMainWindow, QScrollArea, QVBoxLayout, QWidget

from roberta_gui.gui.export.exporter import Exporter
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.dressing import settle_layouts, wear
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.sentence.overflow_bar import OverflowBar
from roberta_gui.gui.sentence.sentence_card import SecondCard, SentenceCard
from roberta_gui.gui.sentence.sentence_tint import NAME as SURPRISAL
from roberta_gui.gui.sentence.token_alignment import TokenAlignment
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.undo_history import UndoHistory
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.window.arrangements import ARRANGEMENTS
from roberta_gui.gui.window.closing import Closing
from roberta_gui.gui.window.compare_mode import CompareMode
from roberta_gui.gui.window.dock_area import DockArea
from roberta_gui.gui.window.folder_drop import FolderDrop
from roberta_gui.gui.window.header import Header
from roberta_gui.gui.window.menus import all_shortcuts, export_menu, view_menu
from roberta_gui.gui.window.model_menu import DeviceMenu, ModelMenu, texts_of
from roberta_gui.gui.window.problem_bar import ProblemBar
from roberta_gui.gui.window.shortcuts import MOUSE_WAYS, Shortcut, ShortcutsDialog
from roberta_gui.gui.window.status_line import StatusLine
from roberta_gui.gui.window.switched_heads import SwitchedHeads
from roberta_gui.gui.window.tab_order import go_on
from roberta_gui.gui.window.toast import Toast
from roberta_gui.gui.work.controller import Controller
from roberta_gui.gui.work.engine_worker import Loaded
from roberta_gui.problems import Problem, Stopped
from roberta_gui.view import View

TITLE_BAR = 36
"""What a desktop puts above a window, about."""


class MainWindow(QMainWindow):
    """Everything a person sees.

    Signals
    -------
    closing()
        The window closes: what is remembered is in the preferences, work may end.
    """

    closing = Signal()

    def __init__(
        self,
        store: ViewStore,
        controller: Controller,
        preferences: Preferences,
        log_folder: Path | None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("RoBERTa Explorer")
        # Its connections go with it, and with them what they hold: panels, store, pictures.
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(760, 520)
        self.resize(_at_first())
        self._store = store
        self._controller = controller
        self._preferences = preferences
        self._log_folder = log_folder
        partners = TokenAlignment()
        self.card = SentenceCard(store, partners)
        self.switched = SwitchedHeads(store)
        self.status = StatusLine(self.switched)
        self.docks = DockArea([panel(store) for panel in PANELS])
        cards = self.card, SecondCard(store, partners)
        self.compare = CompareMode(cards, self.docks, controller, preferences)
        self.history = UndoHistory(
            store, [card.editor for card in cards], lambda: self.compare.active.editor, self
        )
        self._problems = ProblemBar(self._is_told)
        self._rest = OverflowBar()
        self._notices = Toast(self, self.status)
        self._models = ModelMenu(preferences, self)
        self._devices = DeviceMenu(self)
        self._exporter = Exporter(self, preferences, self.tell, controller.export)
        self.leaving = Closing(self, controller, self.tell)
        self._ways = all_shortcuts(self, self._models, store)
        self._arrangements = Segments({a.name: (a.title, a.tip) for a in ARRANGEMENTS}, "Panels")
        self._arrangements.set_choice(self.docks.arrangement)
        self._header = self._build_header()
        self._lay_out()
        self._connect()
        self._install(self._ways)
        self._dress()
        self._bring_back()

    # --- drawing

    def draw(self, view: View, previous: View | None) -> None:
        """Show what is not a panel: card, status line and problems."""
        self.card.draw(view, previous)
        self.compare.second.draw(view, previous)
        self.status.draw(view, previous)
        if previous is None or previous.problems != view.problems:
            self._problems.draw(view)
        models = view.model, view.right_side.model
        if previous is None or (previous.model, previous.right_side.model) != models:
            self._header.show_model(*texts_of(*models))
            self._models.mark_second(models[1])

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._dress()

    def _dress(self) -> None:
        self.compare.make_room(self.height())
        self._header.make_room()
        is_dark = themes.current().is_dark
        self._appearance.setIcon(icon("weather-sunny" if is_dark else "weather-night"))
        self.draw(self._store.view, None)
        settle_layouts()

    def use_model(self, loaded: Loaded) -> None:
        """Show which model is in use, and what else could be."""
        info = loaded.info
        self._devices.offer(loaded.devices, (info.device, info.dtype))
        self._models.mark(info.source)

    def tell(self, title: str, hint: str) -> None:
        """Show a notice that is not a problem; it goes by itself."""
        self._notices.tell(title, hint)

    def stop(self, lane: str) -> None:
        """Give up on what is computed in a lane, and offer to begin again."""
        self._controller.stop(lane)
        problem = self._store.view.problems.get(lane)
        if isinstance(problem, Stopped):
            again = partial(self._controller.retry, lane)
            self._notices.tell(problem.title, problem.hint, "Start again", again)

    def _is_told(self, lane: str, problem: Problem) -> bool:
        """Whether a panel tells of a problem; the tint of the sentence has no words for its own."""
        is_tint = lane == f"panel:{SURPRISAL}" and self._store.view.choices.surprisal.tint
        return self.docks.tells(lane, problem) and not is_tint

    # --- what people do

    def toggle_appearance(self) -> None:
        """Switch between light and dark."""
        self._preferences.appearance = "light" if themes.current().is_dark else "dark"
        self.refresh_theme()

    def refresh_theme(self) -> None:
        """Take the theme that the preferences, or the desktop, ask for now."""
        wear(themes.choose(self._preferences.appearance, self._preferences.zoom))

    def zoom(self, steps: int) -> None:
        """Make all text larger or smaller; 0 steps go back to the normal size."""
        sizes, before = themes.ZOOM_STEPS, self._preferences.zoom
        at = min(range(len(sizes)), key=lambda i: abs(sizes[i] - before))
        self._preferences.zoom = sizes[min(max(at + steps, 0), len(sizes) - 1)] if steps else 1.0
        if before == 1.0:
            self.docks.keep_sizes()
        self.refresh_theme()
        if self._preferences.zoom == 1.0 != before:
            self.docks.give_sizes_back()

    def show_shortcuts(self) -> None:
        """Show all keyboard and mouse ways."""
        dialog = ShortcutsDialog((*self._ways, *MOUSE_WAYS), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def open_log_folder(self) -> None:
        """Show the folder with the log in the desktop's file browser."""
        if self._log_folder is None:
            self.tell(
                "This run keeps no log.",
                "Its folder cannot be written to, so it goes to the terminal.",
            )
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_folder))):
            self.tell("The log is in this folder:", str(self._log_folder))

    def escape(self) -> None:
        """Bring hidden panels back, else let go of the selection."""
        if not self.docks.end_solo():
            self._store.clear()

    def go_to_sentence(self) -> None:
        """Give the sentence the keyboard, all of it selected."""
        self.card.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.card.editor.selectAll()

    def step_mask(self, by: int) -> None:
        """List the guesses of the next mask, or with -1 of the one before."""
        self._store.select_mask(self._store.view.selection.mask + by)

    def play(self) -> None:
        """Walk through the layers, or stop."""
        for panel in self.docks.panels:
            panel.toggle_play()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or stop that."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def follow_system(self) -> None:
        """Be light or dark as the desktop is."""
        self._preferences.appearance = "system"
        self.refresh_theme()

    # --- building

    def _build_header(self) -> Header:
        header = Header(self._models, self._devices)
        self._undo = self._action("Undo", self.history.undo, "Undo (Ctrl+Z)")
        self._redo = self._action("Redo", self.history.redo, "Redo (Ctrl+Shift+Z)")
        for action, glyph in ((self._undo, "undo"), (self._redo, "redo")):
            action.setIcon(icon(glyph))
        self._show_undo(False, False)
        self._appearance = self._action(
            "Light or dark", self.toggle_appearance, "Light or dark (Ctrl+D)"
        )
        self._help = self._action("Shortcuts", self.show_shortcuts, "Keyboard and mouse (?)")
        self._help.setIcon(icon("help-circle-outline"))
        header.add_action(self._undo, text=True)
        header.add_action(self._redo, text=True)
        header.add_choice(self._arrangements)
        exports = export_menu(self.docks, self)
        header.add_menu("Export", "Copy or save pictures and numbers", exports)
        header.add_menu("View", "Panels, text size, log", view_menu(self, self))
        header.add_action(self._appearance)
        header.add_action(self._help)
        return header

    def _action(self, text: str, run: Callable[[], object], tip: str) -> QAction:
        action = QAction(text, self)
        action.setToolTip(plain_tip(tip))
        action.triggered.connect(lambda _checked=False: run())
        return action

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 12, 14, 8)
        column.setSpacing(10)
        for part in (
            self._problems, self._rest, self.compare.rest, self.card, self.compare.second,
        ):  # fmt: skip
            column.addWidget(part)
        # Where large text leaves too little room, the panels scroll; they never overlap.
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(self.docks)
        column.addWidget(room, 1)
        whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._header)
        outer.addWidget(inner, 1)
        self.setCentralWidget(whole)
        self.setStatusBar(self.status)

    def _connect(self) -> None:
        self._store.changed.connect(self.draw)
        self._controller.model_changed.connect(self.use_model)
        self._controller.models_listed.connect(self._models.list_models)
        editor = self.card.editor
        editor.text_changed.connect(self._controller.edit)
        editor.submitted.connect(self._controller.analyse)
        editor.cut_short.connect(self._rest.keep)
        for card in (self.card, self.compare.second):
            card.editor.refused.connect(partial(self.tell, "Not everything could be kept."))
            card.notice.connect(self.tell)
        self.compare.active_changed.connect(self.history.tell)
        self.history.changed.connect(self._show_undo)
        self.compare.changed.connect(lambda: self.compare.make_room(self.height()))
        self.card.tint.derivation_wanted.connect(partial(self._controller.derive, SURPRISAL))
        self.status.stop_wanted.connect(self.stop)
        self._models.model_wanted.connect(self._controller.use_model)
        self._models.second_wanted.connect(self._controller.compare_with)
        FolderDrop(self).dropped.connect(self._controller.use_model)
        self._devices.device_wanted.connect(self._controller.use_device)
        self._problems.retry_wanted.connect(self._controller.retry)
        self._problems.log_wanted.connect(self.open_log_folder)
        for rest in (self._rest, self.compare.rest):
            rest.acted.connect(partial(self._save_rest, rest))
        self.docks.export_wanted.connect(self._exporter.export)
        self._controller.exported.connect(self._exporter.finish)
        self._controller.export_failed.connect(self._exporter.refuse)
        self._arrangements.chosen.connect(self.compare.choose)
        self.docks.arrangement_changed.connect(self._arrangements.set_choice)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.refresh_theme)
        for panel in self.docks.panels:
            panel.offer_second_models(self._models.second or self._models)
            panel.derivation_wanted.connect(partial(self._controller.derive, panel.name))
            panel.replacement_wanted.connect(self.card.put_guess)
            panel.mask_wanted.connect(self._toggle_mask)
            panel.solo_wanted.connect(self.docks.solo)
            panel.sight_lost.connect(partial(self._controller.put_covered, panel.name))
            panel.retry_wanted.connect(partial(self._retry, panel))

    def _retry(self, panel: Panel) -> None:
        """Do again what a panel waits for: a pass that failed comes before the panel's own work."""
        view = self._store.view
        failed = next((lane for lane in panel.passes if lane in view.problems), None)
        is_waiting = failed is not None and panel.is_outdated(view)
        self._controller.retry(failed if failed and is_waiting else f"panel:{panel.name}")

    def _toggle_mask(self, token: int) -> None:
        if not self._store.view.is_stale:  # else the panel's token is not the editor's any more
            self.card.toggle_mask(token)

    def _save_rest(self, rest: OverflowBar) -> None:
        if self._exporter.save_text("rest.txt", "Text (*.txt)", rest.text):
            rest.let_go()

    def _show_undo(self, undo: bool, redo: bool) -> None:
        rule_out(self._undo, "" if undo else "There is nothing to undo")
        rule_out(self._redo, "" if redo else "There is nothing to redo")

    def _install(self, ways: tuple[Shortcut, ...]) -> None:
        for way in ways:
            if way.run is not None:
                action = self._action(way.text, way.run, way.text)
                action.setShortcuts([QKeySequence(key) for key in way.keys])
                self.addAction(action)

    def open_models(self) -> None:
        """Open the model menu."""
        self._header.model.showMenu()

    # --- remembering

    def _bring_back(self) -> None:
        if self._preferences.geometry:
            self.restoreGeometry(self._preferences.geometry)
        self.docks.bring_back(self._preferences.docks)
        self.card.editor.set_text(self._preferences.text)
        self.card.editor.document().clearUndoRedoStacks()
        self.card.editor.moveCursor(QTextCursor.MoveOperation.End)
        self.card.editor.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height between the sentence and the panels."""
        super().resizeEvent(event)
        self.compare.make_room(self.height())

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go to the next control, as the window is seen."""
        return go_on(self, forward)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember where everything was."""
        self._preferences.geometry = bytes(self.saveGeometry().data())
        self._preferences.docks = self.docks.remembered()
        if not self.leaving.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)


def _at_first() -> QSize:
    """Return the size that the panels were designed for, or what the screen has room for."""
    room = QGuiApplication.primaryScreen().availableSize()
    return QSize(1440, 900).boundedTo(room - QSize(0, TITLE_BAR))
