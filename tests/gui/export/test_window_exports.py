"""Pictures, tables and arrays leave the window where the user says, and it tells how it went."""

from collections.abc import Generator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from roberta_gui.findings.steps.model import Turn
from roberta_gui.problems import BadArgument
from roberta_gui.records import Report, Stop
from tests.gui.full_disk import no_room_on_the_disk
from tests.gui.idle_window import IdleWindow, answer_save

TEXT = "The cat sat on the <mask> tonight"


@pytest.fixture
def idle(idle: IdleWindow) -> IdleWindow:
    """Let the window paint: what is saved of a picture may be painted as its widget is."""
    idle.paint()
    return idle


def export(idle: IdleWindow, panel: str, kind: str) -> None:
    """Choose an entry of a panel's menu, and wait for what comes of it."""
    with idle.bot.waitSignal(idle.session.controller.exported):
        idle.window.docks.export_wanted.emit(idle.panel(panel), kind)


def export_in_vain(idle: IdleWindow, panel: str, kind: str) -> None:
    with idle.bot.waitSignal(idle.session.controller.export_failed):
        idle.window.docks.export_wanted.emit(idle.panel(panel), kind)


def test_every_picture_and_table_is_saved_where_the_user_says(
    idle: IdleWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    idle.show_text(TEXT)
    for name in ("guesses", "attention", "hidden", "heads"):
        folder = tmp_path / name
        folder.mkdir()
        answer_save(monkeypatch, folder / "a.png")
        export(idle, name, "save-picture")
        answer_save(monkeypatch, folder / "b", "SVG picture (*.svg)")
        export(idle, name, "save-picture")
        answer_save(monkeypatch, folder / "c", "CSV table (*.csv)")
        export(idle, name, "save-table")

        assert QImage(str(folder / "a.png")).width() > 300, name
        assert (folder / "b.svg").read_text(encoding="utf-8").count("<text") > 3, name
        table = idle.panel(name).table()
        assert table is not None, name
        assert (folder / "c.csv").read_bytes().decode() == table.to_csv(), name
        assert idle.told() == ["Saved.", str(folder / "c.csv")]
        assert idle.preferences.folder == str(folder)


def test_a_picture_and_a_table_are_copied(idle: IdleWindow) -> None:
    idle.show_text(TEXT)
    panel, clipboard = idle.panel("guesses"), QGuiApplication.clipboard()

    idle.window.docks.export_wanted.emit(panel, "copy-picture")
    image = clipboard.image()
    export(idle, "guesses", "copy-table")

    assert image.width() > 300
    table = panel.table()
    assert table is not None
    assert clipboard.text().splitlines() == table.to_csv().splitlines()
    assert idle.told()[0] == "Guesses copied as CSV."


def test_numbers_that_are_not_there_yet_are_no_file(
    idle: IdleWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = answer_save(monkeypatch, tmp_path / "never.csv")

    idle.window.docks.export_wanted.emit(idle.panel("attention"), "save-table")

    assert asked == []
    assert idle.told()[0] == "Attention shows nothing to copy or save."


@pytest.mark.expects_log("lane export ")
def test_a_file_that_cannot_be_written_is_a_notice(
    idle: IdleWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    idle.show_text(TEXT)
    taken = tmp_path / "a.csv"
    taken.mkdir()
    answer_save(monkeypatch, taken)

    export_in_vain(idle, "guesses", "save-table")

    title, hint = idle.told()
    assert title == "The file could not be written."
    assert str(taken) in hint


@pytest.mark.expects_log("lane export ")
def test_a_full_disk_leaves_the_file_that_was_to_be_replaced(
    idle: IdleWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    idle.show_text(TEXT)
    for kind, name in (
        ("save-picture", "a.png"),
        ("save-picture", "a.svg"),
        ("save-table", "a.csv"),
        ("save-arrays", "a.npz"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_bytes(b"precious")
        answer_save(monkeypatch, folder / name)

        with no_room_on_the_disk():
            export_in_vain(idle, "attention", kind)

        title, hint = idle.told()
        assert title == "The file could not be written.", name
        assert str(folder / name) in hint
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == {name: b"precious"}


@pytest.mark.expects_log("lane export ")
def test_a_name_that_no_file_can_have_is_a_notice(
    idle: IdleWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    idle.show_text(TEXT)
    answer_save(monkeypatch, f"{tmp_path}/no\0file.csv")

    export_in_vain(idle, "guesses", "save-table")

    title, hint = idle.told()
    assert title == "The file could not be written."
    assert hint.startswith("No file can have this name")


def test_no_picture_is_saved_of_another_sentence_than_was_asked_for(
    idle: IdleWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in (tmp_path / "picture.png", tmp_path / "picture.svg"):
        idle.show_text(TEXT)
        idle.window.tell("Nothing is saved yet.", "")  # else what it told before stands there

        def dialog(*_asked: object, file: Path = file) -> tuple[str, str]:
            idle.show_text("Another sentence came meanwhile .")
            return str(file), ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", dialog)
        idle.window.docks.export_wanted.emit(idle.panel("attention"), "save-picture")
        idle.bot.waitUntil(lambda: idle.session.controller.is_settled)

        assert not file.exists(), file.name
        assert idle.told()[0] == "The picture was not saved.", file.name


def test_saving_that_is_called_off_writes_and_says_nothing(
    idle: IdleWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle.show_text(TEXT)
    answer_save(monkeypatch, "")

    idle.window.docks.export_wanted.emit(idle.panel("guesses"), "save-picture")

    assert idle.told() == []


def test_a_table_that_was_overtaken_by_a_picture_stays_off_the_clipboard(idle: IdleWindow) -> None:
    idle.show_text(TEXT)
    wanted = idle.window.docks.export_wanted

    with idle.bot.waitSignal(idle.session.controller.exported):
        wanted.emit(idle.panel("guesses"), "copy-table")
        wanted.emit(idle.panel("guesses"), "copy-picture")

    assert QGuiApplication.clipboard().image().width() > 300
    assert QGuiApplication.clipboard().text() == ""
    assert idle.told()[0] == "Guesses copied."


def test_a_window_that_closes_waits_until_everything_is_saved(
    idle: IdleWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    idle.show_text(TEXT)
    folder = tmp_path / "saved"
    folder.mkdir()
    table = idle.panel("attention").table()
    assert table is not None
    expected = table.to_csv()
    answer_save(monkeypatch, folder / "a.csv")

    idle.window.docks.export_wanted.emit(idle.panel("attention"), "save-table")
    idle.window.close()
    assert idle.window.isVisible()
    assert idle.told()[0] == "The window closes when everything is saved."
    with qtbot.waitSignal(idle.window.closing):
        pass

    assert not idle.window.isVisible()
    assert {f.name: f.read_bytes().decode() for f in folder.iterdir()} == {"a.csv": expected}


def slow(stop: Stop, report: Report) -> Generator[Turn, None, None]:
    while True:
        yield Turn.OTHERS


def test_full_screen_goes_on_while_a_window_waits_to_close(idle: IdleWindow) -> None:
    idle.window.toggle_full_screen()
    idle.session.controller.export("a.csv", slow)

    idle.window.close()
    assert idle.window.isVisible()
    assert idle.window.isFullScreen()
    idle.window.close()
    assert not idle.window.isVisible()


def test_closing_the_window_once_more_gives_up_on_saving(idle: IdleWindow) -> None:
    idle.session.controller.export("a.csv", slow)

    idle.window.close()
    assert idle.window.isVisible()

    idle.window.close()
    assert not idle.window.isVisible()
    idle.session.jobs.shutdown(wait=True)


@pytest.mark.expects_log("No room.")
def test_a_window_that_stayed_for_what_it_cannot_keep_waits_for_the_next_file_too(
    idle: IdleWindow, qtbot: QtBot
) -> None:
    def keep() -> None:
        raise BadArgument("No room.", "Make some.")

    idle.window.leaving.keep = keep
    idle.session.controller.export("a.csv", lambda _stop, _report: None)
    with qtbot.waitSignal(idle.session.controller.exported):
        idle.window.close()
    assert idle.told()[0] == "No room."
    idle.session.controller.export("b.csv", slow)

    idle.window.close()
    assert idle.window.isVisible()
    idle.window.close()
    assert not idle.window.isVisible()


@pytest.mark.expects_log("lane export a.csv failed")
def test_a_window_that_closes_stays_where_saving_fails(idle: IdleWindow, qtbot: QtBot) -> None:
    def fail(stop: Stop, report: Report) -> None:
        raise BadArgument("The file could not be written.", "No space left on device.")

    idle.session.controller.export("a.csv", fail)
    with qtbot.waitSignal(idle.session.controller.export_failed):
        idle.window.close()

    assert idle.window.isVisible()
    assert idle.told()[0] == "The file could not be written."
