"""One worker, lanes with ranks, the newest wins: order is proved by cranking by hand."""

import inspect
from collections.abc import Callable, Generator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QObject

from roberta_gui.gui.work.jobs import JobRunner, Turn
from roberta_gui.problems import NoNetwork, Stopped
from roberta_gui.records import Report, Stop
from tests.gui.cranked_runner import Bench
from tests.hand_cranked import HandCrankedExecutor

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_result_is_told_once_with_its_lane(bench: Bench) -> None:
    bench.runner.submit("sentence", bench.plain("a"))
    bench.executor.run_all()

    assert bench.heard == [
        ("busy_changed", "sentence", True),
        ("succeeded", "sentence", "a"),
        ("busy_changed", "sentence", False),
    ]


def test_a_superseded_pending_job_never_runs(bench: Bench) -> None:
    for name in "abc":
        bench.runner.submit("sentence", bench.plain(name))
    bench.executor.run_all()

    assert bench.ran == ["c"]
    assert bench.told("succeeded", "failed") == [("succeeded", "sentence", "c")]


def test_a_waiting_job_behind_a_running_one_is_superseded_too(bench: Bench) -> None:
    bench.runner.submit("model", bench.plain("model"))
    for name in "abc":
        bench.runner.submit("sentence", bench.plain(name))
    bench.executor.run_all()

    assert bench.ran == ["model", "c"]


def test_a_stale_result_is_dropped(bench: Bench) -> None:
    def overtaken(stop: Stop, report: Report) -> str:
        assert not stop()
        bench.runner.submit("sentence", bench.plain("new"))
        assert stop()
        return "old"

    bench.runner.submit("sentence", overtaken)
    bench.executor.run_all()

    assert bench.told("succeeded") == [("succeeded", "sentence", "new")]


def test_a_stale_error_is_dropped(bench: Bench) -> None:
    def overtaken(stop: Stop, report: Report) -> None:
        bench.runner.submit("sentence", bench.plain("new"))
        raise NoNetwork("The hub cannot be reached.")

    bench.runner.submit("sentence", overtaken)
    bench.executor.run_all()

    assert bench.told("succeeded", "failed") == [("succeeded", "sentence", "new")]


def test_the_most_urgent_lane_goes_first(bench: Bench) -> None:
    bench.runner.submit("background", bench.plain("first"))  # is under way when the others come
    for lane in ("panel:heads", "background", "sentence", "model"):
        bench.runner.submit(lane, bench.plain(lane))
    bench.executor.run_all()

    assert bench.ran == ["model", "sentence", "panel:heads", "background"]


def test_steps_go_back_to_the_queue_so_that_a_sentence_overtakes_them(bench: Bench) -> None:
    bench.runner.submit("background", bench.stepped("axes", 3))
    bench.executor.run_next()
    bench.runner.submit("sentence", bench.plain("sentence"))
    bench.executor.run_all()

    # The second step was handed over before the sentence came; no further one goes ahead of it.
    assert bench.ran == ["axes0", "axes1", "sentence", "axes2"]
    assert bench.told("yielded") == [("yielded", "background", step) for step in range(3)]
    assert bench.told("succeeded") == [
        ("succeeded", "sentence", "sentence"),
        ("succeeded", "background", "axes"),
    ]


def test_two_panel_lanes_take_turns(bench: Bench) -> None:
    bench.runner.submit("panel:a", bench.stepped("a", 3))
    bench.runner.submit("panel:b", bench.stepped("b", 3))
    bench.executor.run_all()

    assert bench.ran == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_work_that_waits_lets_all_others_go_first_and_streams_nothing(bench: Bench) -> None:
    def download(stop: Stop, report: Report) -> Generator[Turn, None, str]:
        for step in range(3):
            bench.ran.append(f"wait{step}")
            yield Turn.OTHERS
        bench.ran.append("open")
        return "model"

    bench.runner.submit("model", download)
    bench.runner.submit("background", bench.stepped("axes", 2))
    bench.executor.run_next()
    bench.runner.submit("sentence", bench.plain("sentence"))
    bench.executor.run_all()

    # After a step of what is less urgent than a sentence it is the turn of the one that waits.
    assert bench.ran == ["wait0", "axes0", "sentence", "wait1", "axes1", "wait2", "open"]
    assert [lane for _, lane, _ in bench.told("yielded")] == ["background"] * 2
    assert ("succeeded", "model", "model") in bench.heard


def test_work_that_has_waited_is_as_urgent_as_before(bench: Bench) -> None:
    def download(stop: Stop, report: Report) -> Generator[Any, None, str]:
        yield Turn.OTHERS
        bench.ran.append("arrived")
        yield None
        bench.ran.append("open")
        return "model"

    bench.runner.submit("model", download)
    for _ in range(2):
        bench.executor.run_next()
    bench.runner.submit("sentence", bench.plain("sentence"))
    bench.executor.run_all()

    assert bench.ran == ["arrived", "open", "sentence"]


@pytest.mark.parametrize("steps_run", [1, 2])
def test_superseded_steps_are_closed_and_never_asked_again(bench: Bench, steps_run: int) -> None:
    bench.runner.submit("background", bench.stepped("old", 9))
    for _ in range(steps_run):
        bench.executor.run_next()
    bench.runner.submit("background", bench.plain("new"))
    bench.executor.run_all()

    asked = [f"old{step}" for step in range(steps_run)]
    assert bench.ran == [*asked, "old closed", "new"]


def test_waiting_steps_that_are_cancelled_are_closed_by_the_worker(bench: Bench) -> None:
    bench.runner.submit("background", bench.stepped("axes", 9))
    bench.executor.run_next()
    bench.runner.submit("sentence", bench.plain("sentence"))
    bench.executor.run_next()  # a step of the axes ends, so the sentence is handed over
    bench.runner.cancel("background")

    assert bench.ran == ["axes0", "axes1"]
    bench.executor.run_all()
    assert bench.ran == ["axes0", "axes1", "sentence", "axes closed"]


@pytest.mark.parametrize(
    "end", [lambda runner: runner.cancel("background"), JobRunner.shutdown], ids=["cancel", "close"]
)
def test_steps_that_end_while_one_is_under_way_are_closed_by_the_worker(
    bench: Bench, end: Callable[[JobRunner], None]
) -> None:
    def steps() -> Generator[int, None, None]:
        end(bench.runner)
        yield 1
        yield 2

    # Held here, so that only the runner can close it and not the garbage collection.
    kept = steps()
    bench.runner.submit("background", lambda stop, report: kept)
    bench.executor.run_all()

    assert inspect.getgeneratorstate(kept) == inspect.GEN_CLOSED
    assert bench.told("yielded", "succeeded") == []


def test_work_that_outlives_the_window_may_still_report(bench: Bench) -> None:
    ended: list[bool] = []

    def slow(stop: Stop, report: Report) -> None:
        bench.runner.shutdown()
        shiboken6.delete(bench.runner)
        report("nobody listens", 1.0)
        ended.append(True)

    bench.runner.submit("model", slow)
    bench.executor.run_all()

    assert ended == [True]


@pytest.mark.expects_log("lane sentence failed")
@pytest.mark.parametrize(
    "error", [ValueError("no"), StopIteration("no"), BaseException("a panic in Rust")]
)
def test_an_error_is_told_once_and_logged(bench: Bench, error: BaseException) -> None:
    def broken(stop: Stop, report: Report) -> None:
        raise error

    bench.runner.submit("sentence", broken)
    bench.executor.run_all()

    assert bench.heard == [
        ("busy_changed", "sentence", True),
        ("failed", "sentence", error),
        ("busy_changed", "sentence", False),
    ]


def test_the_log_holds_the_traceback(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    def broken(stop: Stop, report: Report) -> None:
        raise ValueError("seven")

    bench.runner.submit("sentence", broken)
    bench.executor.run_all()

    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("ERROR", "lane sentence failed")
    assert "in broken" in caplog.text
    assert "ValueError: seven" in caplog.text


@pytest.mark.expects_log("lane background failed")
def test_an_error_in_a_later_step_ends_the_work(bench: Bench) -> None:
    error = ValueError("second step")

    def broken(stop: Stop, report: Report) -> Generator[int, None, None]:
        yield 1
        raise error

    bench.runner.submit("background", broken)
    bench.executor.run_all()

    assert bench.told("yielded", "failed") == [
        ("yielded", "background", 1),
        ("failed", "background", error),
    ]
    assert bench.runner.is_idle


def test_stopped_is_silent(bench: Bench) -> None:
    def stopping(stop: Stop, report: Report) -> None:
        raise Stopped

    bench.runner.submit("sentence", stopping)
    bench.executor.run_all()

    assert bench.told("succeeded", "failed") == []
    assert bench.told("busy_changed")[-1] == ("busy_changed", "sentence", False)


def test_progress_is_told_with_and_without_a_fraction(bench: Bench) -> None:
    def reporting(stop: Stop, report: Report) -> None:
        report("Reading", None)
        report("Fitting", 0.5)

    bench.runner.submit("background", reporting)
    bench.executor.run_all()

    assert bench.told("progressed") == [
        ("progressed", "background", "Reading", None),
        ("progressed", "background", "Fitting", 0.5),
    ]


def test_only_the_newest_work_of_a_lane_tells_progress(bench: Bench) -> None:
    def overtaken(stop: Stop, report: Report) -> None:
        report("old, while it was the newest", None)
        bench.runner.submit("sentence", bench.plain("new"))
        report("old, overtaken", None)

    bench.runner.submit("sentence", overtaken)
    bench.executor.run_all()

    assert [text for _, _, text, _ in bench.told("progressed")] == ["old, while it was the newest"]


def test_cancel_forgets_waiting_work_and_stops_running_work(bench: Bench) -> None:
    seen: list[bool] = []

    def cancelled(stop: Stop, report: Report) -> str:
        bench.runner.cancel("model")
        bench.runner.cancel("sentence")
        seen.append(stop())
        return "too late"

    bench.runner.submit("model", cancelled)
    bench.runner.submit("sentence", bench.plain("sentence"))
    bench.executor.run_all()

    assert (seen, bench.ran) == ([True], [])
    assert bench.told("succeeded") == []
    assert bench.runner.is_idle


def test_cancelling_an_idle_lane_tells_nothing(bench: Bench) -> None:
    bench.runner.cancel("sentence")

    assert bench.heard == []


def test_busy_alternates_exactly(bench: Bench) -> None:
    bench.runner.submit("sentence", bench.plain("a"))
    bench.runner.submit("sentence", bench.plain("b"))
    bench.executor.run_all()
    bench.runner.submit("background", bench.stepped("axes", 2))
    bench.executor.run_all()
    bench.runner.submit("sentence", bench.plain("c"))
    bench.runner.cancel("sentence")
    bench.executor.run_all()

    assert bench.told("busy_changed") == [
        ("busy_changed", lane, busy)
        for lane in ("sentence", "background", "sentence")
        for busy in (True, False)
    ]


def test_work_submitted_by_a_listener_keeps_its_lane_busy_without_a_gap(bench: Bench) -> None:
    again = [bench.plain("b")]

    def submit_again(lane: str, _result: str) -> None:
        if again:
            bench.runner.submit(lane, again.pop())

    bench.runner.succeeded.connect(submit_again)
    bench.runner.submit("sentence", bench.plain("a"))
    bench.executor.run_all()

    assert bench.heard == [
        ("busy_changed", "sentence", True),
        ("succeeded", "sentence", "a"),
        ("succeeded", "sentence", "b"),
        ("busy_changed", "sentence", False),
    ]


def test_a_listener_may_cancel_steps_that_stream(bench: Bench) -> None:
    bench.runner.yielded.connect(lambda lane, _value: bench.runner.cancel(lane))
    bench.runner.submit("background", bench.stepped("axes", 9))
    bench.executor.run_all()

    assert bench.ran == ["axes0", "axes closed"]
    assert bench.told("busy_changed", "yielded", "succeeded") == [
        ("busy_changed", "background", True),
        ("yielded", "background", 0),
        ("busy_changed", "background", False),
    ]


def test_it_says_what_is_busy_and_when_all_is_done(bench: Bench) -> None:
    assert bench.runner.is_idle

    bench.runner.submit("sentence", bench.plain("a"))
    assert bench.runner.is_busy("sentence")
    assert not bench.runner.is_busy("model")

    bench.runner.cancel("sentence")
    assert not bench.runner.is_busy("sentence")
    assert not bench.runner.is_idle  # the worker has not let go of it yet

    bench.executor.run_all()
    assert bench.runner.is_idle


def test_an_unknown_lane_is_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="no such lane: sentance"):
        bench.runner.submit("sentance", bench.plain("a"))

    assert bench.heard == []


def test_a_parent_owns_its_runner() -> None:
    parent = QObject()

    assert JobRunner(HandCrankedExecutor(), parent).parent() is parent
