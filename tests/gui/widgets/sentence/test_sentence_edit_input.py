"""The sentence editor: what comes in by keyboard, input method, paste and drop."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, qInstallMessageHandler
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHelpEvent,
    QInputMethodEvent,
    QTextCursor,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.sentence.sentence_edit import SentenceEdit
from roberta_gui.gui.widgets.sentence.text_index import LIMIT

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
BROKEN = "\ud800\ud83d\udfff\ufdd0\ufdd1\ufffe"


def plain(text: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(text)
    return mime


def compose(edit: SentenceEdit, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QGuiApplication.sendEvent(edit, event)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(st.characters(codec=None), max_size=40))
def test_any_text_comes_back_but_for_line_breaks_and_what_qt_cannot_hold(
    edit: SentenceEdit, text: str
) -> None:
    edit.set_text(text)
    expected = text.replace("\r\n", "\n")
    for line_break in "\r\u2028\u2029":
        expected = expected.replace(line_break, "\n")
    for bad in {character for character in text if "\ud800" <= character <= "\udfff"} | set(BROKEN):
        expected = expected.replace(bad, "\ufffd")
    assert edit.text() == expected


@pytest.mark.parametrize("text", ["a\xa0b", "\ufeffa😀", "\x00", "a\x0bb", "\ufffc", "👩‍👩‍👧", "é"])
def test_odd_characters_survive(edit: SentenceEdit, text: str) -> None:
    edit.set_text(text)
    assert edit.text() == text


def test_what_cannot_be_kept_is_told(qtbot: QtBot, edit: SentenceEdit) -> None:
    with qtbot.waitSignal(edit.refused) as told:
        edit.set_text("a\ud800b\udfff")
    assert "2 characters" in told.args[0]
    assert edit.text() == "a\ufffdb\ufffd"


@pytest.mark.parametrize("unit", ["word ", "é ", "x😀", "a\r\n"])
def test_a_paste_that_is_too_long_goes_in_up_to_the_limit_and_the_rest_is_handed_over(
    qtbot: QtBot, edit: SentenceEdit, unit: str
) -> None:
    pasted = unit * 20_000
    edit.set_text("12345")
    edit.selectAll()
    edit.textCursor().clearSelection()
    cursor = edit.textCursor()
    cursor.setPosition(5)
    edit.setTextCursor(cursor)
    with qtbot.waitSignal(edit.cut_short) as cut:
        edit.insertFromMimeData(plain(pasted))
    kept, rest = cut.args
    assert len(edit.text()) == kept + 5 <= LIMIT
    taken = pasted[: len(pasted) - len(rest)]
    assert taken + rest == pasted
    assert edit.text() == "12345" + taken.replace("\r\n", "\n")
    assert len(taken) >= LIMIT - 5


def test_a_text_of_exactly_the_limit_is_not_cut(qtbot: QtBot, edit: SentenceEdit) -> None:
    with qtbot.assertNotEmitted(edit.cut_short, wait=1):
        edit.set_text("😀" * LIMIT)
    assert len(edit.text()) == LIMIT


def test_bytes_that_are_no_utf8_do_not_break_a_paste(qtbot: QtBot, edit: SentenceEdit) -> None:
    mime = QMimeData()
    mime.setData("text/plain", b"\xff" * 100_000)
    with qtbot.waitSignal(edit.cut_short):
        edit.insertFromMimeData(mime)
    assert edit.text() == "\ufffd" * LIMIT


@pytest.mark.parametrize("repeats", [3, 20_000])
def test_text_that_a_program_offers_as_utf8_alone_is_pasted(
    qtbot: QtBot, edit: SentenceEdit, repeats: int
) -> None:
    pasted = "né😀 " * repeats
    mime = QMimeData()
    mime.setData("text/plain;charset=utf-8", pasted.encode())
    heard: list[str] = []
    edit.cut_short.connect(lambda _kept, rest: heard.append(rest))

    with qtbot.waitSignal(edit.text_changed):
        edit.insertFromMimeData(mime)
    qtbot.waitUntil(lambda: edit.text() + "".join(heard) == pasted)

    assert len(edit.text()) == min(len(pasted), LIMIT)


def test_typing_into_a_full_sentence_is_refused_aloud(qtbot: QtBot, edit: SentenceEdit) -> None:
    edit.set_text("a" * LIMIT)
    with qtbot.waitSignal(edit.refused, check_params_cb=lambda why: "20,000" in why):
        QTest.keyClick(edit, Qt.Key.Key_B)
    with qtbot.waitSignal(edit.refused):
        compose(edit, "", commit="한")
    assert edit.text() == "a" * LIMIT
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_B)
    assert edit.text() == "b"


def test_nobody_hears_of_a_composition_before_it_is_over(edit: SentenceEdit) -> None:
    edit.set_text("old")
    edit.selectAll()
    heard: list[str] = []
    edit.text_changed.connect(heard.append)
    compose(edit, "ㅎ")  # takes the selection away, which changes the document
    compose(edit, "하")
    assert heard == []
    compose(edit, "", commit="한")
    assert heard == ["한"]
    assert edit.text() == "한"


def test_what_is_typed_after_a_composition_that_never_ends_is_told(edit: SentenceEdit) -> None:
    heard: list[str] = []
    edit.text_changed.connect(heard.append)
    compose(edit, "にほん")
    edit.selectAll()

    QTest.keyClicks(edit, "A cat")

    assert edit.text() == "A cat"
    assert heard[-1] == "A cat"


def test_a_key_after_a_composition_that_never_ends_leads_nowhere_outside_the_text(
    edit: SentenceEdit,
) -> None:
    edit.set_text("a text of many words " * 3)
    edit.moveCursor(QTextCursor.MoveOperation.End)
    compose(edit, "にほん")
    edit.selectAll()

    QTest.keyClicks(edit, "short")
    QTest.keyClick(edit, Qt.Key.Key_Down)
    at = edit.textCursor().position()
    QTest.keyClicks(edit, "er")

    assert at == len("short")
    assert edit.text() == "shorter"
    assert edit.document().begin().layout().preeditAreaText() == ""


def test_a_key_that_is_only_held_leaves_a_composition_as_it_is(edit: SentenceEdit) -> None:
    compose(edit, "にほん")

    QTest.keyClick(edit, Qt.Key.Key_Shift)

    assert edit.document().begin().layout().preeditAreaText() == "にほん"


def test_a_pointer_that_rests_beside_a_composition_asks_for_no_place_outside_the_text(
    edit: SentenceEdit, request: pytest.FixtureRequest
) -> None:
    edit.set_text("don't stop")
    edit.moveCursor(QTextCursor.MoveOperation.End)
    compose(edit, "é")
    right = edit.viewport().rect().center()
    warnings: list[str] = []
    former = qInstallMessageHandler(lambda _kind, _where, text: warnings.append(text))
    request.addfinalizer(lambda: qInstallMessageHandler(former))

    QGuiApplication.sendEvent(
        edit.viewport(), QHelpEvent(QEvent.Type.ToolTip, right, edit.mapToGlobal(right))
    )

    assert warnings == []


def test_a_broken_off_composition_tells_what_it_took_away(edit: SentenceEdit) -> None:
    edit.set_text("old")
    edit.selectAll()
    heard: list[str] = []
    edit.text_changed.connect(heard.append)
    compose(edit, "ㅎ")
    compose(edit, "")
    assert heard == [""]


def test_a_composition_left_without_an_end_tells_what_it_took_away(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    edit, beside = SentenceEdit(), QLineEdit()
    layout = QVBoxLayout(window)
    layout.addWidget(edit)
    layout.addWidget(beside)
    with qtbot.waitActive(window):
        window.show()
    edit.setFocus()
    edit.set_text("all of it")
    edit.selectAll()
    compose(edit, "に")
    with qtbot.waitSignal(edit.text_changed) as told:
        beside.setFocus()
    assert told.args == [""]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_submits_and_shift_enter_breaks_the_line(
    qtbot: QtBot, edit: SentenceEdit, key: Qt.Key
) -> None:
    QTest.keyClicks(edit, "a")
    for modifier in (NO_MODIFIER, Qt.KeyboardModifier.ControlModifier):
        with qtbot.waitSignal(edit.submitted):
            QTest.keyClick(edit, key, modifier)
    assert edit.text() == "a"
    with qtbot.assertNotEmitted(edit.submitted):
        QTest.keyClick(edit, key, Qt.KeyboardModifier.ShiftModifier)
    assert edit.text() == "a\n"


def test_tab_goes_to_the_next_widget(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    edit, other = SentenceEdit(), QLineEdit()
    layout = QVBoxLayout(window)
    layout.addWidget(edit)
    layout.addWidget(other)
    with qtbot.waitActive(window):
        window.show()
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    qtbot.waitUntil(other.hasFocus)
    assert edit.text() == ""


# From Qt 6.12 on there is a constructor with fractions of pixels, and this one is deprecated.
@pytest.mark.filterwarnings("ignore:.*QDragEnterEvent:DeprecationWarning")
def test_text_dropped_onto_a_chip_goes_beside_it(edit: SentenceEdit) -> None:
    edit.set_text("a <mask> b")
    cursor = edit.textCursor()
    cursor.setPosition(5)
    mime = plain("new")
    place = edit.cursorRect(cursor).center()
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, NO_MODIFIER)
    QGuiApplication.sendEvent(edit.viewport(), QDragEnterEvent(place, *how))
    QGuiApplication.sendEvent(edit.viewport(), QDropEvent(QPointF(place), *how))
    assert edit.text() in ("a new<mask> b", "a <mask>new b")


def test_the_context_menu_masks(qtbot: QtBot, edit: SentenceEdit) -> None:
    menu = edit.context_menu(edit.rect().center())
    qtbot.addWidget(menu)
    mask = next(action for action in menu.actions() if "mask" in action.text())
    mask.trigger()
    assert edit.text() == "<mask>"


def test_a_mask_that_does_not_fit_as_a_whole_is_refused(qtbot: QtBot, edit: SentenceEdit) -> None:
    baseline = "a" * (LIMIT - 5)  # room for "<mas"
    edit.set_text(baseline)
    with qtbot.waitSignal(edit.refused, check_params_cb=lambda why: "20,000" in why):
        edit.insert_mask()
    with qtbot.waitSignal(edit.refused):
        edit.replace(7, 7, "<mask>")
    assert edit.text() == baseline


def test_a_mask_that_just_fits_in_place_of_a_letter_goes_in(
    qtbot: QtBot, edit: SentenceEdit
) -> None:
    edit.set_text("a" * (LIMIT - 5))
    with qtbot.assertNotEmitted(edit.refused):
        edit.replace(0, 1, "<mask>", remember="a")
    assert edit.text() == "<mask>" + "a" * (LIMIT - 6)
    edit.set_text("b" * (LIMIT - 5))
    edit.setTextCursor(edit.cursor_at(0, 1))
    with qtbot.assertNotEmitted(edit.refused):
        edit.insert_mask()
    assert edit.text() == "<mask>" + "b" * (LIMIT - 6)
