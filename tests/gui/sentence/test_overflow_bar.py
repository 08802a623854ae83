"""What is too long for the editor is kept until it is saved or not wanted."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from roberta_gui.gui.sentence.overflow_bar import OverflowBar
from roberta_gui.gui.sentence.second_card import SecondCard
from roberta_gui.gui.sentence.token_alignment import TokenAlignment
from roberta_gui.gui.store import ViewStore


def said(bar: OverflowBar) -> str:
    return " ".join(label.text() for label in bar.findChildren(QLabel))


def test_the_rests_of_two_texts_are_counted_and_a_blank_line_parts_them(qtbot: QtBot) -> None:
    bar = OverflowBar()
    qtbot.addWidget(bar)

    bar.keep(20_000, "one")
    assert "3 characters are kept" in said(bar)
    bar.keep(0, "other")

    assert bar.text == "one\n\nother"
    assert "8 characters of 2 texts are kept" in said(bar)
    assert not bar.isHidden()


def test_it_goes_only_when_it_is_let_go(qtbot: QtBot) -> None:
    bar = OverflowBar()
    qtbot.addWidget(bar)
    bar.keep(20_000, "one")

    bar.dismissed.emit()

    assert bar.text == ""
    assert bar.isHidden()


@pytest.fixture
def second(qtbot: QtBot) -> SecondCard:
    card = SecondCard(ViewStore(), TokenAlignment())
    qtbot.addWidget(card)
    card.show()
    return card


def test_while_its_sentence_is_away_it_keeps_everything_out_of_sight(second: SecondCard) -> None:
    bar = second.rest
    bar.keep(20_000, "one")
    assert bar.isVisible()

    second.hide()
    bar.keep(20_000, "late")  # a paste tells of its rest only once the window is painted
    assert not bar.isVisible()
    second.show()

    assert bar.isVisible()
    assert bar.text == "one\n\nlate"


def test_it_does_not_come_back_with_nothing_kept(second: SecondCard) -> None:
    second.rest.keep(20_000, "one")
    second.rest.let_go()

    second.hide()
    second.show()

    assert second.rest.isHidden()
