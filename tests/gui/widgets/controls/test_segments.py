"""A row of choices: one is chosen, and only people are told of."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.controls.segments import Segments


@pytest.fixture
def segments(qtbot: QtBot) -> Segments:
    widget = Segments({"a": ("One", "The first"), "b": ("Two", ""), "c": ("Three", "")}, "Choice")
    qtbot.addWidget(widget)
    widget.set_choice("a")
    return widget


def button(segments: Segments, text: str) -> QToolButton:
    return next(b for b in segments.findChildren(QToolButton) if b.text() == text)


def chosen(segments: Segments) -> list[str]:
    return [b.text() for b in segments.findChildren(QToolButton) if b.isChecked()]


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
    names = [b.accessibleName() for b in segments.findChildren(QToolButton)]

    assert names == ["Choice: One", "Choice: Two", "Choice: Three"]
    assert button(segments, "One").toolTip() == "The first"
