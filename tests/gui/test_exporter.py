"""Files get the ending of the kind that was chosen."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.exporter import Exporter
from roberta_gui.gui.panels.attention import AttentionPanel
from roberta_gui.gui.preferences import Preferences
from roberta_gui.gui.theme import LIGHT
from tests.gui.shown_panel import ShownPanel


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


def test_arrays_are_saved_with_what_they_were_made_from(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ShownPanel(AttentionPanel)
    qtbot.addWidget(shown.panel)
    qtbot.addWidget(shown.panel.heading)
    with qtbot.waitExposed(shown.panel):
        shown.panel.show()
    analysis = shown.show_text("The cat sat")
    answer = (str(tmp_path / "weights"), "NumPy arrays (*.npz)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: answer)

    Exporter(shown.panel, Preferences(), lambda *_: None).export(shown.panel, "save-arrays", LIGHT)

    with np.load(tmp_path / "weights.npz", allow_pickle=False) as saved:
        np.testing.assert_array_equal(saved["attention"], analysis.attention[0, 0])
        assert saved["ids"].tolist() == [token.id for token in analysis.tokens]
        title, *notes = saved["receipt"].tolist()
    assert title == "Attention"
    assert "“The cat sat”" in notes
    assert any("made up" in note for note in notes)
