"""The status line: what is going on, how long it took, what computes."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.findings.notation.names import identity
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.window.status_line import StatusLine, SwitchedHeads
from roberta_gui.lanes import Lane, Rank, panel_lane
from roberta_gui.problems import NotFinite
from roberta_gui.records import Run
from roberta_gui.view import (
    Progress,
    View,
    toggled_heads,
    with_analysis,
    with_head,
    with_problem,
    with_progress,
    with_second,
    with_typed,
)
from tests.made_up import make_analysis, make_model
from tests.made_up_tokens import MASK_ID

MODEL = replace(make_model(name="tiny"), weights_sha256="abcd" + "0" * 56 + "1234")


@pytest.fixture
def line(qtbot: QtBot) -> StatusLine:
    line = StatusLine(SwitchedHeads(ViewStore()))
    qtbot.addWidget(line)
    with qtbot.waitExposed(line):
        line.show()
    return line


ANALYSIS = make_analysis([11, MASK_ID])
VIEW_WITH_HEADS_OFF = toggled_heads(
    with_analysis(View(Run(model=ANALYSIS.model)), ANALYSIS), [(0, 0), (0, 1), (1, 1)]
)


def switches(line: StatusLine) -> SwitchedHeads:
    (found,) = line.findChildren(SwitchedHeads)
    return found


def words(line: StatusLine) -> list[str]:
    return [label.text() for label in line.findChildren(QLabel) if label.text()]


def stop_button(line: StatusLine) -> QPushButton:
    return next(b for b in line.findChildren(QPushButton) if b.text() == "Stop")


def test_before_anything_it_is_starting(line: StatusLine) -> None:
    line.draw(View())

    assert "Starting" in words(line)
    assert not stop_button(line).isVisible()


def test_with_a_model_and_nothing_to_do_it_is_ready(line: StatusLine) -> None:
    line.draw(View(Run(model=MODEL)))

    assert "Ready" in words(line)
    assert "tiny · sha256 abcd…1234 · float32 · CPU" in words(line)


def test_it_is_never_ready_over_what_is_out_of_date(line: StatusLine) -> None:
    analysis = make_analysis([11, MASK_ID])
    current = Run(analysis.request.text, analysis.tokens)
    shown = with_typed(with_analysis(View(Run(model=analysis.model)), analysis), current)
    compared = with_second(shown, replace(current, analysis=analysis))
    newer = Run("other", analysis.tokens)
    for view, state in (
        (shown, "Ready"),
        (with_typed(shown, newer), "Updating"),
        (compared, "Ready"),
        (with_second(shown, replace(newer, analysis=analysis)), "Updating"),
        (with_second(shown, newer), "Updating"),
    ):
        line.draw(view)
        assert [word for word in ("Ready", "Updating") if word in words(line)] == [state]


@pytest.mark.parametrize(
    ("lane", "progress", "said"),
    [
        (lanes.MODEL, Progress(""), "Loading the model"),
        (lanes.SECOND_MODEL, Progress(""), "Loading the second model"),
        (lanes.MODEL, Progress("Reading weights", 0.25), "Reading weights"),
        (lanes.SENTENCE, Progress(""), "Computing"),
        (lanes.AXES, Progress("Fitting the axes", 0.5), "Fitting the axes"),
        (panel_lane("heads"), Progress(""), "Drawing"),
    ],
)
def test_work_is_named_and_its_share_is_shown(
    line: StatusLine, lane: Lane, progress: Progress, said: str
) -> None:
    line.draw(with_progress(View(Run(model=MODEL)), lane, progress))

    assert said in words(line)
    assert "Ready" not in words(line)
    (bar,) = line.findChildren(QProgressBar)
    assert bar.isVisible() is (progress.fraction is not None)
    if progress.fraction is not None:
        assert bar.value() / bar.maximum() == progress.fraction


def test_the_most_urgent_work_is_named(line: StatusLine) -> None:
    view = View(Run(model=MODEL))
    for lane in (lanes.AXES, panel_lane("heads"), lanes.SENTENCE):
        view = with_progress(view, lane, Progress(str(lane)))

    line.draw(view)

    assert "sentence" in words(line)


def test_the_time_of_the_pass_and_the_place_are_told(line: StatusLine) -> None:
    seconds = MappingProxyType({"tokens": 0.001, "layers": 0.1234, "head": 0.0056})
    analysis = replace(make_analysis([11, MASK_ID]), seconds=seconds)

    line.draw(with_head(with_analysis(View(Run(model=MODEL)), analysis), 1, 2))

    assert "forward 123 ms · guesses 6 ms" in words(line)
    assert "Layer 2 · head 3" in words(line)


def test_loading_another_model_and_a_download_can_be_stopped(line: StatusLine) -> None:
    stopped: list[Lane] = []
    line.stop_wanted.connect(stopped.append)

    for view in (
        with_progress(View(Run(model=MODEL)), lanes.MODEL, Progress("Reading", can_stop=True)),
        with_progress(View(), lanes.MODEL, Progress("Downloading", 0.1, can_stop=True)),
    ):
        line.draw(view)
        QTest.mouseClick(stop_button(line), Qt.MouseButton.LeftButton)

    assert stopped == [lanes.MODEL, lanes.MODEL]


def test_a_press_that_comes_as_the_work_ends_stops_nothing(line: StatusLine) -> None:
    stopped: list[Lane] = []
    line.stop_wanted.connect(stopped.append)
    line.draw(with_progress(View(), lanes.MODEL, Progress("Downloading", 0.1, can_stop=True)))
    pressed = stop_button(line)

    line.draw(View())
    pressed.click()  # as Space does that was held down meanwhile

    assert stopped == []


@pytest.mark.parametrize("name", ["surprisal", "heads", "lens"])
def test_what_a_panel_asked_for_can_be_stopped_when_it_lasts(
    line: StatusLine, qtbot: QtBot, name: str
) -> None:
    stopped: list[Lane] = []
    line.stop_wanted.connect(stopped.append)
    view = with_progress(View(Run(model=MODEL)), lanes.AXES, Progress("Fitting the axes", 0.5))
    view = with_progress(view, panel_lane(name), Progress("Measuring", 0.2, can_stop=True))

    line.draw(view)
    at_once = stop_button(line).isVisible()
    qtbot.waitUntil(stop_button(line).isVisible)
    QTest.mouseClick(stop_button(line), Qt.MouseButton.LeftButton)
    line.draw(View(Run(model=MODEL)))

    assert not at_once  # most work is done by then: the button would only flicker
    assert "Measuring" not in words(line)
    assert stopped == [panel_lane(name)]
    assert not stop_button(line).isVisible()


@pytest.mark.parametrize(
    ("lane", "tip"),
    [
        (panel_lane("lens"), "Keep what is known"),
        (lanes.SECOND_MODEL, "Give up on loading this model"),
        (Lane(Rank.EXPORT, "/a.npz"), "Save nothing"),
        (Lane(Rank.COPY, "clipboard"), "Copy nothing"),
    ],
)
def test_the_button_says_what_stopping_means(line: StatusLine, lane: Lane, tip: str) -> None:
    line.draw(with_progress(View(Run(model=MODEL)), lane, Progress("Saving", 0.2, can_stop=True)))

    assert tip in stop_button(line).toolTip()
    line.draw(View(Run(model=MODEL)))


def test_it_is_as_high_with_everything_as_with_nothing(line: StatusLine, qtbot: QtBot) -> None:
    line.draw(View(Run(model=MODEL)))
    empty = line.sizeHint().height(), line.minimumSizeHint().height()

    line.draw(
        with_progress(VIEW_WITH_HEADS_OFF, lanes.MODEL, Progress("Opening", 0.5, can_stop=True))
    )

    assert switches(line).isVisible()
    assert stop_button(line).isVisible()
    assert (line.sizeHint().height(), line.minimumSizeHint().height()) == empty


@pytest.mark.parametrize("width", [560, 760, 1280])
def test_what_is_shown_fits_beside_each_other(qtbot: QtBot, width: int) -> None:
    window, line = QMainWindow(), StatusLine(SwitchedHeads(ViewStore()))
    qtbot.addWidget(window)
    window.setStatusBar(line)
    window.resize(width, 200)
    with qtbot.waitExposed(window):
        window.show()
    line.draw(VIEW_WITH_HEADS_OFF)
    qtbot.waitUntil(lambda: switches(line).width() == switches(line).sizeHint().width())

    shown = [w for w in line.children() if isinstance(w, QWidget) and w.isVisible()]
    assert switches(line) in shown
    assert line.width() == width
    for one in shown:
        assert line.rect().contains(one.geometry())
        assert all(one is o or not one.geometry().intersects(o.geometry()) for o in shown)
        assert one.width() >= one.sizeHint().width()
    assert ("sha256" in " ".join(w.text() for w in shown if isinstance(w, QLabel))) is (
        width >= 1000
    )


def test_the_light_takes_the_themes_colour_of_ready_and_busy(line: StatusLine) -> None:
    light = next(label for label in line.findChildren(QLabel) if label.text() == "●")
    line.show()
    wear(DARK)

    line.draw(View(Run(model=MODEL)))
    ready = light.palette().color(light.foregroundRole())
    line.draw(with_progress(View(Run(model=MODEL)), lanes.SENTENCE, Progress("")))

    assert ready == DARK.color("good")
    assert light.palette().color(light.foregroundRole()) == DARK.color("mask")


@pytest.mark.parametrize(
    ("device", "named"), [("cpu", "CPU"), ("cuda:1", "GPU (CUDA)"), ("mps", "GPU (Metal)")]
)
def test_devices_are_named_as_people_know_them(device: str, named: str) -> None:
    assert identity(replace(MODEL, device=device)).endswith(f"float32 · {named}")


@pytest.mark.parametrize(
    ("lane", "said"),
    [
        (lanes.SENTENCE, "The pass failed"),
        (lanes.SECOND_SENTENCE, "The pass failed"),
        (lanes.TOKENS, "The text cannot be read"),
        (lanes.SECOND_TOKENS, "B cannot be read"),
    ],
)
def test_after_a_pass_that_failed_it_is_not_ready_and_tells_no_time_of_another(
    line: StatusLine, lane: Lane, said: str
) -> None:
    before = with_analysis(View(Run(model=ANALYSIS.model)), ANALYSIS)
    line.draw(before)
    at_first = words(line)

    line.draw(with_problem(before, lane, NotFinite("The hidden states are no numbers.")))

    assert "Ready" in at_first
    assert any("forward" in text for text in at_first)
    assert said in words(line)
    assert not any(text == "Ready" or "forward" in text for text in words(line))
