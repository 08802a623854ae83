"""One worker, lanes with ranks, the newest wins: order is proved by cranking by hand."""

import inspect
import os
import sys
import threading
from collections.abc import Callable, Generator

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from roberta_gui.gui.work.jobs import JobRunner
from roberta_gui.lanes import MODEL, SENTENCE, Lane
from roberta_gui.problems import NoNetwork, Stopped
from roberta_gui.records import Report, Stop
from tests.gui.cranked_runner import BACKGROUND, CrankedRunner
from tests.hand_cranked import HandCrankedExecutor

pytestmark = pytest.mark.usefixtures("qapp")


def test_a_result_is_told_once_with_its_lane(cranked: CrankedRunner) -> None:
    cranked.runner.submit(SENTENCE, cranked.plain("a"))
    cranked.executor.run_all()

    assert cranked.heard == [
        ("busy_changed", SENTENCE, True),
        ("succeeded", SENTENCE, "a"),
        ("busy_changed", SENTENCE, False),
    ]


def test_a_superseded_pending_job_never_runs(cranked: CrankedRunner) -> None:
    for name in "abc":
        cranked.runner.submit(SENTENCE, cranked.plain(name))
    cranked.executor.run_all()

    assert cranked.ran == ["c"]
    assert cranked.told("succeeded", "failed") == [("succeeded", SENTENCE, "c")]


def test_a_waiting_job_behind_a_running_one_is_superseded_too(cranked: CrankedRunner) -> None:
    cranked.runner.submit(MODEL, cranked.plain("model"))
    for name in "abc":
        cranked.runner.submit(SENTENCE, cranked.plain(name))
    cranked.executor.run_all()

    assert cranked.ran == ["model", "c"]


def test_a_stale_result_is_dropped(cranked: CrankedRunner) -> None:
    def overtaken(stop: Stop, report: Report) -> str:
        assert not stop()
        cranked.runner.submit(SENTENCE, cranked.plain("new"))
        assert stop()
        return "old"

    cranked.runner.submit(SENTENCE, overtaken)
    cranked.executor.run_all()

    assert cranked.told("succeeded") == [("succeeded", SENTENCE, "new")]


def test_a_stale_error_is_dropped(cranked: CrankedRunner) -> None:
    def overtaken(stop: Stop, report: Report) -> None:
        cranked.runner.submit(SENTENCE, cranked.plain("new"))
        raise NoNetwork("The hub cannot be reached.")

    cranked.runner.submit(SENTENCE, overtaken)
    cranked.executor.run_all()

    assert cranked.told("succeeded", "failed") == [("succeeded", SENTENCE, "new")]


@pytest.mark.parametrize("steps_run", [1, 2])
def test_superseded_steps_are_closed_and_never_asked_again(
    cranked: CrankedRunner, steps_run: int
) -> None:
    cranked.runner.submit(BACKGROUND, cranked.stepped("old", 9))
    for _ in range(steps_run):
        cranked.executor.run_next()
    cranked.runner.submit(BACKGROUND, cranked.plain("new"))
    cranked.executor.run_all()

    asked = [f"old{step}" for step in range(steps_run)]
    assert cranked.ran == [*asked, "old closed", "new"]


def test_waiting_steps_that_are_cancelled_are_closed_by_the_worker(cranked: CrankedRunner) -> None:
    cranked.runner.submit(BACKGROUND, cranked.stepped("axes", 9))
    cranked.executor.run_next()
    cranked.runner.submit(SENTENCE, cranked.plain("sentence"))
    cranked.executor.run_next()  # a step of the axes ends, so the sentence is handed over
    cranked.runner.cancel(BACKGROUND)

    assert cranked.ran == ["axes0", "axes1"]
    cranked.executor.run_all()
    assert cranked.ran == ["axes0", "axes1", "sentence", "axes closed"]


@pytest.mark.parametrize(
    "end", [lambda runner: runner.cancel(BACKGROUND), JobRunner.shutdown], ids=["cancel", "close"]
)
def test_steps_that_end_while_one_is_under_way_are_closed_by_the_worker(
    cranked: CrankedRunner, end: Callable[[JobRunner], None]
) -> None:
    def steps() -> Generator[int, None, None]:
        end(cranked.runner)
        yield 1
        yield 2

    # Held here, so that only the runner can close it and not the garbage collection.
    kept = steps()
    cranked.runner.submit(BACKGROUND, lambda stop, report: kept)
    cranked.executor.run_all()

    assert inspect.getgeneratorstate(kept) == inspect.GEN_CLOSED
    assert cranked.told("yielded", "succeeded") == []


def test_work_that_outlives_the_window_may_still_report(cranked: CrankedRunner) -> None:
    ended: list[bool] = []

    def slow(stop: Stop, report: Report) -> None:
        cranked.runner.shutdown()
        shiboken6.delete(cranked.runner)
        report("nobody listens", 1.0)
        ended.append(True)

    cranked.runner.submit(MODEL, slow)
    cranked.executor.run_all()

    assert ended == [True]


@pytest.mark.expects_log("lane sentence failed")
@pytest.mark.parametrize(
    "error", [ValueError("no"), StopIteration("no"), BaseException("a panic in Rust")]
)
def test_an_error_is_told_once_and_logged(cranked: CrankedRunner, error: BaseException) -> None:
    def broken(stop: Stop, report: Report) -> None:
        raise error

    cranked.runner.submit(SENTENCE, broken)
    cranked.executor.run_all()

    assert cranked.heard == [
        ("busy_changed", SENTENCE, True),
        ("failed", SENTENCE, error),
        ("busy_changed", SENTENCE, False),
    ]


def test_the_log_holds_the_traceback(
    cranked: CrankedRunner, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(stop: Stop, report: Report) -> None:
        raise ValueError("seven")

    cranked.runner.submit(SENTENCE, broken)
    cranked.executor.run_all()

    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("ERROR", "lane sentence failed")
    assert "in broken" in caplog.text
    assert "ValueError: seven" in caplog.text


@pytest.mark.expects_log("lane background failed")
def test_an_error_in_a_later_step_ends_the_work(cranked: CrankedRunner) -> None:
    error = ValueError("second step")

    def broken(stop: Stop, report: Report) -> Generator[int, None, None]:
        yield 1
        raise error

    cranked.runner.submit(BACKGROUND, broken)
    cranked.executor.run_all()

    assert cranked.told("yielded", "failed") == [
        ("yielded", BACKGROUND, 1),
        ("failed", BACKGROUND, error),
    ]
    assert cranked.runner.is_idle


def test_stopped_is_silent(cranked: CrankedRunner) -> None:
    def stopping(stop: Stop, report: Report) -> None:
        raise Stopped

    cranked.runner.submit(SENTENCE, stopping)
    cranked.executor.run_all()

    assert cranked.told("succeeded", "failed") == []
    assert cranked.told("busy_changed")[-1] == ("busy_changed", SENTENCE, False)


def test_progress_is_told_with_and_without_a_fraction(cranked: CrankedRunner) -> None:
    def reporting(stop: Stop, report: Report) -> None:
        report("Reading", None)
        report("Fitting", 0.5)

    cranked.runner.submit(BACKGROUND, reporting)
    cranked.executor.run_all()

    assert cranked.told("progressed") == [
        ("progressed", BACKGROUND, "Reading", None),
        ("progressed", BACKGROUND, "Fitting", 0.5),
    ]


def test_only_the_newest_work_of_a_lane_tells_progress(cranked: CrankedRunner) -> None:
    def overtaken(stop: Stop, report: Report) -> None:
        report("old, while it was the newest", None)
        cranked.runner.submit(SENTENCE, cranked.plain("new"))
        report("old, overtaken", None)

    cranked.runner.submit(SENTENCE, overtaken)
    cranked.executor.run_all()

    assert [text for _, _, text, _ in cranked.told("progressed")] == [
        "old, while it was the newest"
    ]


def test_cancel_forgets_waiting_work_and_stops_running_work(cranked: CrankedRunner) -> None:
    seen: list[bool] = []

    def cancelled(stop: Stop, report: Report) -> str:
        cranked.runner.cancel(MODEL)
        cranked.runner.cancel(SENTENCE)
        seen.append(stop())
        return "too late"

    cranked.runner.submit(MODEL, cancelled)
    cranked.runner.submit(SENTENCE, cranked.plain("sentence"))
    cranked.executor.run_all()

    assert (seen, cranked.ran) == ([True], [])
    assert cranked.told("succeeded") == []
    assert cranked.runner.is_idle


def test_cancelling_an_idle_lane_tells_nothing(cranked: CrankedRunner) -> None:
    cranked.runner.cancel(SENTENCE)

    assert cranked.heard == []


def test_busy_alternates_exactly(cranked: CrankedRunner) -> None:
    cranked.runner.submit(SENTENCE, cranked.plain("a"))
    cranked.runner.submit(SENTENCE, cranked.plain("b"))
    cranked.executor.run_all()
    cranked.runner.submit(BACKGROUND, cranked.stepped("axes", 2))
    cranked.executor.run_all()
    cranked.runner.submit(SENTENCE, cranked.plain("c"))
    cranked.runner.cancel(SENTENCE)
    cranked.executor.run_all()

    assert cranked.told("busy_changed") == [
        ("busy_changed", lane, busy)
        for lane in (SENTENCE, BACKGROUND, SENTENCE)
        for busy in (True, False)
    ]


def test_work_submitted_by_a_listener_keeps_its_lane_busy_without_a_gap(
    cranked: CrankedRunner,
) -> None:
    again = [cranked.plain("b")]

    def submit_again(lane: Lane, _result: str) -> None:
        if again:
            cranked.runner.submit(lane, again.pop())

    cranked.runner.succeeded.connect(submit_again)
    cranked.runner.submit(SENTENCE, cranked.plain("a"))
    cranked.executor.run_all()

    assert cranked.heard == [
        ("busy_changed", SENTENCE, True),
        ("succeeded", SENTENCE, "a"),
        ("succeeded", SENTENCE, "b"),
        ("busy_changed", SENTENCE, False),
    ]


def test_a_listener_may_cancel_steps_that_stream(cranked: CrankedRunner) -> None:
    cranked.runner.yielded.connect(lambda lane, _value: cranked.runner.cancel(lane))
    cranked.runner.submit(BACKGROUND, cranked.stepped("axes", 9))
    cranked.executor.run_all()

    assert cranked.ran == ["axes0", "axes closed"]
    assert cranked.told("busy_changed", "yielded", "succeeded") == [
        ("busy_changed", BACKGROUND, True),
        ("yielded", BACKGROUND, 0),
        ("busy_changed", BACKGROUND, False),
    ]


def test_it_says_what_is_busy_and_when_all_is_done(cranked: CrankedRunner) -> None:
    assert cranked.runner.is_idle

    cranked.runner.submit(SENTENCE, cranked.plain("a"))
    assert cranked.runner.is_busy(SENTENCE)
    assert not cranked.runner.is_busy(MODEL)

    cranked.runner.cancel(SENTENCE)
    assert not cranked.runner.is_busy(SENTENCE)
    assert not cranked.runner.is_idle  # the worker has not let go of it yet

    cranked.executor.run_all()
    assert cranked.runner.is_idle


def test_a_parent_owns_its_runner() -> None:
    parent = QObject()

    assert JobRunner(HandCrankedExecutor(), parent).parent() is parent


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has a priority of its own there only")
def test_the_worker_gives_way_to_the_window_where_both_want_a_core(qtbot: QtBot) -> None:
    runner = JobRunner()

    def priority(_stop: Stop, _report: Report) -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    with qtbot.waitSignal(runner.succeeded) as heard:
        runner.submit(SENTENCE, priority)
    runner.shutdown(wait=True)

    assert heard.args[1] > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
