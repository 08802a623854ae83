"""What assistive tools meet inside painted widgets."""

import gc
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.gui.widgets.painting.spoken import Parts
from roberta_gui.gui.widgets.tokens.token_strip import TokenStrip
from tests.made_up import made_up_analysis

NAME = QAccessible.Text.Name


class Numbers(Figure[int]):
    """A row of numbers, ten pixels each, that counts how often it is asked for them."""

    def __init__(self) -> None:
        super().__init__()
        self.n_numbers, self.asked = 3, 0

    def parts(self) -> Parts[int]:
        self.asked += 1
        return range(self.n_numbers), lambda n: QRectF(10 * n, 0, 10, 10)

    def describe(self, spot: int) -> str:
        return f"number {spot}\nsquared {spot**2}"


@pytest.fixture
def numbers(qtbot: QtBot) -> Numbers:
    widget = Numbers()
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.fixture
def _assisted() -> Iterator[None]:
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def access(widget: QWidget) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(widget)


def heard(widget: QWidget) -> list[str]:
    whole = access(widget)
    return [whole.child(n).text(NAME) for n in range(whole.childCount())]


def test_every_spot_is_a_child_with_its_tip_as_its_name(numbers: Numbers) -> None:
    assert access(numbers).role() is QAccessible.Role.List
    assert heard(numbers) == [
        "number 0, squared 0",
        "number 1, squared 1",
        "number 2, squared 4",
    ]


def test_a_spot_is_where_it_is_painted(numbers: Numbers) -> None:
    whole, place = access(numbers), numbers.mapToGlobal(QPoint(12, 3))
    second = whole.childAt(place.x(), place.y())

    assert second is whole.child(1)
    assert second.rect().contains(place)
    assert whole.indexOfChild(second) == 1
    assert second.parent() is whole
    assert second.role() is QAccessible.Role.ListItem
    assert not second.state().invisible
    assert whole.childAt(place.x() + 400, place.y()) is None


def test_a_spot_is_no_object_and_holds_nothing(numbers: Numbers) -> None:
    first = access(numbers).child(0)

    first.setText(NAME, "renamed")

    assert first.text(NAME) == "number 0, squared 0"
    assert first.text(QAccessible.Text.Description) == ""
    assert first.object() is None
    assert first.window() == access(numbers).window()
    inside = [first.child(0), first.childAt(0, 0)]
    assert first.childCount() == 0
    assert not any(inside)
    assert first.indexOfChild(first) == access(numbers).indexOfChild(access(numbers)) == -1


def test_a_spot_that_is_no_more_is_not_valid(numbers: Numbers) -> None:
    last = access(numbers).child(2)
    numbers.n_numbers = 2

    assert not last.isValid()
    assert last.text(NAME) == ""
    assert last.rect().isEmpty()
    assert heard(numbers) == ["number 0, squared 0", "number 1, squared 1"]


def test_nobody_is_asked_for_spots_without_an_assistive_tool(numbers: Numbers) -> None:
    numbers.repaint_picture()
    numbers.resize(200, 100)
    numbers.grab()

    assert numbers.asked == 0


@pytest.mark.usefixtures("_assisted")
def test_an_assistive_tool_is_told_once_of_other_spots(numbers: Numbers) -> None:
    heard(numbers)
    numbers.n_numbers = 5
    numbers.repaint_picture()

    assert len(heard(numbers)) == 5


def test_a_figure_goes_with_its_spots(qtbot: QtBot) -> None:
    figure = Numbers()
    qtbot.addWidget(figure)
    with qtbot.waitExposed(figure):
        figure.show()
    spot = access(figure).child(1)
    ident = QAccessible.uniqueId(spot)
    assert QAccessible.accessibleInterface(ident) is spot

    shiboken6.delete(figure)
    gc.collect()

    assert QAccessible.accessibleInterface(ident) is None


def test_tokens_are_read_with_their_place_and_what_their_tint_tells(qtbot: QtBot) -> None:
    strip = TokenStrip()
    qtbot.addWidget(strip)
    tokens = made_up_analysis("The cat sat").tokens
    strip.set_tokens(tokens)
    with qtbot.waitExposed(strip):
        strip.show()

    assert heard(strip)[2] == f"token 3 of 5, ␣cat, id {tokens[2].id}"
    strip.set_tint(None, ["", "", "surprisal 4.2 bits"])
    assert heard(strip)[2] == "token 3 of 5, ␣cat, surprisal 4.2 bits"
    where = strip.viewport().mapToGlobal(strip.chip_rect(2).center())
    assert access(strip).childAt(where.x(), where.y()) is access(strip).child(2)


def test_a_choice_among_a_few_is_a_radio_button_that_can_be_pressed(qtbot: QtBot) -> None:
    segments = Segments({"a": ("First", ""), "b": ("Second", "")}, "Order")
    qtbot.addWidget(segments)
    segments.set_choice("a")
    first, second = (access(segments).child(n) for n in (0, 1))

    assert first.role() is second.role() is QAccessible.Role.RadioButton
    assert (first.state().checked, second.state().checked) == (True, False)
    actions = second.actionInterface()
    with qtbot.waitSignal(segments.chosen) as told:
        actions.doAction(actions.actionNames()[0])

    assert told.args == ["b"]
    assert second.text(NAME) == "Order: Second"
    assert second.state().checked
    with qtbot.waitExposed(segments):
        segments.show()
    segments.activateWindow()
    button = second.object()
    assert isinstance(button, QWidget)
    assert button.focusPolicy() is Qt.FocusPolicy.TabFocus
    actions.doAction(actions.setFocusAction())
    qtbot.waitUntil(button.hasFocus)
