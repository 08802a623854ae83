"""Text that breaks between words where it can and inside them where it must."""

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.controls.breaking_text import ElidingLabel, height_of, lay_out


def lines(text: str, width: float) -> list[str]:
    layout = lay_out(text, LIGHT.font("control"), width)
    found = (layout.lineAt(nth) for nth in range(layout.lineCount()))
    return [text[line.textStart() :][: line.textLength()] for line in found]


def test_words_that_fit_a_line_are_never_cut(qtbot: QtBot) -> None:
    text = "Some hint of several words " * 20

    for line in lines(text, 300):
        assert set(line.split()) <= set(text.split())


@pytest.mark.parametrize("width", [60, 200, 400])
def test_no_line_is_wider_than_asked_and_nothing_is_lost(qtbot: QtBot, width: int) -> None:
    text = "Saved in /home/" + "abcdefghij" * 30 + " and closed."
    layout = lay_out(text, LIGHT.font("control"), width)

    assert "".join(lines(text, width)) == text
    for nth in range(layout.lineCount()):
        assert layout.lineAt(nth).naturalTextWidth() <= width + 0.5


def test_line_breaks_of_the_text_are_kept_and_count_for_the_height(qtbot: QtBot) -> None:
    font = LIGHT.font("control")

    one, three = lay_out("a", font, 300), lay_out("a\nb\nc", font, 300)

    assert three.lineCount() == 3
    assert height_of(three) == pytest.approx(3 * height_of(one), abs=2)


def test_a_number_keeps_its_per_cent_sign(qtbot: QtBot) -> None:
    for width in range(60, 300, 5):
        for line in lines("it is the 95 % interval", width):
            assert not line.startswith("%")


def image_of(label: QWidget) -> QImage:
    return label.grab().toImage()


def test_a_line_without_room_is_cut_and_its_text_stays_whole(qtbot: QtBot) -> None:
    label = ElidingLabel("Surprisal of each token, in bits")
    qtbot.addWidget(label)
    label.setFixedSize(label.sizeHint())
    assert not label.is_cut

    label.setFixedWidth(label.width() // 2)

    cut = ElidingLabel("Surprisal of each token, but of other bits")
    qtbot.addWidget(cut)
    cut.setFixedSize(label.size())
    assert (label.is_cut, label.text()) == (True, "Surprisal of each token, in bits")
    assert image_of(label) == image_of(cut)  # nothing of the end is painted
    cut.setText("Surprisal")
    assert image_of(label) != image_of(cut)


def test_the_smallest_line_still_says_that_there_is_more(qtbot: QtBot) -> None:
    label, dots = ElidingLabel("Surprisal of each token"), ElidingLabel("…")
    for each in (label, dots):
        qtbot.addWidget(each)
        each.setFixedSize(dots.sizeHint())

    assert label.minimumSizeHint() == dots.sizeHint()
    assert image_of(label) == image_of(dots)
