"""Fine-tune in the window: a real run is started, stopped, gone on with, and ended with it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import choose
from roberta_gui.gui.panels.moving.panel import MovingPanel
from roberta_gui.gui.panels.train.panel import TrainPanel
from roberta_gui.gui.widgets.multiples.small_multiples import MultiplesArea
from roberta_gui.gui.work.tuning_process import TuningProcess
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import Problem
from roberta_gui.records import Run
from tests.gui.idle_window import IdleWindow
from tests.gui.made_up_run import events
from tests.gui.shown_panel import ShownPanel
from tests.made_up import made_up_analysis
from tests.training import toy
from tests.training.finetuning import small

pytestmark = pytest.mark.panel(kind=TrainPanel, size=(760, 500))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    corpus = toy.write_corpus(tmp_path_factory.mktemp("corpus"))
    tokenizer = toy.write_tokenizer(tmp_path_factory.mktemp("tokenizer"), corpus)
    return toy.write_model(tmp_path_factory.mktemp("model"), tokenizer)


@pytest.fixture
def ready(
    shown: ShownPanel, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ShownPanel]:
    """Show the panel for a tiny model; what it starts is ended with the test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    shown.store.use_model(replace(made_up_analysis("a").model, source=str(model)))
    yield shown
    shown.panel.leave()


class ByHand:
    """The process of a panel, whose events and end are told by hand."""

    def __init__(self, ready: ShownPanel, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun: list[list[str]] = []
        self.is_running = False
        found = ready.panel.findChild(TuningProcess)
        assert found is not None
        self._process: TuningProcess = found
        monkeypatch.setattr(TuningProcess, "start", lambda _, arguments: self._start(arguments))
        monkeypatch.setattr(TuningProcess, "is_running", property(lambda _: self.is_running))

    def _start(self, arguments: list[str]) -> None:
        assert not self.is_running
        self.is_running = True
        self.begun.append(arguments)

    def tell(self, event: dict[str, Any]) -> None:
        self._process.received.emit(event)

    def end(self, problem: Problem | None = None) -> None:
        self.is_running = False
        self._process.ended.emit(problem)


@pytest.fixture
def process(ready: ShownPanel, monkeypatch: pytest.MonkeyPatch) -> ByHand:
    return ByHand(ready, monkeypatch)


def take_file(ready: ShownPanel, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose a file of labelled texts, as its dialog would."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    menu = ready.button("Task: kinds of text")
    (action,) = [one for one in menu.menu().actions() if one.text() == "Choose a file…"]  # type: ignore[attr-defined]
    action.trigger()


def offers(ready: ShownPanel, text: str) -> bool:
    """Tell whether the panel has a button with this text."""
    buttons = ready.panel.findChildren(QAbstractButton)
    return text in [button.text() for button in buttons if button.isVisible()]


def test_each_step_is_drawn_once(ready: ShownPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    panel, drawn = ready.panel, []
    assert isinstance(panel, TrainPanel)
    monkeypatch.setattr(panel, "draw", lambda view, _: drawn.append(view))

    for event in events():
        panel.take_event(event)

    assert len(drawn) == len(events())


def test_a_file_is_learnt_stopped_gone_on_with_and_opened(
    ready: ShownPanel, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = ready.panel
    assert "Teach the model a task" in ready.said()
    take_file(ready, small.write_task(tmp_path), monkeypatch)
    qtbot.waitUntil(lambda: offers(ready, "Start"))
    qtbot.waitUntil(lambda: "Labels: cat 36, dog 36." in ready.said())
    qtbot.waitUntil(lambda: "Teach the model a task" in ready.said())
    ready.store.choose("train", epochs=10)

    ready.button("Start").click()
    assert "Getting ready" in ready.said()
    qtbot.waitUntil(lambda: panel.known is not None)
    ready.store.type(replace(ready.store.view.run, text="Somebody types."))  # and it waits
    ready.button("Stop").click()
    qtbot.waitUntil(lambda: offers(ready, "Go on"))
    stopped = panel.known.learnt
    assert stopped[-1].done < 1
    assert isinstance(panel, TrainPanel)
    panel.forget()
    panel.begin()
    panel.begin()  # runs already: nothing more
    qtbot.waitUntil(lambda: panel.known is not None and bool(panel.known.folder))

    assert panel.known is not None
    assert panel.known.learnt[: len(stopped)][0].loss == stopped[0].loss
    assert "On 13 texts that were not learnt from: accuracy" in panel.caption_text()
    qtbot.waitUntil(lambda: offers(ready, "Start"))
    with qtbot.waitSignal(panel.models_wanted) as wanted:
        ready.button("Open beside its start").click()
    assert wanted.args == [panel.known.folder, ready.store.view.model.source]  # type: ignore[union-attr]
    assert ready.store.view.choices.heads.sort == "difference"
    assert not panel.is_outdated(ready.store.view)
    assert panel.picture().isVisible()

    moving = MovingPanel(ready.store)
    qtbot.addWidget(moving)
    qtbot.addWidget(moving.heading)
    moving.resize(700, 640)
    with qtbot.waitExposed(moving):
        moving.show()
    slider = moving.slider
    assert slider.maximum() == len(panel.known.snapshots) - 1
    newest = moving.caption_text()
    slider.setValue(0)
    assert "Before the first step" in moving.caption_text()
    slider.setValue(slider.maximum())
    assert moving.caption_text() == newest
    assert not moving.is_outdated(ready.store.view)
    assert moving.picture().isVisible()


def test_closing_the_window_ends_the_process(ready: ShownPanel, qtbot: QtBot) -> None:
    ready.button("Start").click()
    assert ready.button("Stop").isVisible()

    ready.panel.leave()

    ready.store.choose("train", task="grammar")
    assert ready.button("Start").isVisible()


def test_what_is_wrong_with_a_file_is_a_sentence(
    ready: ShownPanel, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_file(ready, small.write_task(tmp_path), monkeypatch)
    qtbot.waitUntil(lambda: "Labels: " in ready.said())
    qtbot.waitUntil(lambda: offers(ready, "Start"))
    field = next(f for f in ready.panel.findChildren(QLineEdit) if "label" in f.accessibleName())
    field.setText("")
    QTest.keyClicks(field, "animal")
    field.editingFinished.emit()

    qtbot.waitUntil(lambda: panel_lane("train") in ready.store.view.problems)
    problem = ready.store.view.problems[panel_lane("train")]
    assert isinstance(problem, Problem)
    assert "pets.csv has no column animal." in str(problem)
    assert "Its columns are text, label." in ready.said()
    ready.store.report(panel_lane("train"), None)  # as Try again does
    assert "Getting ready" in ready.said()
    qtbot.waitUntil(lambda: panel_lane("train") in ready.store.view.problems)


def test_a_file_of_words_is_known_by_its_name_and_another_kind_is_looked_at_anew(
    ready: ShownPanel, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "names.conll"
    file.write_text("\n\n".join(f"Ann{n} PER\nsat{n} O" for n in range(60)), encoding="utf-8")
    take_file(ready, file, monkeypatch)
    qtbot.waitUntil(lambda: "Labels: " in ready.said())
    assert ready.store.view.choices.train.kind == "tokens"
    qtbot.waitUntil(lambda: offers(ready, "Start"))

    ready.button("Number").click()

    qtbot.waitUntil(lambda: panel_lane("train") in ready.store.view.problems)
    assert "names.conll" in ready.said()


def test_a_files_name_turns_no_button_around(
    ready: ShownPanel, process: ByHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_file(ready, tmp_path / "\u202enames.csv", monkeypatch)

    assert ready.button("Task: \ufffdnames.csv").accessibleName() == "Task: \ufffdnames.csv"
    assert process.begun[-1][0] == str(tmp_path / "\u202enames.csv")


def test_an_example_is_looked_at_before_it_is_learnt(ready: ShownPanel, qtbot: QtBot) -> None:
    menu = ready.button("Task: kinds of text").menu()  # type: ignore[attr-defined]
    (action,) = [one for one in menu.actions() if one.text() == "grammatical or not"]
    action.trigger()

    qtbot.waitUntil(lambda: "Labels: " in ready.said())
    qtbot.waitUntil(lambda: "Teach the model a task" in ready.said())
    assert offers(ready, "Start")
    assert ready.store.view.choices.train.task == "grammar"


@pytest.mark.parametrize("problem", [None, Problem("pets.csv has no column.", "Two others.")])
def test_what_a_look_tells_is_never_shown_under_another_choice(
    ready: ShownPanel, process: ByHand, problem: Problem | None
) -> None:
    ready.panel.choose("train", task="grammar")  # type: ignore[attr-defined]
    ready.panel.choose("train", task="kinds")  # type: ignore[attr-defined]
    if problem is None:
        process.tell(events()[0])
    process.end(problem)

    assert [arguments[0] for arguments in process.begun] == ["grammar", "kinds"]
    assert "40 texts." not in ready.said()
    assert not ready.store.view.problems
    process.tell(events()[0])
    process.end()
    assert "40 texts." in ready.said()
    assert len(process.begun) == 2


def test_stop_can_be_pressed_once_until_the_run_has_stopped(
    ready: ShownPanel, process: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TuningProcess, "stop", lambda _: None)
    ready.button("Start").click()
    stop = ready.button("Stop")
    stop.click()
    pressed = stop.isEnabled(), stop.toolTip()
    ready.store.select_layer(2)

    assert pressed == (False, "It stops after its present step")
    assert (stop.isEnabled(), stop.toolTip()) == pressed
    process.end()
    assert stop.isEnabled()
    stop.click()
    assert (stop.text(), stop.isEnabled()) == ("Stop", True)


def test_the_click_that_ends_typing_a_column_starts_as_well(
    ready: ShownPanel, process: ByHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_file(ready, small.write_task(tmp_path), monkeypatch)
    process.end()
    field = next(f for f in ready.panel.findChildren(QLineEdit) if "label" in f.accessibleName())
    QTest.keyClicks(field, "label")
    field.editingFinished.emit()  # the field loses the keyboard to the button
    ready.button("Start").click()

    assert "It starts as soon as the texts are read" in ready.button("Start").toolTip()
    process.tell(events()[0])
    process.end()
    _, look, learn = process.begun
    assert look[-1] == "--look"
    assert "--look" not in learn
    assert learn[1:5] == ["--task", "classification", "--label", "label"]
    assert ready.button("Stop").isEnabled()


def test_what_cannot_be_read_is_not_started_either(ready: ShownPanel, process: ByHand) -> None:
    ready.panel.choose("train", task="grammar")  # type: ignore[attr-defined]
    ready.button("Start").click()
    process.end(Problem("It is damaged.", "Take another."))

    assert len(process.begun) == 1
    assert "It is damaged." in ready.said()
    assert ready.button("Start").isEnabled()


def test_leaving_a_column_as_it_is_keeps_the_curves(
    ready: ShownPanel, process: ByHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_file(ready, small.write_task(tmp_path), monkeypatch)
    process.end()
    ready.button("Start").click()
    for event in events():
        process.tell(event)
    process.end()

    next(iter(ready.panel.findChildren(QLineEdit))).editingFinished.emit()

    assert len(process.begun) == 2
    assert ready.panel.known is not None


def test_other_weights_in_the_same_place_are_another_run(
    ready: ShownPanel, process: ByHand
) -> None:
    panel = ready.panel
    assert isinstance(panel, TrainPanel)
    panel.begin()
    process.end()

    model = ready.store.view.model
    assert model is not None
    ready.store.use_model(replace(model, weights_sha256="1" * 64))
    panel.begin()

    one, other = (arguments[arguments.index("--out") + 1] for arguments in process.begun)
    assert one != other


def test_nothing_begins_without_a_model(shown: ShownPanel) -> None:
    shown.store.type(Run(text="a"))
    shown.panel.start()
    assert isinstance(shown.panel, TrainPanel)
    shown.panel.begin()

    assert "Waiting for the model" in shown.said()


def test_the_tuned_model_opens_with_its_start_as_the_second(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = IdleWindow(tmp_path, qtbot)
    opened: list[str] = []
    for name in ("use_model", "compare_with"):
        monkeypatch.setattr(idle.session.controller, name, opened.append)

    idle.panel("train").models_wanted.emit("tuned", "start")

    assert opened == ["tuned", "start"]
    idle.close()


@pytest.mark.panel(kind=MovingPanel, size=(700, 640))
def test_the_texts_glide_from_step_to_step_and_play_walks_through_them(
    shown: ShownPanel, qtbot: QtBot
) -> None:
    shown.show_text("a")
    panel = shown.panel
    assert isinstance(panel, MovingPanel)
    assert panel.is_current

    panel.slider.setValue(0)
    assert not panel.is_current
    qtbot.waitUntil(lambda: panel.is_current)

    panel.toggle_play()
    assert shown.store.view.choices.moving.nth == 1
    shown.button("Play").click()
    qtbot.waitUntil(lambda: panel.is_current)
    panel.slider.setValue(panel.slider.maximum())
    panel.toggle_play()
    assert panel.slider.value() == 0
    panel.hide()
    panel.toggle_play()  # nobody sees it
    assert panel.slider.value() == 0


@pytest.mark.panel(kind=MovingPanel, size=(700, 300))
@pytest.mark.parametrize("zoom", [1.0, 1.5, 2.0])
def test_lines_and_texts_never_lie_over_each_other(shown: ShownPanel, zoom: float) -> None:
    wear(choose("light", zoom))
    shown.show_text("a")
    QCoreApplication.processEvents()

    shown.panel.resize(shown.panel.width(), 1)  # its own minimum is what it gets
    QCoreApplication.processEvents()

    chart, (cells,) = shown.panel.picture(), shown.panel.findChildren(MultiplesArea)
    assert chart.height() >= chart.minimumHeight() > 100
    assert not chart.geometry().intersects(cells.geometry())
