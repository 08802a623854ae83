"""Work of the rank "export" goes before the panels' and is finished when the window closes."""

from collections.abc import Generator

import pytest
import shiboken6

from roberta_gui.gui.work.jobs import JobRunner, Work
from roberta_gui.records import Report, Stop
from tests.hand_cranked import HandCrankedExecutor

pytestmark = pytest.mark.usefixtures("qapp")


class Written:
    """Notes every step of the work it makes, and how that came to its end."""

    def __init__(self) -> None:
        self.executor = HandCrankedExecutor()
        self.runner = JobRunner(self.executor)
        self.ran: list[str] = []

    def stepped(self, name: str) -> Work:
        def work(stop: Stop, report: Report) -> Generator[None, None, None]:
            try:
                for step in range(3):
                    report(name, step / 3)
                    self.ran.append(f"{name}{step}")
                    yield
                self.ran.append(f"{name} done")
            except GeneratorExit:
                self.ran.append(f"{name} closed")
                raise

        return work


@pytest.fixture
def written() -> Written:
    return Written()


def test_exports_go_after_the_sentence_and_before_the_panels(written: Written) -> None:
    written.runner.submit("model", written.stepped("m"))  # is under way when the others come
    for lane in ("panel:p", "export:e", "sentence"):
        written.runner.submit(lane, written.stepped(lane[0]))
    written.executor.run_all()

    assert [each for each in written.ran if "done" in each] == [
        "m done", "s done", "e done", "p done",
    ]  # fmt: skip


def test_exports_of_different_names_do_not_replace_each_other(written: Written) -> None:
    for name in "ab":
        written.runner.submit(f"export:{name}", written.stepped(name))
    written.executor.run_all()

    assert {"a done", "b done"} <= set(written.ran)


@pytest.mark.parametrize("n_steps", [0, 1, 2, 3, 4, 5, 6, 7])
def test_what_is_exported_is_finished_after_the_window_has_closed(
    written: Written, n_steps: int
) -> None:
    for lane in ("export:a", "export:b", "panel:p"):
        written.runner.submit(lane, written.stepped(lane[-1]))
    for _ in range(n_steps):
        written.executor.run_next()

    written.runner.shutdown()
    shiboken6.delete(written.runner)
    written.executor.run_all()

    # Each step once, in order, whichever of them the closing came in between.
    for name in "ab":
        ran = [each for each in written.ran if each.startswith(name)]
        assert ran == [f"{name}0", f"{name}1", f"{name}2", f"{name} done"]
    assert "p done" not in written.ran


def test_an_export_that_was_given_up_is_not_finished(written: Written) -> None:
    written.runner.submit("export:a", written.stepped("a"))
    written.executor.run_next()
    written.runner.cancel("export:a")

    written.runner.shutdown()
    written.executor.run_all()

    assert written.ran[-1] == "a closed"


@pytest.mark.expects_log("lane export:a failed")
@pytest.mark.parametrize("n_steps", [0, 1])
def test_an_export_that_fails_after_the_window_has_closed_is_logged(
    written: Written, n_steps: int
) -> None:
    def fail(stop: Stop, report: Report) -> Generator[None, None, None]:
        yield from [None] * n_steps
        raise OSError("No space left on device")

    written.runner.submit("export:a", fail)
    written.runner.submit("export:b", written.stepped("b"))
    written.runner.shutdown()
    written.executor.run_all()

    assert written.ran[-1] == "b done"


def test_a_copy_is_for_nobody_once_the_window_has_closed(written: Written) -> None:
    written.runner.submit("copy:clipboard", written.stepped("copy"))
    written.executor.run_next()
    written.runner.shutdown()
    written.executor.run_all()

    assert "copy done" not in written.ran
