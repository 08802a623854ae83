"""Whose turn it is: ranks, what is seen, what has just come, and round robin."""

from collections.abc import Generator
from typing import Any

import pytest

from roberta_gui.findings.steps.model import Turn
from roberta_gui.gui.work.jobs import JobRunner, Lane
from roberta_gui.records import Report, Stop
from tests.gui.cranked_runner import BACKGROUND, MODEL, SENTENCE, LoadedModel, panel
from tests.hand_cranked import HandCrankedExecutor

pytestmark = pytest.mark.usefixtures("qapp")


def test_the_most_urgent_lane_goes_first(bench: LoadedModel) -> None:
    bench.runner.submit(BACKGROUND, bench.plain("first"))  # is under way when the others come
    for lane in (panel("heads"), BACKGROUND, SENTENCE, MODEL):
        bench.runner.submit(lane, bench.plain(lane.place))
    bench.executor.run_all()

    assert bench.ran == ["model", "sentence", "panel:heads", "background"]


def test_steps_go_back_to_the_queue_so_that_a_sentence_overtakes_them(bench: LoadedModel) -> None:
    bench.runner.submit(BACKGROUND, bench.stepped("axes", 3))
    bench.executor.run_next()
    bench.runner.submit(SENTENCE, bench.plain("sentence"))
    bench.executor.run_all()

    # The second step was handed over before the sentence came; no further one goes ahead of it.
    assert bench.ran == ["axes0", "axes1", "sentence", "axes2"]
    assert bench.told("yielded") == [("yielded", BACKGROUND, step) for step in range(3)]
    assert bench.told("succeeded") == [
        ("succeeded", SENTENCE, "sentence"),
        ("succeeded", BACKGROUND, "axes"),
    ]


def test_two_panel_lanes_take_turns(bench: LoadedModel) -> None:
    bench.runner.submit(panel("a"), bench.stepped("a", 3))
    bench.runner.submit(panel("b"), bench.stepped("b", 3))
    bench.executor.run_all()

    assert bench.ran == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_what_has_just_come_is_answered_before_slow_work_goes_on(bench: LoadedModel) -> None:
    bench.runner.submit(panel("surprisal"), bench.stepped("slow", 4))
    for _ in range(2):
        bench.executor.run_next()
    bench.runner.submit(panel("axes"), bench.plain("known from the cache"))
    bench.runner.submit(panel("heads"), bench.stepped("heads", 2))
    bench.executor.run_all()

    # The third step was handed over before the others came.
    assert bench.ran == [
        "slow0", "slow1", "slow2", "known from the cache", "heads0", "slow3", "heads1",
    ]  # fmt: skip


def test_what_nobody_sees_lets_go_first_what_somebody_sees(bench: LoadedModel) -> None:
    for name in ("hidden", "seen"):
        bench.runner.submit(panel(name), bench.stepped(name, 2))
    bench.runner.set_seen(panel("hidden"), False)
    bench.executor.run_all()
    assert bench.ran == ["hidden0", "seen0", "seen1", "hidden1"]

    bench.ran.clear()
    for name in ("hidden", "seen"):
        bench.runner.submit(panel(name), bench.stepped(name, 2))
    bench.runner.set_seen(panel("hidden"), True)
    bench.executor.run_all()
    assert bench.ran == ["hidden0", "seen0", "hidden1", "seen1"]


def test_what_nobody_sees_goes_before_the_background(bench: LoadedModel) -> None:
    bench.runner.submit(panel("seen"), bench.plain("seen"))  # is under way when the others come
    bench.runner.submit(BACKGROUND, bench.plain("background"))
    bench.runner.submit(panel("hidden"), bench.plain("hidden"))
    bench.runner.set_seen(panel("hidden"), False)
    bench.executor.run_all()

    assert bench.ran == ["seen", "hidden", "background"]


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

    runner.submit(panel("heads"), layers)
    executor.run_all()

    assert told == [None] * (turns - 1) + ["all"]


def test_a_turn_ends_at_once_when_its_work_is_superseded(bench: LoadedModel) -> None:
    def layers(stop: Stop, report: Report) -> Generator[None, None, None]:
        bench.ran.append("old")
        yield
        bench.runner.submit(panel("heads"), bench.plain("new"))
        yield
        bench.ran.append("old goes on")

    bench.runner.submit(panel("heads"), layers)
    bench.executor.run_all()

    assert bench.ran == ["old", "new"]


def test_lanes_have_names_for_the_view() -> None:
    assert [lane.place for lane in (MODEL, panel("heads"))] == ["model", "panel:heads"]
    assert [Lane.at(lane.place) for lane in (MODEL, panel("heads"))] == [MODEL, panel("heads")]


def test_work_that_waits_lets_all_others_go_first_and_streams_nothing(bench: LoadedModel) -> None:
    def download(stop: Stop, report: Report) -> Generator[Turn, None, str]:
        for step in range(3):
            bench.ran.append(f"wait{step}")
            yield Turn.OTHERS
        bench.ran.append("open")
        return "model"

    bench.runner.submit(MODEL, download)
    bench.runner.submit(BACKGROUND, bench.stepped("axes", 2))
    bench.executor.run_next()
    bench.runner.submit(SENTENCE, bench.plain("sentence"))
    bench.executor.run_all()

    # After a step of what is less urgent than a sentence it is the turn of the one that waits.
    assert bench.ran == ["wait0", "axes0", "sentence", "wait1", "axes1", "wait2", "open"]
    assert [lane for _, lane, _ in bench.told("yielded")] == [BACKGROUND] * 2
    assert ("succeeded", MODEL, "model") in bench.heard


def test_work_that_has_waited_is_as_urgent_as_before(bench: LoadedModel) -> None:
    def download(stop: Stop, report: Report) -> Generator[Any, None, str]:
        yield Turn.OTHERS
        bench.ran.append("arrived")
        yield None
        bench.ran.append("open")
        return "model"

    bench.runner.submit(MODEL, download)
    for _ in range(2):
        bench.executor.run_next()
    bench.runner.submit(SENTENCE, bench.plain("sentence"))
    bench.executor.run_all()

    assert bench.ran == ["arrived", "open", "sentence"]
