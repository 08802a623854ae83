"""The sentence editor: chips, masks, memory and undo."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT
from roberta_gui.gui.widgets.sentence.mask_chips import ChipHighlighter
from roberta_gui.gui.widgets.sentence.sentence_edit import SentenceEdit
from roberta_gui.problems import BadArgument
from tests.gui.painted import colours

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def put(edit: SentenceEdit, marked: str) -> None:
    """Write a text; ``|`` is the cursor, two of them hold a selection."""
    parts = marked.split("|")
    edit.set_text("".join(parts))
    start = len(parts[0])
    select(edit, start, start + len(parts[1]) if len(parts) > 2 else start)


def select(edit: SentenceEdit, start: int, end: int) -> None:
    """Select characters, which Qt counts in UTF-16."""
    sides = (len(edit.text()[:side].encode("utf-16-le")) // 2 for side in (start, end))
    edit.setTextCursor(edit.cursor_at(*sides))
    edit.ensureCursorVisible()


def cursor_index(edit: SentenceEdit) -> int:
    """Count the characters before the cursor, which Qt counts in UTF-16."""
    before = edit.text().encode("utf-16-le")[: 2 * edit.textCursor().position()]
    return len(before.decode("utf-16-le"))


def middle_of(edit: SentenceEdit, index: int) -> QPoint:
    """Find where character ``index`` is drawn, in a text of one-unit characters."""
    cursor = edit.textCursor()
    cursor.setPosition(index)
    left = edit.cursorRect(cursor)
    cursor.setPosition(index + 1)
    return QPoint((left.left() + edit.cursorRect(cursor).left()) // 2, left.center().y())


def test_the_cursor_jumps_over_a_mask_that_was_typed(edit: SentenceEdit) -> None:
    QTest.keyClicks(edit, "a <mask> b")
    places = []
    for _ in range(5):
        QTest.keyClick(edit, Qt.Key.Key_Left)
        places.append(cursor_index(edit))
    assert places == [9, 8, 2, 1, 0]
    for _ in range(3):
        QTest.keyClick(edit, Qt.Key.Key_Right)
    assert cursor_index(edit) == 8


def test_a_selection_grows_and_shrinks_by_whole_chips(edit: SentenceEdit) -> None:
    put(edit, "a |<mask> b")
    QTest.keyClick(edit, Qt.Key.Key_Right, SHIFT)
    assert edit.textCursor().selectedText() == "<mask>"
    QTest.keyClick(edit, Qt.Key.Key_Left, SHIFT)
    assert edit.textCursor().selectedText() == ""


def test_a_click_on_a_chip_puts_the_cursor_at_its_nearer_edge(edit: SentenceEdit) -> None:
    put(edit, "|a <mask> b")
    for inside, edge in ((3, 2), (6, 8)):
        QTest.mouseClick(
            edit.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, pos=middle_of(edit, inside)
        )
        assert cursor_index(edit) == edge


@pytest.mark.parametrize("index", range(2, 8))
def test_a_double_click_selects_the_whole_chip(edit: SentenceEdit, index: int) -> None:
    put(edit, "a <mask> b|")
    place = middle_of(edit, index)
    QTest.mouseClick(edit.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, pos=place)
    QTest.mouseDClick(edit.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, pos=place)
    assert edit.textCursor().selectedText() == "<mask>"


@pytest.mark.parametrize(
    ("marked", "key", "modifier", "left"),
    [
        ("a <mask>| b", Qt.Key.Key_Backspace, NO_MODIFIER, "a  b"),
        ("a |<mask> b", Qt.Key.Key_Delete, NO_MODIFIER, "a  b"),
        ("a <mask>| b", Qt.Key.Key_Backspace, CTRL, "a  b"),
        ("a |<mask> b", Qt.Key.Key_Delete, CTRL, "a  b"),
        ("<mask><mask>|", Qt.Key.Key_Backspace, NO_MODIFIER, "<mask>"),
    ],
)
def test_a_chip_is_deleted_whole_and_comes_back_in_one_step(
    edit: SentenceEdit,
    marked: str,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    left: str,
) -> None:
    put(edit, marked)
    QTest.keyClick(edit, key, modifier)
    assert edit.text() == left
    edit.undo()
    assert edit.text() == marked.replace("|", "")


def test_deleting_a_chip_and_then_letters_are_two_steps(edit: SentenceEdit) -> None:
    put(edit, "a <mask>|")
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    edit.undo()
    assert edit.text() == "a "
    edit.undo()
    assert edit.text() == "a <mask>"


def test_set_text_is_one_undoable_step_that_keeps_the_history(
    qtbot: QtBot, edit: SentenceEdit
) -> None:
    QTest.keyClicks(edit, "first")
    with qtbot.waitSignal(edit.text_changed, check_params_cb=lambda text: text == "second"):
        edit.set_text("second")
    edit.undo()
    assert edit.text() == "first"
    with qtbot.waitSignal(edit.redoAvailable, check_params_cb=lambda available: not available):
        edit.redo()
    assert edit.text() == "second"


@pytest.mark.parametrize(
    ("marked", "expected", "cursor", "remembered"),
    [
        ("The |cat| sat", "The <mask> sat", 10, "cat"),
        ("The| cat |sat", "The <mask> sat", 10, "cat"),
        ("|The cat| sat", "<mask> sat", 6, "The cat"),
        ("😀 |né| b", "😀 <mask> b", 8, "né"),
        ("The |sat", "The <mask> sat", 10, None),
        ("The ca|t", "The ca <mask> t", 13, None),
        ("|", "<mask>", 6, None),
    ],
)
def test_ctrl_m_masks_the_selection_or_the_place_of_the_cursor(
    edit: SentenceEdit,
    marked: str,
    expected: str,
    cursor: int,
    remembered: str | None,
) -> None:
    put(edit, marked)
    QTest.keyClick(edit, Qt.Key.Key_M, CTRL)
    assert edit.text() == expected
    assert cursor_index(edit) == cursor
    assert edit.original_at(expected.index("<mask>")) == remembered
    edit.undo()
    assert edit.text() == marked.replace("|", "")


def test_masking_a_selected_mask_changes_nothing(edit: SentenceEdit) -> None:
    put(edit, "a |<mask>| b")
    edit.insert_mask()
    assert edit.text() == "a <mask> b"


def test_a_chip_remembers_its_word_through_undo_and_redo(edit: SentenceEdit) -> None:
    edit.set_text("😀 the cat sat")
    edit.replace(6, 9, "<mask>", remember="cat")
    assert (edit.text(), edit.original_at(6)) == ("😀 the <mask> sat", "cat")
    edit.undo()
    assert (edit.text(), edit.original_at(6)) == ("😀 the cat sat", None)
    edit.redo()
    assert edit.original_at(6) == "cat"
    edit.replace(6, 12, "dog")
    edit.undo()
    assert edit.original_at(6) == "cat"


def test_several_stretches_are_written_over_in_one_undo_step(edit: SentenceEdit) -> None:
    edit.set_text("😀 a <mask> b <mask> c")
    told: list[str] = []
    edit.text_changed.connect(told.append)

    edit.replace_all([(4, 10, "unbelievable"), (13, 19, "x")])
    assert edit.text() == "😀 a unbelievable b x c"
    assert told == [edit.text()]
    edit.undo()
    assert edit.text() == "😀 a <mask> b <mask> c"


def test_only_masks_remember(edit: SentenceEdit) -> None:
    edit.set_text("a cat")
    edit.replace(2, 5, "dog", remember="cat")
    assert edit.original_at(2) is None


@pytest.mark.parametrize("place", [6, 0])
def test_a_mask_typed_beside_a_chip_does_not_inherit_its_memory(
    edit: SentenceEdit, place: int
) -> None:
    edit.set_text("cat")
    edit.replace(0, 3, "<mask>", remember="cat")
    select(edit, place, place)
    QTest.keyClicks(edit, "<mask>")
    assert edit.text() == "<mask><mask>"
    assert edit.original_at(place) is None
    assert edit.original_at(6 - place) == "cat"


def test_a_copied_chip_keeps_its_memory_and_a_plain_editor_gets_plain_text(
    edit: SentenceEdit,
) -> None:
    edit.set_text("😀 cat\xa0sat")
    edit.replace(2, 5, "<mask>", remember="cat")
    edit.selectAll()
    edit.copy()
    assert QGuiApplication.clipboard().text() == "😀 <mask>\xa0sat"
    edit.set_text("")
    edit.paste()
    assert (edit.text(), edit.original_at(2)) == ("😀 <mask>\xa0sat", "cat")


def test_a_memory_from_a_broken_clipboard_is_dropped_and_the_text_kept(
    edit: SentenceEdit,
) -> None:
    edit.set_text("cat")
    edit.replace(0, 3, "<mask>", remember="cat")
    edit.selectAll()
    edit.copy()
    copied = QGuiApplication.clipboard().mimeData()
    own = next(name for name in copied.formats() if name.startswith("application/"))
    for content in (b"[1]", b"\xff", b'{"x": 1}', b"[" * 100_000):
        broken = QMimeData()
        broken.setText("<mask>")
        broken.setData(own, content)
        edit.set_text("")
        edit.insertFromMimeData(broken)
        assert (edit.text(), edit.original_at(0)) == ("<mask>", None)


def test_a_stretch_that_the_text_does_not_have_is_refused(edit: SentenceEdit) -> None:
    edit.set_text("cat")
    for start, end in ((2, 4), (-1, 2), (2, 1)):
        with pytest.raises(BadArgument, match="3 characters long"):
            edit.replace(start, end, "x")
    assert edit.text() == "cat"


def test_characters_beyond_the_basic_plane_count_as_one(edit: SentenceEdit) -> None:
    put(edit, "😀👩‍👩‍👧 |cat| sat")
    assert edit.textCursor().selectedText() == "cat"
    assert cursor_index(edit) == 10


def test_another_mask_token_makes_other_chips(qtbot: QtBot, edit: SentenceEdit) -> None:
    put(edit, "<mask> [M]|")
    with qtbot.assertNotEmitted(edit.text_changed):
        edit.set_mask_token("[M]")
    QTest.keyClick(edit, Qt.Key.Key_Left)
    assert cursor_index(edit) == 7
    QTest.keyClick(edit, Qt.Key.Key_Left)
    QTest.keyClick(edit, Qt.Key.Key_Left)
    assert cursor_index(edit) == 5


def test_chips_and_the_hovered_stretch_are_painted_in_the_themes_colours(
    qtbot: QtBot, edit: SentenceEdit
) -> None:
    edit.set_text("a <mask> sat")
    for theme in (LIGHT, DARK):
        with qtbot.assertNotEmitted(edit.text_changed):
            wear(theme)
        edit.highlight_span(9, 12)
        painted = colours(edit.grab().toImage())
        assert {theme.mask_soft.lower(), theme.accent.lower()} <= painted
        edit.highlight_span(0, None)
        assert theme.accent.lower() not in colours(edit.grab().toImage())


def test_a_themes_format_is_no_step_to_undo(edit: SentenceEdit) -> None:
    edit.set_text("a <mask>")
    wear(DARK)
    edit.undo()
    assert edit.text() == ""


def test_it_grows_with_its_text_up_to_four_lines(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    edit = SentenceEdit()
    layout = QVBoxLayout(window)
    layout.addWidget(edit)
    layout.addStretch()
    window.resize(400, 500)
    with qtbot.waitExposed(window):
        window.show()
    heights = []
    for n_lines in (1, 2, 3, 4, 5, 40):
        edit.set_text("\n".join(["line"] * n_lines))
        qtbot.waitUntil(lambda: edit.height() == edit.sizeHint().height())
        heights.append(edit.height())
    line = heights[1] - heights[0]
    assert line >= LIGHT.font("sentence").pixelSize()
    assert [height - heights[0] for height in heights[:4]] == [0, line, 2 * line, 3 * line]
    # Half a line at most is what the margins take.
    assert heights[4] == heights[5]
    assert 3.5 * line < heights[5] <= heights[3]
    edit.set_text("word " * 30)
    wrapped = edit.sizeHint().height()
    edit.set_text("")
    assert (edit.sizeHint().height(), wrapped > heights[0]) == (heights[0], True)


def test_the_same_mask_token_again_highlights_nothing_anew(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    highlighted: list[str] = []
    rehighlight = ChipHighlighter.rehighlight

    def counted(self: ChipHighlighter) -> None:
        highlighted.append("all")
        rehighlight(self)

    monkeypatch.setattr(ChipHighlighter, "rehighlight", counted)
    edit = SentenceEdit()
    qtbot.addWidget(edit)
    edit.set_mask_token("[MASK]")
    before = len(highlighted)
    edit.set_mask_token("[MASK]")

    assert 0 < before == len(highlighted)


@pytest.mark.parametrize(("lines", "bar"), [(1, False), (2, False), (3, True)])
def test_beside_a_line_or_two_there_is_an_ellipsis_instead_of_a_stub_of_a_scroll_bar(
    edit: SentenceEdit, lines: int, bar: bool
) -> None:
    edit.set_most_lines(lines)
    put(edit, "|word " + "and another word " * 60)
    edit.resize(400, edit.sizeHint().height())
    at_first, image = edit.has_more_below, edit.viewport().grab().toImage()
    select(edit, len(edit.text()), len(edit.text()))

    assert edit.verticalScrollBar().isVisible() is bar
    assert (at_first, edit.has_more_below) == (True, False)
    corner = QRect(image.width() - 20, image.height() - 20, 20, 20)
    assert (LIGHT.color("muted").name() in colours(image, corner)) is not bar


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_no_line_is_sliced_at_the_lower_edge_wherever_the_text_is_scrolled_to(
    edit: SentenceEdit, lines: int
) -> None:
    edit.set_most_lines(lines)
    put(edit, "|" + "gjpqy " * 300)
    edit.resize(400, edit.sizeHint().height())

    for place in range(0, 900, 80):
        select(edit, place, place)
        shown = edit.viewport().grab().toImage()
        beside = shown.width() - 4 * edit.fontMetrics().height()  # where the ellipsis is not
        last = colours(shown, QRect(0, shown.height() - 1, beside, 1))
        assert last == {LIGHT.color("card").name()}, place
