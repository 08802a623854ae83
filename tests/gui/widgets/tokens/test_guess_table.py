"""The small table of guesses: row by row, as wide as there is room, taken by mouse and keys."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.marks import Guess
from roberta_gui.gui.export.receipt import Picture
from roberta_gui.gui.widgets.tokens.guess_table import GuessTable

GUESSES = [Guess(f"word{n}", 0.5 / (n + 1), f"tip {n}") for n in range(10)]


@pytest.fixture
def table(qtbot: QtBot) -> GuessTable:
    widget = GuessTable()
    qtbot.addWidget(widget)
    widget.resize(560, 40)
    widget.set_guesses(GUESSES)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.mark.parametrize(("width", "rows"), [(900, 2), (560, 2), (340, 4), (230, 5)])
def test_it_is_as_high_as_its_rows(table: GuessTable, width: int, rows: int) -> None:
    two_rows = table.height()

    table.resize(width, table.height())

    assert table.height() == pytest.approx(two_rows * rows / 2, abs=2)


def test_in_fewer_rows_the_keyboard_is_on_a_word_that_is_shown(
    table: GuessTable, qtbot: QtBot
) -> None:
    QTest.keyClick(table, Qt.Key.Key_End)
    tall = table.height()

    table.resize(340, table.height())
    table.set_most_rows(2)

    assert table.height() == tall
    assert "6 of 6" in table.accessibleDescription()
    with qtbot.waitSignal(table.guess_taken) as taken:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert taken.args == [5]


def test_every_guess_is_written_with_its_percentage(table: GuessTable) -> None:
    drawn = Picture(table, "", ()).to_svg().decode()

    for n, guess in enumerate(GUESSES, start=1):
        assert f">{guess.word}</text>" in drawn
        assert f">{n}</text>" in drawn
    assert ">50.0 %</text>" in drawn


def test_a_click_takes_the_word_under_it(table: GuessTable, qtbot: QtBot) -> None:
    fifth = table.width() // 5

    with qtbot.waitSignal(table.guess_taken) as taken:
        QTest.mouseClick(
            table, Qt.MouseButton.LeftButton, pos=QPoint(2 * fifth + 20, table.height() - 4)
        )

    assert taken.args == [7]


def test_keys_go_through_the_words_and_take_one(table: GuessTable, qtbot: QtBot) -> None:
    QTest.keyClick(table, Qt.Key.Key_Down)

    with qtbot.waitSignal(table.guess_taken) as taken:
        QTest.keyClick(table, Qt.Key.Key_Return)

    assert taken.args == [1]
