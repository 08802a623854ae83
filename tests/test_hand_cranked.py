"""The executor that other tests trust."""

import threading

import pytest

from tests.hand_cranked import HandCrankedExecutor


def test_submitting_runs_nothing() -> None:
    executor = HandCrankedExecutor()
    ran: list[str] = []

    future = executor.submit(ran.append, "a")

    assert (ran, executor.n_waiting, future.done()) == ([], 1, False)


def test_calls_run_one_at_a_time_in_order_on_the_calling_thread() -> None:
    executor = HandCrankedExecutor()
    ran: list[tuple[str, int]] = []
    here = threading.get_ident()
    executor.submit(lambda: ran.append(("a", threading.get_ident())))
    executor.submit(lambda: ran.append(("b", threading.get_ident())))

    executor.run_next()
    assert ran == [("a", here)]
    executor.run_next()
    assert ran == [("a", here), ("b", here)]


def test_a_future_tells_result_and_error_as_a_real_one_does() -> None:
    executor = HandCrankedExecutor()
    power, broken = executor.submit(pow, 2, 5), executor.submit(int, "x")

    executor.run_all()

    assert power.result(timeout=0) == 32
    assert isinstance(broken.exception(timeout=0), ValueError)


def test_run_all_also_runs_what_a_call_submits() -> None:
    executor = HandCrankedExecutor()
    ran: list[str] = []
    executor.submit(lambda: executor.submit(ran.append, "inner"))

    executor.run_all()

    assert ran == ["inner"]


def test_nothing_to_run_is_an_error() -> None:
    with pytest.raises(IndexError):
        HandCrankedExecutor().run_next()


@pytest.mark.parametrize(("wait", "ran_by_then"), [(True, ["a"]), (False, [])])
def test_shutdown_runs_what_waits_only_if_told_to_wait(wait: bool, ran_by_then: list[str]) -> None:
    executor = HandCrankedExecutor()
    ran: list[str] = []
    executor.submit(ran.append, "a")

    executor.shutdown(wait=wait)

    assert ran == ran_by_then
    executor.run_all()
    assert ran == ["a"]
    with pytest.raises(RuntimeError, match="after shutdown"):
        executor.submit(ran.append, "b")


def test_a_cancelled_call_never_runs() -> None:
    executor = HandCrankedExecutor()
    ran: list[str] = []
    future = executor.submit(ran.append, "a")

    executor.shutdown(wait=True, cancel_futures=True)

    assert future.cancelled()
    assert ran == []
