"""Files get the ending of the kind that was chosen."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.exporter import Exporter
from roberta_gui.gui.preferences import Preferences


@pytest.mark.parametrize(
    ("chosen", "written"),
    [("a.txt", "a.txt"), ("a", "a.txt"), ("a.TXT", "a.TXT"), ("a.csv", "a.csv.txt")],
)
def test_a_text_file_has_the_ending_of_its_kind(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str, written: str
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    told: list[str] = []
    answer = (str(tmp_path / chosen), "Text (*.txt)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: answer)
    preferences = Preferences()
    exporter = Exporter(window, preferences, lambda title, _hint: told.append(title))

    assert exporter.save_text("rest.txt", "Text (*.txt)", "words")

    assert (tmp_path / written).read_text(encoding="utf-8") == "words"
    assert told == ["Saved."]
    assert preferences.folder == str(tmp_path)


def test_choosing_svg_makes_an_svg_of_the_suggested_name(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    kinds = "PNG picture (*.png);;SVG picture (*.svg)"
    answer = (str(tmp_path / "attention.png"), "SVG picture (*.svg)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: answer)
    exporter = Exporter(window, Preferences(), lambda *_: None)

    exporter.save_text("attention.png", kinds, "<svg/>")

    assert [file.name for file in tmp_path.iterdir()] == ["attention.svg"]
