"""So many lines, the last cut with an ellipsis, and no jumping while the text changes."""

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.controls.breaking_text import Caption

SHORT, LONG = "A few words", "A sentence that goes on and on " * 20


@pytest.fixture
def caption(qtbot: QtBot) -> Caption:
    caption = Caption()
    qtbot.addWidget(caption)
    caption.resize(300, 60)
    with qtbot.waitExposed(caption):
        caption.show()
    return caption


def test_a_caption_takes_the_same_room_for_a_short_text_and_a_long_one(caption: Caption) -> None:
    caption.setText(SHORT)
    of_short = caption.heightForWidth(300), caption.heightForWidth(600)
    caption.setText(LONG)

    assert (caption.heightForWidth(300), caption.heightForWidth(600)) == of_short


def test_each_line_more_takes_as_much_room_as_the_first(caption: Caption) -> None:
    heights = []
    for n_lines in (1, 2, 3):
        caption.set_lines(n_lines)
        heights.append(caption.heightForWidth(300))

    assert heights == pytest.approx([heights[0] * n for n in (1, 2, 3)], abs=2)


def test_what_does_not_fit_ends_in_an_ellipsis_and_the_whole_can_be_read(caption: Caption) -> None:
    caption.setText(LONG)

    first, second = caption.lines()

    assert LONG.startswith(first)
    assert second.endswith("…")
    assert LONG[len(first) :].strip().startswith(second[:-1].strip())
    assert caption.text() == LONG
    for line in (first, second):
        assert caption.fontMetrics().horizontalAdvance(line) <= 300


def test_a_text_that_fits_is_written_whole(caption: Caption) -> None:
    caption.setText(SHORT)

    assert caption.lines() == (SHORT,)
