"""The main window: panels, header, sentence and status line put together; no logic."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from roberta_gui.gui.export.exporter import Exporter
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.sentence.overflow_bar import OverflowBar
from roberta_gui.gui.sentence.second_card import SecondCard
from roberta_gui.gui.sentence.sentence_card import SentenceCard
from roberta_gui.gui.sentence.sentence_tint import NAME as SURPRISAL
from roberta_gui.gui.sentence.sentence_tint import WHY, tinted_by
from roberta_gui.gui.sentence.token_alignment import TokenAlignment
from roberta_gui.gui.start.preferences import Preferences, words_left_hidden
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.undo_history import UndoHistory
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.window.arrangements import ARRANGEMENTS
from roberta_gui.gui.window.closing import Closing
from roberta_gui.gui.window.compare_mode import CompareMode
from roberta_gui.gui.window.dock_area import DockArea
from roberta_gui.gui.window.header import Header
from roberta_gui.gui.window.menus import WindowCommands
from roberta_gui.gui.window.model_menu import DeviceMenu, FolderDrop, ModelMenu, texts_of
from roberta_gui.gui.window.notice_bar import ProblemBar, Toast
from roberta_gui.gui.window.status_line import StatusLine, SwitchedHeads
from roberta_gui.gui.window.tab_order import go_on
from roberta_gui.gui.work.controller import Controller
from roberta_gui.gui.work.engine_worker import Loaded
from roberta_gui.lanes import Lane, panel_lane
from roberta_gui.problems import Problem, Stopped
from roberta_gui.view import View

TITLE_BAR = 36
"""What a desktop puts above a window, about."""


class MainWindow(WindowCommands):
    """Everything a person sees.

    ``closing()`` tells that what is remembered is in the preferences, and work may end.
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
        self.docks = DockArea(PANELS, store)
        self.cards = self.card, SecondCard(store, partners)
        self.compare = CompareMode(self.cards, self.docks, controller, preferences)
        self.history = UndoHistory(
            store, [card.editor for card in self.cards], lambda: self.compare.active.editor, self
        )
        self._problems = ProblemBar(self._is_told)
        self._rest = OverflowBar()
        self._notices = Toast(self, self.status)
        self._models = ModelMenu(preferences, self)
        self._devices = DeviceMenu(self)
        self._exporter = Exporter(self, preferences, self.tell, controller.export)
        self.leaving = Closing(self, controller, self.tell)
        self._arrangements = Segments({a.name: (a.title, a.tip) for a in ARRANGEMENTS}, "Panels")
        self._arrangements.set_choice(self.docks.arrangement)
        self._header = self._build_header()
        self._lay_out()
        self._connect()
        for way in self.all_shortcuts():
            if way.run is not None:
                action = self._action(way.text, way.run, way.text)
                action.setShortcuts([QKeySequence(key) for key in way.keys])
                self.addAction(action)
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
        self._make_room()
        self._header.make_room()
        is_dark = themes.current().is_dark
        self._appearance.setIcon(icon("weather-sunny" if is_dark else "weather-night"))
        self.draw(self._store.view, None)
        self.docks.settle()

    def show_model(self, loaded: Loaded) -> None:
        """Show which model is in use, and what else could be."""
        info = loaded.info
        self._devices.offer(loaded.devices, (info.device, info.dtype))
        self._models.mark(info.source)

    def stop(self, lane: Lane) -> None:
        """Give up on what is computed in a lane, and offer to begin again."""
        self._controller.stop(lane)
        problem = self._store.view.problems.get(lane)
        if isinstance(problem, Stopped):
            again = partial(self._controller.retry, lane)
            self._notices.tell(problem.title, problem.hint, "Start again", again)

    def _is_told(self, lane: Lane, problem: Problem) -> bool:
        """Whether a panel tells of a problem; the tint of the sentence has no words for its own."""
        is_tint = lane == panel_lane(tinted_by(self._store.view))
        return self.docks.tells(lane, problem) and not is_tint

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
        self._help = self._action("Shortcuts", self._show_shortcuts, "Keyboard and mouse (?)")
        self._help.setIcon(icon("help-circle-outline"))
        header.add_action(self._undo, text=True)
        header.add_action(self._redo, text=True)
        header.add_choice(self._arrangements)
        header.add_menu("Export", "Copy or save pictures and numbers", self._export_menu())
        header.add_menu("View", "Panels, text size, log", self._view_menu())
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
        for part in (self._problems, self._rest, self.card, self.compare.second):
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
        self._controller.model_changed.connect(self.show_model)
        self._controller.models_listed.connect(self._models.list_models)
        editor = self.card.editor
        editor.text_changed.connect(self._controller.edit)
        editor.submitted.connect(self._controller.analyse)
        editor.cut_short.connect(self._rest.keep)
        for card in self.cards:
            card.editor.refused.connect(partial(self.tell, "Not everything could be kept."))
            card.notice.connect(self.tell)
        self.compare.active_changed.connect(self.history.tell)
        self.history.changed.connect(self._show_undo)
        self.compare.changed.connect(self._make_room)
        self.card.tint.derivation_wanted.connect(partial(self._controller.derive, SURPRISAL))
        self.card.tint.why_wanted.connect(partial(self._controller.derive, WHY))
        self.status.stop_wanted.connect(self.stop)
        self._models.model_wanted.connect(self._controller.use_model)
        self._models.second_wanted.connect(self._controller.compare_with)
        self._folders = FolderDrop(self)
        self._folders.dropped.connect(self._controller.use_model)
        self._devices.device_wanted.connect(self._controller.use_device)
        self._problems.retry_wanted.connect(self._controller.retry)
        self._problems.log_wanted.connect(self.open_log_folder)
        for rest in (self._rest, self.compare.second.rest):
            rest.acted.connect(partial(self._save_rest, rest))
        self.docks.export_wanted.connect(self._exporter.export)
        self.docks.terms_wanted.connect(self.explain)
        self._controller.exported.connect(self._exporter.finish)
        self._controller.export_failed.connect(self._exporter.refuse)
        self._arrangements.chosen.connect(self.compare.choose)
        self.docks.arrangement_changed.connect(self._arrangements.set_choice)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.refresh_theme)
        self.docks.panel_made.connect(self._take_in)
        for panel in self.docks.panels:
            self._take_in(panel)

    def _take_in(self, panel: Panel) -> None:
        """Do from now on what a panel asks for."""
        self._folders.watch(panel)
        panel.offer_second_models(self._models.second or self._models)
        panel.derivation_wanted.connect(partial(self._controller.derive, panel.name))
        panel.replacement_wanted.connect(self.card.put_guess)
        panel.replacements_wanted.connect(self.card.put_guesses)
        panel.mask_wanted.connect(self._toggle_mask)
        panel.text_wanted.connect(self.card.rewrite)
        panel.panel_wanted.connect(self.docks.focus)
        panel.solo_wanted.connect(self.docks.solo)
        panel.sight_lost.connect(partial(self._controller.put_covered, panel.name))
        panel.given_up.connect(partial(self._controller.give_up, panel.name))
        panel.retry_wanted.connect(partial(self._retry, panel))
        panel.models_wanted.connect(self._open_both)

    def _retry(self, panel: Panel) -> None:
        """Do again what a panel waits for: a pass that failed comes before the panel's own work."""
        view = self._store.view
        failed = next((lane for lane in panel.passes if lane in view.problems), None)
        is_waiting = failed is not None and panel.is_outdated(view)
        self._controller.retry(failed if failed and is_waiting else panel.lane)

    def _open_both(self, model: str, second: str) -> None:
        self._controller.use_model(model)
        self._controller.compare_with(second)

    def _toggle_mask(self, token: int) -> None:
        if not self._store.view.is_stale:  # else the panel's token is not the editor's any more
            self.card.toggle_mask(token)

    def _save_rest(self, rest: OverflowBar) -> None:
        if self._exporter.save_text("rest.txt", "Text (*.txt)", rest.text):
            rest.let_go()

    def _show_undo(self, undo: bool, redo: bool) -> None:
        rule_out(self._undo, "" if undo else "There is nothing to undo")
        rule_out(self._redo, "" if redo else "There is nothing to redo")

    # --- remembering

    def _bring_back(self) -> None:
        if self._preferences.geometry:
            self.restoreGeometry(self._preferences.geometry)
        self.docks.bring_back(self._preferences.docks)
        self.card.editor.set_mask_token(self._preferences.mask_token)
        hidden = words_left_hidden(self._preferences.hidden_words)
        self.card.editor.set_text(self._preferences.text, hidden)
        self.card.editor.document().clearUndoRedoStacks()
        if self._preferences.has_second:
            self.compare.show(True)
        self.card.editor.moveCursor(QTextCursor.MoveOperation.End)
        self.card.editor.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height between the sentence and the panels."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        self.compare.make_room(self.height(), large=bool(self._large))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go to the next control, as the window is seen."""
        return go_on(self, forward)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember where everything was."""
        if self.leaving.is_put_off():
            event.ignore()
            return
        self._preferences.docks = self.docks.remembered()  # before full screen has ended
        if self._large:
            self.toggle_full_screen()
        self._preferences.geometry = bytes(self.saveGeometry().data())
        if not self.leaving.may_close():
            event.ignore()
            return
        for panel in self.docks.panels:
            panel.leave()
        self.closing.emit()
        super().closeEvent(event)


def _at_first() -> QSize:
    """Return the size that the panels were designed for, or what the screen has room for."""
    room = QGuiApplication.primaryScreen().availableSize()
    return QSize(1440, 900).boundedTo(room - QSize(0, TITLE_BAR))
