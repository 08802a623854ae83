"""Nothing jumps while the text changes, and nothing is cut but where that is asked for."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.controls.breaking_text import Caption, height_of, lay_out
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


@pytest.mark.parametrize("text", [LONG, "no_blank_to_break_at" * 20, "🧑‍🚀 سلام שלום " * 30])
def test_what_is_longer_than_there_may_be_lines_ends_in_dots(caption: Caption, text: str) -> None:
    caption.set_lines(1)
    caption.setText(text)
    assert caption.lay_out_in(300).text().rstrip() == text.rstrip()

    caption.set_lines(1, 3)

    cut = caption.lay_out_in(300)
    assert cut.lineCount() == 3
    assert cut.text().endswith("…")
    assert text.startswith(cut.text()[:-1])
    assert caption.heightForWidth(300) == pytest.approx(height_of(cut), abs=1)
    one_more = cut.text()[:-1] + text[len(cut.text()) - 1 :][:12] + "…"
    assert lay_out(one_more, caption.font(), 300).lineCount() > 3
    assert caption.text() == text


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
