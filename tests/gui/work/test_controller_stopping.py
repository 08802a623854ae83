"""Stopping what a panel asked for: what is known by then stays, and it can begin again."""

from collections.abc import Generator

import pytest

from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import NoNetwork, Stopped
from roberta_gui.records import Report, Stop
from tests.gui.desk import Desk


def counting(stop: Stop, report: Report) -> Generator[int, None, int]:
    for number in range(5):
        report("Counting", number / 5)
        yield number
    return 5


def test_stopping_a_panels_work_keeps_what_is_known_and_begins_no_second_time(
    desk: Desk,
) -> None:
    desk.open()
    derivation = Derivation("key", counting)
    desk.controller.derive("counted", derivation)
    desk.run_until(lambda: "counted" in desk.view.derived)
    can_stop = desk.view.progress[panel_lane("counted")].can_stop
    known = desk.view.derived["counted"].value

    desk.controller.stop(panel_lane("counted"))
    desk.executor.run_all()
    desk.controller.derive("counted", derivation)  # as a panel does that still waits for the rest
    desk.executor.run_all()

    assert can_stop
    assert desk.view.derived["counted"].value == known < 5
    assert dict(desk.view.progress) == {}
    assert isinstance(desk.view.problems[panel_lane("counted")], Stopped)
    assert desk.controller.is_settled


def test_what_was_stopped_can_begin_again(desk: Desk) -> None:
    desk.open()
    derivation = Derivation("key", counting)
    desk.controller.derive("counted", derivation)
    desk.run_until(lambda: "counted" in desk.view.derived)
    desk.controller.stop(panel_lane("counted"))

    desk.controller.retry(panel_lane("counted"))
    forgotten = dict(desk.view.derived)
    desk.controller.derive("counted", derivation)  # as the panel does that hears of it
    desk.executor.run_all()

    assert forgotten == {}
    assert desk.view.derived["counted"].value == 5
    assert dict(desk.view.problems) == {}


def test_what_is_asked_next_is_not_stopped(desk: Desk) -> None:
    desk.open()
    desk.controller.derive("counted", Derivation("key", counting))
    desk.controller.stop(panel_lane("counted"))

    desk.controller.derive("counted", Derivation("other key", counting))
    problems = dict(desk.view.problems)
    desk.executor.run_all()

    assert problems == {}
    assert desk.view.derived["counted"].value == 5


def test_stopping_what_has_ended_changes_nothing(desk: Desk) -> None:
    desk.open()
    before = desk.view

    desk.controller.stop(panel_lane("counted"))

    assert desk.view is before


@pytest.mark.expects_log("lane panel counted failed")
def test_what_failed_half_way_can_begin_again(desk: Desk) -> None:
    desk.open()
    tries = list[int]()

    def failing(stop: Stop, report: Report) -> Generator[int, None, int]:
        tries.append(1)
        yield 1
        if len(tries) == 1:
            raise NoNetwork("The line broke.")
        return 2

    derivation = Derivation("key", failing)
    desk.controller.derive("counted", derivation)
    desk.executor.run_all()
    failed = desk.view.derived["counted"].value, panel_lane("counted") in desk.view.problems

    desk.controller.retry(panel_lane("counted"))
    forgotten = dict(desk.view.derived)
    desk.controller.derive("counted", derivation)  # as the panel does that misses its numbers
    desk.executor.run_all()

    assert failed == (1, True)
    assert forgotten == {}
    assert desk.view.derived["counted"].value == 2
