"""What cannot be remembered is told before the window is gone."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.start.preferences import Preferences, open_settings
from roberta_gui.gui.window import closing
from roberta_gui.problems import NotKept
from tests.gui.full_disk import no_room_on_the_disk
from tests.gui.idle_window import IdleWindow


@pytest.mark.expects_log("What you typed and chose could not be kept")
def test_settings_that_cannot_be_written_keep_the_window_open_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "in the way").write_text("a file, no folder")
    unwritable = open_settings(tmp_path / "in the way" / "settings.ini")
    idle = IdleWindow(tmp_path, qtbot)
    idle.show()
    idle.window.leaving.keep = lambda: idle.preferences.save(unwritable)

    idle.window.close()
    assert idle.window.isVisible()
    assert idle.told()[0] == "What you typed and chose could not be kept."
    assert "Close the window once more" in idle.told()[1]

    idle.window.close()
    assert not idle.window.isVisible()
    idle.close()


def test_a_full_disk_leaves_the_settings_of_before_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    Preferences(text="kept before").save(open_settings(file))
    before = file.read_bytes()

    with no_room_on_the_disk():
        newer = open_settings(file)
        with pytest.raises(NotKept, match="could not be kept"):
            Preferences(text="typed since then " * 100).save(newer)

        assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {file.name: before}


@pytest.mark.expects_log("The disk is full")
def test_what_cannot_be_kept_while_the_window_is_open_interrupts_nobody(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "KEPT_AFTER_MS", 0)
    idle = IdleWindow(tmp_path, qtbot)
    idle.show()
    attempts: list[str] = []

    def keep() -> None:
        attempts.append("one")
        raise NotKept("The disk is full.")

    idle.window.leaving.keep = keep
    for _ in range(3):
        idle.window.leaving.keep_soon()
    qtbot.waitUntil(lambda: bool(attempts))
    idle.window.leaving.keep = lambda: None
    assert attempts == ["one"]
    assert idle.window.isVisible()
    assert not any(idle.told())
    idle.close()
