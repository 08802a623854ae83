"""From keystroke to View: what is asked for when, and what may reach the window."""

from collections.abc import Generator

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.choices import Choices
from roberta_gui.gui.start.preferences import Preferences, recall, remember
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.controller import can_retry
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.gui.work.jobs import Work
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import NoNetwork
from roberta_gui.records import Report, Stop
from roberta_gui.view import View
from tests.gui.desk import NEVER_MS, Desk, make_desk

# Typing


def test_tokens_show_at_once_and_the_pass_waits_for_the_pause(desk: Desk) -> None:
    desk.open()
    desk.executor.run_all()
    ran = list(desk.worker.ran)

    desk.controller.edit("a bird flew")

    assert desk.view.run.text == "a bird flew"
    assert [token.text for token in desk.view.run.tokens][1:-1] == ["t11", "t14", "t14"]
    assert not desk.jobs.is_busy(lanes.SENTENCE)
    assert not desk.controller.is_settled
    desk.executor.run_all()
    assert desk.worker.ran == ran


def test_the_pass_comes_after_the_pause(qtbot: QtBot) -> None:
    desk = make_desk(pause_ms=1, patience_ms=NEVER_MS)

    with qtbot.waitSignal(desk.jobs.busy_changed) as busy:
        desk.controller.edit("a bird flew")

    assert busy.args == [lanes.SENTENCE, True]
    desk.executor.run_all()
    assert desk.shown[-1] == "a bird flew"
    assert desk.controller.is_settled


def test_steady_typing_is_not_starved(qtbot: QtBot) -> None:
    desk = make_desk(pause_ms=NEVER_MS, patience_ms=30)
    typed = [0]

    def strike() -> None:
        typed[0] += 1
        desk.controller.edit("x" * typed[0])

    keys = QTimer(interval=1)
    keys.timeout.connect(strike)
    desk.jobs.busy_changed.connect(keys.stop)
    with qtbot.waitSignal(desk.jobs.busy_changed):
        keys.start()

    desk.executor.run_all()
    assert typed[0] > 1
    assert desk.shown[-1] == "x" * typed[0]


def test_enter_does_not_wait(desk: Desk) -> None:
    desk.open()

    desk.controller.edit("now")
    desk.controller.analyse()
    desk.executor.run_all()

    assert desk.shown[-1] == "now"
    assert desk.controller.is_settled


def test_a_newer_text_supersedes_an_older_one(desk: Desk) -> None:
    desk.open()
    desk.worker.ran.clear()

    for text in ("one", "one two", "one two three"):
        desk.controller.edit(text)
        desk.controller.analyse()
    desk.executor.run_all()

    assert desk.shown[-1] == "one two three"
    assert "one two" not in desk.shown
    assert "analyse one two" not in desk.worker.ran


def test_the_result_of_an_older_text_never_overwrites_a_newer_one(desk: Desk) -> None:
    desk.open()

    def type_on() -> None:
        desk.controller.edit("new")
        desk.controller.analyse()

    desk.worker.meanwhile["old"] = type_on
    desk.controller.edit("old")
    desk.controller.analyse()
    desk.executor.run_all()

    assert desk.worker.ran[-2:] == ["analyse old", "analyse new"]
    assert "old" not in desk.shown
    assert desk.shown[-1] == "new"


def test_while_typing_the_old_picture_is_known_to_be_stale(desk: Desk) -> None:
    desk.controller.edit("old")
    desk.open()
    assert not desk.view.is_stale

    desk.controller.edit("new")

    assert desk.view.is_stale
    assert desk.view.analysis is not None
    assert desk.view.analysis.request.text == "old"


def test_the_same_text_again_asks_for_nothing(desk: Desk) -> None:
    desk.controller.edit("same")
    desk.open()

    desk.controller.edit("same")

    assert desk.controller.is_settled


def test_half_a_surrogate_pair_is_told_and_clears_when_it_goes(desk: Desk) -> None:
    desk.controller.edit("fine")
    desk.open()
    ran = list(desk.worker.ran)

    desk.controller.edit("bad \ud83d")
    desk.controller.analyse()
    desk.executor.run_all()

    assert [p.title for p in desk.view.problems.values()] == ["Half a character."]
    assert desk.worker.ran == ran  # the model is not asked what the tokenizer refused
    assert desk.view.analysis is not None
    assert desk.view.analysis.request.text == "fine"

    desk.controller.edit("good")

    assert dict(desk.view.problems) == {}


# Derivations


def test_what_a_panel_wants_is_made_once_and_handed_over(desk: Desk) -> None:
    made: list[str] = []

    def work(stop: Stop, report: Report) -> str:
        made.append("made")
        return "thumbnails"

    for _ in range(3):
        desk.controller.derive("heads", Derivation("key", work))
    desk.executor.run_all()

    assert made == ["made"]
    assert (desk.view.derived["heads"].key, desk.view.derived["heads"].value) == (
        "key",
        "thumbnails",
    )


def test_a_panel_that_asks_the_model_is_answered_by_the_one_it_means(desk: Desk) -> None:
    desk.open()
    model = desk.view.model
    assert model is not None

    desk.controller.derive("lens", Derivation("key", lambda asked, _s, _r: asked, model))
    desk.executor.run_all()

    assert f"ask {model.name}" in desk.worker.ran
    assert desk.view.derived["lens"].value == desk.worker.in_use


def test_a_newer_request_of_a_panel_replaces_the_older(desk: Desk) -> None:
    def made(key: str) -> Work:
        return lambda _stop, _report: f"made {key}"

    for key in ("a", "b", "a", "c"):
        desk.controller.derive("heads", Derivation(key, made(key)))
    desk.executor.run_all()

    derived = desk.view.derived["heads"]
    assert (derived.key, derived.value) == ("c", "made c")


def test_what_nobody_shows_any_more_is_not_computed_further(desk: Desk) -> None:
    made: list[int] = []

    def work(stop: Stop, report: Report) -> Generator[int, None, int]:
        for step in range(50):
            made.append(step)
            yield step
        return 50

    desk.controller.derive("lens", Derivation("key", work))
    desk.run_until(lambda: "lens" in desk.view.derived)
    desk.store.forget("lens")
    desk.executor.run_all()
    given_up = len(made)
    desk.controller.derive("lens", Derivation("key", work))
    desk.executor.run_all()

    assert given_up < 5
    assert desk.view.derived["lens"].value == 50


def test_what_is_given_up_before_its_first_result_is_not_computed_until_it_is_wanted_again(
    desk: Desk,
) -> None:
    made: list[str] = []

    def work(stop: Stop, report: Report) -> str:
        made.append("made")
        return "known"

    desk.controller.derive("lens", Derivation("key", work))
    desk.controller.give_up("lens")
    given_up = not desk.jobs.is_busy(panel_lane("lens"))
    desk.executor.run_all()
    assert (given_up, made, dict(desk.view.derived)) == (True, [], {})

    desk.controller.derive("lens", Derivation("key", work))
    desk.executor.run_all()
    assert desk.view.derived["lens"].value == "known"


@pytest.mark.expects_log("lane panel heads failed")
def test_a_derivation_that_fails_is_told_once_and_not_tried_for_ever(desk: Desk) -> None:
    tries: list[str] = []

    def work(stop: Stop, report: Report) -> None:
        tries.append("tried")
        raise ZeroDivisionError("float division by zero")

    derivation = Derivation("key", work)
    # As a panel does: ask on every change of the View, of which the failure itself is one.
    desk.store.changed.connect(lambda *_views: desk.controller.derive("heads", derivation))
    desk.controller.derive("heads", derivation)
    for _ in range(20):
        if desk.executor.n_waiting:
            desk.executor.run_next()

    assert tries == ["tried"]
    problem = desk.view.problems[panel_lane("heads")]
    assert "ZeroDivisionError: float division by zero" in problem.hint
    assert isinstance(problem.__cause__, ZeroDivisionError)


@pytest.mark.expects_log("lane panel heads failed")
def test_a_derivation_that_works_again_clears_its_problem(desk: Desk) -> None:
    def fail(stop: Stop, report: Report) -> None:
        raise NoNetwork("Broken.", "")

    desk.controller.derive("heads", Derivation("a", fail))
    desk.executor.run_all()
    assert desk.view.problems[panel_lane("heads")].title == "Broken."

    desk.controller.derive("heads", Derivation("b", lambda _stop, _report: "fine"))
    desk.executor.run_all()

    assert dict(desk.view.problems) == {}


@pytest.mark.expects_log("lane panel heads failed")
def test_a_derivation_that_failed_can_be_tried_again(desk: Desk) -> None:
    answers: list[Exception | str] = ["fine", NoNetwork("Broken.", "")]

    def work(stop: Stop, report: Report) -> str:
        answer = answers.pop()
        if isinstance(answer, Exception):
            raise answer
        return answer

    derivation = Derivation("key", work)
    desk.store.changed.connect(lambda *_views: desk.controller.derive("heads", derivation))
    desk.controller.derive("heads", derivation)
    desk.executor.run_next()
    assert can_retry(panel_lane("heads"))

    desk.controller.retry(panel_lane("heads"))
    desk.executor.run_next()

    assert desk.view.derived["heads"].value == "fine"
    desk.jobs.shutdown()  # the listener would ask for ever
    assert dict(desk.view.problems) == {}


# Remembering


def test_what_is_shown_is_remembered_and_comes_back(qapp: object) -> None:
    other = Choices().chosen("attention", scale="log", line_mass=95).chosen("lens", tint="kl")
    before, preferences, after = ViewStore(View(choices=other)), Preferences(), ViewStore()
    before.select_head(4, 7)

    remember(preferences, before)
    recall(preferences, after)

    assert after.view.choices == other
    assert after.view.selection == before.view.selection


def test_a_remembered_head_that_the_model_does_not_have_is_brought_into_it(desk: Desk) -> None:
    recall(Preferences(layer=24, head=15), desk.store)
    desk.controller.edit("a sentence")

    desk.open()

    shown = desk.view.selection
    assert (shown.layer, shown.head) == (3, 3)
