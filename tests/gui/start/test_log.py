"""The log: a file in a folder of its own, or lines on the terminal; never in the way."""

import getpass
import logging
import os
import tempfile
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType

from roberta_gui.gui.start import log
from roberta_gui.gui.start.log import log_qt_message, start_log
from tests.gui.started_program import start


def unused_log(monkeypatch: pytest.MonkeyPatch) -> logging.Logger:
    """Give `start_log` a logger of its own to write to."""
    root = logging.getLogger("root of this test")
    for handler in tuple(root.handlers):
        root.removeHandler(handler)
    monkeypatch.setattr(log, "qInstallMessageHandler", lambda _handler: None)
    monkeypatch.setattr(logging, "getLogger", lambda _name=None: root)
    return root


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        (QtMsgType.QtDebugMsg, logging.DEBUG),
        (QtMsgType.QtInfoMsg, logging.INFO),
        (QtMsgType.QtWarningMsg, logging.WARNING),
        (QtMsgType.QtCriticalMsg, logging.ERROR),
    ],
)
def test_messages_of_qt_go_to_the_log(
    caplog: pytest.LogCaptureFixture, kind: QtMsgType, level: int
) -> None:
    from PySide6.QtCore import QMessageLogContext

    caplog.set_level(logging.DEBUG)

    log_qt_message(kind, QMessageLogContext(), "from Qt")

    assert caplog.record_tuples == [("qt", level, "from Qt")]


def test_the_log_is_a_file_in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = unused_log(monkeypatch)

    folder = tmp_path / "new" / "log"
    started = start_log(folder)
    root.info("a line of the log")
    for handler in root.handlers:
        handler.close()

    assert started == folder
    assert "a line of the log" in (folder / "roberta-gui.log").read_text(encoding="utf-8")


def test_half_a_character_is_logged_by_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = unused_log(monkeypatch)
    monkeypatch.setattr(root, "propagate", False)  # pytest's own processes cannot pass it on

    start_log(tmp_path)
    root.info("no model \udcff")  # as Python reads a stray byte of the command line
    for handler in root.handlers:
        handler.close()

    assert "no model \\udcff" in (tmp_path / "roberta-gui.log").read_text(encoding="utf-8")
    assert capsys.readouterr().err == ""


@pytest.mark.expects_log("the log cannot be kept in")
def test_where_its_folder_cannot_be_written_the_log_is_kept_among_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = unused_log(monkeypatch)
    monkeypatch.setattr(root, "propagate", False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "in the way").write_text("", encoding="utf-8")

    started = start_log(tmp_path / "in the way")
    root.error("what failed", exc_info=OSError("no room"))
    for handler in root.handlers:
        handler.close()

    assert started is not None
    assert started.parent == tmp_path
    assert os.name != "posix" or started.stat().st_mode & 0o077 == 0
    assert "OSError: no room" in (started / "roberta-gui.log").read_text(encoding="utf-8")
    assert f"it is in {started}" in capsys.readouterr().err


@pytest.mark.expects_log("the log cannot be kept in")
def test_no_log_is_written_where_somebody_else_may_have_laid_a_trap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = unused_log(monkeypatch)
    monkeypatch.setattr(root, "propagate", False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "shared"))
    (tmp_path / "in the way").write_text("", encoding="utf-8")
    trap = tmp_path / "shared" / f"roberta-gui-{getpass.getuser()}"
    trap.mkdir(parents=True)
    before = set(trap.parent.iterdir())

    first, second = (start_log(tmp_path / "in the way") for _ in range(2))
    for handler in root.handlers:
        handler.close()

    assert not any(trap.iterdir())
    assert first != second  # the name of the next one cannot be known
    assert {first, second} == {*trap.parent.iterdir()} - before


@pytest.mark.expects_log("the log cannot be kept in")
def test_where_nothing_can_be_written_the_log_goes_to_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = unused_log(monkeypatch)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    (tmp_path / "roberta-gui.log").mkdir()

    started = start_log(tmp_path)
    root.info("a line of the log")
    root.info("what failed", exc_info=OSError("no room"))

    told = capsys.readouterr().err
    assert started is None
    assert "a line of the log" in told
    assert "OSError: no room" in told
    assert "Traceback" not in told


def test_where_no_folder_for_the_log_can_be_made_the_window_still_opens(
    own_folders: Path, axes_cache: Path
) -> None:
    (own_folders / "state").write_text("in the way", encoding="utf-8")
    picture = own_folders / "picture.png"

    status, told = start("--snapshot", str(picture), cache=axes_cache, folder=own_folders)

    assert status == 0, told
    assert picture.stat().st_size > 0
    assert "the log cannot be kept in" in told
