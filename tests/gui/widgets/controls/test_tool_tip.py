"""A tool tip shows what it is given, letter by letter."""

import pytest
from PySide6.QtGui import Qt, QTextDocument

from roberta_gui.findings.notation.glyphs import STRAY_MEANING
from roberta_gui.gui.widgets.controls.tool_tip import WIDEST, plain_tip


@pytest.mark.parametrize(
    "text",
    [
        "<s>",
        "from ␣27 to </s>: 0.0032",
        "Put <s> and </s> around the text",
        "<b>bold</b>   spaced",
        "<b>first</b> line\nsecond & third",
        "a &lt; b",
        "<!-- gone -->",
    ],
)
def test_markup_is_read_as_it_was_written(text: str) -> None:
    document, tip = QTextDocument(), plain_tip(text)

    # As Qt's own tool tip decides.
    document.setHtml(tip) if Qt.mightBeRichText(tip) else document.setPlainText(tip)

    assert document.toPlainText() == text
    assert not document.find("s").charFormat().fontStrikeOut()


@pytest.mark.parametrize("text", ["", "Layer 1, head 2\nattention[0, 1]", "1 < 2", "tea & cake"])
def test_what_qt_shows_as_it_is_stays_as_it_is(text: str) -> None:
    assert plain_tip(text) == text


@pytest.mark.parametrize("mark", ["", "</s> "])
def test_a_long_line_goes_on_in_others_that_keep_its_words(mark: str) -> None:
    text = f"first\n{mark}{'a word or two ' * 40}{'unbroken' * 20}"
    document, tip = QTextDocument(), plain_tip(text)

    document.setHtml(tip) if Qt.mightBeRichText(tip) else document.setPlainText(tip)

    lines = document.toPlainText().split("\n")
    assert max(map(len, lines)) <= WIDEST
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")


def test_what_byte_pieces_are_is_said_once_in_every_tip_that_shows_some() -> None:
    tip = plain_tip("⟨F0 9F⟩  3 %")

    assert tip.replace("\n", " ") == f"⟨F0 9F⟩  3 % {STRAY_MEANING}"
    assert plain_tip(f"⟨9F⟩\n{STRAY_MEANING}").count("hexadecimal") == 1
    assert plain_tip("⟨ham⟩") == "⟨ham⟩"
