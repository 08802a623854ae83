"""Docks: shown alone, floated, tabbed, closed, and remembered."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.window.arrangements import ARRANGEMENTS
from roberta_gui.gui.window.dock_area import DockArea
from roberta_gui.view import View

EXPLORE, LAYERS = ARRANGEMENTS[0], ARRANGEMENTS[1]
NAMES = list(EXPLORE.panels)


def bare(kind: type[Panel]) -> type[Panel]:
    """Make a panel of the same name that draws nothing: what stands in a dock is not tested."""

    class Bare(Panel):
        name, title, tip = kind.name, kind.title, kind.tip

        def draw(self, view: View, previous: View | None) -> None:
            """Stay empty."""

    return Bare


BARE = tuple(map(bare, PANELS))


class Area:
    """A dock area on an empty store."""

    def __init__(self, bot: QtBot) -> None:
        self.docks = make_docks()
        with bot.waitExposed(self.docks):
            self.docks.show()

    @property
    def visible(self) -> list[str]:
        """Panels that are not closed; of several tabs only one can be seen."""
        others = [kind.name for kind in self.docks.kinds if kind.name not in NAMES]
        return [name for name in (*NAMES, *others) if not self.docks.dock(name).isHidden()]


def make_docks() -> DockArea:
    docks = DockArea(BARE, ViewStore())
    docks.resize(1300, 700)
    return docks


@pytest.fixture
def area(qtbot: QtBot) -> Iterator[Area]:
    area = Area(qtbot)
    yield area
    area.docks.close()
    area.docks.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    vars(area).clear()  # pytest keeps what a fixture gave until leaks have been counted


def entry(area: Area, name: str, text: str) -> QAction:
    menu = area.docks.panel_menu(area.docks.panel(name), area.docks)
    return next(action for action in menu.actions() if action.text().startswith(text))


def test_every_panel_has_its_place_and_no_arrangement_has_one_twice() -> None:
    assert {p for a in ARRANGEMENTS for p in a.panels} == {kind.name for kind in PANELS}
    for arrangement in ARRANGEMENTS:
        assert len(set(arrangement.panels)) == len(arrangement.panels)


def test_a_panel_of_two_arrangements_is_asked_for_where_it_stands_in_front(area: Area) -> None:
    homes = [a.name for a in ARRANGEMENTS if "words" in a.panels]
    area.docks.focus("words")
    assert homes == ["compare", "words"]
    assert area.docks.arrangement == "words"
    area.docks.arrange("compare")
    area.docks.focus("words")
    assert area.docks.arrangement == "compare"


def test_the_first_arrangements_panels_are_shown_side_by_side(area: Area) -> None:
    assert area.visible == NAMES
    places = [area.docks.dock(p.name).geometry() for p in area.docks.panels if p.is_in_sight]
    assert len(places) == sum(len(column.cells) for column in EXPLORE.columns)
    for nth, place in enumerate(places):
        assert not any(place.intersects(other) for other in places[nth + 1 :])


def test_any_panel_can_be_alone_beside_a_second_sentence(area: Area) -> None:
    area.docks.arrange("compare")
    beside = area.visible
    area.docks.solo("heads")
    assert (area.docks.arrangement, area.visible) == ("compare", ["heads"])
    area.docks.solo("heads")
    assert (area.docks.arrangement, area.visible) == ("compare", beside)


@pytest.mark.parametrize("name", NAMES)
def test_one_panel_alone_and_all_again(area: Area, name: str) -> None:
    area.docks.solo(name)
    assert area.visible == [name]

    assert area.docks.end_solo() is True
    assert area.visible == NAMES
    assert area.docks.end_solo() is False


def test_the_keyboard_goes_with_the_panel_that_is_alone_and_comes_back(area: Area) -> None:
    area.docks.activateWindow()
    area.docks.focus("guesses")
    had = QApplication.focusWidget()

    area.docks.solo("heads")
    alone = area.docks.panel("heads")
    now = QApplication.focusWidget()
    assert now is alone or (now is not None and alone.isAncestorOf(now))
    area.docks.solo("attention")
    area.docks.end_solo()

    assert had is not None
    assert QApplication.focusWidget() is had


def test_showing_a_panel_alone_twice_brings_the_others_back(area: Area) -> None:
    area.docks.solo("attention")
    area.docks.solo("attention")

    assert area.visible == NAMES


def test_a_closed_panel_stays_closed_through_showing_another_alone(area: Area) -> None:
    entry(area, "heads", "Close").trigger()
    area.docks.solo("attention")
    area.docks.end_solo()

    assert area.visible == [name for name in NAMES if name != "heads"]


def test_a_panel_floats_and_is_docked_again(area: Area) -> None:
    dock = area.docks.dock("guesses")

    entry(area, "guesses", "Float").trigger()
    floating = dock.isFloating()
    entry(area, "guesses", "Float").trigger()

    assert floating
    assert not dock.isFloating()
    assert area.visible == NAMES


def test_of_two_tabs_one_is_shown_and_the_keyboard_brings_the_other(
    area: Area, qtbot: QtBot
) -> None:
    first, second = area.docks.dock("hidden"), area.docks.dock("heads")
    area.docks.tabifyDockWidget(first, second)
    first.raise_()
    qtbot.waitUntil(lambda: first.visibleRegion().isEmpty() is False)

    area.docks.focus("heads")

    qtbot.waitUntil(lambda: first.visibleRegion().isEmpty())
    assert not second.visibleRegion().isEmpty()


def test_the_designed_layout_comes_back(area: Area, qtbot: QtBot) -> None:
    front = [name for name in NAMES if not area.docks.dock(name).visibleRegion().isEmpty()]
    designed = {name: area.docks.dock(name).geometry() for name in front}
    area.docks.tabifyDockWidget(area.docks.dock("guesses"), area.docks.dock("heads"))
    area.docks.dock("attention").setFloating(True)
    area.docks.dock("hidden").hide()
    area.docks.solo("guesses")

    area.docks.reset()

    assert area.visible == NAMES
    assert not any(area.docks.dock(name).isFloating() for name in NAMES)
    qtbot.waitUntil(lambda: {n: area.docks.dock(n).geometry() for n in front} == designed)


def test_a_layout_is_remembered_and_taken_up(area: Area) -> None:
    area.docks.dock("guesses").hide()
    layout = area.docks.remembered()
    area.docks.reset()

    area.docks.bring_back(layout)

    assert area.visible == [name for name in NAMES if name != "guesses"]


@pytest.mark.parametrize("layout", [b"", b"no layout", bytes(100)])
def test_a_layout_that_is_none_changes_nothing(area: Area, layout: bytes) -> None:
    area.docks.bring_back(layout)

    assert area.visible == NAMES


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Copy picture", "copy-picture"),
        ("Save picture", "save-picture"),
        ("Copy numbers", "copy-table"),
        ("Save numbers", "save-table"),
        ("Save arrays", "save-arrays"),
    ],
)
def test_the_menu_of_a_panel_asks_for_its_exports(area: Area, text: str, kind: str) -> None:
    asked: list[tuple[str, str]] = []
    area.docks.export_wanted.connect(lambda panel, kind: asked.append((panel.name, kind)))

    entry(area, "hidden", text).trigger()

    assert asked == [("hidden", kind)]


def test_another_panel_takes_the_place_of_the_one_that_is_alone(area: Area) -> None:
    area.docks.solo("heads")
    area.docks.solo("attention")
    assert area.visible == ["attention"]

    area.docks.solo("attention")
    assert area.visible == NAMES


def test_the_keyboard_of_another_panel_while_one_is_alone_makes_that_one_alone(area: Area) -> None:
    area.docks.solo("attention")

    area.docks.focus("heads")

    assert area.docks.alone == "heads"
    assert [panel.name for panel in area.docks.panels if panel.is_in_sight] == ["heads"]


def test_another_arrangement_shows_its_panels_and_hides_the_others(
    area: Area, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(area.docks.arrangement_changed) as heard:
        area.docks.arrange("layers")

    assert heard.args == ["layers"]
    assert sorted(area.visible) == sorted(LAYERS.panels)
    firsts = [cell.panels[0] for column in LAYERS.columns for cell in column.cells]
    docks = [area.docks.dock(name) for name in firsts]
    qtbot.waitUntil(lambda: not any(dock.visibleRegion().isEmpty() for dock in docks))


def test_each_arrangement_comes_back_as_it_was_left(area: Area) -> None:
    area.docks.dock("heads").hide()
    area.docks.arrange("layers")
    area.docks.dock("lens").hide()
    area.docks.arrange("explore")
    assert area.visible == [name for name in NAMES if name != "heads"]

    area.docks.arrange("layers")
    assert "lens" not in area.visible


def test_the_arrangement_in_use_and_the_others_are_remembered(area: Area, qtbot: QtBot) -> None:
    area.docks.dock("guesses").hide()
    area.docks.arrange("layers")
    area.docks.dock("lens").hide()
    other = Area(qtbot)

    other.docks.bring_back(area.docks.remembered())

    assert other.docks.arrangement == "layers"
    assert "lens" not in other.visible
    other.docks.arrange("explore")
    assert other.visible == [name for name in NAMES if name != "guesses"]
    other.docks.close()
    other.docks.deleteLater()


def test_going_to_a_panel_goes_to_its_arrangement(area: Area) -> None:
    area.docks.focus("lens")
    assert area.docks.arrangement == "layers"

    area.docks.focus("guesses")
    assert area.docks.arrangement == "explore"


def test_a_panel_of_another_arrangement_alone_brings_that_one_along(area: Area) -> None:
    area.docks.solo("lens")
    assert (area.visible, area.docks.arrangement) == (["lens"], "layers")

    area.docks.end_solo()
    assert sorted(area.visible) == sorted(LAYERS.panels)
    area.docks.arrange("explore")
    assert area.visible == NAMES


def test_a_panel_of_another_arrangement_can_join_this_one(area: Area) -> None:
    area.docks.dock("lens").toggleViewAction().trigger()

    assert sorted(area.visible) == sorted([*NAMES, "lens"])
    assert not area.docks.dock("lens").isFloating()


def test_a_panel_is_made_when_it_is_first_shown_and_told_of_once(area: Area) -> None:
    made: list[str] = []
    area.docks.panel_made.connect(lambda panel: made.append(panel.name))
    at_first = [panel.name for panel in area.docks.panels]

    area.docks.arrange("train")
    area.docks.arrange("explore")
    area.docks.arrange("train")
    area.docks.dock("rogue").toggleViewAction().trigger()

    assert sorted(at_first) == sorted(NAMES)
    assert made == ["train", "moving", "rogue"]
    assert area.docks.panel("rogue") in area.docks.panels
