"""Where text is cut into tokens: never where it could hold the window."""

from threading import Event
from typing import Any, cast

import pytest

from roberta_gui import lanes
from roberta_gui.analysis.stepped import result_of
from roberta_gui.findings.steps.model import Turn
from roberta_gui.gui.work.tokenizing import HELD_S, Tokenizing
from roberta_gui.problems import BrokenCheckpoint, Stopped, UnencodableText
from roberta_gui.records import Run, Stop, Token
from tests.gui.desk import CountingTokenizer, Desk

MOMENT = 0.001
TOO_LONG = 0.021
"""Seconds for which the window may not be held: a fiftieth of a second is hardly felt."""


def going() -> bool:
    return False


class MoodyTokenizer(CountingTokenizer):
    """Takes as long as the test says, and fails as it says."""

    def __init__(self) -> None:
        self.now, self.takes = 0.0, MOMENT
        self.error: BaseException | None = None
        self.obeys = False

    def clock(self) -> float:
        return self.now

    def tokenize_cut(
        self, text: str, pair: str | None, limit: int | None, stop: Stop | None = None
    ) -> tuple[tuple[Token, ...], int]:
        self.now += self.takes
        if stop is not None and self.obeys and stop():
            raise Stopped
        if self.error is not None:
            raise self.error
        return super().tokenize_cut(text, pair, limit)


@pytest.fixture
def tokenizer() -> MoodyTokenizer:
    return MoodyTokenizer()


@pytest.fixture
def tokenizing(tokenizer: MoodyTokenizer) -> Tokenizing:
    return Tokenizing(cast("Any", tokenizer), tokenizer.clock)


def on_the_worker(tokenizing: Tokenizing, text: str) -> Run:
    return result_of(tokenizing.work(text, 512)(going, lambda *_: None))


def test_the_window_is_held_for_a_fiftieth_of_a_second_at_most() -> None:
    assert HELD_S <= 0.02


def test_nothing_is_cut_while_the_window_waits_before_one_text_was_quick(
    tokenizing: Tokenizing,
) -> None:
    assert not tokenizing.is_quick("two words")

    typed = on_the_worker(tokenizing, "two words")

    assert (typed.text, len(typed.tokens)) == ("two words", 4)
    assert tokenizing.is_quick("two words")


def test_a_text_that_took_long_on_the_worker_proves_nothing(
    tokenizing: Tokenizing, tokenizer: MoodyTokenizer
) -> None:
    tokenizer.takes = TOO_LONG / 2
    on_the_worker(tokenizing, "two words")

    assert not tokenizing.is_quick("two words")


def test_text_much_longer_than_any_that_was_quick_goes_to_the_worker(
    tokenizing: Tokenizing,
) -> None:
    on_the_worker(tokenizing, "short")
    longer = [n for n in (500, 1000, 1001, 20_000) if tokenizing.is_quick("a" * n)]
    on_the_worker(tokenizing, "a" * 5000)

    assert longer == [500, 1000]
    assert tokenizing.is_quick("a" * 20_000)


def test_a_tokenizer_that_has_held_the_window_is_left_to_the_worker_for_good(
    tokenizing: Tokenizing, tokenizer: MoodyTokenizer
) -> None:
    on_the_worker(tokenizing, "two words")
    tokenizer.takes = TOO_LONG
    tokenizing.cut("two words", 512)
    tokenizer.takes = MOMENT
    on_the_worker(tokenizing, "two words")

    assert not tokenizing.is_quick("two words")


def test_a_text_whose_rules_do_not_end_is_left_to_the_worker(
    tokenizing: Tokenizing, tokenizer: MoodyTokenizer
) -> None:
    on_the_worker(tokenizing, "two words")
    tokenizer.takes, tokenizer.obeys = TOO_LONG, True

    assert tokenizing.cut("aaaaaaa!", 512) is None
    assert not tokenizing.is_quick("two words")
    assert on_the_worker(tokenizing, "aaaaaaa!").text == "aaaaaaa!"


def test_what_is_wrong_with_the_text_is_told_as_it_is(
    tokenizing: Tokenizing, tokenizer: MoodyTokenizer
) -> None:
    tokenizer.error = UnencodableText("Half a character.", "Remove it.")

    with pytest.raises(UnencodableText):
        tokenizing.cut("a", 9)


class StuckTokenizer(CountingTokenizer):
    """Fails once somebody has waited long enough for it."""

    def __init__(self) -> None:
        self.is_given_up = Event()

    def tokenize_cut(
        self, text: str, pair: str | None, limit: int | None, stop: Stop | None = None
    ) -> tuple[tuple[Token, ...], int]:
        self.is_given_up.wait()
        raise BrokenCheckpoint("It takes too long.", "Choose another.")


def test_while_the_worker_waits_for_a_text_others_go_until_it_is_given_up() -> None:
    tokenizer = StuckTokenizer()
    steps = Tokenizing(cast("Any", tokenizer)).work("a", 9)(going, lambda *_: None)
    turns = [next(steps), next(steps)]
    tokenizer.is_given_up.set()

    with pytest.raises(BrokenCheckpoint, match="takes too long"):
        result_of(steps)
    assert turns == [Turn.OTHERS, Turn.OTHERS]


def test_a_tokenizer_that_never_ends_is_not_put_in_use() -> None:
    tokenizer = StuckTokenizer()
    tokenizer.is_given_up.set()

    with pytest.raises(BrokenCheckpoint, match="takes too long"):
        result_of(cast("Any", Tokenizing(cast("Any", tokenizer)).try_out(going, lambda *_: None)))


# In the window


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.begin()
    desk.worker.is_slow = True
    desk.open("slow")
    return desk


def test_tokens_from_the_worker_come_with_the_pass_that_was_asked_for(desk: Desk) -> None:
    desk.controller.edit("words enough")
    desk.controller.analyse()
    assert desk.view.run.text == "at first"
    assert desk.view.is_stale  # what is shown is of another text

    desk.executor.run_all()

    assert not desk.view.is_stale
    assert desk.view.run.text == "words enough"
    assert desk.shown[-1] == "words enough"
    assert desk.controller.is_settled


def test_newer_text_takes_the_place_of_what_the_worker_was_to_cut(desk: Desk) -> None:
    desk.controller.edit("words enough")
    desk.controller.edit("short")
    desk.executor.run_all()

    assert desk.view.run.text == "short"


@pytest.mark.expects_log("lane sentence tokens failed")
def test_what_the_worker_cannot_cut_is_told_where_text_is_told_of(desk: Desk) -> None:
    desk.controller.edit("half a character \ud800")
    desk.controller.analyse()
    desk.executor.run_all()

    assert desk.view.problems[lanes.TOKENS].title == "Half a character."
    assert desk.view.is_stale
    desk.controller.retry(lanes.TOKENS)  # which is to find them anew
    desk.executor.run_all()
    assert lanes.TOKENS in desk.view.problems
    desk.controller.edit("whole")
    desk.executor.run_all()
    assert lanes.TOKENS not in desk.view.problems
