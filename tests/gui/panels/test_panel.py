"""What a panel says of work that failed or was stopped, once and with a way to try again."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.panels.picture_panel import PicturePanel
from roberta_gui.gui.panels.reasons import Reason, problem_in, taking_turns
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import BadArgument, Problem, Stopped
from roberta_gui.records import Report, Run, Stop
from roberta_gui.view import Derived, Progress, View
from tests.gui.idle_window import IdleWindow
from tests.made_up import made_up_analysis

FAILED = BadArgument("words.bin cannot be read.", "It is no text.")
BROKEN = Problem("It ended.", "It goes on from its last saved step.")


class Count(int):
    """A number with nothing behind it."""

    def table(self) -> Table | None:
        return None

    def arrays(self) -> Arrays | None:
        return None


class Counting(PicturePanel[Count]):
    """Shows the text's length, which it has counted in the background."""

    name = "counting"
    title = "Counting"
    tip = "Counts"

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self.number = QLabel()
        self.show_picture(self.number)

    def derive(self, view: View) -> Derivation | None:
        def count(stop: Stop, report: Report) -> int:
            return 0

        return Derivation(view.analysis, count) if view.analysis is not None else None

    def reasons(self, view: View) -> Iterator[Reason | None]:
        yield problem_in(view, self.lane)
        yield taking_turns("Counting")

    def draw_result(self, result: Count, view: View, *, is_new: bool) -> None:
        self.number.setText(str(result))

    def caption_of(self, result: Count, view: View) -> str:
        return f"It is {result}."


@pytest.fixture
def panel(qtbot: QtBot) -> Counting:
    panel = Counting(ViewStore())
    qtbot.addWidget(panel)
    panel.body.insertWidget(0, panel.heading)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def marks(panel: Panel) -> list[str]:
    """Return the marks in the heading that are in sight."""
    found = panel.heading.findChildren(QPushButton, "stale")
    return [mark.text() for mark in found if mark.isVisible()]


def buttons(panel: Panel) -> list[str]:
    return [b.text() for b in panel.findChildren(QPushButton) if b.isVisible()]


def test_an_old_picture_is_updating_until_its_work_fails(panel: Counting, qtbot: QtBot) -> None:
    store = panel.store
    analysis = made_up_analysis("one")
    store.show(analysis)
    store.derive("counting", Derived(analysis, 3))
    at_first = marks(panel)

    store.type(Run.of(made_up_analysis("one two")))
    store.show(made_up_analysis("one two"))
    qtbot.waitUntil(lambda: marks(panel) == ["updating"])
    store.report(panel_lane("counting"), FAILED)
    failed = marks(panel)
    store.report(panel_lane("counting"), None)
    qtbot.waitUntil(lambda: marks(panel) == ["updating"])
    store.derive("counting", Derived(store.view.analysis, 7))

    assert (at_first, failed, marks(panel)) == ([], ["not updated"], [])


@pytest.mark.parametrize(
    ("problem", "mark"), [(FAILED, "not finished"), (Stopped("It stays."), "stopped")]
)
def test_a_picture_that_ended_half_way_says_so_and_can_go_on(
    panel: Counting, qtbot: QtBot, problem: Problem, mark: str
) -> None:
    store = panel.store
    analysis = made_up_analysis("one")
    store.show(analysis)
    store.derive("counting", Derived(analysis, 1))  # the first of more to come
    under_way = marks(panel)

    store.report(panel_lane("counting"), problem)

    assert (under_way, marks(panel)) == ([], [mark])
    (button,) = (b for b in panel.findChildren(QPushButton) if b.text() == mark)
    with qtbot.waitSignal(panel.retry_wanted):
        button.click()
    store.report(panel_lane("counting"), None)
    assert marks(panel) == []


def test_only_a_panel_that_waits_for_work_draws_anew_when_it_goes_on(
    panel: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = panel.store
    analysis = made_up_analysis("one")
    store.show(analysis)
    store.derive("counting", Derived(analysis, 3))
    drawn: list[View] = []
    monkeypatch.setattr(panel, "highlight", lambda result, view: drawn.append(view))

    store.progress(panel_lane("similarity"), Progress("Reading", 0.5))
    of_another = len(drawn), panel.is_current
    store.progress(panel_lane("counting"), Progress("Counting", 0.5))
    store.progress(panel_lane("similarity"), None)
    store.select_layer(0)

    assert of_another == (0, True)
    assert [len(view.progress) for view in drawn] == [2, 1]


def test_an_old_picture_is_not_called_updating_when_the_new_pass_failed(
    panel: Counting, qtbot: QtBot
) -> None:
    store = panel.store
    analysis = made_up_analysis("one")
    store.show(analysis)
    store.derive("counting", Derived(analysis, 3))

    store.type(Run("one two", made_up_analysis("one two").tokens))
    qtbot.waitUntil(lambda: marks(panel) == ["updating"])
    store.report(lanes.SENTENCE, FAILED)

    assert marks(panel) == ["not updated"]


def test_a_second_sentence_that_failed_says_nothing_of_pictures_of_the_first(
    panel: Counting, qtbot: QtBot
) -> None:
    store = panel.store
    analysis = made_up_analysis("one")
    store.show(analysis)
    store.derive("counting", Derived(analysis, 3))
    store.report(lanes.SECOND_SENTENCE, FAILED)

    store.type(Run("one two", made_up_analysis("one two").tokens))
    qtbot.waitUntil(lambda: marks(panel) != [])

    assert marks(panel) == ["updating"]


def test_the_mark_of_a_picture_whose_new_pass_failed_asks_for_that_pass_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    idle = IdleWindow(tmp_path, qtbot)
    try:
        idle.show()
        idle.show_text("one")
        idle.store.type(Run("one two", made_up_analysis("one two").tokens))
        idle.store.report(lanes.SENTENCE, FAILED)
        panel = idle.panel("guesses")
        (mark,) = (b for b in panel.heading.findChildren(QPushButton, "stale") if b.isVisible())

        mark.click()

        assert lanes.SENTENCE not in idle.store.view.problems
        assert marks(panel) != ["not updated"]
    finally:
        idle.close()


def test_a_whole_picture_that_is_here_again_is_not_called_stopped(panel: Counting) -> None:
    store = panel.store
    analysis = made_up_analysis("one")
    store.show(analysis)
    store.derive("counting", Derived(analysis, 3))
    store.type(Run.of(made_up_analysis("one two")))
    store.show(made_up_analysis("one two"))
    store.report(panel_lane("counting"), Stopped("Nothing was known by then."))
    stopped = marks(panel)

    store.type(Run.of(analysis))
    store.show(analysis)

    assert (stopped, marks(panel)) == (["not updated"], [])


@pytest.mark.parametrize(
    ("problem", "way"), [(FAILED, "Try again"), (Stopped("Nothing was known."), "Start again")]
)
def test_where_there_is_no_picture_the_problem_stands_with_a_way_out(
    panel: Counting, qtbot: QtBot, problem: Problem, way: str
) -> None:
    panel.store.show(made_up_analysis("one"))
    before = buttons(panel)

    panel.store.report(panel_lane("counting"), problem)

    assert before == []
    assert panel.tells(problem)
    assert not panel.tells(Problem("Something else."))
    (button,) = (b for b in panel.findChildren(QPushButton) if b.isVisible())
    assert button.text() == way
    with qtbot.waitSignal(panel.retry_wanted):
        button.click()
    panel.store.report(panel_lane("counting"), None)
    assert buttons(panel) == []


def test_the_window_tells_once_what_a_panel_tells(qtbot: QtBot, tmp_path: Path) -> None:
    idle = IdleWindow(tmp_path, qtbot)
    try:
        idle.show()
        idle.window.docks.solo("heads")
        idle.store.report(
            panel_lane("heads"), FAILED
        )  # nothing is drawn yet: All heads says it itself
        told_by_panel = idle.panel("heads").tells(FAILED), idle.told()
        idle.store.report(panel_lane("lens"), FAILED)  # nobody looks: it says so when it is shown
        told_of_hidden = idle.told()
        idle.store.report(panel_lane("train"), BROKEN)  # it has gone on while nobody looked
        told_of_unseen = idle.told()
        idle.store.report(panel_lane("train"), None)
        idle.store.choose("surprisal", tint=True)
        idle.store.report(panel_lane("surprisal"), FAILED)  # the sentence's tint has no words
        told_of_tint = idle.told()

        assert told_by_panel == (True, [])
        assert told_of_hidden == []
        assert told_of_unseen == [BROKEN.title, BROKEN.hint]
        assert told_of_tint == [FAILED.title, FAILED.hint]
    finally:
        idle.close()


def test_stopping_is_told_over_the_status_line_with_a_way_to_begin_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    idle = IdleWindow(tmp_path, qtbot)
    try:
        idle.show()

        def endless(stop: Stop, report: Report) -> Generator[None, None, None]:
            while not stop():
                report("Counting", 0.5)
                yield None

        controller, store = idle.session.controller, idle.store
        controller.derive("heads", Derivation("key", endless))
        (button,) = (b for b in idle.window.status.findChildren(QPushButton) if b.text() == "Stop")
        qtbot.waitUntil(button.isVisible)
        button.click()
        qtbot.waitUntil(lambda: controller.is_settled)

        assert idle.told() == ["Stopped.", "Nothing was known by then."]
        idle.press("Start again")
        assert dict(store.view.problems) == {}
        assert idle.told() == []
    finally:
        idle.close()


def test_a_panel_that_lacks_a_part_says_which(panel: Counting) -> None:
    view = panel.store.view
    for lacking in (
        lambda: Panel.draw(panel, view, None),
        lambda: PicturePanel.draw_result(panel, Count(1), view, is_new=True),
        lambda: PicturePanel.caption_of(panel, Count(1), view),
    ):
        with pytest.raises(TypeError, match="Counting"):
            lacking()
    assert not Panel.tells(panel, FAILED)
    assert Panel.known.__get__(panel) is None
