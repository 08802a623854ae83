"""What the second sentence keeps: its cursor between whole characters, what masks hide, notices."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton

from roberta_gui.gui.start.preferences import Preferences
from tests.gui.idle_window import IdleWindow

A, B = "The cat sat on the <mask>", "The <mask> slept"


def test_the_keyboard_of_a_remembered_one_goes_on_at_its_end(
    make: Callable[..., IdleWindow],
) -> None:
    idle = make(Preferences(text="Hello", second_text="abcd😀ef", has_second=True))
    editor = idle.window.compare.second.editor

    QTest.keyClicks(editor, "x")

    assert editor.text() == "abcd😀efx"


def test_a_copy_of_the_first_has_the_cursor_where_the_first_has_it(
    make: Callable[..., IdleWindow],
) -> None:
    idle = make(Preferences(text="Hello 😀 there"))
    cursor = idle.window.card.editor.textCursor()
    cursor.setPosition(8)
    idle.window.card.editor.setTextCursor(cursor)
    idle.window.compare.toggle()
    editor = idle.window.compare.second.editor

    QTest.keyClicks(editor, "x")

    assert editor.text() == "Hello 😀x there"
    idle.window.history.undo()
    assert editor.text() == "Hello 😀 there"
    assert not editor.document().isUndoAvailable()  # it began so


def test_swapping_exchanges_what_the_masks_hide(make: Callable[..., IdleWindow]) -> None:
    idle = make(
        Preferences(
        text=A, hidden_words=("19 mat",),
        second_text=B, second_hidden_words=("4 dog",), has_second=True,
        )
    )  # fmt: skip
    first, second = idle.window.card.editor, idle.window.compare.second.editor
    assert (first.hidden_words, second.hidden_words) == ({19: "mat"}, {4: "dog"})

    idle.window.compare.swap()

    assert (first.text(), first.hidden_words) == (B, {4: "dog"})
    assert (second.text(), second.hidden_words) == (A, {19: "mat"})
    assert idle.preferences.second_hidden_words == ("19 mat",)


def test_what_the_second_model_has_to_say_is_told_once_at_its_sentence(
    make: Callable[..., IdleWindow],
) -> None:
    idle = make(Preferences(text=A, second_text=B, has_second=True))
    model = idle.show_text(A).model
    told: list[tuple[str, str]] = []
    for card in (idle.window.card, idle.window.compare.second):
        card.notice.connect(lambda *notice: told.append(notice))

    idle.store.hold_against(model=replace(model, name="second", notices=("Ids differ.",)))
    assert told == [("About second:", "Ids differ.")]
    idle.store.use_model(replace(model, name="first", notices=("It has no head.",)))
    idle.store.select_layer(1)

    assert told[1:] == [("About first:", "It has no head.")]
    identity = next(
        one for one in idle.window.status.findChildren(QLabel) if "sha256" in one.text()
    )
    assert "It has no head." in identity.toolTip()
    assert "Ids differ." in identity.toolTip()


def test_the_button_that_ends_it_says_where_its_key_does(make: Callable[..., IdleWindow]) -> None:
    window = make(Preferences(text=A, second_text=B)).window
    buttons = window.compare.second.findChildren(QToolButton)
    (end,) = (one for one in buttons if one.accessibleName() == "One sentence again")
    window.compare.toggle()
    window.compare.choose("layers")

    QTest.keyClick(window, Qt.Key.Key_F8)

    assert not window.compare.second.isHidden()  # the key has only shown A | B again
    assert end.toolTip() == "One sentence again (F8 in A | B)"
