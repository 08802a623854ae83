"""Heads switched off and a second sentence: from a click to two passes to compare."""

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import UnencodableText
from roberta_gui.view import View
from tests.gui.desk import NEVER_MS, Desk

pytestmark = pytest.mark.usefixtures("opened")


def test_a_head_switched_off_is_a_new_pass_beside_the_full_one(desk: Desk) -> None:
    desk.store.toggle_heads([(0, 1)])
    desk.executor.run_all()

    assert desk.view.analysis is not None
    assert desk.view.analysis.request.switched_off == {(0, 1)}
    assert desk.view.baseline is not None
    assert not desk.view.is_stale


def test_a_head_switched_on_again_needs_no_pass(desk: Desk) -> None:
    desk.store.toggle_heads([(0, 1)])
    desk.executor.run_all()
    passes = list(desk.worker.ran)

    desk.store.restore_heads()
    desk.executor.run_all()

    assert desk.worker.ran == passes
    assert not desk.view.is_stale


def test_the_full_pass_is_kept_through_any_switching_and_comes_back(desk: Desk) -> None:
    first = desk.view.analysis

    desk.store.toggle_heads([(0, 1)])
    desk.executor.run_all()
    desk.store.ablate("mean")
    desk.store.toggle_heads([(1, 2)])
    desk.executor.run_all()
    kept = desk.view.baseline
    desk.store.restore_heads()

    assert kept is first
    assert desk.view.analysis is first


def test_another_sentence_has_a_full_pass_of_its_own(desk: Desk) -> None:
    desk.store.toggle_heads([(0, 1)])
    desk.executor.run_all()

    desk.controller.edit("another")
    desk.controller.analyse()
    desk.executor.run_all()

    assert desk.view.baseline is not None
    assert desk.view.baseline.request.text == "another"


def test_switching_back_while_the_pass_runs_drops_its_result(desk: Desk) -> None:
    before = desk.view.analysis
    desk.worker.meanwhile["at first"] = desk.store.restore_heads

    desk.store.toggle_heads([(0, 1)])
    desk.executor.run_all()

    assert desk.view.analysis is before
    assert desk.view.switched_off == frozenset()


def test_what_is_typed_while_heads_are_off_is_computed_with_them_off(desk: Desk) -> None:
    desk.store.toggle_heads([(0, 1)])
    desk.controller.edit("another")
    desk.controller.analyse()
    desk.executor.run_all()

    assert desk.view.analysis is not None
    assert desk.view.analysis.request.text == "another"
    assert desk.view.analysis.request.switched_off == {(0, 1)}


def test_another_way_of_switching_off_is_another_pass(desk: Desk) -> None:
    desk.store.toggle_heads([(0, 1)])
    desk.executor.run_all()

    desk.store.ablate("mean")
    desk.executor.run_all()

    assert desk.view.analysis is not None
    assert desk.view.analysis.request.ablation == "mean"


def test_choosing_the_way_while_no_head_is_off_computes_nothing(desk: Desk) -> None:
    passes = list(desk.worker.ran)

    desk.store.ablate("mean")
    desk.executor.run_all()

    assert desk.worker.ran == passes


def test_a_second_sentence_is_a_pass_of_its_own(desk: Desk) -> None:
    first = desk.view.analysis

    desk.controller.edit_second("the other")
    desk.controller.analyse_second()
    desk.executor.run_all()

    assert desk.view.analysis is first
    assert desk.view.second is not None
    assert desk.view.second.analysis is not None
    assert desk.view.second.analysis.request.text == "the other"
    assert desk.preferences.second_text == "the other"


def test_heads_are_off_in_both_sentences(desk: Desk) -> None:
    desk.controller.edit_second("the other")
    desk.store.toggle_heads([(0, 1)])
    desk.executor.run_all()

    assert desk.view.second is not None
    assert desk.view.second.analysis is not None
    assert desk.view.second.analysis.request.switched_off == {(0, 1)}


def test_another_model_reads_both_sentences(desk: Desk) -> None:
    desk.controller.edit_second("the other")
    desk.open("large")

    assert desk.view.second is not None
    assert desk.view.second.analysis is not None
    assert desk.view.second.analysis.model.name == "large"


def test_comparing_no_more_ends_the_pass_under_way(desk: Desk) -> None:
    desk.controller.edit_second("the other")
    desk.controller.analyse_second()
    desk.worker.meanwhile["the other"] = desk.controller.end_second
    desk.executor.run_all()

    assert desk.view.second is None
    assert desk.controller.is_settled


def test_a_second_sentence_that_cannot_be_read_says_so_beside_the_first(desk: Desk) -> None:
    desk.controller.edit_second("half \ud800")
    assert isinstance(desk.view.problems[lanes.SECOND_TOKENS], UnencodableText)
    assert lanes.TOKENS not in desk.view.problems

    desk.controller.edit_second("whole")
    assert lanes.SECOND_TOKENS not in desk.view.problems


def test_a_second_sentence_typed_before_any_model_is_there_gets_its_pass() -> None:
    desk = Desk(NEVER_MS, NEVER_MS)
    desk.controller.edit("at first")
    desk.controller.edit_second("the other")
    desk.open()

    assert desk.view.second is not None
    assert desk.view.second.analysis is not None
    assert desk.view.second.analysis.request.text == "the other"
    desk.jobs.shutdown()


def test_nothing_of_the_second_sentence_stays_when_comparing_ends(desk: Desk) -> None:
    desk.controller.edit_second("half a \ud83d")
    assert desk.view.problems

    desk.controller.end_second()
    desk.controller.use_model("large")
    desk.executor.run_all()

    assert not desk.view.problems
    assert desk.view.second is None


def test_without_the_second_sentence_every_head_on_stands_on_the_right_side_again(
    desk: Desk,
) -> None:
    desk.controller.edit_second("other words")
    desk.controller.analyse_second()
    desk.store.toggle_heads([(0, 1)])
    desk.executor.run_all()
    assert desk.view.baseline is None

    desk.controller.end_second()
    desk.executor.run_all()

    assert desk.view.baseline is not None
    assert desk.view.baseline.request.text == "at first"
    assert desk.view.baseline.request.switched_off == frozenset()


def test_a_second_sentence_that_comes_back_as_it_was_is_not_computed_anew(desk: Desk) -> None:
    desk.controller.edit_second("the other")
    desk.controller.analyse_second()
    desk.executor.run_all()
    before, ran = desk.view.second, list(desk.worker.ran)

    desk.controller.end_second()
    desk.controller.edit_second("the other")
    desk.executor.run_all()

    assert before is not None
    assert desk.view.second is not None
    assert desk.view.second.analysis is before.analysis
    assert desk.worker.ran == ran
    assert desk.controller.is_settled
    desk.controller.analyse_second()
    desk.executor.run_all()
    assert desk.worker.ran[len(ran) :] == ["analyse the other"]


@pytest.mark.parametrize("change", ["text", "heads", "model"])
def test_a_second_sentence_that_no_longer_fits_is_computed_anew(desk: Desk, change: str) -> None:
    desk.controller.edit_second("the other")
    desk.controller.analyse_second()
    desk.executor.run_all()
    desk.controller.end_second()
    if change == "heads":
        desk.store.toggle_heads([(0, 1)])
    elif change == "model":
        desk.open("another")
    desk.executor.run_all()
    desk.worker.ran.clear()

    text = "another one" if change == "text" else "the other"
    desk.controller.edit_second(text)
    assert desk.view.is_second_stale
    desk.controller.analyse_second()
    desk.executor.run_all()

    assert desk.worker.ran == [f"analyse {text}"]
    assert not desk.view.is_second_stale


def test_a_panel_that_works_for_long_is_told_of(desk: Desk, qtbot: QtBot) -> None:
    desk.controller.derive("heads", Derivation("key", lambda _stop, _report: "value"))
    assert panel_lane("heads") not in desk.view.progress

    qtbot.waitUntil(lambda: panel_lane("heads") in desk.view.progress)
    desk.executor.run_all()

    assert dict(desk.view.progress) == {}


def test_what_asks_for_more_work_while_it_is_told_of_is_told_of_as_well(
    desk: Desk, qtbot: QtBot
) -> None:
    def ask_for_more(view: View, previous: View) -> None:
        if panel_lane("heads") in view.progress and panel_lane("heads") not in previous.progress:
            desk.controller.derive("lens", Derivation("other", lambda _stop, _report: "more"))

    desk.store.changed.connect(ask_for_more)
    desk.controller.derive("heads", Derivation("key", lambda _stop, _report: "value"))

    qtbot.waitUntil(lambda: {panel_lane("heads"), panel_lane("lens")} <= desk.view.progress.keys())
    desk.executor.run_all()

    assert dict(desk.view.progress) == {}
