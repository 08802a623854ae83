"""The runner on its real thread: where slots run, that the last wins, and how it ends."""

import select
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.work.jobs import JobRunner
from roberta_gui.lanes import SENTENCE
from roberta_gui.problems import Stopped
from roberta_gui.records import Report, Stop
from tests.gui.cranked_runner import BACKGROUND
from tests.hand_cranked import HandCrankedExecutor
from tests.patience import PATIENCE_S

P = ParamSpec("P")
T = TypeVar("T")


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.shutdown(wait=True)


def where(stop: Stop, report: Report) -> int:
    return threading.get_ident()


def test_work_runs_on_the_worker_and_slots_run_on_the_gui_thread(
    qtbot: QtBot, runner: JobRunner
) -> None:
    heard: list[tuple[int, int]] = []
    runner.succeeded.connect(lambda _lane, there: heard.append((there, threading.get_ident())))

    with qtbot.waitSignal(runner.succeeded):
        runner.submit(SENTENCE, where)

    ((work_thread, slot_thread),) = heard
    assert slot_thread == threading.get_ident()
    assert work_thread != slot_thread


def test_progress_arrives_on_the_gui_thread_before_the_result(
    qtbot: QtBot, runner: JobRunner
) -> None:
    heard: list[tuple[str, int]] = []
    runner.progressed.connect(
        lambda _lane, text, _fraction: heard.append((text, threading.get_ident()))
    )
    runner.succeeded.connect(lambda _lane, text: heard.append((text, threading.get_ident())))

    def reporting(stop: Stop, report: Report) -> str:
        report("half", 0.5)
        return "whole"

    with qtbot.waitSignal(runner.succeeded):
        runner.submit(BACKGROUND, reporting)

    assert heard == [("half", threading.get_ident()), ("whole", threading.get_ident())]


def test_steps_run_and_are_closed_on_one_and_the_same_thread(
    qtbot: QtBot, runner: JobRunner
) -> None:
    threads: list[int] = []

    def steps(stop: Stop, report: Report) -> Generator[int, None, None]:
        try:
            while True:
                threads.append(threading.get_ident())
                yield 1
        finally:
            threads.append(threading.get_ident())

    with qtbot.waitSignals([runner.yielded] * 3):
        runner.submit(BACKGROUND, steps)
    runner.cancel(BACKGROUND)
    with qtbot.waitSignal(runner.succeeded) as told:
        runner.submit(BACKGROUND, where)

    assert set(threads) == {told.args[1]}
    assert len(threads) >= 4


def test_a_thousand_submits_deliver_the_last(qtbot: QtBot, runner: JobRunner) -> None:
    heard: list[int] = []
    runner.succeeded.connect(lambda _lane, number: heard.append(number))

    def numbered(number: int) -> Callable[[Stop, Report], int]:
        return lambda stop, report: number

    with qtbot.waitSignal(
        runner.busy_changed, check_params_cb=lambda lane, busy: (lane, busy) == (SENTENCE, False)
    ):
        for number in range(1000):
            runner.submit(SENTENCE, numbered(number))

    assert heard[-1] == 999
    assert heard == sorted(heard)
    assert runner.is_idle


def test_running_work_learns_that_it_was_overtaken(qtbot: QtBot, runner: JobRunner) -> None:
    started = threading.Event()

    def until_stopped(stop: Stop, report: Report) -> None:
        started.set()
        while not stop():
            pass
        raise Stopped

    runner.submit(SENTENCE, until_stopped)
    assert started.wait(PATIENCE_S)
    with qtbot.waitSignal(runner.succeeded) as told:
        runner.submit(SENTENCE, lambda stop, report: "new")

    assert told.args == [SENTENCE, "new"]


OPERATIONS, MOMENT_S = 2000, 0.0005
"""Each gives Python's lock away and wants it back, as every operation of torch does."""


def test_work_goes_on_while_a_menu_is_open(qtbot: QtBot, runner: JobRunner) -> None:
    button, menu = QToolButton(), QMenu()
    for widget in (button, menu):
        qtbot.addWidget(widget)
    menu.addAction("An entry")
    button.setMenu(menu)
    button.show()
    # Should the work stand still, the menu is closed all the same.
    patience = QTimer(button, singleShot=True, interval=100 * PATIENCE_S)
    patience.timeout.connect(menu.close)

    def operations(stop: Stop, report: Report) -> Generator[int, None, str]:
        for step in range(5):
            for _ in range(OPERATIONS // 5):
                select.select([], [], [], MOMENT_S)
            yield step
        return "done"

    def open_menu() -> None:
        patience.start()
        runner.submit(BACKGROUND, operations)
        button.showMenu()  # returns when it is closed, and keeps Python's lock until then
        patience.stop()

    was_open: list[bool] = []
    runner.succeeded.connect(lambda *_told: was_open.append(menu.isVisible()))
    runner.succeeded.connect(menu.close)
    QTimer.singleShot(0, button, open_menu)
    with qtbot.waitSignal(runner.succeeded):
        pass

    assert was_open == [True]


class InstantExecutor(ThreadPoolExecutor):
    """A worker so quick that each call has ended before ``submit`` returns."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future = super().submit(fn, *args, **kwargs)
        future.exception(PATIENCE_S)
        return future


def test_not_even_the_quickest_result_arrives_inside_submit(qtbot: QtBot) -> None:
    runner = JobRunner(InstantExecutor(1))
    heard: list[str] = []
    runner.succeeded.connect(lambda _lane, result: heard.append(result))

    with qtbot.waitSignal(runner.succeeded):
        runner.submit(SENTENCE, lambda stop, report: "quick")
        assert heard == []

    assert heard == ["quick"]
    runner.shutdown(wait=True)


def test_progress_that_is_on_its_way_when_newer_work_comes_is_dropped(qtbot: QtBot) -> None:
    runner = JobRunner(InstantExecutor(1))
    told: list[Any] = []
    runner.progressed.connect(lambda *heard: told.append(heard))

    def reporting(stop: Stop, report: Report) -> str:
        report("old", None)
        return "old"

    runner.submit(SENTENCE, reporting)
    with qtbot.waitSignal(runner.succeeded) as result:
        runner.submit(SENTENCE, lambda stop, report: "new")

    assert result.args == [SENTENCE, "new"]
    assert told == []
    runner.shutdown(wait=True)


def test_shutdown_delivers_nothing_and_leaves_no_thread(qtbot: QtBot) -> None:
    runner, started = JobRunner(), threading.Event()
    before = set(threading.enumerate())
    told: list[Any] = []
    for signal in (runner.succeeded, runner.yielded, runner.failed, runner.busy_changed):
        signal.connect(lambda *heard: told.append(heard))

    def until_stopped(stop: Stop, report: Report) -> str:
        started.set()
        while not stop():
            pass
        report("ended", 1.0)
        return "too late"

    runner.submit(SENTENCE, until_stopped)
    runner.submit(BACKGROUND, until_stopped)
    assert started.wait(PATIENCE_S)
    told.clear()
    runner.shutdown(wait=True)
    qtbot.waitUntil(lambda: set(threading.enumerate()) <= before)

    runner.submit(SENTENCE, where)
    assert told == []
    assert runner.is_busy(SENTENCE) is False


@pytest.mark.usefixtures("qapp")
def test_a_result_that_is_on_its_way_at_shutdown_is_dropped(qtbot: QtBot) -> None:
    runner = JobRunner(InstantExecutor(1))
    told: list[Any] = []
    runner.succeeded.connect(lambda *heard: told.append(heard))
    runner.submit(SENTENCE, where)  # done, and its signal waits in the GUI thread's queue

    runner.shutdown(wait=True)
    with qtbot.waitSignal(runner.destroyed):
        runner.deleteLater()

    assert told == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("steps_run", [0, 1])
def test_shutdown_closes_steps_before_the_worker_ends(steps_run: int) -> None:
    executor = HandCrankedExecutor()
    runner = JobRunner(executor)
    ran: list[str] = []

    def steps(stop: Stop, report: Report) -> Generator[int, None, None]:
        try:
            ran.append("step")
            yield 1
            if not stop():
                ran.append("another step")
                yield 1
        finally:
            ran.append("closed")

    runner.submit(BACKGROUND, steps)
    executor.run_next()
    if steps_run == 0:
        runner.submit(SENTENCE, where)
        executor.run_next()
    ran.clear()
    runner.shutdown(wait=True)

    assert ran == ["closed"]


def test_after_closing_what_runs_has_a_moment_to_leave_nothing_half_done(runner: JobRunner) -> None:
    begun, put_away = threading.Event(), threading.Event()

    def work(stop: Stop, report: Report) -> None:
        begun.set()
        while not stop():
            pass
        put_away.set()

    runner.submit(SENTENCE, work)
    assert begun.wait(PATIENCE_S)

    runner.shutdown()
    runner.linger(60)

    assert put_away.is_set()


def test_there_is_nothing_to_linger_for_where_nothing_was_asked(runner: JobRunner) -> None:
    runner.shutdown()

    runner.linger(60)  # or it would take a minute
