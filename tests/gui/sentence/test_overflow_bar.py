"""What is too long for the editor is kept until it is saved or not wanted."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from roberta_gui.gui.sentence.overflow_bar import OverflowBar


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


def test_while_its_sentence_is_away_it_keeps_everything_out_of_sight(qtbot: QtBot) -> None:
    bar = OverflowBar()
    qtbot.addWidget(bar)
    bar.keep(20_000, "one")

    bar.put_away()
    assert bar.isHidden()
    bar.keep(20_000, "late")  # a paste tells of its rest only once the window is painted
    assert bar.isHidden()
    bar.bring_back()

    assert not bar.isHidden()
    assert bar.text == "one\n\nlate"


def test_it_does_not_come_back_with_nothing_kept(qtbot: QtBot) -> None:
    bar = OverflowBar()
    qtbot.addWidget(bar)
    bar.keep(20_000, "one")
    bar.let_go()

    bar.put_away()
    bar.bring_back()

    assert bar.isHidden()
