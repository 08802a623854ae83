"""The list of guesses: bars, percentages, pointer and keyboard."""

import math
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.marks import Guess
from roberta_gui.findings.notation.numbers import percentage
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT
from roberta_gui.gui.widgets.tokens.guess_list import GuessList

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def guesses(qtbot: QtBot) -> GuessList:
    widget = GuessList()
    qtbot.addWidget(widget)
    widget.resize(320, 10)
    widget.set_guesses(made(0.5, 0.25, 0.125, 0.0))
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def made(*probabilities: float) -> list[Guess]:
    return [Guess(f"word{i}", p, f"tip {i}") for i, p in enumerate(probabilities)]


ROW, HEADING = 27, 20  # pixels


def row_middle(guesses: GuessList, row: int, n_rows: int) -> QPoint:
    heading = guesses.height() - 2 - n_rows * ROW
    return QPoint(30, round(heading + (row + 0.5) * ROW))


def compared(*pairs: tuple[float, float]) -> list[Guess]:
    """Make guesses of probabilities now and before."""
    return [Guess(f"word{i}", now, f"tip {i}", before) for i, (now, before) in enumerate(pairs)]


def accent_width(image: QImage, y: int) -> int:
    """Count the pixels of a line that are filled with the accent colour."""
    accent = LIGHT.color("accent").name()
    return sum(QColor(image.pixel(x, y)).name() == accent for x in range(image.width()))


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (1.0, "100.0 %"),
        (0.5, "50.0 %"),
        (0.0006, "0.1 %"),
        (0.0005, "0.1 %"),
        (0.0004999, "< 0.1 %"),
        (1e-30, "< 0.1 %"),
        (0.0, "0.0 %"),
        (0.12345, "12.3 %"),
    ],
)
def test_a_percentage_is_never_a_zero_that_is_none(probability: float, text: str) -> None:
    assert percentage(probability) == text


def test_bars_are_as_long_as_the_share_of_the_best_guess(guesses: GuessList) -> None:
    image = guesses.grab().toImage()

    lengths = [accent_width(image, row_middle(guesses, row, 4).y()) for row in range(3)]

    assert lengths[0] > 60
    assert lengths[1] == pytest.approx(lengths[0] / 2, abs=3)
    assert lengths[2] == pytest.approx(lengths[0] / 4, abs=3)


def test_the_list_is_as_high_as_its_rows_and_grows_with_the_text(guesses: GuessList) -> None:
    four = guesses.height()
    guesses.set_guesses(made(0.5, 0.2))
    assert guesses.height() - 2 == (four - 2) / 2

    wear(replace(DARK, zoom=2.0))
    assert guesses.height() - 2 == (four - 2)


def test_a_click_takes_the_word_under_the_pointer(guesses: GuessList) -> None:
    taken: list[int] = []
    guesses.guess_taken.connect(taken.append)

    for row in (2, 0, 3):
        QTest.mouseClick(guesses, LEFT, NONE, row_middle(guesses, row, 4))
    QTest.mouseClick(guesses, Qt.MouseButton.RightButton, NONE, row_middle(guesses, 1, 4))

    assert taken == [2, 0, 3]


def test_the_keyboard_walks_and_takes(guesses: GuessList) -> None:
    taken: list[int] = []
    guesses.guess_taken.connect(taken.append)

    QTest.keyClick(guesses, Qt.Key.Key_Up)
    QTest.keyClick(guesses, Qt.Key.Key_Return)
    for _ in range(9):
        QTest.keyClick(guesses, Qt.Key.Key_Down)
    QTest.keyClick(guesses, Qt.Key.Key_Space)
    QTest.keyClick(guesses, Qt.Key.Key_Up)
    QTest.keyClick(guesses, Qt.Key.Key_Enter)

    assert taken == [0, 3, 2]


def test_fewer_guesses_bring_the_keyboard_back_into_the_list(guesses: GuessList) -> None:
    taken: list[int] = []
    guesses.guess_taken.connect(taken.append)
    for _ in range(3):
        QTest.keyClick(guesses, Qt.Key.Key_Down)

    guesses.set_guesses(made(0.9, 0.1))
    QTest.keyClick(guesses, Qt.Key.Key_Return)

    assert taken == [1]


def test_an_empty_list_takes_nothing(guesses: GuessList) -> None:
    taken: list[int] = []
    guesses.guess_taken.connect(taken.append)
    guesses.set_guesses([])

    for key in (Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(guesses, key)
    QTest.mouseClick(guesses, LEFT, NONE, QPoint(5, 1))
    guesses.grab()

    assert taken == []


def test_hovering_tints_the_row_and_leaving_lets_it_go(guesses: GuessList, qtbot: QtBot) -> None:
    guesses.clearFocus()
    plain = guesses.grab().toImage()

    QTest.mouseMove(guesses, row_middle(guesses, 1, 4))
    qtbot.waitUntil(lambda: guesses.grab().toImage() != plain)
    QTest.mouseMove(guesses, QPoint(5, guesses.height() - 1))
    guesses.leaveEvent(QEvent(QEvent.Type.Leave))

    assert guesses.grab().toImage() == plain


def test_the_same_word_with_and_without_probability_zero_is_drawn(guesses: GuessList) -> None:
    guesses.set_guesses(made(0.0, 0.0))

    assert accent_width(guesses.grab().toImage(), row_middle(guesses, 0, 2).y()) < 10


def test_a_screen_reader_hears_the_row_that_the_keyboard_stands_on(guesses: GuessList) -> None:
    first = guesses.accessibleDescription()
    QTest.keyClick(guesses, Qt.Key.Key_Down)
    second = guesses.accessibleDescription()
    guesses.set_guesses([])

    assert guesses.accessibleName() == "Guesses"
    assert (first, second) == ("1 of 4: word0, 50.0 %", "2 of 4: word1, 25.0 %")
    assert guesses.accessibleDescription() == ""


def test_walking_scrolls_the_row_into_sight(qtbot: QtBot) -> None:
    guesses = GuessList()
    inner, area = QWidget(), QScrollArea()
    qtbot.addWidget(area)
    column = QVBoxLayout(inner)
    column.addWidget(guesses)
    column.addStretch(1)
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.resize(300, 110)
    guesses.set_guesses(made(*([0.05] * 12)))
    with qtbot.waitExposed(area):
        area.show()

    def sees(row: int) -> bool:
        middle = guesses.mapTo(area.viewport(), row_middle(guesses, row, 12))
        return 10 <= middle.y() <= area.viewport().height() - 10

    assert sees(0)
    assert not sees(11)
    for _ in range(11):
        QTest.keyClick(guesses, Qt.Key.Key_Down)
    assert sees(11)
    for _ in range(11):
        QTest.keyClick(guesses, Qt.Key.Key_Up)
    assert sees(0)


def test_a_mark_stands_where_the_probability_was(guesses: GuessList) -> None:
    guesses.set_guesses(compared((0.5, 0.25), (0.25, 0.5), (0.125, 0.125), (0.0, 0.125)))
    image = guesses.grab().toImage()

    def marks(row: int) -> list[int]:
        # Above the bar, where nothing but the mark is.
        y = row_middle(guesses, row, 4).y() - 6
        text = LIGHT.color("text").name()
        wide = range(guesses.width() // 3, guesses.width())
        return [x for x in wide if QColor(image.pixel(x, y)).name() == text]

    first, second, third, _ = (sum(found) / len(found) for found in map(marks, range(4)))
    length = accent_width(image, row_middle(guesses, 0, 4).y())
    assert second - first == pytest.approx(length / 2, abs=4)
    assert first - third == pytest.approx(length / 4, abs=4)


def heading_of(guesses: GuessList) -> QImage:
    return guesses.grab().toImage().copy(0, 0, guesses.width(), HEADING)


def drawn_columns(image: QImage) -> list[int]:
    """Return where across anything is drawn."""
    card = LIGHT.color("card").name()
    rows = range(image.height())
    return [
        x
        for x in range(image.width())
        if any(QColor(image.pixel(x, y)).name() != card for y in rows)
    ]


def test_the_line_above_says_what_marks_are_where_there_are_marks(guesses: GuessList) -> None:
    guesses.set_guesses(compared((0.5, 0.25), (0.25, 0.5)), "with every head on")
    room = range(0, guesses.width(), guesses.width() // 2)
    wide = drawn_columns(heading_of(guesses))
    while guesses.has_bars:
        guesses.resize(guesses.width() - 10, guesses.height())
    narrow = drawn_columns(heading_of(guesses))

    assert min(wide) < room[1]  # a mark and what it means at the left, "bits likelier" at the right
    assert max(wide) > 300
    # "bits likelier than …" alone, from the words on as far as there is room.
    assert guesses.width() / 10 < min(narrow) < max(narrow) > guesses.width() - 10
    assert accent_width(guesses.grab().toImage(), row_middle(guesses, 0, 2).y()) == 0


def test_bars_and_marks_stay_in_a_panel_as_narrow_as_that_of_a_small_window(
    guesses: GuessList,
) -> None:
    long = [replace(g, word="␣conferences") for g in compared((0.05, 0.03), (0.02, 0.04))]
    guesses.set_guesses(long)
    guesses.resize(194, guesses.height())

    assert guesses.has_bars
    image, top = guesses.grab().toImage(), row_middle(guesses, 0, 2).y() - ROW // 2
    assert max(accent_width(image, top + y) for y in range(ROW)) > 8


def test_numbers_are_short_where_words_would_have_no_room_beside_them(guesses: GuessList) -> None:
    long, short = "1.11 | 0.30 bits · 46.2 % | 81.2 %", "1.11 | 0.30 bits"

    def row(width: int, number: str, instead: str) -> QImage:
        guesses.set_guesses([Guess("␣word", 0.5, "", 0.25, number=number, short=instead)])
        guesses.resize(width, guesses.height())
        return guesses.grab().toImage()

    assert row(500, long, short) == row(500, long, "")
    assert row(220, long, short) == row(220, short, "") != row(220, long, "")


def test_a_row_that_was_pressed_and_is_another_word_by_now_is_not_taken(guesses: GuessList) -> None:
    taken: list[int] = []
    guesses.guess_taken.connect(taken.append)
    rows = made(0.5, 0.25, 0.125, 0.0)
    for kept, press in ((rows, True), (rows[::-1], True), (rows, False)):
        if press:
            QTest.mousePress(guesses, LEFT, NONE, row_middle(guesses, 1, 4))
        else:
            QTest.mouseClick(guesses, LEFT, NONE, row_middle(guesses, 1, 4))
        guesses.set_guesses(kept)
        if not press:
            QTest.mouseDClick(guesses, LEFT, NONE, row_middle(guesses, 1, 4))
        QTest.mouseRelease(guesses, LEFT, NONE, row_middle(guesses, 1, 4))

    assert taken == [1, 1]  # the first press, and the first of two clicks


def words_of(image: QImage, row: int) -> list[int]:
    """Return where across a row of an uncompared list its word is written."""
    ranks = 30
    dark = LIGHT.color("text").name()
    middle = range(row * ROW + 4, (row + 1) * ROW - 6)
    return [
        x
        for x in range(ranks, image.width() - 55)
        if any(QColor(image.pixel(x, y)).name() == dark for y in middle)
    ]


@pytest.mark.parametrize("word", ["␣even more", "␣conferences", "␣couch"])
def test_a_word_is_never_cut_while_a_bar_has_room(guesses: GuessList, word: str) -> None:
    guesses.set_guesses([Guess(word, 0.5, "tip")])
    whole = words_of(guesses.grab().toImage(), 0)
    for width in range(300, 200, -4):
        guesses.resize(width, guesses.height())

        image = guesses.grab().toImage()
        assert words_of(image, 0) == whole, width
        assert guesses.has_bars


def test_the_rows_of_a_comparison_are_found_below_its_heading(guesses: GuessList) -> None:
    guesses.set_guesses(compared((0.5, 0.25), (0.25, 0.5)))
    taken: list[int] = []
    guesses.guess_taken.connect(taken.append)

    assert guesses.height() == HEADING + 2 * ROW + 2
    QTest.mouseClick(guesses, LEFT, NONE, QPoint(30, HEADING // 2))
    for row in (1, 0):
        QTest.mouseClick(guesses, LEFT, NONE, row_middle(guesses, row, 2))

    assert taken == [1, 0]


def test_without_a_comparison_nothing_is_marked(guesses: GuessList) -> None:
    plain = guesses.grab().toImage()
    guesses.set_guesses([replace(g, before=0.3) for g in made(0.5, 0.25, 0.125, 0.0)])
    assert guesses.grab().toImage() != plain

    guesses.set_guesses(made(0.5, 0.25, 0.125, 0.0))

    assert guesses.grab().toImage() == plain


def test_a_screen_reader_hears_what_a_word_had_before(guesses: GuessList) -> None:
    guesses.set_guesses([Guess("floor", 0.25, "tip", 0.5)], "in B")
    known = guesses.accessibleDescription()
    guesses.set_guesses([Guess("floor", 0.25, "tip", math.nan)], "in B")

    assert known == "1 of 1: floor, 25.0 %, 50.0 % in B, −1.00 bits likelier than in B"
    assert guesses.accessibleDescription() == "1 of 1: floor, 25.0 %, no number in B"
    guesses.set_guesses(
        [Guess("is − are", math.nan, "", math.nan, number="+2 bits", change="+1.5")], "in B"
    )
    assert (
        guesses.accessibleDescription() == "1 of 1: is − are, +2 bits, +1.5 bits likelier than in B"
    )
