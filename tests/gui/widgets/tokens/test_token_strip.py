"""The token strip: places, pointer, keyboard and paint."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT, Theme
from roberta_gui.gui.widgets.tokens.token_chips import tinted
from roberta_gui.gui.widgets.tokens.token_strip import TokenStrip
from tests.gui.clicks import double_click
from tests.gui.painted import colours
from tests.gui.widgets.in_sight import in_sight
from tests.gui.widgets.made_tokens import pieces_of, sentence, token
from tests.made_up import made_up_analysis

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def strip(qtbot: QtBot) -> TokenStrip:
    return in_sight(qtbot, TokenStrip(), 600, 120)


class PaintWatch(QObject):
    """Notes what a widget is asked to repaint."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region = self.region.united(event.region())
        return False


def picture(strip: TokenStrip) -> QImage:
    return strip.viewport().grab().toImage()


def colours_in(strip: TokenStrip, index: int) -> set[str]:
    return colours(picture(strip), strip.chip_rect(index))


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of WCAG 2.1, from its own definition."""

    def luminance(color: QColor) -> float:
        channels = (color.redF(), color.greenF(), color.blueF())
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("n_tokens", [1, 2, 12, 60, 512])
def test_every_chip_is_found_where_it_is_drawn_and_none_overlap(
    strip: TokenStrip, n_tokens: int
) -> None:
    strip.set_tokens(sentence(n_tokens))
    rects = []
    for index in range(n_tokens):
        strip.set_selected([index])  # scrolls to it
        rect = strip.chip_rect(index)
        assert strip.viewport().rect().contains(rect)
        assert strip.token_at(rect.center()) == index
        rects.append(rect.translated(0, strip.verticalScrollBar().value()))
    for before, after in pairwise(rects):
        assert not before.intersects(after)
        assert after.top() > before.bottom() or after.left() > before.right()


def test_at_most_three_rows_are_shown_and_few_tokens_take_little_room(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    strip = TokenStrip()
    layout = QVBoxLayout(window)
    layout.addWidget(strip)
    layout.addStretch()
    window.resize(500, 500)
    with qtbot.waitExposed(window):
        window.show()
    heights = {}
    for n_tokens in (0, 5, 60, 512):
        strip.set_tokens(sentence(n_tokens))
        qtbot.waitUntil(lambda: strip.height() == strip.sizeHint().height())
        heights[n_tokens] = strip.height()
        assert strip.heightForWidth(strip.width()) == strip.height()
    chip = strip.chip_rect(0).height()
    assert heights[0] < chip
    assert heights[5] == chip
    assert heights[60] == heights[512]
    assert 3 * chip < heights[60] < 4 * chip
    assert strip.heightForWidth(100_000) == chip


def test_hovering_tells_each_token_once_and_leaving_tells_too(
    qtbot: QtBot, strip: TokenStrip
) -> None:
    strip.set_tokens(sentence(12))
    heard: list[int] = []
    strip.token_hovered.connect(heard.append)
    for index in (1, 1, 3):
        QTest.mouseMove(strip.viewport(), strip.chip_rect(index).center())
    QTest.mouseMove(strip.viewport(), strip.chip_rect(3).center() + QPoint(1, 1))
    assert heard == [1, 3]
    with qtbot.waitSignal(strip.hover_left):
        QApplication.sendEvent(strip.viewport(), QEvent(QEvent.Type.Leave))


def test_a_hover_repaints_only_the_two_chips_that_change(qtbot: QtBot, strip: TokenStrip) -> None:
    strip.set_tokens(sentence(60))
    strip.set_hovered(2)
    QApplication.processEvents()
    watch = PaintWatch(strip.viewport())
    strip.set_hovered(5)
    qtbot.waitUntil(lambda: not watch.region.isEmpty())
    assert watch.region == QRegion(strip.chip_rect(2)).united(QRegion(strip.chip_rect(5)))


@pytest.mark.parametrize(
    ("modifier", "extend"),
    [
        (NO_MODIFIER, False),
        (Qt.KeyboardModifier.ControlModifier, True),
        (Qt.KeyboardModifier.ShiftModifier, True),
    ],
)
def test_a_click_chooses_and_ctrl_or_shift_extends(
    qtbot: QtBot, strip: TokenStrip, modifier: Qt.KeyboardModifier, extend: bool
) -> None:
    strip.set_tokens(sentence(12))
    place = strip.chip_rect(4).center()
    with qtbot.waitSignal(strip.token_clicked) as clicked:
        QTest.mouseClick(strip.viewport(), LEFT, modifier, place)
    assert clicked.args == [4, extend]
    with qtbot.waitSignal(strip.token_double_clicked) as double:
        double_click(strip.viewport(), LEFT, modifier, place)
    assert double.args == [4]


@pytest.mark.parametrize(("shown", "told"), [("One two three", [2]), ("One two four", [])])
def test_a_token_that_is_another_one_before_the_button_is_let_go_is_not_chosen(
    strip: TokenStrip, shown: str, told: list[int]
) -> None:
    clicked: list[int] = []
    strip.token_clicked.connect(lambda token, _extend: clicked.append(token))
    strip.set_tokens(made_up_analysis("One two three").tokens[1:])
    place = strip.chip_rect(2).center()

    QTest.mousePress(strip.viewport(), LEFT, NO_MODIFIER, place)
    strip.set_tokens(made_up_analysis(shown).tokens[1:])
    QTest.mouseRelease(strip.viewport(), LEFT, NO_MODIFIER, place)

    assert clicked == told


def test_a_click_beside_all_chips_is_nobodys(qtbot: QtBot, strip: TokenStrip) -> None:
    strip.set_tokens(sentence(2))
    with qtbot.assertNotEmitted(strip.token_clicked):
        QTest.mouseClick(strip.viewport(), LEFT, NO_MODIFIER, QPoint(500, 5))


def test_the_keyboard_walks_chooses_and_masks(qtbot: QtBot, strip: TokenStrip) -> None:
    strip.set_tokens(sentence(60))
    heard: list[int] = []
    strip.token_hovered.connect(heard.append)
    for name in ("Right", "Right", "Left", "End", "Right", "Home", "Left"):
        QTest.keyClick(strip, Qt.Key[f"Key_{name}"])
    assert heard == [1, 2, 1, 59, 0]
    QTest.keyClick(strip, Qt.Key.Key_Right)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        with qtbot.waitSignal(
            strip.token_clicked, check_params_cb=lambda *args: args == (1, False)
        ):
            QTest.keyClick(strip, key)
    with qtbot.waitSignal(strip.token_double_clicked, check_params_cb=lambda index: index == 1):
        QTest.keyClick(strip, Qt.Key.Key_M)


def test_up_and_down_go_to_the_chip_above_or_below(strip: TokenStrip) -> None:
    strip.set_tokens(sentence(60))
    heard: list[int] = []
    strip.token_hovered.connect(heard.append)
    QTest.keyClick(strip, Qt.Key.Key_Right)
    QTest.keyClick(strip, Qt.Key.Key_Down)
    above, below = (strip.chip_rect(index) for index in heard)
    assert below.top() > above.bottom()
    assert abs(below.center().x() - above.center().x()) < above.width()
    QTest.keyClick(strip, Qt.Key.Key_Up)
    assert strip.chip_rect(heard[-1]).top() == above.top()


def test_keys_do_nothing_without_tokens(qtbot: QtBot, strip: TokenStrip) -> None:
    with qtbot.assertNotEmitted(strip.token_clicked), qtbot.assertNotEmitted(strip.token_hovered):
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Return):
            QTest.keyClick(strip, key)


def test_a_shorter_sentence_forgets_places_that_are_gone(qtbot: QtBot, strip: TokenStrip) -> None:
    strip.set_tokens(sentence(60))
    strip.set_selected([50])
    strip.set_hovered(55)
    strip.set_tokens(sentence(3))
    QTest.keyClick(strip, Qt.Key.Key_Home)
    with qtbot.waitSignal(strip.token_hovered, check_params_cb=lambda index: index == 2):
        QTest.keyClick(strip, Qt.Key.Key_End)
    strip.clearFocus()
    strip.set_selected([99])
    strip.set_hovered(99)
    drawn = set().union(*(colours_in(strip, index) for index in range(3)))
    assert drawn.isdisjoint({LIGHT.accent.lower(), LIGHT.hover.lower()})


def test_states_are_drawn_in_the_roles_colours(strip: TokenStrip, theme: Theme) -> None:
    tokens = sentence(12)
    tokens[5] = replace(tokens[5], is_control=True)
    strip.set_tokens(tokens)
    assert theme.mask_soft.lower() in colours_in(strip, 2)
    assert theme.danger_soft.lower() in colours_in(strip, 5)
    assert theme.accent.lower() not in colours_in(strip, 4)
    strip.set_selected([4])
    assert theme.accent.lower() in colours_in(strip, 4)
    strip.set_hovered(6)
    assert theme.hover.lower() in colours_in(strip, 6)
    strip.set_stale(True)
    assert theme.accent.lower() not in colours_in(strip, 4)


def test_text_can_be_read_on_every_tint(theme: Theme) -> None:
    grounds = [tinted(amount) for amount in np.linspace(0, 1, 101)]
    assert grounds[0] == theme.color("card")
    assert min(contrast(theme.text_on(ground), ground) for ground in grounds) >= 4.5
    steps = [contrast(theme.color("card"), ground) for ground in grounds]
    assert all(after >= before for before, after in pairwise(steps))


def test_a_tint_colours_words_and_leaves_specials_and_unknown_values_alone(
    strip: TokenStrip,
) -> None:
    strip.set_tokens(sentence(5))
    before = [colours_in(strip, index) for index in range(5)]
    strip.set_tint(np.array([1, 1, 1, np.nan, 1], dtype=np.float32))
    changed = [colours_in(strip, index) != before[index] for index in range(5)]
    assert changed == [False, True, False, False, False]
    assert tinted(1.0).name() in colours_in(strip, 1)
    strip.set_tint(None)
    assert [colours_in(strip, index) for index in range(5)] == before


def test_numbers_stand_under_the_tokens_in_place_of_ids_and_move_no_chip_when_they_come(
    strip: TokenStrip,
) -> None:
    strip.set_tokens(sentence(12))
    ids = picture(strip)
    strip.set_captions([""] * 12)
    places = [strip.chip_rect(index) for index in range(12)]
    bare = picture(strip)
    strip.set_captions(["12.3"] * 12)

    assert picture(strip) != bare
    assert [strip.chip_rect(index) for index in range(12)] == places
    strip.set_captions(None)
    assert picture(strip) == ids


def test_notes_on_a_tint_stand_in_the_tips_until_the_tokens_are_others(strip: TokenStrip) -> None:
    strip.set_tokens(sentence(4))
    strip.set_tint(np.zeros(4), ["", "3 < 4 bits", "", ""])

    assert "3 < 4 bits" in strip.describe(1)
    strip.set_tokens(sentence(4))
    assert "bits" not in strip.describe(1)


def test_pieces_of_one_character_touch_and_words_do_not(strip: TokenStrip) -> None:
    strip.set_tokens([token("a", 0), *pieces_of("😀", 1, (2, 2), first_index=1)])
    word, first, second = (strip.chip_rect(index) for index in range(3))
    assert first.left() > word.right() + 1
    assert second.left() == first.right() + 1
    assert "Piece 2 of 2" in strip.describe(2)


def test_cut_tokens_are_told_in_a_chip_that_is_no_token(strip: TokenStrip) -> None:
    strip.set_tokens(sentence(3))
    plain = picture(strip)
    end = strip.chip_rect(2).right()
    strip.set_tokens(sentence(3), dropped=88)
    assert picture(strip) != plain
    assert {strip.token_at(QPoint(x, 10)) for x in range(end + 1, 600)} == {None}


def test_a_very_long_token_fits_the_strip(strip: TokenStrip) -> None:
    strip.set_tokens([token("-" * 5000, 0)])
    assert strip.chip_rect(0).width() < strip.viewport().width()


def test_larger_text_makes_larger_chips(strip: TokenStrip) -> None:
    strip.set_tokens(sentence(3))
    before = strip.chip_rect(1).size()
    wear(replace(LIGHT, zoom=1.5))
    after = strip.chip_rect(1).size()
    assert after.width() > before.width()
    assert after.height() > before.height()


def test_a_selected_token_stays_in_sight_when_the_strip_gets_another_size(
    strip: TokenStrip,
) -> None:
    tokens = made_up_analysis(" ".join(f"word{nth}" for nth in range(80))).tokens
    strip.set_tokens(tokens)
    strip.set_selected([60])

    for size in ((600, 60), (300, 60), (600, 40), (900, 90)):
        strip.resize(*size)
        chip = strip.chip_rect(60)
        assert chip.top() >= 0
        assert chip.bottom() <= max(strip.viewport().height(), chip.height())
