"""The monkey plays with the real window for a moment, and finds what is planted for it."""

import logging
import mmap
import pkgutil
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import isgeneratorfunction
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import Qt, qWarning
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QToolTip, QWidget
from pytestqt.qtbot import QtBot

import tests.monkey
from roberta_gui.gui.start.preferences import Preferences, open_settings
from roberta_gui.resources import resource
from tests.models import make_checkpoint
from tests.monkey.actions import ACTIONS
from tests.monkey.hands import Hands, Steps
from tests.monkey.monkey import Monkey
from tests.monkey.pointer_actions import drop_files
from tests.monkey.summary import Summary
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from tests.monkey.stage import Stage

pytestmark = pytest.mark.usefixtures("few_reference_sentences")

SEED, N_ACTIONS = 11, 60


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tokenizer = resource("models/mini") / "tokenizer.json"
    folder = tmp_path_factory.mktemp("tiny")
    return make_checkpoint(folder, tokenizer_json=tokenizer, n_layers=1, n_heads=1)


@pytest.fixture
def played(tmp_path: Path, tiny: Path) -> Path:
    """Give a folder to play in, where a model is remembered that is there at once."""
    folder = tmp_path / "played"
    Preferences(model=str(tiny)).save(open_settings(folder / "settings.ini"))
    return folder


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


left: list[object] = []


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
    played: Path, plant: Callable[[Hands], None]
) -> None:
    def act(hands: Hands) -> Steps:
        hands.note("what led to it")
        plant(hands)
        yield

    summary = Monkey(1, played, actions={act: 1}, pauses_ms=(0,)).play(n_actions=3)

    assert summary.faults
    assert "planted" in summary.faults[0]
    assert "what led to it" in summary.text()
    assert "--seed 1" in summary.text()


@pytest.mark.usefixtures("qtbot", "caplog")
def test_a_window_that_computes_for_seconds_is_a_fault_that_names_the_action(
    played: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.monkey.loop_gaps.MOST_BUSY_S", 1.0)

    def compute_planted(_hands: Hands) -> Steps:
        end = time.thread_time() + 1.2
        while time.thread_time() < end:
            pass
        yield

    monkey = Monkey(1, played, actions={compute_planted: 1}, pauses_ms=(0,))
    summary = monkey.play(n_actions=3)

    (fault,) = summary.faults
    assert "computed 1." in fault
    assert "compute_planted" in fault


@pytest.mark.usefixtures("nothing_is_left", "qtbot", "caplog")
def test_memory_that_goes_on_growing_is_a_fault_in_a_run_that_is_long_enough(
    played: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.monkey.summary.LONG_ENOUGH", 50)

    def keep_four_megabytes(_hands: Hands) -> Steps:
        # Mapped anew: the process may have as much left over from the tests before.
        kept = mmap.mmap(-1, 4_000_000)
        kept.write(b"x" * len(kept))
        left.append(kept)
        yield

    monkey = Monkey(1, played, actions={keep_four_megabytes: 1}, pauses_ms=(0,))
    summary = monkey.play(n_actions=55)

    (fault,) = summary.faults
    assert "memory grows by" in fault


@pytest.mark.parametrize(
    ("n_actions", "mb_per_action", "is_fault"),
    [(6000, 0.04, False), (6000, 0.3, True), (2000, 0.3, False)],
)
def test_memory_is_judged_after_the_first_third_of_a_long_run(
    n_actions: int, mb_per_action: float, is_fault: bool
) -> None:
    memory = [(n, 300 + min(n, 500) + mb_per_action * n) for n in range(25, n_actions + 1, 25)]

    assert bool(Summary(1, n_actions=n_actions, memory=memory).growth()) is is_fault


@pytest.mark.usefixtures("qtbot", "caplog")
def test_a_thread_that_outlives_its_window_is_a_fault(
    played: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.monkey.stage.PATIENCE_S", 0.2)
    is_over = threading.Event()

    def start_a_thread(_hands: Hands) -> Steps:
        threading.Thread(target=is_over.wait, name="planted", daemon=True).start()
        yield

    monkey = Monkey(1, played, actions={start_a_thread: 1}, pauses_ms=(0,))
    summary = monkey.play(n_actions=1)
    is_over.set()

    assert "planted" in summary.faults[0]
    assert "outlives" in summary.faults[0]


@pytest.mark.usefixtures("qtbot", "caplog")
def test_a_model_s_folder_that_is_dropped_comes_into_use(
    played: Path, tiny: Path, tmp_path: Path
) -> None:
    model = shutil.copytree(tiny, tmp_path / "dropped")
    in_use: list[str] = []

    def drop_until_it_is_in_use(hands: Hands) -> Steps:
        session = hands.stage.session
        assert session is not None
        session.controller.model_changed.connect(lambda loaded: in_use.append(loaded.info.source))
        end = time.monotonic() + PATIENCE_S
        while str(model) not in in_use and time.monotonic() < end:
            if session.controller.is_settled:
                yield from drop_files(hands)
            yield

    monkey = Monkey(1, played, (model,), actions={drop_until_it_is_in_use: 1}, pauses_ms=(5,))
    monkey.play(n_actions=1)

    assert str(model) in in_use


def test_it_plays_all_actions_that_are_written_each_now_and_then() -> None:
    names = [m.name for m in pkgutil.iter_modules(tests.monkey.__path__)]
    rooms = [import_module(f"tests.monkey.{n}") for n in names if n.endswith("_actions")]
    written = {
        action
        for room in rooms
        for action in vars(room).values()
        if isgeneratorfunction(action) and action.__module__ == room.__name__
    }

    assert len(rooms) >= 3
    assert written == {*ACTIONS}
    assert min(ACTIONS.values()) > 0


def test_keys_are_pressed_on_no_window_that_was_never_shown(qtbot: QtBot) -> None:
    never_shown = QWidget()
    qtbot.addWidget(never_shown)
    hands = Hands(cast("Stage", SimpleNamespace(window=never_shown)), Random(0))

    hands.key(Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)  # QTest itself would crash
    hands.command(QKeySequence.StandardKey.Paste)

    assert never_shown.windowHandle() is None
