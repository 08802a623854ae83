"""What is computed for a panel that another one covers lets go first what somebody sees."""

from collections.abc import Callable, Generator

import pytest

from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.lanes import Lane, panel_lane
from roberta_gui.records import Report, Stop
from tests.gui.desk import Desk
from tests.gui.idle_window import IdleWindow, settle


def four_steps(name: str, ran: list[str]) -> Callable[[Stop, Report], Generator[int, None, int]]:
    """Make work that notes each of its steps."""

    def work(stop: Stop, report: Report) -> Generator[int, None, int]:
        for step in range(4):
            ran.append(f"{name}{step}")
            yield step
        return 4

    return work


def test_a_covered_panel_waits_for_those_in_sight_until_it_asks_again(desk: Desk) -> None:
    desk.open()
    ran: list[str] = []
    a, b = (Derivation(name, four_steps(name, ran)) for name in "ab")
    desk.controller.derive("a", a)
    desk.controller.derive("b", b)

    desk.controller.put_covered("a")
    desk.run_until(lambda: "b1" in ran)
    desk.controller.derive("a", a)  # as it does when it comes into sight
    desk.executor.run_all()

    # The first and the fourth step were handed over before anything was said.
    assert ran == ["a0", "b0", "b1", "b2", "a1", "b3", "a2", "a3"]


def test_a_panel_behind_a_tab_and_one_that_is_closed_are_covered(
    idle: IdleWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[Lane, bool]] = []
    monkeypatch.setattr(idle.session.jobs, "set_seen", lambda *lane_seen: told.append(lane_seen))
    docks = idle.window.docks

    docks.focus("sweep")  # the tab beside the heads'
    docks.dock("attention").close()

    settle()
    covered = {lane for lane, seen in told if not seen}

    assert {panel_lane("heads"), panel_lane("attention")} <= covered
    assert panel_lane("guesses") not in covered
