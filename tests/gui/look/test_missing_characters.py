"""Characters that no font has are named, wherever boxes stand for them."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.missing_characters import describe_missing
from roberta_gui.gui.sentence.sentence_card import SentenceCard
from roberta_gui.gui.sentence.token_alignment import TokenAlignment
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.tool_tip import hide_tip, show_tip
from roberta_gui.records import Run
from tests.made_up import made_up_analysis

NOWHERE = "\U0010fffd"
"""For private use, the last there is: no font has it."""


@pytest.fixture
def alone(qapp: QApplication) -> QFont:
    """Give the tests' own font, without those that a machine would put beside it."""
    font = QFont(qapp.font())
    font.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    return font


@pytest.mark.parametrize("text", ["", "The cat", "é ▁ → …", "a\u0000\u200d\u00a0\ufe0f"])
def test_what_can_be_drawn_and_what_nothing_is_drawn_of_is_not_named(
    text: str, alone: QFont
) -> None:
    assert describe_missing(text, alone) == ""


def test_what_the_font_has_not_is_named_once_and_the_rest_is_counted(alone: QFont) -> None:
    assert (
        describe_missing("日a日本", alone)
        == "No installed font has U+65E5, U+672C: boxes stand there."
    )
    assert "U+65E5, U+672C, U+8A9E, 2 more:" in describe_missing("日本語東京", alone)


def test_a_tip_says_why_there_is_a_box_in_it(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    with qtbot.waitExposed(owner):
        owner.show()

    show_tip(owner.mapToGlobal(QPoint(3, 3)), f"token {NOWHERE}", owner)
    labels = [w for w in QApplication.topLevelWidgets() if w.inherits("QTipLabel")]
    said = [str(label.property("text")) for label in labels if label.isVisible()]
    hide_tip()

    assert said == [f"token {NOWHERE}\nNo installed font has U+10FFFD: boxes stand there."]


def test_the_sentence_says_why_tokens_are_boxes(qtbot: QtBot) -> None:
    store = ViewStore()
    card = SentenceCard(store, TokenAlignment())
    qtbot.addWidget(card)
    store.changed.connect(card.draw)
    store.use_model(made_up_analysis("a").model)
    with qtbot.waitExposed(card):
        card.show()

    def said() -> list[str]:
        texts = [label.text() for label in card.findChildren(QLabel) if label.isVisible()]
        return [text for text in texts if "font" in text]

    for text, expected in (
        ("plain words", []),
        (f"a {NOWHERE}", ["No installed font has U+10FFFD: boxes stand there."]),
        ("plain again", []),
    ):
        store.type(Run(text, made_up_analysis(text).tokens))
        assert said() == expected
