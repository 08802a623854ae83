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

from roberta_gui.gui.work.jobs import JobRunner, Lane
from roberta_gui.problems import NoNetwork, Stopped
from roberta_gui.records import Report, Stop
from tests.gui.cranked_runner import BACKGROUND, MODEL, SENTENCE, LoadedModel
from tests.hand_cranked import HandCrankedExecutor

pytestmark = pytest.mark.usefixtures("qapp")


def test_a_result_is_told_once_with_its_lane(bench: LoadedModel) -> None:
    bench.runner.submit(SENTENCE, bench.plain("a"))
    bench.executor.run_all()

    assert bench.heard == [
        ("busy_changed", SENTENCE, True),
        ("succeeded", SENTENCE, "a"),
        ("busy_changed", SENTENCE, False),
    ]


def test_a_superseded_pending_job_never_runs(bench: LoadedModel) -> None:
    for name in "abc":
        bench.runner.submit(SENTENCE, bench.plain(name))
    bench.executor.run_all()

    assert bench.ran == ["c"]
    assert bench.told("succeeded", "failed") == [("succeeded", SENTENCE, "c")]


def test_a_waiting_job_behind_a_running_one_is_superseded_too(bench: LoadedModel) -> None:
    bench.runner.submit(MODEL, bench.plain("model"))
    for name in "abc":
        bench.runner.submit(SENTENCE, bench.plain(name))
    bench.executor.run_all()

    assert bench.ran == ["model", "c"]


def test_a_stale_result_is_dropped(bench: LoadedModel) -> None:
    def overtaken(stop: Stop, report: Report) -> str:
        assert not stop()
        bench.runner.submit(SENTENCE, bench.plain("new"))
        assert stop()
        return "old"

    bench.runner.submit(SENTENCE, overtaken)
    bench.executor.run_all()

    assert bench.told("succeeded") == [("succeeded", SENTENCE, "new")]


def test_a_stale_error_is_dropped(bench: LoadedModel) -> None:
    def overtaken(stop: Stop, report: Report) -> None:
        bench.runner.submit(SENTENCE, bench.plain("new"))
        raise NoNetwork("The hub cannot be reached.")

    bench.runner.submit(SENTENCE, overtaken)
    bench.executor.run_all()

    assert bench.told("succeeded", "failed") == [("succeeded", SENTENCE, "new")]


@pytest.mark.parametrize("steps_run", [1, 2])
def test_superseded_steps_are_closed_and_never_asked_again(
    bench: LoadedModel, steps_run: int
) -> None:
    bench.runner.submit(BACKGROUND, bench.stepped("old", 9))
    for _ in range(steps_run):
        bench.executor.run_next()
    bench.runner.submit(BACKGROUND, bench.plain("new"))
    bench.executor.run_all()

    asked = [f"old{step}" for step in range(steps_run)]
    assert bench.ran == [*asked, "old closed", "new"]


def test_waiting_steps_that_are_cancelled_are_closed_by_the_worker(bench: LoadedModel) -> None:
    bench.runner.submit(BACKGROUND, bench.stepped("axes", 9))
    bench.executor.run_next()
    bench.runner.submit(SENTENCE, bench.plain("sentence"))
    bench.executor.run_next()  # a step of the axes ends, so the sentence is handed over
    bench.runner.cancel(BACKGROUND)

    assert bench.ran == ["axes0", "axes1"]
    bench.executor.run_all()
    assert bench.ran == ["axes0", "axes1", "sentence", "axes closed"]


@pytest.mark.parametrize(
    "end", [lambda runner: runner.cancel(BACKGROUND), JobRunner.shutdown], ids=["cancel", "close"]
)
def test_steps_that_end_while_one_is_under_way_are_closed_by_the_worker(
    bench: LoadedModel, end: Callable[[JobRunner], None]
) -> None:
    def steps() -> Generator[int, None, None]:
        end(bench.runner)
        yield 1
        yield 2

    # Held here, so that only the runner can close it and not the garbage collection.
    kept = steps()
    bench.runner.submit(BACKGROUND, lambda stop, report: kept)
    bench.executor.run_all()

    assert inspect.getgeneratorstate(kept) == inspect.GEN_CLOSED
    assert bench.told("yielded", "succeeded") == []


def test_work_that_outlives_the_window_may_still_report(bench: LoadedModel) -> None:
    ended: list[bool] = []

    def slow(stop: Stop, report: Report) -> None:
        bench.runner.shutdown()
        shiboken6.delete(bench.runner)
        report("nobody listens", 1.0)
        ended.append(True)

    bench.runner.submit(MODEL, slow)
    bench.executor.run_all()

    assert ended == [True]


@pytest.mark.expects_log("lane sentence failed")
@pytest.mark.parametrize(
    "error", [ValueError("no"), StopIteration("no"), BaseException("a panic in Rust")]
)
def test_an_error_is_told_once_and_logged(bench: LoadedModel, error: BaseException) -> None:
    def broken(stop: Stop, report: Report) -> None:
        raise error

    bench.runner.submit(SENTENCE, broken)
    bench.executor.run_all()

    assert bench.heard == [
        ("busy_changed", SENTENCE, True),
        ("failed", SENTENCE, error),
        ("busy_changed", SENTENCE, False),
    ]


def test_the_log_holds_the_traceback(bench: LoadedModel, caplog: pytest.LogCaptureFixture) -> None:
    def broken(stop: Stop, report: Report) -> None:
        raise ValueError("seven")

    bench.runner.submit(SENTENCE, broken)
    bench.executor.run_all()

    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("ERROR", "lane sentence failed")
    assert "in broken" in caplog.text
    assert "ValueError: seven" in caplog.text


@pytest.mark.expects_log("lane background failed")
def test_an_error_in_a_later_step_ends_the_work(bench: LoadedModel) -> None:
    error = ValueError("second step")

    def broken(stop: Stop, report: Report) -> Generator[int, None, None]:
        yield 1
        raise error

    bench.runner.submit(BACKGROUND, broken)
    bench.executor.run_all()

    assert bench.told("yielded", "failed") == [
        ("yielded", BACKGROUND, 1),
        ("failed", BACKGROUND, error),
    ]
    assert bench.runner.is_idle


def test_stopped_is_silent(bench: LoadedModel) -> None:
    def stopping(stop: Stop, report: Report) -> None:
        raise Stopped

    bench.runner.submit(SENTENCE, stopping)
    bench.executor.run_all()

    assert bench.told("succeeded", "failed") == []
    assert bench.told("busy_changed")[-1] == ("busy_changed", SENTENCE, False)


def test_progress_is_told_with_and_without_a_fraction(bench: LoadedModel) -> None:
    def reporting(stop: Stop, report: Report) -> None:
        report("Reading", None)
        report("Fitting", 0.5)

    bench.runner.submit(BACKGROUND, reporting)
    bench.executor.run_all()

    assert bench.told("progressed") == [
        ("progressed", BACKGROUND, "Reading", None),
        ("progressed", BACKGROUND, "Fitting", 0.5),
    ]


def test_only_the_newest_work_of_a_lane_tells_progress(bench: LoadedModel) -> None:
    def overtaken(stop: Stop, report: Report) -> None:
        report("old, while it was the newest", None)
        bench.runner.submit(SENTENCE, bench.plain("new"))
        report("old, overtaken", None)

    bench.runner.submit(SENTENCE, overtaken)
    bench.executor.run_all()

    assert [text for _, _, text, _ in bench.told("progressed")] == ["old, while it was the newest"]


def test_cancel_forgets_waiting_work_and_stops_running_work(bench: LoadedModel) -> None:
    seen: list[bool] = []

    def cancelled(stop: Stop, report: Report) -> str:
        bench.runner.cancel(MODEL)
        bench.runner.cancel(SENTENCE)
        seen.append(stop())
        return "too late"

    bench.runner.submit(MODEL, cancelled)
    bench.runner.submit(SENTENCE, bench.plain("sentence"))
    bench.executor.run_all()

    assert (seen, bench.ran) == ([True], [])
    assert bench.told("succeeded") == []
    assert bench.runner.is_idle


def test_cancelling_an_idle_lane_tells_nothing(bench: LoadedModel) -> None:
    bench.runner.cancel(SENTENCE)

    assert bench.heard == []


def test_busy_alternates_exactly(bench: LoadedModel) -> None:
    bench.runner.submit(SENTENCE, bench.plain("a"))
    bench.runner.submit(SENTENCE, bench.plain("b"))
    bench.executor.run_all()
    bench.runner.submit(BACKGROUND, bench.stepped("axes", 2))
    bench.executor.run_all()
    bench.runner.submit(SENTENCE, bench.plain("c"))
    bench.runner.cancel(SENTENCE)
    bench.executor.run_all()

    assert bench.told("busy_changed") == [
        ("busy_changed", lane, busy)
        for lane in (SENTENCE, BACKGROUND, SENTENCE)
        for busy in (True, False)
    ]


def test_work_submitted_by_a_listener_keeps_its_lane_busy_without_a_gap(bench: LoadedModel) -> None:
    again = [bench.plain("b")]

    def submit_again(lane: Lane, _result: str) -> None:
        if again:
            bench.runner.submit(lane, again.pop())

    bench.runner.succeeded.connect(submit_again)
    bench.runner.submit(SENTENCE, bench.plain("a"))
    bench.executor.run_all()

    assert bench.heard == [
        ("busy_changed", SENTENCE, True),
        ("succeeded", SENTENCE, "a"),
        ("succeeded", SENTENCE, "b"),
        ("busy_changed", SENTENCE, False),
    ]


def test_a_listener_may_cancel_steps_that_stream(bench: LoadedModel) -> None:
    bench.runner.yielded.connect(lambda lane, _value: bench.runner.cancel(lane))
    bench.runner.submit(BACKGROUND, bench.stepped("axes", 9))
    bench.executor.run_all()

    assert bench.ran == ["axes0", "axes closed"]
    assert bench.told("busy_changed", "yielded", "succeeded") == [
        ("busy_changed", BACKGROUND, True),
        ("yielded", BACKGROUND, 0),
        ("busy_changed", BACKGROUND, False),
    ]


def test_it_says_what_is_busy_and_when_all_is_done(bench: LoadedModel) -> None:
    assert bench.runner.is_idle

    bench.runner.submit(SENTENCE, bench.plain("a"))
    assert bench.runner.is_busy(SENTENCE)
    assert not bench.runner.is_busy(MODEL)

    bench.runner.cancel(SENTENCE)
    assert not bench.runner.is_busy(SENTENCE)
    assert not bench.runner.is_idle  # the worker has not let go of it yet

    bench.executor.run_all()
    assert bench.runner.is_idle


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
