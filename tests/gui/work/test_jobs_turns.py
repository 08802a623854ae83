"""Whose turn it is: ranks, what is seen, what has just come, and round robin."""

from collections.abc import Generator
from typing import Any

import pytest

from roberta_gui.findings.steps.model import Turn
from roberta_gui.gui.work.jobs import JobRunner
from roberta_gui.lanes import AXES, MODEL, SENTENCE, panel_lane
from roberta_gui.records import Report, Stop
from tests.gui.cranked_runner import BACKGROUND, CrankedRunner
from tests.hand_cranked import HandCrankedExecutor

pytestmark = pytest.mark.usefixtures("qapp")


def test_the_most_urgent_lane_goes_first(cranked: CrankedRunner) -> None:
    cranked.runner.submit(BACKGROUND, cranked.plain("first"))  # is under way when the others come
    for lane in (panel_lane("heads"), BACKGROUND, SENTENCE, MODEL):
        cranked.runner.submit(lane, cranked.plain(str(lane)))
    cranked.executor.run_all()

    assert cranked.ran == ["model", "sentence", "panel heads", "background"]


def test_steps_go_back_to_the_queue_so_that_a_sentence_overtakes_them(
    cranked: CrankedRunner,
) -> None:
    cranked.runner.submit(BACKGROUND, cranked.stepped("axes", 3))
    cranked.executor.run_next()
    cranked.runner.submit(SENTENCE, cranked.plain("sentence"))
    cranked.executor.run_all()

    # The second step was handed over before the sentence came; no further one goes ahead of it.
    assert cranked.ran == ["axes0", "axes1", "sentence", "axes2"]
    assert cranked.told("yielded") == [("yielded", BACKGROUND, step) for step in range(3)]
    assert cranked.told("succeeded") == [
        ("succeeded", SENTENCE, "sentence"),
        ("succeeded", BACKGROUND, "axes"),
    ]


def test_two_panel_lanes_take_turns(cranked: CrankedRunner) -> None:
    cranked.runner.submit(panel_lane("a"), cranked.stepped("a", 3))
    cranked.runner.submit(panel_lane("b"), cranked.stepped("b", 3))
    cranked.executor.run_all()

    assert cranked.ran == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_what_has_just_come_is_answered_before_slow_work_goes_on(cranked: CrankedRunner) -> None:
    cranked.runner.submit(panel_lane("surprisal"), cranked.stepped("slow", 4))
    for _ in range(2):
        cranked.executor.run_next()
    cranked.runner.submit(AXES, cranked.plain("known from the cache"))
    cranked.runner.submit(panel_lane("heads"), cranked.stepped("heads", 2))
    cranked.executor.run_all()

    # The third step was handed over before the others came.
    assert cranked.ran == [
        "slow0", "slow1", "slow2", "known from the cache", "heads0", "slow3", "heads1",
    ]  # fmt: skip


def test_what_nobody_sees_lets_go_first_what_somebody_sees(cranked: CrankedRunner) -> None:
    for name in ("hidden", "seen"):
        cranked.runner.submit(panel_lane(name), cranked.stepped(name, 2))
    cranked.runner.set_seen(panel_lane("hidden"), False)
    cranked.executor.run_all()
    assert cranked.ran == ["hidden0", "seen0", "seen1", "hidden1"]

    cranked.ran.clear()
    for name in ("hidden", "seen"):
        cranked.runner.submit(panel_lane(name), cranked.stepped(name, 2))
    cranked.runner.set_seen(panel_lane("hidden"), True)
    cranked.executor.run_all()
    assert cranked.ran == ["hidden0", "seen0", "hidden1", "seen1"]


def test_what_nobody_sees_goes_before_the_background(cranked: CrankedRunner) -> None:
    cranked.runner.submit(
        panel_lane("seen"), cranked.plain("seen")
    )  # is under way when the others come
    cranked.runner.submit(BACKGROUND, cranked.plain("background"))
    cranked.runner.submit(panel_lane("hidden"), cranked.plain("hidden"))
    cranked.runner.set_seen(panel_lane("hidden"), False)
    cranked.executor.run_all()

    assert cranked.ran == ["seen", "hidden", "background"]


@pytest.mark.parametrize(("step_s", "turns"), [(0.0, 1), (0.02, 2), (0.06, 4)])
def test_short_steps_that_stream_nothing_share_a_turn(step_s: float, turns: int) -> None:
    now = [0.0]
    executor = HandCrankedExecutor()
    runner = JobRunner(executor, clock=lambda: now[0])
    told: list[object] = []
    runner.yielded.connect(lambda _lane, value: told.append(value))
    runner.succeeded.connect(lambda _lane, value: told.append(value))

    def layers(stop: Stop, report: Report) -> Generator[None, None, str]:
        for _ in range(3):
            now[0] += step_s
            yield
        now[0] += step_s
        return "all"

    runner.submit(panel_lane("heads"), layers)
    executor.run_all()

    assert told == [None] * (turns - 1) + ["all"]


def test_a_turn_ends_at_once_when_its_work_is_superseded(cranked: CrankedRunner) -> None:
    def layers(stop: Stop, report: Report) -> Generator[None, None, None]:
        cranked.ran.append("old")
        yield
        cranked.runner.submit(panel_lane("heads"), cranked.plain("new"))
        yield
        cranked.ran.append("old goes on")

    cranked.runner.submit(panel_lane("heads"), layers)
    cranked.executor.run_all()

    assert cranked.ran == ["old", "new"]


def test_work_that_waits_lets_all_others_go_first_and_streams_nothing(
    cranked: CrankedRunner,
) -> None:
    def download(stop: Stop, report: Report) -> Generator[Turn, None, str]:
        for step in range(3):
            cranked.ran.append(f"wait{step}")
            yield Turn.OTHERS
        cranked.ran.append("open")
        return "model"

    cranked.runner.submit(MODEL, download)
    cranked.runner.submit(BACKGROUND, cranked.stepped("axes", 2))
    cranked.executor.run_next()
    cranked.runner.submit(SENTENCE, cranked.plain("sentence"))
    cranked.executor.run_all()

    # After a step of what is less urgent than a sentence it is the turn of the one that waits.
    assert cranked.ran == ["wait0", "axes0", "sentence", "wait1", "axes1", "wait2", "open"]
    assert [lane for _, lane, _ in cranked.told("yielded")] == [BACKGROUND] * 2
    assert ("succeeded", MODEL, "model") in cranked.heard


def test_work_that_has_waited_is_as_urgent_as_before(cranked: CrankedRunner) -> None:
    def download(stop: Stop, report: Report) -> Generator[Any, None, str]:
        yield Turn.OTHERS
        cranked.ran.append("arrived")
        yield None
        cranked.ran.append("open")
        return "model"

    cranked.runner.submit(MODEL, download)
    for _ in range(2):
        cranked.executor.run_next()
    cranked.runner.submit(SENTENCE, cranked.plain("sentence"))
    cranked.executor.run_all()

    assert cranked.ran == ["arrived", "open", "sentence"]
