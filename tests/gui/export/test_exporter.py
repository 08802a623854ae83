"""Files get the name that was meant, none is replaced unasked, and all say what they hold."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.analysis.stepped import result_of
from roberta_gui.gui.export.exporter import Exporter, notes_of
from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.attention.panel import AttentionPanel
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.work.jobs import Work
from tests.gui.shown_panel import ShownPanel


def make_exporter(
    window: QWidget,
    preferences: Preferences | None = None,
    tell: Callable[[str, str], object] = lambda *_: None,
) -> Exporter:
    """Make an exporter whose work is done at once."""

    def submit(name: str, work: Work) -> None:
        exporter.finish(name, result_of(work(lambda: False, lambda *_: None)))

    exporter = Exporter(window, preferences or Preferences(), tell, submit)
    return exporter


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
    exporter = make_exporter(window, preferences, lambda title, _hint: told.append(title))

    assert exporter.save_text("rest.txt", "Text (*.txt)", "words")

    assert (tmp_path / written).read_text(encoding="utf-8") == "words"
    assert told == ["Saved."]
    assert preferences.folder == str(tmp_path)


def test_half_a_character_in_a_text_keeps_nothing_else_from_being_saved(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    answer = (str(tmp_path / "a.txt"), "Text (*.txt)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: answer)
    exporter = make_exporter(window)

    assert exporter.save_text("rest.txt", "Text (*.txt)", "one \ud83d two 😀\r\n")

    assert (tmp_path / "a.txt").read_bytes() == "one ? two 😀\r\n".encode()


PNG, SVG = "PNG picture (*.png)", "SVG picture (*.svg)"


class Dialogs:
    """Answers both dialogs in the user's place, and notes what was asked."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.answers: list[tuple[str, str]] = []
        self.may_replace: list[bool] = []
        self.questions: list[str] = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self._name)
        monkeypatch.setattr(QMessageBox, "question", self._question)

    def save(self, window: QWidget) -> bool:
        exporter = make_exporter(window)
        return exporter.save_text("layers.png", f"{PNG};;{SVG}", "new")

    def files(self) -> dict[str, str]:
        return {file.name: file.read_text(encoding="utf-8") for file in self.folder.iterdir()}

    def _name(self, *_: object) -> tuple[str, str]:
        name, kind = self.answers.pop(0)
        return (str(self.folder / name) if name else ""), kind

    def _question(
        self, _parent: QWidget, _title: str, text: str, *_: object
    ) -> QMessageBox.StandardButton:
        self.questions.append(text)
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        return yes if self.may_replace.pop(0) else no


@pytest.fixture
def dialogs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dialogs:
    return Dialogs(tmp_path, monkeypatch)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.mark.parametrize(
    ("typed", "kind", "written"),
    [
        ("layers.png", PNG, "layers.png"),
        ("layers.png", SVG, "layers.svg"),  # the suggested name stays when the kind is changed
        ("layers.svg", PNG, "layers.svg"),
        ("layers.svg", SVG, "layers.svg"),
        ("mine.png", SVG, "mine.png"),
        ("mine.SVG", PNG, "mine.SVG"),
        ("mine", SVG, "mine.svg"),
        ("mine.v2", PNG, "mine.v2.png"),
        ("layers.png", "", "layers.png"),
    ],
)
def test_a_typed_ending_wins_and_the_suggested_name_follows_the_kind(
    dialogs: Dialogs, window: QWidget, typed: str, kind: str, written: str
) -> None:
    dialogs.answers = [(typed, kind)]

    assert dialogs.save(window)

    assert dialogs.files() == {written: "new"}
    assert dialogs.questions == []


def test_a_file_that_was_named_is_replaced_as_the_dialog_agreed(
    dialogs: Dialogs, window: QWidget
) -> None:
    (dialogs.folder / "layers.svg").write_text("old", encoding="utf-8")
    (dialogs.folder / "layers.png").write_text("other", encoding="utf-8")
    dialogs.answers = [("layers.svg", PNG)]

    assert dialogs.save(window)

    assert dialogs.files() == {"layers.svg": "new", "layers.png": "other"}
    assert dialogs.questions == []


@pytest.mark.parametrize(
    ("typed", "kind", "there"), [("layers.png", SVG, "layers.svg"), ("mine", PNG, "mine.png")]
)
def test_a_file_that_nobody_named_is_replaced_only_after_asking(
    dialogs: Dialogs, window: QWidget, typed: str, kind: str, there: str
) -> None:
    (dialogs.folder / there).write_text("old", encoding="utf-8")
    dialogs.answers = [(typed, kind)] * 2
    dialogs.may_replace = [False, True]

    dialogs.answers.insert(1, ("", ""))
    assert not dialogs.save(window)  # no, and then no other name
    assert dialogs.files() == {there: "old"}

    assert dialogs.save(window)
    assert dialogs.files() == {there: "new"}
    assert all(there in question for question in dialogs.questions)
    assert len(dialogs.questions) == 2


def test_the_question_names_the_file_letter_by_letter(dialogs: Dialogs, window: QWidget) -> None:
    (dialogs.folder / "a <b>.png").write_text("old", encoding="utf-8")
    dialogs.answers, dialogs.may_replace = [("a <b>", PNG)], [True]

    assert dialogs.save(window)

    (question,) = dialogs.questions
    assert "“a <b>.png” is there already." in QTextDocumentFragment.fromHtml(question).toPlainText()


def test_another_name_can_be_given_instead_of_replacing(dialogs: Dialogs, window: QWidget) -> None:
    (dialogs.folder / "mine.png").write_text("old", encoding="utf-8")
    dialogs.answers = [("mine", PNG), ("yours", PNG)]
    dialogs.may_replace = [False]

    assert dialogs.save(window)

    assert dialogs.files() == {"mine.png": "old", "yours.png": "new"}


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.name)
def test_what_is_saved_says_once_which_heads_were_off(qtbot: QtBot, kind: type[Panel]) -> None:
    shown = ShownPanel(kind)
    qtbot.addWidget(shown.panel)
    qtbot.addWidget(shown.panel.heading)
    with qtbot.waitExposed(shown.panel):
        shown.panel.show()
    shown.show_text("The cat sat on the <mask> tonight")
    assert "switched off" not in " ".join(notes_of(shown.panel))

    shown.store.ablate("mean")
    analysis = shown.switch_off((1, 2), (0, 3))
    second = shown.store.view.second
    if second is not None and second.analysis is not None:
        other = replace(second.analysis.request, switched_off=analysis.request.switched_off)
        shown.store.show_second(replace(second.analysis, request=replace(other, ablation="mean")))
    shown.panel.start()
    shown.derive()

    told = " ".join(notes_of(shown.panel))
    off = kind.obeys_switches  # else it shows reference sentences, whatever is switched
    assert told.count("2 heads are switched off (1.4 and 2.3)") == off
    assert told.count("replaced by their means") == off
    assert ("Measured with every head on." in told) is not off


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

    make_exporter(shown.panel).export(shown.panel, "save-arrays")

    with np.load(tmp_path / "weights.npz", allow_pickle=False) as saved:
        np.testing.assert_array_equal(saved["attention"], analysis.attention[0, 0])
        assert saved["ids"].tolist() == [token.id for token in analysis.tokens]
        title, *notes = saved["receipt"].tolist()
    assert title == "Attention"
    assert "“The cat sat”" in notes
    assert any("made up" in note for note in notes)
