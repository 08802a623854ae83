"""Nothing is cut, and nothing jumps while the text changes."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.controls.breaking_text import Caption, lay_out
from roberta_gui.gui.widgets.controls.named import named
from tests.gui.widgets.in_sight import in_sight

SHORT, LONG = "A few words", "A sentence that goes on and on " * 5


@pytest.fixture
def caption(qtbot: QtBot) -> Caption:
    return in_sight(qtbot, named("caption", Caption()), 300, 60)


def test_a_caption_takes_the_same_room_for_a_short_text_and_one_of_all_its_lines(
    caption: Caption,
) -> None:
    caption.setText(SHORT)
    of_short = caption.heightForWidth(300)
    caption.setText("A sentence of several words that is longer than a line")

    assert lay_out(caption.text(), caption.font(), 300).lineCount() == 2
    assert caption.heightForWidth(300) == of_short


def test_each_line_more_takes_as_much_room_as_the_first(caption: Caption) -> None:
    heights = []
    for n_lines in (1, 2, 3):
        caption.set_lines(n_lines)
        heights.append(caption.heightForWidth(300))

    assert heights == pytest.approx([heights[0] * n for n in (1, 2, 3)], abs=2)


def test_a_longer_text_gets_the_room_of_all_of_it_and_a_shorter_one_leaves_it_so(
    caption: Caption,
) -> None:
    caption.setText(SHORT)
    of_short = caption.heightForWidth(300)
    caption.setText(LONG)
    of_long = caption.heightForWidth(300)
    caption.setText(SHORT)

    assert of_long > of_short
    assert caption.heightForWidth(300) == of_long


def test_at_another_width_or_text_size_its_room_is_measured_anew(caption: Caption) -> None:
    of_short = caption.heightForWidth(300)
    caption.setText(LONG)
    caption.setText(SHORT)
    caption.resize(500, 60)
    assert caption.heightForWidth(500) == of_short

    caption.setText(LONG)
    caption.setText(SHORT)
    wear(replace(LIGHT, zoom=2.0))
    assert caption.heightForWidth(500) == pytest.approx(2 * of_short, abs=4)
