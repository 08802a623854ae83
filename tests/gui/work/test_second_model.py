"""A second model beside the first: chosen, swapped, gone, stopped, and let go of."""

from collections.abc import Callable

import pytest

from roberta_gui import lanes
from roberta_gui.problems import ModelNotFound
from tests.gui.desk import NEVER_MS, Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.begin()
    desk.worker.ran.clear()
    return desk


def compare_with(desk: Desk, source: str) -> None:
    desk.controller.compare_with(source)
    desk.executor.run_all()


def sides(desk: Desk) -> list[tuple[str, str]]:
    """Name text and model of both passes that are compared."""
    known = desk.view.comparison
    passes = () if known is None else (known.a, known.b)
    return [(each.request.text, each.model.name) for each in passes]


def test_a_second_model_reads_the_same_sentence_and_what_is_typed_from_then_on(desk: Desk) -> None:
    first = desk.view.analysis
    compare_with(desk, "large")

    assert sides(desk) == [("at first", "small"), ("at first", "large")]
    assert desk.view.analysis is first
    assert desk.worker.ran == ["load large auto float32", "analyse at first in large"]
    assert desk.preferences.compare_model == "large"

    desk.controller.edit("and then")
    assert desk.view.is_second_stale
    desk.controller.analyse()
    desk.executor.run_all()
    assert sides(desk) == [("and then", "small"), ("and then", "large")]
    assert desk.controller.is_settled


def test_it_reads_the_second_sentence_while_there_is_one(desk: Desk) -> None:
    compare_with(desk, "large")

    desk.controller.edit_second("the other")
    desk.controller.analyse_second()
    desk.executor.run_all()
    assert sides(desk) == [("at first", "small"), ("the other", "large")]

    desk.controller.end_second()
    desk.controller.analyse()
    desk.executor.run_all()
    assert sides(desk) == [("at first", "small"), ("at first", "large")]
    assert desk.view.second is None


def test_the_second_sentence_is_read_by_the_first_model_again_without_a_second(desk: Desk) -> None:
    desk.controller.edit_second("the other")
    compare_with(desk, "large")
    compare_with(desk, "")

    assert sides(desk) == [("at first", "small"), ("the other", "small")]
    assert desk.worker.second == ""
    assert desk.preferences.compare_model == ""


def test_without_a_second_model_every_head_on_stands_on_the_right_side_again(desk: Desk) -> None:
    compare_with(desk, "large")
    desk.store.toggle_heads([(0, 1)])
    desk.executor.run_all()
    assert desk.view.against is not None
    assert desk.view.against.switched_off == {(0, 1)}
    assert not desk.view.is_second_stale

    compare_with(desk, "")

    assert desk.view.baseline is not None
    assert desk.view.baseline.model.name == "small"


def test_heads_of_the_other_side_stay_on_where_that_is_asked_for(desk: Desk) -> None:
    compare_with(desk, "large")
    desk.store.toggle_heads([(0, 1)])
    desk.store.hold_against(every_head_on=True)
    desk.executor.run_all()

    known = desk.view.comparison
    assert known is not None
    assert known.a.request.switched_off == {(0, 1)}
    assert known.b.request.switched_off == frozenset()


def test_another_second_model_takes_the_place_of_the_former(desk: Desk) -> None:
    compare_with(desk, "large")
    held = []
    desk.worker.meanwhile["larger"] = lambda: held.append(desk.worker.second)
    compare_with(desk, "larger")

    assert held == [""]  # the former one was let go of first
    assert sides(desk) == [("at first", "small"), ("at first", "larger")]


@pytest.mark.expects_log("lane model second failed")
def test_one_that_is_gone_is_said_and_the_first_goes_on_working(desk: Desk) -> None:
    desk.preferences.compare_model = "gone"
    compare_with(desk, "gone")

    assert isinstance(desk.view.problems[lanes.SECOND_MODEL], ModelNotFound)
    assert desk.view.right_side.model is None
    assert desk.preferences.compare_model == "gone"  # it may be on a disk not plugged in
    desk.controller.edit("and then")
    desk.controller.analyse()
    desk.executor.run_all()
    assert not desk.view.is_stale

    desk.worker.ran.clear()
    desk.controller.retry(lanes.SECOND_MODEL)
    desk.executor.run_all()
    assert desk.worker.ran == ["load gone auto float32"]


def stop(desk: Desk) -> None:
    desk.worker.downloads["far"] = 3
    desk.controller.compare_with("far")
    desk.executor.run_next()
    desk.controller.stop(lanes.SECOND_MODEL)
    desk.executor.run_all()


def test_one_that_is_stopped_on_its_way_is_not_used(desk: Desk) -> None:
    stop(desk)

    assert desk.view.right_side.model is None
    assert desk.worker.second == ""
    assert desk.controller.is_settled


def fail(desk: Desk) -> None:
    compare_with(desk, "gone")


NEVER_COMES = [
    pytest.param(fail, marks=pytest.mark.expects_log("lane model second failed")),
    pytest.param(stop),
]


@pytest.mark.parametrize("end", NEVER_COMES)
def test_where_another_never_comes_the_second_sentence_is_read_by_the_first(
    desk: Desk, end: Callable[[Desk], None]
) -> None:
    desk.controller.edit_second("the other")
    compare_with(desk, "large")

    end(desk)

    assert sides(desk) == [("at first", "small"), ("the other", "small")]
    assert not desk.view.is_second_stale


@pytest.mark.parametrize("end", NEVER_COMES)
def test_where_another_never_comes_every_head_on_stands_on_the_right_side_again(
    desk: Desk, end: Callable[[Desk], None]
) -> None:
    compare_with(desk, "large")
    desk.store.toggle_heads([(0, 1)])
    desk.executor.run_all()

    end(desk)

    assert desk.view.baseline is not None


def test_where_the_window_closes_while_it_is_on_its_way_nothing_comes_of_it(desk: Desk) -> None:
    desk.worker.downloads["far"] = 3
    desk.controller.compare_with("far")
    desk.executor.run_next()

    desk.controller.rest()
    desk.jobs.shutdown()
    desk.executor.run_all()

    assert desk.worker.second == ""
    assert (desk.view.right_side.model, desk.view.problems) == (None, {})


def test_another_first_model_is_held_against_the_same_second(desk: Desk) -> None:
    compare_with(desk, "large")
    desk.open("smaller")

    assert sides(desk) == [("at first", "smaller"), ("at first", "large")]


def test_both_models_compute_on_one_device(desk: Desk) -> None:
    compare_with(desk, "large")
    desk.controller.use_device("cuda", "float32")
    desk.executor.run_all()

    models = desk.view.model, desk.view.right_side.model
    assert [model and model.device for model in models] == ["cuda", "cuda"]


def test_a_second_model_that_is_there_before_the_first_waits_for_it(qapp: object) -> None:
    desk = Desk(NEVER_MS, NEVER_MS)
    desk.controller.edit("at first")
    compare_with(desk, "large")
    desk.open()

    assert sides(desk) == [("at first", "small"), ("at first", "large")]
    desk.jobs.shutdown()
