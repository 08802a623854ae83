"""The window around the panels: bars, menus, theme, zoom, exports, and what it remembers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import repeat
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QDesktopServices, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QTabBar, QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.gui.look.theme import DARK, LIGHT
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.widgets.sentence.text_index import LIMIT
from roberta_gui.gui.window.arrangements import ARRANGEMENTS
from roberta_gui.gui.window.shortcuts import ShortcutsDialog
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.problems import NoNetwork, NotRoberta, Problem
from roberta_gui.records import Report, Run, Stop
from tests.gui.idle_window import IdleWindow, answer_save
from tests.made_up import MADE_UP, made_up_analysis

TEXT = "The cat sat on the <mask> tonight"


@pytest.fixture
def idle(make: Callable[..., IdleWindow]) -> IdleWindow:
    return make()


def action(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text().startswith(text))


def button(idle: IdleWindow, text: str) -> QToolButton:
    found = idle.window.findChildren(QToolButton)
    return next(b for b in found if b.text().startswith(text) and b.isVisible())


# First things


def test_without_a_model_the_window_is_whole_and_says_so(idle: IdleWindow) -> None:
    assert button(idle, "Loading the model").isVisible()
    assert "Starting" in [label.text() for label in idle.window.status.findChildren(QLabel)]
    assert idle.told() == []
    assert sorted(idle.open_panels) == sorted(ARRANGEMENTS[0].panels)
    assert all(panel.table() is None for panel in idle.window.docks.panels)


def test_the_remembered_sentence_stands_there_and_undo_does_not_take_it_away(
    make: Callable[..., IdleWindow],
) -> None:
    idle = make(Preferences(text="remembered <mask>"))

    idle.window.card.editor.undo()

    assert idle.window.card.editor.text() == "remembered <mask>"
    assert not button(idle, "Undo").isEnabled()


def test_an_example_replaces_the_sentence_in_one_step_of_undo(idle: IdleWindow) -> None:
    editor = idle.window.card.editor
    before = editor.text()
    examples = button(idle, "Examples").menu()
    assert examples is not None
    assert not examples.actions()[0].isSeparator()
    assert not examples.actions()[-1].isSeparator()
    example = examples.actions()[0]

    example.trigger()
    taken = editor.text()
    button(idle, "Undo").click()

    assert taken == example.text() != before
    assert editor.text() == before


def test_an_example_is_written_with_the_mask_that_the_model_reads(idle: IdleWindow) -> None:
    analysis = made_up_analysis("one", replace(MADE_UP, mask_token="[MASK]"))
    idle.store.use_model(analysis.model)
    idle.store.type(Run.of(analysis))
    examples = button(idle, "Examples").menu()
    assert examples is not None
    example = next(each for each in examples.actions() if "<mask>" in each.text())
    example.trigger()

    assert idle.window.card.editor.text() == example.text().replace("<mask>", "[MASK]")


# Bars


def test_the_newest_problem_is_shown_and_the_older_when_it_is_gone(idle: IdleWindow) -> None:
    idle.store.report(lanes.MODEL, NotRoberta("Not a RoBERTa.", "Choose another."))
    idle.store.report(lanes.AXES, NoNetwork("No network.", "Connect."))
    assert idle.told() == ["No network.", "Connect."]

    idle.store.report(lanes.AXES, None)
    assert idle.told() == ["Not a RoBERTa.", "Choose another."]

    idle.store.report(lanes.MODEL, None)
    assert idle.told() == []


def test_markup_in_a_problem_is_shown_as_it_was_written(idle: IdleWindow) -> None:
    idle.store.report(lanes.MODEL, NotRoberta("<b>bold</b>", "<img src=x>"))

    formats = {label.textFormat() for b in idle.bars() for label in b.findChildren(QLabel)}
    assert formats == {Qt.TextFormat.PlainText}


def test_the_log_folder_is_opened_or_named(
    idle: IdleWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: url.toLocalFile() == "")
    idle.store.report(lanes.MODEL, NotRoberta("Not a RoBERTa.", "Choose another."))

    idle.press("Open log folder")

    assert str(idle.log_folder) in idle.told()


def test_the_work_of_a_panel_that_is_closed_ends_and_that_of_a_covered_one_goes_on(
    idle: IdleWindow,
) -> None:
    def endless(stop: Stop, report: Report) -> Iterator[None]:
        yield from repeat(None)

    idle.show_text(TEXT)
    docks, jobs = idle.window.docks, idle.session.jobs
    lane = lanes.panel_lane("guesses")
    idle.session.controller.derive("guesses", Derivation("key", endless))

    idle.panel("guesses").set_covered(True)
    covered = jobs.is_busy(lane)
    docks.dock("guesses").hide()

    assert (covered, jobs.is_busy(lane)) == (True, False)


def test_a_closed_window_that_is_taken_apart_draws_no_more(idle: IdleWindow) -> None:
    idle.window.close()

    with idle.bot.assertNotEmitted(idle.store.changed):
        for panel in idle.window.docks.panels:
            panel.forget()
        idle.store.select_head(1, 0)


def test_closing_the_window_closes_the_menu_that_is_open(qtbot: QtBot, tmp_path: Path) -> None:
    idle = IdleWindow(tmp_path, qtbot)
    open_ones: list[bool] = []

    def close() -> None:
        open_ones.append(QApplication.activePopupWidget() is not None)
        idle.window.close()
        left = QApplication.activePopupWidget()
        open_ones.append(left is not None)
        if left is not None:
            left.close()  # else the test would wait in the menu for ever

    try:
        idle.show()
        QTimer.singleShot(0, idle.window, close)
        with qtbot.waitSignal(idle.window.closing):
            idle.window.open_models()  # comes back when the menu is gone

        assert open_ones == [True, False]
        assert not idle.window.isVisible()
    finally:
        idle.close()


def test_where_no_log_can_be_kept_the_window_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    idle = IdleWindow(tmp_path, qtbot, keeps_log=False)
    try:
        idle.show()
        idle.window.open_log_folder()

        assert "This run keeps no log." in idle.told()
    finally:
        idle.close()


def test_what_does_not_fit_into_the_editor_is_kept_and_can_be_saved(
    idle: IdleWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "".join(f"word {i}\n" for i in range(60_000))
    mime = QMimeData()
    mime.setText(text)
    idle.window.card.editor.set_text("")

    idle.window.card.editor.insertFromMimeData(mime)
    idle.bot.waitUntil(lambda: idle.told() != [])
    answer_save(monkeypatch, tmp_path / "rest.txt")
    assert f"{LIMIT:,} characters of it went in" in idle.told()[0]
    idle.window.tell("Something else", "happened")  # must not cost the rest
    idle.press("Save the rest…")

    kept, rest = idle.window.card.editor.text(), (tmp_path / "rest.txt").read_bytes().decode()
    assert kept + rest == text
    assert idle.told() == ["Saved.", str(tmp_path / "rest.txt")]


def test_a_guess_whose_work_failed_changes_nothing_and_says_why(idle: IdleWindow) -> None:
    analysis = idle.show_text(TEXT)
    idle.window.card.editor.set_text(TEXT)
    fill = analysis.fills[0]
    failed = Problem("The guesses could not be tried.", "There is too little memory.")

    idle.window.card.put_guess(fill.token_index, fill.candidates[0], failed)

    assert idle.told()[0] == f"␣{fill.candidates[0].text} could not be put into the sentence."
    assert "There is too little memory." in idle.told()[1]
    assert idle.window.card.editor.text() == TEXT


def test_a_guess_that_no_text_gives_changes_nothing_and_says_why(idle: IdleWindow) -> None:
    analysis = idle.show_text(TEXT)
    idle.window.card.editor.set_text(TEXT)
    fill = analysis.fills[0]

    idle.window.card.put_guess(fill.token_index, fill.candidates[0], None)

    word = fill.candidates[0].text
    assert idle.told()[0] == f"No text gives ␣{word} here."
    assert "the tokenizer reads other tokens" in idle.told()[1]
    assert idle.window.card.editor.text() == TEXT


def test_a_mask_that_hides_nothing_says_so(idle: IdleWindow) -> None:
    analysis = idle.show_text(TEXT)
    idle.window.card.editor.set_text(TEXT)

    idle.window.card.toggle_mask(analysis.fills[0].token_index)

    assert idle.told()[0] == "This mask hides no word."
    assert idle.window.card.editor.text() == TEXT


# Look


def test_light_and_dark_switch_and_are_remembered(idle: IdleWindow) -> None:
    idle.show_text(TEXT)
    application = QApplication.instance()
    assert isinstance(application, QApplication)

    grounds = []
    for _ in range(2):
        idle.window.toggle_appearance()
        grounds.append(
            (
                application.palette().color(QPalette.ColorRole.Window).name().upper(),
                idle.preferences.appearance,
            )
        )

    assert grounds == [(DARK.window, "dark"), (LIGHT.window, "light")]


def test_text_grows_and_shrinks_to_its_ends_and_back(idle: IdleWindow) -> None:
    idle.paint()
    idle.show_text(TEXT)
    sizes = [idle.preferences.zoom]
    for _ in range(9):
        idle.window.zoom(1)
        idle.window.grab()
        sizes.append(idle.preferences.zoom)
    for _ in range(20):
        idle.window.zoom(-1)

    assert sizes == sorted(sizes)
    assert sizes[-1] == 2.0
    assert idle.preferences.zoom == 0.8
    idle.window.zoom(0)
    assert idle.preferences.zoom == 1.0


def test_with_the_largest_text_in_the_smallest_window_no_panel_covers_another(
    idle: IdleWindow,
) -> None:
    idle.paint()
    idle.show_text(TEXT)
    for _ in range(9):
        idle.window.zoom(1)

    idle.window.resize(idle.window.minimumSize())
    idle.window.grab()

    docks = idle.window.docks
    front = [n for n in idle.open_panels if not docks.dock(n).visibleRegion().isEmpty()]
    places = [docks.dock(name).geometry() for name in front]
    for nth, place in enumerate(places):
        assert docks.rect().contains(place)
        assert not any(place.intersects(other) for other in places[nth + 1 :])


def test_the_theme_switches_while_the_model_loads(idle: IdleWindow) -> None:
    idle.paint()
    for _ in range(4):
        idle.window.toggle_appearance()
        idle.window.zoom(1)
        idle.window.grab()

    assert idle.preferences.appearance == "light"


def test_the_names_of_panels_that_share_a_place_are_written_out(idle: IdleWindow) -> None:
    docks = idle.window.docks
    docks.tabifyDockWidget(docks.dock("guesses"), docks.dock("attention"))

    def written() -> list[list[str]]:
        bars = [bar for bar in docks.findChildren(QTabBar) if bar.isVisible()]
        return [
            [bar.tabText(tab) for tab in range(bar.count()) if has_room(bar, tab)] for bar in bars
        ]

    def has_room(bar: QTabBar, tab: int) -> bool:
        advance = bar.fontMetrics().horizontalAdvance(bar.tabText(tab))
        return bar.tabRect(tab).width() >= advance

    idle.bot.waitUntil(lambda: ["Guesses", "Guess first", "Attention"] in written())


# Remembering


def test_size_docks_and_folder_come_back(make: Callable[..., IdleWindow]) -> None:
    first = make()
    preferences = first.preferences
    first.window.resize(781, 567)  # fits the screen that Qt makes up offscreen
    first.window.docks.dock("guesses").hide()
    first.window.close()

    second = make(preferences)

    assert second.window.size() == QSize(781, 567)
    assert not second.panel("guesses").isVisible()
    assert second.panel("attention").isVisible()


def test_a_panel_that_was_alone_at_the_end_is_not_alone_at_the_next_start(
    make: Callable[..., IdleWindow],
) -> None:
    first = make()
    first.window.docks.solo("heads")
    first.window.close()

    second = make(first.preferences)

    assert sorted(second.open_panels) == sorted(ARRANGEMENTS[0].panels)


@pytest.mark.parametrize("broken", [b"", b"broken", bytes(range(256))])
def test_a_broken_layout_is_the_designed_one(
    make: Callable[..., IdleWindow], broken: bytes
) -> None:
    idle = make(Preferences(geometry=broken, docks=broken))

    assert sorted(idle.open_panels) == sorted(ARRANGEMENTS[0].panels)


# Help


def test_the_help_shows_every_way_and_closes(idle: IdleWindow) -> None:
    QTest.keyClick(idle.panel("attention").picture(), Qt.Key.Key_Question)
    (dialog,) = idle.window.findChildren(ShortcutsDialog)
    words = {label.text() for label in dialog.findChildren(QLabel)}

    assert {"Put a mask at the cursor", "Lock several", "Quit"} <= words
    with idle.bot.waitSignal(dialog.destroyed):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_the_view_menu_closes_and_opens_a_panel(idle: IdleWindow) -> None:
    menu = button(idle, "View").menu()
    assert menu is not None

    action(menu, "All heads").trigger()
    closed = idle.panel("heads").isVisible()
    action(menu, "Reset the layout").trigger()

    assert closed is False
    assert idle.panel("heads").isVisible()


def test_no_key_means_two_things(idle: IdleWindow) -> None:
    keys = [
        key.toString() for action in idle.window.findChildren(QAction) for key in action.shortcuts()
    ]

    assert len(keys) > 30
    assert sorted(keys) == sorted(set(keys))
