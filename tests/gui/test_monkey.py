"""The monkey plays with the real window for a moment, and finds what is planted for it."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning
from PySide6.QtWidgets import QToolTip, QWidget

from tests.monkey.hands import Hands, Steps
from tests.monkey.monkey import Monkey

SEED, N_ACTIONS = 11, 110


@pytest.mark.usefixtures("qtbot", "caplog")  # what is in the log is judged by the monkey
def test_a_monkey_finds_nothing_wrong(tmp_path: Path) -> None:
    summary = Monkey(SEED, tmp_path / "played", pauses_ms=(0,)).play(n_actions=N_ACTIONS)

    assert summary.faults == (), summary.text()
    assert f"seed {SEED}: {N_ACTIONS} actions" in summary.text()


def fail_in_a_slot(_hands: Hands) -> None:
    raise ZeroDivisionError("planted")


def warn_as_qt(_hands: Hands) -> None:
    qWarning("planted")


def log_an_error(_hands: Hands) -> None:
    logging.getLogger("roberta_gui").error("planted")


def leave_a_window(hands: Hands) -> None:
    hands.stage.window.closing.connect(lambda: left.append(QWidget(windowTitle="planted")))


def show_markup(hands: Hands) -> None:
    QToolTip.showText(hands.stage.window.pos(), "<b>planted</b> &lt;table cellspacing=0&gt;")


def write_half_a_picture(hands: Hands) -> None:
    (hands.stage.folder / "exported" / "planted.svg").write_text("<svg>\x00")


left: list[QWidget] = []


@pytest.fixture
def nothing_is_left() -> Iterator[None]:
    yield
    left.clear()


@pytest.mark.usefixtures("nothing_is_left", "qtbot", "caplog")
@pytest.mark.parametrize(
    "plant",
    [
        fail_in_a_slot,
        warn_as_qt,
        log_an_error,
        leave_a_window,
        show_markup,
        write_half_a_picture,
    ],
)
def test_a_planted_fault_is_found_and_told_with_the_actions_that_led_to_it(
    tmp_path: Path, plant: Callable[[Hands], None]
) -> None:
    def act(hands: Hands) -> Steps:
        hands.note("what led to it")
        plant(hands)
        yield

    summary = Monkey(1, tmp_path / "played", actions={act: 1}, pauses_ms=(0,)).play(n_actions=3)

    assert summary.faults
    assert "planted" in summary.faults[0]
    assert "what led to it" in summary.text()
    assert "--seed 1" in summary.text()
