"""A list as long as a vocabulary: only what is seen of it costs anything."""

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.marks import Guess, Rows
from roberta_gui.gui.panels.picture_panel import scrolled
from roberta_gui.gui.widgets.tokens.guess_list import MOST_PRINTED, GuessList
from tests.gui.widgets.tokens.test_guess_list import LEFT, NONE, ROW, made

N_WORDS = 50_265


@pytest.fixture
def long(qtbot: QtBot) -> tuple[QScrollArea, GuessList, list[int]]:
    """A whole vocabulary in a scroll area, and which of its rows were ever made."""
    asked: list[int] = []

    def made_row(row: int) -> Guess:
        asked.append(row)
        return Guess(f"word{row}", 0.5 / (row + 1), f"tip {row}", place=str(row + 1))

    guesses = GuessList()
    area = scrolled(guesses, spacing=0)
    qtbot.addWidget(area)
    area.resize(300, 400)
    guesses.set_guesses(Rows(N_WORDS, made_row))
    with qtbot.waitExposed(area):
        area.show()
    return area, guesses, asked


def test_of_a_whole_vocabulary_only_the_rows_in_sight_are_made(
    long: tuple[QScrollArea, GuessList, list[int]],
) -> None:
    area, guesses, asked = long
    assert set(asked) == {*range(MOST_PRINTED), N_WORDS - 1}  # by which columns are measured
    asked.clear()

    area.verticalScrollBar().setValue(20_000 * ROW)
    area.grab()

    assert guesses.height() == N_WORDS * ROW + 2
    in_sight = guesses.rows_in_sight()
    assert in_sight == range(20_000, 20_000 + len(in_sight))
    assert 400 / ROW <= len(in_sight) <= 400 / ROW + 2
    assert set(asked) <= {0, *in_sight}  # and the one that the keyboard is on
    spots, place = guesses.parts()
    assert list(spots) == [0, *in_sight]
    assert place(20_000).top() == 20_000 * ROW


def test_keys_go_to_the_ends_of_a_vocabulary_and_as_far_as_is_seen(
    long: tuple[QScrollArea, GuessList, list[int]],
) -> None:
    area, guesses, _ = long
    taken: list[int] = []
    guesses.guess_taken.connect(taken.append)
    page = len(guesses.rows_in_sight()) - 1

    keys = Qt.Key
    for key in (keys.Key_PageDown, keys.Key_Return, keys.Key_PageUp, keys.Key_Return, keys.Key_End):
        QTest.keyClick(guesses, key)
    QTest.keyClick(guesses, keys.Key_Return)
    assert N_WORDS - 1 in guesses.rows_in_sight()
    assert guesses.accessibleDescription().startswith("50,265 of 50,265: word50264")
    QTest.keyClick(guesses, keys.Key_Home)
    QTest.keyClick(guesses, keys.Key_Return)

    assert taken == [page, 0, N_WORDS - 1, 0]
    assert area.verticalScrollBar().value() == 0


def test_a_click_and_the_pointer_find_a_row_far_down(
    long: tuple[QScrollArea, GuessList, list[int]],
) -> None:
    area, guesses, _ = long
    taken: list[int] = []
    guesses.guess_taken.connect(taken.append)
    area.verticalScrollBar().setValue(40_000 * ROW)

    middle = guesses.item_rect(40_003).center().toPoint()
    QTest.mouseClick(guesses, LEFT, NONE, QPoint(30, middle.y()))

    assert taken == [40_003]
    assert guesses.describe(40_003) == "tip 40003"


def test_a_picture_of_a_vocabulary_has_its_first_words(
    long: tuple[QScrollArea, GuessList, list[int]],
) -> None:
    _, guesses, _ = long

    printed = guesses.printed()

    assert printed.n_items == MOST_PRINTED
    assert printed.size() == QSize(guesses.width(), MOST_PRINTED * ROW + 2)
    guesses.set_guesses(made(0.5, 0.25))
    assert guesses.printed() is guesses
