"""A long text: its tokens come a turn later, and the pass that was asked for comes with them."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.gui.work.typed_sentence import LONG_TEXT
from tests.gui.desk import Desk

LONG = "word " * (LONG_TEXT // 4)


pytestmark = pytest.mark.usefixtures("opened")


def passes(desk: Desk) -> list[str]:
    return [done for done in desk.worker.ran if done.startswith("analyse ")]


def test_the_tokens_of_a_long_text_come_a_turn_later(desk: Desk, qtbot: QtBot) -> None:
    desk.controller.edit(LONG)
    assert desk.view.run.text == "at first"
    assert not desk.controller.is_settled

    qtbot.waitUntil(lambda: desk.view.run.text == LONG)

    desk.executor.run_all()
    assert passes(desk) == ["analyse at first"]  # only the pause asks for more


def switch_a_head(desk: Desk) -> None:
    desk.store.toggle_heads([(0, 1)])


@pytest.mark.parametrize(
    ("ask", "n_passes"), [(lambda desk: desk.controller.analyse(), 1), (switch_a_head, 2)]
)
def test_a_pass_asked_for_before_the_tokens_are_there_comes_with_them(
    desk: Desk, qtbot: QtBot, ask: Callable[[Desk], None], n_passes: int
) -> None:
    desk.controller.edit(LONG)
    ask(desk)
    assert not desk.jobs.is_busy(lanes.SENTENCE)
    assert not desk.controller.is_settled

    qtbot.waitUntil(lambda: desk.jobs.is_busy(lanes.SENTENCE))
    desk.executor.run_all()

    assert desk.shown[-1] == LONG
    assert passes(desk) == ["analyse at first", *n_passes * [f"analyse {LONG}"]]
    assert not desk.view.is_stale
    assert desk.controller.is_settled


def test_a_long_second_sentence_that_is_asked_for_at_once_is_shown(
    desk: Desk, qtbot: QtBot
) -> None:
    desk.controller.edit_second(LONG)
    desk.controller.analyse_second()

    qtbot.waitUntil(lambda: desk.jobs.is_busy(lanes.SECOND_SENTENCE))
    desk.executor.run_all()

    assert desk.view.second is not None
    assert desk.view.second.analysis is not None
    assert desk.view.second.analysis.request.text == LONG


def test_what_is_typed_after_asking_waits_for_its_own_pause(desk: Desk) -> None:
    desk.controller.edit(LONG)
    desk.controller.analyse()
    desk.controller.edit("short again")
    desk.executor.run_all()

    assert desk.view.run.text == "short again"
    assert passes(desk) == ["analyse at first"]
    assert not desk.controller.is_settled


def test_another_model_reads_a_waiting_text_once(desk: Desk) -> None:
    desk.controller.edit(LONG)
    desk.controller.analyse()

    desk.open("other")

    assert passes(desk) == ["analyse at first", f"analyse {LONG}"]
    assert desk.controller.is_settled
