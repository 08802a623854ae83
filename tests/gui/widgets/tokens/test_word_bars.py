"""Words with bars: sides by sign, lengths by value, walked through by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.marks import WordBar
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT, choose
from roberta_gui.gui.widgets.tokens.word_bars import WordBars
from tests.gui.widgets.in_sight import in_sight

BARS = [WordBar(90 - n, f"word{n}", (-1) ** n / (n + 1), f"tip {n}") for n in range(40)]


@pytest.fixture
def shown(qtbot: QtBot) -> WordBars:
    widget = in_sight(qtbot, WordBars("made up"), 280, 300)
    widget.set_bars(BARS, ("more in A", "more in B"))
    return widget


def coloured(shown: WordBars, nth: int, role: str) -> list[int]:
    """Return the places across at which a row has a role's colour."""
    image, row = shown.grab().toImage(), shown.item_rect(nth)
    y = row.center().toPoint().y()
    wanted = QColor(LIGHT.color(role)).name()
    return [x for x in range(shown.width()) if image.pixelColor(x, y).name() == wanted]


def test_bars_stand_on_the_side_of_their_sign_and_shrink_with_their_values(
    shown: WordBars,
) -> None:
    left, right = coloured(shown, 0, "difference_high"), coloured(shown, 1, "difference_low")
    third = coloured(shown, 2, "difference_high")

    assert max(left) <= min(right)
    assert len(right) == pytest.approx(len(left) / 2, abs=3)
    assert len(third) == pytest.approx(len(left) / 3, abs=3)
    assert not coloured(shown, 0, "difference_low")


def test_only_words_with_room_are_shown(shown: WordBars) -> None:
    few = shown.n_items
    shown.resize(280, 600)

    assert 0 < few < shown.n_items < len(BARS)
    assert shown.rect().contains(shown.item_rect(shown.n_items - 1).toRect())
    assert shown.spot_at(shown.item_rect(2).center()) == 2


def test_arrow_keys_walk_through_the_words_and_stop_at_the_ends(shown: WordBars) -> None:
    found: list[int] = []
    shown.item_hovered.connect(found.append)
    shown.item_hovered.connect(shown.set_hovered)

    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(shown, key)

    assert found == [90, 89, 90, 90]
    assert shown.accessibleDescription() == "word0"


def test_words_stay_near_their_bars_however_wide_the_list_is(shown: WordBars) -> None:
    shown.resize(1800, 300)
    wide = QFontMetricsF(LIGHT.font("control")).horizontalAdvance("word39")
    left = coloured(shown, 0, "difference_high")

    assert min(left) - wide < 120  # the longest bar begins beside the words, after its number
    assert shown.item_rect(0).width() < 600


def test_that_no_word_tells_them_apart_is_whole_in_large_text(qtbot: QtBot) -> None:
    wear(choose("light", 2.0))
    bars = in_sight(qtbot, WordBars("made up"), 170, 240)

    image = bars.grab().toImage()

    ground = image.pixel(0, image.height() - 1)
    edges = {image.pixel(x, y) for x in (0, 169) for y in range(image.height())}
    assert edges == {ground}
    assert any(image.pixel(x, y) != ground for x in range(170) for y in range(240))
