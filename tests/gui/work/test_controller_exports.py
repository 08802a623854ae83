"""Exports run beside everything else: what is typed goes first, and each tells how it ended."""

from collections.abc import Generator

import pytest

from roberta_gui.lanes import Lane, Rank
from roberta_gui.problems import Problem, Stopped
from roberta_gui.records import Report, Stop
from tests.gui.desk import Desk

pytestmark = pytest.mark.usefixtures("opened")


class Heard:
    def __init__(self, desk: Desk) -> None:
        self.done: list[tuple[str, object]] = []
        self.failed: list[tuple[str, Problem]] = []
        desk.controller.exported.connect(lambda *told: self.done.append(told))
        desk.controller.export_failed.connect(lambda *told: self.failed.append(told))


def saving(stop: Stop, report: Report) -> Generator[None, None, str]:
    for step in range(3):
        report("Saving a.npz", step / 3)
        yield
    return "saved"


def test_an_export_tells_its_progress_and_its_end(desk: Desk) -> None:
    heard = Heard(desk)
    desk.controller.export("C:/a.npz", saving)
    desk.executor.run_next()
    progress = desk.view.progress[Lane(Rank.EXPORT, "C:/a.npz")]
    desk.executor.run_all()

    assert (progress.text, progress.fraction, progress.can_stop) == ("Saving a.npz", 0, True)
    assert heard.done == [("C:/a.npz", "saved")]
    assert heard.failed == []
    assert dict(desk.view.progress) == {}
    assert dict(desk.view.derived) == {}


def test_what_is_typed_overtakes_an_export(desk: Desk) -> None:
    heard = Heard(desk)
    desk.controller.export("a.npz", saving)
    desk.executor.run_next()

    desk.controller.edit("typed meanwhile")
    desk.controller.analyse()
    desk.run_until(lambda: desk.shown[-1] == "typed meanwhile")

    assert heard.done == []
    desk.executor.run_all()
    assert heard.done == [("a.npz", "saved")]


@pytest.mark.expects_log("lane export a.npz failed")
def test_an_export_that_fails_is_told_and_no_problem_of_the_window(desk: Desk) -> None:
    heard, baseline = Heard(desk), Problem("The file could not be written.", "No space left.")

    def fail(stop: Stop, report: Report) -> Generator[None, None, None]:
        yield
        raise baseline

    desk.controller.export("a.npz", fail)
    desk.executor.run_all()

    assert heard.failed == [("a.npz", baseline)]
    assert dict(desk.view.problems) == {}


def test_an_export_can_be_stopped(desk: Desk) -> None:
    heard = Heard(desk)
    desk.controller.export("a.npz", saving)
    desk.executor.run_next()

    desk.controller.stop(Lane(Rank.EXPORT, "a.npz"))
    desk.executor.run_all()

    [(name, problem)] = heard.failed
    assert name == "a.npz"
    assert isinstance(problem, Stopped)
    assert heard.done == []
    assert dict(desk.view.problems) == {}
    assert dict(desk.view.progress) == {}
    desk.controller.stop(Lane(Rank.EXPORT, "a.npz"))  # it has ended by now
    assert len(heard.failed) == 1
