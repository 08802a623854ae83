"""Work of the rank "export" goes before the panels'."""

from collections.abc import Generator

import pytest

from roberta_gui.lanes import MODEL, SENTENCE, panel_lane
from roberta_gui.records import Report, Stop
from tests.gui.cranked_runner import CrankedRunner, export

pytestmark = pytest.mark.usefixtures("qapp")


def test_exports_go_after_the_sentence_and_before_the_panels() -> None:
    cranked = CrankedRunner()
    cranked.runner.submit(MODEL, cranked.stepped("model", 1))  # is under way when the others come
    for lane in (panel_lane("p"), export("e"), SENTENCE):
        cranked.runner.submit(lane, cranked.stepped(str(lane), 2))
    cranked.executor.run_all()

    assert cranked.ran == [
        "model0", "sentence0", "sentence1", "export e0", "export e1", "panel p0", "panel p1",
    ]  # fmt: skip


def test_exports_of_different_names_do_not_replace_each_other() -> None:
    cranked = CrankedRunner()
    for name in "ab":
        cranked.runner.submit(export(name), cranked.plain(name))
    cranked.executor.run_all()

    assert cranked.ran == ["a", "b"]


@pytest.mark.parametrize("n_steps", [0, 1, 2])
def test_an_export_that_is_stopped_by_the_end_cleans_up(n_steps: int) -> None:
    cranked = CrankedRunner()
    cleaned: list[str] = []

    def write(stop: Stop, report: Report) -> Generator[int, None, None]:
        try:
            yield from range(9)
        finally:
            cleaned.append("cleaned up")

    cranked.runner.submit(export("a"), write)
    for _ in range(n_steps):
        cranked.executor.run_next()
    cranked.runner.shutdown()
    cranked.executor.run_all()

    assert cleaned == ["cleaned up"] * bool(n_steps)
