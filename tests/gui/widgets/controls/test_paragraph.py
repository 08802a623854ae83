"""Sentences keep their tokens."""

from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.controls.breaking_text import Paragraph


def test_a_token_in_a_sentence_is_no_mark_up(qtbot: QtBot) -> None:
    plain, marked = Paragraph(), Paragraph()
    for label in (plain, marked):
        qtbot.addWidget(label)
    plain.setText("from s to b")
    marked.setText("from <s> to <b>")

    assert marked.sizeHint().width() > plain.sizeHint().width()


def test_a_long_sentence_takes_more_lines_in_less_room(qtbot: QtBot) -> None:
    label = Paragraph()
    qtbot.addWidget(label)
    label.setText("word " * 40)

    assert label.heightForWidth(200) > label.heightForWidth(800)
