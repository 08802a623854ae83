"""A row of choices: one is chosen, and only people are told of."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.controls.segments import Segments, WideButton, fold_where_narrow


@pytest.fixture
def segments(qtbot: QtBot) -> Segments:
    widget = Segments({"a": ("One", "The first"), "b": ("Two", ""), "c": ("Three", "")}, "Choice")
    qtbot.addWidget(widget)
    widget.set_choice("a")
    return widget


def button(segments: Segments, text: str) -> QToolButton:
    return next(b for b in segments.findChildren(QToolButton) if b.text() == text)


def chosen(segments: Segments) -> list[str]:
    shown = (b for b in segments.findChildren(QToolButton) if not b.isHidden())
    return [b.text() for b in shown if b.isChecked()]


def test_what_is_ruled_out_says_why_and_comes_back(segments: Segments) -> None:
    told: list[str] = []
    segments.chosen.connect(told.append)

    segments.rule_out({"a": "No first today"})
    button(segments, "One").click()
    while_out = button(segments, "One").isEnabled(), button(segments, "One").toolTip()
    others = button(segments, "Two").isEnabled()
    segments.rule_out({})

    assert while_out == (False, "No first today")
    assert others
    assert told == []
    assert button(segments, "One").isEnabled()
    assert button(segments, "One").toolTip() == "The first"


def test_a_click_chooses_and_tells(segments: Segments) -> None:
    told: list[str] = []
    segments.chosen.connect(told.append)

    QTest.mouseClick(button(segments, "Two"), Qt.MouseButton.LeftButton)

    assert told == ["b"]
    assert chosen(segments) == ["Two"]


def test_showing_a_choice_tells_nobody(segments: Segments) -> None:
    told: list[str] = []
    segments.chosen.connect(told.append)

    segments.set_choice("c")

    assert told == []
    assert chosen(segments) == ["Three"]


def test_the_keyboard_chooses_too(segments: Segments) -> None:
    told: list[str] = []
    segments.chosen.connect(told.append)

    QTest.keyClick(button(segments, "Three"), Qt.Key.Key_Space)

    assert told == ["c"]


def test_every_choice_has_a_name_for_a_screen_reader_and_its_tip(segments: Segments) -> None:
    in_sight = [b for b in segments.findChildren(QToolButton) if not b.isHidden()]
    names = [b.accessibleName() for b in in_sight]

    assert names == ["Choice: One", "Choice: Two", "Choice: Three"]
    assert button(segments, "One").toolTip() == "The first"


def in_sight(segments: Segments) -> list[str]:
    return [b.text() for b in segments.findChildren(QToolButton) if not b.isHidden()]


def menu(segments: Segments) -> list[QAction]:
    """Open the menu of the one button that is left; return what stands in it."""
    (opened,) = segments.findChildren(QMenu)
    opened.aboutToShow.emit()
    return [action for action in opened.actions() if action.isVisible()]


def test_where_there_is_no_room_one_button_has_a_menu_of_all(segments: Segments) -> None:
    told: list[str] = []
    segments.chosen.connect(told.append)
    wide = segments.full_width

    segments.fold(True)
    folded = in_sight(segments)
    segments.rule_out({"c": "No third today"})
    entries = [(a.text(), a.isChecked(), a.isEnabled(), a.toolTip()) for a in menu(segments)]
    menu(segments)[1].trigger()

    assert folded == ["One ▾"]
    assert entries == [
        ("One", True, True, "The first"), ("Two", False, True, "Two"),
        ("Three", False, False, "No third today"),
    ]  # fmt: skip
    assert told == ["b"]
    assert in_sight(segments) == ["Two ▾"]
    assert segments.full_width == wide > segments.minimumSizeHint().width()
    segments.fold(False)
    assert in_sight(segments) == ["One", "Two", "Three"]


def test_choices_fold_the_last_first_as_far_as_there_is_no_room(qtbot: QtBot) -> None:
    row = QWidget()
    qtbot.addWidget(row)
    layout = QHBoxLayout(row)
    first, last = (
        Segments({"a": ("One", ""), "b": ("Two", "")}, name) for name in ("First", "Last")
    )
    for each in (first, last):
        each.set_choice("b")
        layout.addWidget(each)
    with qtbot.waitExposed(row):
        row.show()
    room = row.sizeHint().width()

    def folded(room: int) -> tuple[int, int]:
        fold_where_narrow(row, room)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        return len(in_sight(first)), len(in_sight(last))

    assert folded(room) == (2, 2)
    assert folded(room - 1) == (2, 1)
    assert folded(room // 2) == (1, 1)
    assert folded(room) == (2, 2)


def test_a_button_is_short_and_as_narrow_where_there_is_no_room_for_its_word(
    qtbot: QtBot,
) -> None:
    row, name, button = QWidget(), QLabel("All heads"), WideButton("Difference", short="Δ")
    layout = QHBoxLayout(row)
    layout.addWidget(name)
    layout.addWidget(button)
    qtbot.addWidget(row)
    with qtbot.waitExposed(row):
        row.show()
    whole, in_full = name.sizeHint().width(), row.sizeHint().width()

    said = []
    for room in (in_full, in_full - 1, in_full):
        fold_where_narrow(row, room)
        row.resize(room, row.height())
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        said.append((button.text(), name.width() >= whole))

    assert said == [("Difference", True), ("Δ", True), ("Difference", True)]
