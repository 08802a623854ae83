"""Two lines at most, cut with an ellipsis, and no jumping while the text changes."""

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.controls.caption import Caption

SHORT, LONG = "A few words", "A sentence that goes on and on " * 20


@pytest.fixture
def caption(qtbot: QtBot) -> Caption:
    caption = Caption()
    qtbot.addWidget(caption)
    caption.resize(300, 60)
    with qtbot.waitExposed(caption):
        caption.show()
    return caption


def test_a_short_text_takes_one_line_and_a_long_one_two(caption: Caption) -> None:
    caption.setText(SHORT)
    one = caption.heightForWidth(300)
    caption.setText(LONG)
    two = caption.heightForWidth(300)

    assert two == pytest.approx(2 * one, abs=2)


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


def test_a_shorter_text_does_not_move_the_picture_until_the_width_changes(
    caption: Caption,
) -> None:
    caption.setText(LONG)
    before = caption.heightForWidth(300)

    caption.setText(SHORT)

    assert caption.heightForWidth(300) == before
    caption.resize(320, 60)
    assert caption.heightForWidth(320) < before
