"""Models that come, fail, are given up or overtaken, and the axes that go with them."""

from typing import Any

import pytest

from roberta_gui import lanes
from tests.gui.desk import Desk
from tests.made_up import make_model


def test_before_the_model_is_there_text_is_kept_and_analysed_when_it_comes(desk: Desk) -> None:
    desk.controller.edit("early")
    assert desk.view.run.tokens == ()

    desk.open()

    assert desk.shown == ["early"]
    assert desk.view.model == make_model(name="small")
    assert desk.view.axes is not None


@pytest.mark.expects_log("lane model failed")
def test_a_model_that_fails_leaves_the_old_one_and_the_text_alone(desk: Desk) -> None:
    desk.controller.edit("kept")
    desk.open()
    analysis, axes = desk.view.analysis, desk.view.axes

    desk.controller.use_model("gone")
    desk.executor.run_all()

    assert desk.view.problems[lanes.MODEL].title == "No gone."
    assert desk.view.model == make_model(name="small")
    assert desk.view.analysis is analysis
    assert desk.view.axes is axes
    assert desk.preferences.model == "small"

    desk.controller.edit("typed after it")
    desk.controller.analyse()
    desk.executor.run_all()
    assert desk.shown[-1] == "typed after it"


@pytest.mark.expects_log("lane model failed")
def test_a_remembered_model_that_is_gone_gives_way_to_the_built_in_one_and_says_so(
    desk: Desk,
) -> None:
    desk.controller.edit("kept")

    desk.open("gone")

    assert desk.worker.ran[:2] == ["load gone auto float32", "load mini auto float32"]
    assert desk.view.model == make_model(name="mini")
    assert desk.shown == ["kept"]
    assert [problem.title for problem in desk.view.problems.values()] == ["No gone."]

    desk.open("other")

    assert dict(desk.view.problems) == {}


def test_giving_up_the_first_model_opens_the_built_in_one(desk: Desk) -> None:
    desk.worker.meanwhile["slow"] = desk.controller.stop_loading

    desk.open("slow")

    assert desk.view.model == make_model(name="mini")
    assert dict(desk.view.problems) == {}


def test_giving_up_another_model_keeps_the_one_in_use(desk: Desk) -> None:
    desk.controller.edit("kept")
    desk.open()
    desk.worker.meanwhile["slow"] = desk.controller.stop_loading

    desk.controller.use_model("slow")
    desk.executor.run_all()
    desk.controller.edit("next")
    desk.controller.analyse()
    desk.executor.run_all()

    assert desk.view.model == make_model(name="small")
    assert desk.worker.in_use == "small"
    assert desk.view.analysis is not None
    assert desk.view.analysis.model.name == "small"
    assert desk.preferences.model == "small"


@pytest.mark.expects_log("lane model failed")
def test_a_model_that_was_overtaken_never_comes_into_use(desk: Desk) -> None:
    desk.open("small")
    desk.worker.meanwhile["large"] = lambda: desk.controller.use_model("gone")

    desk.controller.use_model("large")
    desk.executor.run_all()

    assert desk.worker.ran[-2:] == ["load large auto float32", "load gone auto float32"]
    assert desk.view.model == make_model(name="small")
    assert desk.worker.in_use == "small"


def test_while_a_model_is_downloaded_the_one_in_use_answers(desk: Desk) -> None:
    desk.controller.edit("kept")
    desk.open()
    desk.worker.downloads["far"] = 1000

    desk.controller.use_model("far")
    desk.controller.edit("typed meanwhile")
    desk.controller.analyse()
    desk.run_until(lambda: desk.shown[-1] == "typed meanwhile")

    assert desk.view.analysis is not None
    assert desk.view.analysis.model.name == "small"
    assert desk.view.progress[lanes.MODEL].text == "Opening"
    desk.executor.run_all()
    assert desk.view.analysis.model.name == "far"
    assert desk.shown[-1] == "typed meanwhile"


def test_a_download_is_given_up_while_it_waits(desk: Desk) -> None:
    desk.controller.edit("kept")
    desk.open()
    desk.worker.downloads["far"] = 1000
    desk.controller.use_model("far")
    for _ in range(5):
        desk.executor.run_next()

    desk.controller.stop_loading()
    desk.executor.run_all()

    assert desk.view.model == make_model(name="small")
    assert lanes.MODEL not in desk.view.progress
    assert desk.controller.is_settled


def test_another_device_opens_the_model_in_use_again_and_is_remembered(desk: Desk) -> None:
    desk.open("small")

    desk.controller.use_device("cuda", "bfloat16")
    desk.executor.run_all()

    assert "load small cuda bfloat16" in desk.worker.ran
    assert (desk.preferences.device, desk.preferences.dtype) == ("cuda", "bfloat16")


@pytest.mark.expects_log("lane model failed")
def test_another_device_opens_the_built_in_model_where_that_stepped_in_for_a_missing_one(
    desk: Desk,
) -> None:
    desk.preferences.model = "gone"
    desk.open("gone")

    desk.controller.use_device("cuda", "bfloat16")
    desk.executor.run_all()

    assert "load mini cuda bfloat16" in desk.worker.ran
    assert desk.view.stands_in
    assert desk.preferences.model == "gone"  # as before: it may be on a disk not plugged in
    assert (desk.preferences.device, desk.preferences.dtype) == ("cuda", "bfloat16")


def test_axes_of_a_model_that_is_no_longer_in_use_are_dropped(desk: Desk) -> None:
    fitted: list[Any] = []
    desk.store.changed.connect(lambda view, _previous: fitted.append(view.axes))
    desk.controller.edit("a sentence")
    desk.controller.load_model("first", "auto", "float32")
    desk.run_until(lambda: lanes.AXES in desk.view.progress and desk.executor.n_waiting == 1)
    desk.executor.run_next()
    desk.executor.run_next()  # the fit has begun

    desk.controller.use_model("second")
    desk.executor.run_all()

    assert desk.worker.axes_closed == ["first"]
    assert set(fitted) == {None, "axes of second"}
    assert fitted[-1] == "axes of second"
    assert lanes.AXES not in desk.view.progress


def test_progress_of_loading_and_of_the_axes_is_told_and_ends(desk: Desk) -> None:
    told: list[tuple[str, float | None]] = []
    desk.store.changed.connect(
        lambda view, _previous: told.extend(
            (progress.text, progress.fraction) for progress in view.progress.values()
        )
    )

    desk.open()

    assert ("Opening", 0.5) in told
    assert [step for step in dict.fromkeys(told) if step[0] == "Fitting the axes"] == [
        ("Fitting the axes", step / 4) for step in range(4)
    ]
    assert dict(desk.view.progress) == {}


def test_the_models_of_the_cache_are_told(desk: Desk) -> None:
    listed: list[Any] = []
    desk.controller.models_listed.connect(listed.append)

    desk.open()

    assert listed == [{"roberta-base": 125_000_000}]
